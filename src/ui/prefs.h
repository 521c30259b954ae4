// SPDX-License-Identifier: MIT
#ifndef PST_UI_PREFS_H
#define PST_UI_PREFS_H

#include "base/err.h"
#include "ui/pane.h"

struct pst_buf;
struct screen;

/*
 * What the user has set up, as text of lines:
 *
 *	# anything
 *	set idle on
 *	columns own% total% gil% own total trend function file
 *	bind functions,threads x sort-next
 *	bind all C-r none
 *	color heat red on default bold
 *
 * The same parser reads the user's file and what the keys are at first.
 */

enum prefs_option {
	PREFS_IDLE,
	PREFS_GIL_ONLY,
	PREFS_MY_CODE,
	PREFS_NORMALISED,
	PREFS_UNIT,
	PREFS_WINDOW,
	PREFS_RATE,
	PREFS_DELAY,
	PREFS_BESIDE_FUNCTIONS,
	PREFS_BESIDE_THREADS,
	PREFS_MOUSE,
	PREFS_BACKGROUND,
	PREFS_COLORS,
	PREFS_COUNT
};

enum { PREFS_VALUE_MAX = 32 };

struct prefs_option_info {
	const char *word;
	const char *choices; /* with blanks between them; NULL: a number */
	const char *help;    /* N_() */
};
const struct prefs_option_info *prefs_option(enum prefs_option o);
/* Its value now; OUT holds PREFS_VALUE_MAX bytes. */
char *prefs_get(const struct screen *s, enum prefs_option o, char *out);
/* USAGE: WHY says what it may be. */
enum pst_err prefs_set(struct screen *s, enum prefs_option o, const char *value,
		       struct pst_why *why);
/* The next (STEP 1) or previous choice; a number gets larger or smaller. */
void prefs_turn(struct screen *s, enum prefs_option o, int step);

/*
 * Takes over the lines of TEXT.  What is wrong with a line is said as "NAME:LINE: …", and the
 * others count.  Returns how many were wrong.
 */
unsigned prefs_read(struct screen *s, const char *text, const char *name);
/* One line without its end. */
enum pst_err prefs_line(struct screen *s, const char *line, struct pst_why *why);
/*
 * What differs from how it is at first, as such lines; comments and lines of BEFORE (NULL: none)
 * that only another version may know come first.
 */
void prefs_write(const struct screen *s, const char *before, struct pst_buf *out);
/* The keys as they are at first, as lines. */
void prefs_default_keys(struct pst_buf *out);

/* "functions", "functions,threads", "all". */
unsigned prefs_where(const char *word, size_t n); /* 0: no such panes */
void prefs_where_text(unsigned where, struct pst_buf *out);

#endif
