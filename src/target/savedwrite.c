// SPDX-License-Identifier: MIT
#include "config.h"

#include "target/saved.h"

#include <string.h>

#include "target/priv.h"

void pst_saved_put(struct pst_buf *out, uint64_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		pst_buf_addc(out, (char)(unsigned char)(v >> 8 * i));
}

static void put_bytes(struct pst_buf *out, const char *bytes, size_t len)
{
	pst_saved_put(out, len, 4);
	if (len > 0)
		pst_buf_add(out, bytes, len);
}

static void put_text(struct pst_buf *out, const char *s)
{
	put_bytes(out, s, strlen(s));
}

static void put_signed(struct pst_buf *out, int64_t v, size_t bytes)
{
	pst_saved_put(out, (uint64_t)v, bytes);
}

size_t pst_saved_begin_part(struct pst_buf *out, enum pst_saved_part kind)
{
	size_t begin = out->len;

	pst_saved_put(out, kind, 4);
	pst_saved_put(out, 0, 4);
	pst_saved_put(out, 0, 8);
	return begin;
}

void pst_saved_end_part(struct pst_buf *out, size_t begin)
{
	struct pst_buf head = {0};
	size_t len = out->len - begin - PST_SAVED_HEAD_LEN;

	pst_saved_put(&head, pst_crc32(0, out->data + begin + PST_SAVED_HEAD_LEN, len), 4);
	pst_saved_put(&head, len, 8);
	memcpy(out->data + begin + 4, head.data, head.len);
	pst_buf_free(&head);
}

static void write_info(const struct pst_proc_info *info, struct pst_buf *out)
{
	size_t part = pst_saved_begin_part(out, PST_SAVED_PART_INFO);

	put_signed(out, info->pid, 4);
	put_signed(out, info->ppid, 4);
	put_signed(out, info->ns_pid, 4);
	pst_saved_put(out, info->uid, 4);
	put_signed(out, info->threads, 4);
	put_signed(out, info->state, 1);
	pst_saved_put(out, info->start_ticks, 8);
	pst_saved_put(out, info->start_unix, 8);
	pst_saved_put(out, info->cpu_ns, 8);
	pst_saved_put(out, info->rss_bytes, 8);
	put_text(out, info->comm);
	put_text(out, info->exe ? info->exe : "");
	put_text(out, info->cwd ? info->cwd : "");
	put_bytes(out, info->cmdline, info->cmdline_len);
	pst_saved_end_part(out, part);
}

static void write_maps(const struct pst_maps *maps, struct pst_buf *out)
{
	size_t part = pst_saved_begin_part(out, PST_SAVED_PART_MAPS);

	pst_saved_put(out, maps->len, 4);
	for (size_t i = 0; i < maps->len; i++) {
		const struct pst_map *map = &maps->at[i];

		pst_saved_put(out, map->start, 8);
		pst_saved_put(out, map->end, 8);
		pst_saved_put(out, map->offset, 8);
		pst_saved_put(out, map->inode, 8);
		pst_saved_put(out, map->dev, 8);
		pst_saved_put(out, map->prot, 4);
		pst_saved_put(out, map->deleted, 1);
		put_text(out, map->path);
	}
	pst_saved_end_part(out, part);
}

static void write_tasks(const struct pst_tasks *tasks, struct pst_buf *out)
{
	size_t part = pst_saved_begin_part(out, PST_SAVED_PART_TASKS);

	pst_saved_put(out, tasks->len, 4);
	for (size_t i = 0; i < tasks->len; i++) {
		const struct pst_task *t = &tasks->at[i];

		put_signed(out, t->tid, 4);
		put_signed(out, t->ns_tid, 4);
		put_signed(out, t->state, 1);
		put_signed(out, t->cpu, 4);
		pst_saved_put(out, t->cpu_ns, 8);
		pst_saved_put(out, t->slices, 8);
		put_signed(out, t->syscall, 8);
		for (size_t k = 0; k < 6; k++)
			pst_saved_put(out, t->args[k], 8);
		put_text(out, t->comm);
	}
	pst_saved_end_part(out, part);
}

static void write_regs(const struct pst_saved *saved, struct pst_buf *out)
{
	size_t part = pst_saved_begin_part(out, PST_SAVED_PART_REGS);

	pst_saved_put(out, saved->regs.len, 4);
	for (size_t i = 0; i < saved->regs.len; i++) {
		const struct pst_regs *r = &saved->regs.at[i];

		put_signed(out, r->tid, 4);
		pst_saved_put(out, r->pc, 8);
		pst_saved_put(out, r->sp, 8);
		pst_saved_put(out, r->thread_pointer, 8);
	}
	pst_saved_end_part(out, part);
}

static void write_sections(const struct pst_saved *saved, struct pst_buf *out)
{
	size_t part = pst_saved_begin_part(out, PST_SAVED_PART_SECTIONS);

	pst_saved_put(out, saved->sections.len, 4);
	for (size_t i = 0; i < saved->sections.len; i++) {
		const struct pst_saved_section *s = &saved->sections.at[i];

		pst_saved_put(out, s->image, 8);
		pst_saved_put(out, s->err == PST_OK, 1);
		pst_saved_put(out, s->range.start, 8);
		pst_saved_put(out, s->range.end, 8);
		put_text(out, s->name);
	}
	pst_saved_end_part(out, part);
}

static void write_symbols(const struct pst_saved *saved, struct pst_buf *out)
{
	size_t part = pst_saved_begin_part(out, PST_SAVED_PART_SYMBOLS);

	pst_saved_put(out, saved->symbols.len, 4);
	for (size_t i = 0; i < saved->symbols.len; i++) {
		const struct pst_saved_symbol *s = &saved->symbols.at[i];

		pst_saved_put(out, s->image, 8);
		pst_saved_put(out, s->tables, 4);
		pst_saved_put(out, s->symbol.from, 4);
		pst_saved_put(out, s->symbol.at, 8);
		pst_saved_put(out, s->symbol.size, 8);
		put_text(out, s->name);
	}
	pst_saved_end_part(out, part);
}

static void write_paths(const struct pst_saved *saved, struct pst_buf *out)
{
	size_t part = pst_saved_begin_part(out, PST_SAVED_PART_PATHS);

	pst_saved_put(out, saved->paths.len, 4);
	for (size_t i = 0; i < saved->paths.len; i++)
		put_text(out, saved->paths.at[i]);
	pst_saved_end_part(out, part);
}

void pst_saved_write(const struct pst_saved *saved, struct pst_buf *out)
{
	write_info(&saved->info, out);
	write_maps(&saved->maps, out);
	for (size_t i = 0; i < saved->tasks.len; i++)
		write_tasks(&saved->tasks.at[i], out);
	write_regs(saved, out);
	write_sections(saved, out);
	write_symbols(saved, out);
	write_paths(saved, out);
}
