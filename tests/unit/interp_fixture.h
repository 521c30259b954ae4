// SPDX-License-Identifier: MIT
#ifndef PST_UNIT_INTERP_FIXTURE_H
#define PST_UNIT_INTERP_FIXTURE_H

/* A process made of bytes: one block of memory, in which a test builds an interpreter by a layout.
 */

#include "interp/priv.h"

#define FAKE_BASE UINT64_C(0x10000000)

struct fake {
	struct pst_target target; /* first member */
	uint8_t *mem;
	size_t size, used;
	struct pst_python *py;
	const struct pst_layout *l;
	uint64_t code_type, str_type, interp, tstate;
	uint64_t shim; /* 3.12+: the frame at the root end of a stack */
};

/* A process of SIZE bytes with one interpreter and one thread that runs nothing; by row L. */
struct fake *fake_new(const struct pst_layout *l, size_t size);
void fake_free(struct fake *f);

/* LEN zeroed bytes, aligned to 16. */
uint64_t fake_alloc(struct fake *f, size_t len);
/* Writes a value at ADDR + OFF; nothing when OFF is PST_ABSENT. */
void fake_u64(struct fake *f, uint64_t addr, int32_t off, uint64_t value);
void fake_i32(struct fake *f, uint64_t addr, int32_t off, int32_t value);
void fake_u8(struct fake *f, uint64_t addr, int32_t off, uint8_t value);

uint64_t fake_str(struct fake *f, const char *text);
/* One instruction per line from FIRST_LINE on, 64 instructions; instruction 2 is the first
 * traceable one. */
uint64_t fake_code(struct fake *f, const char *name, const char *file, int first_line);
#define FAKE_TRACEABLE 2
/* A frame of CODE at instruction INSTR, called by PREVIOUS (0: none). */
uint64_t fake_frame(struct fake *f, uint64_t code, int instr, uint64_t previous);
/* Bytes of one instruction. */
int fake_unit(const struct fake *f);
/* An interpreter's own frame. */
uint64_t fake_shim(struct fake *f, uint64_t previous);
uint64_t fake_tstate(struct fake *f, uint64_t ident);
/* Makes FRAME the innermost of TSTATE. */
void fake_run(struct fake *f, uint64_t tstate, uint64_t frame);
/* The evaluation loop that runs was called from one that is at FRAME (3.11, 3.12: _PyCFrame). */
void fake_called_from(struct fake *f, uint64_t frame);

#endif
