// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/i18n.h"
#include "ui/pane.h"

static void flame_update(struct pane *p, const struct pst_model *m)
{
	(void)p;
	(void)m;
}

static void flame_draw(struct pane *p, struct canvas *c)
{
	canvas_fill(c, 0, ST_TITLE);
	canvas_cut(c, 0, 0, c->cols, ST_TITLE, _(p->ops->title));
}

static enum ui_effect flame_command(struct pane *p, enum ui_cmd cmd)
{
	(void)p;
	(void)cmd;
	return UI_NONE;
}

const struct pane_ops pane_flame = {
	.title = N_("Flame"),
	.state_size = 1,
	.update = flame_update,
	.draw = flame_draw,
	.command = flame_command,
};
