// SPDX-License-Identifier: MIT
#ifndef PST_TARGET_IMAGE_H
#define PST_TARGET_IMAGE_H

/*
 * Executable files that are mapped into a target: sections, symbols, writable data (ELF through
 * libelf and libdw).  Lazy: opening a list reads only the memory map; each question reads what it needs.
 */

#include "target/target.h"

/* One mapped object: the executable, libpython, another library, or the interpreter mapped twice. */
struct pst_image {
	const char *path;    /* in the target's mount namespace, owned by the list */
	uint64_t start, end; /* lowest and highest mapped address */
	bool is_exe;	     /* the process's main executable (/proc/PID/exe) */
	bool has_exec;	     /* some segment of it is executable */
	void *state;	     /* private to image.c */
};

struct pst_images {
	struct pst_target *target; /* borrowed */
	struct pst_maps maps;
	struct pst_image *at;
	size_t len, cap;
};

struct pst_range {
	uint64_t start, end; /* addresses in the target; start == end: none */
};

/* Groups the target's maps by file; one image per load base (two libpythons give two images). */
enum pst_err pst_images_open(struct pst_target *t, struct pst_images *out, struct pst_why *why);
void pst_images_close(struct pst_images *images);

/*
 * Where the section NAME of IMG lies in the target (".PyRuntime"; also Mach-O/PE names later).
 * NOTFOUND, IO, CORRUPT.
 */
enum pst_err pst_image_section(struct pst_images *images, struct pst_image *img, const char *name,
			       struct pst_range *out);

/* Which symbol tables to look into; OR them.  Cheapest first inside one call. */
enum {
	PST_SYM_DYN = 1,    /* .dynsym */
	PST_SYM_FULL = 2,   /* .symtab */
	PST_SYM_MINI = 4,   /* .gnu_debugdata (xz) */
	PST_SYM_DEBUG = 8,  /* separate debug file by build-id or debuglink, below the target's root */
	PST_SYM_ALL = 15
};

struct pst_symbol {
	uint64_t at, size; /* address in the target */
	unsigned from;	   /* the PST_SYM_ bit it was found in */
};

/*
 * Looks N names up at once.  OUT[i].at stays 0 for those not found.  Returns how many were found.
 * Versioned and local symbols match by bare name; defined ones only.
 */
size_t pst_image_symbols(struct pst_images *images, struct pst_image *img, unsigned tables,
			 const char *const *names, size_t n, struct pst_symbol *out);

/*
 * The writable, private data of IMG in the target: .data, .bss and relro, i.e. its writable file
 * maps plus the anonymous map that follows directly.  At most CAP ranges; returns how many.
 */
size_t pst_image_data(struct pst_images *images, const struct pst_image *img, struct pst_range *out, size_t cap);
/* The read-only data (for version strings). */
size_t pst_image_rodata(struct pst_images *images, const struct pst_image *img, struct pst_range *out, size_t cap);

/* True if ADDR lies in any map with all the PROT bits. */
bool pst_images_mapped(const struct pst_images *images, uint64_t addr, size_t len, unsigned prot);

#endif
