// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/priv.h"

#include <strings.h>

static const struct pst_export_format *const formats[] = {&pst_export_raw};

#define FORMATS (sizeof formats / sizeof *formats)

const struct pst_export_format *pst_export_find(const char *name)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (!strcasecmp(formats[i]->name, name))
			return formats[i];
	return NULL;
}

const struct pst_export_format *pst_export_at(size_t i)
{
	return i < FORMATS ? formats[i] : NULL;
}
