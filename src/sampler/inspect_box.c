// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/inspect.h"

#include "base/alloc.h"
#include "sampler/priv.h"

#include <stdlib.h>

/* The way of a request to the sampler's thread, and of the answer back. */

static void free_request(struct pst_inspect_request *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->open_len; i++)
		free((char *)(uintptr_t)r->open[i]);
	free((void *)(uintptr_t)r->open);
	free(r);
}

static struct pst_inspect_request *copy_request(const struct pst_inspect_request *r)
{
	struct pst_inspect_request *own = pst_calloc(1, sizeof *own);
	size_t n = r->open_len < PST_INSPECT_OPEN_MAX ? r->open_len : PST_INSPECT_OPEN_MAX;
	const char **open = pst_calloc(n ? n : 1, sizeof *open);

	*own = *r;
	own->func[sizeof own->func - 1] = '\0';
	for (size_t i = 0; i < n; i++)
		open[i] = pst_strdup(r->open[i]);
	own->open = open;
	own->open_len = n;
	return own;
}

void pst_sampler_inspect(struct pst_sampler *s, const struct pst_inspect_request *r)
{
	struct pst_inspect_request *own = copy_request(r), *before;
	struct pst_inspection *stale = NULL;

	pthread_mutex_lock(&s->lock);
	before = s->box.asked;
	s->box.asked = own;
	s->box.held_back = false;
	if (s->box.ended) {
		stale = s->box.answer;
		s->box.answer = pst_inspect_gone(s, own);
		s->box.asked = NULL;
		before = own;
	}
	atomic_store(&s->inspect_waits, s->box.asked != NULL);
	s->poked = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	if (before == own)
		pst_ring_nudge(s->ring);
	free_request(before);
	pst_inspection_free(stale);
}

struct pst_inspection *pst_sampler_inspected(struct pst_sampler *s)
{
	pthread_mutex_lock(&s->lock);
	struct pst_inspection *in = s->box.answer;
	s->box.answer = NULL;
	pthread_mutex_unlock(&s->lock);
	return in;
}

static void hand_over(struct pst_sampler *s, struct pst_inspection *in)
{
	pthread_mutex_lock(&s->lock);
	struct pst_inspection *stale = s->box.answer;
	s->box.answer = in;
	s->looking = false;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	pst_inspection_free(stale);
	pst_ring_nudge(s->ring);
}

/* Who can tell: with several processes that of the request. */
static struct pst_inspection *answer(struct pst_sampler *s, const struct pst_inspect_request *r)
{
	struct pst_sampler *who = s->crew ? pst_crew_find(s, r->process) : s;

	return who ? pst_inspect_answer(who, r) : pst_inspect_gone(s, r);
}

void pst_inspect_serve(struct pst_sampler *s)
{
	if (!atomic_load(&s->inspect_waits))
		return;
	pthread_mutex_lock(&s->lock);
	struct pst_inspect_request *r = s->box.held_back ? NULL : s->box.asked;
	if (r)
		s->box.asked = NULL;
	atomic_store(&s->inspect_waits, false);
	s->looking = r != NULL;
	pthread_mutex_unlock(&s->lock);
	if (r)
		hand_over(s, answer(s, r));
	free_request(r);
}

void pst_inspect_end(struct pst_sampler *s)
{
	pthread_mutex_lock(&s->lock);
	struct pst_inspect_request *r = s->box.asked;
	s->box.asked = NULL;
	s->box.ended = true;
	pthread_mutex_unlock(&s->lock);
	if (r)
		hand_over(s, pst_inspect_gone(s, r));
	free_request(r);
}

void pst_inspect_free(struct pst_sampler *s)
{
	free_request(s->box.asked);
	pst_inspection_free(s->box.answer);
	pst_inspector_free(&s->inspector);
}
