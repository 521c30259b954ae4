// SPDX-License-Identifier: MIT
#ifndef PST_APP_OPTIONS_TABLE_H
#define PST_APP_OPTIONS_TABLE_H

/* The tables of options and commands as data, and what is made of them. */

#include "app/options.h"
#include "base/buf.h"

struct option_def {
	const char *name;
	char key; /* short name; 0: none */
	unsigned commands;
	const char *arg, *help; /* arg: NULL: it takes no value; both are translated by who shows them */
};

extern const struct option_def option_defs[OPT_COUNT];

struct command_def {
	const char *name;
	unsigned bit;
	const char *args[2]; /* what follows it; NULL: no (second) way to call it */
	const char *help;
};

/* In order; NULL behind the last. */
const struct command_def *command_at(size_t i);
/*
 * The command that WORD names or begins; where it begins several, the first of the table: "r" is
 * record, as py-spy's users know it, "rep" is replay.  NULL: it is none.
 */
const struct command_def *command_by_word(const char *word);
const struct command_def *command_by_bit(unsigned bit);

/* Whether --help shows option I, in a list for the commands MASK. */
bool option_is_shown(const struct option_def *d, unsigned mask);
/* It may be given more than once. */
bool option_repeats(enum option_id id);
/* The values that it takes, where they can be listed, each behind a blank; appended. */
void option_values(enum option_id id, struct pst_buf *out);

#define COMPLETION_SHELLS "bash, zsh, fish"
/* The script that completes the options in SHELL; USAGE for an unknown one. */
enum pst_err completions_print(const char *shell, struct pst_buf *out, struct pst_why *why);

/* The text of --help; of one command where O says which. */
void options_help(const struct options *o, struct pst_buf *out);
/* The options as lines of the manual page (man macros); the build puts them into pyspy-tui.1. */
void options_man(struct pst_buf *out);
/* Those that --help does not show, likewise. */
void options_man_hidden(struct pst_buf *out);
/* The commands and the formats of record, likewise. */
void options_man_commands(struct pst_buf *out);
void options_man_formats(struct pst_buf *out);
/* The table itself for tests: name, letter, value, commands, whether hidden; with tabs between them. */
void options_list(struct pst_buf *out);

#endif
