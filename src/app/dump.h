// SPDX-License-Identifier: MIT
#ifndef PST_APP_DUMP_H
#define PST_APP_DUMP_H

#include "app/collect.h"

/* Prints the stacks of a process (with its children: the whole tree); returns the exit status. */
int dump_run(const struct options *opt);

/* One process of the dump, in one of the two shapes.  PARENT: NULL for the one that was asked for. */
void dump_text(const struct shown_process *p, const struct options *opt, const struct pst_proc_info *parent);

struct json_object;
/* Appends the threads of P to ARRAY (the shape is in docs/DUMP-JSON.md). */
void dump_json(const struct shown_process *p, const struct options *opt, struct json_object *array);

#endif
