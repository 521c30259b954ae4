// SPDX-License-Identifier: MIT
#include "config.h"

/*
 * Asks a sampler for stacks and values: for tests/e2e/test_inspect.py.
 *
 *	inspect_tool PID RATE coscheduled|paused|free
 *
 * Commands on the standard input, one line each; an answer is one line of JSON:
 *
 *	look TID FRAME FUNC VALUES [OPEN…]	tab-separated; FRAME -1: the leaf; FUNC "-": any;
 *						VALUES 0 or 1; in OPEN "\x1f" is a bar
 *	burst N TID				N requests in a row, the last one is answered
 *	flood N TID				N requests without waiting, the last one is answered
 *	pause, go				of the sampling
 *	stats					of the sampling so far
 */

#include "plat/plat.h"
#include "ring/ring.h"
#include "sampler/sampler.h"

#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define WAIT_NS UINT64_C(20000000000)

struct tool {
	struct pst_sampler *s;
	struct pst_ring *ring;
	struct pst_wake *wake;
	uint64_t serial, ticks, rejected;
	struct pst_rec_stats last;
	bool ended;
};

static void fail(const char *what)
{
	fprintf(stderr, "inspect_tool: %s\n", what);
	exit(2);
}

static void take(struct tool *t, const union pst_record *r)
{
	if (r->head.type == PST_REC_TICK) {
		t->ticks += !r->tick.err;
		t->rejected += r->tick.err != 0;
	} else if (r->head.type == PST_REC_STATS) {
		t->last = r->stats;
	} else if (r->head.type == PST_REC_NOTE) {
		fprintf(stderr, "note: %.*s\n", (int)r->note.len, (const char *)(&r->note + 1));
	}
	t->ended |= r->head.type == PST_REC_END;
}

static void drain(struct tool *t)
{
	const struct pst_rec *rec;
	size_t n = 0;

	while ((rec = pst_ring_next(t->ring))) {
		take(t, (const union pst_record *)(const void *)rec);
		if (++n % 256 == 0)
			pst_ring_release(t->ring);
	}
	pst_ring_release(t->ring);
}

/* Until the answer to the last request is there; only the nudge or a full ring wakes us. */
static struct pst_inspection *wait_for(struct tool *t)
{
	uint64_t end = pst_now_ns() + WAIT_NS;
	const int fd = pst_ring_fd(t->ring);

	while (pst_now_ns() < end) {
		enum pst_ready ready;
		struct pst_inspection *in = pst_sampler_inspected(t->s);
		if (in && in->serial == t->serial)
			return in;
		pst_inspection_free(in);
		drain(t);
		if (pst_ring_sleep(t->ring, SIZE_MAX))
			pst_poll(&fd, &ready, 1, end);
		pst_ring_awake(t->ring);
	}
	return NULL;
}

static void put(struct json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, json_object_new_string(text));
}

static void put_int(struct json_object *o, const char *key, int64_t n)
{
	json_object_object_add(o, key, json_object_new_int64(n));
}

static void put_bool(struct json_object *o, const char *key, bool b)
{
	json_object_object_add(o, key, json_object_new_boolean(b));
}

static struct json_object *frames_of(const struct pst_inspection *in)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < in->frames_len; i++) {
		const struct pst_inspect_frame *f = &in->frames[i];
		struct json_object *o = json_object_new_object();
		put(o, "name", f->name);
		put(o, "file", f->file);
		put(o, "full_file", f->full_file);
		put_int(o, "line", f->line);
		put_int(o, "first_line", f->first_line);
		json_object_array_add(array, o);
	}
	return array;
}

static struct json_object *rows_of(const struct pst_inspection *in)
{
	static const char *const kinds[] = {"arg", "local", "cell", "free", "part"};
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < in->rows_len; i++) {
		const struct pst_value_row *r = &in->rows[i];
		struct json_object *o = json_object_new_object();
		put(o, "label", r->label);
		put(o, "text", r->text);
		put(o, "type", r->type);
		put(o, "kind", kinds[r->kind]);
		put_int(o, "depth", r->depth);
		put_int(o, "length", r->length);
		put_bool(o, "can_open", r->can_open);
		put_bool(o, "is_open", r->is_open);
		put_bool(o, "cut", r->cut);
		json_object_array_add(array, o);
	}
	return array;
}

static void say(struct json_object *o)
{
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	fflush(stdout);
	json_object_put(o);
}

static void say_answer(struct tool *t)
{
	struct pst_inspection *in = wait_for(t);
	struct json_object *o = json_object_new_object();

	if (!in)
		fail("no answer");
	put(o, "err", pst_err_id(in->err));
	put(o, "why", in->why);
	put_int(o, "pause_ns", (int64_t)in->pause_ns);
	put_int(o, "thread", in->thread);
	put_bool(o, "proved", in->proved);
	put_bool(o, "truncated", in->truncated);
	put_int(o, "frame", in->frame == SIZE_MAX ? -1 : (int64_t)in->frame);
	json_object_object_add(o, "frames", frames_of(in));
	json_object_object_add(o, "rows", rows_of(in));
	pst_inspection_free(in);
	say(o);
}

static void say_stats(struct tool *t)
{
	struct json_object *o = json_object_new_object();

	drain(t);
	put_int(o, "ticks", (int64_t)t->ticks);
	put_int(o, "rejected", (int64_t)t->rejected);
	put_int(o, "late", (int64_t)t->last.late);
	put_int(o, "stacks", (int64_t)t->last.stacks);
	put_int(o, "proved", (int64_t)t->last.proved);
	put_int(o, "pauses", (int64_t)t->last.pauses);
	put_bool(o, "ended", t->ended);
	say(o);
}

static void ask(struct tool *t, struct pst_inspect_request *r)
{
	r->serial = ++t->serial;
	r->process = 1;
	r->thread = 7;
	pst_sampler_inspect(t->s, r);
}

static void look(struct tool *t, char **word, size_t n)
{
	struct pst_inspect_request r = {
		.tid = atoll(word[1]),
		.frame = *word[2] == '-' ? SIZE_MAX : (size_t)atoll(word[2]),
		.values = *word[4] == '1',
		.open = (const char *const *)word + 5,
		.open_len = n - 5,
	};

	snprintf(r.func, sizeof r.func, "%s", strcmp(word[3], "-") ? word[3] : "");
	for (size_t i = 5; i < n; i++)
		for (char *p = word[i]; *p; p++)
			if (*p == '|')
				*p = '\x1f';
	ask(t, &r);
	say_answer(t);
}

static void many(struct tool *t, char **word, bool wait)
{
	struct pst_inspect_request r = {.tid = atoll(word[2]), .frame = SIZE_MAX, .values = true};
	int n = atoi(word[1]);

	for (int i = 0; i < n; i++) {
		ask(t, &r);
		if (wait && i + 1 < n) {
			struct pst_inspection *in = wait_for(t);
			if (!in)
				fail("no answer");
			pst_inspection_free(in);
		}
	}
	say_answer(t);
}

static void obey(struct tool *t, char *line)
{
	char *word[PST_INSPECT_OPEN_MAX + 8];
	size_t n = 0;

	line[strcspn(line, "\n")] = '\0';
	for (char *p = strtok(line, "\t"); p && n < sizeof word / sizeof *word;
	     p = strtok(NULL, "\t"))
		word[n++] = p;
	if (n >= 5 && !strcmp(word[0], "look"))
		look(t, word, n);
	else if (n == 3 && (!strcmp(word[0], "burst") || !strcmp(word[0], "flood")))
		many(t, word, word[0][0] == 'b');
	else if (n == 1 && !strcmp(word[0], "stats"))
		say_stats(t);
	else if (n == 1 && (!strcmp(word[0], "pause") || !strcmp(word[0], "go")))
		pst_sampler_set_paused(t->s, word[0][0] == 'p');
	else
		fail("unknown command");
}

static enum pst_sampling mode_of(const char *name)
{
	if (!strcmp(name, "paused"))
		return PST_SAMPLING_PAUSED;
	return strcmp(name, "free") ? PST_SAMPLING_COSCHEDULED : PST_SAMPLING_FREE;
}

int main(int argc, char **argv)
{
	static char line[1 << 20];
	struct tool t = {.wake = pst_wake_new()};
	struct pst_why why = {0};

	if (argc != 4 || !t.wake)
		fail("usage: inspect_tool PID RATE MODE");
	const struct pst_ring_wake wake = {pst_wake_fd(t.wake), pst_wake_signal, pst_wake_clear,
					   t.wake};
	const struct pst_sampler_options opt = {.pid = (pid_t)atoi(argv[1]),
						.rate = atof(argv[2]),
						.sampling = mode_of(argv[3]),
						.fallback = PST_SAMPLING_PAUSED,
						.attach_timeout_ns = UINT64_C(5000000000)};
	t.ring = pst_ring_new(16u << 20, &wake);
	if (!t.ring || pst_sampler_start(&opt, t.ring, &t.s, &why))
		fail(why.what);
	while (fgets(line, sizeof line, stdin))
		obey(&t, line);
	pst_sampler_stop(t.s);
	pst_ring_free(t.ring);
	pst_wake_free(t.wake);
	return 0;
}
