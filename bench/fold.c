// SPDX-License-Identifier: MIT
#include "config.h"

/*
 * fold SAMPLES
 *
 * Sends so many samples of always the same stacks through the ring into the model, as a sampler of
 * four threads would; says at each tenth how many there were, the seconds, and our memory in KB.
 */

#include "model/model.h"
#include "plat/plat.h"
#include "ring/ring.h"
#include "memory_kb.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS	   4
#define STACKS	   1000 /* nodes: chains of DEPTH */
#define DEPTH	   20
#define TEXTS	   100
#define RING_BYTES (8u << 20)
#define PERIOD_NS  UINT64_C(100000)

static struct pst_ring *ring;
static struct pst_model *model;

static void drain(void)
{
	const struct pst_rec *rec;

	while ((rec = pst_ring_next(ring)))
		pst_model_ingest(model, rec);
	pst_ring_release(ring);
}

static void *room(size_t size, enum pst_rec_type type, unsigned flags)
{
	struct pst_rec *head = pst_ring_reserve(ring, size);

	if (!head) {
		pst_ring_commit(ring);
		drain();
		head = pst_ring_reserve(ring, size);
	}
	if (!head)
		abort();
	memset(head, 0, size);
	*head = (struct pst_rec){(uint32_t)size, (uint16_t)type, (uint16_t)flags};
	return head;
}

static void define_names(void)
{
	for (uint32_t i = 1; i <= TEXTS; i++) {
		struct pst_rec_string *s = room(sizeof *s + 16, PST_REC_STRING, 0);
		s->id = i;
		s->len = (uint32_t)snprintf((char *)(s + 1), 16, "name%u", i);
		struct pst_rec_func *f = room(sizeof *f, PST_REC_FUNC, 0);
		f->id = f->name = f->qualname = i;
		f->file = f->short_file = 1;
		f->first_line = (int32_t)i;
		struct pst_rec_frame *r = room(sizeof *r, PST_REC_FRAME, 0);
		r->id = r->func = i;
		r->line = (int32_t)i + 1;
	}
}

static void define_stacks(void)
{
	for (uint32_t i = 1; i <= STACKS; i++) {
		struct pst_rec_stack *s = room(sizeof *s, PST_REC_STACK, 0);
		s->id = i;
		s->depth = (i - 1) % DEPTH + 1;
		s->parent = s->depth > 1 ? i - 1 : 0;
		s->frame = (i * 7 + i / DEPTH) % TEXTS + 1;
	}
}

static void define_process(void)
{
	struct pst_rec_process *p = room(sizeof *p, PST_REC_PROCESS, 0);

	p->id = p->cmdline = p->version = 1;
	p->pid = 1;
	for (uint32_t i = 1; i <= THREADS; i++) {
		struct pst_rec_thread *t = room(sizeof *t, PST_REC_THREAD, 0);
		t->id = i;
		t->process = 1;
		t->tid = i;
		t->name = i;
		t->is_main = i == 1;
	}
}

static void look(uint64_t number)
{
	struct pst_rec_tick *t = room(sizeof *t, PST_REC_TICK, 0);

	t->time_ns = number * PERIOD_NS;
	t->period_ns = PERIOD_NS;
	t->process = 1;
	t->threads = t->samples = THREADS;
	for (uint32_t i = 1; i <= THREADS; i++) {
		struct pst_rec_sample *s =
			room(sizeof *s, PST_REC_SAMPLE, i == 1 ? PST_SAMPLE_GIL : 0);
		s->thread = i;
		s->stack = (uint32_t)((number * 31 + i * 17) % STACKS) + 1;
	}
	pst_ring_commit(ring);
}

int main(int argc, char **argv)
{
	uint64_t looks = argc > 1 ? strtoull(argv[1], NULL, 10) / THREADS : 0, begin = pst_now_ns();

	if (looks < 10) {
		fprintf(stderr, "fold SAMPLES\n");
		return 2;
	}
	ring = pst_ring_new(RING_BYTES, NULL);
	model = pst_model_new();
	define_names();
	define_stacks();
	define_process();
	for (uint64_t i = 1; i <= looks; i++) {
		look(i);
		if (i % 4096 == 0 || i == looks)
			drain();
		if (i % (looks / 10) == 0)
			printf("%" PRIu64 " %.2f %lu\n", i * THREADS,
			       (double)(pst_now_ns() - begin) / 1e9, memory_kb());
	}
	struct pst_summary sum;
	pst_model_summary(model, &sum);
	pst_model_free(model);
	pst_ring_free(ring);
	return sum.ticks == looks && !sum.errors ? 0 : 1;
}
