// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

/* Mutated recordings: the check of records and the model must take any bytes. */

#include "model/query.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS 3000
#define MOST   4096

struct tape {
	_Alignas(8) unsigned char bytes[MOST];
	size_t len;
};

static void *add(struct tape *t, enum pst_rec_type type, uint32_t size)
{
	struct pst_rec *rec = (struct pst_rec *)(void *)(t->bytes + t->len);

	assert_true(t->len + size <= MOST);
	*rec = (struct pst_rec){.size = size, .type = (uint16_t)type};
	t->len += size;
	return rec;
}

#define PUT(t, type, kind, ...)                                                                    \
	do {                                                                                       \
		struct pst_rec_##kind r = {__VA_ARGS__};                                           \
		void *at = add(t, type, sizeof r);                                                 \
		r.head = *(struct pst_rec *)at;                                                    \
		memcpy(at, &r, sizeof r);                                                          \
	} while (0)

/* A whole small recording in which each type occurs. */
static void make(struct tape *t)
{
	t->len = 0;
	for (uint32_t id = 1; id <= 4; id++) {
		struct pst_rec_string *s = add(t, PST_REC_STRING, 24);
		s->id = id;
		s->len = 5;
		memcpy(s + 1, "text", 5);
		((char *)(s + 1))[4] = (char)('0' + id);
	}
	for (uint32_t id = 1; id <= 3; id++) {
		PUT(t, PST_REC_FUNC, func, .id = id, .name = id, .file = 4, .first_line = 1);
		PUT(t, PST_REC_FRAME, frame, .id = id, .func = id, .line = (int32_t)id);
		PUT(t, PST_REC_STACK, stack, .id = id, .parent = id - 1, .frame = id, .depth = id);
	}
	PUT(t, PST_REC_PROCESS, process, .id = 1, .pid = 7, .cmdline = 1, .version = 2);
	PUT(t, PST_REC_THREAD, thread, .id = 1, .process = 1, .tid = 7);
	PUT(t, PST_REC_THREAD, thread, .id = 2, .process = 1, .tid = 8);
	for (uint64_t i = 1; i <= 4; i++) {
		PUT(t, PST_REC_TICK, tick, .time_ns = i * 1000, .period_ns = 1000, .process = 1,
		    .threads = 2, .samples = 2);
		PUT(t, PST_REC_SAMPLE, sample, .thread = 1, .stack = 3);
		PUT(t, PST_REC_SAMPLE, sample, .thread = 2, .stack = 2);
		PUT(t, PST_REC_USAGE, usage, .time_ns = i * 1000, .cpu_ns = i * 500, .process = 1);
		PUT(t, PST_REC_THREAD_USAGE, thread_usage, .time_ns = i * 1000, .cpu_ns = i * 400,
		    .thread = 1);
	}
	PUT(t, PST_REC_STATS, stats, .ticks = 4);
	add(t, PST_REC_PAD, 40);
	struct pst_rec_note *note = add(t, PST_REC_NOTE, 24);
	note->len = 3;
	memcpy(note + 1, "hey", 3);
	PUT(t, PST_REC_END, end, .time_ns = 9);
}

static uint64_t random_time(unsigned *seed)
{
	static const uint64_t times[] = {0, 0, 0, 1, 1000, 5000, 100000000, UINT64_MAX};

	return times[(size_t)rand_r(seed) % (sizeof times / sizeof *times)];
}

static struct pst_span_ns random_span(unsigned *seed)
{
	return (struct pst_span_ns){random_time(seed), random_time(seed)};
}

static struct pst_filter random_filter(unsigned *seed)
{
	static const uint8_t some[4] = {1, 0, 1, 1};

	return (struct pst_filter){
		.idle = rand_r(seed) % 2,
		.gil_only = rand_r(seed) % 4 == 0,
		.my_code = rand_r(seed) % 2,
		.process = (uint32_t)rand_r(seed) % 3,
		.threads = rand_r(seed) % 2 ? some : NULL,
		.nthreads = (size_t)rand_r(seed) % 5,
		.funcs = rand_r(seed) % 2 ? some : NULL,
		.nfuncs = (size_t)rand_r(seed) % 5,
	};
}

/* Weights and links of a tree fit together, whatever it was made of. */
static void look_at_calls(struct pst_model *m, unsigned *seed)
{
	struct pst_calls c = {0};
	struct pst_func_info f;
	const struct pst_calls_options opt = {
		.kind = (enum pst_calls_kind)(rand_r(seed) % 4),
		.merge = rand_r(seed) % 2 ? PST_GROUP_LINE : PST_GROUP_FUNCTION,
		.focus = (uint32_t)rand_r(seed) % 5,
		.filter = random_filter(seed),
		.span = random_span(seed),
		.base = random_span(seed),
		.diff = rand_r(seed) % 2,
		.least = rand_r(seed) % 3 / 2.0,
	};

	pst_model_calls(m, &opt, &c);
	assert_true(c.len > 0);
	for (uint32_t i = 0; i < c.len; i++) {
		const struct pst_calls_node *n = &c.at[i];
		uint64_t sum[2] = {n->own[0], n->own[1]};
		for (uint32_t k = n->child; k; k = c.at[k].next) {
			assert_true(k > i && k < c.len && c.at[k].parent == i);
			sum[0] += c.at[k].total[0];
			sum[1] += c.at[k].total[1];
		}
		assert_true(sum[0] == n->total[0] && sum[1] == n->total[1]);
		pst_model_func(m, n->func, &f);
		assert_true(strlen(f.name) + strlen(f.module) < 2 * MOST);
	}
	pst_calls_free(&c);
}

static void look_at_threads(struct pst_model *m, unsigned *seed)
{
	struct pst_thread_info threads[4];
	struct pst_process_info processes[4];
	struct pst_line_heat heat[4];
	struct pst_time_cell cells[7];
	struct pst_span_ns span = random_span(seed);
	struct pst_filter filter = random_filter(seed);
	uint32_t frames[4];
	size_t n = pst_model_thread_infos(m, &span, threads, 4);

	for (size_t i = 0; i < n && i < 4; i++)
		pst_model_stack(m, threads[i].stack, frames, 4);
	n = pst_model_process_infos(m, processes, 4);
	for (size_t i = 0; i < n && i < 4; i++)
		assert_true(strlen(processes[i].cmdline) < 2 * MOST);
	pst_model_line_heat(m, (uint32_t)rand_r(seed) % 5, &span, &filter, heat, 4);
	pst_model_timeline(m, span, cells, (size_t)rand_r(seed) % 8);
	pst_model_set_history(m, (size_t)rand_r(seed));
}

static void look_at_table(struct pst_model *m, unsigned *seed)
{
	struct pst_table t = {0};
	const struct pst_table_query q = {
		.table = {.group = (enum pst_group)(rand_r(seed) % 4),
			  .sort = (enum pst_sort)(rand_r(seed) % 6)},
		.filter = random_filter(seed),
		.span = random_span(seed),
		.base = random_span(seed),
		.diff = rand_r(seed) % 2,
	};

	pst_model_query(m, &q, &t);
	for (size_t i = 0; i < t.len; i++)
		assert_true(strlen(t.at[i].name) + strlen(t.at[i].file) < 2 * MOST);
	pst_table_free(&t);
}

static void look(struct pst_model *m, unsigned *seed)
{
	struct pst_table t = {0};
	struct pst_summary s;
	struct pst_thread_row rows[4];
	const struct pst_table_options opt = {
		.group = (enum pst_group)(rand_r(seed) % 4),
		.sort = (enum pst_sort)(rand_r(seed) % 6),
		.ascending = rand_r(seed) % 2,
		.normalised = rand_r(seed) % 2,
		.idle = rand_r(seed) % 2,
		.gil_only = rand_r(seed) % 2,
	};

	if (rand_r(seed) % 2)
		pst_model_roll(m);
	pst_model_table(m, &opt, &t);
	for (size_t i = 0; i < t.len; i++)
		assert_true(strlen(t.at[i].name) + strlen(t.at[i].file) < 2 * MOST);
	pst_model_summary(m, &s);
	pst_model_threads(m, rows, 4);
	look_at_table(m, seed);
	look_at_calls(m, seed);
	look_at_threads(m, seed);
	if (rand_r(seed) % 4 == 0)
		pst_model_reset(m);
	pst_table_free(&t);
}

/* Plays T as a reader of files does; returns how many records were taken. */
static size_t play(const struct tape *t, struct pst_model *m, unsigned *seed)
{
	size_t at = 0, n = 0;

	while (at < t->len) {
		const struct pst_rec *rec = (const struct pst_rec *)(const void *)(t->bytes + at);
		if (!pst_record_valid(rec, t->len - at))
			break;
		pst_model_ingest(m, rec);
		at += rec->size;
		n++;
		if (rand_r(seed) % 16 == 0)
			look(m, seed);
	}
	look(m, seed);
	return n;
}

static void mutate(struct tape *t, unsigned *seed)
{
	for (int n = 1 + rand_r(seed) % 6; n > 0; n--) {
		size_t at = (size_t)rand_r(seed) % (t->len / 4) * 4;
		uint32_t word;

		memcpy(&word, t->bytes + at, sizeof word);
		switch (rand_r(seed) % 5) {
		case 0:
			word ^= 1u << rand_r(seed) % 32;
			break;
		case 1:
			word = (uint32_t)rand_r(seed) % 16;
			break;
		case 2:
			word = UINT32_MAX - (uint32_t)rand_r(seed) % 16;
			break;
		case 3:
			word += (uint32_t)(rand_r(seed) % 17) - 8;
			break;
		default:
			t->len = at + 4;
			break;
		}
		memcpy(t->bytes + at, &word, sizeof word);
	}
}

static void test_unchanged(void **state)
{
	struct tape t;
	struct pst_model *m = pst_model_new();
	struct pst_summary s;
	unsigned seed = 1;

	(void)state;
	make(&t);
	assert_int_equal(play(&t, m, &seed), 40);
	pst_model_summary(m, &s);
	assert_int_equal(s.errors, 0);
	assert_int_equal(s.end, PST_END_STOPPED);
	pst_model_free(m);
}

static void test_mutated(void **state)
{
	size_t taken = 0, damaged = 0;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct tape t;
		struct pst_model *m = pst_model_new();
		struct pst_summary s;
		unsigned seed = round;

		make(&t);
		mutate(&t, &seed);
		taken += play(&t, m, &seed);
		pst_model_summary(m, &s);
		damaged += s.errors > 0;
		pst_model_free(m);
	}
	/* The mutations are of use: most get past the check, many are noticed by the model. */
	assert_true(taken > ROUNDS * 8);
	assert_true(damaged > ROUNDS / 4);
}

static void test_noise(void **state)
{
	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct tape t = {.len = MOST};
		struct pst_model *m = pst_model_new();
		unsigned seed = round;

		for (size_t i = 0; i < MOST; i++)
			t.bytes[i] = (unsigned char)rand_r(&seed);
		/* Heads that pass, with noise behind them. */
		for (size_t at = 0; at + 272 <= MOST;) {
			struct pst_rec *rec = (struct pst_rec *)(void *)(t.bytes + at);
			static const uint32_t size[PST_REC_TYPES] = {8,	 16, 32,  24, 24, 32, 56,
								     48, 16, 272, 16, 24, 40, 32};
			rec->type = (uint16_t)((unsigned)rand_r(&seed) % PST_REC_TYPES);
			rec->size = size[rec->type];
			for (uint32_t *w = (uint32_t *)(rec + 1); w < (uint32_t *)(rec + 2); w++)
				*w %= 4;
			at += rec->size;
		}
		play(&t, m, &seed);
		pst_model_free(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unchanged),
		cmocka_unit_test(test_mutated),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
