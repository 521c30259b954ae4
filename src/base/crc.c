// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/crc.h"

#define POLYNOMIAL UINT32_C(0xedb88320)

static uint32_t step(uint32_t crc)
{
	for (int bit = 0; bit < 4; bit++)
		crc = crc >> 1 ^ (POLYNOMIAL & -(crc & 1));
	return crc;
}

uint32_t pst_crc32(uint32_t crc, const void *bytes, size_t n)
{
	const unsigned char *b = bytes;
	uint32_t table[16];

	for (uint32_t i = 0; i < 16; i++)
		table[i] = step(i);
	crc = ~crc;
	for (size_t i = 0; i < n; i++) {
		crc ^= b[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}
