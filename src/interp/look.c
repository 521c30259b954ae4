// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static enum pst_err read_self(struct pst_target *t, uint64_t at, void *buf, size_t len)
{
	return pst_look_read((struct pst_look *)t, at, buf, len);
}

static const struct pst_target_ops self_ops = {.name = "look", .read = read_self};

void pst_look_init(struct pst_look *look, struct pst_target *target)
{
	look->self.ops = &self_ops;
	look->self.pid = target->pid;
	look->target = target;
	pst_look_begin(look);
}

void pst_look_begin(struct pst_look *look)
{
	if (++look->generation == 0) {
		memset(look->seen, 0, sizeof look->seen);
		look->generation = 1;
	}
	look->last = 0;
	look->ahead = 0;
	if (look->now)
		pst_ahead_end(look->now);
	look->now = NULL;
	look->trusts = false;
}

void pst_look_predict(struct pst_look *look, enum pst_look_kind kind, bool ages, bool twice)
{
	pst_look_begin(look);
	look->now = &look->predicted[kind];
	look->now->tail = look->tail;
	look->now->tails = look->tails;
	pst_ahead_begin(look->now, look->target, ages, twice);
}

void pst_look_frames(struct pst_look *look, bool frames)
{
	if (look->now)
		look->now->frames = frames;
}

void pst_look_unlearn(struct pst_look *look)
{
	if (look->now)
		look->now->learning = false;
}

void pst_look_free(struct pst_look *look)
{
	for (size_t i = 0; i < PST_LOOK_SLOTS; i++)
		free(look->page[i]);
	memset(look->page, 0, sizeof look->page);
	for (size_t i = 0; i < sizeof look->predicted / sizeof *look->predicted; i++)
		pst_ahead_free(&look->predicted[i]);
	look->now = NULL;
	memset(look->seen, 0, sizeof look->seen);
}

static size_t slot_of(uint64_t page)
{
	return (size_t)(page / PST_LOOK_PAGE) % PST_LOOK_SLOTS;
}

static bool is_held(const struct pst_look *look, uint64_t page)
{
	size_t s = slot_of(page);

	return look->seen[s] == look->generation && look->tag[s] == page;
}

/* Reads the COUNT pages from FIRST on; one call, all or nothing. */
static enum pst_err fill(struct pst_look *look, uint64_t first, unsigned count)
{
	struct pst_span spans[PST_LOOK_AHEAD];
	enum pst_err err;

	for (unsigned i = 0; i < count; i++) {
		uint64_t page = first + (uint64_t)i * PST_LOOK_PAGE;
		size_t s = slot_of(page);

		if (!look->page[s])
			look->page[s] = pst_alloc(PST_LOOK_PAGE);
		look->seen[s] = 0;
		spans[i] =
			(struct pst_span){.at = page, .buf = look->page[s], .len = PST_LOOK_PAGE};
	}
	err = count == 1 ? pst_target_read(look->target, first, spans[0].buf, PST_LOOK_PAGE)
			 : pst_target_readv(look->target, spans, count);
	for (unsigned i = 0; !err && i < count; i++) {
		size_t s = slot_of(spans[i].at);

		look->tag[s] = spans[i].at;
		look->seen[s] = look->generation;
	}
	return err;
}

/*
 * Brings PAGE.  A miss right below the pages that the last miss brought reads twice as many as that
 * did, down to lower addresses: older frames of a data stack lie there.
 */
static enum pst_err bring(struct pst_look *look, uint64_t page)
{
	unsigned n = 1;

	if (look->last && page + PST_LOOK_PAGE == look->last)
		n = look->ahead * 2 > PST_LOOK_AHEAD ? PST_LOOK_AHEAD : look->ahead * 2;
	while (n > 1 && page < (uint64_t)n * PST_LOOK_PAGE)
		n /= 2;
	for (unsigned i = 1; i < n; i++) {
		if (is_held(look, page - (uint64_t)i * PST_LOOK_PAGE))
			n = i;
	}

	enum pst_err err = fill(look, page - (uint64_t)(n - 1) * PST_LOOK_PAGE, n);

	if (err && n > 1) {
		n = 1;
		err = fill(look, page, 1);
	}
	if (!err) {
		look->last = page - (uint64_t)(n - 1) * PST_LOOK_PAGE;
		look->ahead = n;
	}
	return err;
}

enum pst_err pst_look_read(struct pst_look *look, uint64_t at, void *buf, size_t len)
{
	uint8_t *out = buf;

	if (at < PST_LOOK_PAGE || at >= UINT64_C(0x800000000000) || len > UINT64_C(0x40000000))
		return PST_CORRUPT;
	const uint8_t *there = pst_look_peek(look, at, len);
	if (there) {
		memcpy(buf, there, len);
		return PST_OK;
	}
	if (len > PST_LOOK_BIG)
		return pst_target_read(look->target, at, buf, len);
	if (look->now)
		pst_ahead_missed(look->now, at, len);
	while (len) {
		uint64_t page = at & ~(uint64_t)(PST_LOOK_PAGE - 1);
		size_t in = (size_t)(at - page);
		size_t n = PST_LOOK_PAGE - in < len ? PST_LOOK_PAGE - in : len;

		if (!is_held(look, page)) {
			enum pst_err err = bring(look, page);

			/* a recording may hold less than a page */
			if (err == PST_FAULT)
				err = pst_target_read(look->target, at, out, n);
			if (err)
				return err;
		}
		if (is_held(look, page))
			memcpy(out, look->page[slot_of(page)] + in, n);
		at += n;
		out += n;
		len -= n;
	}
	return PST_OK;
}

enum pst_err pst_look_ptr(struct pst_look *look, uint64_t at, uint64_t *out)
{
	return pst_look_read(look, at, out, sizeof *out);
}

enum pst_err pst_look_i32(struct pst_look *look, uint64_t at, int32_t *out)
{
	return pst_look_read(look, at, out, sizeof *out);
}
