// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/*
 * The walk from the innermost frame to the outermost.  What it met is kept as a trail, root first.
 * The next walk makes out only the frames that are not on the trail or have other words now; where
 * it meets the trail and all from there to the root has the words that it had, it is done.
 */

#define PROBE_FRAMES 4
/* So many frames of all threads are kept from one look to the next: they take memory. */
#define TRAILS_MAX (2 << 20)
#define FRESH_KEPT 4096 /* room for fresh steps that stays */
#define NOWHERE	   SIZE_MAX

struct pst_trail {
	PST_VEC(struct pst_step) steps; /* root first */
	PST_VEC(struct pst_step) fresh; /* leaf first: what the walk under way met */
	uint32_t *slots;		/* index of a step by its address: a guess, to be checked */
	size_t nslots;			/* a power of two, or 0 */
	uint64_t epoch;			/* of the code objects' entries */
	unsigned what;
	size_t shown; /* frames in the stack */
};

struct walk {
	struct pst_python *py;
	struct pst_stack *out;
	struct pst_trail *trail;
	unsigned what;
	bool recalls; /* the trail may be used */
	size_t kept;  /* steps of the trail that end this walk */
	size_t shown; /* frames to be shown, but for those */
	struct pst_circle circle;
	size_t mark_len; /* fresh steps when the circle's mark was set */
	bool based;	 /* 3.11, 3.12: the running evaluation loop is still to be left … */
	uint64_t base;	 /* … towards this frame */
};

/* ---- the trail --------------------------------------------------------------------------- */

static size_t slot_of(const struct pst_trail *t, uint64_t addr)
{
	return (size_t)((addr >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (t->nslots - 1);
}

static size_t find(const struct pst_trail *t, uint64_t addr)
{
	if (!t->nslots)
		return NOWHERE;
	size_t i = t->slots[slot_of(t, addr)];
	return i < t->steps.len && t->steps.at[i].frame.addr == addr ? i : NOWHERE;
}

static void note_from(struct pst_trail *t, size_t first)
{
	if (t->steps.len * 2 > t->nslots) {
		if (!t->nslots)
			t->nslots = 64;
		while (t->nslots < t->steps.len * 4)
			t->nslots *= 2;
		t->slots = pst_realloc(t->slots, t->nslots, sizeof *t->slots);
		memset(t->slots, 0, t->nslots * sizeof *t->slots);
		first = 0;
	}
	for (size_t i = first; i < t->steps.len; i++)
		t->slots[slot_of(t, t->steps.at[i].frame.addr)] = (uint32_t)i;
}

static void free_trail(struct pst_trail *t)
{
	PST_VEC_FREE(&t->steps);
	PST_VEC_FREE(&t->fresh);
	free(t->slots);
}

static bool is_unchanged(const struct walk *w, const struct pst_step *s)
{
	const struct pst_pattern *p = &w->py->frames;
	const uint8_t *head;

	/* The interpreter's own lie on the machine's stack and need not come twice. */
	pst_look_frames(&w->py->look, s->kind != PST_STEP_SHIM);
	head = s->vague ? NULL : pst_look_peek(&w->py->look, s->frame.addr, p->size);
	if (!head || !pst_pattern_same(p, head, s->words))
		return false;
	return !s->entry || !(w->what & PST_STACK_VERIFY) || pst_code_entry_stands(w->py, s->entry);
}

/* The lowest step from which up to K all is as it was; K + 1: not even that. */
static size_t unchanged_down_to(const struct walk *w, size_t k)
{
	size_t i = k + 1;

	while (i > 0 && is_unchanged(w, &w->trail->steps.at[i - 1]))
		i--;
	return i;
}

/* ---- the walk ---------------------------------------------------------------------------- */

static bool is_shown(const struct walk *w, const struct pst_step *s)
{
	return s->kind == PST_STEP_FRAME || (s->kind == PST_STEP_SHIM && w->what & PST_STACK_SHIMS);
}

/* Whether the walk may go to ADDR. */
static bool may_go(struct walk *w, uint64_t addr)
{
	bool moved, closes = pst_circle_closes(&w->circle, addr, &moved);

	if (closes)
		w->trail->fresh.len = w->mark_len;
	if (closes || !pst_plausible(addr)) {
		w->out->broken = true;
		return false;
	}
	if (moved)
		w->mark_len = w->trail->fresh.len;
	/* Shims and frames being set up count here too. */
	if (w->trail->fresh.len >= 2 * PST_STACK_MAX || w->py->walked++ >= PST_FRAMES_MAX)
		w->out->truncated = true;
	return !w->out->truncated;
}

/*
 * 3.11, 3.12: an evaluation loop makes its _PyCFrame known before it writes there which frame is
 * the current one, and from which loop it was called (_PyEval_EvalFrameDefault(), ceval.c); for a
 * moment both are of long ago.  The frame in which the loop began must follow on the one from which
 * it was called, and the current one must be in use.
 */
static enum pst_err find_base(struct walk *w, uint64_t cframe)
{
	const struct pst_layout *l = &w->py->layout;
	struct pst_look *look = &w->py->look;
	uint64_t before;

	if (l->tstate_cframe < 0 || l->cframe_current_frame < 0)
		return PST_OK;
	/* .previous follows .current_frame */
	enum pst_err err =
		pst_look_ptr(look, cframe + (uint64_t)l->cframe_current_frame + 8, &before);

	w->based = true;
	if (err || !before)
		return err;
	if (!pst_plausible(before))
		return PST_CORRUPT;
	return pst_look_ptr(look, before + (uint64_t)l->cframe_current_frame, &w->base);
}

/* A frame that was given back to the data stack of the thread at TSTATE. */
static bool is_popped(struct walk *w, uint64_t tstate, uint64_t frame)
{
	const struct pst_layout *l = &w->py->layout;
	uint64_t top, limit;

	if (l->cframe_current_frame < 0 || l->tstate_datastack_limit < 0 ||
	    pst_look_ptr(&w->py->look, tstate + (uint64_t)l->tstate_datastack_top, &top) ||
	    pst_look_ptr(&w->py->look, tstate + (uint64_t)l->tstate_datastack_limit, &limit))
		return false;
	return frame >= top && frame < limit;
}

/* The frame at ADDR belongs to a generator (3.11) that waits. */
static bool is_waiting_generator(struct walk *w, uint64_t addr)
{
	const struct pst_layout *l = &w->py->layout;
	uint64_t gen = addr - (uint64_t)l->gen_gi_iframe;
	int8_t owner, state;

	if (l->iframe_owner < 0 || l->gen_gi_iframe < 0 || l->gen_gi_frame_state < 0 ||
	    pst_look_read(&w->py->look, addr + (uint64_t)l->iframe_owner, &owner, 1) ||
	    owner != l->owner_generator)
		return false;
	return !pst_look_read(&w->py->look, gen + (uint64_t)l->gen_gi_frame_state, &state, 1) &&
	       state != l->gen_state_executing;
}

/* False: the running evaluation loop, if it began with S, does not follow on its caller. */
static bool leaves_loop(struct walk *w, const struct pst_step *s)
{
	bool begins = w->py->layout.iframe_is_entry >= 0 ? s->own_entry : s->kind == PST_STEP_SHIM;

	if (!w->based || !begins)
		return true;
	w->based = false;
	if (s->previous != w->base)
		return false;
	return s->previous || s->kind == PST_STEP_SHIM || !is_waiting_generator(w, s->frame.addr);
}

static bool push(struct walk *w, const struct pst_step *s)
{
	size_t most = w->what & PST_STACK_PROBE ? PROBE_FRAMES : PST_STACK_MAX;
	bool shown = is_shown(w, s);

	if (!leaves_loop(w, s)) {
		w->out->broken = true;
		return false;
	}
	if (shown && w->shown >= most) {
		w->out->truncated = true;
		return false;
	}
	w->shown += shown;
	*PST_VEC_PUSH(&w->trail->fresh) = *s;
	return true;
}

/*
 * Takes the steps of the trail from ADDR on that are as they were, and moves it behind them; false:
 * the walk ends.
 */
static bool recall(struct walk *w, uint64_t *addr)
{
	struct pst_trail *t = w->trail;
	size_t k = w->recalls ? find(t, *addr) : NOWHERE;

	if (k == NOWHERE)
		return true;
	size_t low = unchanged_down_to(w, k);
	w->py->walked += k + 1 - low;
	if (!low && w->shown + t->steps.at[k].depth <= PST_STACK_MAX) {
		w->kept = k + 1;
		*addr = 0;
		for (size_t i = k + 1; w->based && i > 0; i--)
			w->out->broken |= !leaves_loop(w, &t->steps.at[i - 1]);
		return false;
	}
	for (size_t i = k + 1; i > low; i--) {
		if (!may_go(w, *addr) || !push(w, &t->steps.at[i - 1]))
			return false;
		*addr = t->steps.at[i - 1].previous;
	}
	return *addr != 0;
}

/* True when it came to the end of the stack. */
static bool walk(struct walk *w, uint64_t addr)
{
	struct pst_step s;

	while (addr && recall(w, &addr)) {
		if (!may_go(w, addr))
			return false;
		pst_look_frames(&w->py->look, true);
		if (!pst_frame_read(w->py, w->what, addr, &s)) {
			w->out->broken = true;
			return false;
		}
		/* Entries that the trail points to may be gone. */
		w->recalls &= pst_codes_epoch(w->py) == w->trail->epoch;
		if (!push(w, &s))
			return false;
		w->out->broken |= s.loose;
		addr = s.previous;
	}
	return !addr && !w->out->truncated;
}

/* ---- what is shown ----------------------------------------------------------------------- */

/* Whether what is called from step N - 1 of the trail was called from C. */
static bool enters_above(const struct pst_trail *t, size_t n)
{
	while (n > 0 && t->steps.at[n - 1].kind == PST_STEP_UNFINISHED)
		n--;
	return !n || t->steps.at[n - 1].kind == PST_STEP_SHIM;
}

/* Counts and marks the fresh frames; ENTERS: the outermost was called from C. */
static size_t settle(struct walk *w, size_t depth, bool enters)
{
	struct pst_trail *t = w->trail;

	for (size_t i = t->fresh.len; i > 0; i--) {
		struct pst_step *s = &t->fresh.at[i - 1];
		depth += is_shown(w, s);
		s->depth = depth;
		if (s->kind == PST_STEP_FRAME) {
			s->frame.is_entry = s->own_entry || enters;
			enters = false;
		} else if (s->kind == PST_STEP_SHIM) {
			enters = true;
		}
	}
	return depth;
}

/* Makes OUT of the trail's first steps, whose frames it holds already, and the fresh ones. */
static void show(struct walk *w, bool complete)
{
	struct pst_trail *t = w->trail;
	struct pst_stack *out = w->out;
	size_t kept = w->kept ? t->steps.at[w->kept - 1].depth : 0;
	size_t len = settle(w, kept, complete && enters_above(t, w->kept));

	PST_VEC_RESERVE(out, len);
	if (kept && len != t->shown)
		memmove(out->at + len - kept, out->at + t->shown - kept, kept * sizeof *out->at);
	for (size_t i = 0; i < t->fresh.len; i++)
		if (is_shown(w, &t->fresh.at[i]))
			out->at[len - t->fresh.at[i].depth] = t->fresh.at[i].frame;
	out->len = t->shown = len;
	if (out->kept > kept)
		out->kept = kept;
}

/* Keeps the trail for the next walk. */
static void keep(struct walk *w, bool complete)
{
	struct pst_trail *t = w->trail;

	t->steps.len = w->kept;
	for (size_t i = t->fresh.len; i > 0; i--)
		*PST_VEC_PUSH(&t->steps) = t->fresh.at[i - 1];
	if (!complete || w->out->broken || pst_codes_epoch(w->py) != t->epoch)
		t->steps.len = 0;
	note_from(t, w->kept);
}

static void walk_along(struct walk *w, uint64_t addr)
{
	struct pst_trail *t = w->trail;
	uint64_t epoch = pst_codes_epoch(w->py);

	if (t->epoch != epoch || t->what != (w->what & PST_STACK_SHIMS))
		t->steps.len = 0;
	t->epoch = epoch;
	t->what = w->what & PST_STACK_SHIMS;
	t->fresh.len = 0;
	w->recalls = t->steps.len > 0;
	bool complete = walk(w, addr);
	show(w, complete);
	keep(w, complete);
	if (t->fresh.cap > FRESH_KEPT)
		PST_VEC_FREE(&t->fresh);
}

static void walk_once(struct walk *w, uint64_t addr)
{
	struct pst_trail none = {.epoch = pst_codes_epoch(w->py)};

	w->trail = &none;
	show(w, walk(w, addr));
	free_trail(&none);
}

/* ---- a thread's -------------------------------------------------------------------------- */

static enum pst_err innermost(struct walk *w, const struct pst_thread *thread, uint64_t *frame)
{
	struct pst_tstate t;

	*frame = thread->frame;
	if (!thread->tstate)
		return PST_OK;
	enum pst_err err = pst_tstate_read(w->py, &w->py->layout, thread->tstate, &t);
	if (err)
		return err;
	/* Its memory may be that of another thread's state by now. */
	if (t.interp != thread->interp || (thread->ident && t.ident != thread->ident))
		return PST_CHANGED;
	*frame = pst_tstate_frame(w->py, &t);
	if (!*frame)
		return PST_OK;
	if (is_popped(w, t.addr, *frame)) {
		w->out->broken = true;
		*frame = 0;
		return PST_OK;
	}
	return find_base(w, t.cframe);
}

enum pst_err pst_python_stack(struct pst_python *py, const struct pst_thread *thread, unsigned what,
			      struct pst_stack *out)
{
	struct walk w = {.py = py, .out = out, .what = what};
	uint64_t frame;

	out->len = 0;
	out->truncated = out->broken = false;
	if (!py->frames.n)
		pst_frame_pattern(&py->layout, &py->frames);
	if (what & PST_STACK_PREDICT)
		pst_look_predict(&py->look, PST_LOOK_BRIEF, false, false);
	else if (!(what & PST_STACK_PAUSED))
		pst_look_begin(&py->look);
	pst_look_frames(&py->look, true);
	enum pst_err err = innermost(&w, thread, &frame);
	bool recalls = what & PST_STACK_RECALL && py->walked < TRAILS_MAX;
	if (out->trail && !recalls)
		out->trail->steps.len = 0;
	if (!err && recalls) {
		if (!out->trail)
			out->trail = pst_calloc(1, sizeof *out->trail);
		w.trail = out->trail;
		walk_along(&w, frame);
	} else if (!err) {
		walk_once(&w, frame);
	}
	pst_look_frames(&py->look, false);
	if (err || out->broken || !recalls)
		out->kept = 0;
	return err;
}

/* ---- two copies of one look -------------------------------------------------------------- */

/* Where the second copy's chain, which begins at ADDR, meets the trail; NOWHERE: it does not. */
static size_t meet(struct pst_python *py, const struct pst_trail *t, uint64_t addr, bool *known)
{
	int32_t previous = py->layout.iframe_previous >= 0 ? py->layout.iframe_previous
							   : py->layout.frame_f_back;

	for (size_t i = 0; addr && i < PST_STACK_MAX; i++) {
		size_t k = find(t, addr);
		const uint8_t *head;
		if (k != NOWHERE)
			return k;
		head = pst_look_peek_again(&py->look, addr, py->frames.size);
		*known = head != NULL;
		if (!head)
			break;
		addr = pst_field_u64(head, py->frames.size, previous);
	}
	return NOWHERE;
}

/* Whether S is the same in the second copy; LEAF: it may have got further meanwhile. */
static bool agrees(struct pst_python *py, const struct pst_step *s, bool leaf, bool *known)
{
	const struct pst_pattern *p = &py->frames;
	const uint8_t *head = pst_look_peek_again(&py->look, s->frame.addr, p->size);
	uint64_t now[PST_PATTERN_WORDS], differ = 0;

	*known = head || s->kind == PST_STEP_SHIM;
	if (!head)
		return *known;
	pst_pattern_copy(p, head, now);
	for (unsigned i = 0; i < p->n; i++)
		differ |= (now[i] ^ s->words[i]) & (leaf ? p->still[i] : p->mask[i]);
	return !differ;
}

bool pst_python_stack_agreed(struct pst_python *py, const struct pst_thread *thread,
			     const struct pst_stack *stack, size_t *agreed)
{
	const struct pst_trail *t = stack->trail;
	uint64_t addr;
	bool known = true;

	*agreed = 0;
	if (!t || !t->steps.len || !pst_tstate_frame_again(py, thread->tstate, &addr))
		return false;
	size_t met = meet(py, t, addr, &known), top = met + 1;
	if (met == NOWHERE)
		return known;
	for (size_t i = met + 1; known && i > 0; i--)
		if (!agrees(py, &t->steps.at[i - 1], i == t->steps.len, &known))
			top = i - 1;
	*agreed = top ? t->steps.at[top - 1].depth : 0;
	return known;
}

bool pst_stack_same(const struct pst_stack *a, const struct pst_stack *b)
{
	if (a->len != b->len || a->truncated != b->truncated)
		return false;
	for (size_t i = 0; i < a->len; i++) {
		const struct pst_pyframe *x = &a->at[i], *y = &b->at[i];

		if (x->addr != y->addr || x->code != y->code)
			return false;
		/* The leaf may have got further. */
		if (i && (x->lasti != y->lasti || x->line != y->line))
			return false;
	}
	return true;
}

size_t pst_stack_agreed(const struct pst_stack *a, const struct pst_stack *b)
{
	size_t n = 0;

	while (n < a->len && n < b->len) {
		const struct pst_pyframe *x = &a->at[a->len - n - 1], *y = &b->at[b->len - n - 1];
		bool leaf = n + 1 == a->len;
		if (x->addr != y->addr || x->code != y->code ||
		    (!leaf && (x->lasti != y->lasti || x->line != y->line)))
			break;
		n++;
	}
	return n;
}

void pst_stack_free(struct pst_stack *stack)
{
	PST_VEC_FREE(stack);
	if (stack->trail)
		free_trail(stack->trail);
	free(stack->trail);
	stack->trail = NULL;
}
