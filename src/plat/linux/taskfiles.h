// SPDX-License-Identifier: MIT
#ifndef PST_PLAT_LINUX_TASKFILES_H
#define PST_PLAT_LINUX_TASKFILES_H

/*
 * The files of threads that are asked again and again, kept open: opening one costs more than
 * reading it.  The kernel binds an open one to its thread.
 */

#include "plat/linux/priv.h"

enum pst_task_file {
	PST_TASK_FILE_STAT,
	PST_TASK_FILE_SCHED,
	PST_TASK_FILE_SYSCALL,
	PST_TASK_FILE_STATM,
	PST_TASK_FILES
};

struct pst_task_files *pst_task_files_new(void);
void pst_task_files_free(struct pst_task_files *files); /* NULL allowed */

/* As pst_proc_slurp(), for a file of thread TID of P. */
ssize_t pst_task_slurp(const struct pst_proc *p, pid_t tid, enum pst_task_file file, char *buf,
		       size_t size);
/* The same without keeping anything. */
ssize_t pst_task_slurp_once(const struct pst_proc *p, pid_t tid, enum pst_task_file file, char *buf,
			    size_t size);

#endif
