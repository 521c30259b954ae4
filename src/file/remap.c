// SPDX-License-Identifier: MIT
#include "config.h"

#include "file/remap.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

#define uthash_malloc(size) pst_alloc(size)
#include <uthash.h>

/* What all definitions may take together, about: a recording is not trusted with more. */
#define BYTES_MAX ((size_t)768 << 20)

enum kind { KIND_STRING, KIND_FUNC, KIND_FRAME, KIND_STACK, KINDS };

struct known { /* a definition by what it says */
	UT_hash_handle hh;
	uint32_t id;
	unsigned char key[];
};

struct pst_remap {
	struct known *known[KINDS];
	uint32_t count[KINDS], processes, threads;
	struct { /* by id of a stack */
		uint32_t *at;
		size_t len, cap;
	} depths;
	size_t bytes;
};

struct pst_remap *pst_remap_new(void)
{
	return pst_calloc(1, sizeof(struct pst_remap));
}

static void forget_all(struct known **head)
{
	struct known *k, *next;

	HASH_ITER(hh, *head, k, next)
	{
		HASH_DEL(*head, k);
		free(k);
	}
}

void pst_remap_free(struct pst_remap *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < KINDS; i++)
		forget_all(&m->known[i]);
	PST_VEC_FREE(&m->depths);
	free(m);
}

void pst_remap_stream_free(struct pst_remap_stream *s)
{
	PST_VEC_FREE(&s->strings);
	PST_VEC_FREE(&s->funcs);
	PST_VEC_FREE(&s->frames);
	PST_VEC_FREE(&s->stacks);
	PST_VEC_FREE(&s->processes);
	PST_VEC_FREE(&s->threads);
}

/* ---- ids ---------------------------------------------------------------------------------- */

/* 0: none, or one that was not defined. */
static uint32_t id_of(const struct pst_remap_ids *ids, uint32_t id)
{
	return id && id <= ids->len ? ids->at[id - 1] : 0;
}

/* The id of the definition that says KEY, a new one (*IS_NEW) if nobody said it before. */
static uint32_t find(struct pst_remap *m, enum kind kind, const void *key, size_t n, bool *is_new)
{
	struct known *k;

	HASH_FIND(hh, m->known[kind], key, n, k);
	*is_new = !k;
	if (k)
		return k->id;
	k = pst_calloc(1, sizeof *k + n);
	memcpy(k->key, key, n);
	k->id = ++m->count[kind];
	HASH_ADD_KEYPTR(hh, m->known[kind], k->key, n, k);
	m->bytes += sizeof *k + n + 64; /* and what others keep of it */
	return k->id;
}

/* Definitions come in the order of their ids; one that does not is passed over. */
static bool is_next(const struct pst_remap_ids *ids, uint32_t id)
{
	return id == ids->len + 1;
}

static enum pst_remapped defined(struct pst_remap *m, struct pst_remap_ids *ids, enum kind kind,
				 const void *key, size_t n, uint32_t *id)
{
	bool is_new;

	*id = find(m, kind, key, n, &is_new);
	*PST_VEC_PUSH(ids) = *id;
	return is_new ? PST_REMAP_RECORD : PST_REMAP_NOTHING;
}

/* A definition of nothing takes its id all the same, so that the next ones are in order. */
static enum pst_remapped undefined(struct pst_remap_ids *ids)
{
	*PST_VEC_PUSH(ids) = 0;
	return PST_REMAP_NOTHING;
}

/* ---- definitions -------------------------------------------------------------------------- */

static enum pst_remapped map_string(struct pst_remap *m, struct pst_remap_stream *s,
				    struct pst_rec_string *r)
{
	if (!is_next(&s->strings, r->id))
		return PST_REMAP_NOTHING;
	return defined(m, &s->strings, KIND_STRING, r + 1, r->len, &r->id);
}

static enum pst_remapped map_func(struct pst_remap *m, struct pst_remap_stream *s,
				  struct pst_rec_func *r)
{
	if (!is_next(&s->funcs, r->id))
		return PST_REMAP_NOTHING;
	r->name = id_of(&s->strings, r->name);
	r->qualname = id_of(&s->strings, r->qualname);
	r->file = id_of(&s->strings, r->file);
	r->short_file = id_of(&s->strings, r->short_file);
	const uint32_t key[] = {r->name, r->qualname, r->file, r->short_file,
				(uint32_t)r->first_line};
	return defined(m, &s->funcs, KIND_FUNC, key, sizeof key, &r->id);
}

static enum pst_remapped map_frame(struct pst_remap *m, struct pst_remap_stream *s,
				   struct pst_rec_frame *r)
{
	if (!is_next(&s->frames, r->id))
		return PST_REMAP_NOTHING;
	r->func = id_of(&s->funcs, r->func);
	if (!r->func)
		return undefined(&s->frames);
	const uint32_t key[] = {r->func, (uint32_t)r->line, r->kind};
	return defined(m, &s->frames, KIND_FRAME, key, sizeof key, &r->id);
}

static enum pst_remapped map_stack(struct pst_remap *m, struct pst_remap_stream *s,
				   struct pst_rec_stack *r)
{
	if (!is_next(&s->stacks, r->id))
		return PST_REMAP_NOTHING;
	uint32_t parent = id_of(&s->stacks, r->parent);
	r->frame = id_of(&s->frames, r->frame);
	if (!r->frame || (r->parent && !parent))
		return undefined(&s->stacks);
	r->parent = parent;
	const uint32_t key[] = {r->parent, r->frame};
	enum pst_remapped how = defined(m, &s->stacks, KIND_STACK, key, sizeof key, &r->id);
	if (how == PST_REMAP_RECORD)
		*PST_VEC_PUSH(&m->depths) = parent ? m->depths.at[parent - 1] + 1 : 1;
	r->depth = m->depths.at[r->id - 1];
	return how;
}

/* These two may be said again. */
static bool again_or_next(struct pst_remap *m, struct pst_remap_ids *ids, uint32_t *counter,
			  uint32_t *id)
{
	if (is_next(ids, *id)) {
		*PST_VEC_PUSH(ids) = ++*counter;
		m->bytes += 4096; /* what a model keeps of it */
	}
	*id = id_of(ids, *id);
	return *id != 0;
}

static enum pst_remapped map_process(struct pst_remap *m, struct pst_remap_stream *s,
				     struct pst_rec_process *r)
{
	if (!again_or_next(m, &s->processes, &m->processes, &r->id))
		return PST_REMAP_NOTHING;
	r->cmdline = id_of(&s->strings, r->cmdline);
	r->version = id_of(&s->strings, r->version);
	return PST_REMAP_RECORD;
}

static enum pst_remapped map_thread(struct pst_remap *m, struct pst_remap_stream *s,
				    struct pst_rec_thread *r)
{
	r->process = id_of(&s->processes, r->process);
	if (!r->process || !again_or_next(m, &s->threads, &m->threads, &r->id))
		return PST_REMAP_NOTHING;
	r->name = id_of(&s->strings, r->name);
	r->comm = id_of(&s->strings, r->comm);
	return PST_REMAP_RECORD;
}

/* ---- all ---------------------------------------------------------------------------------- */

/* Its ids are replaced, and if there is no such one, by 0: who takes it counts that as an error. */
static enum pst_remapped map_other(struct pst_remap_stream *s, union pst_record *r)
{
	switch (r->head.type) {
	case PST_REC_TICK:
		r->tick.process = id_of(&s->processes, r->tick.process);
		break;
	case PST_REC_SAMPLE:
		r->sample.thread = id_of(&s->threads, r->sample.thread);
		r->sample.stack = id_of(&s->stacks, r->sample.stack);
		break;
	case PST_REC_USAGE:
		r->usage.process = id_of(&s->processes, r->usage.process);
		break;
	case PST_REC_THREAD_USAGE:
		r->thread_usage.thread = id_of(&s->threads, r->thread_usage.thread);
		break;
	default:
		break;
	}
	return PST_REMAP_RECORD;
}

enum pst_remapped pst_remap_record(struct pst_remap *m, struct pst_remap_stream *s,
				   const struct pst_rec *rec, union pst_record *out)
{
	memcpy(out, rec, rec->size);
	if (m->bytes > BYTES_MAX)
		return PST_REMAP_LIMIT;
	switch (rec->type) {
	case PST_REC_STRING:
		return map_string(m, s, &out->string);
	case PST_REC_FUNC:
		return map_func(m, s, &out->func);
	case PST_REC_FRAME:
		return map_frame(m, s, &out->frame);
	case PST_REC_STACK:
		return map_stack(m, s, &out->stack);
	case PST_REC_PROCESS:
		return map_process(m, s, &out->process);
	case PST_REC_THREAD:
		return map_thread(m, s, &out->thread);
	default:
		return map_other(s, out);
	}
}
