// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/printer.h"

#include <inttypes.h>
#include <string.h>

#define SET_SCAN_MAX (UINT64_C(1) << 20) /* slots of a set's table that are looked at */
#define DEQUE_MAX    (1 << 20)

void pr_list(struct pr *p, const struct pr_value *v)
{
	struct pst_items items;

	if (!pst_items_list(&p->o, v->addr, &items)) {
		pr_puts(p, "?");
		return;
	}
	if (!pr_enter(p, v->addr, "[...]"))
		return;
	pr_puts(p, "[");
	pr_items(p, &items);
	pr_puts(p, "]");
	pr_leave(p);
}

/* A named tuple: FIELDS are the names. */
static void put_fields(struct pr *p, const struct pst_items *fields, const struct pst_items *items)
{
	for (uint64_t i = 0; i < items->len && pr_item(p, (size_t)i); i++) {
		if (!pr_text(p, pst_items_get(&p->o, fields, i)))
			pr_puts(p, "?");
		pr_puts(p, "=");
		pr_object(p, pst_items_get(&p->o, items, i));
	}
}

bool pr_tuple_fields(struct pr *p, const struct pr_value *v, const struct pst_items *items,
		     struct pst_items *out)
{
	uint64_t fields;

	if (!v->cls.c.heap || !v->cls.c.python)
		return false;
	fields = pst_type_lookup(&p->o, v->cls.c.addr, "_fields");
	return fields && pst_type_is(&p->o, pst_object_type(&p->o, fields), "tuple") &&
	       pst_items_tuple(&p->o, fields, out) && out->len == items->len;
}

void pr_tuple(struct pr *p, const struct pr_value *v)
{
	bool exact = v->cls.of == v->cls.c.addr, named;
	struct pst_items items, fields;

	if (!pst_items_tuple(&p->o, v->addr, &items)) {
		pr_puts(p, "?");
		return;
	}
	named = !exact && pr_tuple_fields(p, v, &items, &fields);
	if (named)
		pr_short_name(p, &v->cls);
	else if (!exact)
		pr_qualname(p, &v->cls);
	if (!pr_enter(p, v->addr, "(...)"))
		return;
	pr_puts(p, exact || named ? "(" : "((");
	if (named)
		put_fields(p, &fields, &items);
	else
		pr_items(p, &items);
	pr_puts(p, items.len == 1 && !named ? ",)" : ")");
	if (!exact && !named)
		pr_puts(p, ")");
	pr_leave(p);
}

void pr_dict(struct pr *p, const struct pr_value *v)
{
	if (!pr_enter(p, v->addr, "{...}"))
		return;
	pr_puts(p, "{");
	pr_pairs(p, v->addr);
	pr_puts(p, "}");
	pr_leave(p);
}

/* 3.15+: a dict under another name. */
void pr_frozendict(struct pr *p, const struct pr_value *v)
{
	pr_short_name(p, &v->cls);
	pr_puts(p, "(");
	if (pst_dict_len(&p->o, v->addr) != 0)
		pr_dict(p, v);
	pr_puts(p, ")");
}

/* A deleted slot: hash -1 in 3.x, in 2.x a str of its own. */
static bool is_dummy(struct pr *p, uint64_t key, uint64_t hash)
{
	if (p->o.version->major < 3)
		return pst_ustr_is(&p->o, key, "<dummy key>");
	return hash == UINT64_MAX || pst_ustr_is(&p->o, key, "<dummy key>");
}

enum pst_err pr_set_each(struct pr *p, uint64_t set, pst_dict_visit *visit, void *ctx)
{
	const struct pst_layout *l = p->o.layout;
	uint64_t table = pst_object_ptr(&p->o, set, l->set_table),
		 size = (uint64_t)l->setentry_size;
	int64_t used, mask, n = 0;

	if (!table || !pst_object_ssize(&p->o, set, l->set_used, &used) ||
	    !pst_object_ssize(&p->o, set, l->set_mask, &mask))
		return PST_CORRUPT;
	for (uint64_t i = 0; mask >= 0 && i <= (uint64_t)mask && i < SET_SCAN_MAX; i++) {
		uint64_t key, hash = 0;

		if (n >= used)
			break;
		if (!pst_object_u64(&p->o, table + i * size, l->setentry_key, &key))
			return PST_FAULT;
		pst_object_u64(&p->o, table + i * size, l->setentry_hash, &hash);
		if (!key || is_dummy(p, key, hash))
			continue;
		n++;
		if (!visit(ctx, key, key))
			break;
	}
	return PST_OK;
}

struct listed {
	struct pr *p;
	size_t n;
};

static bool put_element(void *ctx, uint64_t key, uint64_t value)
{
	struct listed *s = ctx;

	(void)key;
	if (!pr_item(s->p, s->n++))
		return false;
	pr_object(s->p, value);
	return true;
}

static void put_elements(struct pr *p, uint64_t set)
{
	struct listed s = {.p = p};

	if (pr_set_each(p, set, put_element, &s))
		pr_puts(p, s.n ? ", ?" : "?");
}

/* 3.x: {1, 2}, set(), Name({1, 2}); 2.x: set([1, 2]). */
static void put_set(struct pr *p, const struct pr_value *v, bool literal)
{
	bool old = p->o.version->major < 3;
	int64_t used;

	if (!pst_object_ssize(&p->o, v->addr, p->o.layout->set_used, &used)) {
		pr_puts(p, "?");
		return;
	}
	if (old || !literal || used <= 0) {
		pr_short_name(p, &v->cls);
		if (!pr_enter(p, v->addr, "(...)"))
			return;
		pr_puts(p, old ? "([" : used > 0 ? "({" : "(");
		if (used > 0)
			put_elements(p, v->addr);
		pr_puts(p, old ? "])" : used > 0 ? "})" : ")");
	} else {
		if (!pr_enter(p, v->addr, "{...}"))
			return;
		pr_puts(p, "{");
		put_elements(p, v->addr);
		pr_puts(p, "}");
	}
	pr_leave(p);
}

void pr_set(struct pr *p, const struct pr_value *v)
{
	put_set(p, v, v->cls.of == v->cls.c.addr);
}

void pr_frozenset(struct pr *p, const struct pr_value *v)
{
	put_set(p, v, false);
}

void pr_range(struct pr *p, const struct pr_value *v)
{
	const struct pst_layout *l = p->o.layout;
	uint64_t step = pst_object_ptr(&p->o, v->addr, l->range_step);
	int64_t one;

	pr_puts(p, "range(");
	pr_int_at(p, pst_object_ptr(&p->o, v->addr, l->range_start), false);
	pr_puts(p, ", ");
	pr_int_at(p, pst_object_ptr(&p->o, v->addr, l->range_stop), false);
	if (!pst_object_int64(&p->o, step, &one) || one != 1) {
		pr_puts(p, ", ");
		pr_int_at(p, step, false);
	}
	pr_puts(p, ")");
}

/* 2.x (Objects/rangeobject.c): three C longs. */
void pr_xrange(struct pr *p, const struct pr_value *v)
{
	const struct pst_layout *l = p->o.layout;
	uint64_t start, step, len;

	if (!pst_object_u64(&p->o, v->addr, l->xrange_start, &start) ||
	    !pst_object_u64(&p->o, v->addr, l->xrange_step, &step) ||
	    !pst_object_u64(&p->o, v->addr, l->xrange_len, &len)) {
		pr_puts(p, "?");
		return;
	}
	int64_t stop = (int64_t)(start + len * step);
	if (start == 0 && step == 1)
		pr_putf(p, "xrange(%" PRId64 ")", stop);
	else if (step == 1)
		pr_putf(p, "xrange(%" PRId64 ", %" PRId64 ")", (int64_t)start, stop);
	else
		pr_putf(p, "xrange(%" PRId64 ", %" PRId64 ", %" PRId64 ")", (int64_t)start, stop,
			(int64_t)step);
}

void pr_slice(struct pr *p, const struct pr_value *v)
{
	const struct pst_layout *l = p->o.layout;

	if (!pr_enter(p, v->addr, "slice(...)"))
		return;
	pr_puts(p, "slice(");
	pr_object(p, pst_object_ptr(&p->o, v->addr, l->slice_start));
	pr_puts(p, ", ");
	pr_object(p, pst_object_ptr(&p->o, v->addr, l->slice_stop));
	pr_puts(p, ", ");
	pr_object(p, pst_object_ptr(&p->o, v->addr, l->slice_step));
	pr_puts(p, ")");
	pr_leave(p);
}

/* Blocks of pointers linked to the right (Modules/_collectionsmodule.c). */
enum pst_err pr_deque_each(struct pr *p, uint64_t deque, pst_dict_visit *visit, void *ctx)
{
	const struct pst_layout *l = p->o.layout;
	uint64_t block = pst_object_ptr(&p->o, deque, l->deque_leftblock);
	int64_t len, index;

	if (!pst_object_ssize(&p->o, deque, l->deque_len, &len) ||
	    !pst_object_ssize(&p->o, deque, l->deque_leftindex, &index) || index < 0)
		return PST_CORRUPT;
	for (int64_t i = 0; i < len && i < DEQUE_MAX; i++) {
		uint64_t at;

		if (index >= l->block_len) {
			block = pst_object_ptr(&p->o, block, l->block_right);
			index = 0;
		}
		at = block + 8 * (uint64_t)index++;
		if (!visit(ctx, 0, pst_object_ptr(&p->o, at, l->block_data)))
			break;
	}
	return PST_OK;
}

static void put_deque_items(struct pr *p, uint64_t deque)
{
	struct listed s = {.p = p};

	if (pr_deque_each(p, deque, put_element, &s))
		pr_puts(p, "?");
}

void pr_deque(struct pr *p, const struct pr_value *v)
{
	int64_t maxlen = -1;

	if (!pr_enter(p, v->addr, "[...]"))
		return;
	pst_object_ssize(&p->o, v->addr, p->o.layout->deque_maxlen, &maxlen);
	pr_short_name(p, &v->cls);
	pr_puts(p, "([");
	put_deque_items(p, v->addr);
	pr_puts(p, "]");
	if (maxlen >= 0)
		pr_putf(p, ", maxlen=%" PRId64, maxlen);
	pr_puts(p, ")");
	pr_leave(p);
}

struct view {
	struct pr *p;
	char what; /* 'k', 'v' or 'i' */
	size_t n;
};

static bool put_view_item(void *ctx, uint64_t key, uint64_t value)
{
	struct view *s = ctx;

	if (!pr_item(s->p, s->n++))
		return false;
	if (s->what == 'i')
		pr_puts(s->p, "(");
	if (s->what != 'v')
		pr_object(s->p, key);
	if (s->what == 'i')
		pr_puts(s->p, ", ");
	if (s->what != 'k')
		pr_object(s->p, value);
	if (s->what == 'i')
		pr_puts(s->p, ")");
	return true;
}

/* dict_keys, dict_values, dict_items: a pointer to the dict follows the head. */
void pr_dict_view(struct pr *p, const struct pr_value *v)
{
	uint64_t dict = pst_object_ptr(&p->o, v->addr, p->o.layout->object_size);
	struct view s = {.p = p, .what = v->cls.c.name[5]};

	if (!dict || !pst_type_is(&p->o, pst_object_type(&p->o, dict), "dict")) {
		pr_unknown(p, v);
		return;
	}
	pr_short_name(p, &v->cls);
	if (!pr_enter(p, v->addr, "(...)"))
		return;
	pr_puts(p, "([");
	pst_dict_each(&p->o, dict, (size_t)p->limits->items + 1, put_view_item, &s);
	pr_puts(p, "])");
	pr_leave(p);
}

/* types.MappingProxyType: a pointer to the mapping follows the head. */
void pr_mapping_proxy(struct pr *p, const struct pr_value *v)
{
	pr_puts(p, "mappingproxy");
	if (!pr_enter(p, v->addr, "(...)"))
		return;
	pr_puts(p, "(");
	pr_object(p, pst_object_ptr(&p->o, v->addr, p->o.layout->object_size));
	pr_puts(p, ")");
	pr_leave(p);
}
