// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/i18n.h"
#include "base/text.h"
#include "ui/find.h"

/*
 * Values of a frame: which are open, which changed.  A path is a variable's label and those of its
 * parts, down to the row; rows are told apart by hashes of it.
 */

enum { DEPTH_MAX = 64, INDENT = 2, LABEL_SHARE = 2, TYPE_MIN_COLS = 50, TYPE_CELLS = 18 };

static const char separator[] = "\x1f";

/* FNV-1a. */
uint64_t values_hash(uint64_t from, const char *text)
{
	uint64_t h = from ? from : UINT64_C(0xcbf29ce484222325);

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return h ? h : 1;
}

/* ---- paths ---- */

static uint32_t depth_of(const struct pst_value_row *r)
{
	return r->depth < DEPTH_MAX ? r->depth : DEPTH_MAX - 1;
}

static void hash_paths(struct stack_values *w, const struct pst_inspection *in)
{
	uint64_t above[DEPTH_MAX] = {0};

	w->paths.len = 0;
	for (size_t i = 0; i < in->rows_len; i++) {
		const struct pst_value_row *r = &in->rows[i];
		uint32_t depth = depth_of(r);
		uint64_t from = depth ? values_hash(above[depth - 1], separator) : 0;

		*PST_VEC_PUSH(&w->paths) = above[depth] = values_hash(from, r->label);
	}
}

/* The path of row AT as text. */
static char *path_of(const struct pst_inspection *in, size_t at)
{
	const char *labels[DEPTH_MAX];
	uint32_t depth = depth_of(&in->rows[at]);
	struct pst_buf b = {0};
	size_t n = 0;

	labels[n++] = in->rows[at].label;
	for (size_t i = at; depth && i-- > 0;) {
		if (depth_of(&in->rows[i]) >= depth)
			continue;
		depth = depth_of(&in->rows[i]);
		labels[n++] = in->rows[i].label;
	}
	while (n-- > 0) {
		pst_buf_adds(&b, labels[n]);
		if (n)
			pst_buf_adds(&b, separator);
	}
	return pst_buf_take(&b);
}

static struct stack_open *find_open(const struct stack_values *w, uint64_t hash)
{
	for (size_t i = 0; i < w->open.len; i++) {
		if (w->open.at[i].hash == hash)
			return &w->open.at[i];
	}
	return NULL;
}

bool values_is_open(const struct stack_values *w, size_t row)
{
	return row < w->paths.len && find_open(w, w->paths.at[row]);
}

/* ---- what changed ---- */

static int by_path(const void *pa, const void *pb)
{
	const struct stack_seen *a = pa, *b = pb;

	return (a->path > b->path) - (a->path < b->path);
}

static const struct stack_seen *was(const struct stack_values *w, uint64_t path)
{
	struct stack_seen key = {.path = path};

	return w->seen.len ? bsearch(&key, w->seen.at, w->seen.len, sizeof key, by_path) : NULL;
}

/* A new one counts as changed, but not what is only seen because its container was opened. */
static bool differs(const struct stack_values *w, const struct pst_inspection *in, size_t i,
		    const bool *had_parts)
{
	const struct stack_seen *before = was(w, w->paths.at[i]);
	uint32_t depth = depth_of(&in->rows[i]);

	if (before)
		return before->text != values_hash(0, in->rows[i].text);
	return depth == 0 || had_parts[depth - 1];
}

/* Whether the row I had parts at the look before: then the first of them was seen. */
static bool had_parts(const struct stack_values *w, const struct pst_inspection *in, size_t i)
{
	for (size_t k = i + 1; k < in->rows_len && depth_of(&in->rows[k]) > depth_of(&in->rows[i]);
	     k++) {
		if (was(w, w->paths.at[k]))
			return true;
	}
	return false;
}

static void mark_changes(struct stack_values *w, const struct pst_inspection *in)
{
	bool had[DEPTH_MAX] = {false};

	for (size_t i = 0; i < in->rows_len; i++) {
		*PST_VEC_PUSH(&w->changed) = differs(w, in, i, had);
		had[depth_of(&in->rows[i])] = had_parts(w, in, i);
	}
}

static void keep_seen(struct stack_values *w, const struct pst_inspection *in)
{
	w->seen.len = 0;
	for (size_t i = 0; i < in->rows_len; i++) {
		*PST_VEC_PUSH(&w->seen) =
			(struct stack_seen){w->paths.at[i], values_hash(0, in->rows[i].text)};
	}
	if (w->seen.len > 1)
		qsort(w->seen.at, w->seen.len, sizeof *w->seen.at, by_path);
}

void values_compare(struct stack_values *w, const struct pst_inspection *in, uint64_t of)
{
	hash_paths(w, in);
	w->changed.len = 0;
	if (of && of == w->seen_of) {
		mark_changes(w, in);
	} else {
		for (size_t i = 0; i < in->rows_len; i++)
			*PST_VEC_PUSH(&w->changed) = false;
	}
	keep_seen(w, in);
	w->seen_of = of;
}

/* ---- which rows are shown, and the cursor ---- */

void values_go(struct stack_values *w, size_t at)
{
	if (at >= w->shown.len)
		at = w->shown.len ? w->shown.len - 1 : 0;
	w->scroll.at = at;
	if (at >= w->shown.len || w->chosen == w->paths.at[w->shown.at[at]])
		return;
	w->chosen = w->paths.at[w->shown.at[at]];
	w->shift = 0;
}

void values_arrange(struct stack_values *w, const struct pst_inspection *in)
{
	uint32_t closed = UINT32_MAX; /* nothing deeper than this is shown */

	w->shown.len = 0;
	for (size_t i = 0; in && i < in->rows_len && i < w->paths.len; i++) {
		if (in->rows[i].depth > closed)
			continue;
		closed = values_is_open(w, i) ? UINT32_MAX : in->rows[i].depth;
		*PST_VEC_PUSH(&w->shown) = i;
	}
	for (size_t k = 0; k < w->shown.len; k++) {
		if (w->paths.at[w->shown.at[k]] == w->chosen) {
			w->scroll.at = k;
			return;
		}
	}
	values_go(w, w->scroll.at);
}

static size_t chosen_index(const struct stack_values *w, const struct pst_inspection *in)
{
	size_t i = w->scroll.at < w->shown.len ? w->shown.at[w->scroll.at] : SIZE_MAX;

	return in && i < in->rows_len ? i : SIZE_MAX;
}

const struct pst_value_row *values_chosen(const struct stack_values *w,
					  const struct pst_inspection *in)
{
	size_t i = chosen_index(w, in);

	return i == SIZE_MAX ? NULL : &in->rows[i];
}

/* ---- opening ---- */

static void add_open(struct stack_values *w, const struct pst_inspection *in, size_t row)
{
	if (w->open.len == PST_INSPECT_OPEN_MAX) { /* the oldest one closes */
		free(w->open.at[0].path);
		memmove(w->open.at, w->open.at + 1, (w->open.len - 1) * sizeof *w->open.at);
		w->open.len--;
	}
	*PST_VEC_PUSH(&w->open) = (struct stack_open){path_of(in, row), w->paths.at[row]};
}

static void remove_open(struct stack_values *w, uint64_t hash)
{
	struct stack_open *o = find_open(w, hash);

	if (!o)
		return;
	free(o->path);
	memmove(o, o + 1, (size_t)(w->open.at + w->open.len - o - 1) * sizeof *o);
	w->open.len--;
}

bool values_open(struct stack_values *w, const struct pst_inspection *in, bool open)
{
	size_t i = chosen_index(w, in);
	bool there;

	if (i == SIZE_MAX || open == values_is_open(w, i))
		return false;
	if (open && !in->rows[i].can_open)
		return false;
	there = i + 1 < in->rows_len && in->rows[i + 1].depth > in->rows[i].depth;
	if (open)
		add_open(w, in, i);
	else
		remove_open(w, w->paths.at[i]);
	values_arrange(w, in);
	return open && !there;
}

void values_to_parent(struct stack_values *w, const struct pst_inspection *in)
{
	const struct pst_value_row *r = values_chosen(w, in);

	for (size_t k = w->scroll.at; r && k-- > 0;) {
		if (in->rows[w->shown.at[k]].depth < r->depth) {
			values_go(w, k);
			return;
		}
	}
}

bool values_scroll(struct stack_values *w, const struct pst_inspection *in, int step)
{
	const struct pst_value_row *r = values_chosen(w, in);
	int room = w->room > 2 ? w->room : 2, before = w->shift, last;

	if (!r)
		return false;
	last = pst_text_cells(r->text, strlen(r->text)) - room + 1;
	w->shift += step * (room / 2);
	if (w->shift > last)
		w->shift = last;
	if (w->shift < 0)
		w->shift = 0;
	return w->shift != before;
}

/* ---- as text ---- */

static bool row_matches(const struct pst_value_row *r, const struct ui_find *f)
{
	return f && (ui_find_in(f, r->label, NULL, NULL) || ui_find_in(f, r->text, NULL, NULL));
}

bool values_search(struct stack_values *w, const struct pst_inspection *in,
		   const struct ui_find *f, int step)
{
	size_t n = w->shown.len;

	for (size_t k = step ? 1 : 0; in && n && k <= n; k++) {
		size_t i = step < 0 ? (w->scroll.at + n - k % n) % n : (w->scroll.at + k) % n;

		if (row_matches(&in->rows[w->shown.at[i]], f)) {
			values_go(w, i);
			return true;
		}
	}
	return false;
}

void values_text(const struct stack_values *w, const struct pst_inspection *in, bool deep,
		 struct pst_buf *out)
{
	size_t first = w->scroll.at;
	const struct pst_value_row *top = values_chosen(w, in);

	if (!top)
		return;
	if (!deep) {
		pst_buf_adds(out, top->text);
		return;
	}
	for (size_t k = first; k < w->shown.len; k++) {
		const struct pst_value_row *r = &in->rows[w->shown.at[k]];

		if (k > first && r->depth <= top->depth)
			break;
		for (uint32_t d = depth_of(top); d < depth_of(r); d++)
			pst_buf_adds(out, "    ");
		pst_buf_addf(out, "%s = %s\n", r->label, r->text);
	}
}

/* ---- drawing ---- */

static void type_of(const struct pst_value_row *r, char *out, size_t size)
{
	static const char *const kinds[] = {
		/* TRANSLATORS: what a variable is, at most 5 cells: an argument, a cell shared
		 * with inner functions, a variable of an outer function. */
		[PST_VALUE_ARG] = N_("arg"),   [PST_VALUE_LOCAL] = "", [PST_VALUE_CELL] = N_("cell"),
		[PST_VALUE_FREE] = N_("free"), [PST_VALUE_PART] = "",
	};
	const char *kind = (size_t)r->kind < sizeof kinds / sizeof *kinds ? kinds[r->kind] : "";

	kind = *kind ? _(kind) : "";
	if (r->length >= 0)
		snprintf(out, size, "%s%s%s[%lld]", kind, *kind ? " " : "", r->type,
			 (long long)r->length);
	else
		snprintf(out, size, "%s%s%s", kind, *kind ? " " : "", r->type);
}

/* The text from SHIFT cells on. */
static void draw_shifted(struct canvas *c, int row, int col, int end, enum style style,
			 const char *text, int shift)
{
	int used = 0;

	if (shift > 0) {
		text += pst_text_fit(text, strlen(text), shift, &used);
		col = canvas_text(c, row, col, end, ST_DIM, "…");
	}
	canvas_cut(c, row, col, end, style, text);
}

/* The bytes of TEXT that go on a line of CELLS cells; at least one cluster. */
static size_t line_bytes(const char *text, int cells)
{
	int used = 0;
	size_t n = pst_text_fit(text, strlen(text), cells, &used);

	return n || !*text ? n : pst_text_cluster(text, strlen(text), &used);
}

/* On as many rows as it needs, and the canvas has; returns the last one. */
static int draw_wrapped(struct canvas *c, int row, int col, int end, enum style style,
			const char *text)
{
	struct pst_buf line = {0};

	for (; *text && row < c->rows; row++) {
		size_t n = line_bytes(text, end - col);

		pst_buf_clear(&line);
		pst_buf_add(&line, text, n ? n : 1);
		canvas_text(c, row, col, end, style, pst_buf_text(&line));
		text += n ? n : 1;
	}
	pst_buf_free(&line);
	return row - 1;
}

/* So many rows beyond the first does the chosen value need, with ROOM cells on each. */
static int extra_rows(const struct stack_values *w, const struct pst_inspection *in, int most)
{
	const struct pst_value_row *r = values_chosen(w, in);
	const char *text = r && w->wrap ? r->text : "";
	int n = 0;

	while (w->room > 0 && n < most && *(text += line_bytes(text, w->room)))
		n++;
	return n;
}

static int draw_label(const struct pst_value_row *r, bool is_open, enum style style,
		      struct canvas *c, int row)
{
	int col = (int)depth_of(r) * INDENT, end = c->cols / LABEL_SHARE;

	if (col > end - 4)
		col = end > 4 ? end - 4 : 0;
	canvas_text(c, row, col, end, ST_DIM, !r->can_open ? " " : is_open ? "▾" : "▸");
	return canvas_cut(c, row, col + 1, end, style, r->label);
}

/* Returns the last row that it took. */
static int draw_row(struct stack_values *w, const struct pst_inspection *in, size_t k,
		    const struct ui_view *v, bool focus, struct canvas *c, int row)
{
	size_t at = w->shown.at[k];
	const struct pst_value_row *r = &in->rows[at];
	bool changed = at < w->changed.len && w->changed.at[at], here = k == w->scroll.at;
	enum style style = row_matches(r, v->search) ? ST_MATCH : changed ? ST_CHANGED : ST_NORMAL;
	int end = c->cols, col, last = row;
	char type[96];

	type_of(r, type, sizeof type);
	if (c->cols >= TYPE_MIN_COLS) {
		canvas_right(c, row, c->cols - TYPE_CELLS, c->cols, ST_DIM, type);
		end -= TYPE_CELLS + 1;
	}
	col = draw_label(r, values_is_open(w, at), changed ? ST_CHANGED : ST_LABEL, c, row);
	col = canvas_text(c, row, col, end, ST_DIM, r->kind == PST_VALUE_PART ? ": " : " = ");
	if (r->cut && values_is_open(w, at))
		col = canvas_text(c, row, col, end, ST_DIM, _("(not all parts) "));
	if (here)
		w->room = end - col;
	if (here && w->wrap && *r->text)
		last = draw_wrapped(c, row, col, end, style, r->text);
	else
		draw_shifted(c, row, col, end, style, r->text, here ? w->shift : 0);
	for (int i = row; here && i <= last; i++)
		canvas_paint(c, i, 0, focus ? c->cols : 1, ST_SELECT);
	return last;
}

/* The cells for the text are known once the row was drawn. */
static void measure(struct stack_values *w, const struct pst_inspection *in,
		    const struct ui_view *v, const struct canvas *c)
{
	struct canvas aside = {.ascii = c->ascii};

	w->extra = 0;
	if (!w->wrap || w->scroll.at >= w->shown.len)
		return;
	canvas_resize(&aside, 1, c->cols);
	draw_row(w, in, w->scroll.at, v, false, &aside, 0);
	canvas_free(&aside);
	w->extra = extra_rows(w, in, c->rows - 1);
}

void values_draw(struct stack_values *w, const struct pst_inspection *in, const struct ui_view *v,
		 bool focus, struct canvas *c)
{
	measure(w, in, v, c);
	scroll_fit(&w->scroll, w->shown.len, c->rows - w->extra);
	for (int row = 0; row < c->rows; row++) {
		size_t k = values_at(w, row);

		if (k >= w->shown.len)
			break;
		row = draw_row(w, in, k, v, focus, c, row);
	}
}

size_t values_at(const struct stack_values *w, int row)
{
	size_t k = w->scroll.first + (size_t)(row > 0 ? row : 0);

	if (k > w->scroll.at)
		k = k - w->scroll.at > (size_t)w->extra ? k - (size_t)w->extra : w->scroll.at;
	return k < w->shown.len ? k : SIZE_MAX;
}

void values_free(struct stack_values *w)
{
	for (size_t i = 0; i < w->open.len; i++)
		free(w->open.at[i].path);
	PST_VEC_FREE(&w->open);
	PST_VEC_FREE(&w->shown);
	PST_VEC_FREE(&w->paths);
	PST_VEC_FREE(&w->changed);
	PST_VEC_FREE(&w->seen);
}
