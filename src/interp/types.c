// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/object.h"

#include <string.h>

uint64_t pst_object_type(const struct pst_objects *o, uint64_t addr)
{
	return pst_object_ptr(o, addr, o->layout->object_ob_type);
}

/* A C string of the target, cut to SIZE - 1 bytes; false when its first byte cannot be read. */
static bool read_cstring(const struct pst_objects *o, uint64_t at, char *out, size_t size)
{
	size_t got = 0;

	while (got < size - 1) {
		/* never across a page: what follows may not be mapped */
		size_t page = 4096 - (size_t)((at + got) & 4095);
		size_t n = size - 1 - got < page ? size - 1 - got : page;

		if (!at || !pst_object_bytes(o, at + got, out + got, n))
			break;
		char *end = memchr(out + got, '\0', n);
		if (end)
			return true;
		got += n;
	}
	out[got] = '\0';
	return got > 0;
}

size_t pst_type_name(const struct pst_objects *o, uint64_t type, char *out, size_t size)
{
	uint64_t name = pst_object_ptr(o, type, o->layout->type_tp_name);

	if (!size)
		return 0;
	if (!name || !read_cstring(o, name, out, size))
		out[0] = '\0';
	return strlen(out);
}

bool pst_class_load(const struct pst_objects *o, uint64_t type, struct pst_class *out)
{
	const struct pst_layout *l = o->layout;

	*out = (struct pst_class){.addr = type};
	out->meta = pst_object_type(o, type);
	if (!type || !out->meta || !pst_object_u64(o, type, l->type_tp_flags, &out->flags) ||
	    !pst_type_name(o, type, out->name, sizeof out->name))
		return false;
	if (l->type_has_subclass_flags != 1)
		out->flags &= 0xffff;
	pst_object_ssize(o, type, l->type_tp_basicsize, &out->basicsize);
	pst_object_ssize(o, type, l->type_tp_itemsize, &out->itemsize);
	pst_object_ssize(o, type, l->type_tp_dictoffset, &out->dictoffset);
	out->base = pst_object_ptr(o, type, l->type_tp_base);
	out->dict = pst_object_ptr(o, type, l->type_tp_dict);
	out->heap = (out->flags & PST_TPFLAGS_HEAPTYPE) != 0;
	/* PyType_FromSpec() keeps the dotted name, a class statement never has one */
	out->python = out->heap && !strchr(out->name, '.');
	return true;
}

const char *pst_class_short_name(const struct pst_class *cls)
{
	const char *dot = strrchr(cls->name, '.');

	return dot ? dot + 1 : cls->name;
}

void pst_class_module(const struct pst_objects *o, const struct pst_class *cls, struct pst_buf *out)
{
	const char *dot = strrchr(cls->name, '.');

	if (cls->heap) {
		uint64_t module = pst_dict_get(o, cls->dict, "__module__");

		if (module && pst_object_text(o, module, 200, out) == PST_OK)
			return;
	}
	if (dot)
		pst_buf_add(out, cls->name, (size_t)(dot - cls->name));
	else if (!cls->heap)
		pst_buf_adds(out, o->version->major >= 3 ? "builtins" : "__builtin__");
}

void pst_class_qualname(const struct pst_objects *o, const struct pst_class *cls,
			struct pst_buf *out)
{
	const struct pst_layout *l = o->layout;

	if (cls->heap) {
		uint64_t name = pst_object_ptr(o, cls->addr, l->heaptype_ht_qualname);

		if (!name)
			name = pst_object_ptr(o, cls->addr, l->heaptype_ht_name);
		if (name && pst_object_text(o, name, 200, out) == PST_OK)
			return;
	}
	pst_buf_adds(out, pst_class_short_name(cls));
}

bool pst_type_is(const struct pst_objects *o, uint64_t type, const char *name)
{
	char got[80];

	for (int i = 0; type && i < PST_TYPE_CHAIN_MAX; i++) {
		uint64_t flags;

		if (!pst_object_u64(o, type, o->layout->type_tp_flags, &flags))
			return false;
		/* a user's class of that name is no match */
		if (!(flags & PST_TPFLAGS_HEAPTYPE) || strchr(name, '.')) {
			pst_type_name(o, type, got, sizeof got);
			if (strcmp(got, name) == 0)
				return true;
		}
		type = pst_object_ptr(o, type, o->layout->type_tp_base);
	}
	return false;
}

uint64_t pst_type_lookup(const struct pst_objects *o, uint64_t type, const char *name)
{
	for (int i = 0; type && i < PST_TYPE_CHAIN_MAX; i++) {
		uint64_t dict = pst_object_ptr(o, type, o->layout->type_tp_dict);
		uint64_t value = dict ? pst_dict_get(o, dict, name) : 0;

		if (value)
			return value;
		type = pst_object_ptr(o, type, o->layout->type_tp_base);
	}
	return 0;
}
