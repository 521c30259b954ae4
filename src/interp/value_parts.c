// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/printer.h"

#include <string.h>

#include "base/buf.h"

/* Which parts a value has: what a reader would write behind its name to get at them. */

struct gather {
	struct pr *p;
	pr_part_visit *visit;
	void *ctx;
	bool full; /* no more are wanted */
	bool hides_links;
	enum pr_part_how how;
	uint64_t n; /* items so far */
};

static bool give(struct gather *g, const struct pr_part *part)
{
	g->full = g->full || !g->visit(g->ctx, part);
	return !g->full;
}

static bool give_named(struct gather *g, const char *name, uint64_t value)
{
	return !value ||
	       give(g, &(struct pr_part){.how = PR_PART_NAMED, .name = name, .value = value});
}

/* A pst_dict_visit for what G says. */
static bool give_pair(void *ctx, uint64_t key, uint64_t value)
{
	struct gather *g = ctx;
	struct pr_part part = {.how = g->how, .key = key, .number = g->n++, .value = value};

	return give(g, &part);
}

static void give_dict(struct gather *g, uint64_t dict, enum pr_part_how how)
{
	g->how = how;
	if (dict && pst_type_is(&g->p->o, pst_object_type(&g->p->o, dict), "dict"))
		pst_dict_each(&g->p->o, dict, SIZE_MAX, give_pair, g);
}

typedef void parts_of(struct gather *g, const struct pr_value *v);
typedef int64_t length_of(struct pr *p, const struct pr_value *v);

/* ---- containers ---- */

static void list_parts(struct gather *g, const struct pr_value *v)
{
	struct pst_items items;

	g->how = PR_PART_INDEX;
	if (!pst_items_list(&g->p->o, v->addr, &items))
		return;
	for (uint64_t i = 0; i < items.len; i++)
		if (!give_pair(g, 0, pst_items_get(&g->p->o, &items, i)))
			break;
}

static void tuple_parts(struct gather *g, const struct pr_value *v)
{
	struct pst_items items, fields;

	if (!pst_items_tuple(&g->p->o, v->addr, &items))
		return;
	bool named = v->cls.of != v->cls.c.addr && pr_tuple_fields(g->p, v, &items, &fields);
	g->how = named ? PR_PART_ATTR : PR_PART_INDEX;
	for (uint64_t i = 0; i < items.len; i++)
		if (!give_pair(g, named ? pst_items_get(&g->p->o, &fields, i) : 0,
			       pst_items_get(&g->p->o, &items, i)))
			break;
}

static void dict_parts(struct gather *g, const struct pr_value *v)
{
	g->how = PR_PART_ITEM;
	pst_dict_each(&g->p->o, v->addr, SIZE_MAX, give_pair, g);
}

static void odict_parts(struct gather *g, const struct pr_value *v)
{
	g->how = PR_PART_ITEM;
	pr_odict_each(g->p, v, SIZE_MAX, give_pair, g);
}

static void odict_python_parts(struct gather *g, const struct pr_value *v)
{
	g->how = PR_PART_ITEM;
	g->hides_links = true;
	if (!pr_odict_python_each(g->p, v, give_pair, g))
		dict_parts(g, v);
}

static void set_parts(struct gather *g, const struct pr_value *v)
{
	g->how = PR_PART_ELEMENT;
	pr_set_each(g->p, v->addr, give_pair, g);
}

static void deque_parts(struct gather *g, const struct pr_value *v)
{
	g->how = PR_PART_INDEX;
	pr_deque_each(g->p, v->addr, give_pair, g);
}

/* What follows the head of views, proxies and partials. */
static uint64_t behind_head(struct pr *p, const struct pr_value *v, int32_t word)
{
	return pst_object_ptr(&p->o, v->addr, p->o.layout->object_size + 8 * word);
}

static bool give_key(void *ctx, uint64_t key, uint64_t value)
{
	(void)value;
	return give_pair(ctx, 0, key);
}

static void view_parts(struct gather *g, const struct pr_value *v)
{
	uint64_t dict = behind_head(g->p, v, 0);
	const char *name = v->cls.c.name;

	if (strcmp(name, "dict_keys") != 0) {
		give_dict(g, dict, strcmp(name, "dict_items") ? PR_PART_INDEX : PR_PART_ITEM);
		return;
	}
	g->how = PR_PART_INDEX;
	if (dict && pst_type_is(&g->p->o, pst_object_type(&g->p->o, dict), "dict"))
		pst_dict_each(&g->p->o, dict, SIZE_MAX, give_key, g);
}

static void proxy_parts(struct gather *g, const struct pr_value *v)
{
	give_dict(g, behind_head(g->p, v, 0), PR_PART_ITEM);
}

/* ---- what is no container ---- */

static void exception_parts(struct gather *g, const struct pr_value *v)
{
	give_named(g, "args", pst_object_ptr(&g->p->o, v->addr, g->p->o.layout->exc_args));
}

static void method_parts(struct gather *g, const struct pr_value *v)
{
	const struct pst_layout *l = g->p->o.layout;

	if (give_named(g, "__self__", pst_object_ptr(&g->p->o, v->addr, l->method_im_self)))
		give_named(g, "__func__", pst_object_ptr(&g->p->o, v->addr, l->method_im_func));
}

/* A function of a module has that for its self. */
static void builtin_parts(struct gather *g, const struct pr_value *v)
{
	uint64_t self = pst_object_ptr(&g->p->o, v->addr, g->p->o.layout->cfunc_m_self);

	if (self && !pst_type_is(&g->p->o, pst_object_type(&g->p->o, self), "module"))
		give_named(g, "__self__", self);
}

static void partial_parts(struct gather *g, const struct pr_value *v)
{
	static const char *const names[] = {"func", "args", "keywords"};

	for (int32_t i = 0; i < 3 && !g->full; i++)
		give_named(g, names[i], behind_head(g->p, v, i));
}

/*
 * The frame of a generator that has not ended: up to 3.10 an object of its own, then a part of it.
 * Behind the state of one that runs come those of the ended (enum _framestate, pycore_frame.h).
 */
static uint64_t frame_of(struct pr *p, const struct pr_value *v, uint64_t *code)
{
	const struct pst_layout *l = p->o.layout;
	int8_t state;
	uint64_t frame;

	if (l->gen_gi_frame != PST_ABSENT) {
		frame = pst_object_ptr(&p->o, v->addr, l->gen_gi_frame);
		*code = pst_object_ptr(&p->o, frame, l->frame_f_code);
		return frame;
	}
	if (l->gen_gi_iframe == PST_ABSENT || l->gen_gi_frame_state == PST_ABSENT ||
	    !pst_object_bytes(&p->o, v->addr + (uint64_t)l->gen_gi_frame_state, &state, 1) ||
	    state > (int8_t)l->gen_state_executing)
		return 0;
	frame = v->addr + (uint64_t)l->gen_gi_iframe;
	*code = pst_object_ptr(&p->o, frame, l->iframe_executable);
	if (l->stackref_ptr_mask > 0)
		*code &= ~(uint64_t)l->stackref_ptr_mask;
	return frame;
}

/* Variables of a generator, coroutine or async generator. */
static void generator_parts(struct gather *g, const struct pr_value *v)
{
	uint64_t code = 0, frame = frame_of(g->p, v, &code);

	g->how = PR_PART_LOCAL;
	if (frame && code)
		pst_frame_each_local(&g->p->o, frame, code, give_pair, g);
}

static void classic_class_parts(struct gather *g, const struct pr_value *v)
{
	give_dict(g, pst_object_ptr(&g->p->o, v->addr, g->p->o.layout->class_cl_dict),
		  PR_PART_ATTR);
}

/* ---- lengths ---- */

static int64_t list_length(struct pr *p, const struct pr_value *v)
{
	struct pst_items items;

	return pst_items_list(&p->o, v->addr, &items) ? (int64_t)items.len : -1;
}

static int64_t tuple_length(struct pr *p, const struct pr_value *v)
{
	struct pst_items items;

	return pst_items_tuple(&p->o, v->addr, &items) ? (int64_t)items.len : -1;
}

static int64_t dict_length(struct pr *p, const struct pr_value *v)
{
	return pst_dict_len(&p->o, v->addr);
}

static int64_t behind_length(struct pr *p, const struct pr_value *v)
{
	uint64_t dict = behind_head(p, v, 0);

	return dict && pst_type_is(&p->o, pst_object_type(&p->o, dict), "dict")
		       ? pst_dict_len(&p->o, dict)
		       : -1;
}

static int64_t field_length(struct pr *p, const struct pr_value *v, int32_t field)
{
	int64_t n;

	return pst_object_ssize(&p->o, v->addr, field, &n) && n >= 0 ? n : -1;
}

static int64_t set_length(struct pr *p, const struct pr_value *v)
{
	return field_length(p, v, p->o.layout->set_used);
}

static int64_t deque_length(struct pr *p, const struct pr_value *v)
{
	return field_length(p, v, p->o.layout->deque_len);
}

static int64_t bytearray_length(struct pr *p, const struct pr_value *v)
{
	return field_length(p, v, p->o.layout->var_ob_size);
}

static int64_t string_length(struct pr *p, const struct pr_value *v)
{
	struct pst_ustr s;

	return pst_ustr_open(&p->o, v->addr, &s) && s.len <= PST_USTR_MAX ? (int64_t)s.len : -1;
}

/* ---- all ---- */

/* By how it is printed, which tells what it is made of. */
static const struct way {
	pr_print *print;
	parts_of *parts;
	length_of *length;
} ways[] = {
	{pr_list, list_parts, list_length},
	{pr_tuple, tuple_parts, tuple_length},
	{pr_dict, dict_parts, dict_length},
	{pr_frozendict, dict_parts, dict_length},
	{pr_defaultdict, dict_parts, dict_length},
	{pr_counter, dict_parts, dict_length},
	{pr_odict, odict_parts, dict_length},
	{pr_odict_python, odict_python_parts, dict_length},
	{pr_set, set_parts, set_length},
	{pr_frozenset, set_parts, set_length},
	{pr_deque, deque_parts, deque_length},
	{pr_dict_view, view_parts, behind_length},
	{pr_mapping_proxy, proxy_parts, behind_length},
	{pr_str, NULL, string_length},
	{pr_bytes, NULL, string_length},
	{pr_bytearray, NULL, bytearray_length},
	{pr_exception, exception_parts, NULL},
	{pr_method, method_parts, NULL},
	{pr_builtin, builtin_parts, NULL},
	{pr_partial, partial_parts, NULL},
	{pr_generator, generator_parts, NULL},
	{pr_classic_class, classic_class_parts, NULL},
};

static const struct way *way_of(const struct pr_value *v)
{
	for (size_t i = 0; v->cls.kind && i < sizeof ways / sizeof *ways; i++)
		if (ways[i].print == v->cls.kind->print)
			return &ways[i];
	return NULL;
}

static bool is_hidden(struct gather *g, uint64_t name)
{
	static const char links[] = "_OrderedDict__";
	struct pst_buf text = {0};
	bool hidden;

	if (pst_ustr_is(&g->p->o, name, "__dict__") || pst_ustr_is(&g->p->o, name, "__weakref__"))
		return true;
	if (!g->hides_links)
		return false;
	pst_object_text(&g->p->o, name, 64, &text);
	hidden = strncmp(pst_buf_text(&text), links, sizeof links - 1) == 0;
	pst_buf_free(&text);
	return hidden;
}

static bool give_attr(void *ctx, uint64_t name, uint64_t value)
{
	struct gather *g = ctx;

	return is_hidden(g, name) ||
	       give(g, &(struct pr_part){.how = PR_PART_ATTR, .key = name, .value = value});
}

void pr_parts_each(struct pr *p, const struct pr_value *v, pr_part_visit *visit, void *ctx)
{
	struct gather g = {.p = p, .visit = visit, .ctx = ctx};
	const struct way *way = way_of(v);

	if (way && way->parts)
		way->parts(&g, v);
	if (!v->cls.kind && strcmp(v->cls.c.name, "cell") == 0)
		give_named(&g, "cell_contents",
			   pst_object_ptr(&p->o, v->addr, p->o.layout->cell_ob_ref));
	if (!g.full)
		pst_instance_each(&p->o, v->addr, SIZE_MAX, give_attr, &g);
}

int64_t pr_length(struct pr *p, const struct pr_value *v)
{
	const struct way *way = way_of(v);

	return way && way->length ? way->length(p, v) : -1;
}
