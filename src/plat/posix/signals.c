// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/plat.h"

#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/*
 * All that a handler touches is here, static, and set before the handler is installed: a handler
 * may run in any thread at any moment and calls nothing but async-signal-safe functions.
 */

#define UNDO_MAX      256
#define GRACE_SECONDS 3 /* from a signal that ends us to the end by force, when the screen hangs   \
			 */

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
static const int crashing[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
static const int others[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGALRM, SIGUSR1};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static struct sigaction old_ending[COUNT(ending)], old_crashing[COUNT(crashing)],
	old_others[COUNT(others)], old_pipe;
static volatile sig_atomic_t end_signal, resized, stopped, continued, write_asked;
static int pipe_fds[2] = {-1, -1};
static int tty_fd = -1;
static bool tty_saved;
static struct termios tty_before;
static char undo[UNDO_MAX];
static size_t undo_len;
static bool is_open;
static char crash_stack[64 * 1024];
static stack_t old_stack;

/* Leaves the terminal as it was found; async-signal-safe, and never waits for a stuck terminal. */
static void restore_terminal(void)
{
	struct pollfd p = {.fd = tty_fd, .events = POLLOUT};

	if (tty_fd < 0)
		return;
	if (undo_len && poll(&p, 1, 200) == 1 && (p.revents & POLLOUT)) {
		ssize_t n = write(tty_fd, undo, undo_len);

		(void)n;
	}
	if (tty_saved)
		tcsetattr(tty_fd, TCSANOW, &tty_before);
}

static void wake(void)
{
	int saved = errno;
	ssize_t n = write(pipe_fds[1], "", 1);

	(void)n; /* a full pipe wakes as well */
	errno = saved;
}

static _Noreturn void end_by_force(int sig)
{
	struct sigaction plain = {.sa_handler = SIG_DFL};
	sigset_t only;

	restore_terminal();
	sigemptyset(&plain.sa_mask);
	sigaction(sig, &plain, NULL);
	sigemptyset(&only);
	sigaddset(&only, sig);
	pthread_sigmask(SIG_UNBLOCK, &only, NULL);
	raise(sig);
	_exit(128 + sig);
}

/*
 * The first one asks the loop to leave; one more, or no answer in time, ends us here.  Without a
 * screen only who repeats a key is that impatient: TERM often comes twice, to us and to our group.
 */
static void on_ending(int sig)
{
	bool screen = tty_fd >= 0;

	if (end_signal && (screen || sig == SIGINT || sig == SIGQUIT))
		end_by_force(sig);
	if (!end_signal)
		end_signal = sig;
	if (screen)
		alarm(GRACE_SECONDS);
	wake();
}

static void on_other(int sig)
{
	switch (sig) {
	case SIGWINCH:
		resized = 1;
		break;
	case SIGTSTP:
		stopped = 1;
		break;
	case SIGCONT:
		continued = 1;
		break;
	case SIGUSR1:
		write_asked = 1;
		break;
	case SIGALRM:
		if (end_signal)
			end_by_force(end_signal);
		return;
	}
	wake();
}

/*
 * Gives the screen back, then lets what was there before (a core dump, a sanitizer) have the
 * signal.
 */
static void on_crash(int sig, siginfo_t *info, void *context)
{
	(void)context;
	restore_terminal();
	for (size_t i = 0; i < COUNT(crashing); i++)
		sigaction(crashing[i], &old_crashing[i], NULL);
	/* A fault of ours happens again on return; what was sent has to be sent again. */
	if (info->si_code <= 0)
		raise(sig);
}

static void install(const int *sigs, struct sigaction *old, size_t n, const struct sigaction *act)
{
	for (size_t i = 0; i < n; i++)
		sigaction(sigs[i], act, &old[i]);
}

static void put_back(const int *sigs, const struct sigaction *old, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sigaction(sigs[i], &old[i], NULL);
}

static void install_all(void)
{
	struct sigaction end = {.sa_handler = on_ending, .sa_flags = SA_RESTART};
	struct sigaction other = {.sa_handler = on_other, .sa_flags = SA_RESTART};
	struct sigaction crash = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	stack_t stack = {.ss_sp = crash_stack, .ss_size = sizeof crash_stack};

	sigemptyset(&end.sa_mask);
	sigemptyset(&other.sa_mask);
	sigemptyset(&crash.sa_mask);
	sigemptyset(&ignore.sa_mask);
	sigaltstack(&stack, &old_stack); /* of the calling thread only */
	install(ending, old_ending, COUNT(ending), &end);
	install(others, old_others, COUNT(others), &other);
	install(crashing, old_crashing, COUNT(crashing), &crash);
	sigaction(SIGPIPE, &ignore, &old_pipe);
}

static bool open_pipe(void)
{
	if (pipe(pipe_fds) != 0)
		return false;
	for (int i = 0; i < 2; i++) {
		fcntl(pipe_fds[i], F_SETFD, FD_CLOEXEC);
		fcntl(pipe_fds[i], F_SETFL, O_NONBLOCK);
	}
	return true;
}

enum pst_err pst_signals_open(int tty, int *wait_fd, struct pst_why *why)
{
	if (is_open)
		return pst_why_set(why, PST_EXISTS, 0,
				   _("the signal handlers are installed already"));
	if (!open_pipe())
		return pst_why_set(why, PST_IO, errno, _("no pipe for signals: %s"),
				   strerror(errno));
	end_signal = resized = stopped = continued = write_asked = 0;
	tty_fd = tty;
	tty_saved = tty >= 0 && tcgetattr(tty, &tty_before) == 0;
	undo_len = 0;
	install_all();
	is_open = true;
	*wait_fd = pipe_fds[0];
	return PST_OK;
}

void pst_signals_set_undo(const char *bytes, size_t n)
{
	undo_len = 0;
	if (n > sizeof undo)
		return;
	memcpy(undo, bytes, n);
	undo_len = n;
}

enum pst_signal pst_signals_next(int *number)
{
	char junk[64];

	while (read(pipe_fds[0], junk, sizeof junk) > 0)
		;
	if (end_signal) {
		*number = end_signal;
		return PST_SIGNAL_END;
	}
	if (stopped) {
		stopped = 0;
		return PST_SIGNAL_STOP;
	}
	if (continued) {
		continued = 0;
		return PST_SIGNAL_CONT;
	}
	if (resized) {
		resized = 0;
		return PST_SIGNAL_RESIZE;
	}
	if (write_asked) {
		write_asked = 0;
		return PST_SIGNAL_WRITE;
	}
	return PST_SIGNAL_NONE;
}

int pst_signal_hangup(void)
{
	return SIGHUP;
}

void pst_signals_stop_self(void)
{
	struct sigaction plain = {.sa_handler = SIG_DFL}, ours;
	sigset_t only, before;

	sigemptyset(&plain.sa_mask);
	sigemptyset(&only);
	sigaddset(&only, SIGTSTP);
	sigaction(SIGTSTP, &plain, &ours);
	pthread_sigmask(SIG_UNBLOCK, &only, &before);
	raise(SIGTSTP); /* to this thread: no return before the stop */
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	sigaction(SIGTSTP, &ours, NULL);
}

void pst_signals_close(void)
{
	if (!is_open)
		return;
	if (end_signal)
		alarm(0);
	put_back(ending, old_ending, COUNT(ending));
	put_back(others, old_others, COUNT(others));
	put_back(crashing, old_crashing, COUNT(crashing));
	sigaction(SIGPIPE, &old_pipe, NULL);
	sigaltstack(&old_stack, NULL);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	pipe_fds[0] = pipe_fds[1] = tty_fd = -1;
	is_open = false;
}
