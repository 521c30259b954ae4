// SPDX-License-Identifier: MIT
#include "config.h"

#include "file/file.h"

#include "base/alloc.h"
#include "base/crc.h"
#include "file/format.h"
#include "file/pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#define BLOCK_BYTES   (256u << 10)
#define BLOCK_NS      UINT64_C(1000000000)
#define BLOCK_SAMPLES (PST_FILE_SAMPLES_MAX / 2)
/* Not even in the midst of a tick is a block let grow beyond this. */
#define BLOCK_BYTES_MAX (PST_FILE_RAW_MAX / 2)
#define LEVEL		3
#define INDEX_MAX	(PST_FILE_INDEX_MAX / PST_FILE_ENTRY_LEN)

struct entry { /* of the index */
	uint64_t offset;
	struct pst_file_block block;
};

struct pst_file_writer {
	int fd, error;
	uint64_t good; /* bytes up to the end of the last whole block */
	struct pst_packer packer;
	struct pst_buf raw, packed;
	ZSTD_CCtx *zstd;
	PST_VEC(struct entry) index;
};

/* ---- bytes -------------------------------------------------------------------------------- */

static int write_all(int fd, const void *bytes, size_t n)
{
	const char *b = bytes;

	while (n) {
		ssize_t did = write(fd, b, n);
		if (did < 0 && errno == EINTR)
			continue;
		if (did <= 0)
			return did < 0 ? errno : ENOSPC;
		b += did;
		n -= (size_t)did;
	}
	return 0;
}

/* What stands behind the last whole block when the disk is full is no block. */
static void put_out(struct pst_file_writer *w, const void *bytes, size_t n)
{
	if (w->error)
		return;
	w->error = write_all(w->fd, bytes, n);
	if (!w->error)
		w->good += n;
	else
		(void)!ftruncate(w->fd, (off_t)w->good); /* a pipe keeps what it has */
}

/* BYTES as a block, in one write, so that a reader of a pipe has it at once. */
static void put_packed(struct pst_file_writer *w, struct pst_file_block *b, const void *bytes,
		       size_t n)
{
	size_t bound = ZSTD_compressBound(n);

	pst_vec_grow((void **)&w->packed.data, &w->packed.cap, PST_FILE_BLOCK_LEN + bound, 1);
	size_t packed = ZSTD_compressCCtx(w->zstd, w->packed.data + PST_FILE_BLOCK_LEN, bound,
					  bytes, n, LEVEL);
	if (ZSTD_isError(packed)) {
		w->error = w->error ? w->error : EIO;
		return;
	}
	b->packed = (uint32_t)packed;
	b->raw = (uint32_t)n;
	b->crc = pst_crc32(0, w->packed.data + PST_FILE_BLOCK_LEN, packed);
	pst_file_put_block((unsigned char *)w->packed.data, b);
	put_out(w, w->packed.data, PST_FILE_BLOCK_LEN + packed);
}

static void put_head(struct pst_file_writer *w, const struct pst_file_about *a)
{
	unsigned char head[PST_FILE_HEAD_LEN] = {0};
	uint64_t rate;

	memcpy(&rate, &a->rate, sizeof rate);
	memcpy(head, PST_FILE_MAGIC, PST_FILE_MAGIC_LEN);
	pst_put32(head + 8, PST_FILE_VERSION);
	pst_put32(head + 12, PST_FILE_HEAD_LEN);
	pst_put64(head + 16, a->start_ns);
	pst_put64(head + 24, (uint64_t)a->start_unix_ms);
	pst_put64(head + 32, rate);
	pst_put32(head + 40, a->sampling);
	pst_put32(head + 44, a->fallback);
	pst_put32(head + 48, a->flags);
	pst_put32(head + 52, PST_FILE_UNIT_NS);
	pst_put32(head + 60, pst_crc32(0, head, 60));
	put_out(w, head, sizeof head);
}

/* ---- the index ---------------------------------------------------------------------------- */

/* Two blocks become one entry: an index of any length of time stays small. */
static void thin_out(struct pst_file_writer *w)
{
	size_t n = 0;

	for (size_t i = 0; i + 1 < w->index.len; i += 2, n++) {
		struct entry e = w->index.at[i];
		const struct pst_file_block *b = &w->index.at[i + 1].block;
		if (b->ticks && (!e.block.ticks || b->first_ns < e.block.first_ns))
			e.block.first_ns = b->first_ns;
		if (b->last_ns > e.block.last_ns)
			e.block.last_ns = b->last_ns;
		e.block.ticks += b->ticks;
		e.block.others += b->others;
		w->index.at[n] = e;
	}
	w->index.len = n;
}

static void put_index(struct pst_file_writer *w)
{
	unsigned char trailer[PST_FILE_TRAILER_LEN];
	struct pst_file_block b = {.kind = PST_FILE_INDEX};
	struct pst_buf entries = {0};

	for (size_t i = 0; i < w->index.len; i++) {
		unsigned char e[PST_FILE_ENTRY_LEN];
		const struct entry *from = &w->index.at[i];
		pst_put64(e, from->offset);
		pst_put64(e + 8, from->block.first_ns);
		pst_put64(e + 16, from->block.last_ns);
		pst_put32(e + 24, from->block.ticks);
		pst_put32(e + 28, from->block.others);
		pst_buf_add(&entries, e, sizeof e);
	}
	pst_put64(trailer, w->good);
	put_packed(w, &b, pst_buf_text(&entries), entries.len);
	pst_buf_free(&entries);
	pst_put32(trailer + 8, pst_crc32(0, trailer, 8));
	pst_put32(trailer + 12, PST_FILE_TRAILER);
	put_out(w, trailer, sizeof trailer);
}

/* ---- the writer --------------------------------------------------------------------------- */

struct pst_file_writer *pst_file_writer_new(int fd, const struct pst_file_about *about)
{
	struct pst_file_writer *w = pst_calloc(1, sizeof *w);

	w->fd = fd;
	w->zstd = ZSTD_createCCtx();
	if (!w->zstd)
		w->error = ENOMEM;
	put_head(w, about);
	return w;
}

void pst_file_writer_flush(struct pst_file_writer *w)
{
	const struct pst_packer *p = &w->packer;
	struct pst_file_block b = {.kind = PST_FILE_RECORDS};
	uint64_t offset = w->good;

	if (!pst_packer_size(p))
		return;
	pst_packer_take(&w->packer, &w->raw, &b);
	if (w->error)
		return;
	put_packed(w, &b, w->raw.data, w->raw.len);
	if (w->error)
		return;
	if (w->index.len == INDEX_MAX)
		thin_out(w);
	*PST_VEC_PUSH(&w->index) = (struct entry){offset, b};
}

static bool is_full(const struct pst_packer *p, const struct pst_rec *rec)
{
	size_t size = pst_packer_size(p);

	if (size > BLOCK_BYTES_MAX || p->packed_samples > BLOCK_SAMPLES)
		return true;
	if (pst_packer_between(p))
		return false;
	if (size >= BLOCK_BYTES)
		return true;
	return rec->type == PST_REC_TICK && p->ticks &&
	       ((const struct pst_rec_tick *)rec)->time_ns >= p->first_ns + BLOCK_NS;
}

void pst_file_writer_add(struct pst_file_writer *w, const struct pst_rec *rec)
{
	if (is_full(&w->packer, rec))
		pst_file_writer_flush(w);
	if (!w->error)
		pst_packer_add(&w->packer, rec);
}

int pst_file_writer_error(const struct pst_file_writer *w)
{
	return w->error;
}

uint64_t pst_file_writer_bytes(const struct pst_file_writer *w)
{
	return w->good;
}

int pst_file_writer_end(struct pst_file_writer *w)
{
	if (!w)
		return 0;
	pst_file_writer_flush(w);
	if (!w->error)
		put_index(w);
	int error = w->error;
	pst_packer_free(&w->packer);
	pst_buf_free(&w->raw);
	pst_buf_free(&w->packed);
	PST_VEC_FREE(&w->index);
	ZSTD_freeCCtx(w->zstd);
	free(w);
	return error;
}
