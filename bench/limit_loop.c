// SPDX-License-Identifier: MIT
#include "config.h"

/*
 * limit PID SECONDS ADDRESS:LENGTH...
 *
 * Reads these ranges of PID again and again with one process_vm_readv, doing nothing else; says how
 * many times a second that went, and how many µs of CPU each took.
 */

#include "plat/plat.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <time.h>

#include "base/alloc.h"

static int fail(const char *what)
{
	fprintf(stderr, "limit: %s\n", what);
	return 1;
}

static bool parse(const char *text, struct iovec *remote)
{
	char *end;

	remote->iov_base = (void *)(uintptr_t)strtoull(text, &end, 16);
	if (*end != ':')
		return false;
	remote->iov_len = strtoull(end + 1, NULL, 10);
	return remote->iov_len > 0;
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return fail("limit PID SECONDS ADDRESS:LENGTH...");
	pid_t pid = (pid_t)atoi(argv[1]);
	size_t n = (size_t)argc - 3, total = 0;
	struct iovec *remote = pst_calloc(n, sizeof *remote), local = {0};

	for (size_t i = 0; i < n; i++) {
		if (!parse(argv[i + 3], &remote[i]))
			return fail("no range");
		total += remote[i].iov_len;
	}
	local = (struct iovec){pst_alloc(total), total};
	uint64_t begin = pst_now_ns(), end = begin + (uint64_t)(atof(argv[2]) * 1e9), done = 0;
	clock_t cpu = clock();
	while (pst_now_ns() < end) {
		for (int i = 0; i < 100; i++, done++)
			if (process_vm_readv(pid, &local, 1, remote, n, 0) != (ssize_t)total)
				return fail("a read failed");
	}
	printf("%.1f %.3f\n", (double)done * 1e9 / (double)(pst_now_ns() - begin),
	       (double)(clock() - cpu) * 1e6 / CLOCKS_PER_SEC / (double)done);
	free(local.iov_base);
	free(remote);
	return 0;
}
