// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/i18n.h"
#include "ui/keys.h"
#include "ui/pager.h"
#include "ui/pane.h"

/*
 * All commands with their keys in the pane from which the help was called, out of the command
 * table, and what the figures mean.
 */

enum { HELP_COL = 20, NARROW = 44 };

static void command_line(struct pager_writer *w, const struct ui_view *v, enum ui_cmd id)
{
	const struct ui_command *cmd = ui_command(id);
	char keys[KEYS_TEXT_MAX];

	keymap_text(v->keys, v->from, id, keys);
	if (!*keys)
		return;
	pager_put(w, 2, ST_BOLD, keys);
	if (w->c->cols < NARROW) {
		w->line++;
		pager_paragraph(w, 4, ST_NORMAL, _(cmd->help));
	} else {
		pager_paragraph(w, HELP_COL, ST_NORMAL, _(cmd->help));
	}
}

static bool any_in(const struct ui_view *v, enum ui_group group)
{
	for (int i = UI_CMD_NONE + 1; i < UI_CMD_COUNT; i++) {
		if (ui_command((enum ui_cmd)i)->group == group &&
		    keymap_key(v->keys, v->from, (enum ui_cmd)i))
			return true;
	}
	return false;
}

static void all_commands(struct pager_writer *w, const struct ui_view *v)
{
	for (int g = 0; g < UI_GROUP_COUNT; g++) {
		if (!any_in(v, (enum ui_group)g))
			continue;
		pager_put(w, 0, ST_WARM, ui_group_title((enum ui_group)g));
		w->line++;
		for (int i = UI_CMD_NONE + 1; i < UI_CMD_COUNT; i++) {
			if (ui_command((enum ui_cmd)i)->group == (enum ui_group)g)
				command_line(w, v, (enum ui_cmd)i);
		}
		w->line++;
	}
}

static void all_definitions(struct pager_writer *w)
{
	pager_put(w, 0, ST_WARM, _("What the figures mean"));
	w->line++;
	for (unsigned i = 0; ui_definition(i); i++) {
		pager_paragraph(w, 2, ST_NORMAL, ui_definition(i));
		if (ui_definition(i + 1))
			w->line++;
	}
}

static void write_help(struct pager_writer *w, const void *ctx)
{
	all_commands(w, ctx);
	all_definitions(w);
}

static void help_update(struct pane *p, const struct pst_model *m)
{
	(void)p;
	(void)m;
}

static void help_draw(struct pane *p, struct canvas *c)
{
	canvas_fill(c, 0, ST_TITLE);
	canvas_cut(c, 0, 0, c->cols, ST_TITLE, _("Help: arrows scroll, any other key returns"));
	pager_draw(p->state, c, write_help, p->view);
}

static enum ui_effect help_command(struct pane *p, enum ui_cmd cmd)
{
	return pager_command(p->state, cmd) ? UI_DRAW : UI_NONE;
}

static void help_show(struct pane *p, bool shown)
{
	if (shown)
		((struct pager *)p->state)->first = 0;
}

const struct pane_ops pane_help = {
	.title = N_("Help"),
	.state_size = sizeof(struct pager),
	.update = help_update,
	.draw = help_draw,
	.command = help_command,
	.show = help_show,
};
