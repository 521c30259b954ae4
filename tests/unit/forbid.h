// SPDX-License-Identifier: MIT
#ifndef PST_UNIT_FORBID_H
#define PST_UNIT_FORBID_H

/* Checks that give up rights of their own: each in a child, which exits with 0 when all was well.
 */

#include "child.h"
#include "unit.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>

static inline int run_in_child(int (*check)(pid_t target), pid_t target)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(check(target));
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

/* Makes CALLS fail with EPERM in this process, as the filters of containers do. */
static inline int forbid(const unsigned *calls, size_t n)
{
	struct sock_filter code[8] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
	struct sock_fprog prog = {.filter = code};
	size_t k = 1;

	for (size_t i = 0; i < n; i++) {
		code[k++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i], 0, 1);
		code[k++] =
			(struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	}
	code[k++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	prog.len = (unsigned short)k;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

/* CHECK on a process that sleeps; 77: it cannot be done here. */
static inline void child_check(int (*check)(pid_t target))
{
	struct shared *s = shared_new();
	pid_t pid = child_start(ready_and_sleep, s);
	int result = run_in_child(check, pid);

	child_end(pid);
	if (result == 77) {
		print_message("no seccomp filters here\n");
		skip();
	}
	assert_int_equal(result, 0);
}

#endif
