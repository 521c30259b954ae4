// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/places.h"

#include "base/buf.h"

#include <stddef.h>
#include <string.h>

struct part { /* of a path, between slashes */
	const char *at;
	size_t len;
};

static bool next_part(const char **path, struct part *out)
{
	while (**path == '/')
		(*path)++;
	out->at = *path;
	out->len = strcspn(*path, "/");
	*path += out->len;
	return out->len > 0;
}

static bool is(const struct part *p, const char *word)
{
	return strlen(word) == p->len && !memcmp(p->at, word, p->len);
}

static size_t digits(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && s[n] >= '0' && s[n] <= '9')
		n++;
	return n;
}

/* What stands behind "python" or "pypy" in the name of a part. */
static struct part behind_python(const struct part *p)
{
	static const char *const names[] = {"python", "pypy"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t n = strlen(names[i]);
		if (p->len > n && !memcmp(p->at, names[i], n))
			return (struct part){p->at + n, p->len - n};
	}
	return (struct part){NULL, 0};
}

/* "python3.12", "python3.13t", "pypy3.10" */
static bool is_python(const struct part *p)
{
	struct part version = behind_python(p);
	size_t n = digits(version.at, version.len);

	if (!n || n + 1 >= version.len || version.at[n] != '.')
		return false;
	return digits(version.at + n + 1, version.len - n - 1) > 0;
}

/* "python312.zip" */
static bool is_zip(const struct part *p)
{
	struct part version = behind_python(p);
	size_t n = digits(version.at, version.len);

	return n && version.len - n == 4 && !memcmp(version.at + n, ".zip", 4);
}

static bool is_lib(const struct part *p)
{
	return is(p, "lib") || is(p, "lib64") || is(p, "lib32");
}

/* The path below the innermost place that libraries are in; NULL: in none. */
static const char *below_library(const char *file)
{
	const char *rest = file, *below = NULL;
	struct part p, before = {NULL, 0};

	while (next_part(&rest, &p)) {
		if (is(&p, "site-packages") || is(&p, "dist-packages") || is_zip(&p) ||
		    (is_python(&p) && is_lib(&before)) || (below && is(&p, "lib-dynload")))
			below = *rest ? rest + 1 : rest;
		before = p;
	}
	return below;
}

static bool is_frozen(const char *file)
{
	return !strncmp(file, "<frozen ", 8);
}

bool pst_place_library(const char *file)
{
	return is_frozen(file) || below_library(file);
}

/* LEN without the end of the name of a file that holds a module, and without "__init__". */
static size_t without_end(const char *path, size_t len)
{
	static const char *const ends[] = {".py", ".pyc", ".pyx", ".so"};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t n = strlen(ends[i]);
		if (len > n && !memcmp(path + len - n, ends[i], n)) {
			len -= n;
			break;
		}
	}
	if (len > 9 && !memcmp(path + len - 9, "/__init__", 9))
		len -= 9;
	return len;
}

static void add_dotted(const char *path, size_t len, struct pst_buf *out)
{
	for (size_t i = 0; i < len; i++)
		if (path[i] != '/')
			pst_buf_addc(out, path[i]);
		else if (i && path[i - 1] != '/')
			pst_buf_addc(out, '.');
}

void pst_place_module(const char *file, const char *short_file, struct pst_buf *out)
{
	const char *path = below_library(file);
	size_t len = strlen(file);

	if (is_frozen(file) && file[len - 1] == '>') {
		pst_buf_add(out, file + 8, len - 9);
		return;
	}
	if (!path)
		path = *short_file && *file != '<' ? short_file : file;
	/* Never got shorter than the whole path: only its last part is sure to be in the name. */
	if (*path == '/')
		path = strrchr(path, '/') + 1;
	add_dotted(path, without_end(path, strlen(path)), out);
}
