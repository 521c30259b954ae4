// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/object.h"

bool pst_object_bytes(const struct pst_objects *o, uint64_t at, void *buf, size_t len)
{
	return at && pst_target_read(o->target, at, buf, len) == PST_OK;
}

bool pst_object_u64(const struct pst_objects *o, uint64_t at, int32_t off, uint64_t *out)
{
	if (!at || off == PST_ABSENT)
		return false;
	return pst_target_read_u64(o->target, at + (uint64_t)(int64_t)off, out) == PST_OK;
}

bool pst_object_i32(const struct pst_objects *o, uint64_t at, int32_t off, int32_t *out)
{
	if (!at || off == PST_ABSENT)
		return false;
	return pst_object_bytes(o, at + (uint64_t)(int64_t)off, out, sizeof *out);
}

bool pst_object_ssize(const struct pst_objects *o, uint64_t at, int32_t off, int64_t *out)
{
	int32_t narrow;
	uint64_t word;

	if (o->layout->ssize_size == 4) {
		if (!pst_object_i32(o, at, off, &narrow))
			return false;
		*out = narrow;
		return true;
	}
	if (!pst_object_u64(o, at, off, &word))
		return false;
	*out = (int64_t)word;
	return true;
}

uint64_t pst_object_ptr(const struct pst_objects *o, uint64_t at, int32_t off)
{
	uint64_t word;

	return pst_object_u64(o, at, off, &word) ? word : 0;
}
