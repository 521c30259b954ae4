// SPDX-License-Identifier: MIT
#ifndef PST_BASE_COLOR_H
#define PST_BASE_COLOR_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Colours of the boxes of a flamegraph, the same on the screen and in a file.  A colour is
 * 0xRRGGBB.  They depend on nothing but what is handed in: the same function has the same colour in
 * each run and on each machine.  All are light enough for black text on them (contrast at least
 * 4.5, by the formula of WCAG 2.1).
 */

/* What stands for no function: the root of all, and the "…" for what is too small. */
#define PST_COLOR_ROOT UINT32_C(0xd9d4c7)
#define PST_COLOR_REST UINT32_C(0xc4c4c4)
/* What a search found; no function has it. */
#define PST_COLOR_FOUND UINT32_C(0xe48cff)
/* In a difference: neither more nor less. */
#define PST_COLOR_SAME UINT32_C(0xdedede)

/*
 * Of a function, by the FNV-1a hash of its (qualified) name: from red to yellow; for code of the
 * standard library and of site-packages greyish, from blue to violet.
 */
uint32_t pst_flame_color(const char *name, bool library);

/* A change of a share (0 to 1) that is less than this is none. */
#define PST_COLOR_DELTA_MIN 0.0005
/*
 * Of a share that was BEFORE and is NOW (0 to 1 of the samples on each side): red when it grew,
 * green when it shrank, the stronger the more.
 */
uint32_t pst_flame_diff_color(double before, double now);

/* COLOR with AMOUNT of 256 parts of OTHER in it. */
uint32_t pst_color_mix(uint32_t color, uint32_t other, unsigned amount);
/* How different two colours look: 0 to 255 or so; less than 24 is hard to tell apart. */
unsigned pst_color_distance(uint32_t a, uint32_t b);

/* The nearest of the palette of 256: 16 to 255 (the first 16 are the user's to choose). */
unsigned pst_color_256(uint32_t color);
/* The colour of palette entry INDEX from 16 to 255; of others black. */
uint32_t pst_color_of_256(unsigned index);

#endif
