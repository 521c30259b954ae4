// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/object.h"

#define ITEMS_MAX (UINT64_C(1) << 40)

bool pst_items_tuple(const struct pst_objects *o, uint64_t addr, struct pst_items *out)
{
	int64_t n;

	if (!pst_object_ssize(o, addr, o->layout->var_ob_size, &n) || n < 0 ||
	    (uint64_t)n > ITEMS_MAX)
		return false;
	out->at = addr + (uint64_t)o->layout->tuple_ob_item;
	out->len = (uint64_t)n;
	return true;
}

bool pst_items_list(const struct pst_objects *o, uint64_t addr, struct pst_items *out)
{
	int64_t n;

	if (!pst_object_ssize(o, addr, o->layout->var_ob_size, &n) || n < 0 ||
	    (uint64_t)n > ITEMS_MAX)
		return false;
	out->at = pst_object_ptr(o, addr, o->layout->list_ob_item);
	out->len = (uint64_t)n;
	return n == 0 || out->at;
}

uint64_t pst_items_get(const struct pst_objects *o, const struct pst_items *items, uint64_t i)
{
	return i < items->len ? pst_object_ptr(o, items->at + 8 * i, 0) : 0;
}
