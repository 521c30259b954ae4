// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/printer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

/* Calls of pr_object() within each other, beyond containers: values of enums, methods' objects… */
#define NEST_EXTRA 8

bool pr_full(const struct pr *p)
{
	return p->out->len - p->start > p->limits->bytes;
}

bool pr_since(const struct pr *p, unsigned major, unsigned minor)
{
	const struct pst_pyversion *v = p->o.version;

	return v->major > major || (v->major == major && v->minor >= minor);
}

void pr_puts(struct pr *p, const char *s)
{
	if (!pr_full(p))
		pst_buf_adds(p->out, s);
}

void pr_putf(struct pr *p, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	pr_puts(p, text);
}

bool pr_text(struct pr *p, uint64_t addr)
{
	size_t max = p->limits->bytes < 4096 ? p->limits->bytes + 1 : 4096;

	if (pr_full(p))
		return true;
	return addr && pst_object_text(&p->o, addr, max, p->out) == PST_OK;
}

void pr_short_name(struct pr *p, const struct pr_class *cls)
{
	pr_puts(p, pst_class_short_name(&cls->c));
}

void pr_qualname(struct pr *p, const struct pr_class *cls)
{
	if (!pr_full(p))
		pst_class_qualname(&p->o, &cls->c, p->out);
}

void pr_full_name(struct pr *p, const struct pr_class *cls)
{
	size_t before = p->out->len;

	if (pr_full(p))
		return;
	pst_class_module(&p->o, &cls->c, p->out);
	if (strcmp(pst_buf_text(p->out) + before, "builtins") == 0 ||
	    strcmp(pst_buf_text(p->out) + before, "__builtin__") == 0)
		pst_buf_cut(p->out, before);
	else if (p->out->len > before)
		pst_buf_addc(p->out, '.');
	pst_class_qualname(&p->o, &cls->c, p->out);
}

void pr_unknown(struct pr *p, const struct pr_value *v)
{
	pr_puts(p, "<");
	pr_full_name(p, &v->cls);
	pr_putf(p, " at 0x%" PRIx64 ">", v->addr);
}

bool pr_enter(struct pr *p, uint64_t addr, const char *cycle)
{
	bool deep = p->depth >= p->limits->depth || p->depth >= PR_OPEN_MAX;

	for (unsigned i = 0; i < p->depth && !deep; i++)
		deep = p->open[i] == addr;
	if (deep) {
		pr_puts(p, cycle);
		return false;
	}
	p->open[p->depth++] = addr;
	return true;
}

void pr_leave(struct pr *p)
{
	p->depth--;
}

bool pr_item(struct pr *p, size_t n)
{
	if (n)
		pr_puts(p, ", ");
	if (n >= p->limits->items)
		pr_puts(p, "...");
	return n < p->limits->items && !pr_full(p);
}

bool pr_keyword(struct pr *p, size_t *n, uint64_t name, uint64_t value)
{
	if (!pr_item(p, (*n)++))
		return false;
	if (!pr_text(p, name))
		pr_puts(p, "?");
	pr_puts(p, "=");
	pr_object(p, value);
	return true;
}

void pr_items(struct pr *p, const struct pst_items *items)
{
	for (uint64_t i = 0; i < items->len && pr_item(p, (size_t)i); i++)
		pr_object(p, pst_items_get(&p->o, items, i));
}

struct pairs {
	struct pr *p;
	size_t n;
};

/* What exec() adds to the globals that it is given would bury what is of interest. */
static bool is_builtins(struct pr *p, uint64_t key, uint64_t value)
{
	return pst_ustr_is(&p->o, key, "__builtins__") &&
	       pst_type_is(&p->o, pst_object_type(&p->o, value), "dict");
}

static bool put_pair(void *ctx, uint64_t key, uint64_t value)
{
	struct pairs *s = ctx;

	if (!pr_item(s->p, s->n++))
		return false;
	pr_object(s->p, key);
	pr_puts(s->p, ": ");
	if (is_builtins(s->p, key, value))
		pr_puts(s->p, "{...}");
	else
		pr_object(s->p, value);
	return true;
}

void pr_pairs(struct pr *p, uint64_t dict)
{
	struct pairs s = {.p = p};
	enum pst_err err = pst_dict_each(&p->o, dict, (size_t)p->limits->items + 1, put_pair, &s);

	if (err != PST_OK) {
		pr_puts(p, s.n ? ", " : "");
		pr_puts(p, err == PST_LIMIT ? "..." : "?");
	}
}

uint64_t pr_attr(struct pr *p, const struct pr_value *v, const char *name)
{
	return pst_instance_attr(&p->o, v->addr, name);
}

/* True when TYPE, a metaclass, is that of enum.Enum or derives from it. */
static bool is_enum_meta(struct pr *p, uint64_t type)
{
	struct pst_class meta;
	struct pst_buf module = {0};
	bool found = false;

	for (int i = 0; type && i < PST_TYPE_CHAIN_MAX && !found; i++) {
		if (!pst_class_load(&p->o, type, &meta) || !meta.python)
			break;
		if (strcmp(meta.name, "EnumMeta") == 0 || strcmp(meta.name, "EnumType") == 0) {
			pst_buf_clear(&module);
			pst_class_module(&p->o, &meta, &module);
			found = strcmp(pst_buf_text(&module), "enum") == 0;
		}
		type = meta.base;
	}
	pst_buf_free(&module);
	return found;
}

/* The kind of the nearest base that has one. */
static void find_kind(struct pr *p, struct pr_class *cls)
{
	struct pst_class c = cls->c;

	for (int i = 0; i < PST_TYPE_CHAIN_MAX; i++) {
		const struct pr_kind *kind = pr_kind_find(p, &c);

		if (kind && (i == 0 || !(kind->flags & PR_EXACT))) {
			cls->kind = kind;
			cls->of = c.addr;
			cls->of_size = c.basicsize;
			return;
		}
		if (!c.base || !pst_class_load(&p->o, c.base, &c))
			return;
	}
}

bool pr_classify(struct pr *p, uint64_t type, struct pr_class *out)
{
	struct pr_class *slot = &p->classes[p->next_class];

	for (size_t i = 0; i < PR_CLASSES; i++) {
		if (type && p->classes[i].c.addr == type) {
			*out = p->classes[i];
			return true;
		}
	}
	*slot = (struct pr_class){0};
	if (!pst_class_load(&p->o, type, &slot->c)) {
		slot->c.addr = 0;
		return false;
	}
	find_kind(p, slot);
	slot->is_enum = slot->c.heap && is_enum_meta(p, slot->c.meta);
	p->next_class = (p->next_class + 1) % PR_CLASSES;
	*out = *slot;
	return true;
}

static void print_value(struct pr *p, const struct pr_value *v)
{
	const struct pr_kind *kind = v->cls.kind;
	bool wrap = kind && v->cls.of != v->cls.c.addr && !(kind->flags & PR_OWN);

	if (v->cls.is_enum) {
		pr_enum(p, v);
	} else if (!kind) {
		pr_instance(p, v);
	} else if (wrap) {
		pr_qualname(p, &v->cls);
		pr_puts(p, "(");
		kind->print(p, v);
		pr_puts(p, ")");
	} else {
		kind->print(p, v);
	}
}

void pr_object(struct pr *p, uint64_t addr)
{
	struct pr_value v = {.addr = addr};

	if (pr_full(p))
		return;
	if (p->nest >= p->limits->depth + NEST_EXTRA) {
		pr_puts(p, "...");
		return;
	}
	if (!addr || !pr_classify(p, pst_object_type(&p->o, addr), &v.cls)) {
		pr_puts(p, "?");
		return;
	}
	p->nest++;
	print_value(p, &v);
	p->nest--;
}

struct pr *pr_new(const struct pst_objects *o, struct pr_cache *cache,
		  const struct pst_value_limits *limits, struct pst_buf *out)
{
	struct pr *p = pst_calloc(1, sizeof *p);

	p->o = *o;
	p->o.target = pr_cache_target(cache);
	p->limits = limits;
	p->out = out;
	return p;
}

void pr_begin(struct pr *p, const struct pst_value_limits *limits, bool forget)
{
	p->limits = limits;
	if (forget)
		memset(p->classes, 0, sizeof p->classes);
}

void pr_free(struct pr *p)
{
	free(p);
}

void pr_whole(struct pr *p, uint64_t addr, struct pst_buf *out)
{
	struct pst_buf *raw = p->out;

	pst_buf_clear(raw);
	p->start = 0;
	p->depth = p->nest = 0;
	pr_object(p, addr);
	pst_text_sanitise(out, pst_buf_text(raw), raw->len, p->limits->bytes);
}

void pst_object_repr(const struct pst_objects *o, uint64_t addr,
		     const struct pst_value_limits *limits, struct pst_buf *out)
{
	struct pr_cache *cache = pr_cache_new(o->target);
	struct pst_buf raw = {0};
	struct pr *p = pr_new(o, cache, limits, &raw);

	pr_whole(p, addr, out);
	pr_free(p);
	pr_cache_free(cache);
	pst_buf_free(&raw);
}
