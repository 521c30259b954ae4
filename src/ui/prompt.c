// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/screen_priv.h"

/* The line at the bottom in which the user is asked for something. */

static struct prompt *open_prompt(struct screen *s, const char *title, const char *text)
{
	struct prompt *p = &s->prompt;

	*p = (struct prompt){.open = true};
	snprintf(p->title, sizeof p->title, "%s", title);
	line_set(&p->line, text);
	return p;
}

enum ui_effect prompt_ask(struct screen *s, const char *title, const char *text,
			  enum ui_effect (*done)(struct screen *s, const char *text),
			  enum ui_effect (*changed)(struct screen *s, const char *text),
			  enum ui_effect (*left)(struct screen *s))
{
	struct prompt *p = open_prompt(s, title, text);

	p->done = done;
	p->changed = changed;
	p->left = left;
	return UI_LAYOUT;
}

enum ui_effect prompt_confirm(struct screen *s, const char *title,
			      enum ui_effect (*done)(struct screen *s, const char *text))
{
	struct prompt *p = open_prompt(s, title, "");

	p->confirm = true;
	p->done = done;
	return UI_LAYOUT;
}

enum ui_effect prompt_of_pane(struct screen *s, struct pane *pane)
{
	const struct ui_ask *ask = &s->view.ask;
	struct prompt *p = open_prompt(s, ask->title ? ask->title : "", ask->text);

	p->pane = pane;
	p->confirm = ask->confirm;
	p->pane_done = ask->done;
	p->pane_changed = ask->changed;
	return UI_LAYOUT;
}

/* The handlers may ask again: the prompt is closed before, and what it held is copied. */
static enum ui_effect finish(struct screen *s, bool yes)
{
	struct prompt was = s->prompt;

	s->prompt.open = false;
	if (!yes)
		return UI_LAYOUT | (was.left ? was.left(s) : UI_NONE);
	if (!was.pane)
		return UI_LAYOUT | was.done(s, was.line.text);
	if (!was.pane_done)
		return UI_LAYOUT;
	return UI_LAYOUT | screen_settle(s, was.pane, was.pane_done(was.pane, was.line.text));
}

static enum ui_effect changed(struct screen *s)
{
	struct prompt *p = &s->prompt;

	if (p->pane && p->pane_changed)
		return UI_DRAW | screen_settle(s, p->pane, p->pane_changed(p->pane, p->line.text));
	return UI_DRAW | (p->changed ? p->changed(s, p->line.text) : UI_NONE);
}

static enum ui_effect answer(struct screen *s, ui_key key)
{
	if (key == 'y' || key == 'Y')
		return finish(s, true);
	if (key == 'n' || key == 'N' || key == 'q' || key == UI_KEY_ESC || key == 3)
		return finish(s, false);
	return UI_NONE;
}

enum ui_effect prompt_key(struct screen *s, ui_key key)
{
	if (s->prompt.confirm)
		return answer(s, key);
	if (key == UI_KEY_ENTER)
		return finish(s, true);
	if (key == UI_KEY_ESC || key == 3)
		return finish(s, false);
	switch (line_key(&s->prompt.line, key)) {
	case LINE_CHANGED:
		return changed(s);
	case LINE_MOVED:
		return UI_DRAW;
	case LINE_NOTHING:
		break;
	}
	return UI_NONE;
}

void prompt_draw(struct screen *s, int row)
{
	struct prompt *p = &s->prompt;
	char title[sizeof p->title + 64];

	if (p->confirm) {
		snprintf(title, sizeof title, "%s %s", p->title, _("(y or n)"));
		canvas_fill(&s->canvas, row, ST_NORMAL);
		canvas_cut(&s->canvas, row, 0, s->canvas.cols, ST_PROMPT, title);
		return;
	}
	snprintf(title, sizeof title, "%s: ", p->title);
	line_draw(&p->line, &s->canvas, row, title);
}
