// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/launch.h"

#include "app/die.h"
#include "base/alloc.h"
#include "base/i18n.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define POLL_NS	 UINT64_C(5000000)
#define GRACE_NS UINT64_C(3000000000) /* for a program that is asked to end */

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

/* Waits for its end at most NS. */
static bool wait_for(struct launch *l, uint64_t ns)
{
	uint64_t until = pst_now_ns() + ns;

	while (!launch_poll(l) && pst_now_ns() < until)
		pst_sleep_until_ns(pst_now_ns() + POLL_NS);
	return l->ended;
}

/* It may clean up, but it has to end. */
static void end(struct launch *l)
{
	/* It is ours and was not waited for: nobody else can have its number. */
	if (!launch_poll(l) && !kill(l->pid, SIGTERM) && !wait_for(l, GRACE_NS)) {
		kill(l->pid, SIGKILL);
		wait_for(l, GRACE_NS);
	}
}

int launch_settle(struct launch *l, const struct options *o, bool gone, int status)
{
	/* Its memory goes a little before its status can be had. */
	if (gone)
		wait_for(l, GRACE_NS);
	if (o->exit_status && status == EXIT_OK && launch_poll(l))
		status = l->how.by_signal ? 128 + l->how.number : l->how.number;
	if (o->kill)
		end(l);
	return status;
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
		status(_("The program (process %d) %s."), (int)l->pid, l->text);
	else
		status(_("The program (process %d) runs on."), (int)l->pid);
	if (l->output)
		say_output(l);
	free(l->output);
	*l = (struct launch){0};
}
