// SPDX-License-Identifier: MIT
#ifndef PST_APP_TREE_H
#define PST_APP_TREE_H

/* The processes below one, parents before children. */

#include "plat/plat.h"

struct tree_process {
	struct pst_proc_info info;
};

struct tree {
	struct pst_proc_info root;
	struct tree_process *at;
	size_t len, cap;
};

/* All descendants of ROOT that are there now, at most a few thousand; zombies and kernel threads left out. */
void tree_read(pid_t root, struct tree *out);
/* The parent of entry I; NULL when it is not in the tree. */
const struct pst_proc_info *tree_parent(const struct tree *t, size_t i);
void tree_free(struct tree *t);

#endif
