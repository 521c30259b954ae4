// SPDX-License-Identifier: MIT
#ifndef PST_INTERP_OBJECT_H
#define PST_INTERP_OBJECT_H

/*
 * Words, classes and strings of the target's objects: what the files that read values share.
 * Private to interp/.  A bool result is false when memory cannot be read or makes no sense.
 */

#include "interp/value.h"

/* ---- words (object.c); AT is the object's address, OFF a field of the layout ---- */

bool pst_object_bytes(const struct pst_objects *o, uint64_t at, void *buf, size_t len);
/* False also when the layout has no such field, so that a handler fails softly. */
bool pst_object_u64(const struct pst_objects *o, uint64_t at, int32_t off, uint64_t *out);
bool pst_object_i32(const struct pst_objects *o, uint64_t at, int32_t off, int32_t *out);
/* A Py_ssize_t, sign-extended where it has 4 bytes (up to 2.4). */
bool pst_object_ssize(const struct pst_objects *o, uint64_t at, int32_t off, int64_t *out);
/* A pointer, 0 when unreadable. */
uint64_t pst_object_ptr(const struct pst_objects *o, uint64_t at, int32_t off);

/* ---- classes (types.c) ---- */

struct pst_class {
	uint64_t addr; /* 0: not loaded */
	uint64_t base, dict, meta;
	uint64_t flags; /* tp_flags */
	int64_t basicsize, itemsize, dictoffset;
	bool heap;
	bool python;   /* made by a class statement, as far as one can see */
	char name[80]; /* tp_name: "int", "collections.deque"; a class statement's has no dot */
};

bool pst_class_load(const struct pst_objects *o, uint64_t type, struct pst_class *out);
/* __module__ and __qualname__ (2.x: name) as text of the target, unsanitised, cut to fit. */
void pst_class_module(const struct pst_objects *o, const struct pst_class *cls,
		      struct pst_buf *out);
void pst_class_qualname(const struct pst_objects *o, const struct pst_class *cls,
			struct pst_buf *out);
/* What follows the last dot of tp_name. */
const char *pst_class_short_name(const struct pst_class *cls);
/* True when the class at TYPE, or one of its bases (tp_base), is the static or C type NAME
 * (tp_name). */
bool pst_type_is(const struct pst_objects *o, uint64_t type, const char *name);
/* The attribute NAME of the class at TYPE or of its bases (tp_base); 0 when absent. */
uint64_t pst_type_lookup(const struct pst_objects *o, uint64_t type, const char *name);

#define PST_TYPE_CHAIN_MAX 64 /* bases that are followed */

/* ---- strings (unicode.c) ---- */

struct pst_ustr {
	uint64_t data; /* address of the characters */
	uint64_t len;  /* in units */
	unsigned unit; /* bytes of one: 1, 2, 4 */
	bool bytes;    /* not text: bytes, or str of 2.x */
	bool wide;     /* PST_UNICODE_WIDE: units of 2 bytes are UTF-16 */
};

#define PST_USTR_MAX (UINT64_C(1) << 40) /* a length above is corrupt */

/* The str or unicode at ADDR whose type is known to be one. */
bool pst_ustr_unicode(const struct pst_objects *o, uint64_t addr, struct pst_ustr *out);
bool pst_ustr_bytes(const struct pst_objects *o, uint64_t addr, struct pst_ustr *out);
/* Either, by its type's flags; false for other objects. */
bool pst_ustr_open(const struct pst_objects *o, uint64_t addr, struct pst_ustr *out);
/* Units FROM to FROM + N (within len, N ≤ 256) as code points; UTF-16 is not joined. */
bool pst_ustr_get(const struct pst_objects *o, const struct pst_ustr *s, uint64_t from, size_t n,
		  uint32_t *out);
/* True when the str at ADDR is NAME (ASCII). */
bool pst_ustr_is(const struct pst_objects *o, uint64_t addr, const char *name);

/* ---- dictionaries (dict.c) ---- */

/* What pst_seek_name() looks for: the item whose key is the string NAME (ASCII). */
struct pst_seek {
	const struct pst_objects *o;
	const char *name;
	uint64_t value; /* found, else as it was */
};

/* A pst_dict_visit with a struct pst_seek that ends the walk at that item. */
bool pst_seek_name(void *ctx, uint64_t key, uint64_t value);

/* As pst_dict_each() for the shared keys at KEYS with the values at VALUES of an instance. */
enum pst_err pst_dict_parts_each(const struct pst_objects *o, uint64_t keys, uint64_t values,
				 size_t max, pst_dict_visit *visit, void *ctx);

/* ---- instances (instance.c) ---- */

/* As pst_instance_get(), slots included. */
uint64_t pst_instance_attr(const struct pst_objects *o, uint64_t addr, const char *name);

/* ---- sequences (sequence.c) ---- */

/* Items of a list or tuple (or subclass), whichever its type is: the address of the first and their
 * number. */
struct pst_items {
	uint64_t at;
	uint64_t len;
};

bool pst_items_tuple(const struct pst_objects *o, uint64_t addr, struct pst_items *out);
bool pst_items_list(const struct pst_objects *o, uint64_t addr, struct pst_items *out);
/* The I-th item; 0 when unreadable. */
uint64_t pst_items_get(const struct pst_objects *o, const struct pst_items *items, uint64_t i);

/* ---- frames (locals.c) ---- */

/* Calls VISIT with the name and the value of each variable that is set, until it returns false. */
void pst_frame_each_local(const struct pst_objects *o, uint64_t frame, uint64_t code,
			  pst_dict_visit *visit, void *ctx);
/* Argument number I of a frame up to 3.10, out of its cell; 0: unset, or not such a frame. */
uint64_t pst_frame_arg(const struct pst_objects *o, uint64_t frame, uint64_t code, int64_t i);

/* ---- numbers (number.c) ---- */

struct pst_bigint {
	int sign;    /* -1, 0, 1 */
	uint64_t at; /* address of its digits, least significant first */
	uint64_t ndigits;
};

bool pst_bigint_open(const struct pst_objects *o, uint64_t addr, struct pst_bigint *out);

#endif
