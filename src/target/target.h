// SPDX-License-Identifier: MIT
#ifndef PST_TARGET_TARGET_H
#define PST_TARGET_TARGET_H

/*
 * One process as bytes.  Everything above reads the target through this table, so that a live
 * process, a core file and a recorded one look the same.
 */

#include "base/err.h"
#include "plat/plat.h"

struct pst_target;
struct pst_range;  /* image.h */
struct pst_symbol;

struct pst_target_ops {
	const char *name; /* "live", "recorded" */
	/* Reads exactly LEN bytes or fails (FAULT, GONE, PERM); never short. */
	enum pst_err (*read)(struct pst_target *t, uint64_t at, void *buf, size_t len);
	/* All spans or failure; NULL: read() is called for each. */
	enum pst_err (*readv)(struct pst_target *t, const struct pst_span *spans, size_t n);
	/* The memory map. */
	enum pst_err (*maps)(struct pst_target *t, struct pst_maps *out, struct pst_why *why);
	/* Opens the file behind MAP, or a path; a file descriptor, or -1 and errno. */
	int (*open_mapped)(struct pst_target *t, const struct pst_map *map);
	int (*open_path)(struct pst_target *t, const char *path);
	/* Threads of the process as pst_tasks_read(). */
	enum pst_err (*tasks)(struct pst_target *t, unsigned what, struct pst_tasks *out);
	/* Refreshes one of them as pst_task_read(); NULL: only all at once. */
	enum pst_err (*task)(struct pst_target *t, unsigned what, struct pst_task *task);
	/* ns of CPU that all its threads have used, as pst_proc_cpu_ns(); NULL: not told. */
	enum pst_err (*cpu_ns)(struct pst_target *t, uint64_t *out);
	/* As pst_proc_usage(); NULL: not told. */
	enum pst_err (*usage)(struct pst_target *t, struct pst_usage *out);
	/* How memory is read, as pst_mem_method(); NULL: there is only one way. */
	const char *(*method)(const struct pst_target *t);
	/* Process facts (pid, cmdline, start…); freed by the caller with pst_proc_info_free(). */
	enum pst_err (*info)(struct pst_target *t, struct pst_proc_info *out);
	/* OK while it can still be read; GONE. */
	enum pst_err (*check)(struct pst_target *t);
	/* What keeps it from running; NULL: not known. */
	enum pst_halt (*halt)(struct pst_target *t);
	/* Stops threads (as pst_pause(), same TIDS); NULL: cannot pause (a recording stands still anyway). */
	enum pst_err (*pause)(struct pst_target *t, const pid_t *tids, size_t n, uint64_t timeout_ns, struct pst_why *why);
	uint64_t (*resume)(struct pst_target *t); /* ns that it was held; 0 when it was not */
	size_t (*held)(struct pst_target *t); /* threads that are held; NULL: it cannot pause */
	size_t (*regs)(struct pst_target *t, const struct pst_regs **out); /* of these threads */
	/*
	 * Answers about the executable file whose image starts at START, in place of the file itself
	 * (pst_image_section(), pst_image_symbols()); NULL: the file is opened and read.
	 */
	enum pst_err (*section)(struct pst_target *t, uint64_t start, const char *name, struct pst_range *out);
	size_t (*symbols)(struct pst_target *t, uint64_t start, unsigned tables, const char *const *names,
			  size_t n, struct pst_symbol *out);
	/* Told each answer that came from a file; NULL: not interested. */
	void (*saw_section)(struct pst_target *t, uint64_t start, const char *name, enum pst_err err,
			    const struct pst_range *range);
	void (*saw_symbols)(struct pst_target *t, uint64_t start, unsigned tables, const char *const *names,
			    size_t n, const struct pst_symbol *found);
	void (*close)(struct pst_target *t);
};

/* Backends embed this as their first member. */
struct pst_target {
	const struct pst_target_ops *ops;
	pid_t pid;
	uint64_t reads, bytes; /* statistics: read calls and bytes so far */
};

/* A running process.  Errors as pst_proc_open(). */
enum pst_err pst_target_open_live(pid_t pid, struct pst_target **out, struct pst_why *why);

/*
 * A process that was saved as bytes by pst_target_record_*(); format in docs/RECORDED-TARGET.md.
 * IO, CORRUPT.
 */
enum pst_err pst_target_open_recorded(const char *path, struct pst_target **out, struct pst_why *why);

/*
 * A target that passes everything on to INNER (which it owns from then on) and keeps what was
 * read, the maps, tasks, info, registers and the ELF files' headers and symbols that were asked for;
 * pst_target_save_recorded() writes them to PATH.
 */
enum pst_err pst_target_open_recorder(struct pst_target *inner, struct pst_target **out);
enum pst_err pst_target_save_recorded(struct pst_target *recorder, const char *path, struct pst_why *why);

void pst_target_close(struct pst_target *t); /* NULL allowed; resumes first */

/* Thin calls through the table, which also count. */
enum pst_err pst_target_read(struct pst_target *t, uint64_t at, void *buf, size_t len);
enum pst_err pst_target_readv(struct pst_target *t, const struct pst_span *spans, size_t n);

/* One word of the target (8 bytes), little endian. */
enum pst_err pst_target_read_u64(struct pst_target *t, uint64_t at, uint64_t *out);

#endif
