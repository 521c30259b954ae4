// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/plat.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

void pst_pids_sort(struct pst_pids *pids)
{
	if (pids->len)
		qsort(pids->at, pids->len, sizeof *pids->at, compare);
}

bool pst_pids_have(const struct pst_pids *pids, pid_t id)
{
	return pids->len && bsearch(&id, pids->at, pids->len, sizeof id, compare);
}

void pst_pids_free(struct pst_pids *pids)
{
	PST_VEC_FREE(pids);
}
