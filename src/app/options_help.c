// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/options_table.h"

#include "app/die.h"
#include "app/outputs.h"
#include "base/i18n.h"
#include "base/text.h"
#include "export/export.h"

#include <stdio.h>
#include <string.h>

#define HELP_CELLS 79
#define HELP_INDENT 27

/* ---- --help ------------------------------------------------------------------------------- */

/* TEXT in lines behind INDENT, of which USED cells are written already. */
static void wrapped(struct pst_buf *out, const char *text, int indent, int used)
{
	const char *space = "";

	if (used > indent) {
		pst_buf_addc(out, '\n');
		used = 0;
	}
	pst_buf_addf(out, "%*s", indent - used, "");
	used = indent;
	while (*text) {
		size_t n = strcspn(text, " ");
		int cells = pst_text_cells(text, n);
		if (*space && used + 1 + cells > HELP_CELLS) {
			pst_buf_addf(out, "\n%*s", indent, "");
			used = indent;
			space = "";
		}
		pst_buf_addf(out, "%s%.*s", space, (int)n, text);
		used += cells + (*space ? 1 : 0);
		space = " ";
		text += n + (text[n] == ' ');
	}
	pst_buf_addc(out, '\n');
}

static void help_line(struct pst_buf *out, const char *left, const char *text)
{
	size_t n = strlen(left);

	pst_buf_adds(out, left);
	wrapped(out, text, HELP_INDENT, pst_text_cells(left, n) + 1 > HELP_INDENT ?
						HELP_INDENT + 1 : pst_text_cells(left, n));
}

static void help_option(struct pst_buf *out, const struct option_def *d)
{
	char left[80];

	snprintf(left, sizeof left, "  %c%c%s --%s%s%s", d->key ? '-' : ' ', d->key ? d->key : ' ',
		 d->key ? "," : " ", d->name, d->arg ? " " : "", d->arg ? _(d->arg) : "");
	help_line(out, left, _(d->help));
}

/* The section of the help that an option stands in: --dump is another name for the command. */
static unsigned section_of(const struct option_def *d)
{
	if (d->commands == (CMD_TOP | CMD_DUMP) || d->commands == CMD_ANY)
		return CMD_ALL;
	return d->commands;
}

static void list_commands(struct pst_buf *out, unsigned mask)
{
	const char *between = "";
	const struct command_def *c;

	for (size_t i = 0; (c = command_at(i)); i++) {
		if (!(mask & c->bit))
			continue;
		pst_buf_addf(out, "%s%s", between, c->name);
		between = ", ";
	}
}

static void help_section(struct pst_buf *out, unsigned mask)
{
	pst_buf_addc(out, '\n');
	if (mask == CMD_ALL) {
		pst_buf_adds(out, _("Options:"));
	} else {
		/* TRANSLATORS: names of commands follow. */
		pst_buf_adds(out, _("Options of "));
		list_commands(out, mask);
		pst_buf_addc(out, ':');
	}
	pst_buf_addc(out, '\n');
	for (int i = 0; i < OPT_COUNT; i++)
		if (option_is_shown(&option_defs[i], mask) && section_of(&option_defs[i]) == mask)
			help_option(out, &option_defs[i]);
}

/* Each set of commands that options are for, once, in the order of the table. */
static void help_sections(struct pst_buf *out)
{
	help_section(out, CMD_ALL);
	for (int i = 0; i < OPT_COUNT; i++) {
		unsigned mask = section_of(&option_defs[i]);
		bool done = mask == CMD_ALL || mask & CMD_HIDDEN;
		for (int k = 0; k < i && !done; k++)
			done = section_of(&option_defs[k]) == mask;
		if (!done)
			help_section(out, mask);
	}
}

static void help_formats(struct pst_buf *out)
{
	const struct pst_export_format *f;

	pst_buf_adds(out, _("\nFormats, and the endings of their files:\n"));
	for (size_t i = 0; (f = outputs_format_at(i)); i++) {
		char left[32], text[256];
		snprintf(left, sizeof left, "  %s", f->name);
		snprintf(text, sizeof text, "%s (%s)", _(f->help), f->endings);
		help_line(out, left, text);
	}
}

static void usage(struct pst_buf *out, const char *command, const char *args)
{
	pst_buf_addf(out, "%s%s%s%s %s\n", out->len ? "       " : _("Usage: "), program_name(),
		     command ? " " : "", command ? command : "", args);
}

static void help_of_command(struct pst_buf *out, const struct command_def *c)
{
	for (int i = 0; i < 2 && c->args[i]; i++)
		usage(out, c->name, c->args[i]);
	wrapped(out, _(c->help), 0, 0);
	pst_buf_cut(out, out->len - 1);
	pst_buf_adds(out, ".\n");
	if (!(c->bit & CMD_ANY))
		return;
	pst_buf_adds(out, _("\nOptions:\n"));
	for (int i = 0; i < OPT_COUNT; i++)
		if (option_is_shown(&option_defs[i], c->bit))
			help_option(out, &option_defs[i]);
	if (c->bit & CMD_WRITE)
		help_formats(out);
}

static void help_of_all(struct pst_buf *out)
{
	const struct command_def *top = command_by_bit(CMD_TOP), *c;

	for (int i = 0; i < 2; i++)
		usage(out, NULL, top->args[i]);
	usage(out, NULL, _("COMMAND [OPTION]..."));
	pst_buf_adds(out, _("Watches a running Python program from outside, without changing it. "
			    "Without a\nprocess it shows all there are, to choose from.\n"));
	pst_buf_adds(out, _("\nCommands, which may be shortened; COMMAND --help tells of one:\n"));
	for (size_t i = 0; (c = command_at(i)); i++) {
		char left[32];
		snprintf(left, sizeof left, "  %s", c->name);
		help_line(out, left, _(c->help));
	}
	help_sections(out);
	help_formats(out);
}

void options_help(const struct options *o, struct pst_buf *out)
{
	if (o->command_given)
		help_of_command(out, command_by_bit(o->command));
	else
		help_of_all(out);
	pst_buf_adds(out, _("\nExit status: 0 success, 1 failure, 2 wrong usage. "
			    "More in man pyspy-tui.\n"));
}

/* ---- the manual page ---------------------------------------------------------------------- */

static void man_text(struct pst_buf *out, const char *text)
{
	for (; *text; text++)
		pst_buf_addf(out, *text == '-' ? "\\%c" : "%c", *text);
}

void options_man_formats(struct pst_buf *out)
{
	const struct pst_export_format *f;

	for (size_t i = 0; (f = outputs_format_at(i)); i++) {
		pst_buf_addf(out, ".TP\n.B %s\n", f->name);
		man_text(out, f->help);
		pst_buf_addf(out, " (%s)", f->endings);
		if (f->alias)
			pst_buf_addf(out, "; also called %s", f->alias);
		pst_buf_adds(out, ".\n");
	}
}

void options_man_commands(struct pst_buf *out)
{
	const struct command_def *c;

	for (size_t i = 0; (c = command_at(i)); i++) {
		pst_buf_addf(out, ".TP\n.B %s\n", c->name);
		man_text(out, c->help);
		pst_buf_adds(out, ".\n");
	}
}

static void man_option(struct pst_buf *out, const struct option_def *d)
{
	pst_buf_adds(out, ".TP\n.B ");
	if (d->key)
		pst_buf_addf(out, "\\-%c, ", d->key);
	pst_buf_adds(out, "\\-\\-");
	man_text(out, d->name);
	if (d->arg)
		pst_buf_addf(out, " \\fI%s\\fR", d->arg);
	pst_buf_addf(out, "\n");
	man_text(out, d->help);
	pst_buf_adds(out, ".\n");
	unsigned section = section_of(d) & ~(unsigned)CMD_HIDDEN;
	if (section == CMD_ALL)
		return;
	pst_buf_addc(out, '(');
	list_commands(out, section);
	pst_buf_adds(out, ")\n");
}

void options_man(struct pst_buf *out)
{
	for (int i = 0; i < OPT_COUNT; i++)
		if (!(option_defs[i].commands & CMD_HIDDEN))
			man_option(out, &option_defs[i]);
}

void options_man_hidden(struct pst_buf *out)
{
	for (int i = 0; i < OPT_COUNT; i++)
		if (option_defs[i].commands & CMD_HIDDEN)
			man_option(out, &option_defs[i]);
}

/* ---- for tests ---------------------------------------------------------------------------- */

void options_list(struct pst_buf *out)
{
	for (int i = 0; i < OPT_COUNT; i++) {
		const struct option_def *d = &option_defs[i];
		pst_buf_addf(out, "%s\t%c\t%s\t", d->name, d->key ? d->key : '-',
			     d->arg ? d->arg : "-");
		list_commands(out, d->commands);
		pst_buf_addf(out, "\t%s\n", d->commands & CMD_HIDDEN ? "hidden" : "shown");
	}
}
