// SPDX-License-Identifier: MIT
#ifndef PST_FILE_FORMAT_H
#define PST_FILE_FORMAT_H

/*
 * The bytes of a recording (.pyspy), as docs/FORMAT.md describes them: a head, blocks, at the end
 * the index and a trailer.  All numbers are little endian.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PST_FILE_MAGIC	     "\x89PYSPY\r\n"
#define PST_FILE_MAGIC_LEN   8
#define PST_FILE_VERSION     1
#define PST_FILE_HEAD_LEN    64
#define PST_FILE_BLOCK_LEN   48 /* of the head of a block */
#define PST_FILE_ENTRY_LEN   32 /* of the index */
#define PST_FILE_TRAILER_LEN 16
#define PST_FILE_BLOCK	     UINT32_C(0x31425350) /* "PSB1" */
#define PST_FILE_TRAILER     UINT32_C(0x31455350) /* "PSE1" */

enum pst_file_kind { PST_FILE_RECORDS = 1, PST_FILE_INDEX = 2 };

/* Bounds of what a reader takes; a writer stays far below them. */
#define PST_FILE_RAW_MAX     (UINT32_C(2) << 20) /* bytes of a block, unpacked */
#define PST_FILE_PACKED_MAX  (UINT32_C(3) << 20)
#define PST_FILE_SAMPLES_MAX (UINT32_C(4) << 20) /* samples of a block */
#define PST_FILE_INDEX_MAX   (UINT32_C(8) << 20) /* bytes of the index, unpacked */

static inline void pst_put32(unsigned char *b, uint32_t v)
{
	for (int i = 0; i < 4; i++, v >>= 8)
		b[i] = (unsigned char)v;
}

static inline void pst_put64(unsigned char *b, uint64_t v)
{
	for (int i = 0; i < 8; i++, v >>= 8)
		b[i] = (unsigned char)v;
}

static inline uint32_t pst_get32(const unsigned char *b)
{
	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static inline uint64_t pst_get64(const unsigned char *b)
{
	return pst_get32(b) | (uint64_t)pst_get32(b + 4) << 32;
}

/* The head of a block; its offset is that of the file. */
struct pst_file_block {
	uint32_t kind, packed, raw; /* lengths in bytes */
	uint64_t first_ns, last_ns; /* of its ticks; 0: there is none */
	uint32_t ticks, others;	    /* records that are neither ticks nor samples */
	uint32_t crc;		    /* of the packed bytes */
};

void pst_file_put_block(unsigned char *to, const struct pst_file_block *b);
/* False: it is damaged, or claims more than is allowed. */
bool pst_file_get_block(const unsigned char *from, struct pst_file_block *b);

#endif
