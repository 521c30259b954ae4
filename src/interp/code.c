// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>
#include <utlist.h>

#include "base/alloc.h"

#define LINES_MAX (UINT64_C(4) << 20) /* bytes of a line table that are read at most */
#define HEAD_MAX  512		      /* bytes of a code object's head that are read at most */
#define VARS_MAX  (1 << 20)

/* What makes two code objects the same for whoever looks at names and lines. */
struct likeness {
	const char *name, *qualname, *filename; /* interned */
	int64_t units;
	int32_t first_line, argcount, flags, pad;
};

struct pst_code_entry {
	UT_hash_handle hh;     /* in by_addr */
	UT_hash_handle hh_old; /* in retired, by likeness */
	struct pst_code code;
	struct pst_code_identity identity;
	struct likeness likeness;
	bool has_text;
	unsigned learned;	      /* generation of the look that it is among the learned of */
	bool text_learned, came_back; /* in that look */
	uint64_t words[PST_PATTERN_WORDS]; /* the pattern's, when it was verified */
	unsigned verified; /* generation of the look that compared the identity last */
	bool lines_read;
	uint8_t *lines;
	size_t lines_len;
	int32_t memo_lasti;
	bool memo;
	struct pst_position position;
	struct pst_code_entry *prev, *next; /* in all */
};

struct pst_codes {
	struct pst_code_entry *by_addr;
	struct pst_code_entry *retired; /* their address holds something else now */
	struct pst_code_entry *all;
	uint32_t last_id;
	uint64_t epoch;
	PST_VEC(struct pst_code_entry *) learned; /* text or lines, in one look */
	unsigned learned_in;			  /* its generation */
	struct pst_pattern pattern;		  /* of what makes up the identity */
};

static _Atomic uint64_t last_epoch; /* of all processes that are looked at */

static void make_pattern(const struct pst_layout *l, struct pst_pattern *p)
{
	const int32_t pointers[] = {l->object_ob_type, l->code_name, l->code_qualname,
				    l->code_filename, l->code_lines};
	const int32_t counts[] = {l->code_firstlineno, l->code_argcount, l->code_flags,
				  l->code_firsttraceable};

	for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++)
		pst_pattern_add(p, pointers[i], 8, true);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		pst_pattern_add(p, counts[i], 4, true);
	if (l->code_bytecode >= 0)
		pst_pattern_add(p, l->var_ob_size, 8, true);
}

static struct pst_codes *codes_of(struct pst_python *py)
{
	if (!py->codes) {
		py->codes = pst_calloc(1, sizeof *py->codes);
		py->codes->epoch = ++last_epoch;
		make_pattern(&py->layout, &py->codes->pattern);
	}
	return py->codes;
}

uint64_t pst_codes_epoch(struct pst_python *py)
{
	return codes_of(py)->epoch;
}

/* Bytes of the head that hold all fields of interest. */
static size_t head_size(const struct pst_layout *l)
{
	const int32_t fields[] = {
		l->object_ob_type,	l->var_ob_size,		l->code_name,
		l->code_qualname,	l->code_filename,	l->code_firstlineno,
		l->code_lines,		l->code_argcount,	l->code_posonlyargcount,
		l->code_kwonlyargcount, l->code_flags,		l->code_nlocals,
		l->code_nlocalsplus,	l->code_firsttraceable, l->code_cellvars,
		l->code_freevars};
	size_t size = 0;

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		if (fields[i] >= 0 && (size_t)fields[i] + 8 > size)
			size = (size_t)fields[i] + 8;
	}
	return size <= HEAD_MAX ? size : HEAD_MAX;
}

/* All counts are int; one that this version lacks is 0. */
static int32_t count_of(const uint8_t *head, size_t len, int32_t off)
{
	int32_t n = off < 0 ? 0 : pst_field_i32(head, len, off);

	return n < 0 || n > VARS_MAX ? 0 : n;
}

/* A code object is one whose type is called "code"; the type's address is learned once. */
static enum pst_err check_type(struct pst_python *py, uint64_t type)
{
	char name[8];

	if (type && type == py->code_type)
		return PST_OK;
	if (py->code_type || !pst_plausible(type))
		return PST_CORRUPT;
	pst_type_name(&py->objects, type, name, sizeof name);
	if (strcmp(name, "code") != 0)
		return PST_CORRUPT;
	py->code_type = type;
	return PST_OK;
}

static enum pst_err read_head(struct pst_python *py, uint64_t addr, uint8_t *head, size_t size,
			      struct pst_code_identity *id)
{
	const struct pst_layout *l = &py->layout;
	enum pst_err err;

	if (!pst_plausible(addr))
		return PST_CORRUPT;
	err = pst_look_read(&py->look, addr, head, size);
	if (!err)
		err = check_type(py, pst_field_u64(head, size, l->object_ob_type));
	if (err)
		return err;
	*id = (struct pst_code_identity){
		.name = pst_field_u64(head, size, l->code_name),
		.qualname = pst_field_u64(head, size, l->code_qualname),
		.filename = pst_field_u64(head, size, l->code_filename),
		.lines = pst_field_u64(head, size, l->code_lines),
		.first_line = pst_field_i32(head, size, l->code_firstlineno),
		.argcount = count_of(head, size, l->code_argcount),
		.flags = pst_field_i32(head, size, l->code_flags),
		.firsttraceable = count_of(head, size, l->code_firsttraceable),
		/* variable-size object whose items are the instructions */
		.units = l->code_bytecode >= 0 ? (int64_t)pst_field_u64(head, size, l->var_ob_size)
					       : -1,
	};
	return pst_plausible(id->name) && pst_plausible(id->filename) ? PST_OK : PST_CORRUPT;
}

static bool same_identity(const struct pst_code_identity *a, const struct pst_code_identity *b)
{
	return a->name == b->name && a->qualname == b->qualname && a->filename == b->filename &&
	       a->lines == b->lines && a->first_line == b->first_line &&
	       a->argcount == b->argcount && a->flags == b->flags &&
	       a->firsttraceable == b->firsttraceable && a->units == b->units;
}

static int32_t tuple_len(struct pst_python *py, uint64_t tuple)
{
	uint64_t n;

	if (!pst_plausible(tuple) ||
	    pst_look_ptr(&py->look, tuple + (uint64_t)py->layout.var_ob_size, &n) || n > VARS_MAX)
		return 0;
	return (int32_t)n;
}

static void fill_counts(struct pst_python *py, const uint8_t *head, size_t size,
			struct pst_code *code)
{
	const struct pst_layout *l = &py->layout;

	code->argcount = count_of(head, size, l->code_argcount);
	code->posonly = count_of(head, size, l->code_posonlyargcount);
	code->kwonly = count_of(head, size, l->code_kwonlyargcount);
	code->flags = (uint32_t)pst_field_i32(head, size, l->code_flags);
	code->nlocals = count_of(head, size, l->code_nlocals);
	if (l->code_nlocalsplus >= 0)
		code->nlocalsplus = count_of(head, size, l->code_nlocalsplus);
	else
		code->nlocalsplus = code->nlocals +
				    tuple_len(py, pst_field_u64(head, size, l->code_cellvars)) +
				    tuple_len(py, pst_field_u64(head, size, l->code_freevars));
}

static void drop_lines(struct pst_code_entry *e)
{
	free(e->lines);
	e->lines = NULL;
	e->lines_len = 0;
	e->lines_read = false;
	e->memo = false;
}

static void retire(struct pst_codes *codes, struct pst_code_entry *e)
{
	codes->epoch = ++last_epoch;
	HASH_DELETE(hh, codes->by_addr, e);
	if (!e->has_text) { /* nobody has seen it */
		DL_DELETE(codes->all, e);
		free(e);
		return;
	}
	drop_lines(e);
	HASH_ADD(hh_old, codes->retired, likeness, sizeof e->likeness, e);
}

/* Keeps in mind that E was found out by reading in this look. */
static void note_learned(struct pst_python *py, struct pst_code_entry *e)
{
	struct pst_codes *codes = codes_of(py);

	if (codes->learned_in != py->look.generation)
		codes->learned.len = 0;
	codes->learned_in = py->look.generation;
	if (e->learned == codes->learned_in)
		return;
	e->learned = codes->learned_in;
	e->text_learned = e->came_back = false;
	*PST_VEC_PUSH(&codes->learned) = e;
}

static void unlearn(struct pst_codes *codes, struct pst_code_entry *e)
{
	drop_lines(e);
	if (e->came_back) { /* its text is of long ago */
		retire(codes, e);
	} else if (e->text_learned) {
		HASH_DELETE(hh, codes->by_addr, e);
		DL_DELETE(codes->all, e);
		free(e);
	}
}

void pst_python_doubt(struct pst_python *py)
{
	struct pst_codes *codes = codes_of(py);

	if (codes->learned_in != py->look.generation || !codes->learned.len)
		return;
	codes->epoch = ++last_epoch;
	for (size_t i = 0; i < codes->learned.len; i++)
		unlearn(codes, codes->learned.at[i]);
	codes->learned.len = 0;
}

static void fill_entry(struct pst_python *py, struct pst_code_entry *e, uint64_t addr,
		       const uint8_t *head, size_t size, const struct pst_code_identity *id)
{
	e->identity = *id;
	e->code.addr = addr;
	e->code.first_line = id->first_line;
	e->code.state = e;
	fill_counts(py, head, size, &e->code);
}

bool pst_code_entry_stands(struct pst_python *py, struct pst_code_entry *e)
{
	const struct pst_pattern *p = &py->codes->pattern;
	struct pst_look *look = &py->look;

	if (look->trusts || e->verified == look->generation)
		return true;
	pst_look_frames(look, false);
	const uint8_t *head = pst_look_peek(look, e->code.addr, p->size);
	pst_look_frames(look, true);
	if (!head || !pst_pattern_same(p, head, e->words))
		return false;
	e->verified = look->generation;
	return true;
}

/* Reads what stands at ADDR, of which E is what stood there (NULL: nothing), and takes its place.
 */
static enum pst_err read_entry(struct pst_python *py, uint64_t addr, struct pst_code_entry *e,
			       struct pst_code_entry **out)
{
	struct pst_codes *codes = codes_of(py);
	struct pst_code_identity id;
	uint8_t head[HEAD_MAX];
	size_t size = head_size(&py->layout);
	enum pst_err err = read_head(py, addr, head, size, &id);

	if (err)
		return err;
	if (e && !same_identity(&e->identity, &id)) {
		retire(codes, e);
		e = NULL;
	}
	if (!e) {
		e = pst_calloc(1, sizeof *e);
		fill_entry(py, e, addr, head, size, &id);
		DL_APPEND(codes->all, e);
		HASH_ADD(hh, codes->by_addr, code.addr, sizeof e->code.addr, e);
	}
	pst_pattern_copy(&codes->pattern, head, e->words);
	e->verified = py->look.generation;
	*out = e;
	return PST_OK;
}

enum pst_err pst_code_entry(struct pst_python *py, uint64_t addr, bool verify,
			    struct pst_code_entry **out)
{
	struct pst_codes *codes = codes_of(py);
	struct pst_look *look = &py->look;
	struct pst_code_entry *e = NULL;
	bool frames = look->now && look->now->frames;

	*out = NULL;
	HASH_FIND(hh, codes->by_addr, &addr, sizeof addr, e);
	if (e && (!verify || look->trusts || e->verified == look->generation)) {
		*out = e;
		return PST_OK;
	}
	pst_look_frames(look, false);
	enum pst_err err = read_entry(py, addr, e, out);
	pst_look_frames(look, frames);
	return err;
}

const struct pst_code_identity *pst_code_entry_identity(const struct pst_code_entry *entry)
{
	return &entry->identity;
}

/*
 * Takes E's place in the cache: OLD is an entry that looks the same and whose address was used for
 * something else meanwhile.  A program that executes the same source again and again thus keeps its
 * ids.
 */
static struct pst_code_entry *reuse(struct pst_codes *codes, struct pst_code_entry *old,
				    struct pst_code_entry *e)
{
	codes->epoch = ++last_epoch;
	HASH_DELETE(hh_old, codes->retired, old);
	HASH_DELETE(hh, codes->by_addr, e);
	memcpy(old->words, e->words, sizeof old->words);
	old->identity = e->identity;
	old->verified = e->verified;
	old->code.addr = e->code.addr;
	old->code.nlocals = e->code.nlocals;
	old->code.nlocalsplus = e->code.nlocalsplus;
	HASH_ADD(hh, codes->by_addr, code.addr, sizeof old->code.addr, old);
	DL_DELETE(codes->all, e);
	free(e);
	return old;
}

static void note_text(struct pst_python *py, struct pst_code_entry *e, bool came_back)
{
	note_learned(py, e);
	e->text_learned = true;
	e->came_back = came_back;
}

static enum pst_err read_text(struct pst_python *py, struct pst_code_entry **entry)
{
	struct pst_codes *codes = codes_of(py);
	struct pst_code_entry *e = *entry, *old = NULL;

	e->code.name = pst_intern_object(py, e->identity.name);
	e->code.filename = pst_intern_object(py, e->identity.filename);
	e->code.qualname =
		e->identity.qualname ? pst_intern_object(py, e->identity.qualname) : NULL;
	if (!e->code.name || !e->code.filename)
		return pst_target_read(py->target, e->code.addr, &(uint64_t){0}, 8) ? PST_FAULT
										    : PST_CORRUPT;
	e->likeness = (struct likeness){
		.name = e->code.name,
		.qualname = e->code.qualname,
		.filename = e->code.filename,
		.units = e->identity.units,
		.first_line = e->identity.first_line,
		.argcount = e->identity.argcount,
		.flags = e->identity.flags,
	};
	HASH_FIND(hh_old, codes->retired, &e->likeness, sizeof e->likeness, old);
	if (old) {
		*entry = reuse(codes, old, e);
		note_text(py, *entry, true);
		return PST_OK;
	}
	e->code.id = ++codes->last_id;
	e->has_text = true;
	note_text(py, e, false);
	return PST_OK;
}

enum pst_err pst_python_code(struct pst_python *py, uint64_t addr, bool verify,
			     const struct pst_code **out)
{
	struct pst_code_entry *e;
	enum pst_err err = pst_code_entry(py, addr, verify, &e);

	*out = NULL;
	if (!err && !e->has_text)
		err = read_text(py, &e);
	if (!err)
		*out = &e->code;
	return err;
}

/* ---- line tables ----------------------------------------------------------------------- */

static void read_lines(struct pst_python *py, struct pst_code_entry *e)
{
	const struct pst_layout *l = &py->layout;
	uint64_t at = e->identity.lines, len = 0;

	note_learned(py, e);
	if (!pst_plausible(at) || l->bytes_ob_sval < 0 ||
	    pst_target_read_u64(py->target, at + (uint64_t)l->var_ob_size, &len) || len > LINES_MAX)
		return;
	e->lines_read = true;
	if (!len)
		return;
	e->lines = pst_alloc((size_t)len);
	if (pst_target_read(py->target, at + (uint64_t)l->bytes_ob_sval, e->lines, (size_t)len)) {
		drop_lines(e);
		return;
	}
	e->lines_len = (size_t)len;
}

const uint8_t *pst_code_lines(struct pst_python *py, const struct pst_code *code, size_t *len)
{
	struct pst_code_entry *e = code->state;

	if (!e->lines_read)
		read_lines(py, e);
	*len = e->lines_len;
	return e->lines;
}

enum pst_err pst_code_position(struct pst_python *py, const struct pst_code *code, int32_t lasti,
			       struct pst_position *out)
{
	struct pst_code_entry *e = code->state;
	size_t len;

	if (e->memo && e->memo_lasti == lasti) {
		*out = e->position;
		return PST_OK;
	}

	const uint8_t *table = pst_code_lines(py, code, &len);

	/* an lnotab may be empty (one line); the later formats never are */
	if (!table && lasti >= 0 &&
	    (!e->lines_read || py->layout.code_line_format >= PST_LINES_310)) {
		*out = (struct pst_position){.col = -1, .end_col = -1};
		return PST_CORRUPT;
	}
	pst_lines_decode(py->layout.code_line_format, table, len, code->first_line, lasti, out);
	e->position = *out;
	e->memo_lasti = lasti;
	e->memo = true;
	return PST_OK;
}

void pst_codes_free(struct pst_codes *codes)
{
	struct pst_code_entry *e, *next;

	if (!codes)
		return;
	HASH_CLEAR(hh, codes->by_addr);
	HASH_CLEAR(hh_old, codes->retired);
	PST_VEC_FREE(&codes->learned);
	DL_FOREACH_SAFE(codes->all, e, next)
	{
		free(e->lines);
		free(e);
	}
	free(codes);
}
