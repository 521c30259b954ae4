// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/tree.h"

#include "base/vec.h"

#include <stdbool.h>

#define PROCESSES_MAX 4096

static bool known(const struct tree *t, pid_t pid)
{
	if (pid == t->root.pid)
		return true;
	for (size_t i = 0; i < t->len; i++)
		if (t->at[i].info.pid == pid)
			return true;
	return false;
}

static void add_children(struct tree *t, pid_t parent)
{
	struct pst_pids pids = {0};

	if (pst_proc_children(parent, &pids) == PST_OK)
		for (size_t i = 0; i < pids.len && t->len < PROCESSES_MAX; i++) {
			struct pst_proc_info info;
			if (known(t, pids.at[i]) || pst_proc_info_read(pids.at[i], &info))
				continue;
			if (info.state == 'Z' || info.state == 'X')
				pst_proc_info_free(&info);
			else
				PST_VEC_PUSH(t)->info = info;
		}
	pst_pids_free(&pids);
}

void tree_read(pid_t root, struct tree *out)
{
	if (pst_proc_info_read(root, &out->root))
		return;
	add_children(out, root);
	for (size_t i = 0; i < out->len; i++)
		add_children(out, out->at[i].info.pid);
}

const struct pst_proc_info *tree_parent(const struct tree *t, size_t i)
{
	pid_t parent = t->at[i].info.ppid;

	if (parent == t->root.pid)
		return &t->root;
	for (size_t k = 0; k < t->len; k++)
		if (t->at[k].info.pid == parent)
			return &t->at[k].info;
	return NULL;
}

void tree_free(struct tree *t)
{
	for (size_t i = 0; i < t->len; i++)
		pst_proc_info_free(&t->at[i].info);
	pst_proc_info_free(&t->root);
	PST_VEC_FREE(t);
}
