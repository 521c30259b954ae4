// SPDX-License-Identifier: MIT
#include "config.h"

#include "target/priv.h"

/* Built without liblzma: nothing that is packed can be read. */
struct pst_elf *pst_elf_open_mini(struct pst_elf *e)
{
	(void)e;
	return NULL;
}
