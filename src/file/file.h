// SPDX-License-Identifier: MIT
#ifndef PST_FILE_FILE_H
#define PST_FILE_FILE_H

/*
 * Recordings: the records of the ring in a file (.pyspy; docs/FORMAT.md).  It is written as
 * sampling goes and can be read up to its last whole block whatever became of the writer.
 *
 * Times of ticks and pauses are kept in whole microseconds, all else as it is.
 */

#include "base/err.h"
#include "ring/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PST_FILE_UNIT_NS 1000

enum {			  /* of the recording */
       PST_FILE_IDLE = 1, /* stacks of idle threads are in it */
       PST_FILE_GIL_ONLY = 2,
};

/* How it was recorded. */
struct pst_file_about {
	uint64_t start_ns;	     /* the clock of the records … */
	int64_t start_unix_ms;	     /* … and of the wall at the same moment */
	double rate;		     /* asked; infinity: max */
	uint32_t sampling, fallback; /* enum pst_sampling */
	uint32_t flags;
};

/* ---- writing ---- */

struct pst_file_writer;

/* Writes to the descriptor FD, which stays the caller's; the head at once. */
struct pst_file_writer *pst_file_writer_new(int fd, const struct pst_file_about *about);
/*
 * Takes a record.  A block is written when it has 256 KiB (before it is packed), or the ticks of a
 * second.
 */
void pst_file_writer_add(struct pst_file_writer *w, const struct pst_rec *rec);
/* Writes what it has as a block, if that is anything. */
void pst_file_writer_flush(struct pst_file_writer *w);
/*
 * The errno of what went wrong first; 0: nothing.  From then on it takes records without writing,
 * and the file has been cut to its last whole block, where that is possible.
 */
int pst_file_writer_error(const struct pst_file_writer *w);
uint64_t pst_file_writer_bytes(const struct pst_file_writer *w);
/* Writes the rest and the index and frees W (NULL allowed); returns the error as above. */
int pst_file_writer_end(struct pst_file_writer *w);

/* ---- reading ---- */

struct pst_file_reader;

/*
 * Reads from FD, which stays the caller's, one byte after the other; NAME is for sentences
 * (borrowed). LIVE: what is not there yet is not waited for.
 */
struct pst_file_reader *pst_file_reader_new(int fd, const char *name, bool live);
void pst_file_reader_free(struct pst_file_reader *r); /* NULL allowed */
/*
 * Blocks that have nothing but ticks before FROM or after TO are passed over; others are given
 * whole.
 */
void pst_file_reader_span(struct pst_file_reader *r, uint64_t from_ns, uint64_t to_ns);

/* Reads the head, waits for it; an error, as pst_file_reader_trouble(), when there is none. */
enum pst_err pst_file_reader_head(struct pst_file_reader *r, struct pst_why *why);

enum pst_file_got {
	PST_FILE_RECORD, /* *REC, checked by pst_record_valid(); valid until the next call */
	PST_FILE_WAIT,	 /* LIVE: nothing more just now */
	PST_FILE_END
};
enum pst_file_got pst_file_next(struct pst_file_reader *r, const struct pst_rec **rec);
/* NULL: the head has not been read yet (pst_file_next() does it). */
const struct pst_file_about *pst_file_reader_about(const struct pst_file_reader *r);
/*
 * What it ended by.  OK: it was whole.  CORRUPT, IO, UNKNOWN: with a sentence.  What was read
 * before is good all the same; nothing was when pst_file_reader_about() is NULL.
 */
enum pst_err pst_file_reader_trouble(const struct pst_file_reader *r, struct pst_why *why);

/*
 * The times of the first and the last tick of the file behind FD (one that can be sought in; its
 * position stays), by its index, or if it has none, by the heads of its blocks.  False: it has no
 * tick.
 */
bool pst_file_extent(int fd, uint64_t *first_ns, uint64_t *last_ns);

#endif
