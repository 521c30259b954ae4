// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/plat.h"

#include "base/alloc.h"
#include "base/calls.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct pst_wake {
	int fds[2];
};

static int prepare(int fd)
{
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return -1;
	return fcntl(fd, F_SETFL, O_NONBLOCK);
}

struct pst_wake *pst_wake_new(void)
{
	int fds[2];

	if (pipe(fds) < 0)
		return NULL;
	if (prepare(fds[0]) < 0 || prepare(fds[1]) < 0) {
		close(fds[0]);
		close(fds[1]);
		return NULL;
	}
	struct pst_wake *w = pst_alloc(sizeof *w);
	w->fds[0] = fds[0];
	w->fds[1] = fds[1];
	return w;
}

void pst_wake_free(struct pst_wake *w)
{
	if (!w)
		return;
	close(w->fds[0]);
	close(w->fds[1]);
	free(w);
}

int pst_wake_fd(const struct pst_wake *w)
{
	return w->fds[0];
}

void pst_wake_signal(void *wake)
{
	struct pst_wake *w = wake;

	/* It fails only when the pipe is full: then the descriptor is readable anyway. */
	pst_called(PST_CALL_OTHER);
	(void)!write(w->fds[1], "", 1);
}

void pst_wake_clear(void *wake)
{
	struct pst_wake *w = wake;
	char buf[64];

	while (read(w->fds[0], buf, sizeof buf) > 0)
		;
}
