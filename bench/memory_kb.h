// SPDX-License-Identifier: MIT
#ifndef PST_BENCH_MEMORY_KB_H
#define PST_BENCH_MEMORY_KB_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Resident memory of this program; 0: not told. */
static unsigned long memory_kb(void)
{
	unsigned long kb = 0;
	char line[128];
	FILE *f = fopen("/proc/self/status", "re");

	while (f && fgets(line, sizeof line, f))
		if (!strncmp(line, "VmRSS:", 6))
			kb = strtoul(line + 6, NULL, 10);
	if (f)
		fclose(f);
	return kb;
}

#endif
