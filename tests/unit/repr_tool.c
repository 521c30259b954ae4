// SPDX-License-Identifier: MIT
/*
 * Prints the values of objects of a running process: for tests/e2e/test_values.py.
 *
 *	repr_tool PID HEXVERSION FLAGS [BYTES DEPTH ITEMS STRING]
 *
 * Reads addresses (hexadecimal, one per line) from standard input; writes one value per line.
 */
#include "config.h"

#include "interp/value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

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

	if (argc != 4 && argc != 8) {
		fprintf(stderr, "usage: repr_tool PID HEXVERSION FLAGS [BYTES DEPTH ITEMS STRING]\n");
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
	o.target = target;
	struct pst_value_limits limits = limits_from(argv, argc);
	print_values(&o, &limits);
	pst_target_close(target);
	return 0;
}
