// SPDX-License-Identifier: MIT
#ifndef PST_UI_SCREEN_PRIV_H
#define PST_UI_SCREEN_PRIV_H

#include "ui/screen.h"

/* What the files that make up the screen know of each other. */

/* ---- screen.c ---- */

/* Goes to PANE; with REMEMBER Back comes back here. */
enum ui_effect screen_go(struct screen *s, enum ui_pane_id pane, bool remember);
/* The screen whose view a pane has. */
struct screen *screen_of(struct ui_view *v);
/* Other colours for another ground; those that were set one by one are gone. */
void screen_ground(struct screen *s, enum theme_ground ground);
/* What a handler of a pane or of the screen returned: goes and asks where that is wanted. */
enum ui_effect screen_settle(struct screen *s, struct pane *p, enum ui_effect effect);

enum ui_effect menu_event(struct screen *s, enum menu_event event);

/* ---- prompt.c ---- */

/* The screen asks for a line: TITLE, TEXT at first; the functions may be NULL but DONE. */
enum ui_effect prompt_ask(struct screen *s, const char *title, const char *text,
			  enum ui_effect (*done)(struct screen *s, const char *text),
			  enum ui_effect (*changed)(struct screen *s, const char *text),
			  enum ui_effect (*left)(struct screen *s));
/* A question to be answered by y or n; DONE for y. */
enum ui_effect prompt_confirm(struct screen *s, const char *title,
			      enum ui_effect (*done)(struct screen *s, const char *text));
/* What pane P wants to be asked: its view's ask. */
enum ui_effect prompt_of_pane(struct screen *s, struct pane *p);
enum ui_effect prompt_key(struct screen *s, ui_key key);
void prompt_draw(struct screen *s, int row);

/* ---- do.c: the screen's own commands ---- */

enum ui_effect screen_do(struct screen *s, enum ui_cmd cmd);
/* Whether CMD means something only while a process is watched. */
bool screen_needs_process(enum ui_cmd cmd);

/* ---- search.c ---- */

enum ui_effect search_begin(struct screen *s);
enum ui_effect search_step(struct screen *s, int by);
enum ui_effect filter_begin(struct screen *s);
void search_update(struct screen *s);
void search_release(struct screen *s);

/* ---- saving.c ---- */

enum ui_effect saving_svg(struct screen *s);
enum ui_effect saving_menu(struct screen *s);
/* Says what became of what was written. */
void saving_update(struct screen *s);
enum ui_effect saving_copy(struct screen *s);
enum ui_effect saving_clip(struct screen *s, const char *text);
/* A line of the menu was chosen. */
enum ui_effect saving_chosen(struct screen *s);
void saving_release(struct screen *s);

/* ---- span.c: the timeline's commands ---- */

enum ui_effect span_command(struct screen *s, enum ui_cmd cmd);
void span_update(struct screen *s);
/* Row and column of the strip's canvas. */
enum ui_effect span_mouse(struct screen *s, const struct ui_mouse *m);
/* What of the time is shown, in few words; "" all of it. */
void span_text(const struct screen *s, char *out, size_t size);

/* ---- layout.c ---- */

/* The panes that are seen: the left or only one, and the one beside it, PANE_COUNT: none. */
void layout_panes(const struct screen *s, enum ui_pane_id *left, enum ui_pane_id *right);
void layout_parts(const struct screen *s, struct parts *out);

/* ---- bar.c ---- */

void bar_draw(struct screen *s, int row);
/* The command at column COL; UI_CMD_NONE: none. */
enum ui_cmd bar_hit(struct screen *s, int col);
/* Returns the column behind them. */
int tabs_draw(struct screen *s, int row);
enum ui_cmd tabs_hit(struct screen *s, int col);

#endif
