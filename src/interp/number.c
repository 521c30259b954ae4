// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/object.h"

#define DIGITS_MAX (UINT64_C(1) << 40)

/* 3.12+: lv_tag (Include/cpython/longintrepr.h); before: the sign of ob_size. */
bool pst_bigint_open(const struct pst_objects *o, uint64_t addr, struct pst_bigint *out)
{
	const struct pst_layout *l = o->layout;
	uint64_t tag;
	int64_t size;

	if (l->long_family == PST_LONG_TAG) {
		if (!pst_object_u64(o, addr, l->long_lv_tag, &tag))
			return false;
		out->ndigits = tag >> 3;
		out->sign = (tag & 3) == 0 ? 1 : (tag & 3) == 1 ? 0 : -1;
	} else {
		if (!pst_object_ssize(o, addr, l->var_ob_size, &size))
			return false;
		out->sign = size > 0 ? 1 : size < 0 ? -1 : 0;
		out->ndigits = size < 0 ? -(uint64_t)size : (uint64_t)size;
	}
	out->at = addr + (uint64_t)l->long_ob_digit;
	return out->ndigits <= DIGITS_MAX;
}

/* Magnitude of an int of few digits; false when it needs more than 64 bits. */
static bool small_magnitude(const struct pst_objects *o, const struct pst_bigint *big,
			    uint64_t *out)
{
	size_t size = (size_t)o->layout->long_digit_size;
	unsigned bits = (unsigned)o->layout->long_digit_bits;
	uint8_t raw[5 * 4];
	uint64_t value = 0;

	if (big->ndigits > 5 || (size != 2 && size != 4) || !bits || bits > 8 * size)
		return false;
	if (!pst_object_bytes(o, big->at, raw, (size_t)big->ndigits * size))
		return big->ndigits == 0;
	for (size_t i = (size_t)big->ndigits; i-- > 0;) {
		uint64_t digit = raw[i * size] | (uint64_t)raw[i * size + 1] << 8;

		if (size == 4)
			digit |= (uint64_t)raw[i * size + 2] << 16 | (uint64_t)raw[i * size + 3]
									     << 24;
		if (value >> (64 - bits))
			return false;
		value = value << bits | (digit & ((UINT64_C(1) << bits) - 1));
	}
	*out = value;
	return true;
}

/* Int of 2.x, and bool there: a C long. */
static bool is_plain_int(const struct pst_objects *o, uint64_t addr)
{
	uint64_t flags;

	if (o->version->major >= 3)
		return false;
	if (o->layout->type_has_subclass_flags != 1) {
		uint64_t type = pst_object_type(o, addr);

		return pst_type_is(o, type, "int");
	}
	return pst_object_u64(o, pst_object_type(o, addr), o->layout->type_tp_flags, &flags) &&
	       (flags & PST_TPFLAGS_INT_SUBCLASS);
}

static bool is_long(const struct pst_objects *o, uint64_t addr)
{
	uint64_t type = pst_object_type(o, addr), flags;

	if (o->layout->type_has_subclass_flags != 1)
		return pst_type_is(o, type, o->version->major >= 3 ? "int" : "long");
	return pst_object_u64(o, type, o->layout->type_tp_flags, &flags) &&
	       (flags & PST_TPFLAGS_LONG_SUBCLASS);
}

bool pst_object_int64(const struct pst_objects *o, uint64_t addr, int64_t *out)
{
	struct pst_bigint big;
	uint64_t magnitude = 0;

	if (is_plain_int(o, addr)) {
		uint64_t word;

		if (!pst_object_u64(o, addr, o->layout->int_ob_ival, &word))
			return false;
		*out = (int64_t)word;
		return true;
	}
	if (!is_long(o, addr) || !pst_bigint_open(o, addr, &big))
		return false;
	if (big.sign && !small_magnitude(o, &big, &magnitude))
		return false;
	if (magnitude > (uint64_t)INT64_MAX + (big.sign < 0))
		return false;
	*out = big.sign < 0 ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	return true;
}
