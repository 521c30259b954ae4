// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#define PROBE_FRAMES 4
#define FRAME_HEAD   256 /* bytes of a frame that are read at most */

struct walk {
	struct pst_python *py;
	struct pst_stack *out;
	unsigned what;
	size_t head;  /* bytes of a frame that hold all fields of interest */
	ssize_t last; /* index of the last Python frame, -1: none */
	struct pst_circle circle;
	size_t mark_len; /* frames in OUT when the circle's mark was set */
	bool based;	 /* 3.11, 3.12: the running evaluation loop is still to be left … */
	uint64_t base;	 /* … towards this frame */
};

static size_t span_of(const int32_t *fields, size_t n)
{
	size_t size = 0;

	for (size_t i = 0; i < n; i++) {
		if (fields[i] >= 0 && (size_t)fields[i] + 8 > size)
			size = (size_t)fields[i] + 8;
	}
	return size < FRAME_HEAD ? size : FRAME_HEAD;
}

static size_t head_size(const struct pst_layout *l)
{
	const int32_t old[] = {l->frame_f_back,	     l->frame_f_code,	l->frame_f_trace,
			       l->frame_f_lasti,     l->frame_f_lineno, l->frame_f_gen,
			       l->frame_f_executing, l->frame_f_state};
	const int32_t new[] = {l->iframe_previous, l->iframe_executable, l->iframe_instr,
			       l->iframe_is_entry, l->iframe_owner,	 l->iframe_tlbc_index};

	if (l->iframe_previous >= 0)
		return span_of(new, sizeof new / sizeof new[0]);
	return span_of(old, sizeof old / sizeof old[0]);
}

static bool push(struct walk *w, const struct pst_pyframe *f)
{
	if (w->out->len >= (w->what & PST_STACK_PROBE ? PROBE_FRAMES : PST_STACK_MAX)) {
		w->out->truncated = true;
		return false;
	}
	*PST_VEC_PUSH(w->out) = *f;
	return true;
}

/* ---- up to 3.10: frame objects ---------------------------------------------------------- */

/*
 * A line number that tracing keeps in the frame, 0 for none (PyFrame_GetLineNumber: up to 3.9 when
 * there is a trace function, 3.10 when it is set).
 */
static int32_t traced_line(const struct pst_layout *l, const uint8_t *head, size_t size)
{
	int32_t line = pst_field_i32(head, size, l->frame_f_lineno);

	if (l->code_line_format != PST_LINES_310 && !pst_field_u64(head, size, l->frame_f_trace))
		return 0;
	return line > 0 ? line : 0;
}

/*
 * A generator that does not run and has no caller, and yet is in the chain: throw() goes through
 * the generators that it finds waiting, and links them to each other alone (3.9, _gen_throw() in
 * genobject.c) or unlinks them a moment too early (3.10).  Who called is not known then.
 */
static bool is_cut_off(const struct pst_layout *l, const uint8_t *head, size_t size)
{
	if (!pst_field_u64(head, size, l->frame_f_gen))
		return false;
	if (l->frame_f_state >= 0)
		return (int8_t)head[l->frame_f_state] != l->frame_state_executing;
	return l->frame_f_executing >= 0 && !head[l->frame_f_executing];
}

/* Returns the next frame; 0 at the end. */
static uint64_t step_object(struct walk *w, uint64_t addr)
{
	const struct pst_layout *l = &w->py->layout;
	struct pst_code_entry *entry;
	uint8_t head[FRAME_HEAD];
	struct pst_pyframe f = {.addr = addr, .is_entry = true};

	if (pst_look_read(&w->py->look, addr, head, w->head))
		goto broken;
	f.code = pst_field_u64(head, w->head, l->frame_f_code);
	if (pst_code_entry(w->py, f.code, w->what & PST_STACK_VERIFY, &entry))
		goto broken;

	int32_t lasti = pst_field_i32(head, w->head, l->frame_f_lasti);
	int32_t scale = l->frame_lasti_scale > 0 ? l->frame_lasti_scale : 1;

	f.lasti = lasti < 0 ? -1 : lasti > INT32_MAX / scale ? PST_LASTI_UNKNOWN : lasti * scale;
	f.line = traced_line(l, head, w->head);
	if (!push(w, &f))
		return 0;

	uint64_t back = pst_field_u64(head, w->head, l->frame_f_back);

	if (back || !is_cut_off(l, head, w->head))
		return back;
broken:
	w->out->broken = true;
	return 0;
}

/* ---- from 3.11: interpreter frames ------------------------------------------------------ */

/* The object that a word of a frame refers to; the low bits are tags from 3.14 on (_PyStackRef). */
static uint64_t untag(const struct pst_layout *l, uint64_t word)
{
	if (l->stackref_ptr_mask > 0)
		word &= ~(uint64_t)l->stackref_ptr_mask;
	return word;
}

static bool is_shim_owner(const struct pst_layout *l, int owner)
{
	return (l->owner_cstack >= 0 && owner == l->owner_cstack) ||
	       (l->owner_interpreter >= 0 && owner == l->owner_interpreter);
}

/*
 * Where the instructions of CODE start for a frame.  Free-threaded builds copy the bytecode per
 * thread: co_tlbc->entries[tlbc_index], the first of which is the code object's own.
 */
static uint64_t bytecode_start(struct walk *w, uint64_t code, int32_t index)
{
	const struct pst_layout *l = &w->py->layout;
	uint64_t own = code + (uint64_t)l->code_bytecode, array, size, start;

	if (l->code_tlbc < 0 || index <= 0)
		return own;
	if (pst_look_ptr(&w->py->look, code + (uint64_t)l->code_tlbc, &array) ||
	    !pst_plausible(array) ||
	    pst_look_ptr(&w->py->look, array + (uint64_t)l->tlbc_size, &size) ||
	    (uint64_t)index >= size ||
	    pst_look_ptr(&w->py->look, array + (uint64_t)l->tlbc_entries + (uint64_t)index * 8,
			 &start))
		return 0;
	return start;
}

static int32_t lasti_of(uint64_t start, uint64_t instr, int64_t units)
{
	int64_t off = (int64_t)(instr - start);

	if (!start || off & 1 || off < -2 || units < 0 || off / 2 >= units || off > INT32_MAX)
		return PST_LASTI_UNKNOWN;
	return off < 0 ? -1 : (int32_t)off;
}

/* True for an object that is there but no code object: what stands in frames that run no Python
 * (3.13+). */
static bool is_other_object(struct pst_python *py, uint64_t addr)
{
	char name[2];
	uint64_t type;

	if (py->layout.version.major == 3 && py->layout.version.minor < 13)
		return false;
	return pst_plausible(addr) &&
	       !pst_look_ptr(&py->look, addr + (uint64_t)py->layout.object_ob_type, &type) &&
	       type != py->code_type && pst_plausible(type) &&
	       pst_type_name(&py->objects, type, name, sizeof name) > 0;
}

#define SMALL_LASTI                                                                                \
	64 /* bytes; only here can the start of a function matter, so the cache is checked */

/*
 * A frame that is being set up has not reached its first traceable instruction; CPython leaves it
 * out (_PyFrame_IsIncomplete, pycore_frame.h 3.11 to 3.13, pycore_interpframe.h from 3.14).
 */
static bool is_incomplete(struct walk *w, int owner, const struct pst_pyframe *f,
			  struct pst_code_entry *entry)
{
	if (owner == w->py->layout.owner_generator || f->lasti == PST_LASTI_UNKNOWN ||
	    f->lasti >= SMALL_LASTI)
		return false;
	if (pst_code_entry(w->py, f->code, true, &entry))
		return false;
	return f->lasti < 2 * pst_code_entry_identity(entry)->firsttraceable;
}

static void mark_entry(struct walk *w)
{
	if (w->last >= 0)
		w->out->at[w->last].is_entry = true;
}

static bool push_shim(struct walk *w, uint64_t addr)
{
	struct pst_pyframe f = {.addr = addr, .lasti = -1, .is_shim = true};

	mark_entry(w);
	return !(w->what & PST_STACK_SHIMS) || push(w, &f);
}

static bool push_frame(struct walk *w, uint64_t addr, const uint8_t *head, int owner)
{
	const struct pst_layout *l = &w->py->layout;
	uint64_t exec = untag(l, pst_field_u64(head, w->head, l->iframe_executable));
	uint64_t instr = pst_field_u64(head, w->head, l->iframe_instr);
	struct pst_pyframe f = {.addr = addr, .code = exec};
	struct pst_code_entry *entry;
	enum pst_err err = pst_code_entry(w->py, exec, w->what & PST_STACK_VERIFY, &entry);

	if (err == PST_CORRUPT && is_other_object(w->py, exec))
		return push_shim(w, addr);
	if (err) {
		w->out->broken = true;
		return false;
	}
	f.lasti = lasti_of(
		bytecode_start(w, exec,
			       l->iframe_tlbc_index < 0
				       ? 0
				       : pst_field_i32(head, w->head, l->iframe_tlbc_index)),
		instr, pst_code_entry_identity(entry)->units);
	f.is_entry = l->iframe_is_entry >= 0 && head[l->iframe_is_entry];
	if (is_incomplete(w, owner, &f, entry))
		return true;
	if (!push(w, &f))
		return false;
	w->last = (ssize_t)w->out->len - 1;
	return true;
}

/*
 * Can a stack end at a Python frame?  3.11: when it was called from C; later never, a shim comes
 * behind. A generator is linked in and out by several stores, and the thread may stand between
 * them.
 */
static bool is_root(const struct pst_layout *l, const uint8_t *head)
{
	return l->iframe_is_entry >= 0 ? head[l->iframe_is_entry] != 0 : l->owner_cstack < 0;
}

/*
 * 3.11, 3.12: an evaluation loop makes its _PyCFrame known before it writes the current frame there
 * (_PyEval_EvalFrameDefault(), ceval.c), so that for a moment that is one of long ago.  The frame
 * in which the loop began must follow on the one from which it was called.
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

/* Whether the frame with PREVIOUS can be where the running evaluation loop began, if it is. */
static bool leaves_loop(struct walk *w, const uint8_t *head, bool shim, uint64_t previous)
{
	const struct pst_layout *l = &w->py->layout;

	if (!w->based || !(l->iframe_is_entry >= 0 ? head[l->iframe_is_entry] != 0 : shim))
		return true;
	w->based = false;
	return previous == w->base;
}

static uint64_t step_interpreter(struct walk *w, uint64_t addr)
{
	const struct pst_layout *l = &w->py->layout;
	uint8_t head[FRAME_HEAD];

	if (pst_look_read(&w->py->look, addr, head, w->head)) {
		w->out->broken = true;
		return 0;
	}

	uint64_t previous = pst_field_u64(head, w->head, l->iframe_previous);
	int owner = l->iframe_owner < 0 ? 0 : (int8_t)head[l->iframe_owner];
	bool shim = is_shim_owner(l, owner);

	if (!leaves_loop(w, head, shim, previous)) {
		w->out->broken = true;
		return 0;
	}

	bool on = shim ? push_shim(w, addr) : push_frame(w, addr, head, owner);

	if (!on)
		return 0;
	if (!previous && !shim && !is_root(l, head))
		w->out->broken = true;
	if (!previous)
		mark_entry(w);
	return previous;
}

/* ---- both -------------------------------------------------------------------------------- */

static void walk(struct walk *w, uint64_t addr)
{
	bool interpreter_frames = w->py->layout.iframe_previous >= 0;
	size_t steps = 0;

	while (addr && !w->out->truncated) {
		bool moved, closes = pst_circle_closes(&w->circle, addr, &moved);

		if (closes)
			w->out->len = w->mark_len;
		if (closes || !pst_plausible(addr)) {
			w->out->broken = true;
			return;
		}
		if (moved)
			w->mark_len = w->out->len;
		if (++steps >
		    2 * PST_STACK_MAX) { /* shims and frames being set up count here too */
			w->out->truncated = true;
			return;
		}
		addr = interpreter_frames ? step_interpreter(w, addr) : step_object(w, addr);
	}
}

enum pst_err pst_python_stack(struct pst_python *py, const struct pst_thread *thread, unsigned what,
			      struct pst_stack *out)
{
	struct walk w = {
		.py = py, .out = out, .what = what, .head = head_size(&py->layout), .last = -1};
	struct pst_tstate t;
	uint64_t frame = thread->frame;

	out->len = 0;
	out->truncated = out->broken = false;
	if (what & PST_STACK_PREDICT)
		pst_look_predict(&py->look, PST_LOOK_PLAIN, false, false);
	else if (!(what & PST_STACK_PAUSED))
		pst_look_begin(&py->look);
	if (thread->tstate) {
		enum pst_err err = pst_tstate_read(py, &py->layout, thread->tstate, &t);

		if (err)
			return err;
		if (t.interp != thread->interp)
			return PST_CHANGED;
		frame = pst_tstate_frame(py, &t);
		if (frame)
			err = find_base(&w, t.cframe);
		if (err)
			return err;
	}
	walk(&w, frame);
	return PST_OK;
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

void pst_stack_free(struct pst_stack *stack)
{
	PST_VEC_FREE(stack);
}
