// SPDX-License-Identifier: MIT
#ifndef PST_MODEL_HISTORY_H
#define PST_MODEL_HISTORY_H

/*
 * What was seen when: buckets of a tenth of a second, each with its cells and its walls, the newest
 * that fit into a fixed amount of memory.  A bucket may be in several parts, because a question
 * closes the one that runs: parts have numbers, which go on for ever, and the same time.  Of parts
 * that are forgotten the sums remain by second, for the timeline.
 */

#include "model/cells.h"
#include "model/deque.h"

#define PST_BUCKET_NS	 UINT64_C(100000000)
#define PST_HISTORY_LESS (UINT64_C(1) << 20) /* bytes: there is no smaller history */

struct pst_part {
	uint64_t at;	   /* × PST_BUCKET_NS: where the bucket begins */
	uint64_t cells_at; /* numbers of its first cell, its first wall; they end where the next
			      begin */
	uint64_t walls_at;
};

struct pst_part_wall {		     /* of one process; ns */
	uint64_t ticks, gil, active; /* as struct pst_wall */
	double cpu, cpu_of; /* CPU time of the process in the part of the bucket for which it is
			       known */
	uint32_t process, pad;
};

struct pst_second {  /* what became of forgotten parts */
	uint64_t at; /* second */
	uint64_t ticks, gil, active;
	double cpu, cpu_of; /* CPUs × ns, and the ns */
};

struct pst_history {
	size_t max;	  /* bytes */
	uint64_t at;	  /* bucket that runs */
	uint64_t last_ns; /* of the last tick */
	struct pst_open open;
	PST_VEC(uint32_t) open_walls; /* processes with time in the bucket that runs */
	struct pst_deque parts, cells, walls;
	struct pst_second
		*seconds; /* a ring, PST_SECONDS of them; NULL: nothing is forgotten yet */
	uint64_t seconds_first, seconds_next;
	struct pst_totals totals; /* since the reset */
};

enum { PST_SECONDS = 3600, PST_WALLS_MAX = 1024 /* in a part */ };

/* Parts FROM on and before TO, by number. */
struct pst_parts {
	uint64_t from, to;
};

void pst_history_init(struct pst_history *h);
void pst_history_free(struct pst_history *h);
/* Forgets what was seen, not the totals. */
void pst_history_clear(struct pst_history *h);
void pst_history_limit(struct pst_history *h, size_t bytes);
/* All memory of it but that of the totals: at most max, and PST_HISTORY_LESS. */
size_t pst_history_bytes(const struct pst_history *h);

/*
 * Appends the cells that run and N walls as one part, after the oldest parts made room for it.  The
 * open cells are then empty.
 */
void pst_history_close(struct pst_history *h, const struct pst_part_wall *walls, size_t n);

static inline struct pst_part *pst_history_part(const struct pst_history *h, uint64_t number)
{
	return pst_deque_at(&h->parts, number);
}

/* The numbers of the first cell and of the first wall behind those of part NUMBER - 1. */
uint64_t pst_history_cells_at(const struct pst_history *h, uint64_t number);
uint64_t pst_history_walls_at(const struct pst_history *h, uint64_t number);

static inline uint64_t pst_bucket_of(uint64_t time_ns)
{
	return time_ns / PST_BUCKET_NS;
}

/* Those that touch [FROM_NS, TO_NS). */
struct pst_parts pst_history_find(const struct pst_history *h, uint64_t from_ns, uint64_t to_ns);

/* Tells the parts that PROCESS used CPU_NS from FROM_NS to TO_NS. */
void pst_history_cpu(struct pst_history *h, uint32_t process, uint64_t from_ns, uint64_t to_ns,
		     uint64_t cpu_ns);

#endif
