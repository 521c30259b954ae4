// SPDX-License-Identifier: MIT
#ifndef PST_INTERP_INTERP_H
#define PST_INTERP_INTERP_H

/*
 * CPython made of the bytes of a target: the runtime, its interpreters and threads, frames, code
 * objects.  One walker for all versions, parametric in a struct pst_layout.
 *
 * Memory is cached for the length of one look: pst_python_threads(), pst_python_stack() and
 * pst_python_look() start one, everything else (code objects, values) belongs to the last that was
 * started.  So a look that is taken while the target is paused is all of one moment.
 *
 * A struct pst_python owns every string and code object it returns; they stay valid until
 * pst_python_close() unless a comment says otherwise.  Not thread-safe: one thread uses it.
 */

#include "base/buf.h"
#include "base/vec.h"
#include "interp/layout.h"
#include "target/image.h"
#include "target/target.h"

struct pst_python;

/* ---- opening (open.c, runtime.c, version.c) ------------------------------------------- */

struct pst_python_info {
	struct pst_pyversion version;
	unsigned flags;		    /* PST_PY_DEBUG, PST_PY_FREE_THREADED… (layout.h) */
	char version_text[32];	    /* "3.11.7", "3.14.0a1", "2.7.18" */
	const char *version_source; /* N_(): "Py_Version symbol", "debug offsets", "file name"… */
	/* N_(): ".PyRuntime section", "symbol _PyRuntime in .dynsym", "scan of writable data"… */
	const char *runtime_source;
	const char *binary;	    /* path of the interpreter's file, as the target calls it */
	uint64_t runtime;	    /* address of _PyRuntime, or of interp_head before 3.7 */
	bool newer_than_known;	    /* layout: the debug offsets of a version that we do not know */
	bool unproved;		    /* a table row that was never proved on a real interpreter */
};

/*
 * Finds CPython in TARGET (borrowed, must outlive).  NOTPYTHON, NOTREADY (the runtime is there, no
 * interpreter yet: try again), UNKNOWN, CORRUPT, PERM, GONE; each with a sentence in WHY.
 */
enum pst_err pst_python_open(struct pst_target *target, struct pst_python **out,
			     struct pst_why *why);
void pst_python_close(struct pst_python *py); /* NULL allowed */
const struct pst_python_info *pst_python_info(const struct pst_python *py);
const struct pst_layout *pst_python_layout(const struct pst_python *py);
struct pst_target *pst_python_target(struct pst_python *py);
/* Starts a look: what is read from now on is read from the target again. */
void pst_python_look(struct pst_python *py);
/*
 * What is read from now on is not to be predicted for the next look (names, lines: read but once).
 */
void pst_python_look_aside(struct pst_python *py);
/* For the rest of this look code objects are taken for what they were when seen first. */
void pst_python_look_trust(struct pst_python *py);
/*
 * Where glibc (2.35+) keeps what the kernel tells a thread for itself (struct rseq, linux/rseq.h):
 * *OFFSET bytes from pthread_self() on x86-64 (__rseq_offset, sysdeps/nptl/dl_tls_init_tp.c).
 * False: not there, or not registered.
 */
bool pst_python_rseq(struct pst_python *py, int64_t *offset);
/*
 * The N ranges SPANS (borrowed; 0: none) are read behind all others, in this order, by each read
 * that brings what was predicted; nothing there is looked at here.
 */
void pst_python_tail(struct pst_python *py, const struct pst_span *spans, size_t n);

/*
 * Names alone, for a first guess (guess.c): whether PATH is called as an interpreter is
 * ("…/python3.11"), or as a file that one has mapped ("…/libpython3.11.so.1.0",
 * "…/python3.11/lib-dynload/…").  VERSION: what the name says of it: "3.11", "3", "".
 */
bool pst_python_names_program(const char *path, char *version, size_t size);
bool pst_python_names_library(const char *path, char *version, size_t size);

/* ---- threads (threads.c, gil.c, names.c) ----------------------------------------------- */

enum pst_thread_state {
	PST_THREAD_UNKNOWN,
	PST_THREAD_IDLE,     /* sleeps in the system, or in a call known to wait */
	PST_THREAD_ACTIVE,   /* on a CPU or ready for one (also C code without the GIL) */
	PST_THREAD_GIL_WAIT, /* wants the GIL and sleeps until it gets it */
};

struct pst_thread {
	uint64_t tstate; /* address of its PyThreadState; 0: a native thread without one */
	uint64_t interp; /* address of its PyInterpreterState */
	int64_t interp_id;
	uint64_t ident; /* threading.get_ident(): pthread_self() */
	pid_t tid;	/* in our pid namespace; 0 when it could not be found out */
	pid_t ns_tid;	/* in its own namespace */
	bool is_main;
	bool holds_gil;
	bool in_gc;
	enum pst_thread_state state;
	uint64_t frame;	  /* address of its innermost frame; 0: runs no Python now */
	const char *name; /* threading's, sanitised; NULL: Python does not name it; pst_python's */
	char comm[32];	  /* the kernel's name, sanitised; "" unknown */
	uint64_t slices;  /* times that it had run when all this was found out; 0 unknown */
};

struct pst_threads {
	struct pst_thread *at;
	size_t len, cap;
	bool truncated; /* a limit or a cycle cut the lists */
	bool again;	/* those of the last time: only what may have changed was found out anew */
};

enum {
	PST_THREADS_NAMES = 1,	/* fill name */
	PST_THREADS_STATE = 2,	/* fill state and tid (asks the system) */
	PST_THREADS_NATIVE = 4, /* also threads that have no PyThreadState */
	/*
	 * Read at once, in one system call, what the last look of this kind read: it and the stacks
	 * that followed with PST_STACK_PAUSED.
	 */
	PST_THREADS_PREDICT = 8,
	/*
	 * With it, and without NAMES and NATIVE: where there are many threads and OUT is that of the last
	 * time, only those are looked at that hold a GIL or did not sleep all the time since, by
	 * TASKS.  Threads that are born or end are noticed; now and then all are looked at.
	 */
	PST_THREADS_AGAIN = 64,
	/* With PREDICT: the memory of frames comes twice, for pst_python_stack_agreed(). */
	PST_THREADS_TWICE = 16,
	/*
	 * The interpreters are those of the last look without this: what does not change while one
	 * lives is not read again.  Only for looks that follow soon.
	 */
	PST_THREADS_BRIEF = 32,
};

/*
 * All threads of all interpreters, oldest first within an interpreter (main interpreter first).
 * TASKS: what the system told (pst_tasks_read() before the pause, with PST_TASK_STAT |
 * PST_TASK_SCHED | PST_TASK_SYSCALL | PST_TASK_COMM | PST_TASK_NS); NULL: asked here when WHAT
 * needs it.  Reuses OUT's memory.  GONE, FAULT, CORRUPT.
 */
enum pst_err pst_python_threads(struct pst_python *py, unsigned what, const struct pst_tasks *tasks,
				struct pst_threads *out);
/* Whether PST_THREADS_AGAIN would use THREADS as they are, as far as it is known. */
bool pst_python_threads_good(const struct pst_python *py, const struct pst_threads *threads);
void pst_threads_free(struct pst_threads *threads);
/* Finds out anew what TH does by what the system says about it now; the look goes on. */
void pst_python_thread_state(struct pst_python *py, const struct pst_task *task,
			     struct pst_thread *th);

/*
 * Marks as ACTIVE what slept at the moment but has used CPU time between BEFORE and AFTER (NULL: not
 * known; more than being paused costs), then as IDLE what stands in a call that is known to wait
 * (selectors.select, threading.wait…) though the system could not tell.  STACKS are optional: NULL.
 */
struct pst_stack;
void pst_threads_judge(struct pst_threads *threads, const struct pst_tasks *before,
		       const struct pst_tasks *after, struct pst_python *py,
		       const struct pst_stack *stacks);

/* ---- stacks (frames.c) ----------------------------------------------------------------- */

struct pst_pyframe {
	uint64_t addr; /* of the PyFrameObject or _PyInterpreterFrame */
	uint64_t code; /* of its code object; 0 for a shim */
	int32_t lasti; /* instruction offset in bytes, -1: not started */
	int32_t line;  /* ≤ 3.9 with a trace function: f_lineno; 0: use lasti */
	bool is_entry; /* called from C: a new evaluation loop starts here */
	bool is_shim;  /* the interpreter's own frame, no Python code */
};

#define PST_STACK_MAX 100000 /* frames; deeper stacks are cut at the root end and marked */
/*
 * Frames of all stacks since pst_python_threads() or pst_python_look(), those that were read twice
 * counted twice: beyond them stacks are cut too.  A thousand threads may be ten thousand deep; a
 * target that was made to look worse takes seconds of each look, not hours.
 */
#define PST_FRAMES_MAX (12 << 20)

struct pst_stack {
	struct pst_pyframe *at; /* leaf first */
	size_t len, cap;
	bool truncated; /* deeper than PST_STACK_MAX, or beyond PST_FRAMES_MAX */
	bool broken;	/* a link led nowhere, or in a circle: what is here is not all */
	/*
	 * With PST_STACK_RECALL: so many frames from the root are what they were, by frame,
	 * instruction and code object, when the caller set this to SIZE_MAX.
	 */
	size_t kept;
	struct pst_trail *trail; /* private */
};

enum {
	PST_STACK_SHIMS = 1,  /* keep shim frames too */
	PST_STACK_PAUSED = 2, /* the target stood still since the look started: go on with it */
	/* compare the words that identify each code object (pst_python_code()) within that look */
	PST_STACK_VERIFY = 4,
	PST_STACK_PREDICT = 8, /* as PST_THREADS_PREDICT, for a stack that starts a look */
	/*
	 * What OUT held before is the stack of the same thread, most likely: only what changed since
	 * is made out anew.  Nobody else writes to OUT meanwhile, but for LEN and KEPT.
	 */
	PST_STACK_RECALL = 16,
};

/*
 * The frames of THREAD (from thread->frame).  Incomplete frames are skipped as CPython does.
 * Reuses OUT's memory.
 */
enum pst_err pst_python_stack(struct pst_python *py, const struct pst_thread *thread, unsigned what,
			      struct pst_stack *out);
/*
 * Whether two reads of a thread agree: the same frames at the same instructions, the leaf's
 * excepted.
 */
bool pst_stack_same(const struct pst_stack *a, const struct pst_stack *b);
/* How many frames from the root they agree on so. */
size_t pst_stack_agreed(const struct pst_stack *a, const struct pst_stack *b);
/*
 * After a walk with PST_STACK_RECALL in a look that brought frames twice (PST_THREADS_TWICE): so
 * many frames from the root the second copy agrees on, as pst_stack_same() does.  False: it does not
 * hold them all.
 */
bool pst_python_stack_agreed(struct pst_python *py, const struct pst_thread *thread,
			     const struct pst_stack *stack, size_t *agreed);
void pst_stack_free(struct pst_stack *stack);

/* ---- code objects (code.c, lines.c) ----------------------------------------------------- */

struct pst_code {
	uint64_t addr;
	uint32_t id;	      /* small, dense, from 1, in order of discovery */
	const char *name;     /* sanitised UTF-8 */
	const char *qualname; /* 3.11+; NULL before (see pst_python_qualname) */
	const char *filename; /* as in co_filename */
	int32_t first_line;
	int32_t argcount, posonly, kwonly;
	uint32_t flags;
	int32_t nlocals, nlocalsplus; /* nlocalsplus: of the frame's array */
	void *state;		      /* private */
};

/*
 * The code object at ADDR, from the cache when the words that identify it are the same as before
 * (name, filename, first line, line table pointers): an address that was used again gives a new
 * object.  VERIFY false trusts the cache.  FAULT, CORRUPT.
 */
enum pst_err pst_python_code(struct pst_python *py, uint64_t addr, bool verify,
			     const struct pst_code **out);

/*
 * The last look is not to be believed: forgets what was found out by it about code objects (names,
 * lines), which would stand for them from now on.  Pointers to those that were found then are void.
 */
void pst_python_doubt(struct pst_python *py);

struct pst_position {
	int32_t line, end_line; /* 0: none */
	int32_t col, end_col;	/* 0-based bytes of the source line, -1: unknown */
};

/* Position of instruction LASTI (bytes; -1 gives the first line). */
enum pst_err pst_code_position(struct pst_python *py, const struct pst_code *code, int32_t lasti,
			       struct pst_position *out);

/*
 * Path as py-spy shortens it: from the topmost package directory, found by __init__.py below the
 * target's root.
 */
const char *pst_python_short_filename(struct pst_python *py, const struct pst_code *code);

/*
 * Qualified name of FRAME's function before 3.11, found through the class of its first argument
 * ("self", "cls"): the __qualname__ (3.3+) or Class.name (2.x); the plain name when it cannot be
 * found.  Owned by py.
 */
const char *pst_python_qualname(struct pst_python *py, const struct pst_pyframe *frame,
				const struct pst_code *code);

/* ---- variables (locals.c, value*.c) ------------------------------------------------------ */

enum pst_var_kind { PST_VAR_ARG, PST_VAR_LOCAL, PST_VAR_CELL, PST_VAR_FREE };

struct pst_var {
	char *name; /* sanitised */
	enum pst_var_kind kind;
	uint64_t addr; /* of the object; 0 for a tagged value that has none */
	char *repr;    /* sanitised, one line */
};

struct pst_vars {
	struct pst_var *at;
	size_t len, cap;
};

struct pst_value_limits {
	size_t bytes;	 /* of the whole text, then "…" */
	unsigned depth;	 /* of nested containers; below: "[...]", "{...}", Class(...) */
	unsigned items;	 /* of one container, then "..." */
	unsigned string; /* characters of one string, then "..." */
	/*
	 * Monotonic: what is not read by then prints as "?", so that a target is not held for
	 * longer; 0: no bound.
	 */
	uint64_t until_ns;
};

/* Limits that suit one value on a screen. */
#define PST_VALUE_LIMITS                                                                           \
	((struct pst_value_limits){.bytes = 1024, .depth = 4, .items = 32, .string = 256})

/*
 * Arguments first, then locals, cells and free variables in the order of the code object; unset
 * ones are left out.  Class bodies and exec'ed code: the names of f_locals.  Errors inside a value print
 * as "?".
 */
enum pst_err pst_python_locals(struct pst_python *py, const struct pst_pyframe *frame,
			       const struct pst_value_limits *limits, struct pst_vars *out);
void pst_vars_free(struct pst_vars *vars);

/*
 * Appends the value of the object at ADDR as repr() would print it, without running code; never
 * fails.
 */
void pst_value_repr(struct pst_python *py, uint64_t addr, const struct pst_value_limits *limits,
		    struct pst_buf *out);

/* ---- parts of values (parts.c, value_parts.c) --------------------------------------------- */

struct pst_part {
	/*
	 * "['key']" of a mapping, "[3]" of a sequence, ".name" of an instance, module, class, named
	 * tuple…, "{element}" of a set, "name" of a generator's variable; NULL from
	 * pst_python_facts().
	 */
	char *label;
	char *repr;	/* as pst_value_repr(); NULL from pst_python_facts() */
	char *type;	/* __qualname__ of its class, sanitised; "" unknown */
	uint64_t addr;	/* of the object; 0: unreadable */
	int64_t length; /* items of a container, characters of a string; -1: has none, or unknown */
	bool can_open;	/* it has parts itself */
};

struct pst_parts {
	struct pst_part *at;
	size_t len, cap;
	bool cut; /* there are more than MAX, or time was up */
};

/*
 * The parts of the object at ADDR, at most MAX: items of dicts (in their order from 3.6 on) and of
 * what is made of one (defaultdict, Counter, OrderedDict in its own order, mappingproxy, views),
 * items of lists, tuples and deques, elements of sets, then attributes (inline values, __dict__,
 * slots; also of modules, classes, functions, exceptions), what bound methods, partials and cells
 * hold, variables of generators and coroutines that have not ended (but for small ints that live in
 * their frame, 3.15).  Never fails: what cannot be read has no parts.  Reuses OUT's memory.  LIMITS hold for each
 * text, until_ns for all of them.
 */
void pst_python_parts(struct pst_python *py, uint64_t addr, const struct pst_value_limits *limits,
		      size_t max, struct pst_parts *out);
void pst_parts_free(struct pst_parts *parts);
/* Type, length and whether it can be opened, of the object at ADDR; free with pst_part_free(). */
void pst_python_facts(struct pst_python *py, uint64_t addr, const struct pst_value_limits *limits,
		      struct pst_part *out);
void pst_part_free(struct pst_part *part); /* what it holds, not itself */

#endif
