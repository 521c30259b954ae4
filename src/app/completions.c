// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/options_table.h"

#include "app/die.h"
#include "base/i18n.h"

#include <string.h>

/* Scripts for bash, zsh and fish, made of the table of options. */

/* TEXT within single quotes, as bash and zsh read them. */
static void add_quoted(struct pst_buf *out, const char *text)
{
	for (; *text; text++)
		if (*text == '\'')
			pst_buf_adds(out, "'\\''");
		else
			pst_buf_addc(out, *text);
}

/* The same as zsh and fish want it in what they take apart once more. */
static void add_escaped(struct pst_buf *out, const char *text, const char *special)
{
	for (; *text; text++) {
		if (strchr(special, *text))
			pst_buf_addc(out, '\\');
		if (*text == '\'')
			pst_buf_adds(out, strchr(special, '\'') ? "'" : "'\\''");
		else
			pst_buf_addc(out, *text);
	}
}

/* The program's name as a part of a shell function's name. */
static void add_function(struct pst_buf *out)
{
	pst_buf_addc(out, '_');
	for (const char *c = program_name(); *c; c++)
		pst_buf_addc(out, *c == '-' ? '_' : *c);
}

enum kind { KIND_NONE, KIND_VALUES, KIND_PID, KIND_FILE };

static enum kind kind_of(enum option_id id, struct pst_buf *values)
{
	const char *arg = option_defs[id].arg;

	pst_buf_clear(values);
	option_values(id, values);
	if (values->len)
		return KIND_VALUES;
	if (arg && !strcmp(arg, "PID"))
		return KIND_PID;
	return arg && !strcmp(arg, "FILE") ? KIND_FILE : KIND_NONE;
}

/* ---- bash --------------------------------------------------------------------------------- */

static void bash_names(struct pst_buf *out, const struct option_def *d, const char *between)
{
	pst_buf_addf(out, "--%s", d->name);
	if (d->key)
		pst_buf_addf(out, "%s-%c", between, d->key);
}

static void bash_commands(struct pst_buf *out, unsigned mask, const char *between)
{
	const struct command_def *c;
	size_t n = 0;

	for (size_t i = 0; (c = command_at(i)); i++)
		if (c->bit & mask)
			pst_buf_addf(out, "%s%s", n++ ? between : "", c->name);
}

/* What comes behind an option that takes a value. */
static void bash_values(struct pst_buf *out)
{
	struct pst_buf values = {0};

	for (int i = 0; i < OPT_COUNT; i++) {
		if (!option_defs[i].arg)
			continue;
		enum kind kind = kind_of((enum option_id)i, &values);
		pst_buf_adds(out, "\t");
		bash_names(out, &option_defs[i], "|");
		pst_buf_adds(out, ")\n\t\t");
		if (kind == KIND_PID)
			pst_buf_adds(out, "COMPREPLY=($(compgen -W \"$(cd /proc && echo [0-9]*)\" "
					  "-- \"$cur\"))");
		else if (kind == KIND_VALUES)
			pst_buf_addf(out, "COMPREPLY=($(compgen -W \"%s\" -- \"$cur\"))",
				     pst_buf_text(&values) + 1);
		else if (kind == KIND_FILE)
			pst_buf_adds(out, "COMPREPLY=($(compgen -f -- \"$cur\"))");
		else
			pst_buf_adds(out, "COMPREPLY=()");
		pst_buf_adds(out, "\n\t\treturn ;;\n");
	}
	pst_buf_free(&values);
}

static void bash_options(struct pst_buf *out)
{
	const struct command_def *c;

	for (size_t i = 0; (c = command_at(i)); i++) {
		const char *between = "";
		if (!(c->bit & CMD_ANY))
			continue;
		pst_buf_addf(out, "\t%s) words=\"", c->name);
		for (int k = 0; k < OPT_COUNT; k++) {
			if (!option_is_shown(&option_defs[k], c->bit))
				continue;
			pst_buf_adds(out, between);
			bash_names(out, &option_defs[k], " ");
			between = " ";
		}
		pst_buf_adds(out, "\" ;;\n");
	}
}

static void bash_head(struct pst_buf *out)
{
	add_function(out);
	pst_buf_adds(out, "()\n{\n"
			  "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
			  "\tlocal command=top words= i\n"
			  "\tCOMPREPLY=()\n"
			  "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
			  "\t\tif [[ ${COMP_WORDS[i]} == -- ]]; then\n"
			  "\t\t\tif ((i == COMP_CWORD - 1)); then\n"
			  "\t\t\t\tCOMPREPLY=($(compgen -c -- \"$cur\"))\n"
			  "\t\t\telse\n"
			  "\t\t\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
			  "\t\t\tfi\n"
			  "\t\t\treturn\n"
			  "\t\tfi\n"
			  "\tdone\n"
			  "\tif [[ $cur == = ]]; then\n"
			  "\t\tcur=\n"
			  "\telif [[ $prev == = ]]; then\n"
			  "\t\tprev=${COMP_WORDS[COMP_CWORD-2]}\n"
			  "\tfi\n"
			  "\tcase ${COMP_WORDS[1]} in\n\t");
	bash_commands(out, ~0u, "|");
	pst_buf_adds(out, ") command=${COMP_WORDS[1]} ;;\n\tesac\n");
}

static void bash(struct pst_buf *out)
{
	bash_head(out);
	pst_buf_adds(out, "\tcase $prev in\n");
	bash_values(out);
	pst_buf_adds(out, "\tesac\n\tcase $command in\n");
	bash_options(out);
	pst_buf_adds(out, "\tcompletions) words=\"bash zsh fish\" ;;\n\thelp) words=\"");
	bash_commands(out, ~0u, " ");
	pst_buf_adds(out, "\" ;;\n\tesac\n"
			  "\tif ((COMP_CWORD == 1)); then\n"
			  "\t\twords=\"$words ");
	bash_commands(out, ~0u, " ");
	pst_buf_adds(out, "\"\n\tfi\n"
			  "\tif [[ $cur != -* ]] && ((COMP_CWORD > 1)) && "
			  "[[ $command != completions && $command != help ]]; then\n"
			  "\t\tif [[ $command == replay ]]; then\n"
			  "\t\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
			  "\t\telse\n"
			  "\t\t\tCOMPREPLY=($(compgen -c -- \"$cur\"))\n"
			  "\t\tfi\n"
			  "\t\treturn\n"
			  "\tfi\n"
			  "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
			  "}\n"
			  "complete -o filenames -F ");
	add_function(out);
	pst_buf_addf(out, " %s\n", program_name());
}

/* ---- zsh ---------------------------------------------------------------------------------- */

static void zsh_value(struct pst_buf *out, enum option_id id)
{
	struct pst_buf values = {0};
	enum kind kind = kind_of(id, &values);

	pst_buf_addf(out, ":%s:", option_defs[id].arg);
	if (kind == KIND_PID)
		pst_buf_adds(out, "{compadd -- /proc/<->(N:t)}");
	else if (kind == KIND_FILE)
		pst_buf_adds(out, "_files");
	else if (kind == KIND_VALUES)
		pst_buf_addf(out, "(%s)", pst_buf_text(&values) + 1);
	else
		pst_buf_addc(out, ' ');
	pst_buf_free(&values);
}

static void zsh_option(struct pst_buf *out, enum option_id id)
{
	const struct option_def *d = &option_defs[id];
	const char *many = option_repeats(id) ? "*" : "";

	pst_buf_adds(out, "\t\t\t");
	if (!*many && d->key)
		pst_buf_addf(out, "'(--%s -%c)'", d->name, d->key);
	if (d->key)
		pst_buf_addf(out, "{'%s--%s%s','%s-%c%s'}", many, d->name, d->arg ? "=" : "", many,
			     d->key, d->arg ? "+" : "");
	else
		pst_buf_addf(out, "'%s--%s%s'", many, d->name, d->arg ? "=" : "");
	pst_buf_adds(out, "'[");
	add_escaped(out, _(d->help), "[]\\");
	pst_buf_addc(out, ']');
	if (d->arg)
		zsh_value(out, id);
	pst_buf_adds(out, "' \\\n");
}

static void zsh_command(struct pst_buf *out, const struct command_def *c)
{
	pst_buf_addf(out, "\t%s)\n\t\t_arguments -s -S \\\n", c->name);
	for (int i = 0; i < OPT_COUNT; i++)
		if (option_is_shown(&option_defs[i], c->bit))
			zsh_option(out, (enum option_id)i);
	pst_buf_addf(out, "\t\t\t'%s'\n\t\t;;\n",
		     c->bit == CMD_REPLAY ? "*:recording:_files" : "*::program:_normal");
}

static void zsh_describe(struct pst_buf *out)
{
	const struct command_def *c;

	pst_buf_adds(out, "\tcommands=(\n");
	for (size_t i = 0; (c = command_at(i)); i++) {
		pst_buf_addf(out, "\t\t'%s:", c->name);
		add_quoted(out, _(c->help));
		pst_buf_adds(out, "'\n");
	}
	pst_buf_adds(out, "\t)\n");
}

static void zsh(struct pst_buf *out)
{
	const struct command_def *c;

	pst_buf_addf(out, "#compdef %s\n", program_name());
	add_function(out);
	pst_buf_adds(out, "()\n{\n\tlocal command=top\n\tlocal -a commands\n");
	zsh_describe(out);
	pst_buf_adds(out, "\tif (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then\n"
			  "\t\t_describe -t commands command commands\n"
			  "\t\treturn\n"
			  "\tfi\n"
			  "\tif (( ${commands[(I)${words[2]}:*]} )); then\n"
			  "\t\tcommand=${words[2]}\n"
			  "\t\tshift words\n"
			  "\t\t(( CURRENT-- ))\n"
			  "\tfi\n"
			  "\tcase $command in\n");
	for (size_t i = 0; (c = command_at(i)); i++)
		if (c->bit & CMD_ANY)
			zsh_command(out, c);
	pst_buf_adds(out, "\tcompletions) _arguments ':shell:(bash zsh fish)' ;;\n"
			  "\thelp) _describe -t commands command commands ;;\n"
			  "\tesac\n}\n");
	/* As a file of $fpath it is the body of the function; else (eval) it is bound here. */
	pst_buf_adds(out, "if [ \"$funcstack[1]\" = _");
	pst_buf_adds(out, program_name());
	pst_buf_adds(out, " ]; then\n\t");
	add_function(out);
	pst_buf_adds(out, " \"$@\"\nelse\n\tcompdef ");
	add_function(out);
	pst_buf_addf(out, " %s\nfi\n", program_name());
}

/* ---- fish --------------------------------------------------------------------------------- */

static void fish_option(struct pst_buf *out, enum option_id id)
{
	const struct option_def *d = &option_defs[id];
	struct pst_buf values = {0};
	enum kind kind = kind_of(id, &values);

	pst_buf_addf(out, "complete -c %s -n '_", program_name());
	add_function(out);
	pst_buf_addc(out, ' ');
	bash_commands(out, d->commands & CMD_ANY, " ");
	pst_buf_addf(out, "' -l %s", d->name);
	if (d->key)
		pst_buf_addf(out, " -s %c", d->key);
	if (kind == KIND_PID)
		pst_buf_adds(out, " -x -a '(__fish_complete_pids)'");
	else if (kind == KIND_VALUES)
		pst_buf_addf(out, " -x -a '%s'", pst_buf_text(&values) + 1);
	else if (kind == KIND_FILE)
		pst_buf_adds(out, " -r -F");
	else if (d->arg)
		pst_buf_adds(out, " -x");
	pst_buf_adds(out, " -d '");
	add_escaped(out, _(d->help), "\\'");
	pst_buf_adds(out, "'\n");
	pst_buf_free(&values);
}

static void fish_head(struct pst_buf *out)
{
	pst_buf_adds(out, "function _");
	add_function(out);
	pst_buf_adds(out, "\n"
			  "\tset -l words (commandline -opc)\n"
			  "\tset -l command top\n"
			  "\tcontains -- -- $words; and return 1\n"
			  "\tif contains -- \"$words[2]\" ");
	bash_commands(out, ~0u, " ");
	pst_buf_adds(out, "\n"
			  "\t\tset command $words[2]\n"
			  "\tend\n"
			  "\tcontains -- $command $argv\n"
			  "end\n"
			  "function _");
	add_function(out);
	pst_buf_adds(out, "_first\n\ttest (count (commandline -opc)) -eq 1\nend\n");
}

static void fish(struct pst_buf *out)
{
	const struct command_def *c;

	fish_head(out);
	for (size_t i = 0; (c = command_at(i)); i++) {
		pst_buf_addf(out, "complete -c %s -f -n _", program_name());
		add_function(out);
		pst_buf_addf(out, "_first -a %s -d '", c->name);
		add_escaped(out, _(c->help), "\\'");
		pst_buf_adds(out, "'\n");
	}
	for (int i = 0; i < OPT_COUNT; i++)
		if (!(option_defs[i].commands & CMD_HIDDEN))
			fish_option(out, (enum option_id)i);
	pst_buf_addf(out, "complete -c %s -f -n '_", program_name());
	add_function(out);
	pst_buf_adds(out, " completions' -a 'bash zsh fish'\n");
}

enum pst_err completions_print(const char *shell, struct pst_buf *out, struct pst_why *why)
{
	if (!strcmp(shell, "bash"))
		bash(out);
	else if (!strcmp(shell, "zsh"))
		zsh(out);
	else if (!strcmp(shell, "fish"))
		fish(out);
	else
		return pst_why_set(why, PST_USAGE, 0,
				   _("There are completions for %s, not for '%s'."),
				   COMPLETION_SHELLS, shell);
	return PST_OK;
}
