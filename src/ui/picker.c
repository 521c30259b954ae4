// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/picker.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "ui/keys.h"
#include "ui/ui.h"

#define FETCH_NS UINT64_C(900000000) /* refreshes are a second apart, more or less */
#define AGAIN_NS UINT64_C(250000000) /* the second time is the first with figures of now */

const struct pst_candidate *picker_chosen(const struct picker *k)
{
	return k->selected < k->shown.len ? &k->all.at[k->shown.at[k->selected]] : NULL;
}

/* ---- filter and order -------------------------------------------------------------------- */

static bool has_capital(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isupper((unsigned char)s[i]))
			return true;
	return false;
}

/* Without a capital letter in it case does not matter, as in a search. */
static bool holds(const char *text, const char *word, size_t n)
{
	bool exact = has_capital(word, n);

	for (; *text; text++)
		if (exact ? !strncmp(text, word, n) : !strncasecmp(text, word, n))
			return true;
	return false;
}

static bool any_holds(const struct pst_candidate *c, const char *word, size_t n)
{
	char pid[16];

	snprintf(pid, sizeof pid, "%d", c->pid);
	return holds(pid, word, n) || holds(c->user, word, n) || holds(c->version, word, n) ||
	       holds(c->container, word, n) || holds(c->cmdline, word, n);
}

/* Each of the words must be somewhere in it. */
static bool passes(const struct pst_candidate *c, const char *words)
{
	while (*(words += strspn(words, " "))) {
		size_t n = strcspn(words, " ");

		if (!any_holds(c, words, n))
			return false;
		words += n;
	}
	return true;
}

/* The busiest first. */
static int by_cpu(const void *a, const void *b)
{
	const struct pst_candidate *x = a, *y = b;

	if (x->cpu_percent > y->cpu_percent)
		return -1;
	if (x->cpu_percent < y->cpu_percent)
		return 1;
	return (x->pid > y->pid) - (x->pid < y->pid);
}

/* The cursor stays with its process; when that is gone, or does not pass, with its row. */
static void find_chosen(struct picker *k)
{
	for (size_t i = 0; i < k->shown.len; i++)
		if (k->all.at[k->shown.at[i]].pid == k->pid) {
			k->selected = i;
			return;
		}
	if (k->selected >= k->shown.len)
		k->selected = k->shown.len ? k->shown.len - 1 : 0;
	k->pid = k->shown.len ? k->all.at[k->shown.at[k->selected]].pid : 0;
}

static void apply_filter(struct picker *k)
{
	k->shown.len = 0;
	for (size_t i = 0; i < k->all.len; i++)
		if (passes(&k->all.at[i], k->filter.text))
			*PST_VEC_PUSH(&k->shown) = i;
	find_chosen(k);
}

/* ---- fetching ---------------------------------------------------------------------------- */

static bool is_due(const struct picker *k, uint64_t now)
{
	uint64_t gap = k->fetches == 1 ? AGAIN_NS : FETCH_NS;

	return !k->fetches || now - k->fetched_ns >= gap;
}

/* Asks what became of the attaching: UI_ATTACHED, UI_NONE while it is under way. */
static enum ui_effect ask_attaching(struct pane *p)
{
	const struct pst_ui_hooks *h = p->view->hooks;
	struct picker *k = p->state;
	struct pst_why why = {0};
	enum pst_err err = PST_OK;

	p->view->soon = h->attaching && h->attaching(h->ctx, &err, &why);
	if (p->view->soon)
		return UI_NONE;
	k->attaching = 0;
	return err ? ui_say(p->view, "%s", *why.what ? why.what : pst_err_text(err)) : UI_ATTACHED;
}

static enum ui_effect cancel(struct pane *p)
{
	const struct pst_ui_hooks *h = p->view->hooks;
	struct picker *k = p->state;

	if (!k->attaching)
		return UI_NONE;
	k->attaching = 0;
	p->view->soon = false;
	if (h->attach_cancel)
		h->attach_cancel(h->ctx);
	return UI_DRAW;
}

static void picker_update(struct pane *p, const struct pst_model *m)
{
	const struct pst_ui_hooks *h = p->view->hooks;
	struct picker *k = p->state;
	struct pst_summary s;

	if (k->attaching)
		p->view->attached = ask_attaching(p) == UI_ATTACHED;
	pst_model_summary(m, &s);
	k->watched = s.pid;
	k->ended = s.ended;
	if (!h->candidates || !is_due(k, p->view->now_ns))
		return;
	pst_candidates_free(&k->all);
	h->candidates(h->ctx, &k->all);
	k->fetched_ns = p->view->now_ns;
	k->fetches++;
	if (k->all.len)
		qsort(k->all.at, k->all.len, sizeof *k->all.at, by_cpu);
	apply_filter(k);
}

static void picker_release(struct pane *p)
{
	struct picker *k = p->state;

	pst_candidates_free(&k->all);
	PST_VEC_FREE(&k->shown);
}

/* ---- commands ---------------------------------------------------------------------------- */

static enum ui_effect select_row(struct picker *k, size_t row)
{
	k->selected = row < k->shown.len ? row : k->shown.len ? k->shown.len - 1 : 0;
	k->pid = 0;
	find_chosen(k);
	return UI_DRAW;
}

static enum ui_effect move(struct picker *k, long by)
{
	if (by < 0 && (size_t)-by > k->selected)
		return select_row(k, 0);
	return select_row(k, (size_t)((long)k->selected + by));
}

static enum ui_effect attach(struct pane *p)
{
	const struct pst_ui_hooks *h = p->view->hooks;
	struct picker *k = p->state;
	const struct pst_candidate *c = picker_chosen(k);
	struct pst_why why = {0};

	if (!c)
		return ui_say(p->view, "%s", _("There is no process to watch."));
	if (c->pid == k->watched && !k->ended) {
		p->view->go = PANE_FUNCTIONS;
		return UI_GO;
	}
	if (!h->attach)
		return ui_say(p->view, "%s", _("Another process cannot be chosen here."));
	cancel(p);
	/* The list may be a second old: it is tried in any case. */
	if (h->attach(h->ctx, c->pid, &why))
		return ui_say(p->view, "%s", why.what);
	k->attaching = c->pid;
	return ask_attaching(p) | UI_DRAW;
}

static enum ui_effect picker_command(struct pane *p, enum ui_cmd cmd)
{
	struct picker *k = p->state;
	long page = k->page > 1 ? k->page : 1;

	switch (cmd) {
	case UI_CMD_UP:
		return move(k, -1);
	case UI_CMD_DOWN:
		return move(k, 1);
	case UI_CMD_PAGE_UP:
		return move(k, -page);
	case UI_CMD_PAGE_DOWN:
		return move(k, page);
	case UI_CMD_FIRST:
		return select_row(k, 0);
	case UI_CMD_LAST:
		return select_row(k, k->shown.len);
	case UI_CMD_ENTER:
		return attach(p);
	default:
		return UI_NONE;
	}
}

static enum ui_effect set_filter(struct picker *k, const char *text)
{
	line_set(&k->filter, text);
	apply_filter(k);
	return UI_DRAW;
}

/* What has a shape goes to the filter; so do the keys that change it, once there is one. */
static enum ui_effect picker_key(struct pane *p, ui_key key)
{
	struct picker *k = p->state;

	if (key == UI_KEY_ESC && k->attaching)
		return cancel(p);
	if (key == UI_KEY_ESC)
		return k->filter.len ? set_filter(k, "") : UI_NONE;
	/* These move in the list. */
	if (key == UI_KEY_HOME || key == UI_KEY_END || key == 2 || key == 6)
		return UI_NONE;
	if (!k->filter.len && (key < ' ' || key >= UI_KEY_SPECIAL))
		return UI_NONE;
	switch (line_key(&k->filter, key)) {
	case LINE_CHANGED:
		apply_filter(k);
		return UI_DRAW;
	case LINE_MOVED:
		return UI_DRAW;
	case LINE_NOTHING:
		break;
	}
	return UI_NONE;
}

static enum ui_effect picker_mouse(struct pane *p, const struct ui_mouse *m)
{
	struct picker *k = p->state;
	size_t row = k->first + (size_t)(m->row - PICKER_ABOVE);
	bool hit = m->row >= PICKER_ABOVE && m->row < PICKER_ABOVE + k->page && row < k->shown.len;

	if (!hit || (m->kind != MOUSE_CLICK && m->kind != MOUSE_DOUBLE))
		return UI_NONE;
	select_row(k, row);
	return m->kind == MOUSE_DOUBLE ? attach(p) : UI_DRAW;
}

/* Who looks at something else does not wait for it any more. */
static void picker_show(struct pane *p, bool shown)
{
	if (!shown)
		cancel(p);
}

static void picker_copy(struct pane *p, struct pst_buf *out)
{
	const struct pst_candidate *c = picker_chosen(p->state);

	if (c)
		pst_buf_addf(out, "%d %s", c->pid, c->cmdline);
}

const struct pane_ops pane_picker = {
	.title = N_("Processes"),
	.state_size = sizeof(struct picker),
	.update = picker_update,
	.draw = picker_draw,
	.key = picker_key,
	.command = picker_command,
	.mouse = picker_mouse,
	.copy = picker_copy,
	.show = picker_show,
	.release = picker_release,
};
