// SPDX-License-Identifier: MIT
#ifndef PST_BASE_BUF_H
#define PST_BASE_BUF_H

#include <stddef.h>

/*
 * A growable string of bytes.  Zero-initialised is empty; `data` is NUL-terminated once anything
 * was added and NULL before.  Free with pst_buf_free().
 */
struct pst_buf {
	char *data;
	size_t len, cap;
};

void pst_buf_add(struct pst_buf *b, const void *bytes, size_t n);
void pst_buf_adds(struct pst_buf *b, const char *s);
void pst_buf_addc(struct pst_buf *b, char c);
void pst_buf_addf(struct pst_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Cuts to at most LEN bytes. */
void pst_buf_cut(struct pst_buf *b, size_t len);
/* Empties, keeps the memory. */
void pst_buf_clear(struct pst_buf *b);
/* The text, "" when empty; owned by B. */
const char *pst_buf_text(const struct pst_buf *b);
/* Hands the malloc'ed text over to the caller (never NULL) and leaves B empty. */
char *pst_buf_take(struct pst_buf *b);
void pst_buf_free(struct pst_buf *b);

#endif
