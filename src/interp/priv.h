// SPDX-License-Identifier: MIT
#ifndef PST_INTERP_PRIV_H
#define PST_INTERP_PRIV_H

/*
 * What the files of interp/ share: the state of one Python process that is looked at, the page
 * cache of one look, the caches of code objects and names.
 */

#include "interp/interp.h"
#include "interp/value.h"

/* ---- reading (look.c) ------------------------------------------------------------------ */

/*
 * Memory of the target as it was at the first read within one look: a direct-mapped cache of pages,
 * thrown away at every pst_look_begin().  Reads that walk down through adjacent pages (a data
 * stack) read ahead.
 */
#define PST_LOOK_PAGE  4096
#define PST_LOOK_SLOTS 256   /* pages held at most: 1 MiB */
#define PST_LOOK_AHEAD 16    /* pages of one read-ahead */
#define PST_LOOK_BIG   16384 /* longer reads are not kept */

/*
 * What will be read (ahead.c): the lines that recent looks read, brought by one vectored read at
 * the start of the next look.  Lines in the same page or in adjacent ones make one run.  Those of
 * frames can be brought a second time by the same read, to see what moves.
 */
#define PST_AHEAD_LINE	256
#define PST_AHEAD_LINES 16384 /* lines held at most: 4 MiB */

struct pst_ahead_line {
	uint64_t at;
	uint64_t used; /* twice the look that used it last; odd: for frames */
};

struct pst_ahead_run {
	uint64_t at, end;
	uint64_t again_at, again_end; /* what is brought twice; equal: nothing */
	size_t first;		      /* index of its first line */
	size_t again;		      /* where the second copy lies in the bytes */
};

struct pst_ahead {
	PST_VEC(struct pst_ahead_run) runs; /* sorted, apart from each other */
	PST_VEC(uint64_t) used; /* of each line of the runs, as above; 0: only in between */
	PST_VEC(struct pst_ahead_line) fresh;	      /* to be added */
	PST_VEC(struct pst_ahead_line) lines, merged; /* room to work in */
	PST_VEC(struct pst_span) spans;
	const struct pst_span *tail; /* to be read behind them; borrowed */
	size_t tails;
	uint8_t *bytes; /* of the runs, one behind the other, then what was brought again */
	size_t cap;
	size_t hint; /* run that was asked for last */
	uint64_t look;
	bool valid;    /* the bytes are of this look */
	bool learning; /* what this look reads is kept in mind for the next */
	bool frames;   /* what is used now is used for frames */
	bool twice;    /* those lines are brought twice */
};

/*
 * Starts a look: brings what is predicted, the lines of frames twice when TWICE.  AGES: it counts
 * when lines are to be forgotten.
 */
void pst_ahead_begin(struct pst_ahead *a, struct pst_target *target, bool ages, bool twice);
void pst_ahead_end(struct pst_ahead *a);
/* The LEN bytes at AT when they were brought, else NULL; lives until the next look. */
const uint8_t *pst_ahead_peek(struct pst_ahead *a, uint64_t at, size_t len);
/* The same bytes, read a second time a little later. */
const uint8_t *pst_ahead_peek_again(struct pst_ahead *a, uint64_t at, size_t len);
/* They were not, and had to be read. */
void pst_ahead_missed(struct pst_ahead *a, uint64_t at, size_t len);
void pst_ahead_free(struct pst_ahead *a);

enum pst_look_kind {
	PST_LOOK_FULL,
	PST_LOOK_BRIEF, /* PST_THREADS_BRIEF, and single stacks */
	PST_LOOK_NAMES,
	PST_LOOK_LIST, /* of many threads, now and then */
	PST_LOOK_KINDS
};

struct pst_look {
	struct pst_target self; /* reads through the cache, for value.h; first member */
	struct pst_target *target;
	unsigned generation;
	struct pst_ahead predicted[PST_LOOK_KINDS]; /* of each kind of look */
	const struct pst_span *tail;		    /* read behind what is predicted; borrowed */
	size_t tails;
	struct pst_ahead *now; /* that of this look; NULL: it is not predicted */
	bool trusts;	       /* code objects are taken for what they were */
	uint64_t last;	       /* the lowest page that the last miss brought */
	unsigned ahead;	       /* pages that it brought */
	uint64_t tag[PST_LOOK_SLOTS];
	unsigned seen[PST_LOOK_SLOTS]; /* generation of the slot */
	uint8_t *page[PST_LOOK_SLOTS];
};

void pst_look_init(struct pst_look *look, struct pst_target *target);
void pst_look_begin(struct pst_look *look);
/*
 * The same, and reads at once what the last looks of this kind read.  AGES, TWICE: see
 * pst_ahead_begin().
 */
void pst_look_predict(struct pst_look *look, enum pst_look_kind kind, bool ages, bool twice);
/* From now on frames are read, until it is false again. */
void pst_look_frames(struct pst_look *look, bool frames);
/* The LEN bytes at AT if this look began with them, else NULL: to be read by pst_look_read(). */
static inline const uint8_t *pst_look_peek(struct pst_look *look, uint64_t at, size_t len)
{
	return look->now && look->now->valid ? pst_ahead_peek(look->now, at, len) : NULL;
}
/* The same bytes as they were a little later; NULL: this look does not know. */
static inline const uint8_t *pst_look_peek_again(struct pst_look *look, uint64_t at, size_t len)
{
	return look->now && look->now->valid ? pst_ahead_peek_again(look->now, at, len) : NULL;
}
/* What is read from now on is no example any more. */
void pst_look_unlearn(struct pst_look *look);
void pst_look_free(struct pst_look *look);
/* LEN bytes at AT as of this look.  FAULT, GONE, PERM; CORRUPT for an address that cannot be one.
 */
enum pst_err pst_look_read(struct pst_look *look, uint64_t at, void *buf, size_t len);
enum pst_err pst_look_ptr(struct pst_look *look, uint64_t at, uint64_t *out);
enum pst_err pst_look_i32(struct pst_look *look, uint64_t at, int32_t *out);

/* An address that an object or struct can have: user space, aligned to 8. */
static inline bool pst_plausible(uint64_t at)
{
	return at >= 0x1000 && at < UINT64_C(0x800000000000) && !(at & 7);
}

/* ---- comparing (pattern.c) ---------------------------------------------------------------- */

/*
 * The words of a struct that matter, the rest masked out: so a copy of them tells by one comparison
 * whether anything changed.
 */
#define PST_PATTERN_WORDS 12
struct pst_pattern {
	size_t size; /* bytes of the struct that hold all of them */
	unsigned n;
	uint16_t off[PST_PATTERN_WORDS];
	uint64_t mask[PST_PATTERN_WORDS];
	uint64_t still[PST_PATTERN_WORDS]; /* of the mask: what does not move while a frame runs */
};

/* Adds the field of SIZE bytes (at most 8) at OFF; PST_ABSENT: none.  STILL: see above. */
void pst_pattern_add(struct pst_pattern *p, int32_t off, size_t size, bool still);
void pst_pattern_copy(const struct pst_pattern *p, const uint8_t *bytes, uint64_t *words);

static inline bool pst_pattern_same(const struct pst_pattern *p, const uint8_t *bytes,
				    const uint64_t *words)
{
	uint64_t differ = 0, v;

	for (unsigned i = 0; i < p->n; i++) {
		__builtin_memcpy(&v, bytes + p->off[i], sizeof v);
		differ |= (v & p->mask[i]) ^ words[i];
	}
	return !differ;
}

/* ---- static variables up to 3.6 -------------------------------------------------------- */

/* Addresses in the target; 0: not known.  See struct pst_layout_symbols. */
struct pst_statics {
	uint64_t interp_head, tstate_current, main_thread;
	uint64_t gil_locked, gil_last_holder, gil_cond, gil_mutex, switch_cond, switch_mutex;
	uint64_t interpreter_lock, gc_collecting;
	/* For stripped binaries (3.2 to 3.6): all static data; no other thread would sleep there.
	 */
	struct pst_range wait_guess;
};

/* ---- the process ----------------------------------------------------------------------- */

/*
 * 2.x, stripped: what threads were seen to sleep on, and the interpreter's static variable that
 * points there (0: none does).  Such a lock is taken for the GIL; import_lock is the other one that
 * a thread can wait long for.
 */
#define PST_LOCK_GUESSES 64
struct pst_lock_guess {
	uint64_t futex[PST_LOCK_GUESSES], variable[PST_LOCK_GUESSES];
	bool seen[PST_LOCK_GUESSES]; /* while somebody held the GIL */
	size_t n;
};

struct pst_strings;   /* interned text (strings.c) */
struct pst_codes;     /* cache of code objects (code.c) */
struct pst_names;     /* threads' names (names.c) */
struct pst_pathmap;   /* short file names (paths.c) */
struct pst_qualnames; /* qualified names before 3.11 (qualname.c) */
struct pst_printer;   /* of values (locals.c) */

/* A copy of the part of a PyThreadState that is of use. */
struct pst_tstate {
	uint64_t addr, prev, next, interp, ident, native, cframe, frame;
	uint32_t status;
	int32_t state;
	bool bits; /* status is there */
};

struct pst_interp {
	uint64_t addr, id;
	uint64_t gil; /* 3.12+: its struct _gil_runtime_state */
};

/* The thread of the system that a thread state was found to belong to. */
struct pst_match {
	uint64_t tstate, ident;
	pid_t tid;		/* 0: none yet */
	size_t index;		/* in the list of tasks: a guess */
	char raw[32], comm[32]; /* the kernel's name; sanitised */
};

/* The list of threads as it was at the last time that all of it was read. */
struct pst_roster {
	const struct pst_threads *threads; /* NULL: none, or not to its end */
	size_t len;
	PST_VEC(uint64_t) heads; /* of each interpreter: its address, and that of its newest thread */
	uint64_t until_ns;	 /* it is read again then */
};

struct pst_python {
	struct pst_target *target;
	struct pst_images images;
	struct pst_layout layout;
	struct pst_python_info info;
	struct pst_objects objects; /* for value.h; .interp is the main interpreter */
	struct pst_statics statics;
	struct pst_image *image; /* that holds the interpreter */
	struct pst_lock_guess locks;
	uint64_t code_type;  /* address of PyCode_Type, learned from the first code object */
	bool fields_missing; /* the layout lacks what the walker needs */
	struct pst_look look;
	struct pst_pattern frames; /* n 0: not made yet */
	size_t walked;		   /* frames, since threads were listed: see PST_FRAMES_MAX */
	struct pst_strings *strings;
	struct pst_codes *codes;
	struct pst_names *names;
	struct pst_pathmap *paths;
	struct pst_qualnames *qualnames;
	struct pst_printer *printer;
	size_t tstate_size; /* bytes of a thread state that are read; 0: not known yet */
	PST_VEC(struct pst_interp) interps; /* at the last look that listed them, oldest first */
	PST_VEC(struct pst_tstate) tstates; /* room to work in */
	PST_VEC(struct pst_match) matches;  /* by the place of a thread in the last list */
	uint64_t main_ident;		    /* 0: not known */
	bool brief;		/* interps and main_ident are taken for what they were */
	struct pst_roster roster;
	struct pst_tasks tasks; /* asked here when the caller gave none */
};

/*
 * Brent's cycle detection over the addresses of a linked list.  True when ADDR was met before,
 * sooner or later; *MOVED is set when ADDR became the new mark.
 */
struct pst_circle {
	uint64_t mark;
	size_t steps, limit;
};

static inline bool pst_circle_closes(struct pst_circle *c, uint64_t addr, bool *moved)
{
	*moved = false;
	if (addr == c->mark)
		return true;
	if (++c->steps > c->limit) {
		c->mark = addr;
		c->steps = 0;
		c->limit = c->limit * 2 + 1;
		*moved = true;
	}
	return false;
}

/* The word at offset OFF of the struct copied to BUF; 0 for PST_ABSENT. */
static inline uint64_t pst_field_u64(const uint8_t *buf, size_t len, int32_t off)
{
	uint64_t v;

	if (off < 0 || (size_t)off + sizeof v > len)
		return 0;
	__builtin_memcpy(&v, buf + off, sizeof v);
	return v;
}

static inline int32_t pst_field_i32(const uint8_t *buf, size_t len, int32_t off)
{
	int32_t v;

	if (off < 0 || (size_t)off + sizeof v > len)
		return 0;
	__builtin_memcpy(&v, buf + off, sizeof v);
	return v;
}

/* ---- text that lives as long as the process (strings.c) -------------------------------- */

#define PST_NAME_MAX 4096 /* bytes of one name or path; longer ones are cut and end in "…" */

/* One copy of each text. */
const char *pst_intern(struct pst_python *py, const char *text, size_t len);
/* The str object at ADDR, sanitised and interned; NULL when it cannot be read. */
const char *pst_intern_object(struct pst_python *py, uint64_t addr);
void pst_strings_free(struct pst_strings *strings);

/* ---- stacks (frames.c) ------------------------------------------------------------------ */

#define PST_STACK_PROBE (1U << 16) /* a few frames are enough: to see whether there are any */

enum pst_step_kind {
	PST_STEP_FRAME,
	PST_STEP_SHIM,
	PST_STEP_UNFINISHED, /* a frame that is being set up: left out */
};

#define PST_STEP_WORDS 8

/* One frame of a walk, shown or not. */
struct pst_step {
	struct pst_pyframe frame;
	uint64_t previous;
	struct pst_code_entry *entry;	/* NULL: no code object belongs to it */
	uint64_t words[PST_STEP_WORDS]; /* the pattern's, as it was read */
	size_t depth;			/* frames shown up to here, from the root */
	enum pst_step_kind kind;
	bool own_entry; /* it says so itself */
	bool vague;	/* more than its words and its code object went into this */
	bool loose;	/* no frame can be the last one as this is */
};

/* Makes out the frame at ADDR.  False: there is none. */
bool pst_frame_read(struct pst_python *py, unsigned what, uint64_t addr, struct pst_step *out);
void pst_frame_pattern(const struct pst_layout *l, struct pst_pattern *out);

/* ---- code objects (code.c) ------------------------------------------------------------- */

/* The words that say which code object stands at an address. */
struct pst_code_identity {
	uint64_t name, qualname, filename, lines;
	int32_t first_line, argcount, flags, firsttraceable;
	int64_t units; /* instructions in it, 3.11+ (ob_size); -1 not known */
};

struct pst_code_entry;

/* The code object at ADDR without its texts; VERIFY as in pst_python_code().  CORRUPT: no code
 * object. */
enum pst_err pst_code_entry(struct pst_python *py, uint64_t addr, bool verify,
			    struct pst_code_entry **out);
const struct pst_code_identity *pst_code_entry_identity(const struct pst_code_entry *entry);
/* Whether ENTRY is still what stands at its address, by what this look began with; false: not
 * known. */
bool pst_code_entry_stands(struct pst_python *py, struct pst_code_entry *entry);
/* Another number when entries have gone: pointers to them are good for one number only. */
uint64_t pst_codes_epoch(struct pst_python *py);
void pst_codes_free(struct pst_codes *codes);

/* Lines of a bytes object, read once; *LEN 0 when it cannot be read (lines.c uses it). */
const uint8_t *pst_code_lines(struct pst_python *py, const struct pst_code *code, size_t *len);

/* ---- line tables (lines.c) ------------------------------------------------------------- */

#define PST_LASTI_UNKNOWN                                                                          \
	INT32_MIN /* pst_pyframe.lasti: the frame runs, but its instruction is not known */

/* Decodes TABLE (format PST_LINES_*) for instruction LASTI in bytes. */
void pst_lines_decode(int32_t format, const uint8_t *table, size_t len, int32_t first_line,
		      int32_t lasti, struct pst_position *out);

/* ---- threads (threads.c, tstate.c, match.c, gil.c, names.c) ------------------------------ */

enum pst_err pst_tstate_read(struct pst_python *py, const struct pst_layout *l, uint64_t addr,
			     struct pst_tstate *out);
/* Address of the innermost frame of T as of this look; 0: none. */
uint64_t pst_tstate_frame(struct pst_python *py, const struct pst_tstate *t);

/* The same of the thread state at ADDR by the second copy; false: this look has none. */
bool pst_tstate_frame_again(struct pst_python *py, uint64_t addr, uint64_t *out);

/* The task with our id TID; NULL: none. */
const struct pst_task *pst_task_by_tid(const struct pst_tasks *tasks, pid_t tid);
/* The task that T belongs to, by its ids.  NS_TID: its number, also when no task has it (yet). */
const struct pst_task *pst_task_find(struct pst_python *py, const struct pst_tasks *tasks,
				     const struct pst_tstate *t, uint64_t *ns_tid);
/* The same for thread N of the list, by what was found the last time; COMM: the task's name. */
const struct pst_task *pst_match_task(struct pst_python *py, const struct pst_tasks *tasks,
				      const struct pst_tstate *t, size_t n, uint64_t *ns_tid,
				      const char **comm);

#define PST_INTERPS_MAX 4096
#define PST_TSTATES_MAX 100000

/* The GIL of one interpreter (or of all, before 3.12). */
struct pst_gil {
	uint64_t at; /* 3.12+: where it is */
	bool known, enabled;
	uint64_t holder;     /* tstate; 0: nobody */
	bool collecting;     /* its holder runs the cyclic collector */
	uint64_t wait[4][2]; /* [start, end) of what a waiter sleeps on */
};

void pst_gil_read(struct pst_python *py, uint64_t interp, struct pst_gil *out);
bool pst_gil_waits(struct pst_python *py, const struct pst_gil *gil, const struct pst_task *task);

/* The name of thread IDENT of INTERP, NULL when threading does not know it. */
const char *pst_thread_name(struct pst_python *py, uint64_t interp, uint64_t ident);
void pst_names_free(struct pst_names *names);

void pst_paths_free(struct pst_pathmap *paths);
void pst_qualnames_free(struct pst_qualnames *names);
void pst_printer_free(struct pst_printer *printer);

/* ---- opening (runtime.c, version.c, validate.c, scan.c) -------------------------------- */

/* A place where the interpreter may be, while it is looked for. */
struct pst_candidate {
	struct pst_image *img;
	uint64_t runtime;		      /* _PyRuntime */
	uint64_t interp_head, tstate_current; /* up to 3.6: addresses of the variables */
	uint64_t version;		      /* Py_Version */
	unsigned flags;			      /* PST_PY_* that symbols tell */
	const char *source;		      /* N_(): where it was found */
};

/* Finds the runtime and fills LAYOUT, INFO and STATICS. */
enum pst_err pst_runtime_find(struct pst_python *py, struct pst_why *why);

/* What PY says about the interpreters that hang on its runtime. */
enum pst_live {
	PST_LIVE_NO,	/* nothing that makes sense */
	PST_LIVE_EMPTY, /* a runtime without interpreter or thread */
	PST_LIVE_WEAK,	/* interpreter and threads fit, no frame to prove it */
	PST_LIVE_YES,	/* and a code object was found by it */
};

/* Tries the layout, runtime and statics that PY holds now. */
enum pst_live pst_validate(struct pst_python *py);
/* The same for the interpreter at INTERP alone. */
enum pst_live pst_validate_interp(struct pst_python *py, uint64_t interp);

/* The first interpreter of the list; 0: none. */
uint64_t pst_interp_head(struct pst_python *py);

/* "3.11.7", "3.14.0a1". */
void pst_version_text(const struct pst_pyversion *version, char *out, size_t size);
/* Reads "3.9.18 (…" as sys.version starts. */
bool pst_version_parse(const char *s, const char *end, struct pst_pyversion *out);

/* Versions that C->img may be, best first; at most CAP; each with its source (N_()). */
struct pst_version_guess {
	struct pst_pyversion version;
	char text[32];
	const char *source;
};
size_t pst_version_guess(struct pst_python *py, const struct pst_candidate *c,
			 struct pst_version_guess *out, size_t cap);

/* Takes LAYOUT for what follows; forgets what was read by another one. */
void pst_use_layout(struct pst_python *py, const struct pst_layout *layout);

/*
 * Looks through the writable data of IMG for a runtime that validates by the layout that PY uses
 * now, and leaves its address in PY.
 */
enum pst_live pst_scan(struct pst_python *py, struct pst_image *img);
/* Fills what PY's statics say about the GIL when no symbol did (up to 3.6). */
void pst_scan_gil(struct pst_python *py);
/* Finds out whether FUTEX, on which a thread sleeps, is the GIL (2.x, when no symbol said so). */
void pst_scan_lock(struct pst_python *py, uint64_t futex);
/* Address of _Py_DebugOffsets (3.13+) in the writable data of IMG; 0: none. */
uint64_t pst_scan_cookie(struct pst_python *py, struct pst_image *img);

/*
 * Reads RANGE in pieces of at most PIECE + OVERLAP bytes, the last OVERLAP of which come again in
 * the next; until VISIT says false.  Pages that cannot be read are left out.
 */
typedef bool pst_piece_visit(void *ctx, uint64_t at, const uint8_t *bytes, size_t len);
void pst_pieces(struct pst_python *py, const struct pst_range *range, size_t overlap,
		pst_piece_visit *visit, void *ctx);

/* ---- the list of threads (threads.c, roster.c) -------------------------------------------- */

struct pst_listing {
	struct pst_python *py;
	const struct pst_tasks *tasks; /* NULL: not asked */
	struct pst_threads *out;
	unsigned what;
	struct pst_tasks fresh; /* asked again */
};

/* With fewer threads the list is read in each look. */
#define PST_ROSTER_MIN 16

/* Begins the look, which may be of kind LIST. */
void pst_listing_begin(const struct pst_listing *lt, bool list);
/* Fills py->interps and what goes with them, unless the look is brief. */
enum pst_err pst_listing_interps(struct pst_listing *lt);
/* What TH does, by its thread state and its task (NULL: not known). */
void pst_listing_tell(struct pst_listing *lt, const struct pst_tstate *t,
		      const struct pst_task *task, const struct pst_gil *gil,
		      struct pst_thread *th);
/* Keeps the list that was read since BEGIN for the next time. */
void pst_roster_keep(struct pst_listing *lt, uint64_t begin);
/* Whether there is one that is not too old. */
bool pst_roster_is_good(const struct pst_listing *lt);
/* Brings it up to date; false: all of it is to be read. */
bool pst_roster_update(struct pst_listing *lt);

#endif
