// SPDX-License-Identifier: MIT
/*
 * Prints the values of objects of a running process: for tests/e2e/test_values.py.
 *
 *	repr_tool PID HEXVERSION FLAGS [BYTES DEPTH ITEMS STRING [SEED]]
 *
 * Reads addresses (hexadecimal, one per line) from standard input; writes one value per line.
 * With SEED every 32nd word or so reads as something else, always the same for one seed.
 */
#include "config.h"

#include "interp/value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct mutator {
	struct pst_target base;
	struct pst_target *inner;
	uint64_t seed;
};

static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* Byte number I of a word that is to be another; DICE says how. */
static uint8_t mutate(uint8_t byte, unsigned i, uint64_t dice)
{
	switch (dice >> 8 & 3) {
	case 0:
		return dice >> 10 & 1 ? 0xff : 0;
	case 1: /* a small number */
		return i ? 0 : (uint8_t)(dice >> 16);
	case 2: /* a huge one */
		return i == 7 ? 0 : (uint8_t)(dice >> 16);
	default: /* a bit flipped */
		return (uint8_t)(byte ^ (i == (dice >> 16 & 7)) << (dice >> 24 & 7));
	}
}

static enum pst_err read_mutated(struct pst_target *t, uint64_t at, void *buf, size_t len)
{
	struct mutator *m = (struct mutator *)t;
	enum pst_err err = pst_target_read(m->inner, at, buf, len);
	uint8_t *bytes = buf;

	for (size_t i = 0; i < len && err == PST_OK; i++) {
		uint64_t dice = mix(((at + i) & ~UINT64_C(7)) ^ m->seed);

		if ((dice & 31) == 0)
			bytes[i] = mutate(bytes[i], (unsigned)((at + i) & 7), dice);
	}
	return err;
}

static const struct pst_target_ops mutator_ops = {.name = "mutator", .read = read_mutated};

static struct pst_value_limits limits_from(char **argv, int argc)
{
	if (argc < 8)
		return PST_VALUE_LIMITS;
	return (struct pst_value_limits){
		.bytes = strtoul(argv[4], NULL, 10),
		.depth = (unsigned)strtoul(argv[5], NULL, 10),
		.items = (unsigned)strtoul(argv[6], NULL, 10),
		.string = (unsigned)strtoul(argv[7], NULL, 10),
	};
}

static void print_values(const struct pst_objects *o, const struct pst_value_limits *limits)
{
	struct pst_buf text = {0};
	uint64_t addr;

	while (scanf("%" SCNx64, &addr) == 1) {
		pst_buf_clear(&text);
		pst_object_repr(o, addr, limits, &text);
		puts(pst_buf_text(&text));
		fflush(stdout);
	}
	pst_buf_free(&text);
}

int main(int argc, char **argv)
{
	struct pst_pyversion version;
	struct pst_target *target;
	struct pst_objects o = {0};
	struct pst_why why = {0};

	if (argc != 4 && argc != 8 && argc != 9) {
		fprintf(stderr, "usage: repr_tool PID HEXVERSION FLAGS "
				"[BYTES DEPTH ITEMS STRING [SEED]]\n");
		return 2;
	}
	version = pst_pyversion_from_hex((uint32_t)strtoul(argv[2], NULL, 16));
	o.flags = (unsigned)strtoul(argv[3], NULL, 0);
	o.version = &version;
	o.layout = pst_layout_find(&version, o.flags);
	if (!o.layout) {
		fprintf(stderr, "repr_tool: no layout for this version\n");
		return 1;
	}
	if (pst_target_open_live((pid_t)atol(argv[1]), &target, &why) != PST_OK) {
		fprintf(stderr, "repr_tool: %s\n", why.what);
		return 1;
	}
	struct mutator mutator = {.base.ops = &mutator_ops, .inner = target};
	if (argc == 9)
		mutator.seed = mix(strtoul(argv[8], NULL, 10));
	o.target = argc == 9 ? &mutator.base : target;
	struct pst_value_limits limits = limits_from(argv, argc);
	print_values(&o, &limits);
	pst_target_close(target);
	return 0;
}
