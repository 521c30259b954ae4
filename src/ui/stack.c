// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/i18n.h"
#include "ui/pane.h"

static void stack_update(struct pane *p, const struct pst_model *m)
{
	(void)p;
	(void)m;
}

static void stack_draw(struct pane *p, struct canvas *c)
{
	canvas_fill(c, 0, ST_TITLE);
	canvas_cut(c, 0, 0, c->cols, ST_TITLE, _(p->ops->title));
}

static enum ui_effect stack_command(struct pane *p, enum ui_cmd cmd)
{
	(void)p;
	(void)cmd;
	return UI_NONE;
}

const struct pane_ops pane_stack = {
	.title = N_("Stack"),
	.state_size = 1,
	.update = stack_update,
	.draw = stack_draw,
	.command = stack_command,
};
