// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/plat.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/i18n.h"

/* What the child sends back when it could not start the program. */
enum step { STEP_OUTPUT, STEP_USER, STEP_EXEC };

struct report {
	enum step step;
	int sys;
};

/* The user who called sudo. */
struct user {
	bool wanted;
	uid_t uid;
	gid_t gid;
	char *name, *home, *shell; /* NULL when the user is not in the database */
};

static bool number_of(const char *name, unsigned *out)
{
	const char *s = getenv(name);
	char *end;
	unsigned long v;

	if (!s || *s < '0' || *s > '9')
		return false;
	errno = 0;
	v = strtoul(s, &end, 10);
	if (errno || *end || v > (unsigned)-2)
		return false;
	*out = (unsigned)v;
	return true;
}

static void find_user(struct user *u)
{
	const struct passwd *pw;
	unsigned uid, gid;

	if (geteuid() != 0 || !number_of("SUDO_UID", &uid) || !number_of("SUDO_GID", &gid) ||
	    uid == 0)
		return;
	u->wanted = true;
	u->uid = uid;
	u->gid = gid;
	pw = getpwuid(uid);
	if (pw) {
		u->name = pst_strdup(pw->pw_name);
		u->home = pst_strdup(pw->pw_dir);
		u->shell = pst_strdup(pw->pw_shell);
	}
}

static void free_user(struct user *u)
{
	free(u->name);
	free(u->home);
	free(u->shell);
}

static bool become(const struct user *u)
{
	if (!u->wanted)
		return true;
	if (u->name ? initgroups(u->name, u->gid) != 0 : setgroups(0, NULL) != 0)
		return false;
	if (setgid(u->gid) != 0 || setuid(u->uid) != 0)
		return false;
	if (u->name) {
		setenv("USER", u->name, 1);
		setenv("LOGNAME", u->name, 1);
		setenv("HOME", u->home, 1);
		setenv("SHELL", u->shell, 1);
	}
	return true;
}

/*
 * As the target's user, so that the file belongs to that user and nothing is overwritten that
 * the user could not overwrite.
 */
static bool redirect(const char *path)
{
	int in = open("/dev/null", O_RDONLY);
	int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);

	return in >= 0 && out >= 0 && dup2(in, 0) >= 0 && dup2(out, 1) >= 0 && dup2(out, 2) >= 0 &&
	       (in <= 2 || close(in) == 0) && (out <= 2 || close(out) == 0);
}

/*
 * The exec resets our handlers.  What was ignored when we were started (nohup) stays ignored, but
 * SIGPIPE may be ignored by us.
 */
static void reset_signals(void)
{
	sigset_t none;

	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void child(const struct pst_spawn *how, const struct user *u, int report_fd)
{
	struct report r = {.step = STEP_USER};

	reset_signals();
	if (become(u)) {
		r.step = STEP_OUTPUT;
		/* In a process group of its own, else Ctrl-C on our screen would reach it. */
		if (!how->output_path || (setpgid(0, 0) == 0 && redirect(how->output_path))) {
			r.step = STEP_EXEC;
			execvp(how->argv[0], how->argv);
		}
	}
	r.sys = errno;
	while (write(report_fd, &r, sizeof r) < 0 && errno == EINTR)
		continue;
	_exit(127);
}

static enum pst_err explain(const struct pst_spawn *how, const struct report *r,
			    struct pst_why *why)
{
	switch (r->step) {
	case STEP_OUTPUT:
		return pst_why_set(why, PST_IO, r->sys,
				   _("The output file %s cannot be written: %s."), how->output_path,
				   strerror(r->sys));
	case STEP_USER:
		return pst_why_set(why, PST_PERM, r->sys,
				   _("%s cannot be started as the user who called sudo: %s."),
				   how->argv[0], strerror(r->sys));
	case STEP_EXEC:
		break;
	}
	return pst_why_set(why,
			   r->sys == ENOENT   ? PST_NOTFOUND
			   : r->sys == EACCES ? PST_PERM
					      : PST_IO,
			   r->sys, _("%s cannot be started: %s."), how->argv[0], strerror(r->sys));
}

/* Until the program runs (its exec closes the pipe) or the child told why it does not. */
static enum pst_err await_exec(const struct pst_spawn *how, int fd, pid_t pid, struct pst_why *why)
{
	struct report r;
	ssize_t n;

	do
		n = read(fd, &r, sizeof r);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return PST_OK;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	if (n != (ssize_t)sizeof r)
		return pst_why_set(why, PST_IO, errno, _("%s cannot be started."), how->argv[0]);
	return explain(how, &r, why);
}

enum pst_err pst_spawn(const struct pst_spawn *how, pid_t *pid, struct pst_why *why)
{
	struct user user = {0};
	enum pst_err err;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) != 0)
		return pst_why_set(why, PST_IO, errno, _("No pipe can be made: %s."),
				   strerror(errno));
	if (how->drop_sudo)
		find_user(&user);
	*pid = fork();
	if (*pid == 0)
		child(how, &user, fds[1]);
	close(fds[1]);
	if (*pid < 0)
		err = pst_why_set(why, PST_LIMIT, errno, _("No process can be started: %s."),
				  strerror(errno));
	else
		err = await_exec(how, fds[0], *pid, why);
	close(fds[0]);
	free_user(&user);
	return err;
}

/* Signals of the terminal reach its whole group; here they are for the other one. */
static const int keys[] = {SIGINT, SIGQUIT, SIGTSTP};

enum { KEYS = sizeof keys / sizeof *keys };

static void ignore_keys(struct sigaction before[KEYS])
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	sigemptyset(&ignore.sa_mask);
	for (size_t i = 0; i < KEYS; i++)
		sigaction(keys[i], &ignore, &before[i]);
}

static void heed_keys(const struct sigaction before[KEYS])
{
	for (size_t i = 0; i < KEYS; i++)
		sigaction(keys[i], &before[i], NULL);
}

/* Until it ends.  Who continues us continues our group, and it with us. */
static bool await_end(pid_t pid, void (*stops)(void *ctx, bool stopped), void *ctx, int *status)
{
	for (;;) {
		pid_t got = waitpid(pid, status, WUNTRACED);

		if (got < 0 && errno != EINTR)
			return false;
		if (got == pid && !WIFSTOPPED(*status))
			return true;
		if (got != pid)
			continue;
		if (stops)
			stops(ctx, true);
		raise(SIGSTOP);
		if (stops)
			stops(ctx, false);
	}
}

enum pst_err pst_run(char **argv, void (*stops)(void *ctx, bool stopped), void *ctx,
		     struct pst_exit *how, struct pst_why *why)
{
	const struct pst_spawn spawn = {.argv = argv};
	struct sigaction before[KEYS];
	pid_t pid;
	int status;

	/* What is ignored stays so in a program that is started. */
	enum pst_err err = pst_spawn(&spawn, &pid, why);
	if (err)
		return err;
	ignore_keys(before);
	bool ended = await_end(pid, stops, ctx, &status);
	heed_keys(before);
	if (!ended)
		return pst_why_set(why, PST_IO, errno, _("%s cannot be waited for: %s."), argv[0],
				   strerror(errno));
	how->by_signal = WIFSIGNALED(status);
	how->number = how->by_signal ? WTERMSIG(status) : WEXITSTATUS(status);
	return PST_OK;
}

bool pst_spawn_poll(pid_t pid, struct pst_exit *how)
{
	siginfo_t info = {0};
	int status;

	/* WNOWAIT: stops of a traced child show up here too, and belong to who traces it. */
	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
		return false;
	if (info.si_code != CLD_EXITED && info.si_code != CLD_KILLED && info.si_code != CLD_DUMPED)
		return false;
	if (waitpid(pid, &status, WNOHANG) != pid)
		return false;
	how->by_signal = WIFSIGNALED(status);
	how->number = how->by_signal ? WTERMSIG(status) : WEXITSTATUS(status);
	return true;
}
