// SPDX-License-Identifier: MIT
/* A small executable file with what an interpreter has: for fuzz_elf. */
#include "config.h"

#include <stdio.h>

extern unsigned long _PyRuntime[64], sample_version;
unsigned long _PyRuntime[64] __attribute__((section(".PyRuntime"))) = {1};
unsigned long sample_version = 3;
static unsigned long sample_local __attribute__((used)) = 7;

int main(void)
{
	return printf("%lu\n", _PyRuntime[0] + sample_version + sample_local) < 0;
}
