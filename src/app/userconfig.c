// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/userconfig.h"

#include "app/outfile.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG_MAX ((size_t)1 << 20)

/* A relative path there is to be ignored (XDG Base Directory Specification). */
static char *find_path(void)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (xdg && *xdg == '/')
		return pst_asprintf("%s/pyspy-tui/config", xdg);
	return home && *home == '/' ? pst_asprintf("%s/.config/pyspy-tui/config", home) : NULL;
}

static enum pst_err cannot_read(const char *path, const char *reason, struct pst_why *why)
{
	return pst_why_set(why, PST_IO, 0,
			   _("The configuration %s cannot be read: %s. Nothing of it is in force."), path,
			   reason);
}

static enum pst_err slurp(int fd, struct pst_buf *out)
{
	char chunk[4096];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof chunk)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return PST_IO;
		/* Its reader takes a text; a line with such a byte is to be wrong, not the end. */
		for (ssize_t i = 0; i < n; i++)
			if (!chunk[i])
				chunk[i] = '\1';
		pst_buf_add(out, chunk, (size_t)n);
		if (out->len > CONFIG_MAX)
			return PST_LIMIT;
	}
	return PST_OK;
}

enum pst_err userconfig_read(struct userconfig *c, struct pst_why *why)
{
	struct pst_buf text = {0};
	struct stat st;

	*c = (struct userconfig){.path = find_path()};
	/* Never wait for the writer of a pipe. */
	int fd = c->path ? open(c->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
	if (fd < 0)
		return !c->path || errno == ENOENT || errno == ENOTDIR
			       ? PST_OK
			       : cannot_read(c->path, strerror(errno), why);
	enum pst_err err = PST_OK;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		err = cannot_read(c->path, _("it is no plain file"), why);
	else if ((err = slurp(fd, &text)) == PST_LIMIT)
		cannot_read(c->path, _("it is larger than 1 MiB"), why);
	else if (err)
		cannot_read(c->path, strerror(errno), why);
	close(fd);
	if (err)
		pst_buf_free(&text);
	else
		c->text = pst_buf_take(&text);
	return err;
}

/* Makes the folders that are missing on the way to PATH, for the user alone. */
static bool make_folders(const char *path)
{
	char *dir = pst_strdup(path);
	bool ok = true;

	for (char *s = strchr(dir + 1, '/'); ok && s; s = strchr(s + 1, '/')) {
		*s = '\0';
		ok = !mkdir(dir, 0700) || errno == EEXIST || errno == EROFS || errno == EACCES;
		*s = '/';
	}
	int sys = errno;
	free(dir);
	errno = sys;
	return ok;
}

/*
 * A link is followed where it is our own (people keep such files elsewhere): root must not be led
 * by somebody else's.
 */
static char *real_place(const char *path)
{
	struct stat link, file;

	if (lstat(path, &link) || !S_ISLNK(link.st_mode) || link.st_uid != geteuid() ||
	    stat(path, &file) || file.st_uid != geteuid())
		return NULL;
	return realpath(path, NULL);
}

enum pst_err userconfig_write(struct userconfig *c, const char *text, struct pst_why *why)
{
	if (!c->path)
		return pst_why_set(why, PST_NOTFOUND, 0,
				   _("There is no place for the configuration: set HOME or "
				     "XDG_CONFIG_HOME."));
	if (!make_folders(c->path))
		return pst_why_set(why, PST_IO, errno, _("The folder of %s cannot be made: %s."),
				   c->path, strerror(errno));
	char *real = real_place(c->path);
	enum pst_err err = outfile_save(real ? real : c->path, text, true, why);
	free(real);
	if (err)
		return err;
	char *kept = pst_strdup(text); /* TEXT may be the old one */
	free(c->text);
	c->text = kept;
	return PST_OK;
}

void userconfig_free(struct userconfig *c)
{
	free(c->path);
	free(c->text);
	*c = (struct userconfig){0};
}
