// SPDX-License-Identifier: MIT
#include "config.h"

#include "file/format.h"

#include "base/crc.h"

void pst_file_put_block(unsigned char *to, const struct pst_file_block *b)
{
	pst_put32(to, PST_FILE_BLOCK);
	pst_put32(to + 4, b->kind);
	pst_put32(to + 8, b->packed);
	pst_put32(to + 12, b->raw);
	pst_put64(to + 16, b->first_ns);
	pst_put64(to + 24, b->last_ns);
	pst_put32(to + 32, b->ticks);
	pst_put32(to + 36, b->others);
	pst_put32(to + 40, b->crc);
	pst_put32(to + 44, pst_crc32(0, to, 44));
}

bool pst_file_get_block(const unsigned char *from, struct pst_file_block *b)
{
	*b = (struct pst_file_block){
		.kind = pst_get32(from + 4),
		.packed = pst_get32(from + 8),
		.raw = pst_get32(from + 12),
		.first_ns = pst_get64(from + 16),
		.last_ns = pst_get64(from + 24),
		.ticks = pst_get32(from + 32),
		.others = pst_get32(from + 36),
		.crc = pst_get32(from + 40),
	};
	if (pst_get32(from) != PST_FILE_BLOCK || pst_get32(from + 44) != pst_crc32(0, from, 44))
		return false;
	if (b->kind == PST_FILE_INDEX)
		return b->raw <= PST_FILE_INDEX_MAX && b->packed <= PST_FILE_INDEX_MAX * 2;
	return b->kind == PST_FILE_RECORDS && b->raw <= PST_FILE_RAW_MAX &&
	       b->packed <= PST_FILE_PACKED_MAX;
}
