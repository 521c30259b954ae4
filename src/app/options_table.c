// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/options_table.h"

#include "app/outputs.h"
#include "base/i18n.h"
#include "export/export.h"

#include <string.h>

const struct option_def option_defs[OPT_COUNT] = {
#define OPTION_DEF(id, name, key, commands, arg, help)                                             \
	[OPT_##id] = {name, key, commands, arg, help},
	PST_OPTIONS(OPTION_DEF)
#undef OPTION_DEF
};

#define WITH_PID     "[OPTION]... --pid PID"
#define MAYBE_PID    "[OPTION]... [--pid PID]"
#define WITH_PROGRAM "[OPTION]... -- PROGRAM [ARGUMENT]..."

/* py-spy's own come first: what begins several of them is one of those. */
static const struct command_def commands[] = {
	{"record", CMD_RECORD,
	 {"[OPTION]... [-o FILE] --pid PID", "[OPTION]... [-o FILE] -- PROGRAM [ARGUMENT]..."},
	 N_("Sample without a screen and write a profile, for example a flamegraph")},
	{"top", CMD_TOP, {MAYBE_PID, WITH_PROGRAM},
	 N_("The live screen; what is meant without a command")},
	{"dump", CMD_DUMP, {WITH_PID, NULL}, N_("Print the stack of every thread once")},
	{"replay", CMD_REPLAY, {"[OPTION]... FILE...", "[OPTION]... -o FILE FILE..."},
	 N_("Show recordings (record -f pyspy) on the screen, or write profiles of them")},
	{"completions", CMD_COMPLETIONS, {"bash|zsh|fish", NULL},
	 N_("Print the script that lets a shell complete commands and options")},
	{"help", CMD_HELP, {"[COMMAND]", NULL}, N_("Print this help, or that of a command")},
};

#define COMMANDS (sizeof commands / sizeof *commands)

const struct command_def *command_at(size_t i)
{
	return i < COMMANDS ? &commands[i] : NULL;
}

const struct command_def *command_by_word(const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; n && i < COMMANDS; i++)
		if (!strncmp(word, commands[i].name, n))
			return &commands[i];
	return NULL;
}

const struct command_def *command_by_bit(unsigned bit)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (commands[i].bit == bit)
			return &commands[i];
	return NULL;
}

/* As they are called in options and on the screen. */
static const char *const modes[] = {
	[PST_SAMPLING_COSCHEDULED] = "coscheduled",
	[PST_SAMPLING_PAUSED] = "paused",
	[PST_SAMPLING_FREE] = "free",
};

const char *options_mode(enum pst_sampling sampling)
{
	return modes[sampling];
}

bool option_is_shown(const struct option_def *d, unsigned mask)
{
	return !(d->commands & CMD_HIDDEN) && d->commands & mask;
}

bool option_repeats(enum option_id id)
{
	return id == OPT_OUTPUT || id == OPT_FORMAT || id == OPT_LOCALS || id == OPT_VERBOSE ||
	       id == OPT_INCLUDE || id == OPT_EXCLUDE;
}

void option_values(enum option_id id, struct pst_buf *out)
{
	const struct pst_export_format *f;

	if (id == OPT_FORMAT)
		for (size_t i = 0; (f = outputs_format_at(i)); i++)
			pst_buf_addf(out, " %s", f->name);
	if (id == OPT_SAMPLING)
		for (int i = PST_SAMPLING_COSCHEDULED; i <= PST_SAMPLING_FREE; i++)
			pst_buf_addf(out, " %s", options_mode((enum pst_sampling)i));
	if (id == OPT_FALLBACK)
		for (int i = PST_SAMPLING_PAUSED; i <= PST_SAMPLING_FREE; i++)
			pst_buf_addf(out, " %s", options_mode((enum pst_sampling)i));
	if (id == OPT_RATE)
		pst_buf_adds(out, " max 100 1000");
	if (id == OPT_DURATION)
		pst_buf_adds(out, " unlimited");
}
