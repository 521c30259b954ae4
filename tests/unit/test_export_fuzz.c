// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "records.h"

#include "export/recorder.h"

#include <stdlib.h>
#include <string.h>

/* Records that make no sense, as a damaged recording has them: whatever they say, files can be
 * written. */

#define ROUNDS	300
#define RECORDS 200

static uint32_t small(unsigned *seed)
{
	return (uint32_t)rand_r(seed) % 9;
}

static uint64_t some_time(unsigned *seed)
{
	static const uint64_t times[] = {0,	    1, 1000, 1u << 20, 1u << 30, UINT64_C(1) << 50,
					 UINT64_MAX};

	return times[(size_t)rand_r(seed) % 7] + (uint64_t)rand_r(seed) % 1000;
}

static void some_string(const struct sink *s, unsigned *seed, uint32_t id)
{
	char text[64];
	size_t n = (size_t)rand_r(seed) % (sizeof text - 1);

	for (size_t i = 0; i < n; i++)
		text[i] = (char)(rand_r(seed) % 255 + 1);
	text[n] = '\0';
	send_string(s, id, text);
}

static void some_tick(const struct sink *s, unsigned *seed)
{
	send_tick(s, some_time(seed), some_time(seed), small(seed));
	for (uint32_t i = small(seed); i; i--)
		send_sample(s, small(seed), small(seed), (unsigned)rand_r(seed) % 128);
}

static void some_record(const struct sink *s, unsigned *seed, uint32_t next[6])
{
	/* Mostly the id that must come, else any. */
	unsigned kind = (unsigned)rand_r(seed) % 7;
	uint32_t id = kind < 6 && rand_r(seed) % 8 ? ++next[kind] : small(seed);

	switch (kind) {
	case 0:
		some_string(s, seed, id);
		break;
	case 1:
		send_frame(s, id, small(seed), small(seed), (int32_t)rand_r(seed) - RAND_MAX / 2);
		break;
	case 2:
		send_node(s, id, small(seed), small(seed), small(seed));
		break;
	case 3:
		send_process(s, id, rand_r(seed), small(seed));
		break;
	case 4:
		send_thread(s, id, small(seed), rand_r(seed), small(seed));
		break;
	default:
		some_tick(s, seed);
	}
}

static void to_recorder(void *to, const struct pst_rec *rec)
{
	pst_recorder_ingest(to, rec);
}

static void write_all(struct pst_recorder *r, unsigned *seed)
{
	const struct pst_export_format *f;
	struct pst_export_options opt = {.idle = rand_r(seed) % 2,
					 .gil_only = rand_r(seed) % 4 == 0,
					 .functions = rand_r(seed) % 2,
					 .threads = rand_r(seed) % 2,
					 .least = rand_r(seed) % 2 ? 0.001 : 0};
	struct pst_profile base = {0};

	pst_recorder_profile(r, &opt, false, &base);
	opt.base = rand_r(seed) % 3 ? NULL : &base;
	for (size_t i = 0; (f = pst_export_at(i)); i++) {
		struct pst_profile p = {0};
		char *text = NULL;
		size_t len;
		if (f->missing)
			continue;
		pst_recorder_profile(r, &opt, f->order, &p);
		FILE *out = open_memstream(&text, &len);
		f->write(&p, &opt, out);
		assert_int_equal(fclose(out), 0);
		free(text);
		pst_profile_free(&p);
	}
	pst_profile_free(&base);
}

static void test_any_records(void **state)
{
	size_t written = 0;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned seed = round;
		struct pst_recorder *r = pst_recorder_new(1 << 16);
		const struct sink s = {r, to_recorder};
		uint32_t next[6] = {0};
		if (round % 2) { /* something whole to begin with */
			send_tree(&s);
			const uint32_t begun[6] = {5, 4, 4, 1, 1, 0};
			memcpy(next, begun, sizeof next);
		}
		for (int i = 0; i < RECORDS; i++)
			some_record(&s, &seed, next);
		write_all(r, &seed);
		struct pst_profile p = {0};
		pst_recorder_profile(r, &(struct pst_export_options){.idle = true}, false, &p);
		written += p.rows.len;
		pst_profile_free(&p);
		pst_recorder_free(r);
	}
	assert_true(written > ROUNDS); /* else it tests nothing */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
