// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/source.h"

#include "base/alloc.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uthash.h>

#define FILE_MAX (16u << 20)

struct source_file {
	char *name, *data;
	size_t size;
	PST_VEC(size_t) starts; /* offset of each line */
	bool newer;
	enum pst_err err;
	UT_hash_handle hh;
};

struct sources {
	struct pst_target *target; /* or, when this is NULL: */
	struct pst_proc *proc;
	uint64_t start_unix;
	struct source_file *files;
};

struct sources *sources_new(struct pst_target *target, uint64_t start_unix)
{
	struct sources *s = pst_calloc(1, sizeof *s);

	s->target = target;
	s->start_unix = start_unix;
	return s;
}

struct sources *sources_of_process(pid_t pid)
{
	struct sources *s = sources_new(NULL, 0);
	struct pst_proc_info info;

	if (pst_proc_open(pid, &s->proc, NULL))
		return s;
	if (!pst_proc_info_of(s->proc, &info)) {
		s->start_unix = info.start_unix;
		pst_proc_info_free(&info);
	}
	return s;
}

void sources_free(struct sources *s)
{
	struct source_file *f, *next;

	if (!s)
		return;
	HASH_ITER(hh, s->files, f, next) {
		HASH_DEL(s->files, f);
		PST_VEC_FREE(&f->starts);
		free(f->name);
		free(f->data);
		free(f);
	}
	pst_proc_close(s->proc);
	free(s);
}

static enum pst_err read_whole(int fd, struct source_file *f)
{
	f->data = pst_alloc(f->size + 1);
	size_t got = 0;
	while (got < f->size) {
		ssize_t n = read(fd, f->data + got, f->size - got);
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	f->size = got;
	f->data[got] = '\0';
	return got ? PST_OK : PST_NOTFOUND;
}

static void split(struct source_file *f)
{
	*PST_VEC_PUSH(&f->starts) = 0;
	for (size_t i = 0; i < f->size; i++)
		if (f->data[i] == '\n')
			*PST_VEC_PUSH(&f->starts) = i + 1;
}

static int open_file(struct sources *s, const char *name)
{
	if (s->target && s->target->ops->open_path)
		return s->target->ops->open_path(s->target, name);
	return s->proc ? pst_proc_open_path(s->proc, name) : -1;
}

static enum pst_err load(struct sources *s, struct source_file *f)
{
	struct stat st;
	int fd = open_file(s, f->name);

	if (fd < 0)
		return PST_NOTFOUND;
	enum pst_err err = PST_IO;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode)) {
		f->newer = s->start_unix && (uint64_t)st.st_mtime > s->start_unix;
		f->size = (size_t)st.st_size;
		err = st.st_size > (off_t)FILE_MAX ? PST_LIMIT : read_whole(fd, f);
	}
	close(fd);
	if (!err)
		split(f);
	return err;
}

static struct source_file *find(struct sources *s, const char *name)
{
	struct source_file *f;

	HASH_FIND_STR(s->files, name, f);
	if (f)
		return f;
	f = pst_calloc(1, sizeof *f);
	f->name = pst_strdup(name);
	f->err = load(s, f);
	HASH_ADD_KEYPTR(hh, s->files, f->name, strlen(f->name), f);
	return f;
}

enum pst_err source_line(struct sources *s, const char *file, int line, struct source_line *out)
{
	struct source_file *f = find(s, file);

	if (f->err)
		return f->err;
	if (line < 1 || (size_t)line > f->starts.len)
		return PST_NOTFOUND;
	size_t start = f->starts.at[line - 1];
	size_t end = (size_t)line < f->starts.len ? f->starts.at[line] - 1 : f->size;
	if (end > start && f->data[end - 1] == '\r')
		end--;
	*out = (struct source_line){.text = f->data + start, .len = end - start, .newer = f->newer};
	return PST_OK;
}
