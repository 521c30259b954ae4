// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define KEEP 64 /* looks after which a line that was not used is forgotten */

/* ---- what was used ----------------------------------------------------------------------- */

static const struct pst_ahead_run *search(struct pst_ahead *a, uint64_t at)
{
	size_t low = 0, high = a->runs.len;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (at < a->runs.at[mid].end)
			high = mid;
		else
			low = mid + 1;
	}
	if (low == a->runs.len || at < a->runs.at[low].at)
		return NULL;
	a->hint = low;
	return &a->runs.at[low];
}

static const struct pst_ahead_run *run_of(struct pst_ahead *a, uint64_t at)
{
	const struct pst_ahead_run *run;

	if (a->hint < a->runs.len) {
		run = &a->runs.at[a->hint];
		if (at >= run->at && at < run->end)
			return run;
	}
	return search(a, at);
}

static uint64_t mark(const struct pst_ahead *a)
{
	return a->look << 1 | a->frames;
}

const uint8_t *pst_ahead_peek(struct pst_ahead *a, uint64_t at, size_t len)
{
	const struct pst_ahead_run *run = a->valid && len ? run_of(a, at) : NULL;

	if (!run || len > run->end - at)
		return NULL;
	size_t off = (size_t)(at - run->at), last = (off + len - 1) / PST_AHEAD_LINE;
	uint64_t now = mark(a);
	for (size_t i = off / PST_AHEAD_LINE; i <= last; i++)
		if (a->used.at[run->first + i] < now)
			a->used.at[run->first + i] = now;
	return a->bytes + run->first * PST_AHEAD_LINE + off;
}

const uint8_t *pst_ahead_peek_again(struct pst_ahead *a, uint64_t at, size_t len)
{
	const struct pst_ahead_run *run = a->valid && len ? run_of(a, at) : NULL;

	if (!run || at < run->again_at || at >= run->again_end || len > run->again_end - at)
		return NULL;
	return a->bytes + run->again + (size_t)(at - run->again_at);
}

void pst_ahead_missed(struct pst_ahead *a, uint64_t at, size_t len)
{
	uint64_t line = at & ~(uint64_t)(PST_AHEAD_LINE - 1);

	if (!a->learning)
		return;
	for (; line < at + len && a->fresh.len < PST_AHEAD_LINES; line += PST_AHEAD_LINE)
		*PST_VEC_PUSH(&a->fresh) = (struct pst_ahead_line){line, mark(a)};
}

/* ---- the next prediction ----------------------------------------------------------------- */

static int by_address(const void *a, const void *b)
{
	const struct pst_ahead_line *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
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
			if (used && a->look - (used >> 1) <= KEEP)
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
		struct pst_ahead_line next, *last = NULL;
		if (j == a->fresh.len ||
		    (i < a->lines.len && a->lines.at[i].at <= a->fresh.at[j].at))
			next = a->lines.at[i++];
		else
			next = a->fresh.at[j++];
		if (a->merged.len)
			last = &a->merged.at[a->merged.len - 1];
		if (!last || last->at != next.at)
			*PST_VEC_PUSH(&a->merged) = next;
		else if (last->used < next.used)
			last->used = next.used;
	}
	a->fresh.len = 0;
}

/*
 * One more entry of the vector costs more than to go on into the next page, and what lies between
 * two lines of a page costs next to nothing.  A page of which nothing is used is never touched: it
 * may not be there.
 */
static bool continues(const struct pst_ahead_run *run, const struct pst_ahead_line *line)
{
	return line->at / PST_LOOK_PAGE <= (run->end - 1) / PST_LOOK_PAGE + 1;
}

/* Makes the runs of a->merged. */
static void make_runs(struct pst_ahead *a)
{
	struct pst_ahead_run *run = NULL;

	a->runs.len = a->used.len = a->hint = 0;
	for (size_t i = 0; i < a->merged.len; i++) {
		const struct pst_ahead_line *line = &a->merged.at[i];
		if (!run || !continues(run, line)) {
			run = PST_VEC_PUSH(&a->runs);
			*run = (struct pst_ahead_run){
				.at = line->at, .end = line->at, .first = a->used.len};
		}
		for (; run->end < line->at; run->end += PST_AHEAD_LINE)
			(void)PST_VEC_PUSH(&a->used);
		*PST_VEC_PUSH(&a->used) = line->used;
		run->end += PST_AHEAD_LINE;
		if (!a->twice || !(line->used & 1))
			continue;
		if (!run->again_at)
			run->again_at = line->at;
		run->again_end = run->end;
	}
}

static void add_span(struct pst_ahead *a, uint64_t at, uint64_t end, size_t offset)
{
	*PST_VEC_PUSH(&a->spans) = (struct pst_span){
		.at = at, .buf = a->bytes + offset, .len = (size_t)(end - at)};
}

/* Finds room for the runs. */
static void lay_out(struct pst_ahead *a)
{
	size_t size = a->used.len * PST_AHEAD_LINE;

	for (size_t i = 0; i < a->runs.len; i++) {
		struct pst_ahead_run *run = &a->runs.at[i];
		run->again = size;
		size += (size_t)(run->again_end - run->again_at);
	}
	if (size > a->cap) {
		a->cap = size * 2;
		a->bytes = pst_realloc(a->bytes, a->cap, 1);
	}
	a->spans.len = 0;
	for (size_t i = 0; i < a->runs.len; i++)
		add_span(a, a->runs.at[i].at, a->runs.at[i].end,
			 a->runs.at[i].first * PST_AHEAD_LINE);
	for (size_t i = 0; i < a->runs.len; i++)
		if (a->runs.at[i].again_at)
			add_span(a, a->runs.at[i].again_at, a->runs.at[i].again_end,
				 a->runs.at[i].again);
}

/* Something there is not mapped any more: what is will be learned again. */
static void forget(struct pst_ahead *a)
{
	a->runs.len = a->used.len = a->spans.len = a->hint = 0;
}

void pst_ahead_begin(struct pst_ahead *a, struct pst_target *target, bool ages, bool twice)
{
	if (ages || !a->look)
		a->look++;
	if (a->fresh.len || twice != a->twice || (ages && a->look % KEEP == 0)) {
		a->twice = twice;
		collect(a);
		merge(a);
		make_runs(a);
		lay_out(a);
	}
	a->learning = true;
	a->frames = false;
	if (!a->spans.len)
		return;
	size_t own = a->spans.len;
	for (size_t i = 0; i < a->tails; i++)
		*PST_VEC_PUSH(&a->spans) = a->tail[i];
	a->valid = !pst_target_readv(target, a->spans.at, a->spans.len);
	a->spans.len = own;
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
