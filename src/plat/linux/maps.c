// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/linux/priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/calls.h"
#include "base/buf.h"
#include "base/i18n.h"

/* The kernel's default limit is 65,530 maps; this is what we are ready to hold. */
#define MAPS_MAX 1000000
#define DELETED	 " (deleted)"

static bool slurp_all(int fd, struct pst_buf *out)
{
	char chunk[16384];
	ssize_t n;

	pst_called_times(PST_CALL_PROC, 3); /* open, the end, close */
	while ((n = read(fd, chunk, sizeof chunk)) != 0) {
		pst_called(PST_CALL_PROC);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		pst_buf_add(out, chunk, (size_t)n);
	}
	return true;
}

static uint64_t hex(const char **s)
{
	char *end;
	uint64_t v = strtoull(*s, &end, 16);

	*s = end;
	return v;
}

/* The kernel writes a newline in a path as \012. */
static char *unescape(const char *path, size_t len)
{
	char *out = pst_alloc(len + 1), *to = out;

	for (size_t i = 0; i < len; i++) {
		if (len - i >= 4 && memcmp(path + i, "\\012", 4) == 0) {
			*to++ = '\n';
			i += 3;
		} else {
			*to++ = path[i];
		}
	}
	*to = '\0';
	return out;
}

static unsigned protection(const char *flags)
{
	return (flags[0] == 'r' ? PST_PROT_R : 0U) | (flags[1] == 'w' ? PST_PROT_W : 0U) |
	       (flags[2] == 'x' ? PST_PROT_X : 0U) | (flags[3] == 's' ? PST_PROT_SHARED : 0U);
}

/* "start-end perms offset major:minor inode   path", up to EOL. */
static bool parse_line(const char *s, const char *eol, struct pst_map *map)
{
	unsigned major, minor;
	size_t len;

	map->start = hex(&s);
	if (*s++ != '-')
		return false;
	map->end = hex(&s);
	if (*s != ' ' || eol - s < 6)
		return false;
	map->prot = protection(s + 1);
	s += 5;
	map->offset = hex(&s);
	major = (unsigned)hex(&s);
	if (*s++ != ':')
		return false;
	minor = (unsigned)hex(&s);
	map->dev = makedev(major, minor);
	map->inode = strtoull(s, (char **)&s, 10);
	while (s < eol && *s == ' ')
		s++;
	len = (size_t)(eol - s);
	if (len >= strlen(DELETED) &&
	    memcmp(eol - strlen(DELETED), DELETED, strlen(DELETED)) == 0) {
		map->deleted = true;
		len -= strlen(DELETED);
	}
	map->path = unescape(s, len);
	return true;
}

static bool parse(const char *text, struct pst_maps *out)
{
	const char *eol;

	for (const char *s = text; (eol = strchr(s, '\n')) != NULL; s = eol + 1) {
		if (out->len >= MAPS_MAX)
			return false;
		if (!parse_line(s, eol, PST_VEC_PUSH(out))) {
			out->len--;
			return false;
		}
	}
	return true;
}

enum pst_err pst_maps_read(const struct pst_proc *p, struct pst_maps *out, struct pst_why *why)
{
	struct pst_buf text = {0};
	int fd = openat(p->space, "maps", O_RDONLY | O_CLOEXEC);
	bool ok;
	int sys;

	*out = (struct pst_maps){0};
	ok = fd >= 0 && slurp_all(fd, &text);
	sys = errno;
	if (fd >= 0)
		close(fd);
	if (!ok) {
		pst_buf_free(&text);
		if (sys == EACCES || sys == EPERM)
			return pst_perm_explain(p->pid, sys, why);
		return pst_why_set(why, PST_GONE, sys, _("Process %d exited."), (int)p->pid);
	}
	ok = parse(pst_buf_text(&text), out);
	pst_buf_free(&text);
	if (!ok) {
		pst_maps_free(out);
		return pst_why_set(why, PST_LIMIT, 0,
				   _("The memory map of process %d cannot be read."), (int)p->pid);
	}
	if (out->len == 0)
		return pst_why_set(why, PST_GONE, 0, _("Process %d exited."), (int)p->pid);
	return PST_OK;
}

/* Files follow on each other in the list: each is asked for once. */
static bool any_fits(char *text, bool (*fits)(void *ctx, const char *path), void *ctx)
{
	const char *before = "";

	for (char *s = text, *eol; (eol = strchr(s, '\n')); s = eol + 1) {
		const char *path;

		*eol = '\0';
		path = strchr(s, '/');
		if (!path || !strcmp(path, before))
			continue;
		before = path;
		if (fits(ctx, path))
			return true;
	}
	return false;
}

enum pst_err pst_proc_maps_any(pid_t pid, bool (*fits)(void *ctx, const char *path), void *ctx,
			       bool *out)
{
	struct pst_buf text = {0};
	char path[32];

	*out = false;
	snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && slurp_all(fd, &text);
	int sys = errno;

	if (fd >= 0)
		close(fd);
	if (ok && text.len)
		*out = any_fits(text.data, fits, ctx);
	pst_buf_free(&text);
	if (ok)
		return PST_OK;
	return sys == EACCES || sys == EPERM ? PST_PERM : PST_GONE;
}
