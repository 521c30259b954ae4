// SPDX-License-Identifier: MIT
#ifndef PST_UI_UI_H
#define PST_UI_UI_H

/*
 * The screen.  Panes draw cells to a canvas (canvas.h), term.c copies cells to curses, commands.h
 * is the one table of commands and keys.  Handlers return effects, the loop performs them.
 */

#include "base/err.h"
#include "model/inspect.h"
#include "model/query.h"

#include <stdbool.h>

/*
 * What the screen may ask of the rest; handed in by app/session.  Any may be NULL: then the
 * command is refused with a message.
 */
struct pst_ui_export;

struct pst_ui_hooks {
	void *ctx;
	/* Moves waiting records into the model; true if there were any. */
	bool (*pump)(void *ctx, struct pst_model *m);
	/*
	 * Descriptor that becomes readable when there is something to pump, or -1; and the two
	 * calls around the poll (ring.h).
	 */
	int (*wait_fd)(void *ctx);
	bool (*before_wait)(void *ctx);
	void (*after_wait)(void *ctx);
	void (*set_rate)(void *ctx, double rate);
	/*
	 * Returns only when the sampler is between two looks: the screen calls it before Ctrl-Z
	 * stops the whole program, and a target that is held at that moment would stay so.
	 */
	void (*set_paused)(void *ctx, bool paused);
	/*
	 * What the sampler has to look at besides running threads, when the user asks for it on
	 * the screen.  GIL only is switched on in the model alone, so that the figures of the
	 * header stay whole; here it is only switched off.
	 */
	void (*set_idle)(void *ctx, bool idle);
	void (*set_gil_only)(void *ctx, bool gil_only);
	/*
	 * One line about the program we started ("exited with status 3"), or NULL while it runs
	 * or when there is none.
	 */
	const char *(*child_status)(void *ctx);
	/*
	 * Asks for a thread's stack and values: between two looks of the sampler, which holds the
	 * target for it (bounded).  A newer request replaces one that waits.  The answer is fetched
	 * by inspected() once wait_fd or the next refresh wakes the screen: the caller's to free;
	 * NULL: none yet.
	 */
	void (*inspect)(void *ctx, const struct pst_inspect_request *r);
	struct pst_inspection *(*inspected)(void *ctx);
	/* Lines FIRST to LAST of FILE of PROCESS (id of the model), through the target's root.
	 * Quick; NULL hook: none. */
	void (*source)(void *ctx, uint32_t process, const char *file, int first, int last,
		       struct pst_source *out);
	/* All Python processes; may take some milliseconds. */
	void (*candidates)(void *ctx, struct pst_candidates *out);
	/*
	 * Begins to watch process PID (picker), in the background.  WHY says what is wrong; then
	 * all goes on as before.
	 */
	enum pst_err (*attach)(void *ctx, int pid, struct pst_why *why);
	/*
	 * Whether that is under way still, after a moment; else *ERR is what became of it, with
	 * WHY. NULL hook: it never is.
	 */
	bool (*attaching)(void *ctx, enum pst_err *err, struct pst_why *why);
	void (*attach_cancel)(void *ctx);
	/*
	 * After that was OK: the screen has let go of the model, which ends now with its process.
	 * Returns the model of the new one.
	 */
	struct pst_model *(*attached)(void *ctx);
	/*
	 * Writes what REQUEST says in the background.  False: WHY says what is wrong (exists
	 * already: PST_EXISTS, to be asked whether it may be replaced).  exported(): what became of
	 * the last one: a sentence for the user, once; NULL: nothing new.
	 */
	bool (*export)(void *ctx, const struct pst_ui_export *request, struct pst_why *why);
	const char *(*exported)(void *ctx, bool *failed);
	/* Names of the formats that export() knows; NULL behind the last. */
	const char *(*format)(void *ctx, size_t i, const char **help, const char **ending);
	/* Opens FILE of PROCESS at LINE in the user's editor; the screen has given the terminal
	 * back. */
	enum pst_err (*edit)(void *ctx, uint32_t process, const char *file, int line,
			     struct pst_why *why);
	/* Writes TEXT to PATH (a value); PST_EXISTS as above. */
	enum pst_err (*save_text)(void *ctx, const char *path, const char *text, bool replace,
				  struct pst_why *why);
	/* The user's configuration: its text (NULL: none), and to write it anew; path for messages.
	 */
	const char *(*config_text)(void *ctx);
	const char *(*config_path)(void *ctx);
	enum pst_err (*config_save)(void *ctx, const char *text, struct pst_why *why);
};

struct pst_ui_export {
	const char *path, *format;
	bool replace;
	struct pst_filter filter; /* borrowed during the call */
	struct pst_span_ns span, base;
	bool diff;
	enum pst_group merge;
	const char *screen; /* what is shown, as text, for the summary in Markdown; borrowed */
};

struct pst_ui_options {
	double rate;
	bool rate_given; /* by the user: the configuration cannot change it */
	double delay;	 /* seconds between refreshes; 0: 0.5 */
	bool idle, gil_only;
	double duration;      /* seconds; 0: until quit */
	bool exit_at_end;     /* leave when the target ends; else the data stays with a banner */
	bool unproved;	      /* the samples are not proved (--nonblocking): said in the header */
	const char *sampling; /* how the target is read, for the header; NULL: not said */
	const char *fallback; /* how instead where that cannot be; NULL as well then */
	const char *title;    /* e.g. where the started program's output goes; NULL none */
	bool pick;	      /* there is no process yet: the picker is shown */
	/* A recording: what is shown at first, and what it is compared with. */
	struct pst_span_ns span, base;
	bool diff;
};

/*
 * Whether a screen can be shown at all: a terminal on stdin and stdout, a TERM that can address the
 * cursor.  NOSYS with a sentence that names the headless alternative.  To be asked before anything
 * is started.
 */
enum pst_err pst_ui_check(struct pst_why *why);

/*
 * Runs the screen on the controlling terminal until the user leaves; restores the terminal on every
 * way out, signals and crashes included.  M is borrowed.  *SIGNAL: the signal that ended it, 0
 * none. NOSYS as pst_ui_check().
 */
enum pst_err pst_ui_run(struct pst_model *m, const struct pst_ui_hooks *hooks,
			const struct pst_ui_options *opt, int *signal, struct pst_why *why);

/*
 * The key table as text for the man page and docs ("q  quit" …): one line per command: keys, word
 * for the configuration, help, separated by tabs; to OUT.
 */
struct pst_buf;
void pst_ui_key_help(struct pst_buf *out);
/*
 * What the percentages and the figures of the header mean, one paragraph per line, for the man
 * page.
 */
void pst_ui_definitions(struct pst_buf *out);

#endif
