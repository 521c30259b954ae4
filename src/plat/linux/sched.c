// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/plat.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/calls.h"

#define CPUS_MAX 65536

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

bool pst_sched_preemptible(pid_t tid)
{
	int policy = sched_getscheduler(tid);

	pst_called(PST_CALL_CPU);
	if (policy >= 0)
		policy &= ~SCHED_RESET_ON_FORK;
	return policy < 0 || policy == SCHED_OTHER || policy == SCHED_BATCH || policy == SCHED_IDLE;
}
