// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/funchits.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/vec.h"

static void restart(struct func_hits *h, const char *pattern)
{
	free(h->pattern);
	h->pattern = pattern ? pst_strdup(pattern) : NULL;
	h->len = 0;
	h->any = false;
	h->changed = true;
}

void func_hits_update(struct func_hits *h, const struct ui_find *find, const struct pst_model *m)
{
	const char *pattern = find ? ui_find_pattern(find) : NULL;
	size_t count = pst_model_func_count(m);

	if (!pattern || !h->pattern || strcmp(pattern, h->pattern) != 0 || count < h->len)
		restart(h, pattern);
	if (!find)
		return;
	PST_VEC_RESERVE(h, count);
	for (; h->len < count; h->len++) {
		struct pst_func_info info;

		pst_model_func(m, (uint32_t)h->len + 1, &info);
		h->at[h->len] = ui_find_func(find, info.name, info.full_file);
		h->any |= h->at[h->len];
		h->changed |= h->at[h->len];
	}
}

bool func_hits_has(const struct func_hits *h, uint32_t func)
{
	return func && func <= h->len && h->at[func - 1];
}

void func_hits_free(struct func_hits *h)
{
	free(h->at);
	free(h->pattern);
	*h = (struct func_hits){0};
}
