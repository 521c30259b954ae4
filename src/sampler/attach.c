// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/priv.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/i18n.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define STEP_NS UINT64_C(5000000) /* between two looks for an interpreter */
#define AGAIN_NS                                                                                   \
	UINT64_C(2000000000) /* a program that replaced the target gets at least this long */
#define PAUSE_TIMEOUT_NS UINT64_C(500000000)
#define CMDLINE_MAX	 8192

/* ---- what is known of the process -------------------------------------------------------- */

static char *join_cmdline(const struct pst_proc_info *info)
{
	struct pst_buf joined = {0}, clean = {0};

	pst_buf_add(&joined, info->cmdline, info->cmdline_len);
	while (joined.len && !joined.data[joined.len - 1])
		pst_buf_cut(&joined, joined.len - 1);
	for (size_t i = 0; i < joined.len; i++)
		if (!joined.data[i])
			joined.data[i] = ' ';
	if (!joined.len)
		pst_buf_addf(&joined, "[%s]", info->comm);
	pst_text_sanitise(&clean, joined.data, joined.len, CMDLINE_MAX);
	pst_buf_free(&joined);
	return pst_buf_take(&clean);
}

static void read_process(struct pst_sampler *s)
{
	struct pst_proc_info info;

	if (s->target->ops->info(s->target, &info))
		return;
	free(s->cmdline);
	s->cmdline = join_cmdline(&info);
	s->start_ticks = info.start_ticks;
	s->stack_start = info.stack_start;
	pst_proc_info_free(&info);
}

static void note_findings(struct pst_sampler *s)
{
	const struct pst_python_info *info = pst_python_info(s->py);
	const char *method = s->target->ops->method ? s->target->ops->method(s->target) : NULL;

	if (info->newer_than_known)
		pst_sampler_note(
			s,
			_("Python %s is newer than this program knows; it is read by its own "
			  "description of itself. Please check what you see."),
			info->version_text);
	if (info->unproved)
		pst_sampler_note(s,
				 _("Python %s was never tested with this program; please check "
				   "what you see."),
				 info->version_text);
	if (method && strcmp(method, "process_vm_readv") != 0 && !s->lead->method_noted) {
		s->lead->method_noted = true;
		pst_sampler_note(s,
				 _("Memory is read through %s, which is slower: process_vm_readv "
				   "is not allowed here."),
				 method);
	}
}

/* ---- opening ----------------------------------------------------------------------------- */

/* A launcher may be about to execute the interpreter, which then needs some time for itself. */
static enum pst_err open_python(struct pst_sampler *s, uint64_t timeout_ns, struct pst_why *why)
{
	uint64_t give_up = pst_now_ns() + timeout_ns;

	for (;;) {
		enum pst_err err = pst_python_open(s->target, &s->py, why);
		bool later = err == PST_NOTREADY || err == PST_NOTPYTHON || err == PST_CORRUPT ||
			     err == PST_FAULT || err == PST_UNKNOWN;
		uint64_t now = pst_now_ns();
		if (!later || now >= give_up || pst_sampler_stopping(s))
			return err;
		enum pst_err alive = s->target->ops->check(s->target);
		if (alive)
			return pst_why_set(why, PST_GONE, 0,
					   _("Process %d exited before its interpreter was found."),
					   (int)s->opt.pid);
		pst_sampler_sleep(s, now + STEP_NS < give_up ? now + STEP_NS : give_up);
	}
}

/* An exec leaves the descriptor of the old memory behind: it is all opened anew each time. */
static enum pst_err open_all(struct pst_sampler *s, uint64_t timeout_ns, struct pst_why *why)
{
	enum pst_err err = pst_target_open_live(s->opt.pid, &s->target, why);

	if (!err)
		err = open_python(s, timeout_ns, why);
	return err;
}

/* Whether we may pause it is better known now than at the first look. */
static enum pst_err try_pause(struct pst_sampler *s, struct pst_why *why)
{
	const pid_t tid = s->opt.pid;

	if (s->opt.sampling != PST_SAMPLING_PAUSED)
		return PST_OK;
	/* That would wake it; and its memory was read by the same right. */
	if (s->target->ops->halt && s->target->ops->halt(s->target))
		return PST_OK;
	enum pst_err err = s->target->ops->pause(s->target, &tid, 1, PAUSE_TIMEOUT_NS, why);
	s->target->ops->resume(s->target);
	/*
	 * A main thread that hangs in the system, or has ended, is no reason not to look at the
	 * others.
	 */
	return err == PST_PERM ? err : PST_OK;
}

void pst_sampler_met(struct pst_sampler *s)
{
	read_process(s);
	note_findings(s);
}

enum pst_err pst_sampler_attach(struct pst_sampler *s, struct pst_why *why)
{
	enum pst_err err = open_all(s, s->opt.attach_timeout_ns, why);

	if (!err)
		err = try_pause(s, why);
	if (!err)
		pst_sampler_met(s);
	return err;
}

void pst_sampler_detach(struct pst_sampler *s)
{
	pst_ids_forget(s->ids);
	pst_shot_forget(&s->shot);
	pst_python_close(s->py);
	pst_target_close(s->target);
	pst_tasks_free(&s->tasks);
	s->py = NULL;
	s->target = NULL;
	s->holder = s->subject = 0;
	s->subject_holds = false;
	s->subject_asked_ns = 0;
	pst_proof_forget(s);
}

/*
 * Whether the process that S knows as CMDLINE with its stack at STACK is not what INFO tells.  The
 * command line decides only where the stack is not known: programs write titles over it.
 */
static bool is_other_program(const struct pst_proc_info *info, const char *cmdline, uint64_t stack)
{
	if (info->stack_start && stack)
		return info->stack_start != stack;
	char *now = join_cmdline(info);
	bool other = strcmp(now, cmdline ? cmdline : "") != 0;
	free(now);
	return other;
}

bool pst_sampler_executed(struct pst_sampler *s)
{
	struct pst_proc_info info;

	if (s->target->ops->info(s->target, &info))
		return false;
	bool other = is_other_program(&info, s->cmdline, s->stack_start);
	pst_proc_info_free(&info);
	return other;
}

/* An embedding program may load its Python again and again: that is said once. */
static void note_again(struct pst_sampler *s, bool other)
{
	const char *version = pst_python_info(s->py)->version_text;

	if (other)
		pst_sampler_note(s,
				 _("Process %d executed another program: %s (Python %s). "
				   "Sampling goes on."),
				 (int)s->opt.pid, s->cmdline, version);
	else if (!s->lead->restart_noted)
		pst_sampler_note(s,
				 _("Process %d started another interpreter (Python %s). "
				   "Sampling goes on."),
				 (int)s->opt.pid, version);
	s->lead->restart_noted |= !other;
	note_findings(s);
}

enum pst_err pst_sampler_attach_again(struct pst_sampler *s, struct pst_why *why)
{
	uint64_t timeout =
		s->opt.attach_timeout_ns > AGAIN_NS ? s->opt.attach_timeout_ns : AGAIN_NS;
	uint64_t started = s->start_ticks, runtime = pst_python_info(s->py)->runtime;
	bool other = pst_sampler_executed(s);
	struct pst_target *before = s->target;

	/* As long as that one lives, its number is nobody else's. */
	s->target = NULL;
	pst_sampler_detach(s);
	enum pst_err err = open_all(s, timeout, why);
	if (!err) {
		read_process(s);
		if (s->start_ticks != started || before->ops->check(before))
			err = PST_GONE;
	}
	pst_target_close(before);
	if (err == PST_NOPROC || err == PST_ZOMBIE)
		err = PST_GONE;
	if (!err && (other || pst_python_info(s->py)->runtime != runtime)) {
		s->process_sent = false;
		note_again(s, other);
	}
	return err;
}

/* ---- whether it runs at all --------------------------------------------------------------- */

static void note_halt(struct pst_sampler *s)
{
	/* Programs that slow down others stop and continue them all the time: once is enough. */
	if (!s->halt || s->lead->halt_noted[s->halt])
		return;
	s->lead->halt_noted[s->halt] = true;
	if (s->halt == PST_HALT_STOPPED)
		pst_sampler_note(
			s,
			_("Process %d is stopped by a signal (as by Ctrl-Z): its threads count as "
			  "idle until it is continued."),
			(int)s->opt.pid);
	else
		pst_sampler_note(s,
				 _("Process %d is frozen by its cgroup: its threads count as idle "
				   "until it is thawed."),
				 (int)s->opt.pid);
}

void pst_sampler_watch(struct pst_sampler *s, uint64_t now)
{
	if (s->halt)
		s->halted_ns += now - s->halt_ns;
	s->halt_ns = now;
	s->halt = s->target->ops->halt ? s->target->ops->halt(s->target) : PST_HALT_NONE;
	note_halt(s);
}
