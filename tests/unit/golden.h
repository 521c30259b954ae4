// SPDX-License-Identifier: MIT
#ifndef PST_UNIT_GOLDEN_H
#define PST_UNIT_GOLDEN_H

#include "ui/canvas.h"

struct pst_buf;

/* Screens as text: what tests/screens/NAME.txt hold. */

/* The cells of C, then "--", then a letter for the style of each. */
void golden_print(struct pst_buf *out, const struct canvas *c);
/* Fails when TEXT is not that of tests/screens/NAME.txt; PST_SCREENS_WRITE=1 writes it anew first.
 */
void golden_compare(const char *name, const struct pst_buf *text);

#endif
