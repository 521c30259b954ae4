// SPDX-License-Identifier: MIT
#ifndef PST_RING_RECORD_H
#define PST_RING_RECORD_H

/*
 * The records that the sampler sends and everything to the right of the ring consumes; also the raw
 * file format.  Every record starts with a struct pst_rec, is a multiple of 8 bytes long and little
 * endian.  Ids are dense, start at 1, and are defined before they are used; a definition that the
 * ring refused is sent again before its next use.
 */

#include "base/calls.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pst_rec_type {
	PST_REC_PAD = 0, /* fills the end of the ring; skip */
	PST_REC_STRING,	 /* struct pst_rec_string + bytes */
	PST_REC_FUNC,	 /* struct pst_rec_func */
	PST_REC_FRAME,	 /* struct pst_rec_frame */
	PST_REC_STACK,	 /* struct pst_rec_stack */
	PST_REC_PROCESS, /* struct pst_rec_process */
	PST_REC_THREAD,	 /* struct pst_rec_thread */
	PST_REC_TICK,	 /* struct pst_rec_tick: begins one look at the target */
	PST_REC_SAMPLE,	 /* struct pst_rec_sample: one thread in the tick before it */
	PST_REC_STATS,	 /* struct pst_rec_stats: the sampler's own counts */
	PST_REC_NOTE,	 /* struct pst_rec_note + bytes: a sentence for the user */
	PST_REC_END,	 /* struct pst_rec_end: sampling is over, and why */
	PST_REC_USAGE,	 /* struct pst_rec_usage: what the process has used, now and then */
	PST_REC_THREAD_USAGE, /* struct pst_rec_thread_usage: the same of a thread */
	PST_REC_TYPES
};

struct pst_rec {		   /* lies at multiples of 8 */
	_Alignas(8) uint32_t size; /* of the whole record, with this head; a multiple of 8 */
	uint16_t type;		   /* enum pst_rec_type */
	uint16_t flags;
};

/*
 * The text of a string or a note is at most this many bytes long; the rest of its last 8 bytes is
 * zero.
 */
#define PST_REC_TEXT_MAX 16384
#define PST_REC_ALIGN(n) (((n) + 7u) & ~7u)

struct pst_rec_string { /* UTF-8, sanitised, no NUL */
	struct pst_rec head;
	uint32_t id, len;
};

struct pst_rec_func { /* one function (a code object, merged by name, file and first line) */
	struct pst_rec head;
	uint32_t id;
	uint32_t name, qualname; /* string ids; qualname may equal name */
	uint32_t file, short_file;
	int32_t first_line;
};

struct pst_rec_frame { /* a function at a line */
	struct pst_rec head;
	uint32_t id, func;
	int32_t line;  /* 0: none */
	uint32_t kind; /* enum pst_frame_kind */
};

enum pst_frame_kind {
	PST_FRAME_PYTHON,
	PST_FRAME_NATIVE,
	PST_FRAME_SHIM,
	PST_FRAME_MARK /* "<truncated>" */
};

struct pst_rec_stack { /* a node of the tree of stacks: FRAME called from PARENT */
	struct pst_rec head;
	uint32_t id, parent;   /* parent 0: FRAME is the root */
	uint32_t frame, depth; /* depth of a root is 1 */
};

struct pst_rec_process {
	struct pst_rec head;
	uint32_t id;
	int32_t pid;
	uint32_t cmdline, version; /* string ids */
	uint64_t start_unix;
};

struct pst_rec_thread { /* sent again when its name becomes known or changes */
	struct pst_rec head;
	uint32_t id, process;
	int64_t tid; /* 0: unknown */
	uint64_t ident;
	int64_t interp_id;
	uint32_t name; /* string id; 0: none */
	uint32_t comm; /* string id; 0: none */
	uint32_t is_main, pad;
};

struct pst_rec_tick {
	struct pst_rec head;
	uint64_t time_ns;   /* monotonic clock at the look */
	uint64_t period_ns; /* what this tick stands for: its own period, and late ones before it */
	uint64_t pause_ns;  /* how long the target was held for it */
	uint32_t process;
	uint32_t threads; /* Python threads alive */
	uint32_t samples; /* PST_REC_SAMPLE records that follow; 0 in a tick that was rejected */
	uint32_t err;	  /* enum pst_err; not PST_OK: rejected */
};

enum { /* flags of a sample (head.flags) */
       PST_SAMPLE_IDLE = 1,
       PST_SAMPLE_GIL = 2, /* holds the GIL */
       PST_SAMPLE_GIL_WAIT = 4,
       PST_SAMPLE_GC = 8,
       PST_SAMPLE_TRUNCATED = 16,
       PST_SAMPLE_UNPROVED =
	       32, /* read beside a running thread, nothing proves that it stood still */
       PST_SAMPLE_BROKEN = 64, /* its stack could not be read: stack is 0, counts nowhere */
};

struct pst_rec_sample {
	struct pst_rec head;
	uint32_t thread;
	uint32_t stack; /* leaf node; 0: no Python frame, not asked for, or broken */
};

struct pst_rec_stats {
	struct pst_rec head;
	uint64_t time_ns;
	uint64_t ticks; /* taken */
	uint64_t late; /* ticks that were due while the one before was under way, never caught up */
	uint64_t rejected; /* ticks whose reading failed or was not consistent */
	uint64_t dropped;  /* ticks that the ring had no room for */
	uint64_t cpu_ns;   /* of our sampler thread */
	uint64_t pause_p50_ns, pause_p99_ns, pause_max_ns;
	uint64_t reads;	       /* of the target's memory, in system calls, for the ticks so far */
	uint64_t stacks;       /* of threads that ran, in ticks that were not rejected */
	uint64_t proved;       /* of these: read while the thread stood still */
	uint64_t cut;	       /* of these: only the frames that two reads agree on */
	uint64_t gaps, gap_ns; /* we stood still ourselves (stopped, frozen): times, and how long */
	uint32_t target_stopped, target_frozen; /* by a signal, by its cgroup: just now, 0 or 1 */
	uint64_t halted_ns;			/* how long it was in all */
	uint64_t otherwise; /* looks in the way of the fallback: the CPU was closed to us */
	uint64_t pauses, stopped; /* times that the target was held; threads stopped for that */
	uint64_t held_ns;	  /* in all */
	uint64_t calls[PST_CALL_KINDS];	  /* system calls of our sampler thread, by enum pst_call */
	double rate_asked, rate_achieved; /* per second; asked infinity: as fast as it goes */
	double rate_now; /* that is aimed at: less than asked when the overhead is bounded */
	double overhead, overhead_max; /* % of one CPU: of late, and at most (0: no bound) */
};

struct pst_rec_note {
	struct pst_rec head;
	uint32_t level; /* 0 info, 1 warning */
	uint32_t len;
};

struct pst_rec_end {
	struct pst_rec head;
	uint64_t time_ns;
	uint32_t err; /* enum pst_err: PST_GONE: the target exited; PST_OK: we were asked to stop */
	uint32_t pad;
};

enum { /* flags of a usage record (head.flags) */
       PST_USAGE_GONE = 1, /* the process has ended: nothing of it is left but what was seen */
};

/* Sent a few times a second; of a process whose figures cannot be read: not. */
struct pst_rec_usage {
	struct pst_rec head;
	uint64_t time_ns;
	uint64_t cpu_ns;    /* of all its threads since it began */
	uint64_t rss_bytes; /* resident memory */
	uint32_t process, pad;
};

/* Sent with the process's, of those threads whose time changed since. */
struct pst_rec_thread_usage {
	struct pst_rec head;
	uint64_t time_ns;
	uint64_t cpu_ns; /* of the thread since it began */
	uint32_t thread, pad;
};

/* What the consumer gets: any record, by its type. */
union pst_record {
	struct pst_rec head;
	struct pst_rec_string string;
	struct pst_rec_func func;
	struct pst_rec_frame frame;
	struct pst_rec_stack stack;
	struct pst_rec_process process;
	struct pst_rec_thread thread;
	struct pst_rec_tick tick;
	struct pst_rec_sample sample;
	struct pst_rec_stats stats;
	struct pst_rec_note note;
	struct pst_rec_end end;
	struct pst_rec_usage usage;
	struct pst_rec_thread_usage thread_usage;
};

/*
 * Whether REC, of which AVAIL bytes are there, is whole and of a known form: sizes, lengths,
 * alignment. Readers of files call it on every record; ids are the model's to check.
 */
bool pst_record_valid(const struct pst_rec *rec, size_t avail);

#endif
