// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/linux/taskfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <uthash.h>

#include "base/alloc.h"
#include "base/calls.h"

/* Files kept open; at most half of what the system lets us have. */
#define KEPT_MAX 8192

static const char *const names[PST_TASK_FILES] = {"stat", "schedstat", "syscall", "statm"};

struct kept {
	UT_hash_handle hh;
	pid_t tid;
	int fd[PST_TASK_FILES]; /* -1: not open yet */
};

struct pst_task_files {
	struct kept *kept;
	size_t open, max;
};

void pst_files_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

struct pst_task_files *pst_task_files_new(void)
{
	struct pst_task_files *files = pst_calloc(1, sizeof *files);
	struct rlimit limit = {.rlim_cur = 0};

	getrlimit(RLIMIT_NOFILE, &limit);
	files->max = limit.rlim_cur / 2 > KEPT_MAX ? KEPT_MAX : (size_t)limit.rlim_cur / 2;
	return files;
}

static void drop(struct pst_task_files *files, struct kept *k)
{
	for (size_t i = 0; i < PST_TASK_FILES; i++)
		if (k->fd[i] >= 0) {
			close(k->fd[i]);
			pst_called(PST_CALL_PROC);
			files->open--;
		}
	HASH_DEL(files->kept, k);
	free(k);
}

void pst_task_files_free(struct pst_task_files *files)
{
	struct kept *k, *next;

	if (!files)
		return;
	HASH_ITER(hh, files->kept, k, next)
	drop(files, k);
	free(files);
}

static struct kept *kept_of(struct pst_task_files *files, pid_t tid)
{
	struct kept *k;

	HASH_FIND(hh, files->kept, &tid, sizeof tid, k);
	if (k)
		return k;
	k = pst_calloc(1, sizeof *k);
	k->tid = tid;
	for (size_t i = 0; i < PST_TASK_FILES; i++)
		k->fd[i] = -1;
	HASH_ADD(hh, files->kept, tid, sizeof k->tid, k);
	return k;
}

/* The kernel makes the text anew at each read from the start. */
static ssize_t reread(int fd, char *buf, size_t size)
{
	ssize_t n;

	do {
		n = pread(fd, buf, size - 1, 0);
		pst_called(PST_CALL_PROC);
	} while (n < 0 && errno == EINTR);
	if (n >= 0)
		buf[n] = '\0';
	return n;
}

static const char *path_of(char path[static 48], pid_t tid, enum pst_task_file file)
{
	snprintf(path, 48, "task/%d/%s", (int)tid, names[file]);
	return path;
}

ssize_t pst_task_slurp_once(const struct pst_proc *p, pid_t tid, enum pst_task_file file, char *buf,
			    size_t size)
{
	char path[48];

	return pst_proc_slurp(p->dir, path_of(path, tid, file), buf, size);
}

ssize_t pst_task_slurp(const struct pst_proc *p, pid_t tid, enum pst_task_file file, char *buf,
		       size_t size)
{
	struct kept *k = kept_of(p->files, tid);
	char path[48];

	if (k->fd[file] < 0 && p->files->open >= p->files->max)
		return pst_task_slurp_once(p, tid, file, buf, size);
	if (k->fd[file] < 0) {
		k->fd[file] = openat(p->dir, path_of(path, tid, file), O_RDONLY | O_CLOEXEC);
		pst_called(PST_CALL_PROC);
		p->files->open += k->fd[file] >= 0;
	}
	if (k->fd[file] >= 0) {
		ssize_t n = reread(k->fd[file], buf, size);
		if (n > 0)
			return n;
	}
	/* It ended, and its number may have gone to another one. */
	drop(p->files, k);
	return pst_task_slurp_once(p, tid, file, buf, size);
}
