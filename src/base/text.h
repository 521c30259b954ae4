// SPDX-License-Identifier: MIT
#ifndef PST_BASE_TEXT_H
#define PST_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pst_buf;

/*
 * Text that came from a target, and its width in terminal cells (utf8proc).
 */

/*
 * Appends BYTES made harmless for a screen or a file: valid UTF-8 only (each bad byte becomes
 * \xNN), C0/C1 controls, DEL, lone surrogates encoded as UTF-8, bidi controls and other invisible
 * format characters (except ZWJ/VS16 inside an emoji sequence, and soft ones that scripts need:
 * ZWNJ/ZWJ) and unassigned/noncharacters become \n, \t, \xNN, \uNNNN or \UNNNNNNNN.
 * Never splits a character; stops after MAX_BYTES of output (0: no limit) and then adds "…".
 */
void pst_text_sanitise(struct pst_buf *out, const char *bytes, size_t n, size_t max_bytes);

/* Appends code point CP (surrogates and > U+10FFFF as U+FFFD) as UTF-8. */
void pst_text_put_utf8(struct pst_buf *out, uint32_t cp);

/*
 * The next grapheme cluster of the UTF-8 text S of N bytes: returns its bytes (0 at the end) and
 * its width in cells (0, 1 or 2).  Invalid bytes are one byte, width 1.
 */
size_t pst_text_cluster(const char *s, size_t n, int *cells);

/* Width of S in cells. */
int pst_text_cells(const char *s, size_t n);

/* Bytes of the longest prefix of S, in whole clusters, that fits into CELLS; *USED its width. */
size_t pst_text_fit(const char *s, size_t n, int cells, int *used);

#endif
