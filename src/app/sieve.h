// SPDX-License-Identifier: MIT
#ifndef PST_APP_SIEVE_H
#define PST_APP_SIEVE_H

/*
 * --threads-matching, --include and --exclude: stands between the ring and who counts.  A sample that
 * is not wanted goes through without its stack, so the thread was there and its time passed, but no
 * stack is counted.
 */

#include "app/options.h"
#include "ring/record.h"

struct sieve;

/* *OUT is NULL where no option asks for it.  USAGE: an expression is none; WHY names its option. */
enum pst_err sieve_new(const struct options *o, struct sieve **out, struct pst_why *why);
void sieve_free(struct sieve *s); /* NULL allowed */

/*
 * What is to be taken in place of REC: itself, or a sample of S's own, good until the next call.  All
 * records have to pass, in their order.  S may be NULL.
 */
const struct pst_rec *sieve_pass(struct sieve *s, const struct pst_rec *rec);

#endif
