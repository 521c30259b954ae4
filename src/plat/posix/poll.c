// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/plat.h"

#include <errno.h>
#include <poll.h>

#define MAX_FDS 8

/* Milliseconds to DEADLINE, rounded up so that a wait never ends before it; -1: no deadline. */
static int timeout_ms(uint64_t deadline_ns)
{
	if (deadline_ns == PST_NEVER)
		return -1;
	uint64_t now = pst_now_ns();

	if (deadline_ns <= now)
		return 0;
	uint64_t ms = (deadline_ns - now + 999999) / 1000000;

	return ms > 3600000 ? 3600000 : (int)ms;
}

int pst_poll(const int *fds, enum pst_ready *ready, size_t n, uint64_t deadline_ns)
{
	struct pollfd p[MAX_FDS];
	int found;

	if (n > MAX_FDS)
		n = MAX_FDS;
	for (size_t i = 0; i < n; i++) {
		p[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
		ready[i] = PST_READY_NO;
	}
	found = poll(p, (nfds_t)n, timeout_ms(deadline_ns));
	if (found <= 0)
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (p[i].revents & POLLIN)
			ready[i] = PST_READY_DATA;
		else if (p[i].revents)
			ready[i] = PST_READY_CLOSED;
	}
	return found;
}
