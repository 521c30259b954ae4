// SPDX-License-Identifier: MIT
#ifndef PST_UI_TERM_H
#define PST_UI_TERM_H

#include <stdbool.h>

#include "base/err.h"
#include "ui/canvas.h"
#include "ui/keys.h"
#include "ui/pane.h"

/* The terminal: the only place that knows curses.  One at a time. */

struct ui_term;

/*
 * Takes over the terminal on standard input and output.  Signals must be set up already
 * (pst_signals_open()): what undoes the screen after a crash is handed to them here.  NOSYS with a
 * sentence when this terminal cannot show a screen.
 */
enum pst_err term_open(struct ui_term **out, struct pst_why *why);
/* Gives the terminal back; NULL allowed. */
void term_close(struct ui_term *t);

/* Whether a screen can be shown at all; NOSYS and a sentence when not.  Touches nothing. */
enum pst_err term_check(struct pst_why *why);

/* Around a stop by Ctrl-Z. */
void term_suspend(struct ui_term *t);
void term_resume(struct ui_term *t);

/* Asks the system for the size and adopts it. */
void term_measure(struct ui_term *t, int *rows, int *cols);
bool term_is_ascii(const struct ui_term *t);
/* Shows styles as THEME says, with MOST colours at most (0: attributes alone). */
void term_restyle(struct ui_term *t, const struct theme *theme, int most);
enum canvas_colors term_colors(const struct ui_term *t);

/*
 * The next key that waits, without waiting for one (but for the rest of an escape sequence); 0:
 * none.
 */
ui_key term_key(struct ui_term *t);
/*
 * After UI_KEY_MOUSE: what happened, in cells of the screen; false: nothing of interest.  Two
 * clicks at one place within 0.4 s are a double click; NOW_NS is the monotonic clock.
 */
bool term_mouse(struct ui_term *t, struct ui_mouse *out, uint64_t now_ns);
/* Whether the terminal is asked to tell of the mouse (at first: yes). */
void term_set_mouse(struct ui_term *t, bool on);

/*
 * Puts TEXT on the terminal's clipboard (OSC 52), through tmux and screen; many terminals ask to be
 * allowed that first.  After a term_show().
 */
void term_clip(struct ui_term *t, const char *text);

/* Shows the canvas; only what changed is sent. */
void term_show(struct ui_term *t, const struct canvas *c);
/* Trusts nothing of what the terminal shows: the next term_show() sends all. */
void term_repaint(struct ui_term *t);

#endif
