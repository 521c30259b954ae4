// SPDX-License-Identifier: MIT
#ifndef PST_BASE_ALLOC_H
#define PST_BASE_ALLOC_H

#include <stddef.h>

/*
 * Allocation for sizes that are ours: never NULL.  When memory is out, the handler that app/
 * registered is called and must not return.  A size that comes from the target must be capped
 * before it gets here.
 */

void *pst_alloc(size_t size) __attribute__((malloc, alloc_size(1), returns_nonnull));
/* Zeroed; N * SIZE is checked for overflow. */
void *pst_calloc(size_t n, size_t size) __attribute__((malloc, alloc_size(1, 2), returns_nonnull));
/* Like reallocarray(): contents kept, overflow checked. */
void *pst_realloc(void *p, size_t n, size_t size) __attribute__((alloc_size(2, 3), returns_nonnull));
char *pst_strdup(const char *s) __attribute__((malloc, returns_nonnull));
char *pst_strndup(const char *s, size_t n) __attribute__((malloc, returns_nonnull));
char *pst_asprintf(const char *fmt, ...) __attribute__((malloc, returns_nonnull, format(printf, 1, 2)));

/* HANDLER is called when memory is out and must not return (default: abort). */
void pst_alloc_on_failure(void (*handler)(size_t size));

#endif
