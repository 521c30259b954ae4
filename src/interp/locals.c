// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/printer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "interp/priv.h"

#define VARS_MAX      4096 /* of one frame */
#define NAMESPACE_MAX 256  /* names of a class body or of exec'ed code */
#define VAR_NAME_MAX  512

/* co_flags (Include/code.h). */
enum { CODE_OPTIMIZED = 1, CODE_VARARGS = 4, CODE_VARKEYWORDS = 8 };

/* co_localspluskinds, 3.11+ (Include/internal/pycore_code.h). */
enum { FAST_CELL = 0x40, FAST_FREE = 0x80 };

/* What is known of a code object; arguments first, as in co_varnames. */
struct shape {
	int64_t names;	 /* of the array in the frame */
	int64_t nlocals; /* up to 3.10: before the cells */
	int64_t ncells;	 /* up to 3.10 */
	int64_t nargs;	 /* positional, then keyword-only, *args, **kwargs */
	int64_t nplain;	 /* positional ones */
	int64_t nkwonly;
	int32_t flags;
	bool plus; /* 3.11+: one tuple of names, with kinds */
	struct pst_items varnames, cellvars, freevars;
	struct pst_ustr kinds;
};

struct looker {
	struct pr *p;
	struct pr_cache *cache;
	const struct pst_objects *o; /* that of the printer */
	uint64_t frame;
	uint64_t slots; /* address of the array of values */
	struct shape shape;
	struct pst_vars *out;
	pst_dict_visit *visit; /* gets names and values in place of OUT, until it says false */
	void *ctx;
	bool done;
};

/* Up to 3.10: the classic three tuples. */
static bool read_old_names(const struct pst_objects *o, uint64_t code, struct shape *s)
{
	const struct pst_layout *l = o->layout;
	int32_t nlocals;

	if (!pst_object_i32(o, code, l->code_nlocals, &nlocals) || nlocals < 0 ||
	    !pst_items_tuple(o, pst_object_ptr(o, code, l->code_varnames), &s->varnames) ||
	    !pst_items_tuple(o, pst_object_ptr(o, code, l->code_cellvars), &s->cellvars) ||
	    !pst_items_tuple(o, pst_object_ptr(o, code, l->code_freevars), &s->freevars) ||
	    s->cellvars.len > VARS_MAX || s->freevars.len > VARS_MAX)
		return false;
	s->nlocals = nlocals;
	s->ncells = (int64_t)s->cellvars.len;
	s->names = s->nlocals + s->ncells + (int64_t)s->freevars.len;
	return true;
}

static bool read_new_names(const struct pst_objects *o, uint64_t code, struct shape *s)
{
	const struct pst_layout *l = o->layout;

	s->plus = true;
	if (!pst_items_tuple(o, pst_object_ptr(o, code, l->code_localsplusnames), &s->varnames) ||
	    !pst_ustr_bytes(o, pst_object_ptr(o, code, l->code_localspluskinds), &s->kinds))
		return false;
	s->names = (int64_t)(s->varnames.len < s->kinds.len ? s->varnames.len : s->kinds.len);
	return true;
}

static bool read_shape(const struct pst_objects *o, uint64_t code, struct shape *s)
{
	const struct pst_layout *l = o->layout;
	int32_t plain, kwonly = 0;
	bool ok;

	*s = (struct shape){0};
	if (!pst_object_i32(o, code, l->code_argcount, &plain) ||
	    !pst_object_i32(o, code, l->code_flags, &s->flags))
		return false;
	pst_object_i32(o, code, l->code_kwonlyargcount, &kwonly);
	if (l->code_localsplusnames != PST_ABSENT)
		ok = read_new_names(o, code, s);
	else
		ok = read_old_names(o, code, s);
	if (!ok || plain < 0 || kwonly < 0 || s->names < 0)
		return false;
	if (s->names > VARS_MAX)
		s->names = VARS_MAX;
	s->nplain = plain;
	s->nkwonly = kwonly;
	s->nargs = (int64_t)plain + kwonly + !!(s->flags & CODE_VARARGS) +
		   !!(s->flags & CODE_VARKEYWORDS);
	/* a code object that says more arguments than names is none */
	return s->nargs <= (s->plus ? s->names : s->nlocals) && s->nargs <= VARS_MAX;
}

static void add_var(struct looker *k, uint64_t name, enum pst_var_kind kind, uint64_t addr,
		    char *repr)
{
	struct pst_buf raw = {0}, clean = {0};
	struct pst_var *var = PST_VEC_PUSH(k->out);

	if (pst_object_text(k->o, name, VAR_NAME_MAX, &raw) != PST_OK)
		pst_buf_adds(&raw, "?");
	pst_text_sanitise(&clean, pst_buf_text(&raw), raw.len, VAR_NAME_MAX);
	pst_buf_free(&raw);
	*var = (struct pst_var){
		.name = pst_buf_take(&clean),
		.kind = kind,
		.addr = addr,
		.repr = repr,
	};
}

static char *repr_of(struct looker *k, uint64_t addr)
{
	struct pst_buf text = {0};

	pr_cache_refill(k->cache);
	pr_whole(k->p, addr, &text);
	return pst_buf_take(&text);
}

static void show_value(struct looker *k, uint64_t name, enum pst_var_kind kind, uint64_t addr)
{
	if (!k->visit)
		add_var(k, name, kind, addr, repr_of(k, addr));
	else
		k->done = k->done || !k->visit(k->ctx, name, addr);
}

/* The object in a cell; 0: it is empty.  ADDR itself when it is none. */
static uint64_t in_cell(const struct looker *k, uint64_t addr)
{
	char name[8];

	pst_type_name(k->o, pst_object_type(k->o, addr), name, sizeof name);
	return strcmp(name, "cell") == 0 ? pst_object_ptr(k->o, addr, k->o->layout->cell_ob_ref)
					 : addr;
}

/*
 * Shows slot number I under NAME, if it is set.  3.14+: a slot is a _PyStackRef, which may be a
 * plain number (Include/internal/pycore_stackref.h).
 */
static bool show_slot(struct looker *k, int64_t i, uint64_t name, enum pst_var_kind kind, bool cell)
{
	const struct pst_layout *l = k->o->layout;
	uint64_t word = pst_object_ptr(k->o, k->slots + 8 * (uint64_t)i, 0), addr = word;

	if (l->stackref_tag_mask > 0 && l->stackref_int_tag > 0 &&
	    (word & (uint64_t)l->stackref_tag_mask) == (uint64_t)l->stackref_int_tag) {
		int64_t value = (int64_t)word >> (l->stackref_int_shift & 63);

		if (!k->visit)
			add_var(k, name, kind, 0, pst_asprintf("%" PRId64, value));
		return true;
	}
	if (l->stackref_ptr_mask > 0)
		addr &= ~(uint64_t)l->stackref_ptr_mask;
	if (addr && cell)
		addr = in_cell(k, addr);
	if (!addr)
		return false;
	show_value(k, name, kind, addr);
	return true;
}

/* Up to 3.10 an argument that inner functions use lives in the cell of the same name. */
static int64_t cell_of_arg(const struct looker *k, uint64_t name)
{
	const struct shape *s = &k->shape;
	struct pst_buf text = {0};
	int64_t found = -1;

	if (s->ncells && pst_object_text(k->o, name, VAR_NAME_MAX, &text) == PST_OK) {
		for (int64_t i = 0; i < s->ncells && found < 0; i++) {
			uint64_t cell = pst_items_get(k->o, &s->cellvars, (uint64_t)i);

			if (cell == name || pst_ustr_is(k->o, cell, pst_buf_text(&text)))
				found = i;
		}
	}
	pst_buf_free(&text);
	return found;
}

static uint8_t kind_of(const struct looker *k, int64_t i)
{
	uint32_t kind = 0;

	if (k->shape.plus && !pst_ustr_get(k->o, &k->shape.kinds, (uint64_t)i, 1, &kind))
		kind = 0;
	return (uint8_t)kind;
}

static void show_arg(struct looker *k, int64_t i)
{
	uint64_t name = pst_items_get(k->o, &k->shape.varnames, (uint64_t)i);
	int64_t cell;

	if (k->shape.plus) {
		show_slot(k, i, name, PST_VAR_ARG, (kind_of(k, i) & FAST_CELL) != 0);
		return;
	}
	cell = cell_of_arg(k, name);
	if (cell < 0 || !show_slot(k, k->shape.nlocals + cell, name, PST_VAR_ARG, true))
		show_slot(k, i, name, PST_VAR_ARG, false);
}

/* In the order of the signature: positional, *args, keyword-only, **kwargs. */
static void show_args(struct looker *k)
{
	const struct shape *s = &k->shape;
	int64_t rest = s->nplain + s->nkwonly;

	for (int64_t i = 0; i < s->nplain; i++)
		show_arg(k, i);
	if (s->flags & CODE_VARARGS)
		show_arg(k, rest++);
	for (int64_t i = s->nplain; i < s->nplain + s->nkwonly; i++)
		show_arg(k, i);
	if (s->flags & CODE_VARKEYWORDS)
		show_arg(k, rest);
}

static void show_rest_old(struct looker *k)
{
	const struct shape *s = &k->shape;

	for (int64_t i = s->nargs; i < s->nlocals && i < VARS_MAX; i++)
		show_slot(k, i, pst_items_get(k->o, &s->varnames, (uint64_t)i), PST_VAR_LOCAL,
			  false);
	for (int64_t i = 0; i < s->ncells; i++) {
		uint64_t name = pst_items_get(k->o, &s->cellvars, (uint64_t)i);
		bool shown = false;

		for (int64_t arg = 0; arg < s->nargs && arg < s->nlocals && !shown; arg++)
			shown = cell_of_arg(k, pst_items_get(k->o, &s->varnames, (uint64_t)arg)) ==
				i;
		if (!shown)
			show_slot(k, s->nlocals + i, name, PST_VAR_CELL, true);
	}
	for (uint64_t i = 0; i < s->freevars.len; i++)
		show_slot(k, s->nlocals + s->ncells + (int64_t)i,
			  pst_items_get(k->o, &s->freevars, i), PST_VAR_FREE, true);
}

/* One pass each for locals, cells and free variables. */
static void show_rest_new(struct looker *k)
{
	static const struct {
		uint8_t bits;
		enum pst_var_kind kind;
	} passes[] = {{0, PST_VAR_LOCAL}, {FAST_CELL, PST_VAR_CELL}, {FAST_FREE, PST_VAR_FREE}};

	for (size_t pass = 0; pass < 3; pass++) {
		for (int64_t i = k->shape.nargs; i < k->shape.names; i++) {
			if ((kind_of(k, i) & (FAST_CELL | FAST_FREE)) != passes[pass].bits)
				continue;
			show_slot(k, i, pst_items_get(k->o, &k->shape.varnames, (uint64_t)i),
				  passes[pass].kind, passes[pass].bits != 0);
		}
	}
}

/* Names that the interpreter put there: __module__, __builtins__… */
static bool is_dunder(const struct looker *k, uint64_t name)
{
	struct pst_ustr s;
	uint32_t start[2], end[2];

	return pst_ustr_open(k->o, name, &s) && s.len >= 4 && pst_ustr_get(k->o, &s, 0, 2, start) &&
	       pst_ustr_get(k->o, &s, s.len - 2, 2, end) && start[0] == '_' && start[1] == '_' &&
	       end[0] == '_' && end[1] == '_';
}

/* Imports, functions and classes: what a module is made of, which would bury its variables. */
static bool is_definition(const struct looker *k, uint64_t value)
{
	static const char *const kinds[] = {"module", "function", "builtin_function_or_method", "type",
					    "classobj"};
	uint64_t type = pst_object_type(k->o, value);

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (pst_type_is(k->o, type, kinds[i]))
			return true;
	return false;
}

static bool show_name(void *ctx, uint64_t name, uint64_t value)
{
	struct looker *k = ctx;

	if (!is_dunder(k, name) && !is_definition(k, value))
		add_var(k, name, PST_VAR_LOCAL, value, repr_of(k, value));
	return k->out->len < NAMESPACE_MAX;
}

/* Class bodies, modules, exec'ed code: the names are in a dict. */
static void show_namespace(struct looker *k)
{
	const struct pst_layout *l = k->o->layout;
	int32_t field = l->iframe_locals != PST_ABSENT ? l->iframe_locals : l->frame_f_locals;
	uint64_t dict = pst_object_ptr(k->o, k->frame, field);

	if (dict && pst_type_is(k->o, pst_object_type(k->o, dict), "dict"))
		pst_dict_each(k->o, dict, VARS_MAX, show_name, k);
}

static enum pst_err look(struct looker *k, uint64_t code)
{
	const struct pst_layout *l = k->o->layout;
	int32_t slots =
		l->iframe_localsplus != PST_ABSENT ? l->iframe_localsplus : l->frame_f_localsplus;

	if (!read_shape(k->o, code, &k->shape) || slots == PST_ABSENT)
		return PST_CORRUPT;
	k->slots = k->frame + (uint64_t)slots;
	if (!(k->shape.flags & CODE_OPTIMIZED) && !k->visit)
		show_namespace(k);
	show_args(k);
	if (k->shape.plus)
		show_rest_new(k);
	else
		show_rest_old(k);
	return PST_OK;
}

void pst_frame_each_local(const struct pst_objects *o, uint64_t frame, uint64_t code,
			  pst_dict_visit *visit, void *ctx)
{
	struct looker k = {.o = o, .frame = frame, .visit = visit, .ctx = ctx};

	look(&k, code);
}

uint64_t pst_frame_arg(const struct pst_objects *o, uint64_t frame, uint64_t code, int64_t i)
{
	const struct pst_layout *l = o->layout;
	struct looker k = {.o = o, .frame = frame};
	int64_t cell;

	if (l->frame_f_localsplus == PST_ABSENT || !read_shape(o, code, &k.shape) || k.shape.plus ||
	    i >= k.shape.nargs || i >= k.shape.nlocals)
		return 0;
	k.slots = frame + (uint64_t)l->frame_f_localsplus;
	cell = cell_of_arg(&k, pst_items_get(o, &k.shape.varnames, (uint64_t)i));
	if (cell >= 0) {
		uint64_t at =
			pst_object_ptr(o, k.slots + 8 * (uint64_t)(k.shape.nlocals + cell), 0);

		if (at)
			return in_cell(&k, at);
	}
	return pst_object_ptr(o, k.slots + 8 * (uint64_t)i, 0);
}

static void clear_vars(struct pst_vars *vars)
{
	for (size_t i = 0; i < vars->len; i++) {
		free(vars->at[i].name);
		free(vars->at[i].repr);
	}
	vars->len = 0;
}

static enum pst_err show_frame(struct pst_printer *r, uint64_t frame, uint64_t code,
			       struct pst_vars *out)
{
	struct looker k = {.p = r->p, .cache = r->cache, .o = &r->p->o, .frame = frame, .out = out};

	clear_vars(out);
	return look(&k, code);
}

enum pst_err pst_frame_locals(const struct pst_objects *o, uint64_t frame, uint64_t code,
			      const struct pst_value_limits *limits, struct pst_vars *out)
{
	struct pst_printer *r = pst_printer_new(o);

	pr_cache_begin(r->cache, false, limits->until_ns);
	pr_begin(r->p, limits, false);
	enum pst_err err = show_frame(r, frame, code, out);

	pst_printer_free(r);
	return err;
}

enum pst_err pst_python_locals(struct pst_python *py, const struct pst_pyframe *frame,
			       const struct pst_value_limits *limits, struct pst_vars *out)
{
	if (!frame->code) {
		clear_vars(out);
		return PST_OK;
	}
	return show_frame(pst_printer_begin(py, limits), frame->addr, frame->code, out);
}

void pst_vars_free(struct pst_vars *vars)
{
	clear_vars(vars);
	PST_VEC_FREE(vars);
}

void pst_value_repr(struct pst_python *py, uint64_t addr, const struct pst_value_limits *limits,
		    struct pst_buf *out)
{
	pst_object_repr(&py->objects, addr, limits, out);
}
