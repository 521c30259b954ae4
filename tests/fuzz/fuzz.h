// SPDX-License-Identifier: MIT
#ifndef PST_FUZZ_FUZZ_H
#define PST_FUZZ_FUZZ_H

/*
 * What the fuzz programs share.  Each takes ROUNDS FIRST-SEED FILE; a round is made of its seed alone, so
 * that `PROGRAM 1 SEED FILE` does the one again that went wrong.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "target/target.h"

struct fuzz {
	const char *path; /* of the file that is damaged */
	unsigned char *bytes;
	size_t len;
	unsigned rounds, first;
	/* of the round that runs */
	unsigned seed;
	uint64_t random; /* state of fuzz_random() */
};

/* Reads the arguments and the file; says what is wrong and exits when they are not right. */
void fuzz_begin(struct fuzz *f, int argc, char **argv);
void fuzz_end(struct fuzz *f);

/* Starts the round of SEED: from here on it has 10 seconds and 300 MB, else the program fails. */
void fuzz_round(struct fuzz *f, unsigned seed);
/* Fails when more memory was used than a dump may use. */
void fuzz_check_memory(struct fuzz *f);
/* Says what is wrong with the round and exits with 1. */
void fuzz_fail(const struct fuzz *f, const char *what) __attribute__((noreturn));

uint64_t fuzz_random(struct fuzz *f);
/* 0 to N - 1. */
size_t fuzz_below(struct fuzz *f, size_t n);
/* WORD, which stands at address AT, damaged the way that hurts parsers. */
uint64_t fuzz_word(struct fuzz *f, uint64_t word, uint64_t at);

/*
 * Dumps TARGET (which it closes) with all its locals; the JSON that comes out must parse.  *HASH: of the
 * JSON.  Errors as collect().
 */
enum pst_err fuzz_dump(struct fuzz *f, struct pst_target *target, uint64_t *hash);

#endif
