// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/color.h"

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

/* The 256-colour values are of middle brightness: readable on a light and on a dark ground. */
static const struct theme_entry entries[ST_COUNT] = {
	[ST_NORMAL] = {-1, -1, -1, -1, 0, 0, '.'},
	[ST_DIM] = {-1, -1, 244, -1, 0, 0, 'd'},
	[ST_BOLD] = {-1, -1, -1, -1, THEME_BOLD, THEME_BOLD, 'b'},
	[ST_TITLE] = {BLACK, GREEN, 16, 71, 0, THEME_REVERSE, 't'},
	[ST_TITLE_SORT] = {BLACK, CYAN, 16, 80, THEME_BOLD, THEME_REVERSE | THEME_BOLD, 'T'},
	[ST_SELECT] = {BLACK, CYAN, 16, 80, 0, THEME_REVERSE, 's'},
	[ST_HOT] = {RED, -1, 196, -1, THEME_BOLD, THEME_BOLD, 'H'},
	[ST_WARM] = {YELLOW, -1, 172, -1, 0, THEME_BOLD, 'W'},
	[ST_MILD] = {GREEN, -1, 71, -1, 0, 0, 'M'},
	[ST_FILE] = {CYAN, -1, 37, -1, 0, 0, 'f'},
	[ST_KEY] = {-1, -1, -1, -1, THEME_BOLD, THEME_BOLD, 'k'},
	[ST_KEY_TEXT] = {BLACK, CYAN, 16, 80, 0, THEME_REVERSE, 'K'},
	[ST_BANNER] = {WHITE, RED, 231, 124, THEME_BOLD, THEME_REVERSE | THEME_BOLD, '!'},
	[ST_ALERT] = {RED, -1, 160, -1, THEME_BOLD, THEME_BOLD, 'a'},
	[ST_MESSAGE] = {YELLOW, -1, 172, -1, 0, THEME_BOLD, 'm'},
	[ST_TAB] = {-1, -1, 244, -1, 0, 0, 'q'},
	[ST_TAB_HERE] = {-1, -1, -1, -1, THEME_BOLD | THEME_UNDERLINE, THEME_BOLD | THEME_UNDERLINE,
			 'N'},
	[ST_PROMPT] = {-1, -1, -1, -1, THEME_BOLD, THEME_BOLD, 'p'},
	[ST_MATCH] = {BLACK, YELLOW, 16, 178, 0, THEME_REVERSE, 'x'},
	[ST_CHANGED] = {YELLOW, -1, 172, -1, THEME_BOLD, THEME_BOLD, 'c'},
	[ST_HERE] = {-1, -1, -1, -1, THEME_REVERSE, THEME_REVERSE, 'h'},
	[ST_SPAN] = {CYAN, -1, 80, -1, THEME_BOLD | THEME_UNDERLINE, THEME_BOLD | THEME_UNDERLINE,
		     'v'},
	[ST_GIL] = {MAGENTA, -1, 134, -1, 0, THEME_BOLD, 'G'},
	[ST_WAIT] = {YELLOW, -1, 172, -1, 0, 0, 'w'},
	[ST_RUN] = {GREEN, -1, 71, -1, 0, 0, 'r'},
	[ST_LABEL] = {CYAN, -1, 37, -1, 0, 0, 'e'},
	[ST_BOX] = {BLACK, YELLOW, 16, 215, 0, 0, 'o'},
	[ST_BOX_LIBRARY] = {WHITE, BLUE, 16, 146, 0, 0, 'l'},
	[ST_BOX_REST] = {BLACK, WHITE, 16, 251, 0, THEME_DIM, '~'},
	[ST_BOX_FOUND] = {WHITE, MAGENTA, 16, 177, 0, THEME_BOLD | THEME_UNDERLINE, 'F'},
	[ST_BOX_GREW] = {WHITE, RED, 16, 203, 0, 0, '+'},
	[ST_BOX_SHRANK] = {BLACK, GREEN, 16, 77, 0, 0, '-'},
	[ST_GREW] = {RED, -1, 160, -1, THEME_BOLD, THEME_BOLD, 'g'},
	[ST_SHRANK] = {GREEN, -1, 71, -1, 0, 0, 'n'},
};

static const char *const words[ST_COUNT] = {
	[ST_NORMAL] = "normal",	    [ST_DIM] = "dim",
	[ST_BOLD] = "strong",	    [ST_TITLE] = "title",
	[ST_TITLE_SORT] = "sorted", [ST_SELECT] = "selected",
	[ST_HOT] = "heat",	    [ST_WARM] = "warm",
	[ST_MILD] = "mild",	    [ST_FILE] = "file",
	[ST_KEY] = "key",	    [ST_KEY_TEXT] = "key-text",
	[ST_BANNER] = "banner",	    [ST_ALERT] = "alert",
	[ST_MESSAGE] = "message",   [ST_TAB] = "tab",
	[ST_TAB_HERE] = "tab-here", [ST_PROMPT] = "prompt",
	[ST_MATCH] = "match",	    [ST_CHANGED] = "changed",
	[ST_HERE] = "here",	    [ST_SPAN] = "span",
	[ST_GIL] = "gil",	    [ST_WAIT] = "wait",
	[ST_RUN] = "run",	    [ST_LABEL] = "label",
	[ST_BOX] = "box",	    [ST_BOX_LIBRARY] = "box-library",
	[ST_BOX_REST] = "box-rest", [ST_BOX_FOUND] = "box-found",
	[ST_BOX_GREW] = "box-grew", [ST_BOX_SHRANK] = "box-shrank",
	[ST_GREW] = "grew",	    [ST_SHRANK] = "shrank",
};

/* Where brightness helps: brighter on a dark ground, darker on a light one. */
static const struct {
	enum style style;
	short dark, light;
} grounds[] = {
	{ST_DIM, 247, 242},	{ST_HOT, 203, 160},   {ST_WARM, 221, 130},    {ST_MILD, 114, 28},
	{ST_FILE, 80, 30},	{ST_ALERT, 203, 124}, {ST_MESSAGE, 221, 130}, {ST_TAB, 247, 242},
	{ST_CHANGED, 221, 130}, {ST_GIL, 177, 90},    {ST_WAIT, 221, 130},    {ST_RUN, 114, 28},
	{ST_LABEL, 80, 30},	{ST_GREW, 203, 124},  {ST_SHRANK, 114, 28},
};

void theme_init(struct theme *t, enum theme_ground ground)
{
	memcpy(t->at, entries, sizeof t->at);
	for (size_t i = 0; ground != THEME_NEUTRAL && i < sizeof grounds / sizeof *grounds; i++)
		t->at[grounds[i].style].fg256 =
			ground == THEME_DARK ? grounds[i].dark : grounds[i].light;
}

const struct theme_entry *theme_entry(enum style style)
{
	return &entries[(unsigned)style < ST_COUNT ? style : ST_NORMAL];
}

enum style theme_heat(double percent)
{
	if (percent >= 50)
		return ST_HOT;
	if (percent >= 20)
		return ST_WARM;
	if (percent >= 5)
		return ST_MILD;
	return percent >= 0.05 ? ST_NORMAL : ST_DIM;
}

const char *theme_word(enum style style)
{
	return words[style];
}

static bool is_word(const char *text, const char *word, size_t n)
{
	return strlen(text) == n && memcmp(text, word, n) == 0;
}

enum style theme_find(const char *word, size_t n)
{
	int i = 0;

	while (i < ST_COUNT && !is_word(words[i], word, n))
		i++;
	return (enum style)i;
}

/* ---- colours as words ---- */

static const char *const names[] = {"black", "red",	"green", "yellow",
				    "blue",  "magenta", "cyan",	 "white"};
static const struct {
	const char *word;
	unsigned char bits;
} attributes[] = {{"plain", 0},
		  {"bold", THEME_BOLD},
		  {"dim", THEME_DIM},
		  {"reverse", THEME_REVERSE},
		  {"underline", THEME_UNDERLINE}};

/* The entries 16 to 255 of the palette as one of its first 8. */
static signed char of_8(unsigned index)
{
	uint32_t rgb = pst_color_of_256(index);
	unsigned r = rgb >> 16, g = rgb >> 8 & 255, b = rgb & 255;
	unsigned most = r > g ? r : g;

	most = b > most ? b : most;
	if (most < 64)
		return BLACK;
	return (signed char)((r > most / 2 ? 1 : 0) | (g > most / 2 ? 2 : 0) |
			     (b > most / 2 ? 4 : 0));
}

/* -1: the terminal's own; false: no colour. */
static bool parse_color(const char *word, size_t n, short *of_256, signed char *few)
{
	char text[8] = "", *end;
	unsigned long v;

	*of_256 = *few = -1;
	if (is_word("default", word, n))
		return true;
	for (short i = 0; i < 8; i++) {
		if (is_word(names[i], word, n)) {
			*of_256 = i;
			*few = (signed char)i;
			return true;
		}
	}
	if (n == 0 || n >= sizeof text)
		return false;
	memcpy(text, word, n);
	v = strtoul(*text == '#' ? text + 1 : text, &end, *text == '#' ? 16 : 10);
	if (*end || end == text || (*text == '#' ? n != 7 : v > 255) || strchr("+- ", text[0]))
		return false;
	if (*text == '#')
		v = pst_color_256((uint32_t)v);
	*of_256 = (short)v;
	*few = (signed char)(v < 16 ? (signed char)(v & 7) : of_8((unsigned)v));
	return true;
}

bool theme_set(struct theme_entry *e, const char *word, size_t n, bool *ground)
{
	short many;
	signed char few;

	if (is_word("on", word, n)) {
		*ground = true;
		return true;
	}
	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
		if (!is_word(attributes[i].word, word, n))
			continue;
		e->attrs = attributes[i].bits ? e->attrs | attributes[i].bits : 0;
		e->mono |= attributes[i].bits;
		return true;
	}
	if (!parse_color(word, n, &many, &few))
		return false;
	*(*ground ? &e->bg256 : &e->fg256) = many;
	*(*ground ? &e->bg8 : &e->fg8) = few;
	return true;
}

static void color_word(short v, char *out, size_t size)
{
	if (v < 0)
		snprintf(out, size, "default");
	else if (v < 8)
		snprintf(out, size, "%s", names[v]);
	else
		snprintf(out, size, "%d", v);
}

char *theme_text(const struct theme_entry *e, char *out)
{
	char fg[12], bg[12];
	size_t n;

	color_word(e->fg256, fg, sizeof fg);
	color_word(e->bg256, bg, sizeof bg);
	snprintf(out, THEME_TEXT_MAX, "%s on %s", fg, bg);
	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
		n = strlen(out);
		if (i == 0 || e->attrs & attributes[i].bits)
			snprintf(out + n, THEME_TEXT_MAX - n, " %s", attributes[i].word);
	}
	return out;
}
