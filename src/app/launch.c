// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/launch.h"

#include "app/die.h"
#include "base/alloc.h"
#include "base/i18n.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum pst_err make_output(char **path, struct pst_why *why)
{
	const char *dir = getenv("TMPDIR");

	*path = pst_asprintf("%s/pyspy-tui-output-XXXXXX", dir && *dir ? dir : "/tmp");
	int fd = mkstemp(*path);
	if (fd < 0)
		return pst_why_set(why, PST_IO, errno,
				   _("No file for the program's output can be made at %s: %s. Set TMPDIR."), *path,
				   strerror(errno));
	close(fd);
	return PST_OK;
}

enum pst_err launch_start(char **program, bool capture, struct launch *out, struct pst_why *why)
{
	*out = (struct launch){0};
	enum pst_err err = capture ? make_output(&out->output, why) : PST_OK;

	if (!err) {
		struct pst_spawn how = {.argv = program, .output_path = out->output, .drop_sudo = true};
		err = pst_spawn(&how, &out->pid, why);
		if (err && out->output)
			unlink(out->output);
	}
	if (err)
		free(out->output);
	return err;
}

bool launch_poll(struct launch *l)
{
	if (l->ended || !pst_spawn_poll(l->pid, &l->how))
		return l->ended;
	l->ended = true;
	if (l->how.by_signal)
		snprintf(l->text, sizeof l->text, _("was ended by signal %d (%s)"), l->how.number,
			 strsignal(l->how.number));
	else
		snprintf(l->text, sizeof l->text, _("exited with status %d"), l->how.number);
	return true;
}

static void say_output(const struct launch *l)
{
	struct stat st;

	if (!stat(l->output, &st) && st.st_size == 0 && l->ended)
		unlink(l->output);
	else
		remark(_("Its output is in %s."), l->output);
}

void launch_finish(struct launch *l)
{
	if (launch_poll(l))
		remark(_("The program (process %d) %s."), (int)l->pid, l->text);
	else
		remark(_("The program (process %d) runs on."), (int)l->pid);
	if (l->output)
		say_output(l);
	free(l->output);
	*l = (struct launch){0};
}
