// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/i18n.h"
#include "ui/screen_priv.h"

/* What is searched (/) in the pane that is shown, and what alone is counted (\). */

/* Ids beyond are not matched. */
enum { FUNCS_MAX = 1 << 24 };

static bool matches_func(const struct ui_find *f, const struct pst_model *m, uint32_t id)
{
	struct pst_func_info info;

	pst_model_func(m, id, &info);
	return ui_find_func(f, info.name, info.full_file);
}

/* Brings the list of functions that match up to date with those that were met meanwhile. */
static void extend(struct found *f, const struct pst_model *m)
{
	size_t n = pst_model_func_count(m);

	if (n > FUNCS_MAX)
		n = FUNCS_MAX;
	if (!f->find || n <= f->len)
		return;
	f->funcs = pst_realloc(f->funcs, n, 1);
	for (size_t i = f->len; i < n; i++)
		f->funcs[i] = matches_func(f->find, m, (uint32_t)(i + 1));
	f->len = n;
}

static void forget(struct found *f)
{
	ui_find_free(f->find);
	free(f->funcs);
	*f = (struct found){.percent = -1};
}

void search_release(struct screen *s)
{
	forget(&s->search);
	forget(&s->only);
	ui_find_free(s->search_before);
}

/* ---- search ---- */

static void adopt_search(struct screen *s, struct ui_find *find)
{
	forget(&s->search);
	s->search.find = find;
	s->search.stale = find != NULL;
	s->view.search = find;
}

static enum ui_effect step(struct screen *s, int by)
{
	struct pane *p = &s->panes[s->active];

	if (!s->view.search || !p->ops->search)
		return UI_NONE;
	return screen_settle(s, p, p->ops->search(p, by));
}

static enum ui_effect search_changed(struct screen *s, const char *text)
{
	struct ui_find *find;

	if (!*text)
		adopt_search(s, NULL);
	else if (ui_find_new(&find, text, NULL) == PST_OK)
		adopt_search(s, find);
	return UI_UPDATE | step(s, 0);
}

static enum ui_effect search_done(struct screen *s, const char *text)
{
	struct ui_find *find = NULL;
	struct pst_why why;

	ui_find_free(s->search_before);
	s->search_before = NULL;
	if (*text && ui_find_new(&find, text, &why) != PST_OK) {
		screen_say(s, "%s", why.what);
		return UI_UPDATE;
	}
	adopt_search(s, find);
	if (find && s->panes[s->active].ops->search && step(s, 0) == UI_NONE)
		screen_say(s, _("Nothing here matches \"%s\"."), text);
	return UI_UPDATE;
}

static enum ui_effect search_left(struct screen *s)
{
	adopt_search(s, s->search_before);
	s->search_before = NULL;
	return UI_UPDATE;
}

enum ui_effect search_begin(struct screen *s)
{
	if (!s->panes[s->active].ops->search) {
		screen_say(s, "%s", _("There is nothing to search in here."));
		return UI_LAYOUT;
	}
	ui_find_free(s->search_before);
	s->search_before = s->search.find;
	s->search.find = NULL;
	adopt_search(s, NULL);
	return prompt_ask(s, _("Search"), "", search_done, search_changed, search_left);
}

enum ui_effect search_step(struct screen *s, int by)
{
	enum ui_effect effect;

	if (!s->view.search) {
		screen_say(s, "%s", _("Nothing is searched: / begins."));
		return UI_LAYOUT;
	}
	effect = step(s, by);
	if (effect != UI_NONE)
		return effect;
	screen_say(s, _("Nothing here matches \"%s\"."), ui_find_pattern(s->view.search));
	return UI_LAYOUT;
}

/* ---- filter ---- */

static enum ui_effect filter_done(struct screen *s, const char *text)
{
	struct ui_find *find = NULL;
	struct pst_why why;

	if (*text && ui_find_new(&find, text, &why) != PST_OK) {
		screen_say(s, "%s", why.what);
		return UI_LAYOUT;
	}
	forget(&s->only);
	s->only.find = find;
	s->only.stale = find != NULL;
	s->view.only = find;
	s->view.counted++;
	return UI_LAYOUT;
}

enum ui_effect filter_begin(struct screen *s)
{
	return prompt_ask(s, _("Count only stacks with"),
			  s->view.only ? ui_find_pattern(s->view.only) : "", filter_done, NULL,
			  NULL);
}

/* ---- with each refresh ---- */

static uint64_t weight(const struct pst_model *m, const struct ui_view *v, const struct found *f)
{
	struct pst_calls_options opt = {.kind = PST_CALLS_DOWN,
					.merge = PST_GROUP_FUNCTION,
					.filter = v->filter,
					.span = v->span,
					.least = 1};
	struct pst_calls calls = {0};
	uint64_t total;

	opt.filter.funcs = f ? f->funcs : NULL;
	opt.filter.nfuncs = f ? f->len : 0;
	if (f && !f->funcs)
		return 0;
	pst_model_calls(m, &opt, &calls);
	total = calls.len ? calls.at[0].total[0] : 0;
	pst_calls_free(&calls);
	return total;
}

/* The share of all that is counted of the stacks with a function that matches. */
static void measure(struct screen *s, struct found *f, const struct found *of)
{
	uint64_t all;

	if (!f->find ||
	    (!f->stale && f->window == s->view.windows && f->counted == s->view.counted))
		return;
	all = weight(s->model, &s->view, of);
	f->percent = all ? 100.0 * (double)weight(s->model, &s->view, f) / (double)all : 0;
	f->window = s->view.windows;
	f->counted = s->view.counted;
	f->stale = false;
}

void search_update(struct screen *s)
{
	extend(&s->search, s->model);
	extend(&s->only, s->model);
	s->view.filter.funcs = s->only.find ? s->only.funcs : NULL;
	s->view.filter.nfuncs = s->only.find ? s->only.len : 0;
	/* A filter by which no function goes is not the same as none. */
	if (s->only.find && !s->only.funcs)
		s->view.filter.funcs = (const uint8_t *)"";
	if (s->prompt.open)
		return;
	measure(s, &s->search, s->only.find ? &s->only : NULL);
	measure(s, &s->only, NULL);
}
