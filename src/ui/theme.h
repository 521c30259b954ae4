// SPDX-License-Identifier: MIT
#ifndef PST_UI_THEME_H
#define PST_UI_THEME_H

#include <stdbool.h>
#include <stddef.h>

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
	ST_TAB,		/* the name of a pane that is not shown */
	ST_TAB_HERE,	/* of the one that is */
	ST_PROMPT,	/* what the user is asked for */
	ST_MATCH,	/* what the search found */
	ST_CHANGED,	/* a value that changed since the last look */
	ST_HERE,	/* the line that runs; the cursor on the timeline */
	ST_SPAN,	/* the marked span of time */
	ST_GIL,		/* holds the lock; its share on the timeline */
	ST_WAIT,	/* waits for it */
	ST_RUN,		/* runs without it; the CPU on the timeline */
	ST_LABEL,	/* the name of a variable, a word before a figure */
	ST_BOX,		/* a function of the user's in a flamegraph … */
	ST_BOX_LIBRARY, /* … of a library … */
	ST_BOX_REST,	/* … what stands for no function */
	ST_BOX_FOUND,	/* … that a search found */
	ST_BOX_GREW,	/* in a difference: more than before … */
	ST_BOX_SHRANK,	/* … less */
	ST_GREW,	/* a figure that is more than before … */
	ST_SHRANK,	/* … less */
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

/* What the terminal has behind its text. */
enum theme_ground { THEME_NEUTRAL, THEME_DARK, THEME_LIGHT };

/* How all styles look. */
struct theme {
	struct theme_entry at[ST_COUNT];
};

void theme_init(struct theme *t, enum theme_ground ground);
/* As shipped.  Never NULL; an unknown style is ST_NORMAL. */
const struct theme_entry *theme_entry(enum style style);

/* The word of a style in the configuration. */
const char *theme_word(enum style style);
/* ST_COUNT: no such word. */
enum style theme_find(const char *word, size_t n);
/*
 * One word of a colour line: "red", "178", "#ff8800", "default" for the text, behind "on" for the
 * ground; "bold", "dim", "underline", "reverse", "plain".  False: no such word.
 */
bool theme_set(struct theme_entry *e, const char *word, size_t n, bool *ground);
/* The entry as such a line; OUT holds THEME_TEXT_MAX bytes. */
enum { THEME_TEXT_MAX = 96 };
char *theme_text(const struct theme_entry *e, char *out);

/* Heat of a percentage. */
enum style theme_heat(double percent);

#endif
