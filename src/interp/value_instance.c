// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/printer.h"

#include <stdlib.h>
#include <string.h>

/* BaseException_repr() of Objects/exceptions.c: up to 3.6 the tuple, then one argument alone. */
void pr_exception(struct pr *p, const struct pr_value *v)
{
	bool tuple = !pr_since(p, 3, 7);
	uint64_t args = pst_object_ptr(&p->o, v->addr, p->o.layout->exc_args);
	struct pst_items items;

	pr_short_name(p, &v->cls);
	if (!args || !pst_type_is(&p->o, pst_object_type(&p->o, args), "tuple") ||
	    !pst_items_tuple(&p->o, args, &items)) {
		pr_puts(p, "(?)");
		return;
	}
	if (!pr_enter(p, v->addr, "(...)"))
		return;
	pr_puts(p, "(");
	pr_items(p, &items);
	pr_puts(p, tuple && items.len == 1 ? ",)" : ")");
	pr_leave(p);
}

#define FLAGS_MAX 64

struct flags {
	const struct pst_objects *o;
	int64_t value; /* that is to be taken apart */
	struct flag {
		int64_t value;
		uint64_t name;
	} at[FLAGS_MAX];
	size_t len;
};

static bool take_flag(void *ctx, uint64_t name, uint64_t member)
{
	struct flags *f = ctx;
	int64_t value;

	if (pst_object_int64(f->o, pst_instance_get(f->o, member, "_value_"), &value) && value > 0 &&
	    (value & f->value) == value)
		f->at[f->len++] = (struct flag){.value = value, .name = name};
	return f->len < FLAGS_MAX;
}

static int by_value(const void *a, const void *b)
{
	const struct flag *x = a, *y = b;

	return x->value < y->value ? 1 : x->value > y->value ? -1 : 0;
}

/* Up to 3.10 a combination of flags has no name: its members, the greatest first (Lib/enum.py). */
static void put_flags(struct pr *p, const struct pr_value *v, uint64_t value)
{
	uint64_t members = pst_type_lookup(&p->o, v->cls.c.addr, "_member_map_");
	struct flags f = {.o = &p->o};

	if (!pst_object_int64(&p->o, value, &f.value) || !members ||
	    !pst_type_is(&p->o, pst_object_type(&p->o, members), "dict"))
		return;
	pst_dict_each(&p->o, members, 4096, take_flag, &f);
	qsort(f.at, f.len, sizeof f.at[0], by_value);
	for (size_t i = 0; i < f.len; i++) {
		pr_puts(p, i ? "|" : ".");
		if (!pr_text(p, f.at[i].name))
			pr_puts(p, "?");
	}
	if (!f.len) {
		pr_puts(p, ".");
		pr_int_at(p, value, false);
	}
}

/* "<Color.RED: 1>" */
void pr_enum(struct pr *p, const struct pr_value *v)
{
	uint64_t name = pst_instance_get(&p->o, v->addr, "_name_");
	uint64_t value = pst_instance_get(&p->o, v->addr, "_value_");
	struct pst_ustr s;

	pr_puts(p, "<");
	pr_short_name(p, &v->cls);
	if (name && pst_ustr_open(&p->o, name, &s)) {
		pr_puts(p, ".");
		pr_text(p, name);
	} else if (!pr_since(p, 3, 11)) {
		put_flags(p, v, value);
	}
	pr_puts(p, ": ");
	if (pr_enter(p, v->addr, "...")) {
		pr_object(p, value);
		pr_leave(p);
	}
	pr_puts(p, ">");
}

struct attrs {
	struct pr *p;
	const struct pr_value *v;
	size_t n;
};

static bool put_named(struct attrs *s, uint64_t name, uint64_t value)
{
	return pr_keyword(s->p, &s->n, name, value);
}

static bool put_other_attr(void *ctx, uint64_t name, uint64_t value)
{
	struct attrs *s = ctx;

	/* the weak references and the dict are no attributes of the user */
	if (pst_ustr_is(&s->p->o, name, "__dict__") || pst_ustr_is(&s->p->o, name, "__weakref__"))
		return true;
	return put_named(s, name, value);
}

/* A field of a dataclass: NAME and its dataclasses.Field. */
static bool put_field(void *ctx, uint64_t name, uint64_t field)
{
	struct attrs *s = ctx;
	const struct pst_objects *o = &s->p->o;
	uint64_t shown = pst_instance_attr(o, field, "repr"), value;
	struct pst_buf text = {0};
	int64_t show = 1;

	pst_object_int64(o, shown, &show);
	if (!show || pst_object_text(o, name, 200, &text) != PST_OK) {
		pst_buf_free(&text);
		return true;
	}
	value = pst_instance_attr(o, s->v->addr, pst_buf_text(&text));
	pst_buf_free(&text);
	return !value || put_named(s, name, value);
}

static bool seen_any(void *ctx, uint64_t name, uint64_t value)
{
	(void)name;
	(void)value;
	*(bool *)ctx = true;
	return false;
}

/* True when all classes up to object are class statements: what is shown then is all there is. */
static bool is_transparent(struct pr *p, const struct pst_class *cls)
{
	struct pst_class c = *cls;

	for (int i = 0; i < PST_TYPE_CHAIN_MAX && c.python; i++) {
		if (!c.base || !pst_class_load(&p->o, c.base, &c))
			return false;
	}
	return strcmp(c.name, "object") == 0 && !c.heap;
}

static void put_attrs(struct pr *p, const struct pr_value *v, uint64_t fields)
{
	struct attrs s = {.p = p, .v = v};
	size_t max = (size_t)p->limits->items + 1;

	if (!pr_enter(p, v->addr, "(...)"))
		return;
	pr_puts(p, "(");
	if (fields)
		pst_dict_each(&p->o, fields, 4096, put_field, &s);
	else
		pst_instance_each(&p->o, v->addr, max, put_other_attr, &s);
	pr_puts(p, ")");
	pr_leave(p);
}

/* 2.x: an instance of a classic class; its class is no type. */
static void put_classic(struct pr *p, const struct pr_value *v)
{
	uint64_t cls = pst_object_ptr(&p->o, v->addr, p->o.layout->instance_in_class);

	if (!pr_text(p, pst_object_ptr(&p->o, cls, p->o.layout->class_cl_name)))
		pr_puts(p, "?");
	put_attrs(p, v, 0);
}

void pr_instance(struct pr *p, const struct pr_value *v)
{
	uint64_t fields = 0;
	bool any = false;

	if (p->o.version->major < 3 && !v->cls.c.heap && strcmp(v->cls.c.name, "instance") == 0) {
		put_classic(p, v);
		return;
	}
	if (!v->cls.c.python) {
		pr_unknown(p, v);
		return;
	}
	if (!is_transparent(p, &v->cls.c)) {
		pst_instance_each(&p->o, v->addr, 1, seen_any, &any);
		if (!any) {
			pr_unknown(p, v);
			return;
		}
	}
	fields = pst_type_lookup(&p->o, v->cls.c.addr, "__dataclass_fields__");
	if (fields && !pst_type_is(&p->o, pst_object_type(&p->o, fields), "dict"))
		fields = 0;
	pr_qualname(p, &v->cls);
	put_attrs(p, v, fields);
}
