// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"

enum pst_err pst_python_open(struct pst_target *target, struct pst_python **out,
			     struct pst_why *why)
{
	struct pst_python *py = pst_calloc(1, sizeof *py);
	enum pst_err err;

	*out = NULL;
	py->target = target;
	pst_look_init(&py->look, target);
	err = pst_images_open(target, &py->images, why);
	if (!err)
		err = pst_runtime_find(py, why);
	if (err) {
		pst_python_close(py);
		return err;
	}
	pst_log(PST_LOG_INFO, "Python %s (%s), found by %s in %s", py->info.version_text,
		py->info.version_source, py->info.runtime_source, py->info.binary);
	*out = py;
	return PST_OK;
}

void pst_python_close(struct pst_python *py)
{
	if (!py)
		return;
	pst_codes_free(py->codes);
	pst_names_free(py->names);
	pst_paths_free(py->paths);
	pst_qualnames_free(py->qualnames);
	pst_printer_free(py->printer);
	pst_strings_free(py->strings);
	pst_look_free(&py->look);
	PST_VEC_FREE(&py->roster.heads);
	pst_tasks_free(&py->tasks);
	PST_VEC_FREE(&py->interps);
	PST_VEC_FREE(&py->tstates);
	PST_VEC_FREE(&py->matches);
	pst_images_close(&py->images);
	free(py);
}

const struct pst_python_info *pst_python_info(const struct pst_python *py)
{
	return &py->info;
}

const struct pst_layout *pst_python_layout(const struct pst_python *py)
{
	return &py->layout;
}

struct pst_target *pst_python_target(struct pst_python *py)
{
	return py->target;
}

void pst_python_look(struct pst_python *py)
{
	py->walked = 0;
	pst_look_begin(&py->look);
}

void pst_python_look_aside(struct pst_python *py)
{
	pst_look_unlearn(&py->look);
}

void pst_python_look_trust(struct pst_python *py)
{
	py->look.trusts = true;
}
