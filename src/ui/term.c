// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/term.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <wchar.h>

#include "base/alloc.h"
#include "base/i18n.h"
#include "plat/plat.h"

enum { FD_IN = 0, FD_OUT = 1, ESC_MS = 25 };

struct ui_term {
	SCREEN *screen;
	bool ascii;
	attr_t attrs[ST_COUNT];
	short pairs[ST_COUNT];
	struct canvas shown; /* what curses was told last */
	bool stale;	     /* tell curses all again */
};

#define INSTEAD _("Use \"pyspy-tui --dump --pid PID\" to print the stacks once instead.")

/* ---- may we? ---- */

enum pst_err term_check(struct pst_why *why)
{
	const char *name = getenv("TERM");
	int found = 0;
	bool able;

	if (!pst_tty_is(FD_IN) || !pst_tty_is(FD_OUT))
		return pst_why_set(why, PST_NOSYS, 0,
				   _("The screen needs a terminal, and standard %s is none. %s"),
				   pst_tty_is(FD_IN) ? _("output") : _("input"), INSTEAD);
	if (!name || !*name)
		return pst_why_set(why, PST_NOSYS, 0,
				   _("The type of the terminal is not known (TERM is not set). %s"),
				   INSTEAD);
	if (setupterm(NULL, FD_OUT, &found) != OK)
		return pst_why_set(why, PST_NOSYS, 0,
				   _("No terminal of type \"%s\" is known here (TERM). %s"), name,
				   INSTEAD);
	able = cursor_address && !generic_type && !hard_copy;
	del_curterm(cur_term);
	if (!able)
		return pst_why_set(why, PST_NOSYS, 0,
				   _("A terminal of type \"%s\" (TERM) cannot show a screen. %s"),
				   name, INSTEAD);
	return PST_OK;
}

/* ---- taking and giving back ---- */

/* Appends a capability to OUT without its padding ("$<5>"). */
static size_t add_cap(char *out, size_t at, size_t size, const char *cap)
{
	while (cap && *cap && at < size) {
		if (cap[0] == '$' && cap[1] == '<' && strchr(cap, '>')) {
			cap = strchr(cap, '>') + 1;
			continue;
		}
		out[at++] = *cap++;
	}
	return at;
}

/* What a crash has to write: no colours, cursor on, keypad off, the other screen away. */
static void prepare_undo(void)
{
	char undo[256];
	size_t n = 0;

	n = add_cap(undo, n, sizeof undo, exit_attribute_mode);
	n = add_cap(undo, n, sizeof undo, cursor_normal);
	n = add_cap(undo, n, sizeof undo, keypad_local);
	n = add_cap(undo, n, sizeof undo, exit_ca_mode);
	pst_signals_set_undo(undo, n);
}

static attr_t curses_attrs(unsigned attrs)
{
	return (attrs & THEME_BOLD ? A_BOLD : 0) | (attrs & THEME_DIM ? A_DIM : 0) |
	       (attrs & THEME_REVERSE ? A_REVERSE : 0) |
	       (attrs & THEME_UNDERLINE ? A_UNDERLINE : 0);
}

static bool wants_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return has_colors() && !(no && *no);
}

static void prepare_styles(struct ui_term *t)
{
	bool colour = wants_colour() && start_color() == OK;
	bool own = colour && use_default_colors() == OK;

	for (int i = 0; i < ST_COUNT; i++) {
		const struct theme_entry *e = theme_entry((enum style)i);
		short fg = COLORS >= 256 ? e->fg256 : e->fg8,
		      bg = COLORS >= 256 ? e->bg256 : e->bg8;

		t->attrs[i] = curses_attrs(colour ? e->attrs : e->mono);
		if (!colour || i + 1 >= COLOR_PAIRS || (fg < 0 && bg < 0))
			continue;
		if (!own) {
			fg = fg < 0 ? COLOR_WHITE : fg;
			bg = bg < 0 ? COLOR_BLACK : bg;
		}
		if (init_pair((short)(i + 1), fg, bg) == OK)
			t->pairs[i] = (short)(i + 1);
	}
}

/* The locale decides; wide characters are Unicode on every system that has a UTF-8 locale. */
static bool locale_is_utf8(void)
{
	static const char ellipsis[] = "\xe2\x80\xa6";
	mbstate_t state = {0};
	wchar_t wc = 0;

	return mbrtowc(&wc, ellipsis, 3, &state) == 3 && wc == L'\u2026';
}

enum pst_err term_open(struct ui_term **out, struct pst_why *why)
{
	enum pst_err err = term_check(why);
	struct ui_term *t;

	*out = NULL;
	if (err != PST_OK)
		return err;
	t = pst_calloc(1, sizeof *t);
	set_escdelay(ESC_MS);
	t->screen = newterm(NULL, stdout, stdin);
	if (!t->screen) {
		free(t);
		return pst_why_set(why, PST_NOSYS, 0, _("The terminal cannot be set up. %s"),
				   INSTEAD);
	}
	t->ascii = !locale_is_utf8();
	t->stale = true;
	prepare_undo();
	prepare_styles(t);
	cbreak();
	noecho();
	nonl();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	curs_set(0);
	*out = t;
	return PST_OK;
}

void term_close(struct ui_term *t)
{
	if (!t)
		return;
	endwin();
	pst_signals_set_undo("", 0);
	delscreen(t->screen);
	canvas_free(&t->shown);
	free(t);
}

void term_suspend(struct ui_term *t)
{
	(void)t;
	endwin();
}

void term_resume(struct ui_term *t)
{
	reset_prog_mode();
	term_repaint(t);
}

void term_repaint(struct ui_term *t)
{
	clearok(curscr, TRUE);
	t->stale = true;
}

void term_measure(struct ui_term *t, int *rows, int *cols)
{
	if (!pst_tty_size(FD_OUT, rows, cols)) {
		*rows = LINES;
		*cols = COLS;
	}
	if (*rows != LINES || *cols != COLS)
		resizeterm(*rows, *cols);
	t->stale = true;
}

bool term_is_ascii(const struct ui_term *t)
{
	return t->ascii;
}

/* ---- keys ---- */

static ui_key special_key(wint_t code)
{
	static const struct {
		wint_t code;
		ui_key key;
	} table[] = {
		{KEY_UP, UI_KEY_UP},
		{KEY_DOWN, UI_KEY_DOWN},
		{KEY_LEFT, UI_KEY_LEFT},
		{KEY_RIGHT, UI_KEY_RIGHT},
		{KEY_PPAGE, UI_KEY_PAGE_UP},
		{KEY_NPAGE, UI_KEY_PAGE_DOWN},
		{KEY_HOME, UI_KEY_HOME},
		{KEY_END, UI_KEY_END},
		{KEY_FIND, UI_KEY_HOME},
		{KEY_SELECT, UI_KEY_END},
		{KEY_IC, UI_KEY_INSERT},
		{KEY_DC, UI_KEY_DELETE},
		{KEY_ENTER, UI_KEY_ENTER},
		{KEY_BTAB, UI_KEY_BACKTAB},
		{KEY_BACKSPACE, UI_KEY_BACKSPACE},
	};

	if (code >= KEY_F(1) && code <= KEY_F(12))
		return (ui_key)(UI_KEY_F1 + (code - KEY_F(1)));
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (table[i].code == code)
			return table[i].key;
	}
	return UI_KEY_UNKNOWN;
}

static ui_key plain_key(wint_t wc)
{
	if (wc == '\n')
		return UI_KEY_ENTER;
	if (wc == 127 || wc == 8)
		return UI_KEY_BACKSPACE;
	return wc && wc < UI_KEY_SPECIAL ? (ui_key)wc : UI_KEY_UNKNOWN;
}

ui_key term_key(struct ui_term *t)
{
	wint_t wc = 0;
	int kind;

	(void)t;
	do {
		kind = get_wch(&wc);
	} while (kind == KEY_CODE_YES && wc == KEY_RESIZE); /* an echo of our own resizeterm() */
	if (kind == ERR)
		return 0;
	return kind == KEY_CODE_YES ? special_key(wc) : plain_key(wc);
}

/* ---- cells ---- */

/*
 * Curses and the terminal go by the C library's width of a character.  Where that is not the width
 * that the canvas reckoned with (newer emoji, flags, sequences), what is shown is narrowed to a
 * form on which both agree, and what glues characters together is left out: the columns stay in
 * line.
 */
static bool joins_or_selects(wchar_t wc)
{
	return wc == 0x200d || (wc >= 0xfe00 && wc <= 0xfe0f) || wc == 0x20e3;
}

static void make_wide(const struct canvas_cell *cell, wchar_t out[CCHARW_MAX + 1])
{
	const char *s = cell->text, *end = s + strlen(s);
	mbstate_t state = {0};
	int n = 0;

	while (s < end && n < CCHARW_MAX) {
		wchar_t wc;
		size_t step = mbrtowc(&wc, s, (size_t)(end - s), &state);

		if (step == 0 || step == (size_t)-1 || step == (size_t)-2)
			break;
		int cells = wcwidth(wc);

		s += step;
		if (joins_or_selects(wc))
			continue;
		if (n == 0 ? cells < 1 || cells > cell->cells : cells != 0)
			break;
		out[n++] = wc;
	}
	if (n == 0)
		out[n++] = L'?';
	out[n] = L'\0';
}

static void show_cell(const struct ui_term *t, int row, int col, const struct canvas_cell *cell)
{
	wchar_t wide[CCHARW_MAX + 1];
	cchar_t cc;

	make_wide(cell, wide);
	setcchar(&cc, wide, t->attrs[cell->style], t->pairs[cell->style], NULL);
	mvadd_wch(row, col, &cc);
	if (cell->cells == 2 && wcwidth(wide[0]) < 2) {
		setcchar(&cc, L" ", t->attrs[cell->style], t->pairs[cell->style], NULL);
		mvadd_wch(row, col + 1, &cc);
	}
}

static void show_row(const struct ui_term *t, const struct canvas *c, int row)
{
	const struct canvas_cell *cells = &c->at[(size_t)row * (size_t)c->stride];

	for (int col = 0; col < c->cols && col < COLS; col++) {
		if (cells[col].cells)
			show_cell(t, row, col, &cells[col]);
	}
}

void term_show(struct ui_term *t, const struct canvas *c)
{
	size_t width = (size_t)c->cols * sizeof *c->at;

	if (t->shown.rows != c->rows || t->shown.cols != c->cols) {
		canvas_resize(&t->shown, c->rows, c->cols);
		t->stale = true;
	}
	for (int row = 0; row < c->rows && row < LINES; row++) {
		struct canvas_cell *now = &c->at[(size_t)row * (size_t)c->stride];
		struct canvas_cell *was = &t->shown.at[(size_t)row * (size_t)c->cols];

		if (!t->stale && memcmp(now, was, width) == 0)
			continue;
		show_row(t, c, row);
		memcpy(was, now, width);
	}
	t->stale = false;
	refresh();
}
