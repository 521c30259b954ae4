// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/linux/taskfiles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/calls.h"

/* More threads than pid_max allows by default on a big machine do not exist. */
#define TASKS_MAX 4194304

/* What a directory costs: open, fcntl, fstat, two for the names, close; and so many names at once.
 */
#define DIR_CALLS   6
#define DIR_ENTRIES 1365 /* 32 KiB of 24 bytes, as the C library asks for them */

/* How the file of a thread is read: kept open (pst_task_slurp()), or just once. */
typedef ssize_t slurp_fn(const struct pst_proc *p, pid_t tid, enum pst_task_file file, char *buf,
			 size_t size);

static const char *path_of(char path[static 48], pid_t tid, const char *name)
{
	snprintf(path, 48, "task/%d/%s", (int)tid, name);
	return path;
}

static bool read_stat(const struct pst_proc *p, slurp_fn *slurp, struct pst_task *t)
{
	char buf[PST_STAT_MAX];
	struct pst_stat st;

	if (slurp(p, t->tid, PST_TASK_FILE_STAT, buf, sizeof buf) <= 0 || !pst_stat_parse(buf, &st))
		return false;
	t->state = st.state;
	t->cpu = st.cpu;
	t->cpu_ns = pst_ticks_ns(st.utime + st.stime);
	snprintf(t->comm, sizeof t->comm, "%.*s", (int)sizeof t->comm - 1, st.comm);
	return true;
}

/*
 * schedstat: ns on a CPU, ns waited for one, times scheduled in
 * (Documentation/scheduler/sched-stats.rst).  False when it cannot be read.
 */
static bool read_sched(const struct pst_proc *p, slurp_fn *slurp, struct pst_task *t)
{
	char buf[96], *end;
	uint64_t ran;

	if (slurp(p, t->tid, PST_TASK_FILE_SCHED, buf, sizeof buf) <= 0)
		return false;
	ran = strtoull(buf, &end, 10);
	if (end == buf)
		return false;
	t->cpu_ns = ran;
	strtoull(end, &end, 10);
	t->slices = strtoull(end, NULL, 10);
	return true;
}

/*
 * "running", "-1 SP PC" or "NR A0 … A5 SP PC".  A thread that is off its CPU but ready for it is
 * "running" as well (task_current_syscall(), lib/syscall.c).
 */
static void read_syscall(const struct pst_proc *p, slurp_fn *slurp, struct pst_task *t)
{
	char buf[256], *s;

	if (slurp(p, t->tid, PST_TASK_FILE_SYSCALL, buf, sizeof buf) <= 0)
		return;
	t->syscall = strtoll(buf, &s, 10);
	bool running = s == buf;
	if (!t->state) /* nobody asked more precisely */
		t->state = running ? 'R' : t->syscall < 0 ? 'D' : 'S';
	if (running || t->syscall < 0) {
		t->syscall = running ? -1 : PST_NO_CALL;
		return;
	}
	for (size_t i = 0; i < 6; i++)
		t->args[i] = strtoull(s, &s, 16);
}

static void read_comm(const struct pst_proc *p, struct pst_task *t)
{
	char path[48];
	ssize_t n = pst_proc_slurp(p->dir, path_of(path, t->tid, "comm"), t->comm, sizeof t->comm);

	if (n > 0 && t->comm[n - 1] == '\n')
		t->comm[n - 1] = '\0';
	else if (n < 0)
		t->comm[0] = '\0';
}

static void read_ns(const struct pst_proc *p, struct pst_task *t)
{
	char text[4096], path[48];

	if (pst_proc_slurp(p->dir, path_of(path, t->tid, "status"), text, sizeof text) > 0) {
		long id = pst_status_last(pst_status_field(text, "NSpid"));

		t->ns_tid = id > 0 ? (pid_t)id : 0;
	}
}

static enum pst_err read_task(const struct pst_proc *p, slurp_fn *slurp, unsigned what,
			      struct pst_task *t)
{
	bool there = !what;
	char path[48];

	*t = (struct pst_task){.tid = t->tid, .cpu = -1, .syscall = -2};
	if ((what & PST_TASK_STAT) && !(there = read_stat(p, slurp, t)))
		return PST_GONE;
	if (what & PST_TASK_SCHED)
		there |= read_sched(p, slurp, t);
	if (what & PST_TASK_SYSCALL)
		read_syscall(p, slurp, t);
	there |= t->syscall > -2;
	if ((what & PST_TASK_COMM) && !(what & PST_TASK_STAT))
		read_comm(p, t);
	if (p->same_ns)
		t->ns_tid = t->tid;
	else if (what & PST_TASK_NS)
		read_ns(p, t);
	if (there)
		return PST_OK;
	pst_called(PST_CALL_PROC);
	return faccessat(p->dir, path_of(path, t->tid, "stat"), F_OK, 0) ? PST_GONE : PST_OK;
}

enum pst_err pst_task_read(const struct pst_proc *p, unsigned what, struct pst_task *t)
{
	return read_task(p, pst_task_slurp, what, t);
}

static int by_tid(const void *a, const void *b)
{
	pid_t x = ((const struct pst_task *)a)->tid, y = ((const struct pst_task *)b)->tid;

	return (x > y) - (x < y);
}

static DIR *open_tasks(const struct pst_proc *p)
{
	int fd = openat(p->dir, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

enum pst_err pst_tasks_read(const struct pst_proc *p, unsigned what, struct pst_tasks *out)
{
	DIR *dir = open_tasks(p);
	struct dirent *e;

	*out = (struct pst_tasks){0};
	if (!dir)
		return errno == EACCES ? PST_PERM : PST_GONE;
	while ((e = readdir(dir)) != NULL && out->len < TASKS_MAX) {
		struct pst_task t = {.tid = (pid_t)strtol(e->d_name, NULL, 10)};

		if (t.tid > 0 && read_task(p, pst_task_slurp_once, what, &t) == PST_OK)
			*PST_VEC_PUSH(out) = t;
	}
	closedir(dir);
	pst_called_times(PST_CALL_PROC, DIR_CALLS + out->len / DIR_ENTRIES);
	if (out->len == 0) {
		pst_tasks_free(out);
		return PST_GONE;
	}
	qsort(out->at, out->len, sizeof *out->at, by_tid);
	return PST_OK;
}

/*
 * The process's CPU clock (man 2 clock_getres; linux/posix-timers.h: CPUCLOCK_SCHED).  The kernel
 * adds up what its threads have (thread_group_cputime(), kernel/sched/cputime.c).
 */
enum pst_err pst_pid_cpu_ns(pid_t pid, uint64_t *out)
{
	clockid_t clock = (clockid_t)((~(unsigned)pid << 3) | 2);
	struct timespec ts;

	pst_called(PST_CALL_OTHER);
	if (clock_gettime(clock, &ts))
		return PST_NOSYS;
	*out = (uint64_t)ts.tv_sec * UINT64_C(1000000000) + (uint64_t)ts.tv_nsec;
	return PST_OK;
}

/* statm: pages of the whole address space, then those that are resident (proc(5)). */
static bool read_resident(const struct pst_proc *p, uint64_t *out)
{
	char buf[128], *s;

	if (pst_task_slurp(p, p->space_tid, PST_TASK_FILE_STATM, buf, sizeof buf) <= 0)
		return false;
	strtoull(buf, &s, 10);
	*out = strtoull(s, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
	return true;
}

enum pst_err pst_proc_usage(const struct pst_proc *p, struct pst_usage *out)
{
	struct pst_stat st;

	*out = (struct pst_usage){0};
	if (!read_resident(p, &out->rss_bytes))
		return PST_GONE;
	if (!pst_proc_cpu_ns(p, &out->cpu_ns))
		return PST_OK;
	if (!pst_stat_read(p->dir, "stat", &st))
		return PST_GONE;
	out->cpu_ns = pst_ticks_ns(st.utime + st.stime);
	return PST_OK;
}

enum pst_err pst_proc_cpu_ns(const struct pst_proc *p, uint64_t *out)
{
	return pst_pid_cpu_ns(p->pid, out);
}
