// SPDX-License-Identifier: MIT
#ifndef PST_UNIT_TREE_FIXTURE_H
#define PST_UNIT_TREE_FIXTURE_H

#include "ui_fixture.h"

/*
 * A process with deep stacks for call trees: own code and a library's, recursion, thin and thick
 * branches, three threads.
 */

/* TICKS looks, from the state that F is in; KIND shifts the work: what differences show. */
void tree_fixture_init(struct fixture *f);
void tree_fixture_run(struct fixture *f, unsigned ticks, unsigned kind);

#endif
