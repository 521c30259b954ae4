// SPDX-License-Identifier: MIT
#include "config.h"

#include "file/file.h"

#include "base/alloc.h"
#include "base/crc.h"
#include "file/format.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

struct extent {
	bool any;
	uint64_t first, last;
};

static bool read_at(int fd, uint64_t at, void *to, size_t n)
{
	return pread(fd, to, n, (off_t)at) == (ssize_t)n;
}

static void widen(struct extent *e, uint32_t ticks, uint64_t first, uint64_t last)
{
	if (!ticks)
		return;
	if (!e->any || first < e->first)
		e->first = first;
	if (!e->any || last > e->last)
		e->last = last;
	e->any = true;
}

/* Where the index begins; 0: the file has none. */
static uint64_t find_index(int fd, uint64_t size)
{
	unsigned char t[PST_FILE_TRAILER_LEN];

	if (size < PST_FILE_HEAD_LEN + PST_FILE_BLOCK_LEN + sizeof t ||
	    !read_at(fd, size - sizeof t, t, sizeof t) || pst_get32(t + 12) != PST_FILE_TRAILER ||
	    pst_get32(t + 8) != pst_crc32(0, t, 8))
		return 0;
	uint64_t at = pst_get64(t);
	return at <= size - sizeof t - PST_FILE_BLOCK_LEN ? at : 0;
}

static bool by_index(int fd, uint64_t size, struct extent *e)
{
	unsigned char head[PST_FILE_BLOCK_LEN];
	struct pst_file_block b;
	uint64_t at = find_index(fd, size);

	if (!at || !read_at(fd, at, head, sizeof head) || !pst_file_get_block(head, &b) ||
	    b.kind != PST_FILE_INDEX)
		return false;
	unsigned char *packed = pst_alloc(b.packed + 1), *raw = pst_alloc(b.raw + 1);
	bool good = read_at(fd, at + sizeof head, packed, b.packed) &&
		    pst_crc32(0, packed, b.packed) == b.crc &&
		    ZSTD_decompress(raw, b.raw, packed, b.packed) == b.raw;
	for (size_t i = 0; good && i + PST_FILE_ENTRY_LEN <= b.raw; i += PST_FILE_ENTRY_LEN)
		widen(e, pst_get32(raw + i + 24), pst_get64(raw + i + 8), pst_get64(raw + i + 16));
	free(packed);
	free(raw);
	return good;
}

static void by_blocks(int fd, uint64_t size, struct extent *e)
{
	unsigned char head[PST_FILE_BLOCK_LEN];
	uint64_t at = PST_FILE_HEAD_LEN;
	struct pst_file_block b;

	while (read_at(fd, at, head, sizeof head) && pst_file_get_block(head, &b)) {
		at += sizeof head + b.packed;
		if (at > size)
			break;
		widen(e, b.ticks, b.first_ns, b.last_ns);
	}
}

bool pst_file_extent(int fd, uint64_t *first_ns, uint64_t *last_ns)
{
	struct extent e = {0};
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	if (!by_index(fd, (uint64_t)st.st_size, &e))
		by_blocks(fd, (uint64_t)st.st_size, &e);
	*first_ns = e.first;
	*last_ns = e.last;
	return e.any;
}
