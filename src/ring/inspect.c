// SPDX-License-Identifier: MIT
#include "config.h"

#include "ring/inspect.h"

#include <stdlib.h>

static void free_frame(struct pst_inspect_frame *f)
{
	free(f->name);
	free(f->file);
	free(f->full_file);
}

static void free_row(struct pst_value_row *r)
{
	free(r->label);
	free(r->text);
	free(r->type);
}

void pst_inspection_free(struct pst_inspection *in)
{
	if (!in)
		return;
	for (size_t i = 0; i < in->frames_len; i++)
		free_frame(&in->frames[i]);
	for (size_t i = 0; i < in->rows_len; i++)
		free_row(&in->rows[i]);
	free(in->frames);
	free(in->rows);
	free(in);
}
