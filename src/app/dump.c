// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/dump.h"

#include "app/die.h"
#include "app/tree.h"
#include "base/i18n.h"
#include "base/vec.h"

#include <json.h>
#include <stdio.h>
#include <string.h>

struct dump {
	const struct options *opt;
	struct json_object *array; /* NULL: text */
	int printed;		   /* processes so far */
};

static enum pst_err open_target(const struct options *opt, pid_t pid, struct pst_target **out,
				struct pst_why *why)
{
	if (opt->target)
		return pst_target_open_recorded(opt->target, out, why);
	enum pst_err err = pst_target_open_live(pid, out, why);
	if (err || !opt->save_target)
		return err;
	struct pst_target *inner = *out;
	err = pst_target_open_recorder(inner, out);
	if (err)
		pst_target_close(inner);
	return err;
}

static enum pst_err dump_one(struct dump *d, pid_t pid, const struct pst_proc_info *parent, struct pst_why *why)
{
	struct shown_process shown = {0};
	struct pst_target *target = NULL;
	enum pst_err err = open_target(d->opt, pid, &target, why);

	if (err)
		return err;
	err = collect(target, d->opt, &shown, why);
	if (!err && d->opt->save_target)
		err = pst_target_save_recorded(target, d->opt->save_target, why);
	if (!err && d->array)
		dump_json(&shown, d->opt, d->array);
	else if (!err)
		dump_text(&shown, d->opt, parent);
	if (!err)
		d->printed++;
	collected_free(&shown);
	return err;
}

static void child_failed(const struct dump *d, const struct tree_process *child, const struct pst_why *why)
{
	struct pst_buf label = {0};

	process_label(&child->info, &label);
	if (why->err == PST_NOTPYTHON && !d->array)
		printf(_("\nProcess %d: %s\nNot a Python process, skipped.\n"), (int)child->info.pid,
		       pst_buf_text(&label));
	else if (why->err != PST_NOTPYTHON)
		remark(_("child process %d (%s): %s"), (int)child->info.pid, pst_buf_text(&label), why->what);
	pst_buf_free(&label);
}

static void dump_children(struct dump *d, pid_t root)
{
	struct tree tree = {0};

	tree_read(root, &tree);
	for (size_t i = 0; i < tree.len; i++) {
		struct pst_why why = {0};
		const struct tree_process *child = &tree.at[i];
		if (dump_one(d, child->info.pid, tree_parent(&tree, i), &why) != PST_OK)
			child_failed(d, child, &why);
	}
	tree_free(&tree);
}

static int finish_json(struct json_object *array)
{
	const char *text = json_object_to_json_string_ext(
		array, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);

	return puts(text) < 0 ? -1 : 0;
}

int dump_run(const struct options *opt)
{
	struct dump d = {.opt = opt, .array = opt->json ? json_object_new_array() : NULL};
	struct pst_why why = {0};
	int status = EXIT_OK;

	enum pst_err err = dump_one(&d, opt->pid, NULL, &why);
	/* The parent may be a shell or a launcher: its children are what was asked for. */
	bool go_on = !err || (err == PST_NOTPYTHON && opt->subprocesses);
	if (opt->subprocesses && !opt->target && go_on)
		dump_children(&d, opt->pid);
	if (!d.printed) {
		status = complain(&why);
	} else if ((d.array && finish_json(d.array)) || fflush(stdout) || ferror(stdout)) {
		remark(_("The dump could not be written to the standard output."));
		status = EXIT_FAILED;
	}
	json_object_put(d.array);
	return status;
}
