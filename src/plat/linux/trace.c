// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/linux/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/calls.h"

char pst_trace_state(const struct pst_proc *p, pid_t tid, long *tracer)
{
	char path[40], text[4096];
	const char *state, *s;

	*tracer = 0;
	snprintf(path, sizeof path, "task/%d/status", (int)tid);
	if (pst_proc_slurp(p->dir, path, text, sizeof text) <= 0)
		return '\0';
	state = pst_status_field(text, "State");
	s = pst_status_field(text, "TracerPid");
	if (s)
		*tracer = strtol(s, NULL, 10);
	return state ? *state : '\0';
}

/* One of our sleepers' threads needs a CPU to end: at least 0.2 s. */
#define SEIZE_TRIES 2000

/* True when TID is a thread of ours. */
static bool is_ours(long tid)
{
	char path[48];

	pst_called(PST_CALL_PROC);
	snprintf(path, sizeof path, "/proc/self/task/%ld", tid);
	return access(path, F_OK) == 0;
}

char pst_trace_whose(const struct pst_proc *p, pid_t tid, enum pst_tracer *who)
{
	for (long before = 0;;) {
		long tracer;
		char state = pst_trace_state(p, tid, &tracer);

		*who = PST_TRACER_NONE;
		if (tracer)
			*who = is_ours(tracer) ? PST_TRACER_OURS : PST_TRACER_OTHER;
		/* A thread of ours may have ended between the two questions. */
		if (*who != PST_TRACER_OTHER || tracer == before)
			return state;
		before = tracer;
	}
}

int pst_trace_seize(const struct pst_proc *p, pid_t tid)
{
	struct timespec nap = {.tv_nsec = 100000};

	for (int i = 0;; i++) {
		enum pst_tracer who;
		char state;

		pst_called(PST_CALL_PTRACE);
		if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) == 0)
			return 0;
		if (errno != EPERM || i == SEIZE_TRIES)
			return errno;
		/* One of our sleepers' threads may be about to end. */
		state = pst_trace_whose(p, tid, &who);
		if (state == '\0' || state == 'Z' || state == 'X')
			return ESRCH;
		if (who == PST_TRACER_NONE ? i > 0 : who == PST_TRACER_OTHER)
			return EPERM;
		pst_called(PST_CALL_WAIT);
		nanosleep(&nap, NULL);
	}
}

/* True for the main thread of a process that we started. */
static bool is_our_child(pid_t tid)
{
	char path[32], text[4096];
	const char *tgid, *ppid;

	snprintf(path, sizeof path, "/proc/%d/status", (int)tid);
	if (pst_proc_slurp(AT_FDCWD, path, text, sizeof text) <= 0)
		return false;
	tgid = pst_status_field(text, "Tgid");
	ppid = pst_status_field(text, "PPid");
	return tgid && ppid && strtol(tgid, NULL, 10) == tid && strtol(ppid, NULL, 10) == getpid();
}

/*
 * Fetches the end of a thread that died while we traced it; else it would stay a zombie, and its
 * process with it.  False: it has not ended yet.  A child that we started ourselves is left to
 * pst_spawn_poll(), which wants its exit status.
 */
static bool reap(pid_t tid)
{
	siginfo_t info = {0};

	pst_called(PST_CALL_WAIT);
	if (waitid(P_PID, (id_t)tid, &info, WEXITED | WNOWAIT | WNOHANG | __WALL) != 0)
		return true;
	if (info.si_pid == 0)
		return false;
	if (is_our_child(tid))
		return true;
	pst_called(PST_CALL_WAIT);
	waitid(P_PID, (id_t)tid, &info, WEXITED | WNOHANG | __WALL);
	return true;
}

/*
 * Asks whether H stands still by now; true when nothing more is to be waited for.  Without WEXITED
 * so that the end of a program that we started is not taken from its owner.
 */
bool pst_trace_has_stopped(struct pst_held *h)
{
	siginfo_t info = {0};

	pst_called(PST_CALL_WAIT);
	if (waitid(P_PID, (id_t)h->tid, &info, WSTOPPED | WNOHANG | __WALL) != 0) {
		if (errno == EINTR)
			return false;
		reap(h->tid);
		h->gone = true;
		return true;
	}
	if (info.si_pid == 0)
		return false;
	h->stopped = true;
	/* si_status: the signal, and above it the event.  No event: a signal is about to be
	 * delivered. */
	h->signal = info.si_status >> 8 == 0 ? info.si_status : 0;
	return true;
}

bool pst_trace_let_go(struct pst_held *h)
{
	if (!h->stopped || h->gone)
		return true;
	pst_called(PST_CALL_PTRACE);
	h->gone = ptrace(PTRACE_DETACH, h->tid, NULL, (void *)(intptr_t)h->signal) == 0 ||
		  reap(h->tid);
	return h->gone;
}

#if defined(__x86_64__)
bool pst_trace_regs(pid_t tid, struct pst_regs *out)
{
	struct user_regs_struct r;

	pst_called(PST_CALL_PTRACE);
	if (ptrace(PTRACE_GETREGS, tid, NULL, &r) != 0)
		return false;
	*out = (struct pst_regs){.tid = tid, .pc = r.rip, .sp = r.rsp, .thread_pointer = r.fs_base};
	return true;
}
#else
bool pst_trace_regs(pid_t tid, struct pst_regs *out)
{
	*out = (struct pst_regs){.tid = tid};
	return true;
}
#endif
