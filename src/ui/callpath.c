// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/callpath.h"

#include "base/vec.h"

void path_free(struct call_path *p)
{
	PST_VEC_FREE(p);
}

void path_clear(struct call_path *p)
{
	p->len = 0;
}

void path_cut(struct call_path *p, size_t len)
{
	if (len < p->len)
		p->len = len;
}

void path_copy(struct call_path *p, const struct call_path *from)
{
	if (p == from)
		return;
	PST_VEC_RESERVE(p, from->len);
	for (size_t i = 0; i < from->len; i++)
		p->at[i] = from->at[i];
	p->len = from->len;
}

void path_set(struct call_path *p, const struct pst_calls *c, uint32_t node)
{
	size_t len = 0;

	for (uint32_t n = node; n && len < c->len; n = c->at[n].parent)
		len++;
	PST_VEC_RESERVE(p, len);
	p->len = len;
	for (uint32_t n = node; len; n = c->at[n].parent)
		p->at[--len] = (struct call_step){c->at[n].func, c->at[n].frame};
}

/* A step from a tree by lines is found in one by functions, and the other way round. */
static bool is_step(const struct call_step *s, const struct pst_calls_node *n)
{
	return s->frame && n->frame ? s->frame == n->frame : s->func == n->func;
}

uint32_t path_find(const struct call_path *p, const struct pst_calls *c, size_t *found)
{
	uint32_t node = 0, child;

	*found = 0;
	for (size_t i = 0; i < p->len && c->len; i++) {
		child = c->at[node].child;
		while (child && !is_step(&p->at[i], &c->at[child]))
			child = c->at[child].next;
		if (!child)
			break;
		node = child;
		(*found)++;
	}
	return node;
}

bool path_starts(const struct call_path *p, const struct call_path *head)
{
	if (head->len > p->len)
		return false;
	for (size_t i = 0; i < head->len; i++) {
		if (p->at[i].func != head->at[i].func || p->at[i].frame != head->at[i].frame)
			return false;
	}
	return true;
}

static uint64_t hash_word(uint64_t hash, uint32_t word)
{
	for (int i = 0; i < 4; i++, word >>= 8)
		hash = (hash ^ (word & 0xff)) * UINT64_C(1099511628211);
	return hash;
}

uint64_t path_hash_step(uint64_t hash, const struct pst_calls_node *n)
{
	return hash_word(hash_word(hash, n->func), n->frame);
}
