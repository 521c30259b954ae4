// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/linux/priv.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/calls.h"
#include "base/buf.h"

#define CMDLINE_MAX ((size_t)1 << 20)
#define PIDS_MAX    4194304

static char *read_link(int dir, const char *name)
{
	char buf[PATH_MAX + 16];
	ssize_t n = readlinkat(dir, name, buf, sizeof buf - 1);

	return n > 0 ? pst_strndup(buf, (size_t)n) : pst_strdup("");
}

static void read_cmdline(int dir, struct pst_proc_info *out)
{
	struct pst_buf text = {0};
	char chunk[4096];
	int fd = openat(dir, "cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	pst_called_times(PST_CALL_PROC, fd >= 0 ? 3 : 1);
	while (fd >= 0 && text.len < CMDLINE_MAX && (n = read(fd, chunk, sizeof chunk)) != 0) {
		pst_called(PST_CALL_PROC);
		if (n < 0 && errno != EINTR)
			break;
		if (n > 0)
			pst_buf_add(&text, chunk, (size_t)n);
	}
	if (fd >= 0)
		close(fd);
	/* A process may overwrite its arguments (setproctitle) and leave no NUL at the end. */
	if (text.len > 0 && text.data[text.len - 1] != '\0')
		pst_buf_addc(&text, '\0');
	out->cmdline_len = text.len;
	out->cmdline = pst_buf_take(&text);
}

/* Seconds since 1970 at which the system started; asked once, as the file is long. */
static uint64_t boot_time(void)
{
	static _Atomic uint64_t known;
	uint64_t btime = known;
	char line[512];
	FILE *f;

	if (btime)
		return btime;
	f = fopen("/proc/stat", "re");
	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, "btime ", 6) == 0)
			btime = strtoull(line + 6, NULL, 10);
	if (f)
		fclose(f);
	known = btime;
	return btime;
}

static void read_status(int dir, struct pst_proc_info *out)
{
	char text[4096];
	const char *uid;
	long ns;

	if (pst_proc_slurp(dir, "status", text, sizeof text) <= 0)
		return;
	const char *numbers = pst_status_field(text, "NSpid");
	ns = pst_status_last(numbers);
	out->ns_pid = ns > 0 ? (pid_t)ns : 0;
	/* One number for each namespace from ours down to its own. */
	out->other_ns = numbers && numbers[strcspn(numbers, "\t\n")] == '\t';
	uid = pst_status_field(text, "Uid");
	if (uid) {
		char *end;

		strtoul(uid, &end, 10); /* the real one; the effective one follows */
		out->uid = (unsigned)strtoul(end, NULL, 10);
	}
}

/* The start is counted on the clock that goes on while the system is suspended (proc(5)). */
static uint64_t age_ns(uint64_t start_ticks)
{
	struct timespec ts;
	uint64_t begin = pst_ticks_ns(start_ticks), now;

	if (clock_gettime(CLOCK_BOOTTIME, &ts))
		return 0;
	now = (uint64_t)ts.tv_sec * UINT64_C(1000000000) + (uint64_t)ts.tv_nsec;
	return now > begin ? now - begin : 0;
}

static bool read_info(int dir, pid_t pid, struct pst_proc_info *out)
{
	struct pst_stat st;

	*out = (struct pst_proc_info){.pid = pid};
	if (!pst_stat_read(dir, "stat", &st))
		return false;
	pst_called_times(PST_CALL_PROC, 2); /* two links */
	out->ppid = st.ppid;
	out->state = st.state;
	out->start_ticks = st.start_ticks;
	out->stack_start = st.stack_start > 1 ? st.stack_start : 0;
	out->start_unix = boot_time() + pst_ticks_ns(st.start_ticks) / UINT64_C(1000000000);
	out->age_ns = age_ns(st.start_ticks);
	out->of_kernel = st.of_kernel;
	out->cpu_ns = pst_ticks_ns(st.utime + st.stime);
	out->rss_bytes = st.rss_pages * (uint64_t)sysconf(_SC_PAGESIZE);
	out->threads = st.threads;
	memcpy(out->comm, st.comm, sizeof out->comm);
	read_status(dir, out);
	out->exe = read_link(dir, "exe");
	out->cwd = read_link(dir, "cwd");
	read_cmdline(dir, out);
	return true;
}

enum pst_err pst_proc_info_read(pid_t pid, struct pst_proc_info *out)
{
	char path[32];

	*out = (struct pst_proc_info){.pid = pid};
	pst_called_times(PST_CALL_PROC, 2); /* open, close */
	snprintf(path, sizeof path, "/proc/%d", (int)pid);

	int dir = pid > 0 ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (dir < 0)
		return PST_NOPROC;

	bool there = read_info(dir, pid, out);

	close(dir);
	return there ? PST_OK : PST_NOPROC;
}

enum pst_err pst_proc_info_of(const struct pst_proc *p, struct pst_proc_info *out)
{
	return read_info(p->dir, p->pid, out) ? PST_OK : PST_GONE;
}

enum pst_err pst_proc_glance(pid_t pid, struct pst_glance *out)
{
	struct pst_stat st;
	char path[32];
	ssize_t n;

	*out = (struct pst_glance){0};
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	if (!pst_stat_read(AT_FDCWD, path, &st))
		return PST_NOPROC;
	out->start_ticks = st.start_ticks;
	out->of_kernel = st.of_kernel;
	memcpy(out->comm, st.comm, sizeof out->comm);
	snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
	n = readlink(path, out->exe, sizeof out->exe - 1);
	out->exe[n > 0 ? n : 0] = '\0';
	return PST_OK;
}

bool pst_proc_exe_id(pid_t pid, uint64_t *dev, uint64_t *inode)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
	if (stat(path, &st))
		return false;
	*dev = st.st_dev;
	*inode = st.st_ino;
	return true;
}

void pst_memory_own(uint64_t *now, uint64_t *peak)
{
	char text[4096];
	const char *at;

	*now = *peak = 0;
	if (pst_proc_slurp(AT_FDCWD, "/proc/self/status", text, sizeof text) <= 0)
		return;
	if ((at = pst_status_field(text, "VmRSS")))
		*now = strtoull(at, NULL, 10) * 1024;
	if ((at = pst_status_field(text, "VmHWM")))
		*peak = strtoull(at, NULL, 10) * 1024;
}

/* The numbers among the names in PATH. */
static bool list_numbers(const char *path, struct pst_pids *out)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	if (!dir)
		return false;
	while ((e = readdir(dir)) != NULL && out->len < PIDS_MAX) {
		char *end;
		long n = strtol(e->d_name, &end, 10);

		if (n > 0 && n <= INT_MAX && *end == '\0')
			*PST_VEC_PUSH(out) = (pid_t)n;
	}
	closedir(dir);
	return true;
}

enum pst_err pst_proc_list(struct pst_pids *out)
{
	*out = (struct pst_pids){0};
	if (!list_numbers("/proc", out))
		return PST_NOSYS;
	pst_pids_sort(out);
	return PST_OK;
}

/* The children that one thread started; false when the kernel has no such file
 * (CONFIG_PROC_CHILDREN). */
static bool thread_children(pid_t pid, pid_t tid, struct pst_pids *out)
{
	struct pst_buf text = {0};
	char path[64], chunk[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)tid);
	f = fopen(path, "re");
	if (!f)
		return false;
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		pst_buf_add(&text, chunk, n);
	fclose(f);
	for (char *s = text.data, *end; s && *s; s = end) {
		long child = strtol(s, &end, 10);

		if (end == s)
			break;
		if (child > 0 && child <= INT_MAX)
			*PST_VEC_PUSH(out) = (pid_t)child;
		end += strspn(end, " \n");
	}
	pst_buf_free(&text);
	return true;
}

static enum pst_err children_by_scan(pid_t pid, struct pst_pids *out)
{
	struct pst_pids all;
	enum pst_err err = pst_proc_list(&all);

	for (size_t i = 0; i < all.len; i++) {
		char path[32];
		struct pst_stat st;

		snprintf(path, sizeof path, "/proc/%d/stat", (int)all.at[i]);
		if (pst_stat_read(AT_FDCWD, path, &st) && st.ppid == pid)
			*PST_VEC_PUSH(out) = all.at[i];
	}
	pst_pids_free(&all);
	return err;
}

void pst_proc_children_of_main(pid_t pid, struct pst_pids *out)
{
	*out = (struct pst_pids){0};
	(void)thread_children(pid, pid, out);
}

enum pst_err pst_proc_children(pid_t pid, struct pst_pids *out)
{
	struct pst_pids tids = {0};
	char path[32];
	size_t seen = 0;

	*out = (struct pst_pids){0};
	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	if (pid <= 0 || !list_numbers(path, &tids) || tids.len == 0) {
		pst_pids_free(&tids);
		return PST_NOPROC;
	}
	for (size_t i = 0; i < tids.len; i++)
		seen += thread_children(pid, tids.at[i], out);
	pst_pids_free(&tids);
	if (seen == 0)
		return children_by_scan(pid, out);
	pst_pids_sort(out);
	return PST_OK;
}

bool pst_proc_tells_children(void)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	return access(path, R_OK) == 0;
}

bool pst_proc_brief_read(pid_t pid, struct pst_proc_brief *out)
{
	char path[32];
	struct pst_stat st;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	if (pid <= 0 || !pst_stat_read(AT_FDCWD, path, &st))
		return false;
	*out = (struct pst_proc_brief){
		.ppid = st.ppid,
		.state = st.state,
		.start_ticks = st.start_ticks,
		.stack_start = st.stack_start > 1 ? st.stack_start : 0,
		.threads = st.threads,
	};
	memcpy(out->comm, st.comm, sizeof out->comm);
	return true;
}
