// SPDX-License-Identifier: MIT
#ifndef PST_UI_PAIRS_H
#define PST_UI_PAIRS_H

#include <stdbool.h>

/*
 * Numbers for pairs of colours: a terminal wants each pair told once, and has room for so many.
 * Knows no curses.
 */

struct pair_entry;
struct pairs {
	struct pair_entry *table;
	int first, limit; /* numbers from FIRST on, before LIMIT */
	int next;
	bool full; /* one was asked for that there was no room for */
};

void pairs_init(struct pairs *p, int first, int limit);
/* The number of FG on BG, *FRESH: met for the first time; -1: no room. */
int pairs_find(struct pairs *p, int fg, int bg, bool *fresh);
/* Forgets all: numbers are handed out anew. */
void pairs_clear(struct pairs *p);

#endif
