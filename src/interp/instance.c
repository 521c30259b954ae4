// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/object.h"

#include <stdlib.h>
#include <string.h>

#define ATTRS_MAX 65536

/* What an instance keeps its attributes in: a dict, or shared keys with values. */
struct store {
	uint64_t dict;
	uint64_t keys, values;
};

static bool has_flag(const struct pst_class *cls, int32_t bit)
{
	return bit != PST_ABSENT && (cls->flags >> bit & 1);
}

/* 3.13+: values behind the object's fixed part, while they are valid (pycore_object.h). */
static void find_inline(const struct pst_objects *o, uint64_t addr, const struct pst_class *cls,
			struct store *out)
{
	const struct pst_layout *l = o->layout;
	uint64_t values = addr + (uint64_t)cls->basicsize;
	uint8_t valid;

	out->dict = pst_object_ptr(o, addr - (uint64_t)l->managed_dict_before, 0);
	if (out->dict || !has_flag(cls, l->type_flag_inline_values))
		return;
	if (!pst_object_bytes(o, values + (uint64_t)l->dictvalues_valid, &valid, 1) || !valid)
		return;
	out->values = values;
}

static void find_managed(const struct pst_objects *o, uint64_t addr, const struct pst_class *cls,
			 struct store *out)
{
	const struct pst_layout *l = o->layout;
	uint64_t word;

	switch (l->managed_dict_family) {
	case PST_MANAGED_TWO_WORDS:
		out->dict = pst_object_ptr(o, addr - (uint64_t)l->managed_dict_before, 0);
		if (!out->dict)
			out->values =
				pst_object_ptr(o, addr - (uint64_t)l->managed_values_before, 0);
		break;
	case PST_MANAGED_TAGGED:
		word = pst_object_ptr(o, addr - (uint64_t)l->managed_dict_before, 0);
		if (word & 1)
			out->values =
				word + 1; /* stored as pointer - 1: _PyDictOrValues_SetValues() */
		else
			out->dict = word;
		break;
	case PST_MANAGED_INLINE:
		find_inline(o, addr, cls, out);
		break;
	default:
		break;
	}
	if (out->values)
		out->keys = pst_object_ptr(o, cls->addr, l->heaptype_ht_cached_keys);
}

/* _PyObject_GetDictPtr(): a negative offset counts from the end of the object. */
static uint64_t dict_by_offset(const struct pst_objects *o, uint64_t addr,
			       const struct pst_class *cls)
{
	int64_t off = cls->dictoffset, n = 0;
	uint64_t size;

	if (off > 0)
		return off < (1 << 20) ? pst_object_ptr(o, addr + (uint64_t)off, 0) : 0;
	if (off == 0 || off < -(1 << 20) || cls->itemsize < 0 || cls->itemsize > (1 << 20) ||
	    !pst_object_ssize(o, addr, o->layout->var_ob_size, &n))
		return 0;
	size = (uint64_t)cls->basicsize +
	       (n < 0 ? -(uint64_t)n : (uint64_t)n) * (uint64_t)cls->itemsize;
	return pst_object_ptr(o, addr + ((size + 7) & ~UINT64_C(7)) + (uint64_t)off, 0);
}

/* 2.x: instances of classic classes (Include/classobject.h). */
static bool find_classic(const struct pst_objects *o, uint64_t addr, const struct pst_class *cls,
			 struct store *out)
{
	if (o->version->major >= 3 || cls->heap || !pst_type_is(o, cls->addr, "instance"))
		return false;
	out->dict = pst_object_ptr(o, addr, o->layout->instance_in_dict);
	return true;
}

static struct store find_store(const struct pst_objects *o, uint64_t addr,
			       const struct pst_class *cls)
{
	struct store s = {0};

	if (find_classic(o, addr, cls, &s))
		return s;
	if (has_flag(cls, o->layout->type_flag_managed_dict))
		find_managed(o, addr, cls, &s);
	else
		s.dict = dict_by_offset(o, addr, cls);
	return s;
}

#define SLOTS_MAX 128 /* of one class */

struct slot {
	uint64_t name, off;
};

struct slots {
	const struct pst_objects *o;
	struct slot at[SLOTS_MAX];
	size_t len;
};

#define T_OBJECT    6  /* Include/structmember.h; 3.12+: _Py_T_OBJECT */
#define T_OBJECT_EX 16 /* 3.12+: Py_T_OBJECT_EX */

/* An item of a class's dict: keeps it when it is the descriptor of a slot. */
static bool visit_slot(void *ctx, uint64_t key, uint64_t descr)
{
	struct slots *s = ctx;
	const struct pst_layout *l = s->o->layout;
	uint64_t def, off;
	char name[24];
	int32_t type;

	pst_type_name(s->o, pst_object_type(s->o, descr), name, sizeof name);
	if (strcmp(name, "member_descriptor") != 0)
		return true;
	def = pst_object_ptr(s->o, descr, l->memberdescr_d_member);
	if (!pst_object_i32(s->o, def, l->memberdef_type, &type) ||
	    (type != T_OBJECT_EX && type != T_OBJECT) ||
	    !pst_object_u64(s->o, def, l->memberdef_offset, &off) || off > (1 << 20))
		return true;
	s->at[s->len++] = (struct slot){.name = key, .off = off};
	return s->len < SLOTS_MAX;
}

static int by_offset(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	return x->off < y->off ? -1 : x->off > y->off;
}

/* The slots that the class at TYPE defines, in the order of the instance. */
static void find_slots(const struct pst_objects *o, uint64_t type, struct slots *out)
{
	out->o = o;
	out->len = 0;
	pst_dict_each(o, pst_object_ptr(o, type, o->layout->type_tp_dict), ATTRS_MAX, visit_slot,
		      out);
	qsort(out->at, out->len, sizeof *out->at, by_offset);
}

/* The classes from TYPE up that have slots; how many. */
static size_t classes_with_slots(const struct pst_objects *o, uint64_t type, uint64_t *chain)
{
	const struct pst_layout *l = o->layout;
	uint64_t flags;
	size_t n = 0;

	for (int i = 0; type && i < PST_TYPE_CHAIN_MAX; i++) {
		if (!pst_object_u64(o, type, l->type_tp_flags, &flags) ||
		    !(flags & PST_TPFLAGS_HEAPTYPE))
			break;
		if (pst_object_ptr(o, type, l->heaptype_ht_slots))
			chain[n++] = type;
		type = pst_object_ptr(o, type, l->type_tp_base);
	}
	return n;
}

/* The slots of CLS and its bases, those of the most basic class first. */
static void each_slot(const struct pst_objects *o, uint64_t addr, const struct pst_class *cls,
		      size_t max, pst_dict_visit *visit, void *ctx)
{
	uint64_t chain[PST_TYPE_CHAIN_MAX];
	size_t n = classes_with_slots(o, cls->addr, chain), seen = 0;
	struct slots slots;

	while (n-- > 0) {
		find_slots(o, chain[n], &slots);
		for (size_t i = 0; i < slots.len; i++) {
			uint64_t value = pst_object_ptr(o, addr + slots.at[i].off, 0);

			if (value && (seen++ >= max || !visit(ctx, slots.at[i].name, value)))
				return;
		}
	}
}

enum pst_err pst_instance_each(const struct pst_objects *o, uint64_t addr, size_t max,
			       pst_dict_visit *visit, void *ctx)
{
	enum pst_err err = PST_OK;
	struct pst_class cls;
	struct store s;

	if (!pst_class_load(o, pst_object_type(o, addr), &cls))
		return PST_CORRUPT;
	s = find_store(o, addr, &cls);
	if (s.dict)
		err = pst_dict_each(o, s.dict, max, visit, ctx);
	else if (s.values)
		err = pst_dict_parts_each(o, s.keys, s.values, max, visit, ctx);
	if (cls.heap)
		each_slot(o, addr, &cls, max, visit, ctx);
	return err;
}

uint64_t pst_instance_get(const struct pst_objects *o, uint64_t addr, const char *name)
{
	struct pst_seek seek = {.o = o, .name = name};
	struct pst_class cls;
	struct store s;

	if (!pst_class_load(o, pst_object_type(o, addr), &cls))
		return 0;
	s = find_store(o, addr, &cls);
	if (s.dict)
		pst_dict_each(o, s.dict, ATTRS_MAX, pst_seek_name, &seek);
	else if (s.values)
		pst_dict_parts_each(o, s.keys, s.values, ATTRS_MAX, pst_seek_name, &seek);
	return seek.value;
}

uint64_t pst_instance_attr(const struct pst_objects *o, uint64_t addr, const char *name)
{
	struct pst_seek seek = {.o = o, .name = name};

	pst_instance_each(o, addr, ATTRS_MAX, pst_seek_name, &seek);
	return seek.value;
}
