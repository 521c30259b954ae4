// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/object.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/alloc.h"
#include "base/text.h"
#include "interp/priv.h"

/*
 * Before 3.11 a code object does not know its qualified name.  A method is found through its first
 * argument: a class of its MRO has a function of that name with this very code.
 */

#define TRIES_MAX   4  /* frames of one code object that are looked at without success */
#define WRAPPED_MAX 8  /* functools.wraps() around each other */
#define CLASSIC_MAX 64 /* classic classes looked through */

struct known {
	UT_hash_handle hh;
	uint32_t code; /* id */
	unsigned tries;
	const char *name; /* interned; NULL: not found */
};

struct pst_qualnames {
	struct known *head;
};

struct search {
	const struct pst_objects *o;
	uint64_t code;
	const char *name;
	uint64_t func;	       /* found: the function */
	struct pst_buf *owner; /* and the name of its class */
};

static bool is_type_named(const struct pst_objects *o, uint64_t addr, const char *name)
{
	char got[24];

	pst_type_name(o, pst_object_type(o, addr), got, sizeof got);
	return strcmp(got, name) == 0;
}

/* FUNC, or what it wraps, runs the code. */
static uint64_t match_function(const struct search *s, uint64_t func)
{
	const struct pst_layout *l = s->o->layout;

	for (int i = 0; func && i < WRAPPED_MAX; i++) {
		uint64_t dict;

		if (!is_type_named(s->o, func, "function"))
			return 0;
		if (pst_object_ptr(s->o, func, l->func_code) == s->code)
			return func;
		dict = pst_object_ptr(s->o, func, l->func_dict);
		func = dict ? pst_dict_get(s->o, dict, "__wrapped__") : 0;
	}
	return 0;
}

/* VALUE of a class's dict: a function, or a descriptor around functions (funcobject.c,
 * descrobject.c). */
static uint64_t match_value(const struct search *s, uint64_t value)
{
	int32_t head = s->o->layout->object_size;
	uint64_t func = match_function(s, value);

	if (func || !value)
		return func;
	if (is_type_named(s->o, value, "staticmethod") || is_type_named(s->o, value, "classmethod"))
		return match_function(s, pst_object_ptr(s->o, value, head));
	for (int i = 0; i < 3 && !func && is_type_named(s->o, value, "property"); i++)
		func = match_function(s, pst_object_ptr(s->o, value, head + 8 * i));
	return func;
}

/* The dict of a class that is called CLASS; private names are mangled in it. */
static bool search_dict(struct search *s, uint64_t dict, const char *class)
{
	size_t n = strlen(s->name);

	if (!dict)
		return false;
	s->func = match_value(s, pst_dict_get(s->o, dict, s->name));
	if (!s->func && n > 2 && strncmp(s->name, "__", 2) == 0 &&
	    strcmp(s->name + n - 2, "__") != 0) {
		char *mangled = pst_asprintf("_%s%s", class + strspn(class, "_"), s->name);

		s->func = match_value(s, pst_dict_get(s->o, dict, mangled));
		free(mangled);
	}
	return s->func != 0;
}

static bool search_class(struct search *s, uint64_t type)
{
	struct pst_class cls;

	if (!pst_class_load(s->o, type, &cls) || !cls.heap ||
	    !search_dict(s, cls.dict, pst_class_short_name(&cls)))
		return false;
	pst_class_qualname(s->o, &cls, s->owner);
	return true;
}

static bool search_mro(struct search *s, uint64_t type)
{
	uint64_t mro = pst_object_ptr(s->o, type, s->o->layout->type_tp_mro);
	struct pst_items items;

	if (!mro || !is_type_named(s->o, mro, "tuple") || !pst_items_tuple(s->o, mro, &items))
		return false;
	for (uint64_t i = 0; i < items.len && i < PST_TYPE_CHAIN_MAX; i++) {
		if (search_class(s, pst_items_get(s->o, &items, i)))
			return true;
	}
	return false;
}

/* 2.x: the class and its bases, the left ones first; *LEFT bounds a hostile graph. */
static bool search_classic(struct search *s, uint64_t cls, int *left)
{
	const struct pst_layout *l = s->o->layout;
	uint64_t bases = pst_object_ptr(s->o, cls, l->class_cl_bases);
	struct pst_buf name = {0};
	struct pst_items items;
	bool found;

	if (--*left < 0 || !is_type_named(s->o, cls, "classobj"))
		return false;
	pst_object_text(s->o, pst_object_ptr(s->o, cls, l->class_cl_name), 200, &name);
	found = search_dict(s, pst_object_ptr(s->o, cls, l->class_cl_dict), pst_buf_text(&name));
	if (found)
		pst_buf_adds(s->owner, pst_buf_text(&name));
	pst_buf_free(&name);
	if (found || !bases || !is_type_named(s->o, bases, "tuple") ||
	    !pst_items_tuple(s->o, bases, &items))
		return found;
	for (uint64_t i = 0; i < items.len && i < CLASSIC_MAX && !found; i++)
		found = search_classic(s, pst_items_get(s->o, &items, i), left);
	return found;
}

/* ARG is self or cls. */
static bool search_arg(struct search *s, uint64_t arg)
{
	uint64_t type = pst_object_type(s->o, arg);
	int left = CLASSIC_MAX;
	struct pst_class cls;

	if (!pst_class_load(s->o, type, &cls))
		return false;
	if (s->o->version->major < 3 && strcmp(cls.name, "instance") == 0)
		return search_classic(s, pst_object_ptr(s->o, arg, s->o->layout->instance_in_class),
				      &left);
	if (s->o->version->major < 3 && strcmp(cls.name, "classobj") == 0)
		return search_classic(s, arg, &left);
	if (pst_type_is(s->o, type, "type") && search_mro(s, arg))
		return true;
	return search_mro(s, type);
}

/* The class's name is as the target has it, that of the code object is harmless already. */
static const char *intern_pair(struct pst_python *py, const struct pst_buf *owner, const char *name)
{
	struct pst_buf text = {0};
	const char *kept;

	pst_text_sanitise(&text, pst_buf_text(owner), owner->len, PST_NAME_MAX);
	pst_buf_adds(&text, ".");
	pst_buf_adds(&text, name);
	kept = pst_intern(py, pst_buf_text(&text), text.len);
	pst_buf_free(&text);
	return kept;
}

static const char *find(struct pst_python *py, const struct pst_pyframe *frame,
			const struct pst_code *code)
{
	struct pst_buf owner = {0};
	struct search s = {
		.o = &py->objects, .code = code->addr, .name = code->name, .owner = &owner};
	const struct pst_layout *l = &py->layout;
	const char *name = NULL;
	uint64_t text = 0, gen = pst_object_ptr(s.o, frame->addr, l->frame_f_gen);

	if (gen)
		text = pst_object_ptr(s.o, gen, l->gen_gi_qualname);
	if (text)
		return pst_intern_object(py, text);
	if (code->argcount > 0 && search_arg(&s, pst_frame_arg(s.o, frame->addr, code->addr, 0))) {
		text = pst_object_ptr(s.o, s.func, l->func_qualname);
		name = text ? pst_intern_object(py, text) : NULL;
		if (!name)
			name = intern_pair(py, &owner, code->name);
	}
	pst_buf_free(&owner);
	return name;
}

static struct known *known_of(struct pst_python *py, uint32_t code)
{
	struct known *k;

	if (!py->qualnames)
		py->qualnames = pst_calloc(1, sizeof *py->qualnames);
	HASH_FIND(hh, py->qualnames->head, &code, sizeof code, k);
	if (!k) {
		k = pst_calloc(1, sizeof *k);
		k->code = code;
		HASH_ADD(hh, py->qualnames->head, code, sizeof k->code, k);
	}
	return k;
}

const char *pst_python_qualname(struct pst_python *py, const struct pst_pyframe *frame,
				const struct pst_code *code)
{
	struct known *k;

	if (code->qualname)
		return code->qualname;
	k = known_of(py, code->id);
	if (!k->name && k->tries < TRIES_MAX) {
		k->tries++;
		k->name = find(py, frame, code);
	}
	return k->name ? k->name : code->name;
}

void pst_qualnames_free(struct pst_qualnames *names)
{
	struct known *k, *next;

	if (!names)
		return;
	HASH_ITER(hh, names->head, k, next)
	{
		HASH_DEL(names->head, k);
		free(k);
	}
	free(names);
}
