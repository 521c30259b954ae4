// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/printer.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "interp/priv.h"

struct pst_printer *pst_printer_new(const struct pst_objects *o)
{
	static const struct pst_value_limits none = {.bytes = 1};
	struct pst_printer *r = pst_calloc(1, sizeof *r);

	r->cache = pr_cache_new(o->target);
	r->p = pr_new(o, r->cache, &none, &r->raw);
	return r;
}

void pst_printer_free(struct pst_printer *printer)
{
	if (!printer)
		return;
	pr_free(printer->p);
	pr_cache_free(printer->cache);
	pst_buf_free(&printer->raw);
	free(printer);
}

struct pst_printer *pst_printer_begin(struct pst_python *py, const struct pst_value_limits *limits)
{
	if (!py->printer)
		py->printer = pst_printer_new(&py->objects);

	struct pst_printer *r = py->printer;
	bool forget = r->generation != py->look.generation;

	r->generation = py->look.generation;
	pr_cache_begin(r->cache, forget, limits->until_ns);
	pr_begin(r->p, limits, forget);
	return r;
}
