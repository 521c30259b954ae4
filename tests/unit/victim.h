// SPDX-License-Identifier: MIT
#ifndef PST_UNIT_VICTIM_H
#define PST_UNIT_VICTIM_H

/* One Python at a time for the sampler to look at.  Needs unit.h before it. */

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static inline const char *python(void)
{
	const char *path = getenv("PST_PYTHON");

	return path ? path : "/usr/bin/python3";
}

static pid_t victim; /* that runs now; 0: none */
static int input = -1; /* of the one that start() started */

/* Forks; the child does not outlive us, whatever ends us. */
static inline pid_t victim_fork(void)
{
	victim = fork();
	assert_true(victim >= 0);
	if (!victim)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return victim;
}

static inline void end(pid_t pid)
{
	kill(pid, SIGKILL);
	if (input >= 0)
		close(input);
	input = -1;
	victim = 0;
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* After a test that failed half-way. */
static inline int clean_up(void **state)
{
	(void)state;
	if (victim > 0)
		end(victim);
	return 0;
}

static inline void slurp(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	ssize_t n = read(fd, text, size - 1);
	close(fd);
	assert_true(n >= 0);
	text[n] = '\0';
}

/*
 * The state of process PID as the system tells it.  Not by waitpid(): of a child that is traced it
 * would take the reports which are for the tracer.
 */
static inline char state_of(const char *path)
{
	char text[256], *end;

	slurp(path, text, sizeof text);
	end = strrchr(text, ')');
	assert_non_null(end);
	return end[2];
}

/* Waits until thread TID of PID has gone to sleep where it is going to stay. */
static inline void settle(pid_t pid, const char *tid)
{
	char stat[64], counts[64], before[64] = "", now[64];
	int quiet = 0;

	snprintf(stat, sizeof stat, "/proc/%d/task/%.12s/stat", (int)pid, tid);
	snprintf(counts, sizeof counts, "/proc/%d/task/%.12s/schedstat", (int)pid, tid);
	for (int i = 0; i < 3000 && quiet < 4; i++) {
		poll(NULL, 0, 10);
		slurp(counts, now, sizeof now);
		quiet = !strcmp(now, before) && state_of(stat) == 'S' ? quiet + 1 : 0;
		memcpy(before, now, sizeof now);
	}
	assert_int_equal(quiet, 4);
}

static inline void settle_others(pid_t pid)
{
	char path[32];
	struct dirent *e;

	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	DIR *dir = opendir(path);
	assert_non_null(dir);
	while ((e = readdir(dir)))
		if (atoi(e->d_name) && atoi(e->d_name) != pid)
			settle(pid, e->d_name);
	closedir(dir);
}

/*
 * Starts python on SCRIPT, which says on its standard output when it is ready; its other threads
 * sleep then.
 */
static inline pid_t start(const char *script)
{
	int out[2], in[2];
	char c;

	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	pid_t pid = victim_fork();
	if (!pid) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execl(python(), "python", "-u", "-c", script, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	input = in[1];
	assert_int_equal(read(out[0], &c, 1), 1);
	close(out[0]);
	settle_others(pid);
	return pid;
}

/* What its script waits for by os.read(0, 1). */
static inline void tell(void)
{
	assert_int_equal(write(input, "!", 1), 1);
}

static inline void wait_state(pid_t pid, const char *states)
{
	char path[32];

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	for (int i = 0; i < 6000; i++) {
		if (strchr(states, state_of(path)))
			return;
		poll(NULL, 0, 5);
	}
	fail_msg("state %c, expected one of %s", state_of(path), states);
}

/* Of all its threads; unlike its state that cannot be another one for a moment. */
static inline uint64_t cpu_of(pid_t pid)
{
	clockid_t clock;
	struct timespec ts;

	assert_int_equal(clock_getcpuclockid(pid, &clock), 0);
	assert_int_equal(clock_gettime(clock, &ts), 0);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* ns that PID was on a CPU or waited for one: that is not idle. */
static inline uint64_t awake_of(pid_t pid)
{
	unsigned long long ran, waited;
	char path[32], text[96];

	snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
	slurp(path, text, sizeof text);
	assert_int_equal(sscanf(text, "%llu %llu", &ran, &waited), 2);
	return ran + waited;
}

static inline void wait_name(pid_t pid, const char *name)
{
	char path[32], text[32] = "";

	snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
	for (int i = 0; i < 6000 && strcmp(text, name) != 0; i++) {
		poll(NULL, 0, 5);
		slurp(path, text, sizeof text);
	}
	assert_string_equal(text, name);
}

#endif
