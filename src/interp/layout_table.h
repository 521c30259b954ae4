// SPDX-License-Identifier: MIT
/* The generated table of layouts; private to interp/layout*.c. */
#ifndef PST_INTERP_LAYOUT_TABLE_H
#define PST_INTERP_LAYOUT_TABLE_H

#include "interp/layout.h"

enum {
#define PST_LAYOUT_INDEX(name) PST_LAYOUT_INDEX_##name,
	PST_LAYOUT_FIELDS(PST_LAYOUT_INDEX)
#undef PST_LAYOUT_INDEX
		PST_LAYOUT_COUNT
};

/* Sorted by minor version, then build variant, then first release. */
extern const struct pst_layout pst_layout_table[];
extern const size_t pst_layout_table_len;

/* Names of the fields in the order of the rows' numbers, a blank between two. */
extern const char *const pst_layout_order;

#endif
