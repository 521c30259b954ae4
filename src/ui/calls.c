// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/i18n.h"
#include "ui/pane.h"

static void calls_update(struct pane *p, const struct pst_model *m)
{
	(void)p;
	(void)m;
}

static void calls_draw(struct pane *p, struct canvas *c)
{
	canvas_fill(c, 0, ST_TITLE);
	canvas_cut(c, 0, 0, c->cols, ST_TITLE, _(p->ops->title));
}

static enum ui_effect calls_command(struct pane *p, enum ui_cmd cmd)
{
	(void)p;
	(void)cmd;
	return UI_NONE;
}

const struct pane_ops pane_calls = {
	.title = N_("Callers"),
	.state_size = 1,
	.update = calls_update,
	.draw = calls_draw,
	.command = calls_command,
};
