// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/history.h"

#include "base/alloc.h"

#include <stdlib.h>

#define DEFAULT_BYTES ((size_t)32 << 20)
#define LOOK_BACK     256 /* parts that are told of used CPU time */

void pst_history_init(struct pst_history *h)
{
	*h = (struct pst_history){
		.max = DEFAULT_BYTES,
		.parts = {.size = sizeof(struct pst_part)},
		.cells = {.size = sizeof(struct pst_cell)},
		.walls = {.size = sizeof(struct pst_part_wall)},
	};
}

void pst_history_free(struct pst_history *h)
{
	pst_open_free(&h->open);
	PST_VEC_FREE(&h->open_walls);
	pst_deque_free(&h->parts);
	pst_deque_free(&h->cells);
	pst_deque_free(&h->walls);
	pst_totals_free(&h->totals);
	free(h->seconds);
}

/* What is there however little is kept. */
static size_t fixed_bytes(const struct pst_history *h)
{
	return pst_open_bytes(&h->open) + h->open_walls.cap * sizeof *h->open_walls.at +
	       (h->seconds ? PST_SECONDS * sizeof *h->seconds : 0);
}

size_t pst_history_bytes(const struct pst_history *h)
{
	return fixed_bytes(h) + pst_deque_bytes(&h->parts) + pst_deque_bytes(&h->cells) +
	       pst_deque_bytes(&h->walls);
}

uint64_t pst_history_cells_at(const struct pst_history *h, uint64_t number)
{
	return number < h->parts.next ? pst_history_part(h, number)->cells_at : h->cells.next;
}

uint64_t pst_history_walls_at(const struct pst_history *h, uint64_t number)
{
	return number < h->parts.next ? pst_history_part(h, number)->walls_at : h->walls.next;
}

/* ---- forgetting -------------------------------------------------------------------------- */

static struct pst_second *second_of(struct pst_history *h, uint64_t at)
{
	struct pst_second *s;

	if (!h->seconds)
		h->seconds = pst_calloc(PST_SECONDS, sizeof *h->seconds);
	if (h->seconds_next > h->seconds_first) {
		s = &h->seconds[(h->seconds_next - 1) % PST_SECONDS];
		if (s->at == at)
			return s;
	}
	if (h->seconds_next - h->seconds_first == PST_SECONDS)
		h->seconds_first++;
	s = &h->seconds[h->seconds_next++ % PST_SECONDS];
	*s = (struct pst_second){.at = at};
	return s;
}

static void keep_sums(struct pst_history *h, uint64_t number)
{
	const struct pst_part *p = pst_history_part(h, number);
	struct pst_second *s = second_of(h, p->at / (1000000000 / PST_BUCKET_NS));
	uint64_t ticks = 0;
	double cpus = 0, of = 0;

	for (uint64_t i = p->walls_at; i < pst_history_walls_at(h, number + 1); i++) {
		const struct pst_part_wall *w = pst_deque_at(&h->walls, i);
		ticks = w->ticks > ticks ? w->ticks : ticks;
		s->gil += w->gil;
		s->active += w->active;
		if (w->cpu_of > 0)
			cpus += w->cpu / w->cpu_of;
		of = w->cpu_of > of ? w->cpu_of : of;
	}
	s->ticks += ticks;
	s->cpu += cpus * of;
	s->cpu_of += of;
}

static void forget_oldest(struct pst_history *h)
{
	uint64_t number = h->parts.first;

	keep_sums(h, number);
	pst_deque_drop(&h->cells, pst_history_cells_at(h, number + 1));
	pst_deque_drop(&h->walls, pst_history_walls_at(h, number + 1));
	pst_deque_drop(&h->parts, number + 1);
}

static size_t cost(const struct pst_history *h, size_t walls)
{
	return pst_deque_cost(&h->parts, 1) + pst_deque_cost(&h->cells, h->open.cells.len) +
	       pst_deque_cost(&h->walls, walls);
}

static void make_room(struct pst_history *h, size_t walls)
{
	while (h->parts.first < h->parts.next && pst_history_bytes(h) + cost(h, walls) > h->max)
		forget_oldest(h);
}

void pst_history_limit(struct pst_history *h, size_t bytes)
{
	h->max = bytes > PST_HISTORY_LESS ? bytes : PST_HISTORY_LESS;
	make_room(h, 0);
}

void pst_history_clear(struct pst_history *h)
{
	pst_deque_drop(&h->cells, h->cells.next);
	pst_deque_drop(&h->walls, h->walls.next);
	pst_deque_drop(&h->parts, h->parts.next);
	h->seconds_first = h->seconds_next;
}

/* ---- adding ------------------------------------------------------------------------------ */

void pst_history_close(struct pst_history *h, const struct pst_part_wall *walls, size_t n)
{
	make_room(h, n);
	*(struct pst_part *)pst_deque_push(&h->parts) = (struct pst_part){
		.at = h->at,
		.cells_at = h->cells.next,
		.walls_at = h->walls.next,
	};
	for (size_t i = 0; i < h->open.cells.len; i++) {
		pst_totals_add(&h->totals, &h->open.cells.at[i]);
		*(struct pst_cell *)pst_deque_push(&h->cells) = h->open.cells.at[i];
	}
	for (size_t i = 0; i < n; i++)
		*(struct pst_part_wall *)pst_deque_push(&h->walls) = walls[i];
	pst_open_clear(&h->open);
}

static bool add_cpu(struct pst_history *h, uint64_t number, uint32_t process, double cpu, double of)
{
	uint64_t end = pst_history_walls_at(h, number + 1);

	for (uint64_t i = pst_history_walls_at(h, number); i < end; i++) {
		struct pst_part_wall *w = pst_deque_at(&h->walls, i);
		if (w->process != process)
			continue;
		w->cpu += cpu;
		w->cpu_of += of;
		return true;
	}
	return false;
}

void pst_history_cpu(struct pst_history *h, uint32_t process, uint64_t from_ns, uint64_t to_ns,
		     uint64_t cpu_ns)
{
	double rate = (double)cpu_ns / (double)(to_ns - from_ns);
	uint64_t oldest = h->parts.first, told = UINT64_MAX;

	if (h->parts.next - oldest > LOOK_BACK)
		oldest = h->parts.next - LOOK_BACK;
	for (uint64_t number = h->parts.next; number > oldest; number--) {
		uint64_t at = pst_history_part(h, number - 1)->at, begin = at * PST_BUCKET_NS;
		uint64_t end = begin + PST_BUCKET_NS;
		if (end <= from_ns)
			return;
		/* One part of a bucket is told of all that is in it. */
		if (begin >= to_ns || at == told)
			continue;
		begin = begin > from_ns ? begin : from_ns;
		end = end < to_ns ? end : to_ns;
		double of = (double)(end - begin);
		if (add_cpu(h, number - 1, process, rate * of, of))
			told = at;
	}
}

/* ---- finding ----------------------------------------------------------------------------- */

/* The first part whose bucket is not before BUCKET. */
static uint64_t first_from(const struct pst_history *h, uint64_t bucket)
{
	uint64_t low = h->parts.first, high = h->parts.next;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (pst_history_part(h, middle)->at < bucket)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct pst_parts pst_history_find(const struct pst_history *h, uint64_t from_ns, uint64_t to_ns)
{
	if (to_ns <= from_ns)
		return (struct pst_parts){h->parts.next, h->parts.next};
	return (struct pst_parts){
		.from = first_from(h, pst_bucket_of(from_ns)),
		.to = first_from(h, pst_bucket_of(to_ns - 1) + 1),
	};
}
