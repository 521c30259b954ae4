// SPDX-License-Identifier: MIT
#ifndef PST_PLAT_LINUX_TRACE_H
#define PST_PLAT_LINUX_TRACE_H

/* One thread under ptrace(2).  Only the thread that attached it may call any of this. */

#include "plat/linux/priv.h"

struct pst_held {
	pid_t tid;
	int signal;   /* to be passed on when it is let go */
	bool stopped; /* waited for: may be detached */
	bool gone;
};

/* State and TracerPid of thread TID of P, '\0' when it is gone. */
char pst_trace_state(const struct pst_proc *p, pid_t tid, long *tracer);
/* The state as well, and who traces it. */
enum pst_tracer { PST_TRACER_NONE, PST_TRACER_OURS, PST_TRACER_OTHER };
char pst_trace_whose(const struct pst_proc *p, pid_t tid, enum pst_tracer *who);
/* Attaches without stopping; 0 or errno: ESRCH when it is gone, EPERM. */
int pst_trace_seize(const struct pst_proc *p, pid_t tid);
/*
 * Asks whether H stands still by now; true when nothing more is to be waited for.  Leaves the end
 * of a program that we started to its owner.
 */
bool pst_trace_has_stopped(struct pst_held *h);
/* Detaches H when it is stopped.  False: it was killed meanwhile, and its end is to be fetched yet. */
bool pst_trace_let_go(struct pst_held *h);
/* Registers of a stopped thread. */
bool pst_trace_regs(pid_t tid, struct pst_regs *out);

/*
 * Threads in an uninterruptible sleep, held by a thread of ours of their own: they cannot be detached
 * before they wake, but the kernel lets them go when the one who attached them ends.
 */
struct pst_sleepers;

/* Tells TIDS (copied) to stop; NULL when no thread can be started. */
struct pst_sleepers *pst_sleepers_hold(const struct pst_proc *p, const pid_t *tids, size_t n);
/* True once each of them either stands still or still sleeps, and so cannot run the program. */
bool pst_sleepers_await(struct pst_sleepers *s, uint64_t deadline);
void pst_sleepers_release(struct pst_sleepers *s);

#endif
