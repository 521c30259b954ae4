// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#define FRAME_HEAD 256 /* bytes of a frame that are read at most */

struct reader {
	struct pst_python *py;
	unsigned what;
	const uint8_t *head; /* SIZE bytes of the frame */
	size_t size;
};

/* ---- what is read ------------------------------------------------------------------------ */

void pst_frame_pattern(const struct pst_layout *l, struct pst_pattern *out)
{
	*out = (struct pst_pattern){0};
	if (l->iframe_previous >= 0) {
		pst_pattern_add(out, l->iframe_previous, 8, true);
		pst_pattern_add(out, l->iframe_executable, 8, true);
		pst_pattern_add(out, l->iframe_instr, 8, false);
		pst_pattern_add(out, l->iframe_is_entry, 1, true);
		pst_pattern_add(out, l->iframe_owner, 1, true);
		pst_pattern_add(out, l->iframe_tlbc_index, 4, true);
	} else {
		pst_pattern_add(out, l->frame_f_back, 8, true);
		pst_pattern_add(out, l->frame_f_code, 8, true);
		pst_pattern_add(out, l->frame_f_trace, 8, true);
		pst_pattern_add(out, l->frame_f_lasti, 4, false);
		pst_pattern_add(out, l->frame_f_lineno, 4, false);
		pst_pattern_add(out, l->frame_f_gen, 8, true);
		pst_pattern_add(out, l->frame_f_executing, 1, true);
		pst_pattern_add(out, l->frame_f_state, 1, true);
	}
	if (out->size > FRAME_HEAD)
		out->size = FRAME_HEAD;
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

static bool read_object(struct reader *r, struct pst_step *s)
{
	const struct pst_layout *l = &r->py->layout;
	struct pst_pyframe *f = &s->frame;

	f->code = pst_field_u64(r->head, r->size, l->frame_f_code);
	if (pst_code_entry(r->py, f->code, r->what & PST_STACK_VERIFY, &s->entry))
		return false;

	int32_t lasti = pst_field_i32(r->head, r->size, l->frame_f_lasti);
	int32_t scale = l->frame_lasti_scale > 0 ? l->frame_lasti_scale : 1;

	f->lasti = lasti < 0 ? -1 : lasti > INT32_MAX / scale ? PST_LASTI_UNKNOWN : lasti * scale;
	f->line = traced_line(l, r->head, r->size);
	s->own_entry = true;
	s->previous = pst_field_u64(r->head, r->size, l->frame_f_back);
	s->loose = !s->previous && is_cut_off(l, r->head, r->size);
	return true;
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
static uint64_t bytecode_start(struct pst_python *py, uint64_t code, int32_t index)
{
	const struct pst_layout *l = &py->layout;
	uint64_t own = code + (uint64_t)l->code_bytecode, array, size, start;

	if (l->code_tlbc < 0 || index <= 0)
		return own;
	if (pst_look_ptr(&py->look, code + (uint64_t)l->code_tlbc, &array) ||
	    !pst_plausible(array) ||
	    pst_look_ptr(&py->look, array + (uint64_t)l->tlbc_size, &size) ||
	    (uint64_t)index >= size ||
	    pst_look_ptr(&py->look, array + (uint64_t)l->tlbc_entries + (uint64_t)index * 8,
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
static bool is_incomplete(struct reader *r, int owner, struct pst_step *s)
{
	if (owner == r->py->layout.owner_generator || s->frame.lasti == PST_LASTI_UNKNOWN ||
	    s->frame.lasti >= SMALL_LASTI)
		return false;
	if (pst_code_entry(r->py, s->frame.code, true, &s->entry))
		return false;
	return s->frame.lasti < 2 * pst_code_entry_identity(s->entry)->firsttraceable;
}

static bool become_shim(struct pst_step *s)
{
	s->kind = PST_STEP_SHIM;
	s->frame = (struct pst_pyframe){.addr = s->frame.addr, .lasti = -1, .is_shim = true};
	return true;
}

static bool read_python(struct reader *r, int owner, struct pst_step *s)
{
	const struct pst_layout *l = &r->py->layout;
	uint64_t exec = untag(l, pst_field_u64(r->head, r->size, l->iframe_executable));
	uint64_t instr = pst_field_u64(r->head, r->size, l->iframe_instr);
	int32_t copy = l->iframe_tlbc_index < 0
			       ? 0
			       : pst_field_i32(r->head, r->size, l->iframe_tlbc_index);
	enum pst_err err = pst_code_entry(r->py, exec, r->what & PST_STACK_VERIFY, &s->entry);

	if (err == PST_CORRUPT && is_other_object(r->py, exec)) {
		s->vague = true;
		return become_shim(s);
	}
	if (err)
		return false;
	s->vague = copy > 0;
	s->frame.code = exec;
	s->frame.lasti = lasti_of(bytecode_start(r->py, exec, copy), instr,
				  pst_code_entry_identity(s->entry)->units);
	s->own_entry = l->iframe_is_entry >= 0 && r->head[l->iframe_is_entry];
	if (is_incomplete(r, owner, s))
		s->kind = PST_STEP_UNFINISHED;
	return true;
}

/*
 * Can a stack end at a Python frame?  3.11: when it was called from C; later never, a shim comes
 * behind. A generator is linked in and out by several stores, and the thread may stand between
 * them.
 */
static bool is_root(const struct pst_layout *l, const uint8_t *head)
{
	if (l->iframe_is_entry >= 0)
		return head[l->iframe_is_entry] != 0;
	return l->owner_cstack < 0 && l->owner_interpreter < 0;
}

static bool read_interpreter(struct reader *r, struct pst_step *s)
{
	const struct pst_layout *l = &r->py->layout;
	int owner = l->iframe_owner < 0 ? 0 : (int8_t)r->head[l->iframe_owner];
	bool shim = is_shim_owner(l, owner);

	s->previous = pst_field_u64(r->head, r->size, l->iframe_previous);
	if (shim)
		return become_shim(s);
	s->loose = !s->previous && !is_root(l, r->head);
	return read_python(r, owner, s);
}

/* ---- both -------------------------------------------------------------------------------- */

bool pst_frame_read(struct pst_python *py, unsigned what, uint64_t addr, struct pst_step *out)
{
	const struct pst_pattern *p = &py->frames;
	uint8_t copy[FRAME_HEAD];
	struct reader r = {.py = py, .what = what, .size = p->size};

	*out = (struct pst_step){.frame.addr = addr};
	r.head = pst_look_peek(&py->look, addr, p->size);
	if (!r.head) {
		if (pst_look_read(&py->look, addr, copy, p->size))
			return false;
		r.head = copy;
	}
	pst_pattern_copy(p, r.head, out->words);
	return py->layout.iframe_previous >= 0 ? read_interpreter(&r, out) : read_object(&r, out);
}
