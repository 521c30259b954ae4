// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define PIECE	   ((size_t)256 << 10)
#define SCAN_MAX   ((uint64_t)64 << 20) /* bytes of one image that are looked through */
#define RANGES_MAX 16

/* Reads what can be read of PIECE bytes at AT; the rest is zero. */
static bool read_piece(struct pst_python *py, uint64_t at, uint8_t *buf, size_t len)
{
	bool any = false;

	if (!pst_target_read(py->target, at, buf, len))
		return true;
	for (size_t done = 0; done < len;) {
		size_t n = PST_LOOK_PAGE - (size_t)((at + done) % PST_LOOK_PAGE);

		n = n < len - done ? n : len - done;
		if (pst_target_read(py->target, at + done, buf + done, n))
			memset(buf + done, 0, n);
		else
			any = true;
		done += n;
	}
	return any;
}

void pst_pieces(struct pst_python *py, const struct pst_range *range, size_t overlap,
		pst_piece_visit *visit, void *ctx)
{
	uint8_t *buf = pst_alloc(PIECE + overlap);
	uint64_t end = range->end - range->start > SCAN_MAX ? range->start + SCAN_MAX : range->end;

	/* at the very top of the addresses a sum would wrap */
	for (uint64_t at = range->start, left = end > at ? end - at : 0; left > 0;) {
		size_t n = left > PIECE + overlap ? PIECE + overlap : (size_t)left;

		if (read_piece(py, at, buf, n) && !visit(ctx, at, buf, n))
			break;
		left -= left > PIECE ? PIECE : left;
		at += PIECE;
	}
	free(buf);
}

/* ---- 3.13+: the cookie -------------------------------------------------------------------- */

static bool visit_cookie(void *ctx, uint64_t at, const uint8_t *bytes, size_t len)
{
	uint64_t *found = ctx;

	for (size_t i = 0; i + 8 <= len; i += 8) {
		if (bytes[i] && pst_layout_is_debug_offsets(bytes + i, len - i)) {
			*found = at + i;
			return false;
		}
	}
	return true;
}

uint64_t pst_scan_cookie(struct pst_python *py, struct pst_image *img)
{
	struct pst_range ranges[RANGES_MAX];
	size_t n = pst_image_data(&py->images, img, ranges, RANGES_MAX);
	uint64_t found = 0;

	for (size_t i = 0; i < n && !found; i++)
		pst_pieces(py, &ranges[i], 16, visit_cookie, &found);
	return found;
}

/* ---- before: a word that leads to an interpreter that validates --------------------------- */

struct scan {
	struct pst_python *py;
	enum pst_live best;
	uint64_t runtime, head; /* the best so far */
	unsigned chain;		/* interpreters that hang on it */
};

/* pthread_self() of glibc (tcbhead_t.self) and musl points to itself. */
static bool is_pthread(struct pst_python *py, uint64_t ident)
{
	uint64_t head[3];

	return pst_plausible(ident) && !pst_look_read(&py->look, ident, head, sizeof head) &&
	       (head[0] == ident || head[2] == ident);
}

/* Cheap test: does an interpreter at AT have a thread state that points back to it? */
static bool points_back(struct pst_python *py, uint64_t at)
{
	const struct pst_layout *l = &py->layout;
	struct pst_tstate t;
	uint64_t tstate;

	if (!pst_plausible(at) || !pst_images_mapped(&py->images, at, 64, PST_PROT_R | PST_PROT_W))
		return false;
	if (pst_look_ptr(&py->look, at + (uint64_t)l->interp_tstate_head, &tstate) ||
	    !pst_plausible(tstate) ||
	    !pst_images_mapped(&py->images, tstate, 64, PST_PROT_R | PST_PROT_W))
		return false;
	return !pst_tstate_read(py, l, tstate, &t) && t.interp == at && is_pthread(py, t.ident);
}

static unsigned chain_length(struct pst_python *py, uint64_t at)
{
	unsigned n = 0;

	for (; points_back(py, at) && n < 64; n++) {
		if (pst_look_ptr(&py->look, at + (uint64_t)py->layout.interp_next, &at))
			break;
	}
	return n;
}

/*
 * The word WORD stands at AT.  Up to 3.6 it may be interp_head; other variables point to the main
 * interpreter too, but only interp_head leads to all of them.
 */
static void try_word(struct scan *s, uint64_t at, uint64_t word)
{
	struct pst_python *py = s->py;
	const struct pst_layout *l = &py->layout;
	bool is_runtime = l->runtime_interpreters_head >= 0;
	uint64_t main_interp;

	if (!points_back(py, word))
		return;
	if (is_runtime) {
		at -= (uint64_t)l->runtime_interpreters_head;
		if (pst_look_ptr(&py->look, at + (uint64_t)l->runtime_interpreters_main,
				 &main_interp) ||
		    !points_back(py, main_interp))
			return;
	}

	unsigned chain = chain_length(py, word);
	enum pst_live live = pst_validate_interp(py, word);

	if (live < s->best || live < PST_LIVE_WEAK || (live == s->best && chain <= s->chain))
		return;
	s->best = live;
	s->chain = chain;
	s->runtime = at;
	s->head = is_runtime ? 0 : at;
}

static bool visit_words(void *ctx, uint64_t at, const uint8_t *bytes, size_t len)
{
	struct scan *s = ctx;

	for (size_t i = 0; i + 8 <= len; i += 8) {
		uint64_t word = pst_field_u64(bytes, len, (int32_t)i);

		if (word)
			try_word(s, at + i, word);
	}
	return true;
}

enum pst_live pst_scan(struct pst_python *py, struct pst_image *img)
{
	struct pst_range ranges[RANGES_MAX];
	size_t n = pst_image_data(&py->images, img, ranges, RANGES_MAX);
	struct scan s = {.py = py};

	pst_look_begin(&py->look);
	for (size_t i = 0; i < n && s.best != PST_LIVE_YES; i++)
		pst_pieces(py, &ranges[i], 0, visit_words, &s);
	if (s.best >= PST_LIVE_WEAK) {
		py->info.runtime = s.runtime;
		py->statics.interp_head = s.head;
	}
	return s.best;
}

/* ---- up to 3.6: the GIL of a stripped binary ---------------------------------- */

struct seek {
	uint64_t word, at;
};

static bool visit_seek(void *ctx, uint64_t at, const uint8_t *bytes, size_t len)
{
	struct seek *s = ctx;

	for (size_t i = 0; i + 8 <= len && !s->at; i += 8) {
		if (pst_field_u64(bytes, len, (int32_t)i) == s->word)
			s->at = at + i;
	}
	return !s->at;
}

/* Address of a static variable of the interpreter that holds WORD; 0: none. */
static uint64_t seek_static(struct pst_python *py, uint64_t word)
{
	struct pst_range ranges[RANGES_MAX];
	size_t n = pst_image_data(&py->images, py->image, ranges, RANGES_MAX);
	struct seek seek = {.word = word};

	for (size_t i = 0; i < n && !seek.at; i++)
		pst_pieces(py, &ranges[i], 0, visit_seek, &seek);
	return seek.at;
}

void pst_scan_lock(struct pst_python *py, uint64_t futex)
{
	struct pst_lock_guess *g = &py->locks;

	if (py->layout.version.major >= 3 || py->statics.interpreter_lock || !py->image)
		return;
	for (size_t i = 0; i < g->n; i++) {
		if (g->futex[i] == futex)
			return;
	}
	if (g->n == PST_LOCK_GUESSES)
		return;
	g->variable[g->n] = seek_static(py, futex);
	g->futex[g->n++] = futex;
}

void pst_scan_gil(struct pst_python *py)
{
	struct pst_range ranges[RANGES_MAX];
	size_t n = pst_image_data(&py->images, py->image, ranges, RANGES_MAX);
	struct pst_range *guess = &py->statics.wait_guess;

	for (size_t i = 0; i < n && py->layout.version.major >= 3; i++) {
		if (ranges[i].end - ranges[i].start > guess->end - guess->start)
			*guess = ranges[i];
	}
}
