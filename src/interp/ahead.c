// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define GAP  3	/* lines; reading so many for nothing is cheaper than one more run */
#define KEEP 64 /* looks after which a line that was not used is forgotten */

_Static_assert((GAP + 1) * PST_AHEAD_LINE <= PST_LOOK_PAGE, "gaps stay in pages that are used");

/* ---- what was used ----------------------------------------------------------------------- */

static const struct pst_ahead_run *run_of(const struct pst_ahead *a, uint64_t at)
{
	size_t low = 0, high = a->runs.len;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (at < a->runs.at[mid].end)
			high = mid;
		else
			low = mid + 1;
	}
	return low < a->runs.len && a->runs.at[low].at <= at ? &a->runs.at[low] : NULL;
}

bool pst_ahead_get(struct pst_ahead *a, uint64_t at, void *buf, size_t len)
{
	const struct pst_ahead_run *run = a->valid && len ? run_of(a, at) : NULL;

	if (!run || len > run->end - at)
		return false;
	size_t off = (size_t)(at - run->at), last = (off + len - 1) / PST_AHEAD_LINE;
	memcpy(buf, a->bytes + run->first * PST_AHEAD_LINE + off, len);
	for (size_t i = off / PST_AHEAD_LINE; i <= last; i++)
		a->used.at[run->first + i] = a->look;
	return true;
}

void pst_ahead_missed(struct pst_ahead *a, uint64_t at, size_t len)
{
	uint64_t line = at & ~(uint64_t)(PST_AHEAD_LINE - 1);

	if (!a->learning)
		return;
	for (; line < at + len && a->fresh.len < PST_AHEAD_LINES; line += PST_AHEAD_LINE)
		*PST_VEC_PUSH(&a->fresh) = line;
}

/* ---- the next prediction ----------------------------------------------------------------- */

static int by_address(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* a->lines: those of the runs that were used of late. */
static void collect(struct pst_ahead *a)
{
	a->lines.len = 0;
	for (size_t r = 0; r < a->runs.len; r++) {
		const struct pst_ahead_run *run = &a->runs.at[r];
		size_t n = (size_t)(run->end - run->at) / PST_AHEAD_LINE;
		for (size_t i = 0; i < n; i++) {
			uint64_t used = a->used.at[run->first + i];
			if (used && a->look - used <= KEEP)
				*PST_VEC_PUSH(&a->lines) =
					(struct pst_ahead_line){run->at + i * PST_AHEAD_LINE, used};
		}
	}
}

/* a->merged: a->lines and a->fresh, sorted, each once. */
static void merge(struct pst_ahead *a)
{
	size_t i = 0, j = 0;

	if (a->fresh.len)
		qsort(a->fresh.at, a->fresh.len, sizeof *a->fresh.at, by_address);
	a->merged.len = 0;
	while ((i < a->lines.len || j < a->fresh.len) && a->merged.len < PST_AHEAD_LINES) {
		struct pst_ahead_line next;
		if (j == a->fresh.len || (i < a->lines.len && a->lines.at[i].at <= a->fresh.at[j]))
			next = a->lines.at[i++];
		else
			next = (struct pst_ahead_line){a->fresh.at[j++], a->look};
		if (!a->merged.len || a->merged.at[a->merged.len - 1].at != next.at)
			*PST_VEC_PUSH(&a->merged) = next;
	}
	a->fresh.len = 0;
}

/* Makes the runs of a->merged. */
static void lay_out(struct pst_ahead *a)
{
	struct pst_ahead_run *run = NULL;

	a->runs.len = a->used.len = 0;
	for (size_t i = 0; i < a->merged.len; i++) {
		const struct pst_ahead_line *line = &a->merged.at[i];
		if (!run || line->at - run->end > GAP * PST_AHEAD_LINE) {
			run = PST_VEC_PUSH(&a->runs);
			*run = (struct pst_ahead_run){line->at, line->at, a->used.len};
		}
		for (; run->end < line->at; run->end += PST_AHEAD_LINE)
			(void)PST_VEC_PUSH(&a->used);
		*PST_VEC_PUSH(&a->used) = line->used;
		run->end += PST_AHEAD_LINE;
	}
	if (a->used.len * PST_AHEAD_LINE > a->cap) {
		a->cap = a->used.len * PST_AHEAD_LINE * 2;
		a->bytes = pst_realloc(a->bytes, a->cap, 1);
	}
	a->spans.len = 0;
	for (size_t i = 0; i < a->runs.len; i++)
		*PST_VEC_PUSH(&a->spans) =
			(struct pst_span){.at = a->runs.at[i].at,
					  .buf = a->bytes + a->runs.at[i].first * PST_AHEAD_LINE,
					  .len = (size_t)(a->runs.at[i].end - a->runs.at[i].at)};
}

/* Something there is not mapped any more: what is will be learned again. */
static void forget(struct pst_ahead *a)
{
	a->runs.len = a->used.len = a->spans.len = 0;
}

void pst_ahead_begin(struct pst_ahead *a, struct pst_target *target, bool ages)
{
	if (ages || !a->look)
		a->look++;
	if (a->fresh.len || (ages && a->look % KEEP == 0)) {
		collect(a);
		merge(a);
		lay_out(a);
	}
	a->learning = true;
	if (!a->spans.len)
		return;
	a->valid = !pst_target_readv(target, a->spans.at, a->spans.len);
	if (!a->valid)
		forget(a);
}

void pst_ahead_end(struct pst_ahead *a)
{
	a->valid = a->learning = false;
}

void pst_ahead_free(struct pst_ahead *a)
{
	PST_VEC_FREE(&a->runs);
	PST_VEC_FREE(&a->used);
	PST_VEC_FREE(&a->fresh);
	PST_VEC_FREE(&a->lines);
	PST_VEC_FREE(&a->merged);
	PST_VEC_FREE(&a->spans);
	free(a->bytes);
	*a = (struct pst_ahead){0};
}
