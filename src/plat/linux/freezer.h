// SPDX-License-Identifier: MIT
#ifndef PST_PLAT_LINUX_FREEZER_H
#define PST_PLAT_LINUX_FREEZER_H

/* The freezer of cgroup v1 (Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst). */

#include <stdbool.h>

/* Where it is mounted, which is found out when it is asked for first. */
struct pst_freezer {
	bool sought;
	char *at;   /* NULL: nowhere that we see */
	char *root; /* the cgroup that is there */
};

/* Whether the cgroup of the process whose directory in /proc is DIR is frozen, or one above it. */
bool pst_freezer_has(struct pst_freezer *f, int dir);
void pst_freezer_free(struct pst_freezer *f); /* NULL allowed */

#endif
