// SPDX-License-Identifier: MIT
#ifndef PST_BASE_CRC_H
#define PST_BASE_CRC_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32 (IEEE 802.3); CRC is 0 at first, then what the call before returned. */
uint32_t pst_crc32(uint32_t crc, const void *bytes, size_t n);

#endif
