// SPDX-License-Identifier: MIT
#include "config.h"

#include "ring/record.h"

#include <string.h>

/* The format of files: sizes are the same everywhere. */
_Static_assert(sizeof(struct pst_rec) == 8, "record head");
_Static_assert(sizeof(struct pst_rec_string) == 16, "string record");
_Static_assert(sizeof(struct pst_rec_func) == 32, "func record");
_Static_assert(sizeof(struct pst_rec_frame) == 24, "frame record");
_Static_assert(sizeof(struct pst_rec_stack) == 24, "stack record");
_Static_assert(sizeof(struct pst_rec_process) == 32, "process record");
_Static_assert(sizeof(struct pst_rec_thread) == 56, "thread record");
_Static_assert(sizeof(struct pst_rec_tick) == 48, "tick record");
_Static_assert(sizeof(struct pst_rec_sample) == 16, "sample record");
_Static_assert(sizeof(struct pst_rec_stats) == 272, "stats record");
_Static_assert(sizeof(struct pst_rec_note) == 16, "note record");
_Static_assert(sizeof(struct pst_rec_end) == 24, "end record");
_Static_assert(sizeof(struct pst_rec_usage) == 40, "usage record");
_Static_assert(sizeof(struct pst_rec_thread_usage) == 32, "thread usage record");

/* What stands before the bytes of a record with text, or the whole of one without; 0: any size. */
static const uint32_t sizes[PST_REC_TYPES] = {
	[PST_REC_PAD] = 0,
	[PST_REC_STRING] = sizeof(struct pst_rec_string),
	[PST_REC_FUNC] = sizeof(struct pst_rec_func),
	[PST_REC_FRAME] = sizeof(struct pst_rec_frame),
	[PST_REC_STACK] = sizeof(struct pst_rec_stack),
	[PST_REC_PROCESS] = sizeof(struct pst_rec_process),
	[PST_REC_THREAD] = sizeof(struct pst_rec_thread),
	[PST_REC_TICK] = sizeof(struct pst_rec_tick),
	[PST_REC_SAMPLE] = sizeof(struct pst_rec_sample),
	[PST_REC_STATS] = sizeof(struct pst_rec_stats),
	[PST_REC_NOTE] = sizeof(struct pst_rec_note),
	[PST_REC_END] = sizeof(struct pst_rec_end),
	[PST_REC_USAGE] = sizeof(struct pst_rec_usage),
	[PST_REC_THREAD_USAGE] = sizeof(struct pst_rec_thread_usage),
};

static bool text_valid(const struct pst_rec *rec, uint32_t before, uint32_t len)
{
	if (len > PST_REC_TEXT_MAX || rec->size != PST_REC_ALIGN(before + len))
		return false;
	return !memchr((const char *)rec + before, '\0', len);
}

bool pst_record_valid(const struct pst_rec *rec, size_t avail)
{
	const union pst_record *r = (const union pst_record *)rec;

	if (avail < sizeof *rec || rec->type >= PST_REC_TYPES)
		return false;
	if (rec->size < sizeof *rec || rec->size > avail || rec->size % 8)
		return false;
	uint32_t size = sizes[rec->type];
	if (rec->size < size)
		return false;
	switch (rec->type) {
	case PST_REC_PAD:
		return true;
	case PST_REC_STRING:
		return text_valid(rec, size, r->string.len);
	case PST_REC_NOTE:
		return text_valid(rec, size, r->note.len);
	default:
		return rec->size == size;
	}
}
