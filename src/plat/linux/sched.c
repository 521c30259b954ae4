// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/plat.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/calls.h"

#define CPUS_MAX 65536
#define SLICE_NS 100000

int pst_sched_cpu(void)
{
	return sched_getcpu();
}

/* __schedule() (kernel/sched/core.c) adds to one of the two whenever another one runs. */
uint64_t pst_sched_switches(void)
{
	struct rusage usage;

	pst_called(PST_CALL_CPU);
	if (getrusage(RUSAGE_THREAD, &usage))
		return PST_SWITCHES_UNKNOWN;
	return (uint64_t)usage.ru_nvcsw + (uint64_t)usage.ru_nivcsw;
}

/* What is not in our cpuset the kernel leaves out; EINVAL when nothing remains. */
static enum pst_err set_cpus(const cpu_set_t *set, size_t size)
{
	pst_called(PST_CALL_CPU);
	if (!sched_setaffinity(0, size, set))
		return PST_OK;
	return errno == EPERM || errno == EINVAL ? PST_PERM : PST_NOSYS;
}

enum pst_err pst_sched_move(int cpu)
{
	if (cpu < 0 || cpu >= CPUS_MAX)
		return PST_NOSYS;
	cpu_set_t *set = CPU_ALLOC((size_t)cpu + 1);
	size_t size = CPU_ALLOC_SIZE((size_t)cpu + 1);
	if (!set)
		return PST_NOMEM;
	CPU_ZERO_S(size, set);
	CPU_SET_S((size_t)cpu, size, set);
	enum pst_err err = set_cpus(set, size);
	CPU_FREE(set);
	return err;
}

enum pst_err pst_sched_roam(void)
{
	unsigned char all[CPUS_MAX / 8];

	memset(all, 0xff, sizeof all);
	return set_cpus((const cpu_set_t *)(const void *)all, sizeof all);
}

void pst_sched_slack(uint64_t ns)
{
	prctl(PR_SET_TIMERSLACK, (unsigned long)ns, 0, 0, 0);
}

/*
 * struct sched_attr (linux/sched/types.h, which clashes with the C library's headers).  From 6.12
 * on the runtime of a thread of the ordinary class is the slice it asks for, from 100 µs on: who
 * asks for less than another one has is let in at once when it wakes, instead of after what the
 * other one was promised (PREEMPT_SHORT, kernel/sched/features.h).  Older kernels do not look at
 * it.
 */
struct attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

bool pst_sched_prompt(void)
{
	const struct sched_param lowest = {.sched_priority = sched_get_priority_min(SCHED_FIFO)};
	struct attr attr = {.size = sizeof attr};

	/* The number 0 is this thread; what it starts is to be ordinary. */
	if (!sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &lowest))
		return true;
	if (syscall(SYS_sched_getattr, 0, &attr, sizeof attr, 0) || attr.policy != SCHED_OTHER)
		return false;
	attr.size = sizeof attr;
	attr.runtime = SLICE_NS;
	syscall(SYS_sched_setattr, 0, &attr, 0);
	return false;
}

bool pst_sched_preemptible(pid_t tid)
{
	int policy = sched_getscheduler(tid);

	pst_called(PST_CALL_CPU);
	if (policy >= 0)
		policy &= ~SCHED_RESET_ON_FORK;
	return policy < 0 || policy == SCHED_OTHER || policy == SCHED_BATCH || policy == SCHED_IDLE;
}
