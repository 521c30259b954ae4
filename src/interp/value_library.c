// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/printer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- decimal ---- */

enum { DECIMAL_NEG = 1, DECIMAL_INF = 2, DECIMAL_NAN = 4, DECIMAL_SNAN = 8 }; /* mpdecimal.h */

#define DECIMAL_WORDS 300 /* of 19 digits each */
#define WORD_DIGITS   19

/* The coefficient DIGITS with EXP as to-scientific-string of the decimal specification. */
static void put_scientific(struct pr *p, const char *digits, int64_t exp)
{
	int64_t n = (int64_t)strlen(digits), adjusted = exp + n - 1;

	if (exp > 0 || adjusted < -6) {
		pr_putf(p, "%c%s", digits[0], n > 1 ? "." : "");
		pr_puts(p, digits + 1);
		pr_putf(p, "E%+" PRId64, adjusted);
	} else if (exp == 0) {
		pr_puts(p, digits);
	} else if (adjusted >= 0) {
		if (pr_full(p))
			return;
		pst_buf_add(p->out, digits, (size_t)(n + exp));
		pst_buf_addc(p->out, '.');
		pst_buf_adds(p->out, digits + n + exp);
	} else {
		pr_putf(p, "0.%.*s", (int)-(adjusted + 1), "000000");
		pr_puts(p, digits);
	}
}

static void put_decimal_text(struct pr *p, unsigned flags, const char *digits, int64_t exp)
{
	pr_puts(p, "Decimal('");
	if (flags & DECIMAL_NEG)
		pr_puts(p, "-");
	if (flags & DECIMAL_INF)
		pr_puts(p, "Infinity");
	else if (flags & (DECIMAL_NAN | DECIMAL_SNAN))
		pr_putf(p, "%sNaN%.200s", flags & DECIMAL_SNAN ? "s" : "", digits);
	else
		put_scientific(p, *digits ? digits : "?", exp);
	pr_puts(p, "')");
}

/* _decimal (3.3+): words of 19 digits, the least significant first. */
void pr_decimal(struct pr *p, const struct pr_value *v)
{
	const struct pst_layout *l = p->o.layout;
	uint64_t data = pst_object_ptr(&p->o, v->addr, l->decimal_data);
	char digits[DECIMAL_WORDS * WORD_DIGITS + 2] = "";
	int64_t exp, len, ndigits;
	uint8_t flags;
	size_t n = 0;

	if (l->decimal_flags == PST_ABSENT || !data ||
	    !pst_object_bytes(&p->o, v->addr + (uint64_t)l->decimal_flags, &flags, 1) ||
	    !pst_object_ssize(&p->o, v->addr, l->decimal_exp, &exp) ||
	    !pst_object_ssize(&p->o, v->addr, l->decimal_digits, &ndigits) ||
	    !pst_object_ssize(&p->o, v->addr, l->decimal_len, &len) || len < 0 ||
	    exp > INT64_MAX / 2 || exp < INT64_MIN / 2) {
		pr_unknown(p, v);
		return;
	}
	if (len > DECIMAL_WORDS) {
		pr_putf(p, "<Decimal with %" PRId64 " digits>", ndigits);
		return;
	}
	for (int64_t i = len; i-- > 0;) {
		uint64_t word = pst_object_ptr(&p->o, data + 8 * (uint64_t)i, 0);

		word %= UINT64_C(10000000000000000000);
		n += (size_t)snprintf(digits + n, sizeof digits - n, n ? "%019" PRIu64 : "%" PRIu64,
				      word);
	}
	if (flags & (DECIMAL_NAN | DECIMAL_SNAN) && strcmp(digits, "0") == 0)
		digits[0] = '\0';
	if (!n && !(flags & (DECIMAL_NAN | DECIMAL_SNAN | DECIMAL_INF)))
		snprintf(digits, sizeof digits, "0");
	put_decimal_text(p, flags, digits, exp);
}

/* Lib/decimal.py (2.x): _sign, _int (digits as str), _exp (an int, or 'F', 'n', 'N'). */
void pr_decimal_python(struct pr *p, const struct pr_value *v)
{
	uint64_t exp_at = pr_attr(p, v, "_exp");
	struct pst_buf digits = {0}, special = {0};
	int64_t sign = 0, exp = 0;
	unsigned flags;

	pst_object_int64(&p->o, pr_attr(p, v, "_sign"), &sign);
	flags = sign ? DECIMAL_NEG : 0;
	pst_object_text(&p->o, pr_attr(p, v, "_int"), 4096, &digits);
	if (!pst_object_int64(&p->o, exp_at, &exp)) {
		pst_object_text(&p->o, exp_at, 4, &special);
		flags |= *pst_buf_text(&special) == 'F'	  ? DECIMAL_INF
			 : *pst_buf_text(&special) == 'N' ? DECIMAL_SNAN
							  : DECIMAL_NAN;
	}
	if (exp > INT64_MAX / 2 || exp < INT64_MIN / 2)
		exp = 0;
	put_decimal_text(p, flags, digits.len ? pst_buf_text(&digits) : "", exp);
	pst_buf_free(&digits);
	pst_buf_free(&special);
}

/* ---- fractions, uuid, types ---- */

void pr_fraction(struct pr *p, const struct pr_value *v)
{
	pr_short_name(p, &v->cls);
	if (!pr_enter(p, v->addr, "(...)"))
		return;
	pr_puts(p, "(");
	pr_int_at(p, pr_attr(p, v, "_numerator"), false);
	pr_puts(p, ", ");
	pr_int_at(p, pr_attr(p, v, "_denominator"), false);
	pr_puts(p, ")");
	pr_leave(p);
}

/* The 128 bits of the int at ADDR as bytes, the most significant first. */
static bool int_to_bytes(struct pr *p, uint64_t addr, uint8_t out[16])
{
	const struct pst_layout *l = p->o.layout;
	size_t size = (size_t)l->long_digit_size;
	unsigned bits = (unsigned)l->long_digit_bits, at = 0;
	struct pst_bigint big;
	int64_t small;

	memset(out, 0, 16);
	if (pst_object_int64(&p->o, addr, &small)) {
		for (int i = 0; i < 8; i++)
			out[15 - i] = (uint8_t)((uint64_t)small >> 8 * i);
		return small >= 0;
	}
	if (!pst_type_is(&p->o, pst_object_type(&p->o, addr),
			 p->o.version->major < 3 ? "long" : "int") ||
	    !pst_bigint_open(&p->o, addr, &big) || big.ndigits > 9 || size > 4)
		return false;
	for (uint64_t i = 0; i < big.ndigits; i++) {
		uint32_t digit = 0;

		if (!pst_object_bytes(&p->o, big.at + i * size, &digit, size))
			return false;
		for (unsigned b = 0; b < bits && at < 128; b++, at++)
			out[15 - at / 8] |= (uint8_t)((digit >> b & 1) << at % 8);
	}
	return true;
}

void pr_uuid(struct pr *p, const struct pr_value *v)
{
	uint8_t b[16];

	pr_short_name(p, &v->cls);
	if (!int_to_bytes(p, pr_attr(p, v, "int"), b)) {
		pr_puts(p, "(?)");
		return;
	}
	pr_puts(p, "('");
	for (int i = 0; i < 16; i++)
		pr_putf(p, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", b[i]);
	pr_puts(p, "')");
}

struct attrs {
	struct pr *p;
	size_t n;
};

static bool put_attr(void *ctx, uint64_t key, uint64_t value)
{
	struct attrs *s = ctx;

	return pr_keyword(s->p, &s->n, key, value);
}

void pr_namespace(struct pr *p, const struct pr_value *v)
{
	struct attrs s = {.p = p};

	if (v->cls.of == v->cls.c.addr)
		pr_puts(p, "namespace");
	else
		pr_short_name(p, &v->cls);
	if (!pr_enter(p, v->addr, "(...)"))
		return;
	pr_puts(p, "(");
	pst_instance_each(&p->o, v->addr, (size_t)p->limits->items + 1, put_attr, &s);
	pr_puts(p, ")");
	pr_leave(p);
}

/* ---- re ---- */

/* Modules/_sre/sre.h: behind the head the number of groups, two tables, the pattern, the flags. */
#define PATTERN_TEXT  (3 * 8)
#define PATTERN_FLAGS (4 * 8)

#define FLAG_UNICODE 32

/* As pattern_repr() of Modules/_sre: without the flag that a str pattern of 3.x has anyway. */
static void put_flags(struct pr *p, uint32_t flags, bool text)
{
	static const struct {
		const char *name;
		uint32_t bit;
	} names[] = {
		{"IGNORECASE", 2}, {"LOCALE", 4},   {"MULTILINE", 8}, {"DOTALL", 16},
		{"UNICODE", 32},   {"VERBOSE", 64}, {"DEBUG", 128},   {"ASCII", 256},
	};
	const char *before = ", ";

	if (text && p->o.version->major >= 3 && !(flags & (4 | 256)))
		flags &= ~(uint32_t)FLAG_UNICODE;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!(flags & names[i].bit))
			continue;
		pr_putf(p, "%sre.%s", before, names[i].name);
		before = "|";
	}
}

void pr_pattern(struct pr *p, const struct pr_value *v)
{
	int32_t head = p->o.layout->var_size, flags = 0;
	uint64_t pattern = pst_object_ptr(&p->o, v->addr, head + PATTERN_TEXT);
	struct pst_ustr s;

	if (!pst_ustr_open(&p->o, pattern, &s)) {
		pr_unknown(p, v);
		return;
	}
	pst_object_i32(&p->o, v->addr, head + PATTERN_FLAGS, &flags);
	pr_puts(p, "re.compile(");
	pr_object(p, pattern);
	put_flags(p, (uint32_t)flags, !s.bytes);
	pr_puts(p, ")");
}

/* ---- pathlib ---- */

#define PATH_PARTS 256

/* Appends PART to the path in OUT, with a slash between where there is none. */
static void add_part(struct pst_buf *out, const char *part)
{
	if (out->len && out->data[out->len - 1] != '/')
		pst_buf_addc(out, '/');
	pst_buf_adds(out, part);
}

/* Up to 3.11: drive and root joined are the first of _parts. */
static bool path_from_parts(struct pr *p, const struct pr_value *v, struct pst_buf *out)
{
	uint64_t parts = pr_attr(p, v, "_parts");
	struct pst_buf part = {0};
	struct pst_items items;

	if (!parts || !pst_type_is(&p->o, pst_object_type(&p->o, parts), "list") ||
	    !pst_items_list(&p->o, parts, &items))
		return false;
	for (uint64_t i = 0; i < items.len && i < PATH_PARTS; i++) {
		pst_buf_clear(&part);
		pst_object_text(&p->o, pst_items_get(&p->o, &items, i), 4096, &part);
		add_part(out, pst_buf_text(&part));
	}
	pst_buf_free(&part);
	return true;
}

/* The segments as posixpath.join() does it: an absolute one starts anew. */
static bool join_raw(struct pr *p, const struct pr_value *v, struct pst_buf *out)
{
	uint64_t raw = pr_attr(p, v, "_raw_paths");
	struct pst_buf part = {0};
	struct pst_items items;

	if (!raw)
		raw = pr_attr(p, v, "_raw_path");
	if (raw && pst_object_text(&p->o, raw, 4096, out) == PST_OK)
		return true;
	if (!raw || !pst_type_is(&p->o, pst_object_type(&p->o, raw), "list") ||
	    !pst_items_list(&p->o, raw, &items))
		return false;
	for (uint64_t i = 0; i < items.len && i < PATH_PARTS; i++) {
		pst_buf_clear(&part);
		pst_object_text(&p->o, pst_items_get(&p->o, &items, i), 4096, &part);
		if (*pst_buf_text(&part) == '/')
			pst_buf_clear(out);
		add_part(out, pst_buf_text(&part));
	}
	pst_buf_free(&part);
	return true;
}

/* Without empty and "." parts; exactly two slashes at the start stay two. */
static void normalise(const char *path, struct pst_buf *out)
{
	size_t slashes = strspn(path, "/");

	if (slashes)
		pst_buf_adds(out, slashes == 2 ? "//" : "/");
	for (const char *part = path + slashes; *part;) {
		size_t n = strcspn(part, "/");

		if (n && !(n == 1 && *part == '.')) {
			if (out->len && out->data[out->len - 1] != '/')
				pst_buf_addc(out, '/');
			pst_buf_add(out, part, n);
		}
		part += n + (part[n] == '/');
	}
}

/* 3.12+ keeps the segments as they were given, and makes the rest of them when it is needed. */
static bool path_from_raw(struct pr *p, const struct pr_value *v, struct pst_buf *out)
{
	struct pst_buf joined = {0};
	bool ok = join_raw(p, v, &joined);

	if (ok)
		normalise(pst_buf_text(&joined), out);
	pst_buf_free(&joined);
	return ok;
}

static bool is_windows_path(const struct pr_value *v)
{
	return strstr(v->cls.c.name, "Windows") != NULL;
}

void pr_path(struct pr *p, const struct pr_value *v)
{
	uint64_t text = pr_attr(p, v, "_str");
	struct pst_buf path = {0};
	struct pst_ustr s;

	pr_short_name(p, &v->cls);
	pr_puts(p, "(");
	if (text && pst_ustr_open(&p->o, text, &s)) {
		pr_quoted(p, &s);
	} else if (!is_windows_path(v) &&
		   (path_from_parts(p, v, &path) || path_from_raw(p, v, &path))) {
		if (!path.len)
			pst_buf_addc(&path, '.');
		pr_quoted_utf8(p, path.data, path.len);
	} else {
		pr_puts(p, "?");
	}
	pr_puts(p, ")");
	pst_buf_free(&path);
}
