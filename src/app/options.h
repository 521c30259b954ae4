// SPDX-License-Identifier: MIT
#ifndef PST_APP_OPTIONS_H
#define PST_APP_OPTIONS_H

#include "base/buf.h"
#include "base/err.h"
#include "sampler/sampler.h"

#include <stdbool.h>
#include <sys/types.h>

/* Commands, as bits: an option says which of them take it. */
enum {
	CMD_TOP = 1,
	CMD_DUMP = 2,
	CMD_RECORD = 4,
	CMD_REPLAY = 8,
	CMD_SAMPLE = CMD_TOP | CMD_RECORD,
	CMD_ALL = CMD_SAMPLE | CMD_DUMP, /* that look at a process */
	CMD_ANY = CMD_ALL | CMD_REPLAY,
	CMD_WRITE = CMD_RECORD | CMD_REPLAY,
	CMD_COMPLETIONS = 1 << 8,
	CMD_HELP = 1 << 9,
	CMD_HIDDEN = 1 << 15, /* no command: of an option that is taken, but not shown by --help */
};

/*
 * The one table of options: it feeds the parser, --help, the manual page and the completions.
 * X(id, long name, short name or 0, commands, argument or NULL, help)
 */
#define PST_OPTIONS(X)                                                                             \
	X(PID, "pid", 'p', CMD_ALL, N_("PID"), N_("Watch the running process PID"))                \
	X(DUMP, "dump", 0, CMD_TOP | CMD_DUMP, NULL,                                                          \
	  N_("Print the stack of every thread once and exit (same as the command dump)"))          \
	X(LOCALS, "locals", 'l', CMD_DUMP, NULL,                                                   \
	  N_("Print arguments and local variables; repeat it for longer values"))                  \
	X(JSON, "json", 'j', CMD_DUMP, NULL, N_("Print the dump as JSON"))                         \
	X(SOURCE, "source", 0, CMD_DUMP, NULL, N_("Print the line of code under each frame"))      \
	X(QUALNAMES, "qualnames", 0, CMD_DUMP, NULL,                                               \
	  N_("Python before 3.11: look for the class of each method"))                             \
	X(SUBPROCESSES, "subprocesses", 's', CMD_ALL, NULL,                                        \
	  N_("Child processes and their children too"))                                            \
	X(FULL_STACK, "full-stack", 0, CMD_DUMP, NULL,                                             \
	  N_("Show the interpreter's own frames too: its shims, where it was entered from C, and " \
	     "the frames of import"))                                                              \
	X(OUTPUT, "output", 'o', CMD_WRITE, N_("FILE"),                                            \
	  N_("Write the profile to FILE (-: to the standard output); may be given several times")) \
	X(FORMAT, "format", 'f', CMD_WRITE, N_("FORMAT"),                                         \
	  N_("Write it as FORMAT (what the name of FILE ends in, else svg); the second for the "   \
	     "second FILE, and so on"))                                                            \
	X(FUNCTION, "function", 'F', CMD_WRITE, NULL,                                             \
	  N_("Count by function, at its first line, instead of by line"))                          \
	X(NOLINENO, "nolineno", 0, CMD_RECORD, NULL,                                               \
	  N_("Count by function, and show no line numbers"))                                       \
	X(THREADS, "threads", 't', CMD_WRITE, NULL, N_("Show threads apart, as roots of stacks"))  \
	X(MIN_WIDTH, "min-width", 0, CMD_WRITE, N_("PERCENT"),                                     \
	  N_("Fold what has less than PERCENT of the time into one frame, in svg and html (0.1)")) \
	X(KEEP, "keep", 0, CMD_RECORD, NULL,                                                       \
	  N_("Keep a recording beside the first FILE, under its name with the ending .pyspy"))     \
	X(WRITE_INTERVAL, "write-interval", 0, CMD_RECORD, N_("SECONDS"),                          \
	  N_("Write what there is so far every SECONDS, as the signal USR1 does once"))            \
	X(FROM, "from", 0, CMD_REPLAY, N_("SECONDS"),                                              \
	  N_("Leave out what is before SECONDS from the beginning"))                               \
	X(TO, "to", 0, CMD_REPLAY, N_("SECONDS"),                                                  \
	  N_("Leave out what is after SECONDS from the beginning"))                                \
	X(DIFF, "diff", 0, CMD_REPLAY, N_("FILE"),                                                 \
	  N_("Show the difference to the recording FILE"))                                         \
	X(STATS, "stats", 0, CMD_RECORD, N_("FILE"),                                               \
	  N_("Write figures about the recording itself to FILE, as JSON"))                         \
	X(RATE, "rate", 'r', CMD_SAMPLE, N_("RATE"),                                               \
	  N_("Samples per second, 0.1 to 100000 (100), or max: as many as can be had"))            \
	X(JITTER, "jitter", 0, CMD_SAMPLE, NULL,                                                   \
	  N_("Sample at random moments at the same mean rate, to not keep step with the program")) \
	X(MAX_OVERHEAD, "max-overhead", 0, CMD_SAMPLE, N_("PERCENT"),                              \
	  N_("Lower the rate so that the CPU time of this program and the pauses of the target "   \
	     "together stay under PERCENT of one CPU"))                                            \
	X(DURATION, "duration", 'd', CMD_SAMPLE, N_("SECONDS"), N_("Leave after this time"))       \
	X(DELAY, "delay", 0, CMD_TOP | CMD_REPLAY, N_("SECONDS"),                                  \
	  N_("Time between refreshes (1)"))                                                        \
	X(GIL, "gil", 'g', CMD_SAMPLE | CMD_REPLAY, NULL,                                          \
	  N_("Count only threads that hold the GIL"))                                              \
	X(IDLE, "idle", 'i', CMD_SAMPLE | CMD_REPLAY, NULL, N_("Count idle threads too"))          \
	X(THREADS_MATCHING, "threads-matching", 0, CMD_SAMPLE, N_("RE"),                           \
	  N_("Count only threads whose name the regular expression RE is in"))                     \
	X(INCLUDE, "include", 0, CMD_SAMPLE, N_("RE"),                                             \
	  N_("Count only stacks with a function in whose name or file RE is; may be repeated: "    \
	     "one of them is enough"))                                                             \
	X(EXCLUDE, "exclude", 0, CMD_SAMPLE, N_("RE"),                                             \
	  N_("Count no stack with a function in whose name or file RE is; may be repeated"))       \
	X(EXIT_STATUS, "exit-status", 0, CMD_SAMPLE, NULL,                                         \
	  N_("Exit with the status of the program that was started, if it has ended"))             \
	X(KILL, "kill", 0, CMD_SAMPLE, NULL,                                                       \
	  N_("End the program that was started, if it has not ended by itself (else: it runs on)")) \
	X(SAMPLING, "sampling", 0, CMD_SAMPLE, N_("MODE"),                                         \
	  N_("How to read the target: coscheduled (from its own CPU, while it cannot run there; "  \
	     "each stack is proved), paused (stop it for each sample) or free (while it runs, "    \
	     "unproved) (coscheduled)"))                                                           \
	X(FALLBACK, "fallback", 0, CMD_SAMPLE, N_("MODE"),                                         \
	  N_("What to do instead where its CPU is closed to us: paused or free (paused)"))         \
	X(BLOCKING, "blocking", 0, CMD_SAMPLE, NULL, N_("The same as --sampling paused"))          \
	X(NONBLOCKING, "nonblocking", 0, CMD_ALL, NULL,                                            \
	  N_("Never pause the target; what is read may then be inconsistent (else: "     \
	     "--sampling free)"))          \
	X(FULL_FILENAMES, "full-filenames", 0, CMD_ALL, NULL, N_("Show whole paths of files"))     \
	X(SAVE_TARGET, "save-target", 0, CMD_DUMP, N_("FILE"),                                     \
	  N_("Save what the dump read of the process to FILE"))                                    \
	X(TARGET, "target", 0, CMD_DUMP, N_("FILE"),                                               \
	  N_("Dump the process that was saved in FILE, instead of a running one"))                 \
	X(NATIVE, "native", 'n', CMD_ALL | CMD_HIDDEN, NULL,                                       \
	  N_("Native stacks cannot be shown yet: only Python frames are, and a note says so"))     \
	X(NATIVE_ALL, "native-all", 0, CMD_ALL | CMD_HIDDEN, NULL, N_("The same as --native"))     \
	X(CAPTURE, "capture", 0, CMD_RECORD | CMD_HIDDEN, NULL,                                    \
	  N_("What the program that is started writes goes to a file"))                            \
	X(HIDEPROGRESS, "hideprogress", 0, CMD_RECORD | CMD_HIDDEN, NULL,                          \
	  N_("Show no progress; other messages stay"))                                             \
	X(CORE, "core", 'c', CMD_DUMP | CMD_HIDDEN, N_("FILE"),                                    \
	  N_("Core files cannot be read yet; this fails and says so"))                             \
	X(QUIET, "quiet", 'q', CMD_SAMPLE, NULL,                                                   \
	  N_("Say only what is wrong: no progress, no figures at the end"))                        \
	X(VERBOSE, "verbose", 'v', CMD_ANY, NULL,                                                  \
	  N_("Say on stderr what was found and how; repeat it for more"))                          \
	X(HELP, "help", 'h', CMD_ANY, NULL, N_("Show this help"))                                  \
	X(VERSION, "version", 'V', CMD_ANY, NULL, N_("Show the version"))

enum option_id {
#define OPTION_ID(id, ...) OPT_##id,
	PST_OPTIONS(OPTION_ID)
#undef OPTION_ID
	OPT_COUNT
};

#define OUTPUTS_MAX 16
#define PATTERNS_MAX 16

struct options {
	unsigned command;
	bool command_given; /* by a word, not by what is without one */
	bool rate_given;    /* not to be changed by the user's configuration */
	bool help, version;
	const char *shell;     /* of completions */
	pid_t pid;	       /* 0: none given */
	char **program;	       /* NULL: none; points into argv, NULL-terminated */
	unsigned locals, verbose;
	bool json, source, qualnames, subprocesses, full_stack;
	bool gil, idle, nonblocking, full_filenames, jitter;
	bool quiet, noprogress, native, capture, exit_status, kill;
	double max_overhead; /* % of one CPU; 0: no bound */
	enum pst_sampling sampling, fallback;
	double rate, duration, delay; /* rate: infinity: max */
	const char *save_target, *target;
	const char *outputs[OUTPUTS_MAX], *formats[OUTPUTS_MAX], *stats;
	char *made[OUTPUTS_MAX]; /* of outputs: the names that were not given; owned */
	size_t noutputs, nformats;
	const char *threads_matching; /* regular expressions; NULL: none */
	const char *include[PATTERNS_MAX], *exclude[PATTERNS_MAX];
	size_t nincludes, nexcludes;
	bool functions, threads, nolineno;
	bool keep;
	double write_interval;	/* seconds; 0: only at the end */
	char **files;		/* of replay; points into argv, NULL-terminated */
	const char *diff;	/* NULL: none */
	double from, to;	/* seconds; to: infinity */
	double min_width; /* %; < 0: not said */
};

/* Reads the command line.  USAGE with a sentence.  Free with options_free(), also after an error. */
enum pst_err options_parse(int argc, char **argv, struct options *out, struct pst_why *why);
void options_free(struct options *o);

/* Whether it says which process is meant; else top lets one be chosen. */
bool options_has_subject(const struct options *o);
/* USAGE: it does not, and has to. */
enum pst_err options_no_subject(struct pst_why *why);

/* The name of a mode. */
const char *options_mode(enum pst_sampling sampling);

#endif
