// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/replay_screen.h"

#include "app/replay.h"
#include "app/session_export.h"
#include "app/session_files.h"
#include "base/alloc.h"
#include "base/i18n.h"
#include "ui/ui.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PUMP_MAX 100000 /* records between two looks at the keyboard */

static enum pst_err take_keyboard(struct pst_why *why)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (tty < 0 || dup2(tty, STDIN_FILENO) < 0)
		return pst_why_set(
			why, PST_NOSYS, errno,
			_("The recording comes on the standard input, and there is no terminal "
			  "for keys. Use -o FILE to convert it instead."));
	close(tty);
	return PST_OK;
}

enum pst_err replay_screen_check(const struct replay *r, struct pst_why *why)
{
	enum pst_err err = PST_OK;

	for (size_t i = 0; i < r->n && !err; i++)
		if (!strcmp(r->inputs[i].path, "-"))
			err = take_keyboard(why);
	return err ? err : pst_ui_check(why);
}

/* ---- hooks: what cannot be had of a recording is not there --------------------------------- */

static bool pump(void *ctx, struct pst_model *m)
{
	(void)m; /* the feed's own */
	return replay_take(ctx, PUMP_MAX) > 0;
}

static int wait_fd(void *ctx)
{
	const struct replay *r = ctx;

	for (size_t i = 0; i < r->n && r->merge; i++)
		if (!r->inputs[i].is_file)
			return r->inputs[i].fd;
	return -1;
}

static bool before_wait(void *ctx)
{
	return !((struct replay *)ctx)->behind;
}

static void after_wait(void *ctx)
{
	(void)ctx;
}

static const char *name_of(const struct replay_input *in)
{
	const char *slash = strrchr(in->path, '/');

	if (!strcmp(in->path, "-"))
		return _("from the standard input");
	return slash && slash[1] ? slash + 1 : in->path;
}

static char *title_of(const struct replay *r)
{
	const struct pst_file_about *a = pst_file_reader_about(r->inputs[r->first].reader);
	time_t start = (time_t)(a->start_unix_ms / 1000);
	struct tm tm;
	char when[64] = "";

	if (localtime_r(&start, &tm))
		strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", &tm);
	if (r->first)
		return pst_asprintf(_("recording %s of %s, compared with %s"),
				    name_of(&r->inputs[r->first]), when, name_of(&r->inputs[0]));
	if (r->n > 1)
		return pst_asprintf(_("%zu recordings, the first: %s of %s"), r->n,
				    name_of(&r->inputs[0]), when);
	return pst_asprintf(_("recording %s of %s"), name_of(&r->inputs[0]), when);
}

enum pst_err replay_screen(struct replay *r, int *sig, struct pst_why *why)
{
	const struct options *o = r->opt;
	const struct pst_ui_hooks hooks = {
		.ctx = r,
		.pump = pump,
		.wait_fd = wait_fd,
		.before_wait = before_wait,
		.after_wait = after_wait,
		.edit = session_edit,
		.save_text = session_save_text,
		.config_text = session_config_text,
		.config_path = session_config_path,
		.config_save = session_config_save,
		.export = session_export,
		.exported = session_exported,
		.format = session_format,
	};
	char *title = title_of(r);
	const struct pst_ui_options how = {
		.rate = r->session.feed.rate,
		.rate_given = true,
		.delay = o->delay,
		.idle = o->idle,
		.gil_only = o->gil,
		.unproved = r->session.feed.sampling == PST_SAMPLING_FREE,
		.sampling = options_mode(r->session.feed.sampling),
		.title = title,
		.span = r->first ? r->span : (struct pst_span_ns){0, 0},
		.base = r->base,
		.diff = r->first > 0,
	};

	session_read_config(&r->session);
	enum pst_err err = pst_ui_run(r->session.feed.model, &hooks, &how, sig, why);
	userconfig_free(&r->session.config);
	free(title);
	return err;
}
