// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uthash.h>

#include "base/alloc.h"

#define DEPTH_MAX 32 /* directories looked into per file */

struct path {
	UT_hash_handle hh;
	const char *text;      /* interned: a file name, or a directory */
	const char *short_one; /* files */
	bool is_package;       /* directories */
};

struct pst_pathmap {
	struct path *files, *dirs;
};

static bool has_init(struct pst_python *py, const char *dir)
{
	char *init = pst_asprintf("%s/__init__.py", dir);
	int fd = py->target->ops->open_path ? py->target->ops->open_path(py->target, init) : -1;

	free(init);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static bool is_package(struct pst_python *py, const char *file, size_t len)
{
	const char *dir = pst_intern(py, file, len);
	struct path *p = NULL;

	HASH_FIND_PTR(py->paths->dirs, &dir, p);
	if (!p) {
		p = pst_calloc(1, sizeof *p);
		p->text = dir;
		p->is_package = has_init(py, dir);
		HASH_ADD_PTR(py->paths->dirs, text, p);
	}
	return p->is_package;
}

/* Where the short name starts: behind the directory that holds the topmost package. */
static const char *shorten(struct pst_python *py, const char *file)
{
	const char *slash = strrchr(file, '/');

	if (*file == '<')
		return file;
	for (unsigned i = 0; i < DEPTH_MAX && slash && slash > file; i++) {
		const char *up = slash;

		if (!is_package(py, file, (size_t)(slash - file)))
			break;
		while (up > file && up[-1] != '/')
			up--;
		if (up == file) /* a package in the current directory */
			return file;
		slash = up - 1;
	}
	return slash ? slash + 1 : file;
}

const char *pst_python_short_filename(struct pst_python *py, const struct pst_code *code)
{
	const char *file = code->filename;
	struct path *p = NULL;

	if (!py->paths)
		py->paths = pst_calloc(1, sizeof *py->paths);
	HASH_FIND_PTR(py->paths->files, &file, p);
	if (!p) {
		p = pst_calloc(1, sizeof *p);
		p->text = file;
		p->short_one = shorten(py, file);
		HASH_ADD_PTR(py->paths->files, text, p);
	}
	return p->short_one;
}

static void free_map(struct path *head)
{
	struct path *p, *next;

	HASH_ITER(hh, head, p, next)
	{
		HASH_DEL(head, p);
		free(p);
	}
}

void pst_paths_free(struct pst_pathmap *paths)
{
	if (!paths)
		return;
	free_map(paths->files);
	free_map(paths->dirs);
	free(paths);
}
