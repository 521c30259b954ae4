// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/edit.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "plat/plat.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOT_FOUND 127 /* what a shell says of a command that is not there */

/* ---- the file ---------------------------------------------------------------------------- */

static bool is_file(const char *path, const struct stat *want)
{
	struct stat st;

	return !stat(path, &st) && st.st_dev == want->st_dev && st.st_ino == want->st_ino;
}

/* LINK is what the system calls the open file; PATH as the program does. */
static char *first_that_is(const struct stat *st, pid_t pid, const char *path, const char *link)
{
	char *below_link = pst_asprintf("/proc/%d/root%s", (int)pid, link);
	char *below_path = pst_asprintf("/proc/%d/root%s", (int)pid, path);
	const char *const ways[] = {*path == '/' ? path : link, link, below_link, below_path};
	char *found = NULL;

	for (size_t i = 0; i < sizeof ways / sizeof *ways && !found; i++)
		if (is_file(ways[i], st))
			found = pst_strdup(ways[i]);
	free(below_link);
	free(below_path);
	return found;
}

/*
 * A path by which we reach the file that the process sees as FILE.  It is opened below the root of
 * the process first, where no link leads out of it; then only a path to the same file is good.
 */
static char *path_for_us(const struct pst_proc *proc, const char *file)
{
	char fd_name[40], link[PATH_MAX];
	struct stat st;
	int fd = pst_proc_open_path(proc, file);

	if (fd < 0)
		return NULL;
	snprintf(fd_name, sizeof fd_name, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(fd_name, link, sizeof link - 1);
	link[n > 0 ? n : 0] = '\0';
	char *path = fstat(fd, &st) ? NULL : first_that_is(&st, pst_proc_pid(proc), file, link);
	int sys = errno;
	close(fd);
	errno = path ? 0 : sys;
	return path;
}

static enum pst_err find_file(pid_t pid, const char *file, char **out, struct pst_why *why)
{
	struct pst_proc *proc;
	struct stat st;

	*out = NULL;
	if (*file == '<' || !*file)
		return pst_why_set(why, PST_NOTFOUND, 0, _("%s is no file."), *file ? file : "?");
	if (!pst_proc_open(pid, &proc, NULL)) {
		*out = path_for_us(proc, file);
		int sys = errno;
		pst_proc_close(proc);
		errno = sys;
	} else if (*file == '/' && !stat(file, &st) && S_ISREG(st.st_mode)) {
		*out = pst_strdup(file); /* it ended: nobody knows its root any more */
	}
	if (*out)
		return PST_OK;
	return pst_why_set(why, PST_NOTFOUND, errno, _("%s cannot be opened: %s."), file,
			   strerror(errno ? errno : ENOENT));
}

/* ---- the editor -------------------------------------------------------------------------- */

static const char *editor(void)
{
	const char *const names[] = {"VISUAL", "EDITOR"};

	for (size_t i = 0; i < 2; i++) {
		const char *s = getenv(names[i]);
		if (s && s[strspn(s, " \t")])
			return s;
	}
	return "vi";
}

/* How it wants to be told the line; most take +LINE. */
enum style { PLUS_LINE, COLON_LINE, GOTO_LINE };

static enum style style_of(const char *command)
{
	static const struct {
		const char *name;
		enum style style;
	} others[] = {{"hx", COLON_LINE},    {"helix", COLON_LINE}, {"subl", COLON_LINE},
		      {"zed", COLON_LINE},   {"code", GOTO_LINE},   {"codium", GOTO_LINE},
		      {"cursor", GOTO_LINE}};
	size_t n;

	command += strspn(command, " \t");
	n = strcspn(command, " \t");
	for (size_t i = n; i > 0; i--)
		if (command[i - 1] == '/') {
			command += i;
			n -= i;
			break;
		}
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strlen(others[i].name) == n && !strncmp(command, others[i].name, n))
			return others[i].style;
	return PLUS_LINE;
}

/* The variable may hold arguments, as git and others take it: a shell splits it. */
static enum pst_err run(const char *command, const char *path, int line,
			void (*stops)(void *ctx, bool stopped), void *ctx, struct pst_exit *how,
			struct pst_why *why)
{
	enum style style = style_of(command);
	char *script = pst_asprintf("%s \"$@\"", command);
	char *first = line <= 0		       ? NULL
		      : style == PLUS_LINE     ? pst_asprintf("+%d", line)
		      : style == GOTO_LINE     ? pst_strdup("--goto")
					       : NULL;
	char *last = line > 0 && style != PLUS_LINE ? pst_asprintf("%s:%d", path, line)
						    : pst_strdup(path);
	char sh[] = "/bin/sh", c[] = "-c", name[] = "editor";
	char *argv[] = {sh, c, script, name, first ? first : last, first ? last : NULL, NULL};
	enum pst_err err = pst_run(argv, stops, ctx, how, why);

	free(script);
	free(first);
	free(last);
	return err;
}

enum pst_err edit_file(pid_t pid, const char *file, int line,
		       void (*stops)(void *ctx, bool stopped), void *ctx, struct pst_why *why)
{
	const char *command = editor();
	struct pst_exit how = {0};
	char *path;
	enum pst_err err = find_file(pid, file, &path, why);

	if (!err)
		err = run(command, path, line, stops, ctx, &how, why);
	free(path);
	if (err || (!how.by_signal && !how.number))
		return err;
	if (!how.by_signal && how.number == NOT_FOUND)
		return pst_why_set(why, PST_NOTFOUND, 0,
				   _("There is no editor '%s': set VISUAL or EDITOR to one."), command);
	return pst_why_set(why, PST_IO, 0,
			   how.by_signal ? _("The editor '%s' was ended by signal %d.")
					 : _("The editor '%s' ended with status %d."),
			   command, how.number);
}
