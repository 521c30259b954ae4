// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/printer.h"

#include <string.h>

#include <utf8proc.h>

#include "base/text.h"

#define CHUNK 256

/* How many units of S are printed. */
static uint64_t shown(const struct pr *p, const struct pst_ustr *s)
{
	return s->len < p->limits->string ? s->len : p->limits->string;
}

/* The quote that Python chooses: ' unless the text has one and no ". */
static char choose_quote(struct pr *p, const struct pst_ustr *s)
{
	uint64_t len = shown(p, s);
	uint32_t units[CHUNK];
	bool single = false;

	for (uint64_t at = 0; at < len; at += CHUNK) {
		size_t n = len - at < CHUNK ? (size_t)(len - at) : CHUNK;

		if (!pst_ustr_get(&p->o, s, at, n, units))
			break;
		for (size_t i = 0; i < n; i++) {
			if (units[i] == '"')
				return '\'';
			single |= units[i] == '\'';
		}
	}
	return single ? '"' : '\'';
}

/* str.isprintable(), by the tables of utf8proc instead of the target's. */
static bool is_printable(uint32_t cp)
{
	if (cp > 0x10ffff)
		return false;
	switch (utf8proc_category((utf8proc_int32_t)cp)) {
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return false;
	case UTF8PROC_CATEGORY_ZS:
		return cp == ' ';
	default:
		return true;
	}
}

static void put_escaped(struct pr *p, uint32_t cp, bool bytes)
{
	if (cp <= 0xff && (bytes || cp >= 0x80 || cp < 0x20 || cp == 0x7f))
		pst_buf_addf(p->out, "\\x%02x", cp);
	else if (cp <= 0xffff)
		pst_buf_addf(p->out, "\\u%04x", cp);
	else
		pst_buf_addf(p->out, "\\U%08x", cp);
}

static void put_char(struct pr *p, uint32_t cp, char quote, bool bytes)
{
	bool ascii_only = bytes || p->o.version->major < 3;

	if (cp == (uint32_t)quote || cp == '\\' || (cp == '\'' && p->escape_single))
		pst_buf_addf(p->out, "\\%c", (int)cp);
	else if (cp == '\n')
		pst_buf_adds(p->out, "\\n");
	else if (cp == '\r')
		pst_buf_adds(p->out, "\\r");
	else if (cp == '\t')
		pst_buf_adds(p->out, "\\t");
	else if (cp >= 0x20 && cp < 0x7f)
		pst_buf_addc(p->out, (char)cp);
	else if (ascii_only || !is_printable(cp))
		put_escaped(p, cp, bytes);
	else
		pst_text_put_utf8(p->out, cp);
}

/* Units, with the halves of UTF-16 joined; *HALF goes from chunk to chunk. */
static void put_units(struct pr *p, const struct pst_ustr *s, const uint32_t *units, size_t n,
		      char quote, uint32_t *half)
{
	for (size_t i = 0; i < n && !pr_full(p); i++) {
		uint32_t cp = units[i];

		if (*half && cp >= 0xdc00 && cp <= 0xdfff) {
			put_char(p, 0x10000 + ((*half - 0xd800) << 10) + (cp - 0xdc00), quote,
				 false);
			*half = 0;
			continue;
		}
		if (*half)
			put_char(p, *half, quote, false);
		*half = s->wide && s->unit == 2 && cp >= 0xd800 && cp <= 0xdbff ? cp : 0;
		if (!*half)
			put_char(p, cp, quote, s->bytes);
	}
}

void pr_quoted(struct pr *p, const struct pst_ustr *s)
{
	char quote = choose_quote(p, s);
	uint64_t len = shown(p, s);
	uint32_t units[CHUNK], half = 0;

	if (pr_full(p))
		return;
	pst_buf_addc(p->out, quote);
	for (uint64_t at = 0; at < len && !pr_full(p); at += CHUNK) {
		size_t n = len - at < CHUNK ? (size_t)(len - at) : CHUNK;

		if (!pst_ustr_get(&p->o, s, at, n, units)) {
			pst_buf_addc(p->out, '?');
			break;
		}
		put_units(p, s, units, n, quote, &half);
	}
	if (half)
		put_char(p, half, quote, false);
	if (len < s->len)
		pst_buf_adds(p->out, "...");
	pst_buf_addc(p->out, quote);
}

void pr_quoted_utf8(struct pr *p, const char *s, size_t n)
{
	char quote = memchr(s, '\'', n) && !memchr(s, '"', n) ? '"' : '\'';
	const uint8_t *at = (const uint8_t *)s, *end = at + n;

	if (pr_full(p))
		return;
	pst_buf_addc(p->out, quote);
	while (at < end && !pr_full(p)) {
		utf8proc_int32_t cp;
		utf8proc_ssize_t len = utf8proc_iterate(at, end - at, &cp);

		put_char(p, len > 0 ? (uint32_t)cp : *at, quote, len <= 0);
		at += len > 0 ? len : 1;
	}
	pst_buf_addc(p->out, quote);
}

void pr_str(struct pr *p, const struct pr_value *v)
{
	struct pst_ustr s;

	if (!pst_ustr_open(&p->o, v->addr, &s)) {
		pr_puts(p, "?");
		return;
	}
	if (p->o.version->major < 3 && !s.bytes)
		pr_puts(p, "u");
	pr_quoted(p, &s);
}

void pr_bytes(struct pr *p, const struct pr_value *v)
{
	struct pst_ustr s;

	if (!pst_ustr_bytes(&p->o, v->addr, &s)) {
		pr_puts(p, "?");
		return;
	}
	if (p->o.version->major >= 3)
		pr_puts(p, "b");
	pr_quoted(p, &s);
}

/* Since 3.4 the data may start behind the start of the memory (Objects/bytearrayobject.c). */
void pr_bytearray(struct pr *p, const struct pr_value *v)
{
	const struct pst_layout *l = p->o.layout;
	int32_t field =
		l->bytearray_ob_start != PST_ABSENT ? l->bytearray_ob_start : l->bytearray_ob_bytes;
	struct pst_ustr s = {.unit = 1, .bytes = true};
	int64_t len;

	if (!pst_object_ssize(&p->o, v->addr, l->var_ob_size, &len) || len < 0 ||
	    (uint64_t)len > PST_USTR_MAX) {
		pr_puts(p, "?");
		return;
	}
	s.len = (uint64_t)len;
	s.data = pst_object_ptr(&p->o, v->addr, field);
	pr_short_name(p, &v->cls);
	pr_puts(p, "(b");			/* in 2.x too */
	p->escape_single = !pr_since(p, 3, 15); /* bytearray_repr() */
	pr_quoted(p, &s);
	p->escape_single = false;
	pr_puts(p, ")");
}
