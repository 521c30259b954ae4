// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/options.h"

#include "app/outputs.h"
#include "base/i18n.h"
#include "export/export.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum option_id {
#define OPTION_ID(id, ...) OPT_##id,
	PST_OPTIONS(OPTION_ID)
#undef OPTION_ID
	OPT_COUNT
};

static const struct option_def {
	const char *name;
	char key;
	unsigned commands;
	const char *arg, *help;
} defs[OPT_COUNT] = {
#define OPTION_DEF(id, name, key, commands, arg, help) [OPT_##id] = {name, key, commands, arg, help},
	PST_OPTIONS(OPTION_DEF)
#undef OPTION_DEF
};

static const struct {
	const char *name;
	unsigned bit;
} commands[] = {
	{"top", CMD_TOP},
	{"dump", CMD_DUMP},
	{"record", CMD_RECORD},
	{"replay", CMD_REPLAY},
};

#define COMMANDS (sizeof commands / sizeof *commands)

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
		int has_arg = defs[i].arg ? required_argument : no_argument;
		longs[i] = (struct option){defs[i].name, has_arg, NULL, CHAR_MAX + 1 + i};
		if (!defs[i].key)
			continue;
		*shorts++ = defs[i].key;
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
		if (defs[i].key == got)
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

/* FIRST: the first of the modes that are allowed. */
static enum pst_err mode(const char *name, const char *text, enum pst_sampling first,
			 enum pst_sampling *out, struct pst_why *why)
{
	for (size_t i = first; i < sizeof modes / sizeof *modes; i++) {
		if (!strcmp(text, modes[i])) {
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
	if (*n == OUTPUTS_MAX)
		return pst_why_set(why, PST_USAGE, 0, _("--%s can be given %d times at most."), name,
				   OUTPUTS_MAX);
	list[(*n)++] = arg;
	return PST_OK;
}

static enum pst_err apply(struct options *o, enum option_id id, const char *arg, struct pst_why *why)
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
	case OPT_OUTPUT:
		return one_more("output", o->outputs, &o->noutputs, arg, why);
	case OPT_FORMAT:
		return one_more("format", o->formats, &o->nformats, arg, why);
	case OPT_FUNCTION:
		o->functions = true;
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

static const char *command_name(unsigned bit)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (commands[i].bit == bit)
			return commands[i].name;
	return "?";
}

/* Does the command take all the options that were given? */
static enum pst_err check_seen(const struct options *o, const bool *seen, struct pst_why *why)
{
	for (int i = 0; i < OPT_COUNT; i++)
		if (seen[i] && !(defs[i].commands & o->command))
			return pst_why_set(why, PST_USAGE, 0, _("--%s does not go with %s."), defs[i].name,
					   command_name(o->command));
	return PST_OK;
}

static enum pst_err check_record(const struct options *o, struct pst_why *why)
{
	if (o->command != CMD_RECORD)
		return PST_OK;
	struct outputs chosen;

	if (!o->noutputs)
		return pst_why_set(why, PST_USAGE, 0,
				   _("Where to? Give --output FILE, or - for the standard output."));
	return outputs_choose(o, &chosen, why);
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
	o->command = CMD_TOP;
	for (size_t i = 0; argc > 1 && i < COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name)) {
			o->command = commands[i].bit;
			return 1;
		}
	return 0;
}

static enum pst_err parse_words(int argc, char **argv, struct options *o, bool *seen, struct pst_why *why)
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

enum pst_err options_parse(int argc, char **argv, struct options *o, struct pst_why *why)
{
	bool seen[OPT_COUNT] = {false};

	*o = (struct options){
		.rate = 100, .delay = 1, .min_width = -1, .to = INFINITY, .fallback = PST_SAMPLING_PAUSED};
	int skip = take_command(argc, argv, o);
	enum pst_err err = parse_words(argc - skip, argv + skip, o, seen, why);
	if (err || o->help || o->version)
		return err;
	err = check_seen(o, seen, why);
	if (!err && o->command == CMD_REPLAY)
		return check_replay(o, why);
	if (!err)
		err = check_subject(o, why);
	return err ? err : check_record(o, why);
}

/* The section of the help that an option stands in: --dump is another name for the command. */
static unsigned section_of(const struct option_def *d)
{
	if (d->commands == (CMD_TOP | CMD_DUMP) || d->commands == CMD_ANY)
		return CMD_ALL;
	return d->commands == (CMD_TOP | CMD_REPLAY) ? CMD_TOP : d->commands;
}

static void help_section(struct pst_buf *out, const char *title, unsigned mask)
{
	pst_buf_addf(out, "\n%s\n", title);
	for (int i = 0; i < OPT_COUNT; i++) {
		const struct option_def *d = &defs[i];
		char left[64];
		if (section_of(d) != mask)
			continue;
		snprintf(left, sizeof left, "%c%c%s --%s%s%s", d->key ? '-' : ' ', d->key ? d->key : ' ',
			 d->key ? "," : " ", d->name, d->arg ? " " : "", d->arg ? _(d->arg) : "");
		pst_buf_addf(out, "  %-28s %s\n", left, _(d->help));
	}
}

/* Those of export, and the one that is no export. */
static const struct pst_export_format *format_at(size_t i)
{
	const struct pst_export_format *f = pst_export_at(i);

	return f || (i && !pst_export_at(i - 1)) ? f : &outputs_recording;
}

static void help_formats(struct pst_buf *out)
{
	const struct pst_export_format *f;

	pst_buf_adds(out, _("\nFormats of record, and the endings of their files:\n"));
	for (size_t i = 0; (f = format_at(i)); i++)
		pst_buf_addf(out, "  %-12s %s (%s)\n", f->name, _(f->help), f->endings);
}

void options_help(struct pst_buf *out)
{
	pst_buf_adds(out, _("Usage: pyspy-tui [OPTION]...\n"
			    "       pyspy-tui [OPTION]... --pid PID\n"
			    "       pyspy-tui [OPTION]... -- PROGRAM [ARGUMENT]...\n"
			    "       pyspy-tui dump [OPTION]... --pid PID\n"
			    "       pyspy-tui record [OPTION]... -o FILE --pid PID\n"
			    "       pyspy-tui record [OPTION]... -o FILE -- PROGRAM [ARGUMENT]...\n"
			    "       pyspy-tui replay [OPTION]... FILE...\n"
			    "       pyspy-tui replay [OPTION]... -o FILE FILE...\n"
			    "Watches a running Python program from outside, without changing it. Without a\n"
			    "process it shows all there are, to choose from.\n"));
	help_section(out, _("Options:"), CMD_ALL);
	help_section(out, _("Options of the live screen (top, the default):"), CMD_TOP);
	help_section(out, _("Options of top and record:"), CMD_SAMPLE);
	help_section(out, _("Options of top, record and replay:"), CMD_SAMPLE | CMD_REPLAY);
	help_section(out, _("Options of record and replay:"), CMD_WRITE);
	help_section(out, _("Options of record:"), CMD_RECORD);
	help_section(out, _("Options of replay:"), CMD_REPLAY);
	help_formats(out);
	help_section(out, _("Options of dump:"), CMD_DUMP);
	pst_buf_adds(out, _("\nExit status: 0 success, 1 failure, 2 wrong usage. More in man pyspy-tui.\n"));
}

static void man_text(struct pst_buf *out, const char *text)
{
	for (; *text; text++)
		pst_buf_addf(out, *text == '-' ? "\\%c" : "%c", *text);
}

void options_man_formats(struct pst_buf *out)
{
	const struct pst_export_format *f;

	for (size_t i = 0; (f = format_at(i)); i++) {
		pst_buf_addf(out, ".TP\n.B %s\n", f->name);
		man_text(out, f->help);
		pst_buf_addf(out, " (%s)", f->endings);
		if (f->alias)
			pst_buf_addf(out, "; also called %s", f->alias);
		pst_buf_adds(out, ".\n");
	}
}

static void add_commands(struct pst_buf *out, unsigned mask)
{
	const char *between = "(";

	for (size_t i = 0; i < COMMANDS; i++) {
		if (!(mask & commands[i].bit))
			continue;
		pst_buf_addf(out, "%s%s", between, commands[i].name);
		between = ", ";
	}
	pst_buf_adds(out, ")\n");
}

void options_man(struct pst_buf *out)
{
	for (int i = 0; i < OPT_COUNT; i++) {
		const struct option_def *d = &defs[i];
		pst_buf_adds(out, ".TP\n.B ");
		if (d->key)
			pst_buf_addf(out, "\\-%c, ", d->key);
		pst_buf_adds(out, "\\-\\-");
		for (const char *c = d->name; *c; c++) {
			if (*c == '-')
				pst_buf_addc(out, '\\');
			pst_buf_addc(out, *c);
		}
		if (d->arg)
			pst_buf_addf(out, " \\fI%s\\fR", d->arg);
		pst_buf_addf(out, "\n%s.\n", d->help);
		if (section_of(d) != CMD_ALL)
			add_commands(out, d->commands);
	}
}
