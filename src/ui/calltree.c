// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/calltree.h"

#include "base/vec.h"

void calltree_free(struct calltree *t)
{
	pst_calls_free(&t->calls);
	PST_VEC_FREE(&t->rows);
	PST_VEC_FREE(&t->opened);
	path_free(&t->chosen);
}

void calltree_reset(struct calltree *t)
{
	t->opened.len = 0;
	t->row = t->first = 0;
	t->follow = true;
	path_clear(&t->chosen);
}

uint32_t calltree_focus(const struct calltree *t)
{
	return t->calls.len ? t->calls.at[0].child : 0;
}

/* ---- what is open ---- */

static size_t find_key(const struct calltree *t, uint64_t key)
{
	size_t i = 0;

	while (i < t->opened.len && t->opened.at[i] != key)
		i++;
	return i;
}

static bool is_open(const struct calltree *t, uint64_t key)
{
	return find_key(t, key) < t->opened.len;
}

static void set_open(struct calltree *t, uint64_t key, bool open)
{
	size_t i = find_key(t, key);

	if (open && i == t->opened.len && i < CALLTREE_OPEN_MAX)
		*PST_VEC_PUSH(&t->opened) = key;
	else if (!open && i < t->opened.len)
		t->opened.at[i] = t->opened.at[--t->opened.len];
}

/* ---- rows ---- */

/* Keys of the nodes from the focus down to the one at hand. */
struct keys {
	uint64_t at[CALLTREE_DEPTH_MAX + 1];
};

static void add_row(struct calltree *t, struct keys *keys, uint32_t node, int depth)
{
	const struct pst_calls_node *n = &t->calls.at[node];
	struct calltree_row *row = PST_VEC_PUSH(&t->rows);

	keys->at[depth + 1] = path_hash_step(keys->at[depth], n);
	row->key = keys->at[depth + 1];
	row->node = node;
	row->depth = depth;
	row->has = n->child != 0 && depth + 1 < CALLTREE_DEPTH_MAX;
	row->open = row->has && is_open(t, row->key);
}

/* The node behind NODE as all would stand below each other; DOWN: its children come in between. */
static uint32_t following(const struct pst_calls *c, uint32_t node, int *depth, bool down)
{
	if (down && c->at[node].child && *depth + 1 < CALLTREE_DEPTH_MAX) {
		++*depth;
		return c->at[node].child;
	}
	while (!c->at[node].next && *depth > 0) {
		node = c->at[node].parent;
		--*depth;
	}
	return c->at[node].next;
}

static uint32_t first_node(const struct calltree *t)
{
	uint32_t focus = calltree_focus(t);

	return focus ? t->calls.at[focus].child : 0;
}

static void make_rows(struct calltree *t)
{
	struct keys keys = {{PATH_HASH_ROOT}};
	int depth = 0;

	t->rows.len = 0;
	for (uint32_t node = first_node(t); node;) {
		add_row(t, &keys, node, depth);
		node = following(&t->calls, node, &depth, t->rows.at[t->rows.len - 1].open);
	}
}

/* The row of NODE, or of the nearest above it that is shown. */
static size_t row_of(const struct calltree *t, uint32_t node)
{
	for (; node; node = t->calls.at[node].parent) {
		for (size_t i = 0; i < t->rows.len; i++) {
			if (t->rows.at[i].node == node)
				return i;
		}
	}
	return 0;
}

void calltree_rows(struct calltree *t)
{
	size_t found;

	make_rows(t);
	t->row = t->calls.len ? row_of(t, path_find(&t->chosen, &t->calls, &found)) : 0;
}

const struct calltree_row *calltree_at(const struct calltree *t)
{
	return t->row < t->rows.len ? &t->rows.at[t->row] : NULL;
}

/* ---- moving ---- */

void calltree_choose(struct calltree *t, size_t row)
{
	t->follow = true;
	if (!t->rows.len)
		return;
	t->row = row < t->rows.len ? row : t->rows.len - 1;
	path_set(&t->chosen, &t->calls, t->rows.at[t->row].node);
}

void calltree_move(struct calltree *t, long by)
{
	if (by < 0 && (size_t)-by > t->row)
		calltree_choose(t, 0);
	else
		calltree_choose(t, (size_t)((long)t->row + by));
}

bool calltree_open(struct calltree *t)
{
	const struct calltree_row *row = calltree_at(t);

	if (!row || !row->has)
		return false;
	if (row->open) {
		calltree_choose(t, t->row + 1);
		return true;
	}
	calltree_choose(t, t->row);
	set_open(t, row->key, true);
	calltree_rows(t);
	return true;
}

bool calltree_close(struct calltree *t)
{
	const struct calltree_row *row = calltree_at(t);

	if (!row || (!row->open && !row->depth))
		return false;
	if (row->open) {
		calltree_choose(t, t->row);
		set_open(t, row->key, false);
		calltree_rows(t);
	} else {
		calltree_choose(t, row_of(t, t->calls.at[row->node].parent));
	}
	return true;
}

void calltree_reveal(struct calltree *t, uint32_t node)
{
	uint64_t key = PATH_HASH_ROOT;
	size_t len;

	path_set(&t->chosen, &t->calls, node);
	len = t->chosen.len;
	/* The first step is the focus, the last the node itself. */
	for (size_t i = 1; i + 1 < len; i++) {
		struct pst_calls_node step = {.func = t->chosen.at[i].func,
					      .frame = t->chosen.at[i].frame};

		key = path_hash_step(key, &step);
		set_open(t, key, true);
	}
	calltree_rows(t);
	t->follow = true;
}

uint32_t calltree_search(const struct calltree *t, int step,
			 bool (*is)(const void *ctx, uint32_t func), const void *ctx)
{
	const struct calltree_row *row = calltree_at(t);
	PST_VEC(uint32_t) all = {0};
	uint32_t found = 0;
	size_t here = 0;
	int depth = 0;

	for (uint32_t n = first_node(t); n; n = following(&t->calls, n, &depth, true)) {
		here = row && row->node == n ? all.len : here;
		*PST_VEC_PUSH(&all) = n;
	}
	for (size_t i = step ? 1 : 0; i <= all.len && all.len && !found; i++) {
		size_t at = (step < 0 ? here + 2 * all.len - i : here + i) % all.len;

		if (is(ctx, t->calls.at[all.at[at]].func))
			found = all.at[at];
	}
	PST_VEC_FREE(&all);
	return found;
}

void calltree_scroll(struct calltree *t, int page)
{
	size_t rows = page > 0 ? (size_t)page : 1,
	       most = t->rows.len > rows ? t->rows.len - rows : 0;

	if (t->follow && t->row < t->first)
		t->first = t->row;
	if (t->follow && t->row >= t->first + rows)
		t->first = t->row - rows + 1;
	t->first = t->first > most ? most : t->first;
}
