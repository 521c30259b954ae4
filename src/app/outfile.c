// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/outfile.h"

#include "base/alloc.h"
#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum pst_err cannot(const char *path, int sys, struct pst_why *why)
{
	return pst_why_set(why, PST_IO, sys, _("%s cannot be written: %s."), path, strerror(sys));
}

static bool is_stdout(const char *path)
{
	return !strcmp(path, "-");
}

/* A new file has the rights that any new file gets, one that is replaced keeps those it had. */
static mode_t mode_for(const struct stat *old)
{
	mode_t mask = umask(0);

	umask(mask);
	return old ? old->st_mode & 0777 : 0666 & ~mask;
}

static char *temporary_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	int dir = slash ? (int)(slash - path) + 1 : 0;

	return pst_asprintf("%.*s.%s.XXXXXX", dir, path, path + dir);
}

static int open_beside(struct outfile *f, const struct stat *old)
{
	f->temporary = temporary_name(f->path);
	int fd = mkstemp(f->temporary);
	if (fd < 0) {
		free(f->temporary);
		f->temporary = NULL;
		return -1;
	}
	(void)!fchmod(fd, mode_for(old)); /* else it is ours alone, which is no harm */
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

/* Whether others than its owner and root may lay something into the folder of PATH. */
static bool is_shared(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == path ? pst_strdup("/")
		       : slash	     ? pst_strndup(path, (size_t)(slash - path))
				     : pst_strdup(".");
	struct stat st;
	bool shared = stat(folder, &st) || st.st_uid != 0 || st.st_mode & (S_IWGRP | S_IWOTH);

	free(folder);
	return shared;
}

enum pst_err outfile_open(const char *path, struct outfile *out, struct pst_why *why)
{
	struct stat st;
	int fd;

	*out = (struct outfile){.path = path};
	if (is_stdout(path)) {
		out->stream = stdout;
		return PST_OK;
	}
	bool there = !stat(path, &st);
	if (there && S_ISDIR(st.st_mode))
		return cannot(path, EISDIR, why);
	if (there && !S_ISREG(st.st_mode))
		fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY |
					(!geteuid() && is_shared(path) ? O_NOFOLLOW : 0));
	else
		fd = open_beside(out, there ? &st : NULL);
	if (fd < 0)
		return cannot(path, errno, why);
	out->stream = fdopen(fd, "w");
	return PST_OK;
}

static enum pst_err exists(const char *path, struct pst_why *why)
{
	return pst_why_set(why, PST_EXISTS, EEXIST, _("%s exists already."), path);
}

enum pst_err outfile_create(const char *path, struct outfile *out, struct pst_why *why)
{
	struct stat st;

	if (!lstat(path, &st))
		return exists(path, why);
	enum pst_err err = outfile_open(path, out, why);
	out->keep = true;
	return err;
}

/* A link, unlike a new name, is not made where there is something.  Not all file systems have them. */
static int put_into_place(const struct outfile *f)
{
	struct stat st;

	if (!f->keep)
		return rename(f->temporary, f->path);
	if (!link(f->temporary, f->path)) {
		unlink(f->temporary);
		return 0;
	}
	if (errno == EEXIST)
		return -1;
	if (!lstat(f->path, &st)) {
		errno = EEXIST;
		return -1;
	}
	return rename(f->temporary, f->path);
}

static void discard(struct outfile *f)
{
	if (f->temporary)
		unlink(f->temporary);
	free(f->temporary);
	f->temporary = NULL;
}

enum pst_err outfile_commit(struct outfile *f, struct pst_why *why)
{
	bool to_stdout = f->stream == stdout;

	errno = 0;
	bool bad = fflush(f->stream) != 0 || ferror(f->stream);
	int sys = errno ? errno : EIO;
	if (!to_stdout && fclose(f->stream) != 0 && !bad) {
		bad = true;
		sys = errno;
	}
	if (!bad && f->temporary && put_into_place(f) != 0) {
		bad = true;
		sys = errno;
	}
	if (bad) {
		discard(f);
		if (f->keep && sys == EEXIST)
			return exists(f->path, why);
		return cannot(to_stdout ? _("The standard output") : f->path, sys, why);
	}
	free(f->temporary);
	f->temporary = NULL;
	return PST_OK;
}

enum pst_err outfile_place(struct outfile *f, struct pst_why *why)
{
	if (f->temporary && put_into_place(f) != 0) {
		int sys = errno;
		discard(f);
		return cannot(f->path, sys, why);
	}
	free(f->temporary);
	f->temporary = NULL;
	return PST_OK;
}

void outfile_abandon(struct outfile *f)
{
	if (f->stream != stdout)
		fclose(f->stream);
	discard(f);
}

enum pst_err outfile_try(const char *path, struct pst_why *why)
{
	struct outfile f;
	struct stat st;

	/* To open a pipe waits for its reader, and closing it would be the end of the data. */
	if (is_stdout(path) ||
	    (!stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return PST_OK;
	enum pst_err err = outfile_open(path, &f, why);
	if (err)
		return err;
	outfile_abandon(&f);
	return PST_OK;
}

/* ---- a text as a whole ------------------------------------------------------------------- */

static bool write_text(FILE *f, const char *text)
{
	errno = 0;
	bool bad = fputs(text, f) < 0 || fflush(f) != 0;
	int sys = errno;

	if (fclose(f) != 0 && !bad) {
		bad = true;
		sys = errno;
	}
	errno = sys ? sys : EIO;
	return !bad;
}

/* Nothing that is there is written to: not even where a link leads, which somebody else may have set. */
static enum pst_err save_new(const char *path, const char *text, struct pst_why *why)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0666);

	if (fd < 0 && errno == EEXIST)
		return pst_why_set(why, PST_EXISTS, EEXIST, _("%s is there already."), path);
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!f)
		return cannot(path, errno, why);
	if (write_text(f, text))
		return PST_OK;
	int sys = errno;
	unlink(path);
	return cannot(path, sys, why);
}

static enum pst_err save_over(const char *path, const struct stat *old, const char *text,
			      struct pst_why *why)
{
	struct outfile f = {.path = path};
	int fd = open_beside(&f, S_ISREG(old->st_mode) ? old : NULL);

	f.stream = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!f.stream) {
		int sys = errno;
		discard(&f);
		return cannot(path, sys, why);
	}
	fputs(text, f.stream);
	return outfile_commit(&f, why);
}

enum pst_err outfile_save(const char *path, const char *text, bool replace, struct pst_why *why)
{
	struct stat st;

	if (!*path)
		return pst_why_set(why, PST_USAGE, 0, _("A file needs a name."));
	if (!replace || lstat(path, &st))
		return save_new(path, text, why);
	if (S_ISDIR(st.st_mode))
		return cannot(path, EISDIR, why);
	if (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode))
		return pst_why_set(why, PST_IO, 0, _("%s is no plain file: it is left alone."), path);
	return save_over(path, &st, text, why);
}
