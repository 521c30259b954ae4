// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/theme.h"

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
};

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
