// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/inspect.h"

#include "base/alloc.h"
#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

/* The values of a frame as rows, those that are open with their parts below. */

#define SEPARATOR '\x1f'

struct rows {
	struct pst_python *py;
	const struct pst_inspect_request *r;
	struct pst_value_limits limits;
	struct pst_inspection *in;
	size_t cap;
	struct pst_buf path; /* of the row that is added */
};

static const enum pst_value_kind kinds[] = {
	[PST_VAR_ARG] = PST_VALUE_ARG,
	[PST_VAR_LOCAL] = PST_VALUE_LOCAL,
	[PST_VAR_CELL] = PST_VALUE_CELL,
	[PST_VAR_FREE] = PST_VALUE_FREE,
};

static struct pst_value_row *push(struct rows *w)
{
	struct pst_inspection *in = w->in;

	pst_vec_grow((void **)&in->rows, &w->cap, in->rows_len + 1, sizeof *in->rows);
	in->rows[in->rows_len] = (struct pst_value_row){.length = -1};
	return &in->rows[in->rows_len++];
}

static bool is_full(const struct rows *w)
{
	return w->in->rows_len >= PST_INSPECT_ROWS_MAX;
}

static bool wants_open(const struct rows *w)
{
	for (size_t i = 0; i < w->r->open_len; i++)
		if (!strcmp(w->r->open[i], pst_buf_text(&w->path)))
			return true;
	return false;
}

static void add_parts(struct rows *w, size_t above, uint64_t addr, uint32_t depth);

/* Row number AT stands for the object at ADDR; opens it if that is asked for. */
static void maybe_open(struct rows *w, size_t at, uint64_t addr)
{
	struct pst_value_row *row = &w->in->rows[at];

	row->is_open = row->can_open && row->depth < PST_INSPECT_DEPTH_MAX && wants_open(w);
	if (row->is_open)
		add_parts(w, at, addr, row->depth + 1);
}

/* Takes over what PART holds. */
static void add_part(struct rows *w, struct pst_part *part, uint32_t depth)
{
	size_t before = w->path.len, at = w->in->rows_len;

	*push(w) = (struct pst_value_row){
		.label = part->label,
		.text = part->repr,
		.type = part->type,
		.depth = depth,
		.length = part->length,
		.kind = PST_VALUE_PART,
		.can_open = part->can_open,
	};
	pst_buf_addc(&w->path, SEPARATOR);
	pst_buf_adds(&w->path, part->label);
	uint64_t addr = part->addr;
	*part = (struct pst_part){0};
	maybe_open(w, at, addr);
	pst_buf_cut(&w->path, before);
}

/* The parts of the object at ADDR, below row number ABOVE. */
static void add_parts(struct rows *w, size_t above, uint64_t addr, uint32_t depth)
{
	struct pst_parts parts = {0};
	size_t i = 0;

	pst_python_parts(w->py, addr, &w->limits, PST_INSPECT_PARTS_MAX, &parts);
	for (; i < parts.len && !is_full(w); i++)
		add_part(w, &parts.at[i], depth);
	w->in->rows[above].cut = parts.cut || i < parts.len;
	pst_parts_free(&parts);
}

static void add_variable(struct rows *w, struct pst_var *var)
{
	size_t at = w->in->rows_len;
	struct pst_value_row *row = push(w);
	struct pst_part facts;

	row->label = var->name;
	row->text = var->repr;
	row->kind = kinds[var->kind];
	var->name = var->repr = NULL;
	if (var->addr) {
		pst_python_facts(w->py, var->addr, &w->limits, &facts);
		row->type = facts.type;
		row->length = facts.length;
		row->can_open = facts.can_open;
		facts.type = NULL;
		pst_part_free(&facts);
	} else { /* a tagged number */
		row->type = pst_strdup("int");
	}
	pst_buf_clear(&w->path);
	pst_buf_adds(&w->path, row->label);
	maybe_open(w, at, var->addr);
}

void pst_inspect_rows(struct pst_python *py, const struct pst_pyframe *frame,
		      const struct pst_inspect_request *r, uint64_t until_ns,
		      struct pst_inspection *in)
{
	struct pst_vars vars = {0};
	struct rows w = {
		.py = py,
		.r = r,
		.in = in,
		.limits = {.bytes = PST_INSPECT_TEXT_MAX - 4, /* and "…" */
			   .depth = 4,
			   .items = 64,
			   .string = PST_INSPECT_TEXT_MAX,
			   .until_ns = until_ns},
	};

	if (!pst_python_locals(py, frame, &w.limits, &vars))
		for (size_t i = 0; i < vars.len && !is_full(&w); i++)
			add_variable(&w, &vars.at[i]);
	pst_vars_free(&vars);
	pst_buf_free(&w.path);
}
