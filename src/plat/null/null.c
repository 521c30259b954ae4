// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/plat.h"

#include <errno.h>

#include "base/i18n.h"

/*
 * No access to processes at all: what a port starts from.  Recordings can be shown even so.
 */

static enum pst_err nosys(struct pst_why *why)
{
	return pst_why_set(
		why, PST_NOSYS, ENOSYS,
		_("Running processes cannot be read on this system; recorded ones can."));
}

enum pst_err pst_proc_open(pid_t pid, struct pst_proc **out, struct pst_why *why)
{
	(void)pid;
	*out = NULL;
	return nosys(why);
}

void pst_proc_close(struct pst_proc *p)
{
	(void)p;
}

pid_t pst_proc_pid(const struct pst_proc *p)
{
	(void)p;
	return 0;
}

enum pst_err pst_proc_check(const struct pst_proc *p)
{
	(void)p;
	return PST_NOSYS;
}

enum pst_err pst_mem_read(struct pst_proc *p, uint64_t at, void *buf, size_t len)
{
	(void)p;
	(void)at;
	(void)buf;
	(void)len;
	return PST_NOSYS;
}

enum pst_err pst_mem_readv(struct pst_proc *p, const struct pst_span *spans, size_t n)
{
	(void)p;
	(void)spans;
	(void)n;
	return PST_NOSYS;
}

const char *pst_mem_method(const struct pst_proc *p)
{
	(void)p;
	return "-";
}

enum pst_err pst_maps_read(const struct pst_proc *p, struct pst_maps *out, struct pst_why *why)
{
	(void)p;
	*out = (struct pst_maps){0};
	return nosys(why);
}

int pst_proc_open_mapped(const struct pst_proc *p, const struct pst_map *map)
{
	(void)p;
	(void)map;
	errno = ENOSYS;
	return -1;
}

int pst_proc_open_path(const struct pst_proc *p, const char *path)
{
	(void)p;
	(void)path;
	errno = ENOSYS;
	return -1;
}

bool pst_proc_container(pid_t pid, char *out, size_t size)
{
	(void)pid;
	(void)size;
	*out = '\0';
	return false;
}

enum pst_err pst_proc_maps_any(pid_t pid, bool (*fits)(void *ctx, const char *path), void *ctx,
			       bool *out)
{
	(void)pid;
	(void)fits;
	(void)ctx;
	*out = false;
	return PST_NOSYS;
}

enum pst_err pst_proc_glance(pid_t pid, struct pst_glance *out)
{
	(void)pid;
	*out = (struct pst_glance){0};
	return PST_NOSYS;
}

bool pst_proc_exe_id(pid_t pid, uint64_t *dev, uint64_t *inode)
{
	(void)pid;
	*dev = *inode = 0;
	return false;
}

void pst_memory_own(uint64_t *now, uint64_t *peak)
{
	*now = *peak = 0;
}

enum pst_err pst_proc_info_of(const struct pst_proc *p, struct pst_proc_info *out)
{
	(void)p;
	*out = (struct pst_proc_info){0};
	return PST_NOSYS;
}

enum pst_halt pst_proc_halt(const struct pst_proc *p)
{
	(void)p;
	return PST_HALT_NONE;
}

enum pst_err pst_proc_info_read(pid_t pid, struct pst_proc_info *out)
{
	*out = (struct pst_proc_info){.pid = pid};
	return PST_NOSYS;
}

void pst_proc_children_of_main(pid_t pid, struct pst_pids *out)
{
	(void)pid;
	*out = (struct pst_pids){0};
}

enum pst_err pst_proc_children(pid_t pid, struct pst_pids *out)
{
	(void)pid;
	*out = (struct pst_pids){0};
	return PST_NOSYS;
}

enum pst_err pst_proc_list(struct pst_pids *out)
{
	*out = (struct pst_pids){0};
	return PST_NOSYS;
}

enum pst_err pst_tasks_read(const struct pst_proc *p, unsigned what, struct pst_tasks *out)
{
	(void)p;
	(void)what;
	*out = (struct pst_tasks){0};
	return PST_NOSYS;
}

enum pst_err pst_task_read(const struct pst_proc *p, unsigned what, struct pst_task *t)
{
	(void)p;
	(void)what;
	(void)t;
	return PST_NOSYS;
}

int pst_sched_cpu(void)
{
	return -1;
}

enum pst_err pst_pid_cpu_ns(pid_t pid, uint64_t *out)
{
	(void)pid;
	*out = 0;
	return PST_NOSYS;
}

bool pst_proc_brief_read(pid_t pid, struct pst_proc_brief *out)
{
	(void)pid;
	*out = (struct pst_proc_brief){0};
	return false;
}

bool pst_proc_tells_children(void)
{
	return false;
}

void pst_files_raise(void)
{
}

enum pst_err pst_proc_cpu_ns(const struct pst_proc *p, uint64_t *out)
{
	(void)p;
	*out = 0;
	return PST_NOSYS;
}

enum pst_err pst_proc_usage(const struct pst_proc *p, struct pst_usage *out)
{
	(void)p;
	*out = (struct pst_usage){0};
	return PST_NOSYS;
}

struct pst_beat *pst_beat_new(void)
{
	return NULL;
}

void pst_beat_free(struct pst_beat *b)
{
	(void)b;
}

void pst_beat_wait(struct pst_beat *b, uint64_t due, uint64_t period)
{
	(void)b;
	(void)period;
	pst_sleep_until_ns(due);
}

uint64_t pst_sched_switches(void)
{
	return PST_SWITCHES_UNKNOWN;
}

enum pst_err pst_sched_move(int cpu)
{
	(void)cpu;
	return PST_NOSYS;
}

enum pst_err pst_sched_roam(void)
{
	return PST_NOSYS;
}

void pst_sched_slack(uint64_t ns)
{
	(void)ns;
}

bool pst_sched_prompt(void)
{
	return false;
}

bool pst_sched_preemptible(pid_t tid)
{
	(void)tid;
	return false;
}

enum pst_err pst_pause(const struct pst_proc *p, const pid_t *tids, size_t n, uint64_t timeout_ns,
		       struct pst_pause **out, struct pst_why *why)
{
	(void)p;
	(void)tids;
	(void)n;
	(void)timeout_ns;
	*out = NULL;
	return nosys(why);
}

size_t pst_pause_count(const struct pst_pause *pause)
{
	(void)pause;
	return 0;
}

size_t pst_pause_regs(struct pst_pause *pause, const struct pst_regs **out)
{
	(void)pause;
	*out = NULL;
	return 0;
}

uint64_t pst_resume(struct pst_pause *pause)
{
	(void)pause;
	return 0;
}

size_t pst_pause_settle(void)
{
	return 0;
}

void pst_pause_forget(void)
{
}
