// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/screen.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/i18n.h"
#include "ui/functions.h"
#include "ui/screen_priv.h"

#define DELAY_DEFAULT 0.5
#define MESSAGE_NS    UINT64_C(8000000000)

/* ---- life ---- */

static const struct pane_ops *const kinds[PANE_COUNT] = {
	[PANE_FUNCTIONS] = &pane_functions, [PANE_THREADS] = &pane_threads,
	[PANE_STACK] = &pane_stack,	    [PANE_FLAME] = &pane_flame,
	[PANE_CALLS] = &pane_calls,	    [PANE_PICKER] = &pane_picker,
	[PANE_MESSAGES] = &pane_messages,   [PANE_SETUP] = &pane_setup,
	[PANE_HELP] = &pane_help,
};

static void init_view(struct ui_view *v, const struct pst_ui_options *opt)
{
	v->table.idle = v->filter.idle = opt->idle;
	v->table.gil_only = v->filter.gil_only = opt->gil_only;
	v->unproved = opt->unproved;
	v->sampling = opt->sampling;
	v->fallback = opt->fallback;
	v->frame = SIZE_MAX;
	v->nothing = opt->pick;
	v->columns = (1u << COLUMN_COUNT) - 1;
}

/* Where Back ends. */
static enum ui_pane_id screen_home(const struct screen *s)
{
	return s->view.nothing ? PANE_PICKER : PANE_FUNCTIONS;
}

/* The user's own file; what the command line says counts more. */
static void read_prefs(struct screen *s)
{
	const struct pst_ui_hooks *h = s->hooks;
	const char *text = h->config_text ? h->config_text(h->ctx) : NULL;
	const char *path = h->config_path ? h->config_path(h->ctx) : NULL;
	struct pst_table_options asked = s->view.table;

	for (int i = 0; i < PREFS_COUNT; i++)
		prefs_get(s, (enum prefs_option)i, s->first_values[i]);
	if (!text)
		return;
	/* What is wrong stays until a key; the clock is not known yet. */
	s->message_until_ns = prefs_read(s, text, path ? path : "config") ? UINT64_MAX : 0;
	if (asked.idle && !s->view.filter.idle)
		screen_do(s, UI_CMD_IDLE);
	if (asked.gil_only && !s->view.filter.gil_only)
		screen_do(s, UI_CMD_GIL_ONLY);
}

void screen_init(struct screen *s, struct pst_model *m, const struct pst_ui_hooks *hooks,
		 const struct pst_ui_options *opt)
{
	*s = (struct screen){.model = m,
			     .hooks = hooks,
			     .rate = opt->rate,
			     .rate_given = opt->rate_given,
			     .delay = opt->delay > 0 ? opt->delay : DELAY_DEFAULT};
	theme_init(&s->theme, THEME_NEUTRAL);
	init_view(&s->view, opt);
	s->view.hooks = hooks;
	s->view.keys = &s->keys;
	s->view.log = &s->log;
	s->search.percent = s->only.percent = -1;
	s->header.view = &s->view;
	s->header.own_cpu_percent = -1;
	s->header.rate_asked = opt->rate;
	s->header.title = opt->title;
	s->strip.span = s->view.span = opt->span;
	s->strip.a = s->view.base = opt->base;
	s->strip.b = opt->diff ? opt->span : (struct pst_span_ns){0, 0};
	s->view.diff = opt->diff;
	s->beside[PANE_FUNCTIONS] = PANE_FLAME;
	s->beside[PANE_THREADS] = PANE_STACK;
	s->active = screen_home(s);
	keymap_defaults(&s->keys);
	for (int i = 0; i < PANE_COUNT; i++) {
		s->panes[i].ops = kinds[i];
		s->panes[i].state = pst_calloc(1, kinds[i]->state_size);
		s->panes[i].view = &s->view;
	}
	read_prefs(s);
}

void screen_release(struct screen *s)
{
	for (int i = 0; i < PANE_COUNT; i++) {
		struct pane *p = &s->panes[i];

		if (p->ops->show && s->shown[i])
			p->ops->show(p, false);
		if (p->ops->release)
			p->ops->release(p);
		free(p->state);
	}
	search_release(s);
	saving_release(s);
	ui_untag_all(&s->view);
	log_release(&s->log);
	canvas_free(&s->canvas);
}

struct screen *screen_of(struct ui_view *v)
{
	return (struct screen *)(void *)((char *)v - offsetof(struct screen, view));
}

void screen_ground(struct screen *s, enum theme_ground ground)
{
	s->ground = ground;
	theme_init(&s->theme, ground);
	s->restyle = true;
}

/* ---- messages ---- */

void screen_say(struct screen *s, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(s->message, sizeof s->message, fmt, args);
	va_end(args);
	s->message_until_ns = s->now_ns + MESSAGE_NS;
	log_add(&s->log, s->header.now_unix, s->message);
}

/* What panes had to say, by whatever way. */
static void say_what_panes_said(struct screen *s)
{
	if (!*s->view.said)
		return;
	screen_say(s, "%s", s->view.said);
	*s->view.said = '\0';
}

/* Notes of the sampler are kept at once, and come to the bottom one after the other. */
static void next_message(struct screen *s)
{
	const char *note;

	while ((note = pst_model_note(s->model, s->notes_kept))) {
		log_add(&s->log, s->header.now_unix, note);
		s->notes_kept++;
	}
	if (s->message_until_ns && s->now_ns < s->message_until_ns)
		return;
	s->message_until_ns = 0;
	note = pst_model_note(s->model, s->notes_seen);
	if (!note)
		return;
	s->notes_seen++;
	snprintf(s->message, sizeof s->message, "%s", note);
	s->message_until_ns = s->now_ns + MESSAGE_NS;
}

/* ---- going about ---- */

/* Tells the panes that come into sight and those that go. */
static void adopt_shown(struct screen *s)
{
	enum ui_pane_id left, right;

	layout_panes(s, &left, &right);
	for (int i = 0; i < PANE_COUNT; i++) {
		bool shown = i == (int)left || i == (int)right;

		if (shown != s->shown[i] && s->panes[i].ops->show)
			s->panes[i].ops->show(&s->panes[i], shown);
		s->shown[i] = shown;
	}
}

static void remember_place(struct screen *s)
{
	const struct ui_view *v = &s->view;

	if (s->back_len == SCREEN_BACK_MAX) {
		memmove(s->back, s->back + 1, (SCREEN_BACK_MAX - 1) * sizeof *s->back);
		s->back_len--;
	}
	s->back[s->back_len++] = (struct place){.pane = s->active,
						.thread = v->thread,
						.func = v->func,
						.process = v->process,
						.frame = v->frame};
}

enum ui_effect screen_go(struct screen *s, enum ui_pane_id pane, bool remember)
{
	if ((unsigned)pane >= PANE_COUNT)
		return UI_NONE;
	if (pane != s->active && remember)
		remember_place(s);
	if (pane != s->active)
		s->view.from = s->active;
	s->active = pane;
	if (pane == PANE_FUNCTIONS || pane == PANE_THREADS)
		s->left = pane;
	adopt_shown(s);
	return UI_LAYOUT;
}

enum ui_effect screen_settle(struct screen *s, struct pane *p, enum ui_effect effect)
{
	if ((effect & UI_GO) == UI_GO)
		screen_go(s, s->view.go, true);
	if ((effect & UI_ASK) == UI_ASK)
		prompt_of_pane(s, p);
	if (s->view.clip) {
		saving_clip(s, s->view.clip);
		s->view.clip = NULL;
	}
	say_what_panes_said(s);
	return effect & (enum ui_effect) ~(64 | 32);
}

static enum ui_effect go_back(struct screen *s)
{
	struct place was;

	if (!s->back_len)
		return s->active == screen_home(s) ? UI_DRAW : screen_go(s, screen_home(s), false);
	was = s->back[--s->back_len];
	s->view.thread = was.thread;
	s->view.func = was.func;
	s->view.process = was.process;
	s->view.frame = was.frame;
	return screen_go(s, was.pane, false);
}

/* ---- commands ---- */

enum ui_effect screen_command(struct screen *s, enum ui_cmd cmd)
{
	struct pane *p = &s->panes[s->active];
	enum ui_effect effect = p->ops->command(p, cmd);

	if (effect != UI_NONE)
		return screen_settle(s, p, effect);
	effect = cmd == UI_CMD_BACK ? go_back(s) : screen_do(s, cmd);
	adopt_shown(s);
	return effect;
}

enum ui_effect menu_event(struct screen *s, enum menu_event event)
{
	switch (event) {
	case MENU_CHOSEN:
		return UI_LAYOUT | saving_chosen(s);
	case MENU_LEFT:
		return UI_LAYOUT;
	case MENU_MOVED:
		return UI_DRAW;
	case MENU_NOTHING:
		break;
	}
	return UI_NONE;
}

/* In the help what does not scroll leaves it. */
static enum ui_effect help_key(struct screen *s, enum ui_cmd cmd)
{
	struct pane *p = &s->panes[PANE_HELP];
	enum ui_effect effect = p->ops->command(p, cmd);

	return effect != UI_NONE || cmd == UI_CMD_REDRAW ? effect | UI_DRAW : go_back(s);
}

/* Nothing but the key itself may tell a pane what was typed into it. */
static enum ui_effect typed(struct screen *s, ui_key key)
{
	struct pane *p = &s->panes[s->active];
	enum ui_effect effect = p->ops->key ? p->ops->key(p, key) : UI_NONE;

	return effect == UI_NONE ? UI_NONE : screen_settle(s, p, effect) | UI_DRAW;
}

static enum ui_effect meaningless(struct screen *s, ui_key key)
{
	char text[KEY_TEXT_MAX], help[KEY_TEXT_MAX];

	key_text(text, key);
	key_text(help, keymap_key(&s->keys, s->active, UI_CMD_HELP));
	screen_say(s, _("%s has no meaning here; %s shows the keys."), *text ? text : _("That key"),
		   help);
	return UI_LAYOUT;
}

enum ui_effect screen_key(struct screen *s, ui_key key)
{
	enum ui_effect said = UI_NONE, effect;
	enum ui_cmd cmd;

	if (s->message_until_ns) {
		s->message_until_ns = 0;
		said = UI_LAYOUT;
	}
	if (s->menu.open)
		return said | menu_event(s, menu_key(&s->menu, key));
	if (s->prompt.open)
		return said | prompt_key(s, key);
	effect = typed(s, key);
	if (effect != UI_NONE)
		return said | effect;
	cmd = keymap_find(&s->keys, s->active, key);
	if (s->active == PANE_HELP)
		return said | help_key(s, cmd);
	if (cmd == UI_CMD_NONE)
		return said | meaningless(s, key);
	return said | screen_command(s, cmd);
}

enum ui_effect screen_resize(struct screen *s, int rows, int cols)
{
	canvas_resize(&s->canvas, rows, cols);
	adopt_shown(s);
	return UI_LAYOUT | UI_REPAINT;
}

void screen_rolled(struct screen *s)
{
	s->view.windows++;
}

/* ---- fetching ---- */

void screen_update(struct screen *s)
{
	s->view.now_ns = s->now_ns;
	header_update(&s->header, s->model);
	saving_update(s);
	next_message(s);
	span_update(s);
	search_update(s);
	for (int i = 0; i < PANE_COUNT; i++) {
		if (s->shown[i])
			s->panes[i].ops->update(&s->panes[i], s->model);
	}
	say_what_panes_said(s);
}
