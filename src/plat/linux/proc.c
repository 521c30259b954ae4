// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/linux/freezer.h"
#include "plat/linux/taskfiles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/calls.h"
#include "base/i18n.h"

ssize_t pst_proc_slurp(int dir, const char *name, char *buf, size_t size)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 0;

	pst_called(PST_CALL_PROC);
	if (fd < 0)
		return -1;
	pst_called(PST_CALL_PROC); /* close() */
	while (len + 1 < size && (n = read(fd, buf + len, size - 1 - len)) != 0) {
		pst_called(PST_CALL_PROC);
		if (n > 0)
			len += (size_t)n;
		else if (errno != EINTR)
			break;
	}
	if (n < 0) {
		int sys = errno;

		close(fd);
		errno = sys;
		return -1;
	}
	pst_called_times(PST_CALL_PROC, len + 1 < size); /* the one that found the end */
	close(fd);
	buf[len] = '\0';
	return (ssize_t)len;
}

/* The fields of /proc/PID/stat that follow the name, counted as in proc(5). */
#define PF_KTHREAD 0x200000u /* linux/sched.h; the flags stand in stat for all to see */

static void stat_field(struct pst_stat *out, int field, const char *s)
{
	switch (field) {
	case 3:
		out->state = *s;
		break;
	case 4:
		out->ppid = (pid_t)strtol(s, NULL, 10);
		break;
	case 9:
		out->of_kernel = (strtoull(s, NULL, 10) & PF_KTHREAD) != 0;
		break;
	case 14:
		out->utime = strtoull(s, NULL, 10);
		break;
	case 15:
		out->stime = strtoull(s, NULL, 10);
		break;
	case 20:
		out->threads = (int)strtol(s, NULL, 10);
		break;
	case 22:
		out->start_ticks = strtoull(s, NULL, 10);
		break;
	case 24:
		out->rss_pages = strtoull(s, NULL, 10);
		break;
	case 28:
		out->stack_start = strtoull(s, NULL, 10);
		break;
	case 39:
		out->cpu = (int)strtol(s, NULL, 10);
		break;
	default:
		break;
	}
}

bool pst_stat_read(int dir, const char *name, struct pst_stat *out)
{
	char buf[PST_STAT_MAX];

	*out = (struct pst_stat){.cpu = -1};
	return pst_proc_slurp(dir, name, buf, sizeof buf) > 0 && pst_stat_parse(buf, out);
}

bool pst_stat_parse(char *text, struct pst_stat *out)
{
	char *open = strchr(text, '('), *close = strrchr(text, ')');
	size_t len;

	*out = (struct pst_stat){.cpu = -1};
	if (!open || !close || close < open) {
		errno = EIO;
		return false;
	}
	len = (size_t)(close - open - 1);
	if (len >= sizeof out->comm)
		len = sizeof out->comm - 1;
	memcpy(out->comm, open + 1, len);
	out->comm[len] = '\0';
	close += 1 + (close[1] == ' ');
	for (int field = 3; field <= 39 && *close; field++) {
		stat_field(out, field, close);
		close += strcspn(close, " ");
		close += *close == ' ';
	}
	return true;
}

const char *pst_status_field(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *s = text; s; s = strchr(s, '\n')) {
		s += *s == '\n';
		if (strncmp(s, key, len) == 0 && s[len] == ':')
			return s + len + 1 + strspn(s + len + 1, " \t");
	}
	return NULL;
}

long pst_status_last(const char *text)
{
	long last = -1;

	while (text && *text && *text != '\n') {
		char *end;

		last = strtol(text, &end, 10);
		if (end == text)
			return -1;
		text = end + strspn(end, " \t");
	}
	return last;
}

uint64_t pst_ticks_ns(uint64_t ticks)
{
	long hz = sysconf(_SC_CLK_TCK);

	return hz > 0 ? ticks * (UINT64_C(1000000000) / (uint64_t)hz) : 0;
}

/* True when DIR, a directory of a thread, has an address space (its maps are not empty). */
static bool has_space(int dir)
{
	char c[2];

	return pst_proc_slurp(dir, "maps", c, sizeof c) > 0;
}

static void drop_space(struct pst_proc *p)
{
	if (p->space >= 0 && p->space != p->dir)
		close(p->space);
	p->space = p->dir;
	p->space_tid = p->pid;
}

bool pst_proc_find_space(struct pst_proc *p)
{
	struct pst_tasks tasks = {0};
	bool found = false;

	drop_space(p);
	if (pst_tasks_read(p, 0, &tasks) != PST_OK)
		return false;
	for (size_t i = 0; i < tasks.len && !found; i++) {
		char name[32];
		int dir;

		snprintf(name, sizeof name, "task/%d", (int)tasks.at[i].tid);
		dir = openat(p->dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (dir >= 0 && has_space(dir)) {
			p->space = dir;
			p->space_tid = tasks.at[i].tid;
			found = true;
		} else if (dir >= 0) {
			close(dir);
		}
	}
	pst_tasks_free(&tasks);
	return found;
}

/* The reason why there is no directory /proc/PID. */
static enum pst_err no_such(pid_t pid, int sys, struct pst_why *why)
{
	if (sys == EACCES || sys == EPERM)
		return pst_perm_explain(pid, sys, why);
	if (access("/proc/self/stat", R_OK) != 0)
		return pst_why_set(
			why, PST_NOSYS, sys,
			_("/proc is not mounted here, and nothing can be told about processes "
			  "without it."));
	if (kill(pid, 0) == 0 || errno == EPERM)
		return pst_why_set(
			why, PST_PERM, sys,
			_("Process %d exists but /proc hides it (hidepid, or /proc belongs to "
			  "another pid namespace): run with sudo."),
			(int)pid);
	return pst_why_set(
		why, PST_NOPROC, sys,
		_("There is no process %d (in this pid namespace: a process of a container "
		  "has another number outside of it)."),
		(int)pid);
}

/* PID may be the number of a thread: those have a directory too, which no listing shows. */
static enum pst_err check_leader(const struct pst_proc *p, struct pst_why *why)
{
	char text[4096];
	const char *tgid;
	long leader;

	if (pst_proc_slurp(p->dir, "status", text, sizeof text) <= 0)
		return PST_OK;
	tgid = pst_status_field(text, "Tgid");
	leader = tgid ? strtol(tgid, NULL, 10) : 0;
	if (leader <= 0 || leader == p->pid)
		return PST_OK;
	return pst_why_set(why, PST_NOPROC, 0, _("%d is a thread of process %ld: use --pid %ld."),
			   (int)p->pid, leader, leader);
}

static enum pst_err zombie(pid_t pid, struct pst_why *why)
{
	return pst_why_set(why, PST_ZOMBIE, 0,
			   _("Process %d is a zombie: it has exited already and only waits for its "
			     "parent to fetch its exit status."),
			   (int)pid);
}

static bool same_pid_namespace(const struct pst_proc *p)
{
	struct stat ours, theirs;

	return stat("/proc/self/ns/pid", &ours) == 0 &&
	       fstatat(p->dir, "ns/pid", &theirs, 0) == 0 && ours.st_ino == theirs.st_ino &&
	       ours.st_dev == theirs.st_dev;
}

static enum pst_err no_space(struct pst_proc *p, struct pst_why *why)
{
	struct pst_stat st;

	if (!pst_stat_read(p->dir, "stat", &st))
		return pst_why_set(why, PST_GONE, 0, _("Process %d exited."), (int)p->pid);
	if (st.state == 'Z' || st.state == 'X')
		return zombie(p->pid, why);
	/* Who exits gives up its memory before it shows as a zombie. */
	if (!st.of_kernel)
		return pst_why_set(why, PST_GONE, 0, _("Process %d exited."), (int)p->pid);
	return pst_why_set(why, PST_NOTPYTHON, 0, _("Process %d (%s) is a thread of the kernel."),
			   (int)p->pid, st.comm);
}

static enum pst_err open_memory(struct pst_proc *p, struct pst_why *why)
{
	int sys = 0;
	enum pst_err err = pst_mem_choose(p, &sys);

	if (err == PST_GONE && pst_proc_find_space(p))
		err = pst_mem_choose(p, &sys);
	if (err == PST_GONE)
		return no_space(p, why);
	if (err == PST_PERM)
		return pst_perm_explain(p->pid, sys, why);
	return err;
}

static enum pst_err open_dir(struct pst_proc *p, struct pst_why *why)
{
	char path[32];
	struct pst_stat st;
	enum pst_err err;

	snprintf(path, sizeof path, "/proc/%d", (int)p->pid);
	p->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->dir < 0)
		return no_such(p->pid, errno, why);
	p->space = p->dir;
	err = check_leader(p, why);
	if (err)
		return err;
	p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	if (!pst_stat_read(p->dir, "stat", &st))
		return no_such(p->pid, errno, why);
	p->start_ticks = st.start_ticks;
	if (st.state == 'X' || (st.state == 'Z' && st.threads <= 1))
		return zombie(p->pid, why);
	p->same_ns = same_pid_namespace(p);
	return PST_OK;
}

enum pst_err pst_proc_open(pid_t pid, struct pst_proc **out, struct pst_why *why)
{
	struct pst_proc *p;
	enum pst_err err;

	*out = NULL;
	if (pid <= 0)
		return pst_why_set(why, PST_NOPROC, 0, _("%d is no number of a process."),
				   (int)pid);
	p = pst_alloc(sizeof *p);
	*p = (struct pst_proc){
		.pid = pid, .pidfd = -1, .dir = -1, .space = -1, .space_tid = pid, .mem = -1};
	p->files = pst_task_files_new();
	p->freezer = pst_calloc(1, sizeof *p->freezer);
	err = open_dir(p, why);
	if (!err)
		err = open_memory(p, why);
	if (err) {
		pst_proc_close(p);
		return err;
	}
	*out = p;
	return PST_OK;
}

void pst_proc_close(struct pst_proc *p)
{
	if (!p)
		return;
	drop_space(p);
	pst_task_files_free(p->files);
	pst_freezer_free(p->freezer);
	if (p->mem >= 0)
		close(p->mem);
	if (p->dir >= 0)
		close(p->dir);
	if (p->pidfd >= 0)
		close(p->pidfd);
	free(p);
}

pid_t pst_proc_pid(const struct pst_proc *p)
{
	return p->pid;
}

/*
 * A frozen thread looks asleep; where it sleeps tells: get_signal() with the trap inlined
 * (kernel/signal.c, cgroup v2), __refrigerator() (kernel/freezer.c, v1).  But v1 freezes who sleeps
 * already, or is held by ptrace, in its place (__freeze_task(), since Linux 6.1).
 */
static bool is_frozen(const struct pst_proc *p, char state)
{
	char where[64];

	if (state != 'S' && state != 'D')
		return false;
	if (pst_proc_slurp(p->space, "wchan", where, sizeof where) > 0 &&
	    (!strcmp(where, "__refrigerator") || !strcmp(where, "do_freezer_trap") ||
	     !strcmp(where, "get_signal")))
		return true;
	return state == 'D' && pst_freezer_has(p->freezer, p->dir);
}

enum pst_halt pst_proc_halt(const struct pst_proc *p)
{
	struct pst_stat st;

	if (!pst_stat_read(p->space, "stat", &st))
		return PST_HALT_NONE;
	if (st.state == 'T')
		return PST_HALT_STOPPED;
	return is_frozen(p, st.state) ? PST_HALT_FROZEN : PST_HALT_NONE;
}

enum pst_err pst_proc_check(const struct pst_proc *p)
{
	struct pollfd fd = {.fd = p->pidfd, .events = POLLIN};
	struct pst_stat st;

	/* A pidfd becomes readable when the last thread of the process has ended. */
	pst_called_times(PST_CALL_OTHER, p->pidfd >= 0);
	if (p->pidfd >= 0 && poll(&fd, 1, 0) == 0)
		return PST_OK;
	if (!pst_stat_read(p->dir, "stat", &st) || st.state == 'X')
		return PST_GONE;
	if (st.state == 'Z' && (p->pidfd >= 0 || st.threads <= 1))
		return PST_ZOMBIE;
	return PST_OK;
}
