// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/printer.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/text.h"
#include "interp/priv.h"

#define TYPE_MAX  200 /* bytes */
#define LABEL_MAX 200

/* Of keys and elements, which are labels. */
static const struct pst_value_limits label_limits = {
	.bytes = LABEL_MAX - 8, .depth = 3, .items = 8, .string = 128};

struct collector {
	struct pst_printer *r;
	const struct pst_value_limits *limits;
	size_t max;
	struct pst_parts *out;
};

/* The repr of the object at ADDR, onto OUT. */
static void put_repr(struct pst_printer *r, uint64_t addr, const struct pst_value_limits *limits,
		     struct pst_buf *out)
{
	const struct pst_value_limits *before = r->p->limits;

	r->p->limits = limits;
	pr_cache_refill(r->cache);
	pr_whole(r->p, addr, out);
	r->p->limits = before;
}

static void put_name(struct pst_printer *r, uint64_t addr, struct pst_buf *out)
{
	struct pst_buf raw = {0};

	if (pst_object_text(&r->p->o, addr, LABEL_MAX, &raw) != PST_OK)
		pst_buf_adds(&raw, "?");
	pst_text_sanitise(out, pst_buf_text(&raw), raw.len, LABEL_MAX - 8);
	pst_buf_free(&raw);
}

static char *label_of(struct pst_printer *r, const struct pr_part *part)
{
	struct pst_buf out = {0};

	switch (part->how) {
	case PR_PART_ITEM:
		pst_buf_adds(&out, "[");
		put_repr(r, part->key, &label_limits, &out);
		pst_buf_adds(&out, "]");
		break;
	case PR_PART_ELEMENT:
		pst_buf_adds(&out, "{");
		put_repr(r, part->key, &label_limits, &out);
		pst_buf_adds(&out, "}");
		break;
	case PR_PART_INDEX:
		pst_buf_addf(&out, "[%" PRIu64 "]", part->number);
		break;
	case PR_PART_ATTR:
		pst_buf_adds(&out, ".");
		put_name(r, part->key, &out);
		break;
	case PR_PART_LOCAL:
		put_name(r, part->key, &out);
		break;
	case PR_PART_NAMED:
		pst_buf_addf(&out, ".%s", part->name);
		break;
	}
	return pst_buf_take(&out);
}

/* 2.x: the class of an instance of a classic class is no type. */
static bool put_classic(struct pr *p, const struct pr_value *v)
{
	const struct pst_layout *l = p->o.layout;
	uint64_t cls;

	if (p->o.version->major >= 3 || v->cls.c.heap ||
	    !pst_type_is(&p->o, v->cls.c.addr, "instance"))
		return false;
	cls = pst_object_ptr(&p->o, v->addr, l->instance_in_class);
	return pr_text(p, pst_object_ptr(&p->o, cls, l->class_cl_name));
}

static char *type_of(struct pst_printer *r, const struct pr_value *v)
{
	struct pr *p = r->p;
	struct pst_buf out = {0};

	pst_buf_clear(p->out);
	p->start = 0;
	if (!put_classic(p, v))
		pr_qualname(p, &v->cls);
	pst_text_sanitise(&out, pst_buf_text(p->out), p->out->len, TYPE_MAX);
	return pst_buf_take(&out);
}

static bool seen_one(void *ctx, const struct pr_part *part)
{
	(void)part;
	*(bool *)ctx = true;
	return false;
}

static void find_facts(struct pst_printer *r, uint64_t addr, struct pst_part *out)
{
	struct pr_value v = {.addr = addr};

	out->addr = addr;
	out->length = -1;
	pr_cache_refill(r->cache);
	if (!addr || !pr_classify(r->p, pst_object_type(&r->p->o, addr), &v.cls)) {
		out->type = pst_strdup("");
		return;
	}
	out->type = type_of(r, &v);
	out->length = pr_length(r->p, &v);
	pr_parts_each(r->p, &v, seen_one, &out->can_open);
}

static bool collect(void *ctx, const struct pr_part *part)
{
	struct collector *c = ctx;
	struct pst_buf text = {0};
	struct pst_part *out;

	if (c->out->len >= c->max || pr_cache_expired(c->r->cache)) {
		c->out->cut = true;
		return false;
	}
	out = PST_VEC_PUSH(c->out);
	out->label = label_of(c->r, part);
	put_repr(c->r, part->value, c->limits, &text);
	out->repr = pst_buf_take(&text);
	find_facts(c->r, part->value, out);
	pr_cache_refill(c->r->cache);
	return true;
}

static void clear_parts(struct pst_parts *parts)
{
	for (size_t i = 0; i < parts->len; i++)
		pst_part_free(&parts->at[i]);
	parts->len = 0;
	parts->cut = false;
}

void pst_python_parts(struct pst_python *py, uint64_t addr, const struct pst_value_limits *limits,
		      size_t max, struct pst_parts *out)
{
	struct collector c = {
		.r = pst_printer_begin(py, limits), .limits = limits, .max = max, .out = out};
	struct pr_value v = {.addr = addr};

	clear_parts(out);
	pr_cache_refill(c.r->cache);
	if (addr && pr_classify(c.r->p, pst_object_type(&c.r->p->o, addr), &v.cls))
		pr_parts_each(c.r->p, &v, collect, &c);
	out->cut |= pr_cache_expired(c.r->cache);
}

void pst_python_facts(struct pst_python *py, uint64_t addr, const struct pst_value_limits *limits,
		      struct pst_part *out)
{
	*out = (struct pst_part){0};
	find_facts(pst_printer_begin(py, limits), addr, out);
}

void pst_part_free(struct pst_part *part)
{
	free(part->label);
	free(part->repr);
	free(part->type);
	*part = (struct pst_part){0};
}

void pst_parts_free(struct pst_parts *parts)
{
	clear_parts(parts);
	PST_VEC_FREE(parts);
}
