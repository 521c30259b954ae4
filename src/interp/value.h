// SPDX-License-Identifier: MIT
#ifndef PST_INTERP_VALUE_H
#define PST_INTERP_VALUE_H

/*
 * Objects of the target, for interp/ itself: what the walker needs to read names, and what the
 * printer needs to show values.  All functions bound what they read and never trust a length.
 */

#include "interp/interp.h"

/* Context that the readers share: where to read, by which layout. */
struct pst_objects {
	struct pst_target *target;
	const struct pst_layout *layout;
	const struct pst_pyversion *version;
	unsigned flags;	 /* PST_PY_… */
	uint64_t interp; /* PyInterpreterState of the frame shown (static types' dicts, 3.12+); may
			    be 0 */
};

/* ---- strings (unicode.c) ---- */

/* Appends the text of the str (or 2.x str/unicode) at ADDR as UTF-8, unsanitised, at most MAX
 * bytes; surrogates as \udXXX.  FAULT, CORRUPT. */
enum pst_err pst_object_text(const struct pst_objects *o, uint64_t addr, size_t max,
			     struct pst_buf *out);

/* ---- dictionaries (dict.c) ---- */

/*
 * Calls VISIT for each item in order until it returns false.  At most MAX items.  FAULT, CORRUPT;
 * LIMIT: the table was too large to be looked through.
 */
typedef bool pst_dict_visit(void *ctx, uint64_t key, uint64_t value);
enum pst_err pst_dict_each(const struct pst_objects *o, uint64_t dict, size_t max,
			   pst_dict_visit *visit, void *ctx);
/* Number of items, or -1. */
int64_t pst_dict_len(const struct pst_objects *o, uint64_t dict);
/* Value of the item whose key is the string NAME (ASCII); 0 when absent or unreadable. */
uint64_t pst_dict_get(const struct pst_objects *o, uint64_t dict, const char *name);

/* ---- instances (instance.c) ---- */

/* Each attribute of the instance at ADDR: inline values, __dict__, then slots.  Names are str
 * objects. */
enum pst_err pst_instance_each(const struct pst_objects *o, uint64_t addr, size_t max,
			       pst_dict_visit *visit, void *ctx);
/* Value of attribute NAME of the instance at ADDR (inline values or __dict__); 0 when absent. */
uint64_t pst_instance_get(const struct pst_objects *o, uint64_t addr, const char *name);

/* ---- types (types.c) ---- */

/* Address of the type of the object at ADDR; 0 when unreadable. */
uint64_t pst_object_type(const struct pst_objects *o, uint64_t addr);
/* tp_name of TYPE (unsanitised, at most SIZE-1 bytes), "" when unreadable; returns its length. */
size_t pst_type_name(const struct pst_objects *o, uint64_t type, char *out, size_t size);

/* ---- numbers ---- */

/* The int at ADDR when it fits into 64 bits. */
bool pst_object_int64(const struct pst_objects *o, uint64_t addr, int64_t *out);

/* ---- the printer (value.c) ---- */

void pst_object_repr(const struct pst_objects *o, uint64_t addr,
		     const struct pst_value_limits *limits, struct pst_buf *out);

/* ---- variables (locals.c) ---- */

/* As pst_python_locals(), for a frame (PyFrameObject or _PyInterpreterFrame) and its code object.
 */
enum pst_err pst_frame_locals(const struct pst_objects *o, uint64_t frame, uint64_t code,
			      const struct pst_value_limits *limits, struct pst_vars *out);

#endif
