// SPDX-License-Identifier: MIT
#include "config.h"

#include "target/saved.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/i18n.h"

#define uthash_malloc(size) pst_alloc(size)
#include <uthash.h>

/* 256 MiB of memory of the target. */
#define GRAINS_MAX ((size_t)1 << 19)
#define READ_MAX   ((size_t)64 << 20)

struct grain {
	uint64_t at;
	unsigned pause; /* number of the pause under which it was read, 0: none */
	unsigned char bytes[PST_SAVED_GRAIN];
	UT_hash_handle hh;
};

struct recorder {
	struct pst_target base;
	struct pst_target *inner;
	struct grain *grains;
	bool full;
	bool paused;
	unsigned pauses;
	struct pst_saved saved;
};

static struct recorder *self(struct pst_target *t)
{
	return (struct recorder *)t;
}

/* ---- memory ------------------------------------------------------------------------------ */

static struct grain *find_grain(struct recorder *r, uint64_t at)
{
	struct grain *g;

	HASH_FIND(hh, r->grains, &at, sizeof at, g);
	return g;
}

/*
 * What was read under the last pause belongs together and stays; anything else is replaced by
 * what is read later, so that at the end the file holds one moment where there was one.
 */
static bool is_final(const struct recorder *r, const struct grain *g)
{
	return g && g->pause == r->pauses && r->pauses > 0;
}

static void keep_grain(struct recorder *r, uint64_t at, const unsigned char *bytes)
{
	struct grain *g = find_grain(r, at);

	if (is_final(r, g))
		return;
	if (!g && HASH_COUNT(r->grains) >= GRAINS_MAX) {
		r->full = true;
		return;
	}
	if (!g) {
		g = pst_calloc(1, sizeof *g);
		g->at = at;
		HASH_ADD(hh, r->grains, at, sizeof g->at, g);
	}
	g->pause = r->paused ? r->pauses : 0;
	memcpy(g->bytes, bytes, PST_SAVED_GRAIN);
}

/* Copies what is final over BUF, which holds the bytes from START on. */
static void overlay(struct recorder *r, uint64_t start, unsigned char *buf, size_t len)
{
	for (size_t i = 0; i < len; i += PST_SAVED_GRAIN) {
		const struct grain *g = find_grain(r, start + i);

		if (is_final(r, g))
			memcpy(buf + i, g->bytes, PST_SAVED_GRAIN);
		else
			keep_grain(r, start + i, buf + i);
	}
}

static enum pst_err recorder_read(struct pst_target *t, uint64_t at, void *buf, size_t len)
{
	struct recorder *r = self(t);
	uint64_t start = at & ~(uint64_t)(PST_SAVED_GRAIN - 1);
	uint64_t end = (at + len + PST_SAVED_GRAIN - 1) & ~(uint64_t)(PST_SAVED_GRAIN - 1);
	unsigned char *all;
	enum pst_err err;

	if (len == 0)
		return PST_OK;
	if (at + len < at || end <= start || len > READ_MAX)
		return PST_FAULT;
	all = pst_alloc((size_t)(end - start));
	err = pst_target_read(r->inner, start, all, (size_t)(end - start));
	if (!err) {
		overlay(r, start, all, (size_t)(end - start));
		memcpy(buf, all + (at - start), len);
	}
	free(all);
	return err;
}

/* ---- the rest ---------------------------------------------------------------------------- */

static enum pst_err recorder_maps(struct pst_target *t, struct pst_maps *out, struct pst_why *why)
{
	struct recorder *r = self(t);
	enum pst_err err = r->inner->ops->maps(r->inner, out, why);

	if (err)
		return err;
	pst_maps_free(&r->saved.maps);
	pst_saved_copy_maps(out, &r->saved.maps);
	return PST_OK;
}

static int recorder_open_mapped(struct pst_target *t, const struct pst_map *map)
{
	return self(t)->inner->ops->open_mapped(self(t)->inner, map);
}

static int recorder_open_path(struct pst_target *t, const char *path)
{
	struct recorder *r = self(t);
	int fd = r->inner->ops->open_path(r->inner, path);

	if (fd >= 0 && !pst_saved_has_path(&r->saved, path))
		*PST_VEC_PUSH(&r->saved.paths) = pst_strdup(path);
	return fd;
}

static enum pst_err recorder_tasks(struct pst_target *t, unsigned what, struct pst_tasks *out)
{
	struct recorder *r = self(t);
	enum pst_err err = r->inner->ops->tasks(r->inner, what, out);

	if (!err && r->saved.tasks.len < PST_SAVED_TASKS_MAX)
		pst_saved_copy_tasks(out, PST_VEC_PUSH(&r->saved.tasks));
	return err;
}

static enum pst_err recorder_info(struct pst_target *t, struct pst_proc_info *out)
{
	struct recorder *r = self(t);
	enum pst_err err = r->inner->ops->info(r->inner, out);

	if (err)
		return err;
	pst_proc_info_free(&r->saved.info);
	pst_saved_copy_info(out, &r->saved.info);
	return PST_OK;
}

static enum pst_err recorder_check(struct pst_target *t)
{
	return self(t)->inner->ops->check(self(t)->inner);
}

static void keep_regs(struct recorder *r)
{
	const struct pst_regs *regs;
	size_t n = r->inner->ops->regs ? r->inner->ops->regs(r->inner, &regs) : 0;

	PST_VEC_FREE(&r->saved.regs);
	for (size_t i = 0; i < n; i++)
		*PST_VEC_PUSH(&r->saved.regs) = regs[i];
}

static enum pst_err recorder_pause(struct pst_target *t, const pid_t *tids, size_t n,
				   uint64_t timeout_ns, struct pst_why *why)
{
	struct recorder *r = self(t);
	enum pst_err err = PST_NOSYS;

	if (r->inner->ops->pause)
		err = r->inner->ops->pause(r->inner, tids, n, timeout_ns, why);
	if (err)
		return err;
	r->paused = true;
	r->pauses++;
	keep_regs(r);
	return PST_OK;
}

static uint64_t recorder_resume(struct pst_target *t)
{
	struct recorder *r = self(t);

	r->paused = false;
	return r->inner->ops->resume ? r->inner->ops->resume(r->inner) : 0;
}

static size_t recorder_regs(struct pst_target *t, const struct pst_regs **out)
{
	struct pst_target *inner = self(t)->inner;

	*out = NULL;
	return inner->ops->regs ? inner->ops->regs(inner, out) : 0;
}

static void recorder_saw_section(struct pst_target *t, uint64_t start, const char *name,
				 enum pst_err err, const struct pst_range *range)
{
	struct pst_saved *saved = &self(t)->saved;
	struct pst_saved_section *s = pst_saved_find_section(saved, start, name);

	if (!s) {
		s = PST_VEC_PUSH(&saved->sections);
		s->image = start;
		s->name = pst_strdup(name);
	}
	s->err = err;
	s->range = *range;
}

static void recorder_saw_symbols(struct pst_target *t, uint64_t start, unsigned tables,
				 const char *const *names, size_t n, const struct pst_symbol *found)
{
	struct pst_saved *saved = &self(t)->saved;

	for (size_t i = 0; i < n; i++) {
		struct pst_saved_symbol *s = pst_saved_find_symbol(saved, start, tables, names[i]);

		if (!s) {
			s = PST_VEC_PUSH(&saved->symbols);
			s->image = start;
			s->tables = tables;
			s->name = pst_strdup(names[i]);
		}
		s->symbol = found[i];
	}
}

static void recorder_close(struct pst_target *t)
{
	struct recorder *r = self(t);
	struct grain *g, *next;

	HASH_ITER(hh, r->grains, g, next)
	{
		HASH_DEL(r->grains, g);
		free(g);
	}
	pst_saved_free(&r->saved);
	pst_target_close(r->inner);
	free(r);
}

static const struct pst_target_ops recorder_ops = {
	.name = "recorder",
	.read = recorder_read,
	.maps = recorder_maps,
	.open_mapped = recorder_open_mapped,
	.open_path = recorder_open_path,
	.tasks = recorder_tasks,
	.info = recorder_info,
	.check = recorder_check,
	.pause = recorder_pause,
	.resume = recorder_resume,
	.regs = recorder_regs,
	.saw_section = recorder_saw_section,
	.saw_symbols = recorder_saw_symbols,
	.close = recorder_close,
};

enum pst_err pst_target_open_recorder(struct pst_target *inner, struct pst_target **out)
{
	struct recorder *r;

	*out = NULL;
	/* What already answers out of a recording has no files to ask. */
	if (inner->ops->section)
		return PST_USAGE;
	r = pst_calloc(1, sizeof *r);
	r->base.ops = &recorder_ops;
	r->base.pid = inner->pid;
	r->inner = inner;
	*out = &r->base;
	return PST_OK;
}

/* ---- saving ------------------------------------------------------------------------------ */

static int by_address(const struct grain *a, const struct grain *b)
{
	return (a->at > b->at) - (a->at < b->at);
}

static bool is_zero(const struct grain *g)
{
	return g->bytes[0] == 0 && memcmp(g->bytes, g->bytes + 1, PST_SAVED_GRAIN - 1) == 0;
}

/* Ranges: address, length with the highest bit set when all of it is zero, the bytes otherwise. */
static void write_memory(struct recorder *r, struct pst_buf *out)
{
	size_t part = pst_saved_begin_part(out, PST_SAVED_PART_MEMORY);

	HASH_SORT(r->grains, by_address);
	for (struct grain *g = r->grains, *end; g; g = end) {
		bool zero = is_zero(g);
		uint64_t len = 0;

		for (end = g; end && end->at == g->at + len && is_zero(end) == zero;
		     end = end->hh.next)
			len += PST_SAVED_GRAIN;
		pst_saved_put(out, g->at, 8);
		pst_saved_put(out, len | (zero ? UINT64_C(1) << 63 : 0), 8);
		for (const struct grain *k = g; k != end && !zero; k = k->hh.next)
			pst_buf_add(out, k->bytes, PST_SAVED_GRAIN);
	}
	pst_saved_end_part(out, part);
}

/*
 * Through a new file beside it, so that PATH is never half written, and for its owner alone: it holds
 * memory of somebody's process.
 */
static enum pst_err write_file(const char *path, const struct pst_buf *bytes, struct pst_why *why)
{
	char *temp = pst_asprintf("%s.XXXXXX", path);
	int fd = mkstemp(temp);
	FILE *f = fd >= 0 ? fdopen(fd, "wb") : NULL;
	bool ok = f && fwrite(bytes->data, 1, bytes->len, f) == bytes->len;

	if (f && fclose(f) != 0)
		ok = false;
	ok = ok && rename(temp, path) == 0;
	if (!ok) {
		pst_why_set(why, PST_IO, errno, _("%s cannot be written: %s."), path,
			    strerror(errno));
		if (fd >= 0)
			remove(temp);
	}
	free(temp);
	return ok ? PST_OK : PST_IO;
}

enum pst_err pst_target_save_recorded(struct pst_target *recorder, const char *path,
				      struct pst_why *why)
{
	struct recorder *r = self(recorder);
	struct pst_buf out = {0};
	struct pst_proc_info info;
	enum pst_err err;

	if (recorder->ops != &recorder_ops)
		return pst_why_set(why, PST_USAGE, 0, _("Nothing was recorded."));
	if (r->full)
		return pst_why_set(why, PST_LIMIT, 0,
				   _("More was read of process %d than a recording may hold."),
				   (int)recorder->pid);
	if (!r->saved.info.exe && recorder_info(recorder, &info) == PST_OK)
		pst_proc_info_free(&info);
	pst_buf_add(&out, PST_SAVED_MAGIC, PST_SAVED_MAGIC_LEN);
	pst_saved_write(&r->saved, &out);
	write_memory(r, &out);
	pst_saved_end_part(&out, pst_saved_begin_part(&out, PST_SAVED_PART_END));
	err = write_file(path, &out, why);
	pst_buf_free(&out);
	return err;
}
