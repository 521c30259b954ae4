// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "child.h"

#include <fcntl.h>

#include "target/image.h"
#include "target/priv.h"
#include "target/saved.h"

#define SECOND UINT64_C(1000000000)

static char path[] = "/tmp/pst-recorded-XXXXXX";
static unsigned char zeroes[3 * PST_SAVED_GRAIN] __attribute__((aligned(PST_SAVED_GRAIN)));
static unsigned char pattern[5000];
static volatile unsigned long counter;

static const char *const names[] = {"pattern", "no_such_symbol", "zeroes"};

static void count_on(struct shared *s)
{
	atomic_store(&s->ready, 1);
	for (;;)
		counter++;
}

/* What is asked of a target, to be asked of its recording again. */
struct answers {
	unsigned char pattern[5000], zeroes[sizeof zeroes], word[8];
	unsigned long counter;
	struct pst_symbol symbols[3];
	struct pst_range data;
	size_t images, maps, tasks, regs;
	struct pst_regs first;
	struct pst_proc_info info;
	bool has_passwd;
};

static void ask_files(struct pst_target *t, struct answers *a)
{
	struct pst_images images;
	int fd = t->ops->open_path(t, "/etc/passwd");

	a->has_passwd = fd >= 0;
	if (fd >= 0)
		close(fd);
	assert_int_equal(t->ops->open_path(t, "/no/such/file"), -1);
	assert_int_equal(pst_images_open(t, &images, NULL), PST_OK);
	a->images = images.len;
	a->maps = images.maps.len;
	for (size_t i = 0; i < images.len; i++) {
		struct pst_range none;

		if (!images.at[i].is_exe)
			continue;
		pst_image_symbols(&images, &images.at[i], PST_SYM_FULL, names, 3, a->symbols);
		assert_int_equal(pst_image_section(&images, &images.at[i], ".data", &a->data), PST_OK);
		assert_int_equal(pst_image_section(&images, &images.at[i], ".nothing", &none), PST_NOTFOUND);
	}
	pst_images_close(&images);
}

static void ask_memory(struct pst_target *t, struct answers *a)
{
	struct pst_span spans[] = {
		{(uintptr_t)zeroes, a->zeroes, sizeof a->zeroes},
		{(uintptr_t)pattern + 777, a->word, 8},
	};
	char byte;

	assert_int_equal(pst_target_read(t, (uintptr_t)pattern, a->pattern, sizeof a->pattern), PST_OK);
	assert_int_equal(pst_target_readv(t, spans, 2), PST_OK);
	assert_int_equal(pst_target_read(t, (uintptr_t)&counter, &a->counter, sizeof a->counter), PST_OK);
	assert_int_equal(pst_target_read(t, 16, &byte, 1), PST_FAULT);
}

static void ask(struct pst_target *t, struct answers *a)
{
	const struct pst_regs *regs;
	struct pst_tasks tasks;

	*a = (struct answers){0};
	ask_files(t, a);
	assert_int_equal(t->ops->info(t, &a->info), PST_OK);
	assert_int_equal(t->ops->tasks(t, PST_TASK_STAT | PST_TASK_NS, &tasks), PST_OK);
	a->tasks = tasks.len;
	assert_int_equal(tasks.at[0].tid, t->pid);
	pst_tasks_free(&tasks);
	/* Read before, too: what the pause saw must win. */
	assert_int_equal(pst_target_read(t, (uintptr_t)&counter, &a->counter, sizeof a->counter), PST_OK);
	if (t->ops->pause)
		assert_int_equal(t->ops->pause(t, NULL, 0, 5 * SECOND, NULL), PST_OK);
	ask_memory(t, a);
	a->regs = t->ops->regs(t, &regs);
	a->first = regs[0];
	if (t->ops->resume) {
		unsigned long later;

		t->ops->resume(t);
		nap_ms(5);
		/* Goes on in the process, but what the pause saw stays what it was. */
		assert_int_equal(pst_target_read(t, (uintptr_t)&counter, &later, sizeof later), PST_OK);
		assert_int_equal(later, a->counter);
	}
}

static void same(const struct answers *a, const struct answers *b)
{
	assert_memory_equal(a->pattern, b->pattern, sizeof a->pattern);
	assert_memory_equal(a->zeroes, b->zeroes, sizeof a->zeroes);
	assert_memory_equal(a->word, b->word, sizeof a->word);
	assert_int_equal(a->counter, b->counter);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(a->symbols[i].at, b->symbols[i].at);
		assert_int_equal(a->symbols[i].size, b->symbols[i].size);
		assert_int_equal(a->symbols[i].from, b->symbols[i].from);
	}
	assert_int_equal(a->data.start, b->data.start);
	assert_int_equal(a->data.end, b->data.end);
	assert_int_equal(a->images, b->images);
	assert_int_equal(a->maps, b->maps);
	assert_int_equal(a->tasks, b->tasks);
	assert_int_equal(a->regs, b->regs);
	assert_int_equal(a->first.pc, b->first.pc);
	assert_int_equal(a->first.sp, b->first.sp);
	assert_int_equal(a->first.thread_pointer, b->first.thread_pointer);
	assert_int_equal(a->has_passwd, b->has_passwd);
	assert_int_equal(a->info.pid, b->info.pid);
	assert_int_equal(a->info.start_ticks, b->info.start_ticks);
	assert_string_equal(a->info.comm, b->info.comm);
	assert_string_equal(a->info.exe, b->info.exe);
	assert_string_equal(a->info.cwd, b->info.cwd);
	assert_int_equal(a->info.cmdline_len, b->info.cmdline_len);
	assert_memory_equal(a->info.cmdline, b->info.cmdline, a->info.cmdline_len);
}

static void record(struct answers *a)
{
	pid_t pid = child_start(count_on, shared_new());
	struct pst_target *live, *recorder;
	struct pst_why why = {0};

	if (pst_target_open_live(pid, &live, &why) != PST_OK)
		fail_msg("%s", why.what);
	assert_int_equal(pst_target_open_recorder(live, &recorder), PST_OK);
	ask(recorder, a);
	if (pst_target_save_recorded(recorder, path, &why) != PST_OK)
		fail_msg("%s", why.what);
	assert_int_equal(pst_target_save_recorded(recorder, "/no/such/folder/x", &why), PST_IO);
	pst_target_close(recorder);
	child_end(pid);
}

static void test_replay(void **state)
{
	struct answers first, second;
	struct pst_target *t;
	struct pst_why why = {0};

	(void)state;
	record(&first);
	if (pst_target_open_recorded(path, &t, &why) != PST_OK)
		fail_msg("%s", why.what);
	assert_string_equal(t->ops->name, "recorded");
	assert_memory_equal(first.pattern, pattern, sizeof pattern);
	assert_int_equal(first.symbols[0].at, (uintptr_t)pattern);
	assert_int_equal(first.symbols[1].at, 0);
	for (int i = 0; i < 3; i++) {
		ask(t, &second);
		same(&first, &second);
		pst_proc_info_free(&second.info);
	}
	/* No recording of a recording. */
	assert_int_equal(pst_target_open_recorder(t, &(struct pst_target *){NULL}), PST_USAGE);
	assert_int_equal(pst_target_save_recorded(t, path, &why), PST_USAGE);
	pst_proc_info_free(&first.info);
	pst_target_close(t);
}

static void test_no_file(void **state)
{
	struct pst_why why = {0};
	struct pst_target *t;

	(void)state;
	assert_int_equal(pst_target_open_recorded("/no/such/file", &t, &why), PST_IO);
	assert_non_null(strstr(why.what, "/no/such/file"));
	assert_int_equal(pst_target_open_recorded("/etc/passwd", &t, &why), PST_CORRUPT);
	assert_int_equal(pst_target_open_recorded("/dev/null", &t, &why), PST_CORRUPT);
	assert_int_equal(pst_target_open_recorded("/", &t, &why), PST_IO);
	assert_null(t);
}

/* ---- damaged files ------------------------------------------------------------------------------ */

static unsigned char *slurp(size_t *len)
{
	FILE *f = fopen(path, "rb");
	unsigned char *bytes = malloc(1 << 22);

	assert_non_null(f);
	*len = fread(bytes, 1, 1 << 22, f);
	fclose(f);
	assert_true(*len > 1000 && *len < 1 << 22);
	return bytes;
}

static void *copy(const unsigned char *bytes, size_t len)
{
	unsigned char *c = malloc(len ? len : 1);

	memcpy(c, bytes, len);
	return c;
}

static uint64_t get(const unsigned char *b, size_t n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | b[n];
	return v;
}

static void put(unsigned char *b, size_t n, uint64_t v)
{
	for (size_t i = 0; i < n; i++)
		b[i] = (unsigned char)(v >> 8 * i);
}

/* Makes the checksums right again, so that damage gets past them. */
static void seal(unsigned char *bytes, size_t len)
{
	for (size_t at = PST_SAVED_MAGIC_LEN; len - at >= PST_SAVED_HEAD_LEN && at < len;) {
		uint64_t size = get(bytes + at + 8, 8);

		if (size > len - at - PST_SAVED_HEAD_LEN)
			return;
		put(bytes + at + 4, 4, pst_crc32(0, bytes + at + PST_SAVED_HEAD_LEN, (size_t)size));
		at += PST_SAVED_HEAD_LEN + (size_t)size;
	}
}

/* Whatever it says, it must say it without a crash. */
static void use(struct pst_target *t)
{
	struct pst_images images;
	struct pst_proc_info info;
	struct pst_tasks tasks;
	unsigned char buf[4096];

	if (pst_images_open(t, &images, NULL) == PST_OK) {
		for (size_t i = 0; i < images.len && i < 50; i++) {
			struct pst_symbol found[3];
			struct pst_range r[4];

			pst_image_symbols(&images, &images.at[i], PST_SYM_ALL, names, 3, found);
			pst_image_section(&images, &images.at[i], ".data", r);
			pst_image_data(&images, &images.at[i], r, 4);
			pst_image_rodata(&images, &images.at[i], r, 4);
			pst_target_read(t, images.at[i].start, buf, sizeof buf);
		}
		pst_images_close(&images);
	}
	pst_target_read(t, (uintptr_t)pattern, buf, sizeof buf);
	if (t->ops->tasks(t, PST_TASK_STAT, &tasks) == PST_OK)
		pst_tasks_free(&tasks);
	if (t->ops->info(t, &info) == PST_OK)
		pst_proc_info_free(&info);
}

static enum pst_err try_bytes(const unsigned char *bytes, size_t len)
{
	struct pst_target *t;
	enum pst_err err = pst_recorded_open_bytes(copy(bytes, len), len, &t, NULL);

	if (err) {
		assert_int_equal(err, PST_CORRUPT);
		assert_null(t);
		return err;
	}
	use(t);
	pst_target_close(t);
	return PST_OK;
}

static void test_cut_short(void **state)
{
	struct answers a;
	unsigned char *bytes;
	size_t len;

	(void)state;
	record(&a);
	pst_proc_info_free(&a.info);
	bytes = slurp(&len);
	assert_int_equal(try_bytes(bytes, len), PST_OK);
	for (size_t n = 0; n < len; n += 1 + n / 64)
		assert_int_equal(try_bytes(bytes, n), PST_CORRUPT);
	assert_int_equal(try_bytes(bytes, len - 1), PST_CORRUPT);
	free(bytes);
}

static void test_bit_flips_are_seen(void **state)
{
	unsigned char *bytes;
	size_t len;

	(void)state;
	bytes = slurp(&len);
	for (size_t at = 0; at < len; at += 1 + at / 32) {
		bytes[at] ^= 4;
		/* Only the kind of a part may change and pass: unknown parts are left out. */
		if (try_bytes(bytes, len) == PST_OK)
			assert_true(at >= PST_SAVED_MAGIC_LEN);
		bytes[at] ^= 4;
	}
	free(bytes);
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static void test_mutations(void **state)
{
	static const uint64_t odd[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, UINT64_MAX, INT64_MAX, 4096};
	unsigned char *good, *bytes;
	uint32_t seed = 12345;
	size_t len, head = 0;

	(void)state;
	good = slurp(&len);
	/* Most damage goes to what stands before the memory, where the structure is. */
	for (size_t at = PST_SAVED_MAGIC_LEN; get(good + at, 4) != PST_SAVED_PART_MEMORY;
	     at += PST_SAVED_HEAD_LEN + (size_t)get(good + at + 8, 8))
		head = at;
	for (int i = 0; i < 3000; i++) {
		bytes = copy(good, len);
		for (uint32_t k = 1 + next(&seed) % 4; k > 0; k--) {
			size_t at = next(&seed) % (next(&seed) % 8 ? head + 200 : len - 8);

			if (next(&seed) % 2)
				bytes[at] = (unsigned char)next(&seed);
			else
				put(bytes + at, next(&seed) % 2 ? 4 : 8, odd[next(&seed) % 8]);
		}
		seal(bytes, len);
		try_bytes(bytes, len);
		free(bytes);
	}
	free(good);
}

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	for (size_t i = 0; i < sizeof pattern; i++)
		pattern[i] = (unsigned char)(i * 31 + i / 256);
	return fd >= 0 ? close(fd) : -1;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_bit_flips_are_seen),
		cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests_name("target/recorded", tests, make_file, remove_file);
}
