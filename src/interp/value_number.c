// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/printer.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_SHOWN 4300 /* decimal digits; CPython's own default limit since 3.11 */
#define LIMB_DIGITS  9
#define LIMB	     1000000000u
#define LIMBS	     (DIGITS_SHOWN / LIMB_DIGITS + 8)

/* Digits of the target's int, least significant first; at most N of them, from number FROM on. */
static bool read_digits(const struct pr *p, const struct pst_bigint *big, uint64_t from, size_t n,
			uint32_t *out)
{
	size_t size = (size_t)p->o.layout->long_digit_size;
	uint8_t raw[1024 * 4];

	if (n > 1024 || (size != 2 && size != 4) ||
	    !pst_object_bytes(&p->o, big->at + from * size, raw, n * size))
		return false;
	for (size_t i = 0; i < n; i++) {
		uint16_t small;

		if (size == 4) {
			memcpy(&out[i], raw + i * 4, 4);
		} else {
			memcpy(&small, raw + i * 2, 2);
			out[i] = small;
		}
		out[i] &= (uint32_t)((UINT64_C(1) << p->o.layout->long_digit_bits) - 1);
	}
	return true;
}

/* Too long to be printed: says how long it is, from its leading digits. */
static void put_size(struct pr *p, const struct pst_bigint *big)
{
	unsigned bits = (unsigned)p->o.layout->long_digit_bits;
	uint32_t top[4];
	double lead = 0;

	if (!read_digits(p, big, big->ndigits - 4, 4, top)) {
		pr_puts(p, "?");
		return;
	}
	for (int i = 3; i >= 0; i--)
		lead = ldexp(lead, (int)bits) + top[i];
	double log = log10(lead > 0 ? lead : 1) + (double)(big->ndigits - 4) * bits * log10(2);
	pr_putf(p, "<int with %.0f digits>", floor(log + 1e-10) + 1);
}

/* Base 2^bits to base 10^9; the number of limbs. */
static size_t to_limbs(const uint32_t *digits, size_t n, unsigned bits, uint32_t *limbs)
{
	size_t used = 0;

	while (n-- > 0) {
		uint64_t carry = digits[n];

		for (size_t i = 0; i < used; i++) {
			carry += (uint64_t)limbs[i] << bits;
			limbs[i] = (uint32_t)(carry % LIMB);
			carry /= LIMB;
		}
		for (; carry && used < LIMBS; carry /= LIMB)
			limbs[used++] = (uint32_t)(carry % LIMB);
	}
	return used;
}

static void put_big(struct pr *p, const struct pst_bigint *big)
{
	unsigned bits = (unsigned)p->o.layout->long_digit_bits;
	uint32_t digits[1024], limbs[LIMBS];
	size_t used;

	if (bits < 1 || bits > 31) {
		pr_puts(p, "?");
		return;
	}
	if (big->ndigits > 1024 || (double)big->ndigits * bits > DIGITS_SHOWN / 0.30103) {
		put_size(p, big);
		return;
	}
	if (!read_digits(p, big, 0, (size_t)big->ndigits, digits)) {
		pr_puts(p, "?");
		return;
	}
	used = to_limbs(digits, (size_t)big->ndigits, bits, limbs);
	if (!used)
		pr_puts(p, "0");
	else
		pr_putf(p, "%s%" PRIu32, big->sign < 0 ? "-" : "", limbs[used - 1]);
	for (size_t i = used; i-- > 1;)
		pr_putf(p, "%09" PRIu32, limbs[i - 1]);
}

void pr_int_at(struct pr *p, uint64_t addr, bool suffix)
{
	struct pst_bigint big;
	int64_t small;

	if (pst_object_int64(&p->o, addr, &small))
		pr_putf(p, "%" PRId64, small);
	else if (pst_type_is(&p->o, pst_object_type(&p->o, addr),
			     p->o.version->major < 3 ? "long" : "int") &&
		 pst_bigint_open(&p->o, addr, &big))
		put_big(p, &big);
	else
		pr_puts(p, "?");
	if (suffix)
		pr_puts(p, "L");
}

void pr_int(struct pr *p, const struct pr_value *v)
{
	pr_int_at(p, v->addr, false);
}

/* 2.x */
void pr_long(struct pr *p, const struct pr_value *v)
{
	pr_int_at(p, v->addr, true);
}

void pr_bool(struct pr *p, const struct pr_value *v)
{
	int64_t value;

	if (!pst_object_int64(&p->o, v->addr, &value))
		pr_puts(p, "?");
	else
		pr_puts(p, value ? "True" : "False");
}

/* "d.ddde±x" (of any locale) as Python prints it: fixed from 1e-4 to below 1e16. */
static void put_decimal(struct pr *p, const char *text, bool dot)
{
	char digits[32];
	size_t n = 0;
	const char *e = strchr(text, 'e');
	int exponent = e ? atoi(e + 1) : 0, point = exponent + 1;

	if (*text == '-')
		pr_puts(p, "-");
	for (const char *c = text; c < e && n < sizeof digits - 1; c++)
		if (*c >= '0' && *c <= '9')
			digits[n++] = *c;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	digits[n] = '\0';
	if (point > 16 || point <= -4) {
		pr_putf(p, "%c%s%se%c%02d", digits[0], n > 1 ? "." : "", digits + 1,
			exponent < 0 ? '-' : '+', abs(exponent));
	} else if (point <= 0) {
		pr_putf(p, "0.%.*s%s", -point, "0000", digits);
	} else if ((size_t)point >= n) {
		pr_putf(p, "%s%.*s%s", digits, point - (int)n, "0000000000000000", dot ? ".0" : "");
	} else {
		pr_putf(p, "%.*s.%s", point, digits, digits + point);
	}
}

/* inf and nan; true when V was one. */
static bool put_special(struct pr *p, double v)
{
	if (isnan(v))
		pr_puts(p, "nan");
	else if (isinf(v))
		pr_puts(p, v < 0 ? "-inf" : "inf");
	return isnan(v) || isinf(v);
}

/* The next decimal away from zero, of "d.ddde±x"; false when all digits are 9. */
static bool step_up(char *text)
{
	for (char *c = strchr(text, 'e'); c && c > text;) {
		c--;
		if (*c >= '0' && *c < '9') {
			++*c;
			return true;
		}
		if (*c == '9')
			*c = '0';
	}
	return false;
}

static bool is_power_of_two(double v)
{
	int exponent;

	return fabs(frexp(v, &exponent)) == 0.5;
}

static bool gives_back(const char *text, double v)
{
	double back = strtod(text, NULL);

	return memcmp(&back, &v, sizeof v) == 0;
}

void pr_double(struct pr *p, double v, bool dot)
{
	char text[64];
	/* 15 digits always survive a way through a normal double; the small ones have fewer */
	int precision = fabs(v) < DBL_MIN ? 0 : 14;

	if (put_special(p, v))
		return;
	for (; precision <= 16; precision++) {
		snprintf(text, sizeof text, "%.*e", precision, v);
		if (gives_back(text, v))
			break;
		/* at a power of two the next double below is nearer than that above */
		if (precision < 16 && is_power_of_two(v) && step_up(text) && gives_back(text, v))
			break;
	}
	put_decimal(p, text, dot);
}

void pr_single(struct pr *p, float v, bool dot)
{
	char text[64];

	if (put_special(p, (double)v))
		return;
	for (int precision = 0; precision <= 8; precision++) {
		float back;

		snprintf(text, sizeof text, "%.*e", precision, (double)v);
		back = strtof(text, NULL);
		if (memcmp(&back, &v, sizeof v) == 0)
			break;
	}
	put_decimal(p, text, dot);
}

void pr_float(struct pr *p, const struct pr_value *v)
{
	uint64_t bits;
	double value;

	if (!pst_object_u64(&p->o, v->addr, p->o.layout->float_ob_fval, &bits)) {
		pr_puts(p, "?");
		return;
	}
	memcpy(&value, &bits, sizeof value);
	pr_double(p, value, true);
}

/* complex_repr() of Objects/complexobject.c: no real part when it is +0. */
void pr_complex_parts(struct pr *p, double re, double im)
{
	bool alone = re == 0.0 && !signbit(re);

	if (!alone) {
		pr_puts(p, "(");
		pr_double(p, re, false);
		if (isnan(im) || !signbit(im))
			pr_puts(p, "+");
	}
	pr_double(p, im, false);
	pr_puts(p, alone ? "j" : "j)");
}

void pr_complex(struct pr *p, const struct pr_value *v)
{
	int32_t at = p->o.layout->complex_cval;
	uint64_t bits[2];
	double parts[2];

	if (!pst_object_u64(&p->o, v->addr, at, &bits[0]) ||
	    !pst_object_u64(&p->o, v->addr, at + 8, &bits[1])) {
		pr_puts(p, "?");
		return;
	}
	memcpy(parts, bits, sizeof parts);
	pr_complex_parts(p, parts[0], parts[1]);
}
