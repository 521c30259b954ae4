// SPDX-License-Identifier: MIT
#include "config.h"

#include "target/saved.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void pst_saved_free(struct pst_saved *saved)
{
	pst_proc_info_free(&saved->info);
	pst_maps_free(&saved->maps);
	for (size_t i = 0; i < saved->tasks.len; i++)
		pst_tasks_free(&saved->tasks.at[i]);
	for (size_t i = 0; i < saved->sections.len; i++)
		free(saved->sections.at[i].name);
	for (size_t i = 0; i < saved->symbols.len; i++)
		free(saved->symbols.at[i].name);
	for (size_t i = 0; i < saved->paths.len; i++)
		free(saved->paths.at[i]);
	PST_VEC_FREE(&saved->tasks);
	PST_VEC_FREE(&saved->regs);
	PST_VEC_FREE(&saved->sections);
	PST_VEC_FREE(&saved->symbols);
	PST_VEC_FREE(&saved->paths);
}

struct pst_saved_section *pst_saved_find_section(struct pst_saved *saved, uint64_t image,
						 const char *name)
{
	for (size_t i = 0; i < saved->sections.len; i++)
		if (saved->sections.at[i].image == image &&
		    strcmp(saved->sections.at[i].name, name) == 0)
			return &saved->sections.at[i];
	return NULL;
}

struct pst_saved_symbol *pst_saved_find_symbol(struct pst_saved *saved, uint64_t image,
					       unsigned tables, const char *name)
{
	for (size_t i = 0; i < saved->symbols.len; i++) {
		struct pst_saved_symbol *s = &saved->symbols.at[i];

		if (s->image == image && s->tables == tables && strcmp(s->name, name) == 0)
			return s;
	}
	return NULL;
}

bool pst_saved_has_path(const struct pst_saved *saved, const char *path)
{
	for (size_t i = 0; i < saved->paths.len; i++)
		if (strcmp(saved->paths.at[i], path) == 0)
			return true;
	return false;
}

void pst_saved_copy_info(const struct pst_proc_info *info, struct pst_proc_info *out)
{
	*out = *info;
	out->exe = pst_strdup(info->exe ? info->exe : "");
	out->cwd = pst_strdup(info->cwd ? info->cwd : "");
	out->cmdline = pst_alloc(info->cmdline_len + 1);
	if (info->cmdline_len > 0)
		memcpy(out->cmdline, info->cmdline, info->cmdline_len);
	out->cmdline[info->cmdline_len] = '\0';
}

void pst_saved_copy_maps(const struct pst_maps *maps, struct pst_maps *out)
{
	*out = (struct pst_maps){0};
	for (size_t i = 0; i < maps->len; i++) {
		struct pst_map *map = PST_VEC_PUSH(out);

		*map = maps->at[i];
		map->path = pst_strdup(maps->at[i].path);
	}
}

void pst_saved_copy_tasks(const struct pst_tasks *tasks, struct pst_tasks *out)
{
	*out = (struct pst_tasks){0};
	for (size_t i = 0; i < tasks->len; i++)
		*PST_VEC_PUSH(out) = tasks->at[i];
}
