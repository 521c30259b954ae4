// SPDX-License-Identifier: MIT
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "plat/plat.h"
#include "unit.h"

/* Waiting, and the signals of a full-screen program, on a pseudo-terminal. */

static void test_poll_tells_what_is_ready(void **state)
{
	enum pst_ready ready[3];
	int a[2], b[2];

	(void)state;
	assert_int_equal(pipe(a), 0);
	assert_int_equal(pipe(b), 0);
	assert_int_equal(write(a[1], "x", 1), 1);
	close(b[1]);
	assert_int_equal(pst_poll((int[]){a[0], b[0], -1}, ready, 3, PST_NEVER), 2);
	assert_int_equal(ready[0], PST_READY_DATA);
	assert_int_equal(ready[1], PST_READY_CLOSED);
	assert_int_equal(ready[2], PST_READY_NO);
	close(a[0]);
	close(a[1]);
	close(b[0]);
}

static void test_poll_waits_until_the_deadline(void **state)
{
	enum pst_ready ready[1];
	uint64_t until = pst_now_ns() + 30000000;

	(void)state;
	assert_int_equal(pst_poll((int[]){-1}, ready, 1, until), 0);
	assert_true(pst_now_ns() >= until);
	assert_int_equal(pst_poll((int[]){-1}, ready, 1, 1), 0); /* long past */
}

/* A new pseudo-terminal: its master, and in *SLAVE the end that a program sees. */
static int new_terminal(int *slave)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	*slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(*slave >= 0);
	return master;
}

static void test_terminal(void **state)
{
	int slave, rows, cols, master = new_terminal(&slave);

	(void)state;
	assert_true(pst_tty_is(slave));
	assert_false(pst_tty_size(slave, &rows, &cols)); /* 0 by 0: unknown */
	assert_false(pst_tty_is(-1));
	assert_false(pst_tty_size(-1, &rows, &cols));
	close(slave);
	close(master);
}

static void test_signals_are_told_one_by_one(void **state)
{
	enum pst_ready ready[1];
	int fd, number = 0;

	(void)state;
	assert_int_equal(pst_signals_open(-1, &fd, NULL), PST_OK);
	assert_int_equal(pst_signals_open(-1, &fd, NULL), PST_EXISTS);
	assert_int_equal(pst_signals_next(&number), PST_SIGNAL_NONE);
	raise(SIGWINCH);
	raise(SIGWINCH);
	raise(SIGCONT);
	assert_int_equal(pst_poll(&fd, ready, 1, PST_NEVER), 1);
	assert_int_equal(pst_signals_next(&number), PST_SIGNAL_CONT);
	assert_int_equal(pst_signals_next(&number), PST_SIGNAL_RESIZE);
	assert_int_equal(pst_signals_next(&number), PST_SIGNAL_NONE);
	assert_int_equal(pst_poll(&fd, ready, 1, 1), 0);
	raise(SIGTERM);
	assert_int_equal(pst_signals_next(&number), PST_SIGNAL_END);
	assert_int_equal(number, SIGTERM);
	assert_int_equal(pst_signals_next(&number), PST_SIGNAL_END); /* it stays */
	pst_signals_close();
	pst_signals_close();
}

static void test_former_handlers_come_back(void **state)
{
	struct sigaction before = {.sa_handler = SIG_IGN}, after;
	int fd;

	(void)state;
	sigemptyset(&before.sa_mask);
	sigaction(SIGHUP, &before, NULL);
	assert_int_equal(pst_signals_open(-1, &fd, NULL), PST_OK);
	pst_signals_close();
	sigaction(SIGHUP, NULL, &after);
	assert_true(after.sa_handler == SIG_IGN);
	before.sa_handler = SIG_DFL;
	sigaction(SIGHUP, &before, NULL);
}

/* A child makes its terminal raw, then dies by SIG, sent TIMES times; how it ended. */
static int die_by(int sig, int times, int slave)
{
	struct sigaction plain = {.sa_handler = SIG_DFL};
	struct termios raw;
	int fd, status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid)
		return waitpid(pid, &status, 0) == pid ? status : -1;
	sigemptyset(&plain.sa_mask);
	sigaction(sig, &plain, NULL);
	pst_signals_open(slave, &fd, NULL);
	pst_signals_set_undo("UNDO", 4);
	tcgetattr(slave, &raw);
	cfmakeraw(&raw);
	tcsetattr(slave, TCSANOW, &raw);
	while (times--)
		raise(sig);
	_exit(99);
}

static void check_death(int sig, int times)
{
	struct termios before, after;
	char seen[16] = "";
	int slave, master = new_terminal(&slave), status;

	assert_int_equal(tcgetattr(slave, &before), 0);
	status = die_by(sig, times, slave);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == sig);
	assert_int_equal(read(master, seen, sizeof seen - 1), 4);
	assert_string_equal(seen, "UNDO");
	assert_int_equal(tcgetattr(slave, &after), 0);
	assert_int_equal(after.c_lflag, before.c_lflag);
	assert_int_equal(after.c_iflag, before.c_iflag);
	assert_int_equal(after.c_oflag, before.c_oflag);
	close(slave);
	close(master);
}

static void test_crash_restores_the_terminal(void **state)
{
	(void)state;
	check_death(SIGABRT, 1);
	check_death(SIGSEGV, 1);
	check_death(SIGBUS, 1);
}

static void test_second_signal_ends_by_force(void **state)
{
	(void)state;
	check_death(SIGTERM, 2);
	check_death(SIGINT, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_poll_tells_what_is_ready),
		cmocka_unit_test(test_poll_waits_until_the_deadline),
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_signals_are_told_one_by_one),
		cmocka_unit_test(test_former_handlers_come_back),
		cmocka_unit_test(test_crash_restores_the_terminal),
		cmocka_unit_test(test_second_signal_ends_by_force),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
