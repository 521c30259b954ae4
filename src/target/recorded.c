// SPDX-License-Identifier: MIT
#include "config.h"

#include "target/saved.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/i18n.h"
#include "target/priv.h"

#define ZERO (UINT64_C(1) << 63)

struct piece {
	uint64_t at, len;
	const unsigned char *bytes; /* NULL: all zero */
};

struct recorded {
	struct pst_target base;
	unsigned char *file;
	struct pst_saved saved;
	PST_VEC(struct piece) memory; /* sorted, without overlap */
	size_t next_tasks;
	bool has_info, has_memory;
};

static struct recorded *self(struct pst_target *t)
{
	return (struct recorded *)t;
}

/* ---- parsing ------------------------------------------------------------------------------ */

/* A cursor that stays at the end and turns bad when something is missing. */
struct cursor {
	const unsigned char *at, *end;
	bool bad;
};

static const unsigned char *take(struct cursor *c, uint64_t n)
{
	const unsigned char *at = c->at;

	if (c->bad || n > (uint64_t)(c->end - c->at)) {
		c->bad = true;
		return NULL;
	}
	c->at += n;
	return at;
}

static uint64_t number(struct cursor *c, size_t bytes)
{
	const unsigned char *b = take(c, bytes);
	uint64_t v = 0;

	for (size_t i = bytes; b && i-- > 0;)
		v = v << 8 | b[i];
	return v;
}

static uint64_t u64(struct cursor *c)
{
	return number(c, 8);
}

static uint32_t u32(struct cursor *c)
{
	return (uint32_t)number(c, 4);
}

static int32_t i32(struct cursor *c)
{
	return (int32_t)u32(c);
}

/* A number of entries of at least SIZE bytes each. */
static uint32_t count(struct cursor *c, size_t size)
{
	uint32_t n = u32(c);

	if (n > (size_t)(c->end - c->at) / size)
		c->bad = true;
	return c->bad ? 0 : n;
}

/* Never NULL. */
static char *text(struct cursor *c)
{
	uint32_t len = u32(c);
	const unsigned char *b = take(c, len);

	return b ? pst_strndup((const char *)b, len) : pst_strdup("");
}

static void short_text(struct cursor *c, char *out, size_t size)
{
	char *s = text(c);

	snprintf(out, size, "%s", s);
	free(s);
}

static void parse_info(struct cursor *c, struct recorded *r)
{
	struct pst_proc_info *info = &r->saved.info;
	const unsigned char *b;

	if (r->has_info) {
		c->bad = true;
		return;
	}
	r->has_info = true;
	info->pid = i32(c);
	info->ppid = i32(c);
	info->ns_pid = i32(c);
	info->uid = u32(c);
	info->threads = i32(c);
	info->state = (char)number(c, 1);
	info->start_ticks = u64(c);
	info->start_unix = u64(c);
	info->cpu_ns = u64(c);
	info->rss_bytes = u64(c);
	short_text(c, info->comm, sizeof info->comm);
	info->exe = text(c);
	info->cwd = text(c);
	info->cmdline_len = u32(c);
	b = take(c, info->cmdline_len);
	info->cmdline = pst_strndup("", 0);
	if (!b) {
		info->cmdline_len = 0;
		return;
	}
	free(info->cmdline);
	info->cmdline = pst_alloc(info->cmdline_len + 1);
	memcpy(info->cmdline, b, info->cmdline_len);
	info->cmdline[info->cmdline_len] = '\0';
}

static void parse_maps(struct cursor *c, struct recorded *r)
{
	uint64_t behind = 0;

	for (uint32_t n = count(c, 49); n > 0 && !c->bad; n--) {
		struct pst_map *map = PST_VEC_PUSH(&r->saved.maps);

		map->start = u64(c);
		map->end = u64(c);
		map->offset = u64(c);
		map->inode = u64(c);
		map->dev = u64(c);
		map->prot = u32(c);
		map->deleted = number(c, 1) != 0;
		map->path = text(c);
		if (map->start < behind || map->end <= map->start)
			c->bad = true;
		behind = map->end;
	}
}

static void parse_tasks(struct cursor *c, struct recorded *r)
{
	struct pst_tasks *tasks;

	if (r->saved.tasks.len >= PST_SAVED_TASKS_MAX) {
		c->bad = true;
		return;
	}
	tasks = PST_VEC_PUSH(&r->saved.tasks);
	for (uint32_t n = count(c, 89); n > 0 && !c->bad; n--) {
		struct pst_task *t = PST_VEC_PUSH(tasks);

		t->tid = i32(c);
		t->ns_tid = i32(c);
		t->state = (char)number(c, 1);
		t->cpu = i32(c);
		t->cpu_ns = u64(c);
		t->slices = u64(c);
		t->syscall = (int64_t)u64(c);
		for (size_t i = 0; i < 6; i++)
			t->args[i] = u64(c);
		short_text(c, t->comm, sizeof t->comm);
	}
}

static void parse_regs(struct cursor *c, struct recorded *r)
{
	for (uint32_t n = count(c, 28); n > 0 && !c->bad; n--) {
		struct pst_regs *regs = PST_VEC_PUSH(&r->saved.regs);

		regs->tid = i32(c);
		regs->pc = u64(c);
		regs->sp = u64(c);
		regs->thread_pointer = u64(c);
	}
}

static void parse_sections(struct cursor *c, struct recorded *r)
{
	for (uint32_t n = count(c, 29); n > 0 && !c->bad; n--) {
		struct pst_saved_section *s = PST_VEC_PUSH(&r->saved.sections);

		s->image = u64(c);
		s->err = number(c, 1) ? PST_OK : PST_NOTFOUND;
		s->range.start = u64(c);
		s->range.end = u64(c);
		s->name = text(c);
		if (s->range.end < s->range.start)
			c->bad = true;
	}
}

static void parse_symbols(struct cursor *c, struct recorded *r)
{
	for (uint32_t n = count(c, 36); n > 0 && !c->bad; n--) {
		struct pst_saved_symbol *s = PST_VEC_PUSH(&r->saved.symbols);

		s->image = u64(c);
		s->tables = u32(c);
		s->symbol.from = u32(c);
		s->symbol.at = u64(c);
		s->symbol.size = u64(c);
		s->name = text(c);
	}
}

static void parse_paths(struct cursor *c, struct recorded *r)
{
	for (uint32_t n = count(c, 4); n > 0 && !c->bad; n--)
		*PST_VEC_PUSH(&r->saved.paths) = text(c);
}

static void parse_memory(struct cursor *c, struct recorded *r)
{
	uint64_t behind = 0;

	if (r->has_memory) {
		c->bad = true;
		return;
	}
	r->has_memory = true;
	while (c->at < c->end && !c->bad) {
		struct piece p = {.at = u64(c)};
		uint64_t len = u64(c);

		p.len = len & ~ZERO;
		if (!(len & ZERO))
			p.bytes = take(c, p.len);
		if (p.at < behind || p.len == 0 || p.at > INT64_MAX || p.len > INT64_MAX)
			c->bad = true;
		if (c->bad)
			return;
		behind = p.at + p.len;
		*PST_VEC_PUSH(&r->memory) = p;
	}
}

static void parse_part(uint32_t kind, struct cursor *c, struct recorded *r)
{
	switch (kind) {
	case PST_SAVED_PART_INFO:
		parse_info(c, r);
		break;
	case PST_SAVED_PART_MAPS:
		parse_maps(c, r);
		break;
	case PST_SAVED_PART_TASKS:
		parse_tasks(c, r);
		break;
	case PST_SAVED_PART_REGS:
		parse_regs(c, r);
		break;
	case PST_SAVED_PART_MEMORY:
		parse_memory(c, r);
		break;
	case PST_SAVED_PART_SECTIONS:
		parse_sections(c, r);
		break;
	case PST_SAVED_PART_SYMBOLS:
		parse_symbols(c, r);
		break;
	case PST_SAVED_PART_PATHS:
		parse_paths(c, r);
		break;
	default: /* of a later version: may be left out */
		break;
	}
}

static bool parse(struct recorded *r, size_t len)
{
	struct cursor c = {r->file, r->file + len, false};
	const unsigned char *magic = take(&c, PST_SAVED_MAGIC_LEN);

	if (!magic || memcmp(magic, PST_SAVED_MAGIC, PST_SAVED_MAGIC_LEN) != 0)
		return false;
	for (;;) {
		uint32_t kind = u32(&c), crc = u32(&c);
		uint64_t size = u64(&c);
		const unsigned char *bytes = take(&c, size);
		struct cursor part = {bytes, bytes ? bytes + size : NULL, false};

		if (c.bad || pst_crc32(0, bytes, (size_t)size) != crc)
			return false;
		if (kind == PST_SAVED_PART_END)
			return r->has_info && r->saved.maps.len > 0;
		parse_part(kind, &part, r);
		if (part.bad)
			return false;
	}
}

/* ---- the target --------------------------------------------------------------------------- */

/* The piece that holds ADDR, or NULL. */
static const struct piece *piece_at(const struct recorded *r, uint64_t addr)
{
	size_t low = 0, high = r->memory.len;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct piece *p = &r->memory.at[mid];

		if (addr < p->at)
			high = mid;
		else if (addr - p->at >= p->len)
			low = mid + 1;
		else
			return p;
	}
	return NULL;
}

static enum pst_err recorded_read(struct pst_target *t, uint64_t at, void *buf, size_t len)
{
	const struct recorded *r = self(t);
	unsigned char *to = buf;

	while (len > 0) {
		const struct piece *p = piece_at(r, at);
		uint64_t skip, n;

		if (!p)
			return PST_FAULT;
		skip = at - p->at;
		n = p->len - skip < len ? p->len - skip : len;
		if (p->bytes)
			memcpy(to, p->bytes + skip, (size_t)n);
		else
			memset(to, 0, (size_t)n);
		at += n;
		to += n;
		len -= (size_t)n;
	}
	return PST_OK;
}

static enum pst_err recorded_maps(struct pst_target *t, struct pst_maps *out, struct pst_why *why)
{
	(void)why;
	pst_saved_copy_maps(&self(t)->saved.maps, out);
	return PST_OK;
}

static int recorded_open_mapped(struct pst_target *t, const struct pst_map *map)
{
	(void)t;
	(void)map;
	errno = ENOENT;
	return -1;
}

/* That a file was there is kept, not what it held: it opens as an empty one. */
static int recorded_open_path(struct pst_target *t, const char *path)
{
	if (pst_saved_has_path(&self(t)->saved, path))
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	errno = ENOENT;
	return -1;
}

/* One list after the other as they were asked for; the last one stays. */
static enum pst_err recorded_tasks(struct pst_target *t, unsigned what, struct pst_tasks *out)
{
	struct recorded *r = self(t);

	(void)what;
	*out = (struct pst_tasks){0};
	if (r->saved.tasks.len == 0)
		return PST_NOTFOUND;
	pst_saved_copy_tasks(&r->saved.tasks.at[r->next_tasks], out);
	if (r->next_tasks + 1 < r->saved.tasks.len)
		r->next_tasks++;
	return PST_OK;
}

static enum pst_err recorded_info(struct pst_target *t, struct pst_proc_info *out)
{
	pst_saved_copy_info(&self(t)->saved.info, out);
	return PST_OK;
}

static enum pst_err recorded_check(struct pst_target *t)
{
	(void)t;
	return PST_OK;
}

static size_t recorded_regs(struct pst_target *t, const struct pst_regs **out)
{
	*out = self(t)->saved.regs.at;
	return self(t)->saved.regs.len;
}

static enum pst_err recorded_section(struct pst_target *t, uint64_t start, const char *name,
				     struct pst_range *out)
{
	const struct pst_saved_section *s = pst_saved_find_section(&self(t)->saved, start, name);

	if (!s || s->err)
		return PST_NOTFOUND;
	*out = s->range;
	return PST_OK;
}

static size_t recorded_symbols(struct pst_target *t, uint64_t start, unsigned tables,
			       const char *const *names, size_t n, struct pst_symbol *out)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		const struct pst_saved_symbol *s =
			pst_saved_find_symbol(&self(t)->saved, start, tables, names[i]);

		if (s && s->symbol.at != 0) {
			out[i] = s->symbol;
			found++;
		}
	}
	return found;
}

static void recorded_close(struct pst_target *t)
{
	struct recorded *r = self(t);

	pst_saved_free(&r->saved);
	PST_VEC_FREE(&r->memory);
	free(r->file);
	free(r);
}

static const struct pst_target_ops recorded_ops = {
	.name = "recorded",
	.read = recorded_read,
	.maps = recorded_maps,
	.open_mapped = recorded_open_mapped,
	.open_path = recorded_open_path,
	.tasks = recorded_tasks,
	.info = recorded_info,
	.check = recorded_check,
	.regs = recorded_regs,
	.section = recorded_section,
	.symbols = recorded_symbols,
	.close = recorded_close,
};

enum pst_err pst_recorded_open_bytes(unsigned char *bytes, size_t len, struct pst_target **out,
				     struct pst_why *why)
{
	struct recorded *r = pst_calloc(1, sizeof *r);

	*out = NULL;
	r->base.ops = &recorded_ops;
	r->file = bytes;
	if (!parse(r, len)) {
		recorded_close(&r->base);
		return pst_why_set(why, PST_CORRUPT, 0,
				   _("This is not a recorded target, or it is damaged."));
	}
	r->base.pid = r->saved.info.pid;
	*out = &r->base;
	return PST_OK;
}

/* All of F, malloc'ed; NULL when it cannot be read or is too large. */
static unsigned char *slurp(FILE *f, size_t *len)
{
	struct pst_buf all = {0};
	char *chunk = pst_alloc(65536);
	size_t n;

	while ((n = fread(chunk, 1, 65536, f)) > 0 && all.len <= PST_SAVED_FILE_MAX)
		pst_buf_add(&all, chunk, n);
	free(chunk);
	*len = all.len;
	if (ferror(f) || all.len > PST_SAVED_FILE_MAX) {
		pst_buf_free(&all);
		return NULL;
	}
	return (unsigned char *)pst_buf_take(&all);
}

enum pst_err pst_target_open_recorded(const char *path, struct pst_target **out,
				      struct pst_why *why)
{
	FILE *f = fopen(path, "rb");
	unsigned char *bytes;
	enum pst_err err;
	size_t len = 0;

	*out = NULL;
	if (!f)
		return pst_why_set(why, PST_IO, errno, _("%s cannot be opened: %s."), path,
				   strerror(errno));
	bytes = slurp(f, &len);
	fclose(f);
	if (!bytes)
		return pst_why_set(why, PST_IO, errno, _("%s cannot be read."), path);
	err = pst_recorded_open_bytes(bytes, len, out, NULL);
	if (err)
		return pst_why_set(why, err, 0, _("%s is not a recorded target, or it is damaged."),
				   path);
	return PST_OK;
}
