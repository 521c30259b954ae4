// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/term.h"

#include <curses.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <wchar.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/color.h"
#include "base/i18n.h"
#include "plat/plat.h"
#include "ui/clip.h"
#include "ui/pairs.h"

/* Pairs for cells with colours of their own: more than a screen of flamegraphs needs. */
#define PAIRS_MAX 8192
/* Terminals that take a colour as it is: then a number of it is 0xRRGGBB. */
#define DIRECT_COLORS 0x1000000

enum { FD_IN = 0, FD_OUT = 1, ESC_MS = 25 };

struct ui_term {
	SCREEN *screen;
	bool ascii;
	attr_t attrs[ST_COUNT];
	short pairs[ST_COUNT];
	struct theme theme;
	enum canvas_colors colors;
	bool has_colors;       /* the terminal, and the user did not say NO_COLOR */
	bool direct;	       /* a colour's number is its value */
	bool own;	       /* the terminal's own colours can be asked for (-1) */
	struct pairs mixed;    /* of cells with colours of their own */
	bool has_mouse, mouse; /* the terminal can tell of it; and is asked to */
	bool drag_due;	       /* curses asks first, with the next refresh */
	struct ui_mouse click; /* the last one … */
	uint64_t click_ns;     /* … and when it was */
	bool pressed;
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

/* Motion while a button is down, beside the clicks that curses asks for. */
#define DRAG_ON	 "\033[?1002h"
#define DRAG_OFF "\033[?1002l"
/* What curses asks for, in whatever form the terminal knows. */
#define MOUSE_OFF "\033[?1006l\033[?1000l"

/* What a crash has to write: no mouse, no colours, cursor on, keypad off, the other screen away. */
static void prepare_undo(const struct ui_term *t)
{
	char undo[256];
	size_t n = 0;

	if (t->has_mouse)
		n = add_cap(undo, n, sizeof undo, DRAG_OFF MOUSE_OFF);
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

/* An entry of the palette of 256, on this terminal. */
static int palette_number(int index)
{
	if (COLORS < DIRECT_COLORS || index < 8)
		return index;
	return index < 16 ? index - 8 : (int)pst_color_of_256((unsigned)index);
}

#ifdef NCURSES_EXT_COLORS
static bool set_pair(int pair, int fg, int bg)
{
	return init_extended_pair(pair, fg, bg) == OK;
}
#else
static bool set_pair(int pair, int fg, int bg)
{
	return init_pair((short)pair, (short)fg, (short)bg) == OK;
}
#endif

static void tell_pair(const struct ui_term *t, int pair, int fg, int bg)
{
	if (!t->own) {
		fg = fg < 0 ? COLOR_WHITE : fg;
		bg = bg < 0 ? COLOR_BLACK : bg;
	}
	set_pair(pair, fg, bg);
}

static void prepare_styles(struct ui_term *t, int most)
{
	bool colour = t->has_colors && most > 0;
	int pairs = COLOR_PAIRS < PAIRS_MAX ? COLOR_PAIRS : PAIRS_MAX;

	t->direct = COLORS >= DIRECT_COLORS && most > 256;
	t->colors = !colour ? CANVAS_NONE : COLORS < 256 || most < 256 ? CANVAS_FEW : CANVAS_MANY;
	pairs_clear(&t->mixed);
	pairs_init(&t->mixed, ST_COUNT + 1, pairs);
	for (int i = 0; i < ST_COUNT; i++) {
		const struct theme_entry *e = &t->theme.at[i];
		bool many = t->colors == CANVAS_MANY;
		int fg = many ? palette_number(e->fg256) : e->fg8,
		    bg = many ? palette_number(e->bg256) : e->bg8;

		t->attrs[i] = curses_attrs(colour ? e->attrs : e->mono);
		t->pairs[i] = 0;
		if (!colour || i + 1 >= COLOR_PAIRS || (fg < 0 && bg < 0))
			continue;
		tell_pair(t, i + 1, fg, bg);
		t->pairs[i] = (short)(i + 1);
	}
}

void term_restyle(struct ui_term *t, const struct theme *theme, int most)
{
	t->theme = *theme;
	prepare_styles(t, most);
	term_repaint(t);
}

/* The locale decides; wide characters are Unicode on every system that has a UTF-8 locale. */
static bool locale_is_utf8(void)
{
	static const char ellipsis[] = "\xe2\x80\xa6";
	mbstate_t state = {0};
	wchar_t wc = 0;

	return mbrtowc(&wc, ellipsis, 3, &state) == 3 && wc == L'\u2026';
}

/* By escape sequences as xterm has them; the Linux console tells nothing. */
static bool knows_mouse(void)
{
	const char *intro = key_mouse, *name = getenv("TERM");

	return intro && strncmp(intro, "\033[", 2) == 0 &&
	       !(name && strncmp(name, "linux", 5) == 0);
}

static void tell_drag(const struct ui_term *t, bool on)
{
	if (!t->has_mouse)
		return;
	fputs(on ? DRAG_ON : DRAG_OFF, stdout);
	fflush(stdout);
}

void term_set_mouse(struct ui_term *t, bool on)
{
	const mmask_t wanted = BUTTON1_PRESSED | BUTTON1_RELEASED | BUTTON4_PRESSED |
			       BUTTON5_PRESSED | REPORT_MOUSE_POSITION;

	if (!t->has_mouse || on == t->mouse)
		return;
	t->mouse = on;
	if (!on)
		tell_drag(t, false);
	mousemask(on ? wanted : 0, NULL);
	t->drag_due = on;
}

/*
 * Where the terminal says that it takes colours as they are, and a description of it that does so
 * is there ("xterm-direct" for "xterm-256color"), that one.
 */
static SCREEN *open_screen(void)
{
	const char *name = getenv("TERM"), *colors = getenv("COLORTERM");
	const char *end = name ? strstr(name, "-256color") : NULL;
	char direct[64];
	int found = 0;

	if (!end || end[9] || !colors ||
	    (strcmp(colors, "truecolor") != 0 && strcmp(colors, "24bit") != 0) || end - name > 40)
		return newterm(NULL, stdout, stdin);
	snprintf(direct, sizeof direct, "%.*s-direct", (int)(end - name), name);
	if (setupterm(direct, FD_OUT, &found) != OK)
		return newterm(NULL, stdout, stdin);
	del_curterm(cur_term);
	return newterm(direct, stdout, stdin);
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
	t->screen = open_screen();
	if (!t->screen) {
		free(t);
		return pst_why_set(why, PST_NOSYS, 0, _("The terminal cannot be set up. %s"),
				   INSTEAD);
	}
	t->ascii = !locale_is_utf8();
	t->stale = true;
	t->has_mouse = knows_mouse();
	prepare_undo(t);
	t->has_colors = wants_colour() && start_color() == OK;
	t->own = t->has_colors && use_default_colors() == OK;
	theme_init(&t->theme, THEME_NEUTRAL);
	prepare_styles(t, INT_MAX);
	cbreak();
	noecho();
	nonl();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	curs_set(0);
	mouseinterval(0); /* a click is known when the button goes down */
	term_set_mouse(t, true);
	*out = t;
	return PST_OK;
}

void term_close(struct ui_term *t)
{
	if (!t)
		return;
	tell_drag(t, false);
	endwin();
	pst_signals_set_undo("", 0);
	delscreen(t->screen);
	pairs_clear(&t->mixed);
	canvas_free(&t->shown);
	free(t);
}

void term_suspend(struct ui_term *t)
{
	tell_drag(t, false);
	endwin();
}

void term_resume(struct ui_term *t)
{
	reset_prog_mode();
	term_repaint(t);
	t->drag_due = t->mouse;
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

enum canvas_colors term_colors(const struct ui_term *t)
{
	return t->colors;
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
		{KEY_MOUSE, UI_KEY_MOUSE},
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

/* ---- the mouse ---- */

#define DOUBLE_NS UINT64_C(400000000)

static enum ui_mouse_kind click_kind(struct ui_term *t, const MEVENT *e, uint64_t now)
{
	bool again = t->click_ns && now - t->click_ns < DOUBLE_NS && t->click.row == e->y &&
		     t->click.col == e->x;

	t->click.row = e->y;
	t->click.col = e->x;
	t->click_ns = again ? 0 : now; /* a third click is a first one */
	return again ? MOUSE_DOUBLE : MOUSE_CLICK;
}

bool term_mouse(struct ui_term *t, struct ui_mouse *out, uint64_t now_ns)
{
	MEVENT e;

	if (getmouse(&e) != OK)
		return false;
	out->row = e.y;
	out->col = e.x;
	if (e.bstate & BUTTON4_PRESSED) {
		out->kind = MOUSE_WHEEL_UP;
	} else if (e.bstate & BUTTON5_PRESSED) {
		out->kind = MOUSE_WHEEL_DOWN;
	} else if (e.bstate & BUTTON1_PRESSED) {
		out->kind = click_kind(t, &e, now_ns);
		t->pressed = true;
	} else if (e.bstate & BUTTON1_RELEASED) {
		out->kind = MOUSE_RELEASE;
		t->pressed = false;
	} else {
		out->kind = MOUSE_DRAG;
		return t->pressed && e.bstate & REPORT_MOUSE_POSITION;
	}
	return true;
}

void term_clip(struct ui_term *t, const char *text)
{
	struct pst_buf out = {0};

	(void)t;
	clip_sequence(&out, text, getenv("TMUX"), getenv("STY"));
	fwrite(out.data, 1, out.len, stdout);
	fflush(stdout);
	pst_buf_free(&out);
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

static int color_number(const struct ui_term *t, uint32_t color, int other)
{
	if (!(color & CANVAS_COLOR))
		return palette_number(other);
	color &= 0xffffff;
	return t->direct ? (int)color : palette_number((int)pst_color_256(color));
}

/* Text in the colour of the ground, on a colour: that colour on the ground, the other way round. */
static short pair_of(struct ui_term *t, const struct canvas_cell *cell, attr_t *attrs)
{
	const struct theme_entry *e = &t->theme.at[cell->style];
	bool turned = cell->fg & CANVAS_GROUND;
	int fg = color_number(t, turned ? cell->bg : cell->fg, e->fg256);
	int bg = turned || cell->bg & CANVAS_GROUND ? -1 : color_number(t, cell->bg, e->bg256);
	bool fresh;
	int pair = pairs_find(&t->mixed, fg, bg, &fresh);

	if (pair < 0)
		return t->pairs[cell->style];
	if (fresh)
		tell_pair(t, pair, fg, bg);
	if (turned)
		*attrs ^= A_REVERSE;
	return (short)pair;
}

static void show_cell(struct ui_term *t, int row, int col, const struct canvas_cell *cell)
{
	wchar_t wide[CCHARW_MAX + 1];
	attr_t attrs = t->attrs[cell->style];
	short pair = t->pairs[cell->style];
	cchar_t cc;

	if ((cell->fg || cell->bg) && t->colors == CANVAS_MANY)
		pair = pair_of(t, cell, &attrs);
	make_wide(cell, wide);
	setcchar(&cc, wide, attrs, pair, NULL);
	mvadd_wch(row, col, &cc);
	if (cell->cells == 2 && wcwidth(wide[0]) < 2) {
		setcchar(&cc, L" ", attrs, pair, NULL);
		mvadd_wch(row, col + 1, &cc);
	}
}

static void show_row(struct ui_term *t, const struct canvas *c, int row)
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

	if (t->mixed.full) {
		pairs_clear(&t->mixed);
		t->stale = true;
	}
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
	if (t->drag_due)
		tell_drag(t, true);
	t->drag_due = false;
}
