// SPDX-License-Identifier: MIT
#include "config.h"

#include "target/priv.h"

#include <lzma.h>
#include <stdlib.h>

#include "base/alloc.h"

/* Both far above what real files have (about 100 KiB packed, 1 MiB unpacked). */
#define PACKED_MAX   ((size_t)16 << 20)
#define UNPACKED_MAX ((size_t)128 << 20)
#define DECODER_MAX  ((uint64_t)128 << 20)

/* Unpacks to malloc'ed bytes; NULL when IN makes no sense or would grow too large. */
static unsigned char *unpack(const unsigned char *in, size_t len, size_t *out_len)
{
	lzma_stream s = LZMA_STREAM_INIT;
	unsigned char *out = NULL;
	size_t cap = 0;
	lzma_ret ret;

	if (lzma_stream_decoder(&s, DECODER_MAX, 0) != LZMA_OK)
		return NULL;
	s.next_in = in;
	s.avail_in = len;
	do {
		if (s.avail_out == 0) {
			cap = cap ? cap * 2 : (size_t)1 << 18;
			out = pst_realloc(out, cap, 1);
			s.next_out = out + s.total_out;
			s.avail_out = cap - (size_t)s.total_out;
		}
		ret = lzma_code(&s, LZMA_FINISH);
	} while (ret == LZMA_OK && (s.avail_out > 0 || cap < UNPACKED_MAX));
	*out_len = (size_t)s.total_out;
	lzma_end(&s);
	if (ret == LZMA_STREAM_END)
		return out;
	free(out);
	return NULL;
}

struct pst_elf *pst_elf_open_mini(struct pst_elf *e)
{
	size_t packed_len = 0, len = 0;
	void *packed = pst_elf_contents(e, ".gnu_debugdata", PACKED_MAX, &packed_len);
	struct pst_elf *mini = NULL;
	unsigned char *bytes;

	if (!packed)
		return NULL;
	bytes = unpack(packed, packed_len, &len);
	free(packed);
	if (bytes)
		pst_elf_open_bytes(bytes, len, &mini);
	return mini;
}
