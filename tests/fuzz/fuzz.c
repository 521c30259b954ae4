// SPDX-License-Identifier: MIT
#include "config.h"

#include "fuzz.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define SECONDS 10
#define MEGABYTES 300

static char running[256]; /* what the alarm says */
static long memory_before; /* KiB; sanitizers keep what earlier rounds freed */

static void too_slow(int sig)
{
	(void)sig;
	(void)!write(STDERR_FILENO, running, strlen(running));
	_exit(1);
}

static unsigned number(const char *text)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (end == text || *end || v > UINT32_MAX) {
		fprintf(stderr, "not a number: %s\n", text);
		exit(2);
	}
	return (unsigned)v;
}

static void read_all(struct fuzz *f)
{
	FILE *in = fopen(f->path, "rb");
	long len = -1;

	if (in && !fseek(in, 0, SEEK_END) && (len = ftell(in)) > 0 && !fseek(in, 0, SEEK_SET))
		f->bytes = malloc((size_t)len);
	if (!f->bytes || fread(f->bytes, 1, (size_t)len, in) != (size_t)len) {
		fprintf(stderr, "cannot be read: %s\n", f->path);
		exit(2);
	}
	fclose(in);
	f->len = (size_t)len;
}

static long memory_now(void)
{
	struct rusage usage = {0};

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

void fuzz_begin(struct fuzz *f, int argc, char **argv)
{
	*f = (struct fuzz){0};
	if (argc != 4) {
		fprintf(stderr, "usage: %s ROUNDS FIRST-SEED FILE\n", argv[0]);
		exit(2);
	}
	f->rounds = number(argv[1]);
	f->first = number(argv[2]);
	f->path = argv[3];
	read_all(f);
	signal(SIGALRM, too_slow);
}

void fuzz_end(struct fuzz *f)
{
	alarm(0);
	free(f->bytes);
}

void fuzz_round(struct fuzz *f, unsigned seed)
{
	f->seed = seed;
	f->random = (uint64_t)seed * UINT64_C(0x9e3779b97f4a7c15) + UINT64_C(0x2545f4914f6cdd1d);
	snprintf(running, sizeof running, "seed %u of %s: took more than %d seconds\n", seed, f->path,
		 SECONDS);
	alarm(SECONDS);
	memory_before = memory_now();
}

void fuzz_fail(const struct fuzz *f, const char *what)
{
	fprintf(stderr, "seed %u of %s: %s\n", f->seed, f->path, what);
	exit(1);
}

void fuzz_check_memory(struct fuzz *f)
{
	if (memory_now() - memory_before > MEGABYTES * 1024L)
		fuzz_fail(f, "used more than 300 MB");
}

/* xorshift64* */
uint64_t fuzz_random(struct fuzz *f)
{
	f->random ^= f->random >> 12;
	f->random ^= f->random << 25;
	f->random ^= f->random >> 27;
	return f->random * UINT64_C(2685821657736338717);
}

size_t fuzz_below(struct fuzz *f, size_t n)
{
	return (size_t)(fuzz_random(f) >> 11) % n;
}

/* Sizes, counts and addresses that are off by one, huge, or negative when they are signed. */
static const uint64_t edges[] = {
	0,		   1,		      2,		  7,
	8,		   0xff,	      0xffff,		  0x10000,
	0x7fffffff,	   0x80000000,	      0xffffffff,	  UINT64_C(0x100000000),
	UINT64_C(1) << 40, UINT64_C(1) << 47, INT64_MAX,	  UINT64_C(1) << 63,
	UINT64_MAX - 7,	   UINT64_MAX - 1,    UINT64_MAX,	  UINT64_C(0x7fffffffffffff00),
	UINT64_C(1) << 60, UINT64_C(1) << 61, UINT64_C(1) << 62,  UINT64_C(0xffffffffff600000),
};

uint64_t fuzz_word(struct fuzz *f, uint64_t word, uint64_t at)
{
	unsigned shift = (unsigned)fuzz_below(f, 8) * 8;

	switch (fuzz_below(f, 9)) {
	case 0: /* a bit */
		return word ^ UINT64_C(1) << fuzz_below(f, 64);
	case 1: /* a byte */
		return (word & ~(UINT64_C(0xff) << shift)) | (fuzz_random(f) & 0xff) << shift;
	case 2:
		return edges[fuzz_below(f, sizeof edges / sizeof *edges)];
	case 3: /* its lower half */
		return (word & UINT64_C(0xffffffff00000000)) |
		       (uint32_t)edges[fuzz_below(f, sizeof edges / sizeof *edges)];
	case 4: /* its upper half */
		return (word & UINT32_MAX) | edges[fuzz_below(f, sizeof edges / sizeof *edges)] << 32;
	case 5: /* a pointer to a neighbour */
		return word + (fuzz_below(f, 33) - 16) * 8;
	case 6: /* to itself */
		return at & ~UINT64_C(7);
	case 7: /* to what is before it */
		return (at & ~UINT64_C(7)) - fuzz_below(f, 32) * 8;
	default:
		return fuzz_random(f) >> fuzz_below(f, 64);
	}
}
