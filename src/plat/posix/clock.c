// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/plat.h"

#include <errno.h>
#include <time.h>

#include "base/calls.h"

#define NS_PER_S UINT64_C(1000000000)

uint64_t pst_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

void pst_sleep_until_ns(uint64_t deadline)
{
	struct timespec ts = {
		.tv_sec = (time_t)(deadline / NS_PER_S),
		.tv_nsec = (long)(deadline % NS_PER_S),
	};

	do
		pst_called(PST_CALL_SLEEP);
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR);
}
