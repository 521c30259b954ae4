// SPDX-License-Identifier: MIT
#ifndef PST_FILE_PACK_H
#define PST_FILE_PACK_H

/*
 * The records of one block as bytes that compress well: ticks and their samples by what changed
 * since the tick before, times apart from the rest.  docs/FORMAT.md has the whole.
 */

#include "base/buf.h"
#include "base/vec.h"
#include "file/format.h"
#include "ring/record.h"

#include <stdbool.h>

#define PST_PACK_SLOTS 16 /* processes whose last tick is remembered */

struct pst_pack_sample {
	uint32_t thread, stack, flags;
};

struct pst_pack_tick {	  /* the last one of a process */
	uint32_t process; /* 0: none yet */
	uint32_t threads, err, flags;
	uint64_t period_ns;
	uint64_t time, pause; /* in units */
	PST_VEC(struct pst_pack_sample) samples;
};

struct pst_pack_state {
	struct pst_pack_tick slots[PST_PACK_SLOTS];
	uint32_t current;		      /* process of the last tick */
	union pst_record last[PST_REC_TYPES]; /* of those without text, to tell differences from */
};

struct pst_packer {
	struct pst_pack_state state;
	struct pst_buf ops, times;
	union pst_record stats; /* the last figures, not packed yet; size 0: none */
	union pst_record tick;	/* whose samples are still coming */
	PST_VEC(struct pst_pack_sample) samples;
	uint32_t left;
	uint64_t first_ns, last_ns;
	uint32_t ticks, others, packed_samples;
};

void pst_packer_add(struct pst_packer *p, const struct pst_rec *rec);
/* A tick is under way, whose samples are not complete. */
bool pst_packer_between(const struct pst_packer *p);
size_t pst_packer_size(const struct pst_packer *p);
/* All of it to OUT (emptied before), and what is in it to ABOUT; P is as new then. */
void pst_packer_take(struct pst_packer *p, struct pst_buf *out, struct pst_file_block *about);
void pst_packer_free(struct pst_packer *p);

struct pst_unpacker {
	struct pst_pack_state state;
	const unsigned char *ops, *ops_end, *times, *times_end;
	struct pst_pack_tick *tick; /* whose samples are being given */
	size_t next;		    /* of them */
	uint32_t samples;	    /* of the block so far */
	_Alignas(8) unsigned char scratch[PST_REC_TEXT_MAX + 64];
};

/* BYTES stay the caller's and must stay. False: they make no sense. */
bool pst_unpacker_begin(struct pst_unpacker *u, const void *bytes, size_t n);
enum pst_unpacked { PST_UNPACK_RECORD, PST_UNPACK_END, PST_UNPACK_BAD };
/* *REC is valid until the next call. */
enum pst_unpacked pst_unpacker_next(struct pst_unpacker *u, const struct pst_rec **rec);
void pst_unpacker_free(struct pst_unpacker *u);

#endif
