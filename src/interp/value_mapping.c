// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/printer.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define PAIRS_MAX 4096 /* items that are sorted or looked up */
#define ODICT_MAX 4096 /* links followed */

struct pair {
	uint64_t key, value;
	int64_t count;
};

struct pairs {
	const struct pst_objects *o;
	struct pair *at;
	size_t len;
	bool countable; /* all values are ints of 64 bits */
};

static bool collect(void *ctx, uint64_t key, uint64_t value)
{
	struct pairs *s = ctx;
	struct pair *pair = &s->at[s->len++];

	*pair = (struct pair){.key = key, .value = value};
	if (s->countable && !pst_object_int64(s->o, value, &pair->count))
		s->countable = false;
	return true;
}

static struct pairs collect_pairs(struct pr *p, uint64_t dict, bool count)
{
	struct pairs s = {.o = &p->o, .countable = count};

	s.at = pst_calloc(PAIRS_MAX, sizeof *s.at);
	pst_dict_each(&p->o, dict, PAIRS_MAX, collect, &s);
	return s;
}

static void put_pair_list(struct pr *p, const struct pair *at, size_t len)
{
	for (size_t i = 0; i < len && pr_item(p, i); i++) {
		pr_object(p, at[i].key);
		pr_puts(p, ": ");
		pr_object(p, at[i].value);
	}
}

/* The factory is the first member behind the dict (Modules/_collectionsmodule.c). */
void pr_defaultdict(struct pr *p, const struct pr_value *v)
{
	struct pst_class of;
	uint64_t base = 0, factory;

	if (pst_class_load(&p->o, v->cls.of, &of))
		base = pst_object_ptr(&p->o, of.base, p->o.layout->type_tp_basicsize);
	factory = base && base < 4096 ? pst_object_ptr(&p->o, v->addr + base, 0) : 0;
	pr_short_name(p, &v->cls);
	pr_puts(p, "(");
	if (factory)
		pr_object(p, factory);
	else
		pr_puts(p, "None");
	pr_puts(p, ", ");
	pr_dict(p, v);
	pr_puts(p, ")");
}

/* By count, the greatest first; of equal counts the first. */
static int by_count(const void *a, const void *b)
{
	const struct pair *x = *(const struct pair *const *)a, *y = *(const struct pair *const *)b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return x < y ? -1 : x > y;
}

static void put_sorted(struct pr *p, const struct pairs *s)
{
	struct pair **order = pst_calloc(PAIRS_MAX, sizeof *order);
	struct pair *sorted = pst_calloc(PAIRS_MAX, sizeof *sorted);

	for (size_t i = 0; i < s->len; i++)
		order[i] = &s->at[i];
	qsort(order, s->len, sizeof *order, by_count);
	for (size_t i = 0; i < s->len; i++)
		sorted[i] = *order[i];
	put_pair_list(p, sorted, s->len);
	free(sorted);
	free(order);
}

/* As Counter.__repr__() does: the most common first. */
void pr_counter(struct pr *p, const struct pr_value *v)
{
	int64_t len = pst_dict_len(&p->o, v->addr);

	pr_short_name(p, &v->cls);
	if (!pr_enter(p, v->addr, "(...)"))
		return;
	pr_puts(p, len == 0 ? "(" : "({");
	if (len < 0 || len > PAIRS_MAX) {
		pr_pairs(p, v->addr);
	} else if (len > 0) {
		struct pairs s = collect_pairs(p, v->addr, true);

		if (s.countable)
			put_sorted(p, &s);
		else
			put_pair_list(p, s.at, s.len);
		free(s.at);
	}
	pr_puts(p, len == 0 ? ")" : "})");
	pr_leave(p);
}

/* Item number N of an ordered dict, in the style of its version. */
static bool put_ordered(struct pr *p, size_t n, uint64_t key, uint64_t value)
{
	bool braces = pr_since(p, 3, 12);

	if (!pr_item(p, n))
		return false;
	pr_puts(p, braces ? "" : "(");
	pr_object(p, key);
	pr_puts(p, braces ? ": " : ", ");
	pr_object(p, value);
	pr_puts(p, braces ? "" : ")");
	return true;
}

static void open_ordered(struct pr *p, const char *braces, const char *brackets)
{
	pr_puts(p, pr_since(p, 3, 12) ? braces : brackets);
}

static uint64_t value_of(const struct pairs *s, uint64_t key)
{
	for (size_t i = 0; i < s->len; i++) {
		if (s->at[i].key == key)
			return s->at[i].value;
	}
	return 0;
}

/* Behind the dict: the first node; a node is {key, hash, next, previous}
 * (Objects/odictobject.c, 3.5+). */
static void each_node(struct pr *p, uint64_t addr, uint64_t dict_size, pst_dict_visit *visit,
		      void *ctx)
{
	struct pairs s = collect_pairs(p, addr, false);
	uint64_t node = pst_object_ptr(&p->o, addr + dict_size, 0);

	for (size_t n = 0; node && n < ODICT_MAX; n++) {
		uint64_t key = pst_object_ptr(&p->o, node, 0);

		if (!visit(ctx, key, value_of(&s, key)))
			break;
		node = pst_object_ptr(&p->o, node, 2 * 8);
	}
	free(s.at);
}

void pr_odict_each(struct pr *p, const struct pr_value *v, size_t max, pst_dict_visit *visit,
		   void *ctx)
{
	int64_t len = pst_dict_len(&p->o, v->addr);
	struct pst_class of;
	uint64_t dict_size = 0;

	if (pst_class_load(&p->o, v->cls.of, &of))
		dict_size = pst_object_ptr(&p->o, of.base, p->o.layout->type_tp_basicsize);
	if (len > 0 && len <= PAIRS_MAX && dict_size && dict_size < 4096)
		each_node(p, v->addr, dict_size, visit, ctx);
	else if (len)
		pst_dict_each(&p->o, v->addr, max, visit, ctx);
}

struct ordered {
	struct pr *p;
	size_t n;
};

static bool put_each(void *ctx, uint64_t key, uint64_t value)
{
	struct ordered *s = ctx;

	return put_ordered(s->p, s->n++, key, value);
}

void pr_odict(struct pr *p, const struct pr_value *v)
{
	int64_t len = pst_dict_len(&p->o, v->addr);
	struct ordered s = {.p = p};

	if (!pr_enter(p, v->addr, "..."))
		return;
	pr_short_name(p, &v->cls);
	pr_puts(p, "(");
	if (len)
		open_ordered(p, "{", "[");
	pr_odict_each(p, v, (size_t)p->limits->items + 1, put_each, &s);
	if (len)
		open_ordered(p, "}", "]");
	pr_puts(p, ")");
	pr_leave(p);
}

/* 2.7 and up to 3.4: lists [previous, next, key] in a circle around __root. */
bool pr_odict_python_each(struct pr *p, const struct pr_value *v, pst_dict_visit *visit, void *ctx)
{
	uint64_t root = pst_instance_get(&p->o, v->addr, "_OrderedDict__root"), link = root;
	struct pst_items items;
	struct pairs s;

	if (!root || !pst_type_is(&p->o, pst_object_type(&p->o, root), "list"))
		return false;
	s = collect_pairs(p, v->addr, false);
	for (size_t n = 0; n < s.len; n++) {
		if (!pst_items_list(&p->o, link, &items))
			break;
		link = pst_items_get(&p->o, &items, 1);
		if (!link || link == root || !pst_items_list(&p->o, link, &items))
			break;
		uint64_t key = pst_items_get(&p->o, &items, 2);
		if (!visit(ctx, key, value_of(&s, key)))
			break;
	}
	free(s.at);
	return true;
}

static bool visit_none(void *ctx, uint64_t key, uint64_t value)
{
	(void)ctx, (void)key, (void)value;
	return false;
}

void pr_odict_python(struct pr *p, const struct pr_value *v)
{
	bool any = pst_dict_len(&p->o, v->addr) > 0;
	struct ordered s = {.p = p};

	if (!pr_odict_python_each(p, v, visit_none, NULL)) {
		pr_short_name(p, &v->cls);
		pr_puts(p, "(");
		pr_dict(p, v);
		pr_puts(p, ")");
		return;
	}
	if (!pr_enter(p, v->addr, "..."))
		return;
	pr_short_name(p, &v->cls);
	pr_puts(p, any ? "([" : "(");
	pr_odict_python_each(p, v, put_each, &s);
	pr_puts(p, any ? "])" : ")");
	pr_leave(p);
}
