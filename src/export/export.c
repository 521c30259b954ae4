// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/priv.h"

#include <string.h>
#include <strings.h>

static const struct pst_export_format *const formats[] = {
	&pst_export_svg,   &pst_export_speedscope, &pst_export_raw,	  &pst_export_chrometrace,
	&pst_export_pprof, &pst_export_gecko,	   &pst_export_callgrind, &pst_export_json,
	&pst_export_html,  &pst_export_markdown,
};

#define FORMATS (sizeof formats / sizeof *formats)

const struct pst_export_format *pst_export_find(const char *name)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (!strcasecmp(formats[i]->name, name) ||
		    (formats[i]->alias && !strcasecmp(formats[i]->alias, name)))
			return formats[i];
	return NULL;
}

/* How much of PATH's end is one of ENDINGS; 0: none is. */
static size_t fits(const char *endings, const char *path)
{
	size_t best = 0, len = strlen(path);

	while (*endings) {
		size_t n = strcspn(endings, " ");
		if (n <= len && n > best && !strncasecmp(path + len - n, endings, n))
			best = n;
		endings += n + strspn(endings + n, " ");
	}
	return best;
}

const struct pst_export_format *pst_export_by_path(const char *path)
{
	const struct pst_export_format *found = NULL;
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t best = 0;

	/* As its viewers want it. */
	if (!strncmp(name, "callgrind.out", strlen("callgrind.out")))
		return &pst_export_callgrind;
	for (size_t i = 0; i < FORMATS; i++) {
		size_t n = fits(formats[i]->endings, name);
		if (n > best) {
			best = n;
			found = formats[i];
		}
	}
	return found;
}

const struct pst_export_format *pst_export_at(size_t i)
{
	return i < FORMATS ? formats[i] : NULL;
}
