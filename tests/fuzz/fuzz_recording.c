// SPDX-License-Identifier: MIT
/*
 * The reader of recorded targets, and what stands on it, on damaged files: half of them with checksums
 * that are right, so that the damage gets past the first look.
 */
#include "config.h"

#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "target/priv.h"
#include "target/saved.h"

#define PARTS_MAX 256

struct part {
	size_t at, len; /* of the payload */
	bool memory;
};

struct file {
	unsigned char *bytes;
	size_t len;
	struct part parts[PARTS_MAX];
	size_t n;
};

static uint64_t get(const unsigned char *b, size_t bytes)
{
	uint64_t v = 0;

	for (size_t i = bytes; i-- > 0;)
		v = v << 8 | b[i];
	return v;
}

static void put(unsigned char *b, uint64_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++, v >>= 8)
		b[i] = (unsigned char)v;
}

static void find_parts(struct file *file)
{
	size_t at = PST_SAVED_MAGIC_LEN;

	file->n = 0;
	while (file->len - at >= PST_SAVED_HEAD_LEN && file->n < PARTS_MAX) {
		uint64_t len = get(file->bytes + at + 8, 8);
		bool memory = get(file->bytes + at, 4) == PST_SAVED_PART_MEMORY;

		at += PST_SAVED_HEAD_LEN;
		if (len > file->len - at)
			return;
		file->parts[file->n++] = (struct part){at, (size_t)len, memory};
		at += (size_t)len;
	}
}

static void fix_checksums(struct file *file)
{
	for (size_t i = 0; i < file->n; i++) {
		const struct part *p = &file->parts[i];

		put(file->bytes + p->at - 12, pst_crc32(0, file->bytes + p->at, p->len), 4);
	}
}

/* A word somewhere in P; of the memory mostly its first range. */
static void damage_part(struct fuzz *f, struct file *file, const struct part *p)
{
	size_t len = p->memory && fuzz_below(f, 4) ? 16 : p->len, at, size = 1U << fuzz_below(f, 4);
	unsigned char *b;

	if (p->len < 16)
		return;
	at = p->at + fuzz_below(f, len - size + 1);
	b = file->bytes + at;
	put(b, fuzz_word(f, get(b, size), 0), size);
}

/* What stands before the payload: kind, checksum, length. */
static void damage_head(struct fuzz *f, struct file *file, const struct part *p)
{
	unsigned char *b = file->bytes + p->at - 16;

	if (fuzz_below(f, 2))
		put(b, fuzz_below(f, 12), 4);
	else
		put(b + 8, fuzz_word(f, get(b + 8, 8), 0), 8);
}

static void damage(struct fuzz *f, struct file *file)
{
	size_t n = 1 + fuzz_below(f, 1 + fuzz_below(f, 24));
	bool right_sums = fuzz_below(f, 8) != 0;

	for (; n > 0; n--) {
		const struct part *p = &file->parts[fuzz_below(f, file->n)];

		if (fuzz_below(f, 16))
			damage_part(f, file, p);
		else
			damage_head(f, file, p);
	}
	if (fuzz_below(f, 16) == 0)
		file->len = fuzz_below(f, file->len + 1);
	if (right_sums && file->len > PST_SAVED_MAGIC_LEN) {
		find_parts(file);
		fix_checksums(file);
	}
}

/* Returns whether it was read, and if so whether it could be dumped. */
static void one(struct fuzz *f, unsigned *opened, unsigned *shown)
{
	struct file file = {.len = f->len};
	struct pst_target *target;
	struct pst_why why = {0};
	uint64_t hash;

	file.bytes = malloc(f->len);
	if (!file.bytes)
		fuzz_fail(f, "no memory");
	memcpy(file.bytes, f->bytes, f->len);
	find_parts(&file);
	damage(f, &file);
	if (pst_recorded_open_bytes(file.bytes, file.len, &target, &why)) {
		if (!why.what[0])
			fuzz_fail(f, "refused without a sentence");
		return;
	}
	++*opened;
	if (!fuzz_dump(f, target, &hash))
		++*shown;
}

int main(int argc, char **argv)
{
	unsigned opened = 0, shown = 0;
	struct fuzz f;

	fuzz_begin(&f, argc, argv);
	for (unsigned i = 0; i < f.rounds; i++) {
		fuzz_round(&f, f.first + i);
		one(&f, &opened, &shown);
	}
	printf("%s: %u rounds, %u read, %u dumps\n", f.path, f.rounds, opened, shown);
	if (f.rounds >= 100 && (opened < f.rounds / 8 || opened > f.rounds * 7 / 8))
		fuzz_fail(&f, "the damage had too little effect, or too much");
	fuzz_end(&f);
	return 0;
}
