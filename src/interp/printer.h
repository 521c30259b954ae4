// SPDX-License-Identifier: MIT
#ifndef PST_INTERP_PRINTER_H
#define PST_INTERP_PRINTER_H

/*
 * The value printer, for the files value*.c alone.  What it writes is raw text of the target; the
 * whole of it is sanitised at the end.  No function fails: what cannot be read prints as "?".
 */

#include "interp/object.h"

/* ---- memory as it was at the first read, and a budget (value_cache.c) ---- */

#define PR_READS       20000  /* reads of the target for one value */
#define PR_READS_TOTAL 400000 /* for all variables of a frame */

struct pr_cache;
struct pr_cache *pr_cache_new(struct pst_target *inner);
void pr_cache_free(struct pr_cache *cache);
struct pst_target *pr_cache_target(struct pr_cache *cache);
/* A new value begins. */
void pr_cache_refill(struct pr_cache *cache);
/* A new frame begins; FORGET: and the target may have changed.  UNTIL_NS as in the limits. */
void pr_cache_begin(struct pr_cache *cache, bool forget, uint64_t until_ns);
/* Time is up: nothing is read any more. */
bool pr_cache_expired(struct pr_cache *cache);

/* ---- the printer (value.c) ---- */

#define PR_OPEN_MAX 64 /* containers within each other */
#define PR_CLASSES  32 /* classes remembered */

struct pr;
struct pr_kind;

struct pr_class {
	struct pst_class c;
	const struct pr_kind *kind; /* of the first base that has one; NULL: a plain instance */
	uint64_t of;		    /* that base */
	int64_t of_size;	    /* its tp_basicsize */
	bool is_enum;
};

struct pr_value {
	uint64_t addr;
	struct pr_class cls;
};

typedef void pr_print(struct pr *p, const struct pr_value *v);

enum {
	PR_EXACT = 1, /* subclasses do not inherit it */
	PR_OWN = 2,   /* prints the name of a subclass itself; else Class(...) is put around */
};

struct pr_kind {
	const char *name; /* tp_name */
	pr_print *print;
	unsigned flags;
	const char *module; /* a class statement's: its __module__; NULL: static or C type */
};

struct pr {
	struct pst_objects o; /* its target is the cache */
	const struct pst_value_limits *limits;
	struct pst_buf *out;
	size_t start; /* of the value in out */
	unsigned nest;
	bool escape_single; /* ' too, inside " */
	unsigned depth;
	uint64_t open[PR_OPEN_MAX];
	unsigned next_class;
	struct pr_class classes[PR_CLASSES];
};

struct pr *pr_new(const struct pst_objects *o, struct pr_cache *cache,
		  const struct pst_value_limits *limits, struct pst_buf *out);
void pr_free(struct pr *p);
/* A new frame begins; FORGET as in pr_cache_begin(). */
void pr_begin(struct pr *p, const struct pst_value_limits *limits, bool forget);
/* One value from the beginning, sanitised, onto OUT. */
void pr_whole(struct pr *p, uint64_t addr, struct pst_buf *out);

/* The repr of the object at ADDR; "?" for 0. */
void pr_object(struct pr *p, uint64_t addr);
bool pr_classify(struct pr *p, uint64_t type, struct pr_class *out);
/* True for MAJOR.MINOR and later. */
bool pr_since(const struct pr *p, unsigned major, unsigned minor);
/* True when nothing more will be seen of what is printed. */
bool pr_full(const struct pr *p);
void pr_puts(struct pr *p, const char *s);
void pr_putf(struct pr *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The text of the str at ADDR without quotes; false, and nothing printed, for other objects. */
bool pr_text(struct pr *p, uint64_t addr);
/* "Class" as repr() of most classes has it, and "module.Class". */
void pr_short_name(struct pr *p, const struct pr_class *cls);
void pr_qualname(struct pr *p, const struct pr_class *cls);
void pr_full_name(struct pr *p, const struct pr_class *cls);
/* "<module.Class at 0x…>" */
void pr_unknown(struct pr *p, const struct pr_value *v);

/* Opens a container; false, with CYCLE printed, when it is open already or too deep. */
bool pr_enter(struct pr *p, uint64_t addr, const char *cycle);
void pr_leave(struct pr *p);
/* Before item number N: the comma; false, with "..." printed, when that is one too many. */
bool pr_item(struct pr *p, size_t n);
/* Item *N, which it counts up, as NAME=VALUE (both objects); false as pr_item(). */
bool pr_keyword(struct pr *p, size_t *n, uint64_t name, uint64_t value);
/* Items of a list or tuple with commas. */
void pr_items(struct pr *p, const struct pst_items *items);
/* Items of the dict at DICT as "key: value". */
void pr_pairs(struct pr *p, uint64_t dict);
/* The attribute NAME of V: slots too, else inline values and __dict__. */
uint64_t pr_attr(struct pr *p, const struct pr_value *v, const char *name);

/* value_text.c */
pr_print pr_str, pr_bytes, pr_bytearray;
void pr_quoted(struct pr *p, const struct pst_ustr *s);
/* S (UTF-8) in quotes. */
void pr_quoted_utf8(struct pr *p, const char *s, size_t n);

/* value_number.c */
pr_print pr_int, pr_long, pr_bool, pr_float, pr_complex;
void pr_int_at(struct pr *p, uint64_t addr, bool suffix);
/* Shortest text that gives V back; DOT: with ".0" when it looks like an int. */
void pr_double(struct pr *p, double v, bool dot);
void pr_single(struct pr *p, float v, bool dot);
void pr_complex_parts(struct pr *p, double re, double im);

/* ---- one printer for many values (printer.c) ---- */

struct pst_printer {
	struct pr_cache *cache;
	struct pr *p;
	struct pst_buf raw;
	unsigned generation; /* of the look that it remembers */
};

struct pst_printer *pst_printer_new(const struct pst_objects *o);
/* PY's own, for what follows now. */
struct pst_printer *pst_printer_begin(struct pst_python *py, const struct pst_value_limits *limits);

/* ---- parts of a value (value_parts.c) ---- */

enum pr_part_how {
	PR_PART_ITEM,	 /* [key] */
	PR_PART_INDEX,	 /* [number] */
	PR_PART_ATTR,	 /* .name, a str */
	PR_PART_NAMED,	 /* .name, ours */
	PR_PART_ELEMENT, /* {element} */
	PR_PART_LOCAL,	 /* name, a str, of a variable */
};

struct pr_part {
	enum pr_part_how how;
	uint64_t key; /* an object */
	uint64_t number;
	const char *name;
	uint64_t value; /* the object; 0: unreadable */
};

typedef bool pr_part_visit(void *ctx, const struct pr_part *part);
/* Calls VISIT for each part of V, until it returns false. */
void pr_parts_each(struct pr *p, const struct pr_value *v, pr_part_visit *visit, void *ctx);
/* Number of items, or of characters; -1: has none, or unreadable. */
int64_t pr_length(struct pr *p, const struct pr_value *v);

/* Elements of a set (as key and as value), items of a deque (key 0).  CORRUPT, FAULT. */
enum pst_err pr_set_each(struct pr *p, uint64_t set, pst_dict_visit *visit, void *ctx);
enum pst_err pr_deque_each(struct pr *p, uint64_t deque, pst_dict_visit *visit, void *ctx);
/* The _fields of a subclass of tuple, if it has as many as ITEMS. */
bool pr_tuple_fields(struct pr *p, const struct pr_value *v, const struct pst_items *items,
		     struct pst_items *out);
/* Items of an OrderedDict in its own order; the second false: V is not what it looks like. */
void pr_odict_each(struct pr *p, const struct pr_value *v, size_t max, pst_dict_visit *visit,
		   void *ctx);
bool pr_odict_python_each(struct pr *p, const struct pr_value *v, pst_dict_visit *visit, void *ctx);

/* value_container.c */
pr_print pr_list, pr_tuple, pr_dict, pr_set, pr_frozenset, pr_range, pr_xrange, pr_slice, pr_deque;
pr_print pr_dict_view, pr_mapping_proxy, pr_frozendict;

/* value_mapping.c */
pr_print pr_defaultdict, pr_counter, pr_odict, pr_odict_python;

/* value_time.c */
pr_print pr_date, pr_time, pr_datetime, pr_delta, pr_timezone;

/* value_library.c */
pr_print pr_decimal, pr_decimal_python, pr_fraction, pr_uuid, pr_path, pr_namespace, pr_pattern;

/* value_numpy.c */
pr_print pr_numpy_scalar, pr_numpy_array, pr_numpy_dtype;

/* value_code.c */
pr_print pr_type, pr_classic_class, pr_function, pr_builtin, pr_method, pr_module, pr_generator;
pr_print pr_descriptor, pr_code, pr_partial;

/* value_instance.c */
pr_print pr_exception, pr_instance, pr_enum;

/* value_kinds.c */
const struct pr_kind *pr_kind_find(struct pr *p, const struct pst_class *cls);

#endif
