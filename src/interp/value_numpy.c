// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/printer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NDIM_MAX 64 /* NPY_MAXDIMS of numpy 2 */

struct scalar {
	const char *name; /* behind "numpy." */
	char kind;	  /* b, i, u, f, c */
	uint8_t size;
};

static const struct scalar scalars[] = {
	{"bool", 'b', 1},	 {"bool_", 'b', 1},	   {"int8", 'i', 1},
	{"int16", 'i', 2},	 {"int32", 'i', 4},	   {"int64", 'i', 8},
	{"intc", 'i', 4},	 {"longlong", 'i', 8},	   {"uint8", 'u', 1},
	{"uint16", 'u', 2},	 {"uint32", 'u', 4},	   {"uint64", 'u', 8},
	{"uintc", 'u', 4},	 {"ulonglong", 'u', 8},	   {"float16", 'f', 2},
	{"float32", 'f', 4},	 {"float64", 'f', 8},	   {"float128", 'f', 16},
	{"longdouble", 'f', 16}, {"complex64", 'c', 8},	   {"complex128", 'c', 16},
	{"complex256", 'c', 32}, {"clongdouble", 'c', 32},
};

static const struct scalar *find_scalar(const struct pr_value *v)
{
	if (strncmp(v->cls.c.name, "numpy.", 6) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++) {
		if (strcmp(scalars[i].name, v->cls.c.name + 6) == 0)
			return &scalars[i];
	}
	return NULL;
}

/* IEEE 754 binary16. */
static float half_to_float(uint16_t h)
{
	uint32_t sign = (uint32_t)(h & 0x8000) << 16, exp = h >> 10 & 31, frac = h & 0x3ff, bits;
	float f;

	if (exp == 0) {
		f = (float)frac / 16777216.0f; /* 2^-24 each */
		return sign ? -f : f;
	}
	bits = sign | (exp == 31 ? 0x7f800000u : (exp + 112) << 23) | frac << 13;
	memcpy(&f, &bits, sizeof f);
	return f;
}

/* The 80-bit format of x86 in 16 bytes, as near as a double comes. */
static double extended_to_double(const uint8_t *raw)
{
	uint64_t fraction;
	uint16_t head;
	double v;

	memcpy(&fraction, raw, 8);
	memcpy(&head, raw + 8, 2);
	if ((head & 0x7fff) == 0x7fff)
		v = fraction << 1 ? __builtin_nan("") : __builtin_inf();
	else
		v = __builtin_ldexp((double)fraction, (head & 0x7fff) - 16383 - 63);
	return head & 0x8000 ? -v : v;
}

/* A binary16 in as few digits as give it back, as numpy prints it. */
static void put_half(struct pr *p, uint16_t h, bool dot)
{
	float v = half_to_float(h);

	/* a float has 24 bits: cut the digits that 11 bits cannot tell apart */
	for (int digits = 1; digits <= 5; digits++) {
		char text[32];
		float back, low = half_to_float((uint16_t)(h - 1)),
			    high = half_to_float((uint16_t)(h + 1));

		snprintf(text, sizeof text, "%.*e", digits - 1, (double)v);
		back = strtof(text, NULL);
		if (v == back || ((h & 0x3ff) && (h & 0x7c00) != 0x7c00 &&
				  __builtin_fabsf(back - v) < __builtin_fabsf(v - low) / 2 &&
				  __builtin_fabsf(back - v) < __builtin_fabsf(high - v) / 2)) {
			v = back;
			break;
		}
	}
	pr_single(p, v, dot);
}

static void put_float(struct pr *p, const uint8_t *raw, size_t size, bool dot)
{
	uint16_t half;
	float single;
	double full;

	if (size == 2) {
		memcpy(&half, raw, sizeof half);
		put_half(p, half, dot);
	} else if (size == 4) {
		memcpy(&single, raw, sizeof single);
		pr_single(p, single, dot);
	} else if (size == 8) {
		memcpy(&full, raw, sizeof full);
		pr_double(p, full, dot);
	} else {
		pr_double(p, extended_to_double(raw), dot);
	}
}

static void put_complex(struct pr *p, const uint8_t *raw, size_t size)
{
	double part[2];
	float single[2];

	if (size == 8) {
		memcpy(single, raw, sizeof single);
		if (single[0] != 0 || __builtin_signbit(single[0])) {
			pr_puts(p, "(");
			pr_single(p, single[0], false);
			pr_puts(p, __builtin_signbit(single[1]) ? "" : "+");
			pr_single(p, single[1], false);
			pr_puts(p, "j)");
		} else {
			pr_single(p, single[1], false);
			pr_puts(p, "j");
		}
		return;
	}
	if (size == 16)
		memcpy(part, raw, sizeof part);
	for (size_t i = 0; i < 2 && size == 32; i++)
		part[i] = extended_to_double(raw + 16 * i);
	pr_complex_parts(p, part[0], part[1]);
}

static void put_integer(struct pr *p, const uint8_t *raw, size_t size, bool is_signed)
{
	uint64_t value = 0;

	memcpy(&value, raw, size);
	if (is_signed && size < 8 && value >> (8 * size - 1))
		value |= UINT64_MAX << 8 * size;
	if (is_signed)
		pr_putf(p, "%" PRId64, (int64_t)value);
	else
		pr_putf(p, "%" PRIu64, value);
}

/* The value follows the head (numpy/arrayscalars.h); 16 bytes wide ones are aligned. */
void pr_numpy_scalar(struct pr *p, const struct pr_value *v)
{
	const struct scalar *s = find_scalar(v);
	uint64_t at = v->addr + (uint64_t)p->o.layout->object_size;
	uint8_t raw[32];

	if (!s) {
		pr_unknown(p, v);
		return;
	}
	if (s->size >= 16 && strcmp(s->name, "complex128") != 0)
		at = (at + 15) & ~UINT64_C(15);
	if (!pst_object_bytes(&p->o, at, raw, s->size)) {
		pr_puts(p, "?");
		return;
	}
	if (s->kind == 'b')
		pr_puts(p, raw[0] ? "True" : "False");
	else if (s->kind == 'f')
		put_float(p, raw, s->size, true);
	else if (s->kind == 'c')
		put_complex(p, raw, s->size);
	else
		put_integer(p, raw, s->size, s->kind == 'i');
}

/* "float64" of the type object of a dtype. */
static void put_dtype(struct pr *p, uint64_t descr)
{
	uint64_t type =
		pst_object_ptr(&p->o, descr, p->o.layout->object_size + PST_NUMPY_DESCR_TYPEOBJ);
	char name[80];
	size_t n = pst_type_name(&p->o, type, name, sizeof name);
	const char *dot = strrchr(name, '.');

	if (n && name[n - 1] == '_')
		name[n - 1] = '\0';
	pr_puts(p, n ? dot ? dot + 1 : name : "?");
}

void pr_numpy_array(struct pr *p, const struct pr_value *v)
{
	int32_t head = p->o.layout->object_size, nd = -1;
	uint64_t dims = pst_object_ptr(&p->o, v->addr, head + PST_NUMPY_ARRAY_DIMENSIONS);

	pr_short_name(p, &v->cls);
	pst_object_i32(&p->o, v->addr, head + PST_NUMPY_ARRAY_ND, &nd);
	if (nd < 0 || nd > NDIM_MAX) {
		pr_puts(p, "(?)");
		return;
	}
	pr_puts(p, "(shape=(");
	for (int32_t i = 0; i < nd; i++) {
		uint64_t dim = pst_object_ptr(&p->o, dims + 8 * (uint64_t)i, 0);

		pr_putf(p, "%s%" PRId64, i ? ", " : "", (int64_t)dim);
	}
	pr_puts(p, nd == 1 ? ",), dtype=" : "), dtype=");
	put_dtype(p, pst_object_ptr(&p->o, v->addr, head + PST_NUMPY_ARRAY_DESCR));
	pr_puts(p, ")");
}

void pr_numpy_dtype(struct pr *p, const struct pr_value *v)
{
	pr_puts(p, "dtype('");
	put_dtype(p, v->addr);
	pr_puts(p, "')");
}
