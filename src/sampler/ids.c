// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/ids.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

/* Code objects may come and go without end; what they were found to be is then looked up again. */
#define KNOWN_MAX 65536

struct text {
	UT_hash_handle hh;
	uint32_t id; /* 0: not defined yet; so below */
	uint32_t len;
	char bytes[];
};

struct func_key {
	struct text *name, *qualname, *file;
	int64_t first_line;
};

struct func {
	UT_hash_handle hh;
	struct func_key key;
	struct text *short_file;     /* NULL: not looked up yet */
	const struct pst_code *code; /* to look that up with; NULL when settled */
	struct func *next_new;
	uint32_t id;
};

struct place_key {
	struct func *func;
	int32_t line;
	uint32_t kind;
};

struct pst_place {
	UT_hash_handle hh;
	struct place_key key;
	uint32_t id;
};

struct known_key { /* no gaps: it is hashed as bytes */
	uint32_t code;
	int32_t lasti, line, pad;
};

struct known {
	UT_hash_handle hh;
	struct known_key key;
	struct pst_place *place;
};

struct node_key {
	uint32_t parent, frame;
};

struct node {
	UT_hash_handle hh;
	struct node_key key;
	uint32_t id;
};

/* What has ids, of all processes that share it. */
struct book {
	unsigned users;
	struct pst_ring *ring;
	bool full_filenames;
	struct text *texts;
	struct func *funcs;
	struct pst_place *places, *truncated, *shim;
	struct node *nodes;
	uint32_t last_text, last_func, last_place, last_node;
};

struct pst_ids {
	struct book *book;
	struct func *new_funcs;
	struct known *known; /* code objects of this process */
	PST_VEC(struct known *) learned; /* of these: since they were settled last */
};

static struct pst_ids *new_ids(struct book *book)
{
	struct pst_ids *ids = pst_calloc(1, sizeof *ids);

	ids->book = book;
	book->users++;
	return ids;
}

struct pst_ids *pst_ids_new(struct pst_ring *ring, bool full_filenames)
{
	struct book *book = pst_calloc(1, sizeof *book);

	book->ring = ring;
	book->full_filenames = full_filenames;
	return new_ids(book);
}

struct pst_ids *pst_ids_share(struct pst_ids *with)
{
	return new_ids(with->book);
}

#define FREE_ALL(type, head)                                                                       \
	do {                                                                                       \
		struct type *at = (head), *next_;                                                  \
		HASH_CLEAR(hh, head);                                                              \
		for (; at; at = next_) {                                                           \
			next_ = at->hh.next;                                                       \
			free(at);                                                                  \
		}                                                                                  \
	} while (0)

static void forget_known(struct pst_ids *ids)
{
	ids->learned.len = 0;
	FREE_ALL(known, ids->known);
}

static void leave_book(struct book *book)
{
	if (--book->users)
		return;
	FREE_ALL(text, book->texts);
	FREE_ALL(func, book->funcs);
	FREE_ALL(pst_place, book->places);
	FREE_ALL(node, book->nodes);
	free(book);
}

void pst_ids_free(struct pst_ids *ids)
{
	if (!ids)
		return;
	/* Functions that were not settled point to code objects of this process. */
	pst_ids_forget(ids);
	PST_VEC_FREE(&ids->learned);
	leave_book(ids->book);
	free(ids);
}

/* ---- what stands where ------------------------------------------------------------------- */

static struct text *text_of(struct pst_ids *ids, const char *s)
{
	struct text *t;
	size_t len = strlen(s);

	if (len > PST_REC_TEXT_MAX)
		len = PST_REC_TEXT_MAX;
	HASH_FIND(hh, ids->book->texts, s, len, t);
	if (t)
		return t;
	t = pst_calloc(1, sizeof *t + len + 1);
	memcpy(t->bytes, s, len);
	t->len = (uint32_t)len;
	HASH_ADD_KEYPTR(hh, ids->book->texts, t->bytes, len, t);
	return t;
}

static struct func *func_of(struct pst_ids *ids, const char *name, const char *qualname,
			    const char *file, int32_t first_line)
{
	struct func *f;
	struct func_key key = {
		.name = text_of(ids, name),
		.qualname = text_of(ids, qualname ? qualname : name),
		.file = text_of(ids, file),
		.first_line = first_line,
	};

	HASH_FIND(hh, ids->book->funcs, &key, sizeof key, f);
	if (f)
		return f;
	f = pst_calloc(1, sizeof *f);
	f->key = key;
	HASH_ADD(hh, ids->book->funcs, key, sizeof f->key, f);
	return f;
}

static struct pst_place *place_of(struct pst_ids *ids, struct func *func, int32_t line,
				  uint32_t kind)
{
	struct place_key key = {.func = func, .line = line, .kind = kind};
	struct pst_place *p;

	HASH_FIND(hh, ids->book->places, &key, sizeof key, p);
	if (p)
		return p;
	p = pst_calloc(1, sizeof *p);
	p->key = key;
	HASH_ADD(hh, ids->book->places, key, sizeof p->key, p);
	return p;
}

static struct pst_place *own_place(struct pst_ids *ids, const char *name, uint32_t kind)
{
	struct func *f = func_of(ids, name, NULL, "", 0);

	f->short_file = text_of(ids, "");
	return place_of(ids, f, 0, kind);
}

struct pst_place *pst_ids_truncated(struct pst_ids *ids)
{
	if (!ids->book->truncated)
		ids->book->truncated = own_place(ids, "<truncated>", PST_FRAME_MARK);
	return ids->book->truncated;
}

static struct pst_place *shim_place(struct pst_ids *ids)
{
	if (!ids->book->shim)
		ids->book->shim = own_place(ids, "<interpreter>", PST_FRAME_SHIM);
	return ids->book->shim;
}

static struct func *func_of_code(struct pst_ids *ids, const struct pst_code *code)
{
	struct func *f = func_of(ids, code->name, code->qualname, code->filename, code->first_line);

	if (!f->short_file && !f->code) {
		f->code = code;
		f->next_new = ids->new_funcs;
		ids->new_funcs = f;
	}
	return f;
}

static void remember(struct pst_ids *ids, const struct known_key *key, struct pst_place *place)
{
	struct known *k;

	if (HASH_COUNT(ids->known) >= KNOWN_MAX)
		forget_known(ids);
	k = pst_calloc(1, sizeof *k);
	k->key = *key;
	k->place = place;
	HASH_ADD(hh, ids->known, key, sizeof k->key, k);
	*PST_VEC_PUSH(&ids->learned) = k;
}

struct pst_place *pst_ids_place(struct pst_ids *ids, struct pst_python *py,
				const struct pst_pyframe *frame)
{
	const struct pst_code *code;
	struct pst_position at = {0};
	struct known *k;

	if (frame->is_shim)
		return shim_place(ids);
	if (pst_python_code(py, frame->code, true, &code))
		return NULL;
	struct known_key key = {.code = code->id, .lasti = frame->lasti, .line = frame->line};
	HASH_FIND(hh, ids->known, &key, sizeof key, k);
	if (k)
		return k->place;
	struct func *func = func_of_code(ids, code);
	if (frame->line > 0)
		at.line = frame->line;
	else if (pst_code_position(py, code, frame->lasti, &at))
		return place_of(ids, func, 0, PST_FRAME_PYTHON); /* not for good */
	struct pst_place *place = place_of(ids, func, at.line, PST_FRAME_PYTHON);
	remember(ids, &key, place);
	return place;
}

bool pst_ids_vague(const struct pst_place *place)
{
	return place->key.kind == PST_FRAME_PYTHON && place->key.line == 0;
}

void pst_ids_settle(struct pst_ids *ids, struct pst_python *py)
{
	for (struct func *f = ids->new_funcs; f; f = f->next_new) {
		const char *path =
			ids->book->full_filenames ? NULL : pst_python_short_filename(py, f->code);
		f->short_file = text_of(ids, path ? path : f->key.file->bytes);
		f->code = NULL;
	}
	ids->new_funcs = NULL;
	ids->learned.len = 0;
}

static void drop_new_funcs(struct pst_ids *ids)
{
	for (struct func *f = ids->new_funcs; f; f = f->next_new)
		f->code = NULL;
	ids->new_funcs = NULL;
}

void pst_ids_doubt(struct pst_ids *ids)
{
	drop_new_funcs(ids);
	for (size_t i = 0; i < ids->learned.len; i++) {
		HASH_DEL(ids->known, ids->learned.at[i]);
		free(ids->learned.at[i]);
	}
	ids->learned.len = 0;
}

void pst_ids_forget(struct pst_ids *ids)
{
	drop_new_funcs(ids);
	/* Ids of code objects begin anew. */
	forget_known(ids);
}

/* ---- definitions ------------------------------------------------------------------------- */

static bool define_text(struct pst_ids *ids, struct text *t)
{
	if (t->id || !t->len)
		return true;
	uint32_t size = PST_REC_ALIGN((uint32_t)sizeof(struct pst_rec_string) + t->len);
	struct pst_rec_string *r = pst_ring_reserve(ids->book->ring, size);
	if (!r)
		return false;
	t->id = ++ids->book->last_text;
	memset((char *)r + size - 8, 0, 8);
	*r = (struct pst_rec_string){{size, PST_REC_STRING, 0}, t->id, t->len};
	memcpy(r + 1, t->bytes, t->len);
	return true;
}

bool pst_ids_text(struct pst_ids *ids, const char *text, uint32_t *out)
{
	*out = 0;
	if (!text || !*text)
		return true;
	struct text *t = text_of(ids, text);
	if (!define_text(ids, t))
		return false;
	*out = t->id;
	return true;
}

static bool define_func(struct pst_ids *ids, struct func *f)
{
	if (f->id)
		return true;
	/* Not settled when the interpreter went away: then the path as it is. */
	struct text *short_file = f->short_file ? f->short_file : f->key.file;
	if (!define_text(ids, f->key.name) || !define_text(ids, f->key.qualname) ||
	    !define_text(ids, f->key.file) || !define_text(ids, short_file))
		return false;
	struct pst_rec_func *r = pst_ring_reserve(ids->book->ring, sizeof *r);
	if (!r)
		return false;
	f->id = ++ids->book->last_func;
	*r = (struct pst_rec_func){
		.head = {sizeof *r, PST_REC_FUNC, 0},
		.id = f->id,
		.name = f->key.name->id,
		.qualname = f->key.qualname->id,
		.file = f->key.file->id,
		.short_file = short_file->id,
		.first_line = (int32_t)f->key.first_line,
	};
	return true;
}

static bool define_place(struct pst_ids *ids, struct pst_place *p)
{
	if (p->id)
		return true;
	if (!define_func(ids, p->key.func))
		return false;
	struct pst_rec_frame *r = pst_ring_reserve(ids->book->ring, sizeof *r);
	if (!r)
		return false;
	p->id = ++ids->book->last_place;
	*r = (struct pst_rec_frame){
		.head = {sizeof *r, PST_REC_FRAME, 0},
		.id = p->id,
		.func = p->key.func->id,
		.line = p->key.line,
		.kind = p->key.kind,
	};
	return true;
}

bool pst_ids_stack(struct pst_ids *ids, uint32_t parent, uint32_t depth, struct pst_place *place,
		   uint32_t *out)
{
	struct node *n;

	if (!define_place(ids, place))
		return false;
	struct node_key key = {parent, place->id};
	HASH_FIND(hh, ids->book->nodes, &key, sizeof key, n);
	if (n) {
		*out = n->id;
		return true;
	}
	struct pst_rec_stack *r = pst_ring_reserve(ids->book->ring, sizeof *r);
	if (!r)
		return false;
	n = pst_calloc(1, sizeof *n);
	n->key = key;
	n->id = *out = ++ids->book->last_node;
	HASH_ADD(hh, ids->book->nodes, key, sizeof n->key, n);
	*r = (struct pst_rec_stack){
		.head = {sizeof *r, PST_REC_STACK, 0},
		.id = n->id,
		.parent = parent,
		.frame = place->id,
		.depth = depth,
	};
	return true;
}
