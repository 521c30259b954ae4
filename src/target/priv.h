// SPDX-License-Identifier: MIT
#ifndef PST_TARGET_PRIV_H
#define PST_TARGET_PRIV_H

/* What the files of target/ share. */

#include "base/crc.h"
#include "target/image.h"
#include "target/target.h"

/* ---- one ELF file (elf.c) ------------------------------------------------------------ */

struct pst_elf;

/* Takes FD over, also when it fails: CORRUPT. */
enum pst_err pst_elf_open(int fd, struct pst_elf **out);
/* An ELF file in BYTES (malloc'ed), which it takes over, also when it fails: CORRUPT. */
enum pst_err pst_elf_open_bytes(void *bytes, size_t len, struct pst_elf **out);
void pst_elf_close(struct pst_elf *e); /* NULL allowed */

/* What is to be added to the file's addresses when file offset OFFSET lies at START in the target.
 */
bool pst_elf_bias(struct pst_elf *e, uint64_t start, uint64_t offset, uint64_t *bias);

/* Address in the file and size of a section that is loaded.  NOTFOUND. */
enum pst_err pst_elf_section(struct pst_elf *e, const char *name, uint64_t *at, uint64_t *size);

/* A malloc'ed copy of what section NAME holds, at most MAX bytes.  NULL when there is none or it is
 * larger. */
void *pst_elf_contents(struct pst_elf *e, const char *name, size_t max, size_t *len);

/* The build id; its length, 0 when there is none. */
#define PST_BUILD_ID_MAX 64
size_t pst_elf_build_id(struct pst_elf *e, unsigned char id[PST_BUILD_ID_MAX]);

/* CRC-32 of the whole file as .gnu_debuglink has it; false when it cannot be read. */
bool pst_elf_crc(struct pst_elf *e, uint32_t *crc);

/*
 * Looks the names up that OUT has no address for yet, in .dynsym (FROM is PST_SYM_DYN) or in
 * .symtab (else). Addresses get BIAS added.  Returns how many it found.
 */
size_t pst_elf_symbols(struct pst_elf *e, unsigned from, uint64_t bias, const char *const *names,
		       size_t n, struct pst_symbol *out);

/* ---- other files that belong to one (minidebug*.c, debugfile.c) ------------------------ */

/* The ELF file that is packed into .gnu_debugdata; NULL when there is none. */
struct pst_elf *pst_elf_open_mini(struct pst_elf *e);
/* The separate debug file of E, whose path is PATH, below the target's root; NULL when there is
 * none. */
struct pst_elf *pst_elf_open_debug(struct pst_target *t, struct pst_elf *e, const char *path);

/* ---- what is mapped, without the file (elfmem.c) --------------------------------------- */

struct pst_elfmem {
	uint64_t start;	  /* where the file's first byte is mapped */
	uint64_t span;	  /* bytes from there that its program headers ask for */
	uint64_t bias;	  /* what is to be added to the file's addresses */
	uint64_t dynamic; /* of .dynamic, an address of the file; 0: none */
};

/* False when what is mapped at START is no 64-bit ELF file. */
bool pst_elfmem_open(struct pst_target *t, uint64_t start, struct pst_elfmem *out);
/* As pst_elf_symbols() with PST_SYM_DYN. */
size_t pst_elfmem_symbols(struct pst_target *t, const struct pst_elfmem *m,
			  const char *const *names, size_t n, struct pst_symbol *out);

#endif
