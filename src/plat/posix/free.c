// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/plat.h"

#include <stdlib.h>

void pst_maps_free(struct pst_maps *maps)
{
	for (size_t i = 0; i < maps->len; i++)
		free(maps->at[i].path);
	PST_VEC_FREE(maps);
}

void pst_tasks_free(struct pst_tasks *tasks)
{
	PST_VEC_FREE(tasks);
}

void pst_proc_info_free(struct pst_proc_info *info)
{
	free(info->exe);
	free(info->cwd);
	free(info->cmdline);
	info->exe = info->cwd = info->cmdline = NULL;
	info->cmdline_len = 0;
}
