// SPDX-License-Identifier: MIT
#ifndef PST_TARGET_SAVED_H
#define PST_TARGET_SAVED_H

/*
 * The file of a recorded target, private to target/; docs/RECORDED-TARGET.md describes it.
 * Numbers are little endian; a string is its length (u32) and its bytes.
 */

#include "base/buf.h"
#include "target/image.h"
#include "target/target.h"

#define PST_SAVED_MAGIC	    "PSTTGT01"
#define PST_SAVED_MAGIC_LEN 8
/* Kind (u32), CRC-32 of the payload (u32), bytes of the payload (u64). */
#define PST_SAVED_HEAD_LEN 16
#define PST_SAVED_FILE_MAX ((size_t)1 << 30)

enum pst_saved_part {
	PST_SAVED_PART_END,
	PST_SAVED_PART_INFO,
	PST_SAVED_PART_MAPS,
	PST_SAVED_PART_TASKS,
	PST_SAVED_PART_REGS,
	PST_SAVED_PART_MEMORY,
	PST_SAVED_PART_SECTIONS,
	PST_SAVED_PART_SYMBOLS,
	PST_SAVED_PART_PATHS,
};

/* Memory is kept in pieces of this many bytes, aligned to their size: a divisor of any page size.
 */
#define PST_SAVED_GRAIN 512
/* Task lists are kept in the order in which they were asked for, at most so many. */
#define PST_SAVED_TASKS_MAX 64

/* What a file said when it was asked. */
struct pst_saved_section {
	uint64_t image; /* start of the image */
	char *name;
	enum pst_err err;
	struct pst_range range;
};

struct pst_saved_symbol {
	uint64_t image;
	char *name;
	unsigned tables;
	struct pst_symbol symbol;
};

/* What a recording holds besides memory. */
struct pst_saved {
	struct pst_proc_info info;
	struct pst_maps maps;
	PST_VEC(struct pst_tasks) tasks;
	PST_VEC(struct pst_regs) regs;
	PST_VEC(struct pst_saved_section) sections;
	PST_VEC(struct pst_saved_symbol) symbols;
	PST_VEC(char *) paths; /* that could be opened */
};

void pst_saved_free(struct pst_saved *saved);

/* The answer kept for IMAGE and NAME (and TABLES); NULL when there is none. */
struct pst_saved_section *pst_saved_find_section(struct pst_saved *saved, uint64_t image,
						 const char *name);
struct pst_saved_symbol *pst_saved_find_symbol(struct pst_saved *saved, uint64_t image,
					       unsigned tables, const char *name);
bool pst_saved_has_path(const struct pst_saved *saved, const char *path);

/* Deep copies into OUT, which is overwritten. */
void pst_saved_copy_info(const struct pst_proc_info *info, struct pst_proc_info *out);
void pst_saved_copy_maps(const struct pst_maps *maps, struct pst_maps *out);
void pst_saved_copy_tasks(const struct pst_tasks *tasks, struct pst_tasks *out);

/* Appends the parts of REC but the memory, without magic and end. */
void pst_saved_write(const struct pst_saved *saved, struct pst_buf *out);
/* Begins a part; pst_saved_end_part() fills length and checksum in. */
size_t pst_saved_begin_part(struct pst_buf *out, enum pst_saved_part kind);
void pst_saved_end_part(struct pst_buf *out, size_t begin);
void pst_saved_put(struct pst_buf *out, uint64_t v, size_t bytes);

/* The target that the recording in BYTES (malloc'ed, taken over even when it fails) holds. CORRUPT.
 */
enum pst_err pst_recorded_open_bytes(unsigned char *bytes, size_t len, struct pst_target **out,
				     struct pst_why *why);

#endif
