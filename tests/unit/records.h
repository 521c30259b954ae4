// SPDX-License-Identifier: MIT
#ifndef PST_UNIT_RECORDS_H
#define PST_UNIT_RECORDS_H

/* Records as a sampler would send them, made by hand, to a model or a recorder. */

#include "ring/record.h"

#include <string.h>

#define HEAD(r, t)                                                                                 \
	{                                                                                          \
		sizeof(r), t, 0                                                                    \
	}

struct sink {
	void *to;
	void (*ingest)(void *to, const struct pst_rec *rec);
};

static inline void send_string(const struct sink *s, uint32_t id, const char *text)
{
	_Alignas(8) unsigned char bytes[512] = {0};
	struct pst_rec_string *r = (struct pst_rec_string *)bytes;
	uint32_t len = (uint32_t)strlen(text);

	*r = (struct pst_rec_string){
		{PST_REC_ALIGN((uint32_t)sizeof *r + len), PST_REC_STRING, 0}, id, len};
	memcpy(r + 1, text, len);
	s->ingest(s->to, &r->head);
}

/* A function and one line in it, both with number ID. */
static inline void send_frame(const struct sink *s, uint32_t id, uint32_t name, uint32_t file,
			      int32_t line)
{
	struct pst_rec_func f = {HEAD(f, PST_REC_FUNC), id, name, name, file, file, line};
	struct pst_rec_frame r = {HEAD(r, PST_REC_FRAME), id, id, line, PST_FRAME_PYTHON};

	s->ingest(s->to, &f.head);
	s->ingest(s->to, &r.head);
}

static inline void send_node(const struct sink *s, uint32_t id, uint32_t parent, uint32_t frame,
			     uint32_t depth)
{
	struct pst_rec_stack r = {HEAD(r, PST_REC_STACK), id, parent, frame, depth};

	s->ingest(s->to, &r.head);
}

static inline void send_thread(const struct sink *s, uint32_t id, uint32_t process, int64_t tid,
			       uint32_t name)
{
	struct pst_rec_thread r = {.head = HEAD(r, PST_REC_THREAD),
				   .id = id,
				   .process = process,
				   .tid = tid,
				   .name = name};

	s->ingest(s->to, &r.head);
}

static inline void send_process(const struct sink *s, uint32_t id, int32_t pid, uint32_t cmdline)
{
	struct pst_rec_process r = {HEAD(r, PST_REC_PROCESS), id, pid, cmdline, 0, 0};

	s->ingest(s->to, &r.head);
}

static inline void send_tick(const struct sink *s, uint64_t time_ns, uint64_t period_ns,
			     uint32_t samples)
{
	struct pst_rec_tick r = {.head = HEAD(r, PST_REC_TICK),
				 .time_ns = time_ns,
				 .period_ns = period_ns,
				 .process = 1,
				 .threads = samples,
				 .samples = samples};

	s->ingest(s->to, &r.head);
}

static inline void send_sample(const struct sink *s, uint32_t thread, uint32_t stack,
			       unsigned flags)
{
	struct pst_rec_sample r = {{sizeof r, PST_REC_SAMPLE, (uint16_t)flags}, thread, stack};

	s->ingest(s->to, &r.head);
}

/*
 *	main (a.py:1) ── work (a.py:7) ── <truncated>		nodes 1 2 3
 *	              └─ alpha; (a.py)				node 4
 *
 * in process 1, with thread 1.
 */
static inline void send_tree(const struct sink *s)
{
	send_string(s, 1, "a.py");
	send_string(s, 2, "main");
	send_string(s, 3, "work");
	send_string(s, 4, "alpha;");
	send_string(s, 5, "<truncated>");
	send_frame(s, 1, 2, 1, 1);
	send_frame(s, 2, 3, 1, 7);
	send_frame(s, 3, 4, 1, 0);
	send_frame(s, 4, 5, 0, 0);
	send_node(s, 1, 0, 1, 1);
	send_node(s, 2, 1, 2, 2);
	send_node(s, 3, 2, 4, 3);
	send_node(s, 4, 1, 3, 2);
	send_process(s, 1, 4711, 0);
	send_thread(s, 1, 1, 0, 0);
}

/* A tick with one sample of thread 1. */
static inline void send_one(const struct sink *s, uint32_t stack, unsigned flags)
{
	send_tick(s, 1000, 1000, 1);
	send_sample(s, 1, stack, flags);
}

#endif
