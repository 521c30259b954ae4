// SPDX-License-Identifier: MIT
#include "config.h"

#include "file/file.h"

#include "base/alloc.h"
#include "base/crc.h"
#include "base/i18n.h"
#include "file/format.h"
#include "file/pack.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#define CHUNK 65536

enum part { PART_HEAD, PART_BLOCK, PART_PAYLOAD, PART_RECORDS, PART_END };

struct pst_file_reader {
	int fd;
	const char *name;
	bool live, has_about;
	enum part part;
	struct pst_file_about about;
	uint64_t from_ns, to_ns, offset; /* OFFSET: of what is read next */
	struct pst_why why;		 /* OK: the index was there */
	struct {
		unsigned char *at;
		size_t len, cap, pos;
	} in;
	struct pst_file_block block;
	unsigned char *raw;
	ZSTD_DCtx *zstd;
	struct pst_unpacker unpacker;
};

struct pst_file_reader *pst_file_reader_new(int fd, const char *name, bool live)
{
	struct pst_file_reader *r = pst_calloc(1, sizeof *r);

	r->fd = fd;
	r->name = name;
	r->live = live;
	r->to_ns = UINT64_MAX;
	r->raw = pst_alloc(PST_FILE_RAW_MAX);
	r->zstd = ZSTD_createDCtx();
	return r;
}

void pst_file_reader_free(struct pst_file_reader *r)
{
	if (!r)
		return;
	pst_unpacker_free(&r->unpacker);
	ZSTD_freeDCtx(r->zstd);
	free(r->in.at);
	free(r->raw);
	free(r);
}

void pst_file_reader_span(struct pst_file_reader *r, uint64_t from_ns, uint64_t to_ns)
{
	r->from_ns = from_ns;
	r->to_ns = to_ns;
}

const struct pst_file_about *pst_file_reader_about(const struct pst_file_reader *r)
{
	return r->has_about ? &r->about : NULL;
}

enum pst_err pst_file_reader_trouble(const struct pst_file_reader *r, struct pst_why *why)
{
	if (why)
		*why = r->why;
	return r->why.err;
}

/* ---- bytes -------------------------------------------------------------------------------- */

static bool has_data(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) != 0; /* an error is the read's to tell */
}

/* Makes N bytes be there, in one piece. */
enum fetched { FETCHED, FETCH_WAITS, FETCH_ENDS };

static enum fetched fetch(struct pst_file_reader *r, size_t n)
{
	if (r->in.pos && r->in.len - r->in.pos < n) {
		r->in.len -= r->in.pos;
		memmove(r->in.at, r->in.at + r->in.pos, r->in.len);
		r->in.pos = 0;
	}
	pst_vec_grow((void **)&r->in.at, &r->in.cap, n + CHUNK, 1);
	while (r->in.len - r->in.pos < n) {
		if (r->live && !has_data(r->fd))
			return FETCH_WAITS;
		ssize_t did = read(r->fd, r->in.at + r->in.len, r->in.cap - r->in.len);
		if (did < 0 && errno == EINTR)
			continue;
		if (did < 0 && (errno == EAGAIN))
			return FETCH_WAITS;
		if (did < 0)
			pst_why_set(&r->why, PST_IO, errno, _("%s cannot be read: %s."), r->name,
				    strerror(errno));
		if (did <= 0)
			return FETCH_ENDS;
		r->in.len += (size_t)did;
	}
	return FETCHED;
}

static const unsigned char *used(struct pst_file_reader *r, size_t n)
{
	const unsigned char *at = r->in.at + r->in.pos;

	r->in.pos += n;
	r->offset += n;
	return at;
}

/* False: it is no file, and has to be read through. */
static bool pass_over(struct pst_file_reader *r, size_t n)
{
	size_t here = r->in.len - r->in.pos;

	if (n <= here) {
		r->in.pos += n;
	} else {
		if (lseek(r->fd, (off_t)(n - here), SEEK_CUR) < 0)
			return false;
		r->in.pos = r->in.len = 0;
	}
	r->offset += n;
	return true;
}

/* ---- what it ends by ---------------------------------------------------------------------- */

static enum pst_file_got end(struct pst_file_reader *r)
{
	r->part = PART_END;
	return PST_FILE_END;
}

static enum pst_file_got ends_early(struct pst_file_reader *r)
{
	if (r->why.err)
		return end(r); /* it could not be read */
	if (r->part != PART_HEAD)
		pst_why_set(&r->why, PST_CORRUPT, 0,
			    _("%s has no end: its writer was stopped or had no room. What it wrote "
			      "before is here."),
			    r->name);
	else if (r->in.len - r->in.pos)
		pst_why_set(&r->why, PST_CORRUPT, 0,
			    _("%s is no recording of pyspy-tui, or only the beginning of one."),
			    r->name);
	else
		pst_why_set(&r->why, PST_CORRUPT, 0, _("%s is empty: there is no recording in it."),
			    r->name);
	return end(r);
}

static enum pst_file_got damaged(struct pst_file_reader *r)
{
	pst_why_set(&r->why, PST_CORRUPT, 0,
		    _("%s is damaged %llu bytes from its beginning. What stands before is here."),
		    r->name, (unsigned long long)r->offset);
	return end(r);
}

/* ---- parts -------------------------------------------------------------------------------- */

static bool take_head(struct pst_file_reader *r)
{
	const unsigned char *h = used(r, PST_FILE_HEAD_LEN);
	uint64_t rate = pst_get64(h + 32);

	if (memcmp(h, PST_FILE_MAGIC, PST_FILE_MAGIC_LEN) != 0) {
		pst_why_set(&r->why, PST_CORRUPT, 0, _("%s is no recording of pyspy-tui."),
			    r->name);
		return false;
	}
	if (pst_get32(h + 8) != PST_FILE_VERSION) {
		pst_why_set(&r->why, PST_UNKNOWN, 0,
			    _("%s is of another version of the format than this program knows; a "
			      "newer pyspy-tui may read it."),
			    r->name);
		return false;
	}
	r->about = (struct pst_file_about){
		.start_ns = pst_get64(h + 16),
		.start_unix_ms = (int64_t)pst_get64(h + 24),
		.sampling = pst_get32(h + 40),
		.fallback = pst_get32(h + 44),
		.flags = pst_get32(h + 48),
	};
	memcpy(&r->about.rate, &rate, sizeof rate);
	if (pst_get32(h + 60) != pst_crc32(0, h, 60) || pst_get32(h + 12) != PST_FILE_HEAD_LEN ||
	    pst_get32(h + 52) != PST_FILE_UNIT_NS || isnan(r->about.rate) || r->about.rate < 0) {
		pst_why_set(&r->why, PST_CORRUPT, 0, _("%s is damaged: its head makes no sense."),
			    r->name);
		return false;
	}
	r->has_about = true;
	r->part = PART_BLOCK;
	return true;
}

static bool is_outside(const struct pst_file_reader *r, const struct pst_file_block *b)
{
	return b->kind == PST_FILE_RECORDS && !b->others && b->ticks &&
	       (b->last_ns < r->from_ns || b->first_ns > r->to_ns);
}

static bool take_block(struct pst_file_reader *r)
{
	if (!pst_file_get_block(r->in.at + r->in.pos, &r->block)) {
		damaged(r);
		return false;
	}
	used(r, PST_FILE_BLOCK_LEN);
	if (!is_outside(r, &r->block) || !pass_over(r, r->block.packed))
		r->part = PART_PAYLOAD;
	return true;
}

static bool take_payload(struct pst_file_reader *r)
{
	uint64_t start = r->offset;
	const unsigned char *packed = used(r, r->block.packed);
	bool good = pst_crc32(0, packed, r->block.packed) == r->block.crc;

	if (good && r->block.kind == PST_FILE_INDEX)
		return false; /* the end */
	size_t n = good ? ZSTD_decompressDCtx(r->zstd, r->raw, PST_FILE_RAW_MAX, packed,
					      r->block.packed)
			: 0;
	if (!good || ZSTD_isError(n) || n != r->block.raw ||
	    !pst_unpacker_begin(&r->unpacker, r->raw, n)) {
		r->offset = start;
		damaged(r);
		return false;
	}
	r->part = PART_RECORDS;
	return true;
}

static size_t needs(const struct pst_file_reader *r)
{
	switch (r->part) {
	case PART_HEAD:
		return PST_FILE_HEAD_LEN;
	case PART_BLOCK:
		return PST_FILE_BLOCK_LEN;
	default:
		return r->block.packed;
	}
}

static bool take_part(struct pst_file_reader *r)
{
	switch (r->part) {
	case PART_HEAD:
		return take_head(r);
	case PART_BLOCK:
		return take_block(r);
	default:
		return take_payload(r);
	}
}

enum pst_err pst_file_reader_head(struct pst_file_reader *r, struct pst_why *why)
{
	bool live = r->live;

	r->live = false;
	if (r->part == PART_HEAD) {
		if (fetch(r, PST_FILE_HEAD_LEN) == FETCHED)
			(void)(take_head(r) || end(r));
		else
			ends_early(r);
	}
	r->live = live;
	return r->has_about ? PST_OK : pst_file_reader_trouble(r, why);
}

enum pst_file_got pst_file_next(struct pst_file_reader *r, const struct pst_rec **rec)
{
	while (r->part != PART_END) {
		if (r->part == PART_RECORDS) {
			enum pst_unpacked u = pst_unpacker_next(&r->unpacker, rec);
			if (u == PST_UNPACK_RECORD)
				return PST_FILE_RECORD;
			if (u == PST_UNPACK_BAD)
				return damaged(r);
			r->part = PART_BLOCK;
		}
		enum fetched f = fetch(r, needs(r));
		if (f == FETCH_WAITS)
			return PST_FILE_WAIT;
		if (f == FETCH_ENDS)
			return ends_early(r);
		if (!take_part(r))
			return end(r);
	}
	return PST_FILE_END;
}
