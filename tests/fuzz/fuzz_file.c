// SPDX-License-Identifier: MIT
/*
 * The reader of recordings (.pyspy), and all that stands behind it, on damaged files.  Most have
 * checksums that are right, and the damage is in what the blocks hold, so that it gets past the
 *first look.
 *
 *	fuzz_file --make FILE		writes a recording to be damaged
 */
#include "config.h"

#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "../unit/records.h"

#include "base/crc.h"
#include "export/recorder.h"
#include "file/file.h"
#include "file/format.h"
#include "file/merge.h"
#include "model/query.h"

#define RAW_MAX (PST_FILE_RAW_MAX + 4096)

/* ---- a recording -------------------------------------------------------------------------- */

static void add(void *to, const struct pst_rec *rec)
{
	pst_file_writer_add(to, rec);
}

static void send_usage(const struct sink *s, uint64_t time_ns)
{
	struct pst_rec_usage u = {HEAD(u, PST_REC_USAGE), time_ns, time_ns / 2, 12345678, 1, 0};
	struct pst_rec_thread_usage t = {HEAD(t, PST_REC_THREAD_USAGE), time_ns, time_ns / 3, 1, 0};
	struct pst_rec_stats f = {.head = HEAD(f, PST_REC_STATS), .ticks = time_ns / 1000};

	s->ingest(s->to, &u.head);
	s->ingest(s->to, &t.head);
	s->ingest(s->to, &f.head);
}

static int make(const char *path)
{
	const struct pst_file_about about = {1000000, 1700000000123, 100, 0, 1, 0};
	FILE *f = fopen(path, "wb");

	if (!f)
		return 2;
	struct pst_file_writer *w = pst_file_writer_new(fileno(f), &about);
	const struct sink s = {w, add};
	send_tree(&s);
	send_thread(&s, 2, 1, 4712, 2);
	for (unsigned i = 0; i < 500; i++) {
		send_tick(&s, 1000000000 + i * UINT64_C(10000000) + i % 7 * 1000, 10000000, 2);
		send_sample(&s, 1, 1 + i / 5 % 4, PST_SAMPLE_GIL);
		send_sample(&s, 2, 2, i % 3 ? PST_SAMPLE_IDLE : 0);
		if (i % 50 == 0)
			send_usage(&s, 1000000000 + i * UINT64_C(10000000));
	}
	return pst_file_writer_end(w) || fclose(f) ? 2 : 0;
}

/* ---- damage ------------------------------------------------------------------------------- */

static void damage_bytes(struct fuzz *f, unsigned char *b, size_t *len)
{
	size_t n = 1 + fuzz_below(f, 1 + fuzz_below(f, 24));

	for (; n > 0 && *len > 8; n--) {
		size_t at = fuzz_below(f, *len - 8);
		if (fuzz_below(f, 4))
			b[at] = (unsigned char)fuzz_random(f);
		else
			pst_put64(b + at, fuzz_word(f, pst_get64(b + at), 0));
	}
	if (fuzz_below(f, 16) == 0)
		*len = fuzz_below(f, *len + 1);
}

/* A piece of it again and again: blocks that hold much more than they should. */
static void repeat(struct fuzz *f, unsigned char *b, size_t *len)
{
	size_t from = 4 + fuzz_below(f, *len - 4), n = 1 + fuzz_below(f, 64), end = *len;

	while (*len + n < RAW_MAX && from + n <= end) {
		memmove(b + from + n, b + from, *len - from);
		*len += n;
		if (*len > 2 * end && fuzz_below(f, 2000) == 0)
			break;
		if (*len > 100000)
			break;
	}
	pst_put32(b, pst_get32(b) + (uint32_t)(*len - end));
}

/* The block at FROM with other contents, to OUT; returns the bytes of both. */
static size_t damage_block(struct fuzz *f, const unsigned char *from,
			   const struct pst_file_block *b, FILE *out)
{
	static unsigned char raw[RAW_MAX], packed[ZSTD_COMPRESSBOUND(RAW_MAX)];
	struct pst_file_block now = *b;
	size_t len = ZSTD_decompress(raw, sizeof raw, from + PST_FILE_BLOCK_LEN, b->packed);
	unsigned char head[PST_FILE_BLOCK_LEN];

	if (ZSTD_isError(len))
		fuzz_fail(f, "the recording was bad from the beginning");
	if (len > 16 && fuzz_below(f, 8) == 0)
		repeat(f, raw, &len);
	if (fuzz_below(f, 8))
		damage_bytes(f, raw, &len);
	now.packed = (uint32_t)ZSTD_compress(packed, sizeof packed, raw, len, 1);
	now.raw = fuzz_below(f, 16) ? (uint32_t)len : (uint32_t)fuzz_word(f, len, 0);
	now.crc = pst_crc32(0, packed, now.packed);
	if (fuzz_below(f, 16) == 0)
		now.first_ns = fuzz_word(f, now.first_ns, 0);
	if (fuzz_below(f, 16) == 0)
		now.packed = (uint32_t)fuzz_word(f, now.packed, 0);
	pst_file_put_block(head, &now);
	fwrite(head, sizeof head, 1, out);
	fwrite(packed, pst_get32(head + 8) < sizeof packed ? pst_get32(head + 8) : 100, 1, out);
	return PST_FILE_BLOCK_LEN + b->packed;
}

static void write_damaged(struct fuzz *f, FILE *out)
{
	size_t at = PST_FILE_HEAD_LEN;
	struct pst_file_block b;
	unsigned char head[PST_FILE_HEAD_LEN];

	memcpy(head, f->bytes, sizeof head);
	if (fuzz_below(f, 8) == 0) {
		size_t i = 12 + fuzz_below(f, 40);
		pst_put64(head + i, fuzz_word(f, pst_get64(head + i), 0));
		pst_put32(head + 60, pst_crc32(0, head, 60));
	}
	fwrite(head, sizeof head, 1, out);
	while (at + PST_FILE_BLOCK_LEN <= f->len && pst_file_get_block(f->bytes + at, &b)) {
		if (fuzz_below(f, 3) == 0) {
			at += damage_block(f, f->bytes + at, &b, out);
			continue;
		}
		fwrite(f->bytes + at, PST_FILE_BLOCK_LEN + b.packed, 1, out);
		at += PST_FILE_BLOCK_LEN + b.packed;
	}
	fwrite(f->bytes + at, f->len - at, 1, out);
}

static void write_raw_damage(struct fuzz *f, FILE *out)
{
	unsigned char *copy = malloc(f->len);
	size_t len = f->len;

	if (!copy)
		fuzz_fail(f, "no memory");
	memcpy(copy, f->bytes, len);
	damage_bytes(f, copy, &len);
	fwrite(copy, len, 1, out);
	free(copy);
}

/* ---- what is made of it ------------------------------------------------------------------- */

static void ask(const struct pst_model *m, struct pst_recorder *recorder)
{
	const struct pst_table_query query = {.table = {.group = PST_GROUP_LINE}};
	const struct pst_calls_options calls = {.kind = PST_CALLS_DOWN};
	const struct pst_export_options how = {.idle = true};
	struct pst_table table = {0};
	struct pst_calls tree = {0};
	struct pst_profile profile = {0};
	struct pst_time_cell cells[80];
	FILE *null = fopen("/dev/null", "w");

	pst_model_query(m, &query, &table);
	pst_model_calls(m, &calls, &tree);
	pst_model_timeline(m, pst_model_history(m), cells, 80);
	pst_recorder_profile(recorder, &how, true, &profile);
	pst_export_find("speedscope")->write(&profile, &how, null);
	pst_export_find("svg")->write(&profile, &how, null);
	fclose(null);
	pst_profile_free(&profile);
	pst_calls_free(&tree);
	pst_table_free(&table);
}

/* Returns whether anything was read. */
static bool read_back(struct fuzz *f, int fd)
{
	struct pst_merge_part parts[2] = {{.to_ns = UINT64_MAX},
					  {.to_ns = UINT64_MAX, .shift_ns = 1000}};
	struct pst_model *m = pst_model_new();
	struct pst_recorder *recorder = pst_recorder_new(PST_RECORDER_TIME_BYTES);
	const struct pst_rec *rec;
	uint64_t first, last, n = 0;
	int again = dup(fd);
	struct pst_why why = {0};

	pst_file_extent(fd, &first, &last);
	parts[0].reader = pst_file_reader_new(fd, "it", false);
	parts[1].reader = pst_file_reader_new(again, "it", false);
	/* The two share a position: the second gets what is left of the first, from anywhere. */
	struct pst_merge *merge = pst_merge_new(parts, 1 + fuzz_below(f, 2));
	lseek(fd, 0, SEEK_SET);
	while (pst_merge_next(merge, &rec) == PST_FILE_RECORD) {
		if (!pst_record_valid(rec, rec->size))
			fuzz_fail(f, "a record that is not valid");
		pst_model_ingest(m, rec);
		pst_recorder_ingest(recorder, rec);
		n++;
	}
	if (pst_file_reader_trouble(parts[0].reader, &why) && !why.what[0])
		fuzz_fail(f, "refused without a sentence");
	ask(m, recorder);
	fuzz_check_memory(f);
	pst_merge_free(merge);
	pst_file_reader_free(parts[0].reader);
	pst_file_reader_free(parts[1].reader);
	pst_recorder_free(recorder);
	pst_model_free(m);
	close(again);
	return n > 0;
}

int main(int argc, char **argv)
{
	unsigned read = 0;
	struct fuzz f;

	if (argc == 3 && !strcmp(argv[1], "--make"))
		return make(argv[2]);
	fuzz_begin(&f, argc, argv);
	for (unsigned i = 0; i < f.rounds; i++) {
		FILE *file = tmpfile();
		if (!file)
			fuzz_fail(&f, "no temporary file");
		fuzz_round(&f, f.first + i);
		if (fuzz_below(&f, 8))
			write_damaged(&f, file);
		else
			write_raw_damage(&f, file);
		fflush(file);
		read += read_back(&f, fileno(file));
		fclose(file);
	}
	printf("%s: %u rounds, %u read\n", f.path, f.rounds, read);
	if (f.rounds >= 100 && read < f.rounds / 4)
		fuzz_fail(&f, "the damage had too much effect");
	fuzz_end(&f);
	return 0;
}
