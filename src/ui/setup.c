// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "ui/functions.h"
#include "ui/prefs.h"
#include "ui/screen_priv.h"

/* What can be set up: options, columns, colours and keys, and writing it to the user's file. */

enum kind { HEADING, OPTION, COLUMN, COLOR, KEYS, KINDS };

struct setup {
	int at, first, page; /* rows: of the list below */
};

struct row {
	enum kind kind;
	int i; /* option, column, style or command; of a heading: the kind of what follows */
};

enum {
	OPTIONS_AT = 0,
	COLUMNS_AT = OPTIONS_AT + 1 + PREFS_COUNT,
	COLORS_AT = COLUMNS_AT + 1 + COLUMN_COUNT,
	KEYS_AT = COLORS_AT + 1 + ST_COUNT,
	ROWS = KEYS_AT + UI_CMD_COUNT /* a heading, and no UI_CMD_NONE */
};

static struct row row_at(int n)
{
	static const int begins[] = {OPTIONS_AT, COLUMNS_AT, COLORS_AT, KEYS_AT};
	static const enum kind kinds[] = {OPTION, COLUMN, COLOR, KEYS};
	int k = 3;

	while (k > 0 && n < begins[k])
		k--;
	if (n == begins[k])
		return (struct row){HEADING, (int)kinds[k]};
	return (struct row){kinds[k], n - begins[k] - (kinds[k] == KEYS ? 0 : 1)};
}

/* ---- drawing ---- */

enum { NAME_COL = 2, VALUE_COL = 24, HELP_COL = 44 };

static void draw_heading(enum kind kind, struct canvas *c, int row)
{
	static const char *const titles[KINDS] = {
		[OPTION] = N_("Options"),
		[COLUMN] = N_("Columns of the functions"),
		[COLOR] = N_("Colours"),
		[KEYS] = N_("Keys"),
	};

	canvas_cut(c, row, 0, c->cols, ST_WARM, _(titles[kind]));
}

static void draw_option(const struct screen *s, int i, struct canvas *c, int row)
{
	const struct prefs_option_info *o = prefs_option((enum prefs_option)i);
	char value[PREFS_VALUE_MAX];

	canvas_cut(c, row, NAME_COL, VALUE_COL - 1, ST_NORMAL, o->word);
	canvas_cut(c, row, VALUE_COL, HELP_COL - 1, ST_BOLD,
		   prefs_get(s, (enum prefs_option)i, value));
	canvas_cut(c, row, HELP_COL, c->cols, ST_DIM, _(o->help));
}

static void draw_column(const struct screen *s, int i, struct canvas *c, int row)
{
	bool on = s->view.columns & 1u << i;

	canvas_cut(c, row, NAME_COL, VALUE_COL - 1, ST_NORMAL,
		   functions_column((enum functions_column)i)->word);
	canvas_cut(c, row, VALUE_COL, c->cols, ST_BOLD, on ? _("shown") : _("hidden"));
}

static void draw_color(const struct screen *s, int i, struct canvas *c, int row)
{
	char text[THEME_TEXT_MAX];

	canvas_cut(c, row, NAME_COL, VALUE_COL - 1, ST_NORMAL, theme_word((enum style)i));
	canvas_cut(c, row, VALUE_COL, HELP_COL + 8, (enum style)i,
		   theme_text(&s->theme.at[i], text));
}

/* In the first pane where it means something. */
static enum ui_pane_id pane_of(unsigned where)
{
	int i = 0;

	while (i < PANE_COUNT - 1 && !(where & 1u << i))
		i++;
	return (enum ui_pane_id)i;
}

static void draw_keys(const struct screen *s, int i, struct canvas *c, int row)
{
	const struct ui_command *cmd = ui_command((enum ui_cmd)i);
	char keys[KEYS_TEXT_MAX];

	canvas_cut(c, row, NAME_COL, VALUE_COL - 1, ST_NORMAL, cmd->word);
	canvas_cut(c, row, VALUE_COL, HELP_COL - 1, ST_BOLD,
		   keymap_text(&s->keys, pane_of(cmd->where), (enum ui_cmd)i, keys));
	canvas_cut(c, row, HELP_COL, c->cols, ST_DIM, _(cmd->help));
}

static void draw_row(const struct screen *s, int n, struct canvas *c, int row)
{
	struct row r = row_at(n);

	switch (r.kind) {
	case HEADING:
		draw_heading((enum kind)r.i, c, row);
		break;
	case OPTION:
		draw_option(s, r.i, c, row);
		break;
	case COLUMN:
		draw_column(s, r.i, c, row);
		break;
	case COLOR:
		draw_color(s, r.i, c, row);
		break;
	default:
		draw_keys(s, r.i, c, row);
	}
}

static void scroll(struct setup *t)
{
	int page = t->page > 0 ? t->page : 1;

	if (t->at < t->first)
		t->first = t->at;
	if (t->at == 1)
		t->first = 0; /* with its heading */
	if (t->at >= t->first + page)
		t->first = t->at - page + 1;
	if (t->first > ROWS - page)
		t->first = ROWS > page ? ROWS - page : 0;
}

static void setup_draw(struct pane *p, struct canvas *c)
{
	const struct screen *s = screen_of(p->view);
	const char *path = s->hooks->config_path ? s->hooks->config_path(s->hooks->ctx) : NULL;
	struct setup *t = p->state;
	struct pst_buf title = {0};

	if (t->at == 0)
		t->at = 1;
	t->page = c->rows - 1;
	scroll(t);
	pst_buf_addf(&title,
		     path ? _("Setup: Enter changes, s writes %s") : _("Setup: Enter changes"),
		     path);
	canvas_fill(c, 0, ST_TITLE);
	canvas_cut(c, 0, 0, c->cols, ST_TITLE, pst_buf_text(&title));
	pst_buf_free(&title);
	for (int row = 1; row < c->rows && t->first + row - 1 < ROWS; row++) {
		draw_row(s, t->first + row - 1, c, row);
		if (t->first + row - 1 == t->at)
			canvas_paint(c, row, 0,
				     row_at(t->at).kind == COLOR ? VALUE_COL - 1 : c->cols,
				     ST_SELECT);
	}
}

static void setup_update(struct pane *p, const struct pst_model *m)
{
	(void)p;
	(void)m;
}

/* ---- changing ---- */

static enum ui_effect take_line(struct pane *p, const char *line)
{
	struct pst_why why = {.err = PST_OK};

	if (prefs_line(screen_of(p->view), line, &why) != PST_OK)
		return ui_say(p->view, "%s", why.what);
	return UI_LAYOUT;
}

static enum ui_effect color_done(struct pane *p, const char *text)
{
	struct setup *t = p->state;
	struct pst_buf line = {0};
	enum ui_effect effect;

	pst_buf_addf(&line, "color %s %s", theme_word((enum style)row_at(t->at).i), text);
	effect = take_line(p, pst_buf_text(&line));
	pst_buf_free(&line);
	return effect;
}

/* All keys of the command: those that it had are free then. */
static enum ui_effect keys_done(struct pane *p, const char *text)
{
	struct setup *t = p->state;
	struct screen *s = screen_of(p->view);
	enum ui_cmd cmd = (enum ui_cmd)row_at(t->at).i;
	struct keymap *map = &s->keys, probe = {.len = 0};
	struct pst_why why = {.err = PST_OK};
	size_t kept = 0;

	if (keymap_bind(&probe, text, UI_IN_ALL, cmd, &why) != PST_OK)
		return ui_say(p->view, "%s", why.what);
	for (size_t i = 0; i < map->len; i++) {
		if (map->at[i].cmd != cmd)
			map->at[kept++] = map->at[i];
	}
	map->len = kept;
	if (keymap_bind(map, text, ui_command(cmd)->where, cmd, &why) != PST_OK)
		return ui_say(p->view, "%s", why.what);
	return UI_LAYOUT;
}

/* The keys as the parser reads them. */
static void keys_as_words(const struct screen *s, enum ui_cmd cmd, char *out, size_t size)
{
	char one[KEY_TEXT_MAX];
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < s->keys.len && used < size; i++) {
		int n;

		if (s->keys.at[i].cmd != cmd)
			continue;
		n = snprintf(out + used, size - used, "%s%s", used ? " " : "",
			     key_word(one, s->keys.at[i].key));
		used += n > 0 ? (size_t)n : 0;
	}
}

static enum ui_effect ask(struct pane *p, const char *title,
			  enum ui_effect (*done)(struct pane *p, const char *text))
{
	p->view->ask.title = title;
	p->view->ask.done = done;
	return UI_ASK;
}

static enum ui_effect change(struct pane *p, int step)
{
	struct setup *t = p->state;
	struct screen *s = screen_of(p->view);
	struct row r = row_at(t->at);
	struct ui_ask *a = &p->view->ask;

	*a = (struct ui_ask){.title = NULL};
	switch (r.kind) {
	case OPTION:
		prefs_turn(s, (enum prefs_option)r.i, step);
		return UI_LAYOUT;
	case COLUMN:
		if (r.i != COLUMN_NAME)
			s->view.columns ^= 1u << r.i;
		return UI_LAYOUT;
	case COLOR:
		theme_text(&s->theme.at[r.i], a->text);
		return ask(p, _("Colour"), color_done);
	case KEYS:
		keys_as_words(s, (enum ui_cmd)r.i, a->text, sizeof a->text);
		return ask(p, _("Keys"), keys_done);
	default:
		return UI_DRAW;
	}
}

static enum ui_effect save(struct pane *p)
{
	const struct pst_ui_hooks *h = p->view->hooks;
	const char *before = h->config_text ? h->config_text(h->ctx) : NULL;
	const char *path = h->config_path ? h->config_path(h->ctx) : NULL;
	struct pst_why why = {.err = PST_OK};
	struct pst_buf text = {0};
	enum pst_err err;

	if (!h->config_save)
		return ui_say(p->view, "%s", _("The setup cannot be written from here."));
	prefs_write(screen_of(p->view), before, &text);
	err = h->config_save(h->ctx, pst_buf_text(&text), &why);
	pst_buf_free(&text);
	if (err != PST_OK)
		return ui_say(p->view, "%s", *why.what ? why.what : pst_err_text(err));
	return ui_say(p->view, _("Written to %s."), path ? path : _("the configuration"));
}

/* ---- moving ---- */

static enum ui_effect move(struct setup *t, int by)
{
	int to = t->at + by;

	to = to < 1 ? 1 : to >= ROWS ? ROWS - 1 : to;
	if (row_at(to).kind == HEADING)
		to += by < 0 && to > 1 ? -1 : 1;
	t->at = to;
	return UI_DRAW;
}

static enum ui_effect setup_command(struct pane *p, enum ui_cmd cmd)
{
	struct setup *t = p->state;

	switch (cmd) {
	case UI_CMD_UP:
		return move(t, -1);
	case UI_CMD_DOWN:
		return move(t, 1);
	case UI_CMD_PAGE_UP:
		return move(t, -t->page);
	case UI_CMD_PAGE_DOWN:
		return move(t, t->page);
	case UI_CMD_FIRST:
		return move(t, -ROWS);
	case UI_CMD_LAST:
		return move(t, ROWS);
	case UI_CMD_ENTER:
	case UI_CMD_RIGHT:
		return change(p, 1);
	case UI_CMD_LEFT:
		return change(p, -1);
	case UI_CMD_SAVE:
		return save(p);
	default:
		return UI_NONE;
	}
}

static enum ui_effect setup_mouse(struct pane *p, const struct ui_mouse *m)
{
	struct setup *t = p->state;
	int row = t->first + m->row - 1;

	if ((m->kind != MOUSE_CLICK && m->kind != MOUSE_DOUBLE) || m->row < 1 || row >= ROWS ||
	    row_at(row).kind == HEADING)
		return UI_NONE;
	t->at = row;
	return m->kind == MOUSE_DOUBLE ? change(p, 1) : UI_DRAW;
}

const struct pane_ops pane_setup = {
	.title = N_("Setup"),
	.state_size = sizeof(struct setup),
	.update = setup_update,
	.draw = setup_draw,
	.command = setup_command,
	.mouse = setup_mouse,
};
