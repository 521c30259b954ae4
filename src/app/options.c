// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/options.h"

#include "app/options_table.h"
#include "app/outputs.h"
#include "app/sieve.h"
#include "base/i18n.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * getopt's own tables, made of ours; long options return the index, short ones the letter.  With
 * PROGRAM it stops at the first word: the rest is the program's.
 */
static void fill_getopt(struct option *longs, char *shorts, bool program)
{
	if (program)
		*shorts++ = '+';
	*shorts++ = ':';
	for (int i = 0; i < OPT_COUNT; i++) {
		int has_arg = option_defs[i].arg ? required_argument : no_argument;
		longs[i] = (struct option){option_defs[i].name, has_arg, NULL, CHAR_MAX + 1 + i};
		if (!option_defs[i].key)
			continue;
		*shorts++ = option_defs[i].key;
		if (has_arg)
			*shorts++ = ':';
	}
	longs[OPT_COUNT] = (struct option){0};
	*shorts = '\0';
}

static int option_of(int got)
{
	if (got > CHAR_MAX)
		return got - CHAR_MAX - 1;
	for (int i = 0; i < OPT_COUNT; i++)
		if (option_defs[i].key == got)
			return i;
	return -1;
}

static enum pst_err number(const char *name, const char *text, double min, double max, double *out,
			   struct pst_why *why)
{
	char *end;

	errno = 0;
	double v = strtod(text, &end);
	if (end == text || *end || errno || !isfinite(v) || v < min || v > max)
		return pst_why_set(why, PST_USAGE, 0, _("--%s takes a number from %g to %g, not '%s'."),
				   name, min, max, text);
	*out = v;
	return PST_OK;
}

static enum pst_err process_id(const char *text, pid_t *out, struct pst_why *why)
{
	char *end;

	errno = 0;
	long v = strtol(text, &end, 0);
	if (end == text || *end || errno || v <= 0 || v > INT_MAX)
		return pst_why_set(why, PST_USAGE, 0,
				   _("--pid takes the number of a process, not '%s'."), text);
	*out = (pid_t)v;
	return PST_OK;
}

static enum pst_err duration(const char *text, double *out, struct pst_why *why)
{
	*out = 0;
	if (!strcmp(text, "unlimited"))
		return PST_OK;
	return number("duration", text, 0.01, 1e9, out, why);
}

static enum pst_err rate(const char *text, double *out, struct pst_why *why)
{
	*out = INFINITY;
	if (!strcmp(text, "max"))
		return PST_OK;
	return number("rate", text, 0.1, 100000, out, why);
}

/* FIRST: the first of the modes that are allowed. */
static enum pst_err mode(const char *name, const char *text, enum pst_sampling first,
			 enum pst_sampling *out, struct pst_why *why)
{
	for (int i = (int)first; i <= PST_SAMPLING_FREE; i++) {
		if (!strcmp(text, options_mode((enum pst_sampling)i))) {
			*out = (enum pst_sampling)i;
			return PST_OK;
		}
	}
	return pst_why_set(why, PST_USAGE, 0, _("--%s takes %s%s or %s, not '%s'."), name,
			   first == PST_SAMPLING_COSCHEDULED ? "coscheduled, " : "", "paused", "free",
			   text);
}

static enum pst_err one_more(const char *name, const char **list, size_t *n, const char *arg,
			     struct pst_why *why)
{
	_Static_assert(OUTPUTS_MAX == PATTERNS_MAX, "one limit for all lists");
	if (*n == OUTPUTS_MAX)
		return pst_why_set(why, PST_USAGE, 0, _("--%s can be given %d times at most."), name,
				   OUTPUTS_MAX);
	list[(*n)++] = arg;
	return PST_OK;
}

static enum pst_err apply(struct options *o, enum option_id id, const char *arg,
			  struct pst_why *why)
{
	switch (id) {
	case OPT_PID:
		return process_id(arg, &o->pid, why);
	case OPT_DUMP:
		o->command = CMD_DUMP;
		break;
	case OPT_LOCALS:
		o->locals++;
		break;
	case OPT_JSON:
		o->json = true;
		break;
	case OPT_SOURCE:
		o->source = true;
		break;
	case OPT_QUALNAMES:
		o->qualnames = true;
		break;
	case OPT_SUBPROCESSES:
		o->subprocesses = true;
		break;
	case OPT_FULL_STACK:
		o->full_stack = true;
		break;
	case OPT_OUTPUT:
		return one_more("output", o->outputs, &o->noutputs, arg, why);
	case OPT_FORMAT:
		return one_more("format", o->formats, &o->nformats, arg, why);
	case OPT_FUNCTION:
		o->functions = true;
		break;
	case OPT_NOLINENO:
		o->nolineno = true;
		break;
	case OPT_THREADS:
		o->threads = true;
		break;
	case OPT_MIN_WIDTH:
		return number("min-width", arg, 0, 100, &o->min_width, why);
	case OPT_KEEP:
		o->keep = true;
		break;
	case OPT_WRITE_INTERVAL:
		return number("write-interval", arg, 0.1, 1e9, &o->write_interval, why);
	case OPT_FROM:
		return number("from", arg, 0, 1e9, &o->from, why);
	case OPT_TO:
		return number("to", arg, 0, 1e9, &o->to, why);
	case OPT_DIFF:
		o->diff = arg;
		break;
	case OPT_STATS:
		o->stats = arg;
		break;
	case OPT_RATE:
		o->rate_given = true;
		return rate(arg, &o->rate, why);
	case OPT_JITTER:
		o->jitter = true;
		break;
	case OPT_MAX_OVERHEAD:
		return number("max-overhead", arg, 0.01, 100, &o->max_overhead, why);
	case OPT_DURATION:
		return duration(arg, &o->duration, why);
	case OPT_DELAY:
		return number("delay", arg, 0.05, 3600, &o->delay, why);
	case OPT_GIL:
		o->gil = true;
		break;
	case OPT_IDLE:
		o->idle = true;
		break;
	case OPT_THREADS_MATCHING:
		o->threads_matching = arg;
		break;
	case OPT_INCLUDE:
		return one_more("include", o->include, &o->nincludes, arg, why);
	case OPT_EXCLUDE:
		return one_more("exclude", o->exclude, &o->nexcludes, arg, why);
	case OPT_EXIT_STATUS:
		o->exit_status = true;
		break;
	case OPT_KILL:
		o->kill = true;
		break;
	case OPT_SAMPLING:
		return mode("sampling", arg, PST_SAMPLING_COSCHEDULED, &o->sampling, why);
	case OPT_FALLBACK:
		return mode("fallback", arg, PST_SAMPLING_PAUSED, &o->fallback, why);
	case OPT_BLOCKING:
		o->sampling = PST_SAMPLING_PAUSED;
		break;
	case OPT_NONBLOCKING:
		o->nonblocking = true;
		o->sampling = PST_SAMPLING_FREE;
		break;
	case OPT_FULL_FILENAMES:
		o->full_filenames = true;
		break;
	case OPT_SAVE_TARGET:
		o->save_target = arg;
		break;
	case OPT_TARGET:
		o->target = arg;
		break;
	case OPT_NATIVE:
	case OPT_NATIVE_ALL:
		o->native = true;
		break;
	case OPT_CAPTURE:
		o->capture = true;
		break;
	case OPT_HIDEPROGRESS:
		o->noprogress = true;
		break;
	case OPT_CORE:
		return pst_why_set(why, PST_NOSYS, 0,
				   _("%s: core files cannot be read yet. Dump the process while it "
				     "runs: --pid PID."), arg);
	case OPT_QUIET:
		o->quiet = true;
		break;
	case OPT_VERBOSE:
		o->verbose++;
		break;
	case OPT_HELP:
		o->help = true;
		break;
	case OPT_VERSION:
		o->version = true;
		break;
	case OPT_COUNT:
		break;
	}
	return PST_OK;
}

static enum pst_err bad_option(int got, char *const *argv, struct pst_why *why)
{
	if (got == ':')
		return pst_why_set(why, PST_USAGE, 0, _("%s needs a value."), argv[optind - 1]);
	if (optopt && optopt <= CHAR_MAX)
		return pst_why_set(why, PST_USAGE, 0, _("There is no option -%c."), optopt);
	return pst_why_set(why, PST_USAGE, 0, _("There is no option %s, or it is ambiguous or takes no value."),
			   argv[optind - 1]);
}

/* Does the command take all the options that were given? */
static enum pst_err check_seen(const struct options *o, const bool *seen, struct pst_why *why)
{
	for (int i = 0; i < OPT_COUNT; i++)
		if (seen[i] && !(option_defs[i].commands & o->command))
			return pst_why_set(why, PST_USAGE, 0, _("--%s does not go with %s."), option_defs[i].name,
					   command_by_bit(o->command)->name);
	return PST_OK;
}

/* What would contradict each other, and what means the same but is said twice. */
static const enum option_id conflicts[][2] = {
	{OPT_FUNCTION, OPT_NOLINENO},  {OPT_BLOCKING, OPT_NONBLOCKING},
	{OPT_SAMPLING, OPT_BLOCKING},  {OPT_SAMPLING, OPT_NONBLOCKING},
	{OPT_TARGET, OPT_SAVE_TARGET}, {OPT_QUIET, OPT_VERBOSE},
};

static const enum option_id of_programs[] = {OPT_EXIT_STATUS, OPT_KILL, OPT_CAPTURE};

static enum pst_err check_together(const struct options *o, const bool *seen, struct pst_why *why)
{
	for (size_t i = 0; i < sizeof conflicts / sizeof *conflicts; i++)
		if (seen[conflicts[i][0]] && seen[conflicts[i][1]])
			return pst_why_set(why, PST_USAGE, 0,
					   _("--%s and --%s do not go together: give one of them."),
					   option_defs[conflicts[i][0]].name,
					   option_defs[conflicts[i][1]].name);
	for (size_t i = 0; i < sizeof of_programs / sizeof *of_programs; i++)
		if (seen[of_programs[i]] && !o->program)
			return pst_why_set(why, PST_USAGE, 0,
					   _("--%s is about a program that is started here: give -- "
					     "and the program instead of --pid."),
					   option_defs[of_programs[i]].name);
	return PST_OK;
}

/* The regular expressions; they are made again where they are used. */
static enum pst_err check_patterns(const struct options *o, struct pst_why *why)
{
	struct sieve *sieve = NULL;
	enum pst_err err = sieve_new(o, &sieve, why);

	sieve_free(sieve);
	return err;
}

static enum pst_err check_record(struct options *o, struct pst_why *why)
{
	struct outputs chosen;

	if (o->command != CMD_RECORD)
		return PST_OK;
	enum pst_err err = outputs_name(o, why);
	return err ? err : outputs_choose(o, &chosen, why);
}

bool options_has_subject(const struct options *o)
{
	return o->pid > 0 || o->program || o->target;
}

enum pst_err options_no_subject(struct pst_why *why)
{
	return pst_why_set(why, PST_USAGE, 0,
			   _("Which process? Give --pid PID, or -- and the program to start."));
}

static enum pst_err check_replay(const struct options *o, struct pst_why *why)
{
	struct outputs chosen;
	size_t from_stdin = o->diff && !strcmp(o->diff, "-");

	if (!o->files)
		return pst_why_set(why, PST_USAGE, 0,
				   _("Which recording? Give its file, or - for the standard input."));
	for (char **f = o->files; *f; f++)
		from_stdin += !strcmp(*f, "-");
	if (from_stdin > 1)
		return pst_why_set(why, PST_USAGE, 0,
				   _("Only one recording can come from the standard input."));
	if (o->from >= o->to)
		return pst_why_set(why, PST_USAGE, 0, _("--from has to be before --to."));
	return outputs_choose(o, &chosen, why);
}

static enum pst_err check_subject(const struct options *o, struct pst_why *why)
{
	int subjects = (o->pid > 0) + (o->program != NULL) + (o->target != NULL);

	if (subjects > 1)
		return pst_why_set(why, PST_USAGE, 0,
				   _("Give one of --pid, --target and a program, not several."));
	if (!subjects && o->command != CMD_TOP)
		return options_no_subject(why);
	if (o->program && o->command == CMD_DUMP)
		return pst_why_set(why, PST_USAGE, 0, _("dump takes a running process: --pid PID."));
	return PST_OK;
}

/* The first word may be a command; returns how many words to skip. */
static int take_command(int argc, char **argv, struct options *o)
{
	const struct command_def *c = argc > 1 ? command_by_word(argv[1]) : NULL;

	o->command = c ? c->bit : CMD_TOP;
	o->command_given = c != NULL;
	return c ? 1 : 0;
}

/* help [COMMAND] */
static enum pst_err take_help(int argc, char **argv, struct options *o, struct pst_why *why)
{
	const struct command_def *c = argc > 1 ? command_by_word(argv[1]) : NULL;

	o->help = true;
	o->command_given = c && c->bit != CMD_HELP;
	o->command = c ? c->bit : CMD_TOP;
	if (argc > 1 && argv[1][0] != '-' && !c)
		return pst_why_set(why, PST_USAGE, 0, _("There is no command '%s'."), argv[1]);
	return PST_OK;
}

/* completions SHELL */
static enum pst_err take_shell(int argc, char **argv, struct options *o, struct pst_why *why)
{
	o->shell = argc > 1 ? argv[1] : NULL;
	o->help = o->shell && (!strcmp(o->shell, "--help") || !strcmp(o->shell, "-h"));
	if (argc != 2 || !o->shell || (o->shell[0] == '-' && !o->help))
		return pst_why_set(why, PST_USAGE, 0, _("For which shell? completions takes one of %s."),
				   COMPLETION_SHELLS);
	return PST_OK;
}

static enum pst_err parse_words(int argc, char **argv, struct options *o, bool *seen,
				struct pst_why *why)
{
	struct option longs[OPT_COUNT + 1];
	char shorts[2 * OPT_COUNT + 3];
	int got;

	fill_getopt(longs, shorts, o->command != CMD_REPLAY);
	opterr = 0;
	optind = 1;
	while ((got = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		int id = option_of(got);
		if (got == '?' || got == ':' || id < 0)
			return bad_option(got, argv, why);
		seen[id] = true;
		enum pst_err err = apply(o, (enum option_id)id, optarg, why);
		if (err)
			return err;
	}
	if (optind < argc && o->command == CMD_REPLAY)
		o->files = argv + optind;
	else if (optind < argc)
		o->program = argv + optind;
	return PST_OK;
}

static enum pst_err check_all(struct options *o, const bool *seen, struct pst_why *why)
{
	enum pst_err err = check_seen(o, seen, why);

	if (!err && o->command == CMD_REPLAY)
		return check_replay(o, why);
	if (!err)
		err = check_subject(o, why);
	if (!err)
		err = check_together(o, seen, why);
	if (!err)
		err = check_patterns(o, why);
	return err ? err : check_record(o, why);
}

enum pst_err options_parse(int argc, char **argv, struct options *o, struct pst_why *why)
{
	bool seen[OPT_COUNT] = {false};

	*o = (struct options){
		.rate = 100,
		.delay = 1,
		.min_width = -1,
		.to = INFINITY,
		.fallback = PST_SAMPLING_PAUSED,
	};
	int skip = take_command(argc, argv, o);
	argc -= skip;
	argv += skip;
	if (o->command == CMD_HELP)
		return take_help(argc, argv, o, why);
	if (o->command == CMD_COMPLETIONS)
		return take_shell(argc, argv, o, why);
	enum pst_err err = parse_words(argc, argv, o, seen, why);
	if (err || o->help || o->version)
		return err;
	return check_all(o, seen, why);
}

void options_free(struct options *o)
{
	for (size_t i = 0; i < OUTPUTS_MAX; i++)
		free(o->made[i]);
}
