// SPDX-License-Identifier: MIT
#ifndef PST_UI_THEME_H
#define PST_UI_THEME_H

/* What a cell means; term.c makes colours and attributes of it. */
enum style {
	ST_NORMAL,
	ST_DIM,
	ST_BOLD,
	ST_TITLE,      /* column headings */
	ST_TITLE_SORT, /* the heading of the column that sorts */
	ST_SELECT,     /* the chosen row */
	ST_HOT,	       /* heat, falling */
	ST_WARM,
	ST_MILD,
	ST_FILE,     /* where a function is */
	ST_KEY,	     /* a key in the bar */
	ST_KEY_TEXT, /* what it does */
	ST_BANNER,
	ST_ALERT, /* a figure that should be zero */
	ST_MESSAGE,
	ST_COUNT
};

enum { THEME_BOLD = 1, THEME_DIM = 2, THEME_REVERSE = 4, THEME_UNDERLINE = 8 };

/*
 * Colours are numbers of the palette of 8, or of 256; -1 is the terminal's own, so that light and
 * dark work.
 */
struct theme_entry {
	signed char fg8, bg8;
	short fg256, bg256;
	unsigned char attrs; /* THEME_… with colours */
	unsigned char mono;  /* THEME_… without */
	char letter;	     /* in the style layer of golden screens */
};

/* Never NULL; an unknown style is ST_NORMAL. */
const struct theme_entry *theme_entry(enum style style);

/* Heat of a percentage. */
enum style theme_heat(double percent);

#endif
