// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/plat.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/calls.h"

/*
 * Whoever sets a timer that is the next one to fire makes the kernel program the CPU's clock, which
 * on a virtual machine can take longer than all else that a sleep costs; and when it fires, that is
 * done again for what comes next.  So two timers take turns, each with twice the period: the one
 * that is set again after it fired is never the next one.
 */

#define NS UINT64_C(1000000000)

struct pst_beat {
	int fd[2];
	uint64_t period;
	uint64_t at[2]; /* when they fire, or fired unseen */
};

struct pst_beat *pst_beat_new(void)
{
	struct pst_beat *b = pst_calloc(1, sizeof *b);

	b->fd[0] = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	b->fd[1] = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (b->fd[0] >= 0 && b->fd[1] >= 0)
		return b;
	pst_beat_free(b);
	return NULL;
}

void pst_beat_free(struct pst_beat *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < 2; i++)
		if (b->fd[i] >= 0)
			close(b->fd[i]);
	free(b);
}

static struct timespec spec(uint64_t ns)
{
	return (struct timespec){.tv_sec = (time_t)(ns / NS), .tv_nsec = (long)(ns % NS)};
}

static bool set(struct pst_beat *b, size_t i, uint64_t at)
{
	const struct itimerspec when = {.it_value = spec(at), .it_interval = spec(2 * b->period)};

	b->at[i] = at;
	pst_called(PST_CALL_SLEEP);
	return !timerfd_settime(b->fd[i], TFD_TIMER_ABSTIME, &when, NULL);
}

/* The timer that fires at DUE, or would when it is seen to have fired before; -1: neither. */
static int timer_of(const struct pst_beat *b, uint64_t due)
{
	for (int i = 0; i < 2; i++)
		if (b->at[i] && b->at[i] <= due && !((due - b->at[i]) % (2 * b->period)))
			return i;
	return -1;
}

static bool start(struct pst_beat *b, uint64_t due, uint64_t period)
{
	b->period = period;
	if (set(b, 0, due) && set(b, 1, due + period))
		return true;
	b->period = 0;
	return false;
}

/* Waits until timer I fires; false: that does not work. */
static bool wait(struct pst_beat *b, size_t i)
{
	uint64_t times;
	ssize_t n;

	do {
		pst_called(PST_CALL_SLEEP);
		n = read(b->fd[i], &times, sizeof times);
	} while (n < 0 && errno == EINTR);
	if (n != sizeof times)
		return false;
	b->at[i] += times * 2 * b->period;
	return true;
}

/*
 * Timer I fired unseen, and again and again would until DUE: whoever leaves out that many has no
 * use for a beat.
 */
static bool is_far(const struct pst_beat *b, size_t i, uint64_t due)
{
	return due - b->at[i] >= 2 * b->period && due > pst_now_ns() + 2 * b->period;
}

void pst_beat_wait(struct pst_beat *b, uint64_t due, uint64_t period)
{
	int i = b && period && b->period == period ? timer_of(b, due) : -1;

	if (b && period && i < 0 && start(b, due, period))
		i = 0;
	if (i >= 0 && is_far(b, (size_t)i, due))
		i = -1;
	while (i >= 0 && b->at[i] <= due)
		if (!wait(b, (size_t)i))
			i = -1;
	if (i < 0)
		pst_sleep_until_ns(due);
}
