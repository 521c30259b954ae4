// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <string.h>

#define AREA_MIN 20 /* bytes of the area that the kernel wrote first (linux/rseq.h) */
#define AREA_MAX 4096
#define FAR_MAX	 (1 << 20)

/* glibc's dynamic loader has the variables, or a static executable. */
static bool may_have(const struct pst_image *img)
{
	const char *slash = strrchr(img->path, '/'), *name = slash ? slash + 1 : img->path;

	return !strncmp(name, "ld-linux", 8) || !strncmp(name, "ld-2.", 5);
}

static bool read_offset(struct pst_python *py, struct pst_image *img, unsigned tables,
			int64_t *offset)
{
	static const char *const names[] = {"__rseq_offset", "__rseq_size"};
	struct pst_symbol found[2] = {{0}};
	uint32_t size;

	if (pst_image_symbols(&py->images, img, tables, names, 2, found) != 2 ||
	    pst_target_read(py->target, found[0].at, offset, sizeof *offset) ||
	    pst_target_read(py->target, found[1].at, &size, sizeof size))
		return false;
	/* A size of 0: glibc was told not to register (GLIBC_TUNABLES), or the kernel refused. */
	return size >= AREA_MIN && size <= AREA_MAX && *offset > -FAR_MAX && *offset < FAR_MAX &&
	       *offset % 8 == 0;
}

bool pst_python_rseq(struct pst_python *py, int64_t *offset)
{
	bool loader = false;

	for (size_t i = 0; i < py->images.len; i++) {
		if (!may_have(&py->images.at[i]))
			continue;
		loader = true;
		if (read_offset(py, &py->images.at[i], PST_SYM_DYN, offset))
			return true;
	}
	for (size_t i = 0; !loader && i < py->images.len; i++)
		if (py->images.at[i].is_exe)
			return read_offset(py, &py->images.at[i], PST_SYM_DYN | PST_SYM_FULL,
					   offset);
	return false;
}

void pst_python_tail(struct pst_python *py, const struct pst_span *spans, size_t n)
{
	py->look.tail = spans;
	py->look.tails = n;
}
