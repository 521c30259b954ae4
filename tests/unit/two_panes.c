// SPDX-License-Identifier: MIT
#include "config.h"

#include "two_panes.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static void init_pane(struct two_panes *t, struct pane *p, const struct pane_ops *ops)
{
	p->ops = ops;
	p->state = pst_calloc(1, ops->state_size);
	p->view = &t->view;
}

void two_init(struct two_panes *t, const struct pst_model *m)
{
	*t = (struct two_panes){.model = m};
	init_pane(t, &t->flame, &pane_flame);
	init_pane(t, &t->calls, &pane_calls);
	t->active = &t->flame;
	keymap_defaults(&t->keys);
}

void two_free(struct two_panes *t)
{
	t->flame.ops->release(&t->flame);
	t->calls.ops->release(&t->calls);
	free(t->flame.state);
	free(t->calls.state);
	canvas_free(&t->canvas);
}

static bool has(enum ui_effect effect, enum ui_effect bits)
{
	return (effect & bits) == bits;
}

void two_settle(struct two_panes *t, enum ui_effect effect)
{
	if (has(effect, UI_GO))
		t->active = t->view.go == PANE_CALLS ? &t->calls : &t->flame;
	if (has(effect, UI_UPDATE))
		t->active->ops->update(t->active, t->model);
	canvas_clear(&t->canvas);
	t->active->ops->draw(t->active, &t->canvas);
}

static enum ui_effect go(struct two_panes *t, enum ui_pane_id pane)
{
	t->view.go = pane;
	return UI_GO;
}

static enum ui_effect search(struct two_panes *t, int step)
{
	return t->view.search ? t->active->ops->search(t->active, step) : UI_NONE;
}

static enum ui_effect command(struct two_panes *t, enum ui_cmd cmd)
{
	enum ui_effect effect = t->active->ops->command(t->active, cmd);

	if (effect != UI_NONE)
		return effect;
	switch (cmd) {
	case UI_CMD_SHOW_FLAME:
		return go(t, PANE_FLAME);
	case UI_CMD_SHOW_CALLS:
		return go(t, PANE_CALLS);
	case UI_CMD_SEARCH_NEXT:
		return search(t, 1);
	case UI_CMD_SEARCH_PREVIOUS:
		return search(t, -1);
	case UI_CMD_BACK:
		t->backs++;
		return UI_DRAW;
	default:
		return UI_NONE;
	}
}

void two_key(struct two_panes *t, ui_key key)
{
	enum ui_pane_id pane = t->active == &t->flame ? PANE_FLAME : PANE_CALLS;

	two_settle(t, command(t, keymap_find(&t->keys, pane, key)));
}

void two_press(struct two_panes *t, const char *keys)
{
	while (*keys) {
		size_t n = strcspn(keys, " ");

		two_key(t, key_parse(keys, n));
		keys += n + strspn(keys + n, " ");
	}
}
