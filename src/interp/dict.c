// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/object.h"

#include <string.h>

/*
 * One view on the tables of all versions: N entries of SIZE bytes, their key and value at offsets
 * inside, or the values in an array of their own (key-sharing).
 */
struct table {
	uint64_t entries;
	uint64_t n;
	uint64_t size; /* of one entry */
	uint64_t key;  /* offsets in an entry */
	uint64_t value;
	uint64_t values;    /* array of values, 0: they are in the entries */
	uint8_t order[256]; /* 3.11+, with values: indices in the order of insertion */
	bool ordered;
};

#define SCAN_MAX    (UINT64_C(1) << 20) /* entries looked at, free ones too */
#define CHUNK_BYTES 2048

/* Up to 3.2 (Include/dictobject.h). */
static bool open_table(const struct pst_objects *o, uint64_t dict, struct table *t)
{
	const struct pst_layout *l = o->layout;
	int64_t mask;

	if (!pst_object_ssize(o, dict, l->dict_ma_mask, &mask) || mask < 0)
		return false;
	t->entries = pst_object_ptr(o, dict, l->dict_ma_table);
	t->n = (uint64_t)mask + 1;
	return true;
}

/* 3.3 to 3.5 (Objects/dict-common.h). */
static bool open_keys(const struct pst_objects *o, uint64_t keys, struct table *t)
{
	int64_t size;

	if (!pst_object_ssize(o, keys, o->layout->keys_size, &size) || size < 0)
		return false;
	t->entries = keys + (uint64_t)o->layout->keys_entries;
	t->n = (uint64_t)size;
	return true;
}

/* 3.6 to 3.10: DK_IXSIZE() of Objects/dict-common.h. */
static bool open_compact(const struct pst_objects *o, uint64_t keys, struct table *t)
{
	const struct pst_layout *l = o->layout;
	int64_t size, n;
	uint64_t width;

	if (!pst_object_ssize(o, keys, l->keys_size, &size) || size < 0 ||
	    !pst_object_ssize(o, keys, l->keys_nentries, &n) || n < 0 || n > size)
		return false;
	width = size <= 0xff ? 1 : size <= 0xffff ? 2 : size <= 0xffffffff ? 4 : 8;
	t->entries = keys + (uint64_t)l->keys_indices + width * (uint64_t)size;
	t->n = (uint64_t)n;
	return true;
}

/* 3.11+ (Include/internal/pycore_dict.h). */
static bool open_compact_log2(const struct pst_objects *o, uint64_t keys, struct table *t)
{
	const struct pst_layout *l = o->layout;
	uint8_t log2_bytes, kind;
	int64_t n;

	if (!pst_object_bytes(o, keys + (uint64_t)l->keys_log2_index_bytes, &log2_bytes, 1) ||
	    !pst_object_bytes(o, keys + (uint64_t)l->keys_kind, &kind, 1) || log2_bytes > 48 ||
	    !pst_object_ssize(o, keys, l->keys_nentries, &n) || n < 0)
		return false;
	t->entries = keys + (uint64_t)l->keys_indices + (UINT64_C(1) << log2_bytes);
	t->n = (uint64_t)n;
	if (kind != 0) {
		t->size = (uint64_t)l->uentry_size;
		t->key = (uint64_t)l->uentry_key;
		t->value = (uint64_t)l->uentry_value;
	}
	return true;
}

/* The array of values at VALUES and the order in which they were set. */
static bool use_values(const struct pst_objects *o, uint64_t values, struct table *t)
{
	const struct pst_layout *l = o->layout;
	uint8_t head[4];

	t->values = values;
	if (l->dictvalues_family == PST_VALUES_ARRAY)
		return true;
	t->ordered = true;
	if (l->dictvalues_family == PST_VALUES_HEADER) {
		uint8_t capacity, size;

		if (!pst_object_bytes(o, values + (uint64_t)l->dictvalues_capacity, &capacity, 1) ||
		    !pst_object_bytes(o, values + (uint64_t)l->dictvalues_size, &size, 1) ||
		    size > capacity)
			return false;
		t->values = values + (uint64_t)l->dictvalues_values;
		t->n = size;
		return !size ||
		       pst_object_bytes(o, t->values + 8 * (uint64_t)capacity, t->order, size);
	}
	if (l->dictvalues_family != PST_VALUES_PREFIX || !pst_object_bytes(o, values - 2, head, 1))
		return false;
	t->n = head[0];
	if (t->n && !pst_object_bytes(o, values - 2 - t->n, t->order, (size_t)t->n))
		return false;
	for (size_t i = 0, j = (size_t)t->n; i + 1 < j; i++) {
		uint8_t swap = t->order[i];

		t->order[i] = t->order[--j];
		t->order[j] = swap;
	}
	return true;
}

/* KEYS with VALUES (0: none). */
static bool open_parts(const struct pst_objects *o, uint64_t keys, uint64_t values, struct table *t)
{
	const struct pst_layout *l = o->layout;
	bool ok;

	*t = (struct table){
		.size = (uint64_t)l->entry_size,
		.key = (uint64_t)l->entry_key,
		.value = (uint64_t)l->entry_value,
	};
	if (!keys)
		return false;
	if (l->dict_family == PST_DICT_OPEN)
		ok = open_table(o, keys, t);
	else if (l->dict_family == PST_DICT_KEYS_OPEN)
		ok = open_keys(o, keys, t);
	else if (l->dict_family == PST_DICT_COMPACT)
		ok = open_compact(o, keys, t);
	else
		ok = open_compact_log2(o, keys, t);
	return ok && t->n <= PST_USTR_MAX && t->size >= 16 && t->size <= 64 && t->key < 64 &&
	       t->value < 64 && (!values || use_values(o, values, t));
}

static bool open_dict(const struct pst_objects *o, uint64_t dict, struct table *t)
{
	const struct pst_layout *l = o->layout;

	if (l->dict_family == PST_DICT_OPEN)
		return open_parts(o, dict, 0, t);
	return open_parts(o, pst_object_ptr(o, dict, l->dict_ma_keys),
			  pst_object_ptr(o, dict, l->dict_ma_values), t);
}

struct walk {
	size_t max, seen;
	pst_dict_visit *visit;
	void *ctx;
};

/* False: enough. */
static bool deliver(struct walk *w, uint64_t key, uint64_t value)
{
	if (!key || !value) /* free, or deleted */
		return true;
	if (w->seen >= w->max)
		return false;
	return w->visit(w->ctx, key, value) && ++w->seen < w->max;
}

/* Key-sharing with an order of insertion: the keys' entries one by one, there are few. */
static enum pst_err walk_ordered(const struct pst_objects *o, const struct table *t, struct walk *w)
{
	for (uint64_t i = 0; i < t->n && i < sizeof t->order; i++) {
		uint64_t key, value, at = t->order[i];

		if (!pst_object_u64(o, t->entries + at * t->size, (int32_t)t->key, &key) ||
		    !pst_object_u64(o, t->values + 8 * at, 0, &value))
			return PST_FAULT;
		if (!deliver(w, key, value))
			break;
	}
	return PST_OK;
}

static uint64_t word_at(const uint8_t *raw, uint64_t off)
{
	uint64_t word;

	memcpy(&word, raw + off, sizeof word);
	return word;
}

/* Entries FROM to FROM + N; *MORE false: enough. */
static enum pst_err walk_chunk(const struct pst_objects *o, const struct table *t, uint64_t from,
			       size_t n, struct walk *w, bool *more)
{
	uint8_t raw[CHUNK_BYTES];
	uint64_t values[CHUNK_BYTES / 16];

	if (!pst_object_bytes(o, t->entries + from * t->size, raw, n * (size_t)t->size))
		return PST_FAULT;
	if (t->values && !pst_object_bytes(o, t->values + 8 * from, values, 8 * n))
		return PST_FAULT;
	for (size_t i = 0; i < n && *more; i++) {
		uint64_t value = t->values ? values[i] : word_at(raw, i * t->size + t->value);

		*more = deliver(w, word_at(raw, i * t->size + t->key), value);
	}
	return PST_OK;
}

static enum pst_err walk_table(const struct pst_objects *o, const struct table *t, struct walk *w)
{
	size_t step = CHUNK_BYTES / (size_t)t->size;
	bool more = true;

	if (t->ordered)
		return walk_ordered(o, t, w);
	for (uint64_t at = 0; at < t->n && at < SCAN_MAX && more;) {
		size_t n = t->n - at < step ? (size_t)(t->n - at) : step;
		enum pst_err err = walk_chunk(o, t, at, n, w, &more);

		if (err != PST_OK)
			return err;
		at += n;
	}
	return more && t->n > SCAN_MAX ? PST_LIMIT : PST_OK;
}

enum pst_err pst_dict_each(const struct pst_objects *o, uint64_t dict, size_t max,
			   pst_dict_visit *visit, void *ctx)
{
	struct walk w = {.max = max, .visit = visit, .ctx = ctx};
	int64_t len = pst_dict_len(o, dict);
	struct table t;

	/* an empty dict of a version may have no keys at all */
	if (len == 0)
		return PST_OK;
	if (len < 0 || !open_dict(o, dict, &t))
		return PST_CORRUPT;
	if ((uint64_t)len < max)
		w.max = (size_t)len;
	return walk_table(o, &t, &w);
}

enum pst_err pst_dict_parts_each(const struct pst_objects *o, uint64_t keys, uint64_t values,
				 size_t max, pst_dict_visit *visit, void *ctx)
{
	struct walk w = {.max = max, .visit = visit, .ctx = ctx};
	struct table t;

	if (!open_parts(o, keys, values, &t))
		return PST_CORRUPT;
	return walk_table(o, &t, &w);
}

int64_t pst_dict_len(const struct pst_objects *o, uint64_t dict)
{
	int64_t n;

	return pst_object_ssize(o, dict, o->layout->dict_ma_used, &n) && n >= 0 ? n : -1;
}

bool pst_seek_name(void *ctx, uint64_t key, uint64_t value)
{
	struct pst_seek *s = ctx;

	if (!pst_ustr_is(s->o, key, s->name))
		return true;
	s->value = value;
	return false;
}

uint64_t pst_dict_get(const struct pst_objects *o, uint64_t dict, const char *name)
{
	struct pst_seek s = {.o = o, .name = name};

	pst_dict_each(o, dict, SCAN_MAX, pst_seek_name, &s);
	return s.value;
}
