// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/plat.h"

#include "base/alloc.h"
#include "base/calls.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct pst_wake {
	int fd;
};

struct pst_wake *pst_wake_new(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0)
		return NULL;
	struct pst_wake *w = pst_alloc(sizeof *w);
	w->fd = fd;
	return w;
}

void pst_wake_free(struct pst_wake *w)
{
	if (!w)
		return;
	close(w->fd);
	free(w);
}

int pst_wake_fd(const struct pst_wake *w)
{
	return w->fd;
}

void pst_wake_signal(void *wake)
{
	struct pst_wake *w = wake;

	pst_called(PST_CALL_OTHER);
	/* It fails only when the counter is full: then the descriptor is readable anyway. */
	(void)!eventfd_write(w->fd, 1);
}

void pst_wake_clear(void *wake)
{
	struct pst_wake *w = wake;
	eventfd_t n;

	/* It fails only when nothing was signalled. */
	(void)!eventfd_read(w->fd, &n);
}
