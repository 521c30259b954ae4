// SPDX-License-Identifier: MIT
#ifndef PST_UNIT_CHILD_H
#define PST_UNIT_CHILD_H

/* Processes for the tests of plat/ and target/ to look at. */

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What the child and the test both see. */
struct shared {
	atomic_int ready;
	atomic_ulong count;
	atomic_ulong sum;
	atomic_int go;
};

static inline struct shared *shared_new(void)
{
	void *s = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED)
		abort();
	return s;
}

static inline void nap_ms(long ms)
{
	struct timespec ts = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&ts, NULL);
}

/* Starts RUN in a process that dies with us; waits until it has set S->ready. */
static inline pid_t child_start(void (*run)(struct shared *s), struct shared *s)
{
	pid_t pid;

	atomic_store(&s->ready, 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run(s);
		_exit(0);
	}
	for (int i = 0; i < 30000 && pid > 0 && !atomic_load(&s->ready); i++)
		nap_ms(1);
	return pid;
}

static inline void ready_and_sleep(struct shared *s)
{
	atomic_store(&s->ready, 1);
	for (;;)
		pause();
}

/* Kills PID, fetches its end and returns the status. */
static inline int child_end(pid_t pid)
{
	int status = 0;

	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return status;
}

/* The letter behind "State:" and the number behind "TracerPid:" of PID. */
static inline char child_state(pid_t pid, int *tracer)
{
	char path[64], line[256], state = '?';
	FILE *f;

	*tracer = -1;
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f)) {
		sscanf(line, "State: %c", &state);
		sscanf(line, "TracerPid: %d", tracer);
	}
	if (f)
		fclose(f);
	return state;
}

/* Waits until PID is in the state WANTED; the state in which it was seen last. */
static inline char child_await(pid_t pid, char wanted)
{
	int tracer;
	char state = child_state(pid, &tracer);

	for (int i = 0; i < 20000 && state != wanted; i++) {
		nap_ms(1);
		state = child_state(pid, &tracer);
	}
	return state;
}

/* True when the count of the child moves within twenty seconds. */
static inline bool child_moves(struct shared *s)
{
	unsigned long before = atomic_load(&s->count);

	for (int i = 0; i < 20000; i++) {
		if (atomic_load(&s->count) != before)
			return true;
		nap_ms(1);
	}
	return false;
}

#endif
