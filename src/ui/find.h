// SPDX-License-Identifier: MIT
#ifndef PST_UI_FIND_H
#define PST_UI_FIND_H

/*
 * Regular expressions as a user types them (PCRE2, UTF-8).  Smart case: without a capital letter
 * case does not matter.  Time and memory of a match are bounded: what would take longer does not
 * match.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct ui_find;

/* USAGE: WHY says in a sentence what is wrong with PATTERN.  Free with ui_find_free(). */
enum pst_err ui_find_new(struct ui_find **out, const char *pattern, struct pst_why *why);
void ui_find_free(struct ui_find *f); /* NULL allowed */

/* The pattern as it was typed. */
const char *ui_find_pattern(const struct ui_find *f);
/* Whether it is in TEXT; FROM and TO (NULL allowed): the bytes of the first match. */
bool ui_find_in(const struct ui_find *f, const char *text, size_t *from, size_t *to);
/* Whether a function is meant: it is in its name, or in its file.  F NULL: false. */
bool ui_find_func(const struct ui_find *f, const char *name, const char *file);

#endif
