// SPDX-License-Identifier: MIT
#ifndef PST_PLAT_LINUX_PRIV_H
#define PST_PLAT_LINUX_PRIV_H

/* What the Linux files share.  /proc is described in proc(5). */

#include "plat/plat.h"

enum pst_mem_how { PST_MEM_VM_READV, PST_MEM_FILE };

/*
 * `dir` is the open directory /proc/PID: the kernel binds it to this very process, so what is
 * opened below it never belongs to a process that got the same pid later.  `space` is the
 * directory of a thread that still has the address space; it is `dir` itself unless the
 * main thread has ended while others live on.
 */
struct pst_proc {
	pid_t pid;
	int pidfd; /* -1: the kernel has none */
	int dir;
	int space;
	pid_t space_tid; /* the thread that `space` belongs to */
	int mem;	 /* /proc/PID/mem, -1 until it is needed */
	enum pst_mem_how how;
	struct pst_task_files *files; /* taskfiles.h */
	struct pst_freezer *freezer;  /* freezer.h */
	bool same_ns; /* the process's innermost pid namespace is ours */
	uint64_t start_ticks;
};

#define PST_STAT_MAX 1024 /* bytes of a stat file, terminated */

/* What we use of /proc/PID/stat. */
struct pst_stat {
	char comm[64];
	char state;
	pid_t ppid;
	uint64_t utime, stime, start_ticks; /* ticks */
	uint64_t rss_pages;
	uint64_t stack_start; /* address; 0 or 1 for those who may not read the process */
	int threads;
	int cpu;
	bool of_kernel;
};

/* Reads at most SIZE-1 bytes of DIR/NAME and terminates them; the length, or -1 and errno. */
ssize_t pst_proc_slurp(int dir, const char *name, char *buf, size_t size);

/* Fills OUT from TEXT, of a stat file, which it may change.  False and errno EIO: it is none. */
bool pst_stat_parse(char *text, struct pst_stat *out);

/* Fills OUT from DIR/NAME, a stat file.  False and errno when it cannot be read. */
bool pst_stat_read(int dir, const char *name, struct pst_stat *out);

/* The text after "KEY:" in the status file TEXT, blanks skipped; NULL when it is not there. */
const char *pst_status_field(const char *text, const char *key);

/* The last number of the line that TEXT starts, -1 when there is none. */
long pst_status_last(const char *text);

/* Nanoseconds of TICKS of utime and stime. */
uint64_t pst_ticks_ns(uint64_t ticks);

/* Chooses how memory is read.  SYS: what the system said when nothing works. */
enum pst_err pst_mem_choose(struct pst_proc *p, int *sys);

/* Finds a thread that has the address space still and makes it `space`; false when there is none.
 */
bool pst_proc_find_space(struct pst_proc *p);

/* Fills WHY with the reason why PID may not be read or traced and what to do; returns PERM. */
enum pst_err pst_perm_explain(pid_t pid, int sys, struct pst_why *why);

#endif
