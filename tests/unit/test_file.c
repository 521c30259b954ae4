// SPDX-License-Identifier: MIT
/* Recordings: what is written is read, and what became of a file does not matter for its whole
 * blocks. */
#include "config.h"

#include "unit.h"

#include "base/alloc.h"
#include "base/vec.h"
#include "file/file.h"
#include "file/format.h"
#include "file/merge.h"
#include "records.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct records { /* one behind the other */
	unsigned char *at;
	size_t len, cap;
	size_t n;
};

static void keep(void *to, const struct pst_rec *rec)
{
	struct records *r = to;

	pst_vec_grow((void **)&r->at, &r->cap, r->len + rec->size, 1);
	memcpy(r->at + r->len, rec, rec->size);
	r->len += rec->size;
	r->n++;
}

static void drop(struct records *r)
{
	free(r->at);
	*r = (struct records){0};
}

static void add(void *to, const struct pst_rec *rec)
{
	pst_file_writer_add(to, rec);
}

/* A file without a name. */
static int new_file(void)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	int fd = dup(fileno(f));
	fclose(f);
	return fd;
}

static const struct pst_file_about about = {
	.start_ns = 1000000,
	.start_unix_ms = 1700000000123,
	.rate = 100,
	.sampling = 1,
	.fallback = 2,
	.flags = PST_FILE_IDLE,
};

/* Ticks of two threads, whose stacks change now and then. */
static void send_ticks(const struct sink *s, unsigned n, uint64_t start_ns)
{
	for (unsigned i = 0; i < n; i++) {
		send_tick(s, start_ns + i * UINT64_C(10000000) + i % 7 * 1000, 10000000, 2);
		send_sample(s, 1, 1 + i / 5 % 4, PST_SAMPLE_GIL);
		send_sample(s, 2, 2, i % 3 ? PST_SAMPLE_IDLE : 0);
	}
}

static void send_usage(const struct sink *s, uint64_t time_ns)
{
	struct pst_rec_usage u = {HEAD(u, PST_REC_USAGE), time_ns, time_ns / 2, 12345678, 1, 0};
	struct pst_rec_thread_usage t = {HEAD(t, PST_REC_THREAD_USAGE), time_ns, time_ns / 3, 1, 0};

	s->ingest(s->to, &u.head);
	s->ingest(s->to, &t.head);
}

static void send_stats(const struct sink *s, uint64_t ticks)
{
	struct pst_rec_stats r = {.head = HEAD(r, PST_REC_STATS), .ticks = ticks, .rate_now = 99.5};

	s->ingest(s->to, &r.head);
}

static void send_end(const struct sink *s)
{
	struct pst_rec_end r = {HEAD(r, PST_REC_END), 7000000000, PST_GONE, 0};

	s->ingest(s->to, &r.head);
}

/* All kinds of records; six blocks of a second and the index. */
static void send_all(const struct sink *s)
{
	send_tree(s);
	send_thread(s, 2, 1, 4712, 2);
	send_ticks(s, 250, 1000000000);
	send_usage(s, 3500000000);
	send_string(s, 6, "späť \xf0\x9f\x90\x8d");
	send_frame(s, 5, 6, 1, -3);
	send_node(s, 5, 4, 5, 3);
	struct pst_rec_tick bad = {.head = HEAD(bad, PST_REC_TICK),
				   .time_ns = 3600000000,
				   .period_ns = 10000000,
				   .process = 1,
				   .err = PST_CHANGED};
	s->ingest(s->to, &bad.head);
	send_ticks(s, 250, 3700000000);
	send_usage(s, 6500000000);
	send_stats(s, 500);
	send_end(s);
}

static int write_file(void (*send)(const struct sink *))
{
	int fd = new_file();
	struct pst_file_writer *w = pst_file_writer_new(fd, &about);
	const struct sink s = {w, add};

	send(&s);
	assert_int_equal(pst_file_writer_error(w), 0);
	uint64_t bytes = pst_file_writer_bytes(w);
	assert_int_equal(pst_file_writer_end(w), 0);
	assert_true((uint64_t)lseek(fd, 0, SEEK_CUR) > bytes);
	return fd;
}

static enum pst_err read_file(int fd, struct records *out, struct pst_why *why)
{
	struct pst_file_reader *r = pst_file_reader_new(fd, "it", false);
	const struct pst_rec *rec;

	lseek(fd, 0, SEEK_SET);
	while (pst_file_next(r, &rec) == PST_FILE_RECORD)
		keep(out, rec);
	enum pst_err err = pst_file_reader_trouble(r, why);
	assert_true(!err || why->what[0]);
	pst_file_reader_free(r);
	return err;
}

static struct records expected(void (*send)(const struct sink *))
{
	struct records r = {0};
	const struct sink s = {&r, keep};

	send(&s);
	return r;
}

static void test_round_trip(void **state)
{
	struct records want = expected(send_all), got = {0};
	struct pst_why why;
	int fd = write_file(send_all);

	(void)state;
	assert_int_equal(read_file(fd, &got, &why), PST_OK);
	assert_int_equal(got.n, want.n);
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.at, want.at, got.len);
	drop(&want);
	drop(&got);
	close(fd);
}

static void test_head(void **state)
{
	int fd = write_file(send_all);
	struct pst_why why;

	(void)state;
	lseek(fd, 0, SEEK_SET);
	struct pst_file_reader *r = pst_file_reader_new(fd, "it", true);
	assert_null(pst_file_reader_about(r));
	assert_int_equal(pst_file_reader_head(r, &why), PST_OK);
	assert_memory_equal(pst_file_reader_about(r), &about, sizeof about);
	pst_file_reader_free(r);
	close(fd);
}

static void send_nothing(const struct sink *s)
{
	(void)s;
}

static void test_empty(void **state)
{
	struct records got = {0};
	struct pst_why why;
	uint64_t first, last;
	int fd = write_file(send_nothing);

	(void)state;
	assert_int_equal(read_file(fd, &got, &why), PST_OK);
	assert_int_equal(got.n, 0);
	assert_false(pst_file_extent(fd, &first, &last));
	close(fd);
}

/* Figures before the last of a block are not kept; times are whole microseconds. */
static void send_odd(const struct sink *s)
{
	send_tree(s);
	send_stats(s, 1);
	send_tick(s, 1000000999, 1001, 1);
	send_sample(s, 1, 1, 0);
	send_stats(s, 2);
}

static void test_what_is_not_kept(void **state)
{
	struct records got = {0};
	struct pst_why why;
	int fd = write_file(send_odd);

	(void)state;
	assert_int_equal(read_file(fd, &got, &why), PST_OK);
	const unsigned char *end = got.at + got.len;
	const struct pst_rec_stats *stats = (const void *)(end - sizeof(struct pst_rec_stats));
	const struct pst_rec_sample *sample = (const void *)((const char *)stats - sizeof *sample);
	const struct pst_rec_tick *tick = (const void *)((const char *)sample - sizeof *tick);
	assert_int_equal(stats->head.type, PST_REC_STATS);
	assert_int_equal(stats->ticks, 2);
	assert_int_equal(sample->head.type, PST_REC_SAMPLE);
	assert_int_equal(tick->time_ns, 1000000000);
	assert_int_equal(tick->period_ns, 1001);
	drop(&got);
	close(fd);
}

/* A tick that a definition comes into, samples without a tick, ticks of processes by turns. */
static void send_mixed(const struct sink *s)
{
	send_tree(s);
	send_process(s, 2, 4713, 2);
	send_thread(s, 2, 2, 4713, 0);
	send_sample(s, 1, 1, 0);
	send_tick(s, 2000000, 1000, 2);
	send_sample(s, 1, 1, 0);
	send_string(s, 6, "late");
	send_sample(s, 1, 2, 0);
	for (uint32_t i = 0; i < 100; i++) {
		struct pst_rec_tick t = {.head = HEAD(t, PST_REC_TICK),
					 .time_ns = 3000000 + i * 1000,
					 .period_ns = 1000,
					 .pause_ns = i * 1000,
					 .process = i % 40 + 1,
					 .samples = 1};
		s->ingest(s->to, &t.head);
		send_sample(s, i % 2 + 1, 1, 0);
	}
	send_tick(s, 5000000, 1000, 3); /* and its samples never come */
	send_sample(s, 1, 2, 0);
}

static void test_mixed(void **state)
{
	struct records want = expected(send_mixed), got = {0};
	struct pst_why why;
	int fd = write_file(send_mixed);

	(void)state;
	assert_int_equal(read_file(fd, &got, &why), PST_OK);
	assert_int_equal(got.n, want.n);
	assert_memory_equal(got.at, want.at, got.len);
	drop(&want);
	drop(&got);
	close(fd);
}

/* Blocks are bounded whatever comes. */
static void send_much(const struct sink *s)
{
	send_tree(s);
	for (uint32_t i = 0; i < 300000; i++) {
		send_tick(s, 1000000000 + i * UINT64_C(1000), 1000, 1);
		send_sample(s, 1, i * 2654435761u % 4 + 1, i % 5 ? 0 : PST_SAMPLE_GC);
	}
	send_tick(s, 2000000000, 1000, 500000);
	for (uint32_t i = 0; i < 500000; i++)
		send_sample(s, i * 2654435761u, i, 0);
}

static void test_much(void **state)
{
	struct records want = expected(send_much), got = {0};
	struct pst_why why;
	int fd = write_file(send_much);

	(void)state;
	assert_int_equal(read_file(fd, &got, &why), PST_OK);
	assert_int_equal(got.n, want.n);
	assert_memory_equal(got.at, want.at, got.len);
	drop(&want);
	drop(&got);
	close(fd);
}

/* ---- what is missing ---------------------------------------------------------------------- */

static unsigned char *load(int fd, size_t *len)
{
	*len = (size_t)lseek(fd, 0, SEEK_END);
	unsigned char *bytes = pst_alloc(*len);
	assert_int_equal(pread(fd, bytes, *len, 0), (ssize_t)*len);
	return bytes;
}

static int file_of(const unsigned char *bytes, size_t len)
{
	int fd = new_file();

	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	return fd;
}

/* How many records stand in the blocks that end within the first LEN bytes. */
static size_t whole_records(const unsigned char *bytes, size_t len, const struct records *all)
{
	struct pst_file_block b;
	size_t at = PST_FILE_HEAD_LEN, pos = 0, n = 0;
	uint64_t units = 0; /* ticks and others */

	while (at + PST_FILE_BLOCK_LEN <= len && pst_file_get_block(bytes + at, &b)) {
		at += PST_FILE_BLOCK_LEN + b.packed;
		if (at > len || b.kind == PST_FILE_INDEX)
			break;
		units += b.ticks + b.others;
	}
	for (; pos < all->len; n++) {
		const struct pst_rec *r = (const void *)(all->at + pos);
		if (r->type != PST_REC_SAMPLE && !units--)
			break;
		pos += r->size;
	}
	return n;
}

static void test_cut_at_every_byte(void **state)
{
	struct records all = expected(send_all);
	int fd = write_file(send_all);
	size_t len;
	unsigned char *bytes = load(fd, &len);
	uint64_t first, last;

	(void)state;
	for (size_t n = 0; n < len; n++) {
		struct records got = {0};
		struct pst_why why;
		int cut = file_of(bytes, n);
		/* Without its last bytes it has an index, which nobody finds: it is read all the
		 * same. */
		enum pst_err err = read_file(cut, &got, &why);
		if (n + PST_FILE_TRAILER_LEN < len)
			assert_int_equal(err, PST_CORRUPT);
		else
			assert_int_equal(err, PST_OK);
		size_t whole = whole_records(bytes, n, &all);
		assert_int_equal(got.n, whole);
		if (got.len)
			assert_memory_equal(got.at, all.at, got.len);
		assert_int_equal(pst_file_extent(cut, &first, &last), whole > 25);
		drop(&got);
		close(cut);
	}
	free(bytes);
	drop(&all);
	close(fd);
}

/* One bit is wrong anywhere: what stands before is there, and nothing that is wrong. */
static void test_damage(void **state)
{
	struct records all = expected(send_all);
	int fd = write_file(send_all);
	size_t len;
	unsigned char *bytes = load(fd, &len);

	(void)state;
	for (size_t n = 0; n < len; n++) {
		struct records got = {0};
		struct pst_why why;
		bytes[n] ^= (unsigned char)(1u << n % 8);
		int bad = file_of(bytes, len);
		enum pst_err err = read_file(bad, &got, &why);
		if (n + PST_FILE_TRAILER_LEN < len)
			assert_int_not_equal(err, PST_OK);
		assert_true(got.len <= all.len);
		if (got.len)
			assert_memory_equal(got.at, all.at, got.len);
		drop(&got);
		close(bad);
		bytes[n] ^= (unsigned char)(1u << n % 8);
	}
	free(bytes);
	drop(&all);
	close(fd);
}

static void test_extent(void **state)
{
	uint64_t first = 0, last = 0;
	int fd = write_file(send_all);
	size_t len;
	unsigned char *bytes = load(fd, &len);

	(void)state;
	assert_true(pst_file_extent(fd, &first, &last));
	assert_int_equal(first, 1000000000);
	assert_int_equal(last, 3700000000 + 249 * UINT64_C(10000000) + 249 % 7 * 1000);
	/* By the blocks. */
	first = last = 0;
	int cut = file_of(bytes, len - 1);
	assert_true(pst_file_extent(cut, &first, &last));
	assert_int_equal(first, 1000000000);
	assert_int_equal(last, 3700000000 + 249 * UINT64_C(10000000) + 249 % 7 * 1000);
	close(cut);
	close(fd);
	free(bytes);
}

/* Blocks out of the span are not read: here they are damaged, and nobody sees it. */
static void test_span(void **state)
{
	int fd = write_file(send_all);
	const struct pst_rec *rec;
	size_t len, ticks = 0;
	unsigned char *bytes = load(fd, &len);
	struct pst_file_block b;
	struct pst_why why;

	(void)state;
	assert_true(pst_file_get_block(bytes + PST_FILE_HEAD_LEN, &b));
	size_t second = PST_FILE_HEAD_LEN + PST_FILE_BLOCK_LEN + b.packed;
	bytes[second + PST_FILE_BLOCK_LEN] ^= 1;
	int bad = file_of(bytes, len);
	lseek(bad, 0, SEEK_SET);
	struct pst_file_reader *r = pst_file_reader_new(bad, "it", false);
	pst_file_reader_span(r, 4000000000, UINT64_MAX);
	while (pst_file_next(r, &rec) == PST_FILE_RECORD)
		ticks += rec->type == PST_REC_TICK;
	assert_int_equal(pst_file_reader_trouble(r, &why), PST_OK);
	assert_true(ticks > 200 && ticks < 500);
	pst_file_reader_free(r);
	free(bytes);
	close(bad);
	close(fd);
}

static void test_not_a_recording(void **state)
{
	static const char *const bad[] = {"", "x", "\x89PYSPY\r\n",
					  "This is not what was asked for, and it is long enough."};
	struct records got = {0};
	struct pst_why why;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int fd = file_of((const unsigned char *)bad[i], strlen(bad[i]));
		assert_int_equal(read_file(fd, &got, &why), PST_CORRUPT);
		assert_non_null(strstr(why.what, "it "));
		assert_int_equal(got.n, 0);
		close(fd);
	}
}

static void test_other_version(void **state)
{
	int fd = write_file(send_all);
	struct records got = {0};
	struct pst_why why;

	(void)state;
	assert_int_equal(pwrite(fd, "\x02", 1, 8), 1);
	assert_int_equal(read_file(fd, &got, &why), PST_UNKNOWN);
	assert_int_equal(got.n, 0);
	close(fd);
}

static void test_no_room(void **state)
{
	int fd = open("/dev/full", O_WRONLY);

	(void)state;
	if (fd < 0)
		skip();
	struct pst_file_writer *w = pst_file_writer_new(fd, &about);
	const struct sink s = {w, add};
	send_all(&s);
	assert_int_equal(pst_file_writer_error(w), ENOSPC);
	assert_int_equal(pst_file_writer_end(w), ENOSPC);
	close(fd);
}

/* ---- as it comes -------------------------------------------------------------------------- */

static void test_live(void **state)
{
	int pipes[2];
	const struct pst_rec *rec;
	size_t n = 0;

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	struct pst_file_writer *w = pst_file_writer_new(pipes[1], &about);
	const struct sink s = {w, add};
	struct pst_file_reader *r = pst_file_reader_new(pipes[0], "it", true);
	assert_int_equal(pst_file_next(r, &rec), PST_FILE_WAIT);
	send_tree(&s);
	assert_int_equal(pst_file_next(r, &rec), PST_FILE_WAIT);
	pst_file_writer_flush(w);
	while (pst_file_next(r, &rec) == PST_FILE_RECORD)
		n++;
	assert_int_equal(n, 19);
	send_ticks(&s, 1, 1000000000);
	pst_file_writer_flush(w);
	for (n = 0; pst_file_next(r, &rec) == PST_FILE_RECORD; n++)
		;
	assert_int_equal(n, 3);
	assert_int_equal(pst_file_writer_end(w), 0);
	close(pipes[1]);
	assert_int_equal(pst_file_next(r, &rec), PST_FILE_END);
	assert_int_equal(pst_file_reader_trouble(r, NULL), PST_OK);
	pst_file_reader_free(r);
	close(pipes[0]);
}

/* ---- several ------------------------------------------------------------------------------ */

static void send_other(const struct sink *s)
{
	send_string(s, 1, "main");
	send_string(s, 2, "a.py");
	send_string(s, 3, "other");
	send_frame(s, 1, 1, 2, 1); /* the same as in the tree */
	send_frame(s, 2, 3, 2, 9);
	send_node(s, 1, 0, 1, 1);
	send_node(s, 2, 1, 2, 2);
	send_process(s, 1, 4713, 3);
	send_thread(s, 1, 1, 1, 0);
	for (unsigned i = 0; i < 10; i++) {
		send_tick(s, 500000 + i * 1000000, 1000000, 1);
		send_sample(s, 1, 2, 0);
	}
	send_end(s);
}

static void send_first(const struct sink *s)
{
	send_tree(s);
	for (unsigned i = 0; i < 10; i++) {
		send_tick(s, 1000000 + i * 1000000, 1000000, 1);
		send_sample(s, 1, 2, 0);
	}
	send_end(s);
}

static void test_merge(void **state)
{
	int fds[2] = {write_file(send_first), write_file(send_other)};
	struct pst_merge_part parts[2] = {
		{.to_ns = UINT64_MAX}, {.from_ns = 2000000, .to_ns = 7000000, .shift_ns = 100000}};
	unsigned by_type[PST_REC_TYPES] = {0}, processes[3] = {0};
	const struct pst_rec *rec;
	uint64_t last = 0;

	(void)state;
	for (int i = 0; i < 2; i++) {
		lseek(fds[i], 0, SEEK_SET);
		parts[i].reader = pst_file_reader_new(fds[i], "it", false);
	}
	struct pst_merge *m = pst_merge_new(parts, 2);
	while (pst_merge_next(m, &rec) == PST_FILE_RECORD) {
		const union pst_record *r = (const void *)rec;
		by_type[rec->type]++;
		if (rec->type == PST_REC_TICK) {
			assert_true(r->tick.time_ns >= last);
			last = r->tick.time_ns;
			assert_in_range(r->tick.process, 1, 2);
			processes[r->tick.process]++;
		}
		if (rec->type == PST_REC_SAMPLE) {
			/* "other" is the fifth stack: its root is known. */
			assert_int_equal(r->sample.stack, r->sample.thread == 1 ? 2 : 5);
		}
	}
	assert_int_equal(by_type[PST_REC_STRING], 6);
	assert_int_equal(by_type[PST_REC_FUNC], 5);
	assert_int_equal(by_type[PST_REC_FRAME], 5);
	assert_int_equal(by_type[PST_REC_STACK], 5);
	assert_int_equal(by_type[PST_REC_PROCESS], 2);
	assert_int_equal(by_type[PST_REC_THREAD], 2);
	assert_int_equal(by_type[PST_REC_END], 0);
	assert_int_equal(by_type[PST_REC_SAMPLE], by_type[PST_REC_TICK]);
	assert_int_equal(processes[1], 10);
	assert_int_equal(processes[2], 5);
	assert_int_equal(pst_merge_end(m)->err, PST_GONE);
	assert_int_equal(pst_merge_trouble(m), PST_OK);
	pst_merge_free(m);
	for (int i = 0; i < 2; i++) {
		pst_file_reader_free(parts[i].reader);
		close(fds[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_what_is_not_kept),
		cmocka_unit_test(test_mixed),
		cmocka_unit_test(test_much),
		cmocka_unit_test(test_cut_at_every_byte),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_extent),
		cmocka_unit_test(test_span),
		cmocka_unit_test(test_not_a_recording),
		cmocka_unit_test(test_other_version),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_live),
		cmocka_unit_test(test_merge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
