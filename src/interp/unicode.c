// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/object.h"

#include <string.h>

#include "base/text.h"

static uint64_t word_at(const uint8_t *raw, int32_t off)
{
	uint64_t word;

	memcpy(&word, raw + off, sizeof word);
	return word;
}

/* Up to 3.2: length and pointer (Include/unicodeobject.h). */
static bool open_wide(const struct pst_objects *o, uint64_t addr, struct pst_ustr *out)
{
	const struct pst_layout *l = o->layout;
	int64_t len;

	if (!pst_object_ssize(o, addr, l->unicode_length, &len) || len < 0)
		return false;
	out->data = pst_object_ptr(o, addr, l->unicode_str);
	out->len = (uint64_t)len;
	out->unit = (unsigned)l->unicode_unit;
	out->wide = true;
	return out->data && (out->unit == 2 || out->unit == 4);
}

/* 3.3 to 3.11: a string that was never made ready keeps wchar_t characters. */
static bool open_unready(const struct pst_objects *o, uint64_t addr, struct pst_ustr *out)
{
	int64_t len;

	if (!pst_object_ssize(o, addr, o->layout->unicode_wstr_length, &len) || len < 0)
		return false;
	out->data = pst_object_ptr(o, addr, o->layout->unicode_wstr);
	out->len = (uint64_t)len;
	out->unit = 4;
	return out->data != 0;
}

static bool bit(uint32_t state, int32_t shift)
{
	return shift != PST_ABSENT && (state >> shift & 1);
}

bool pst_ustr_unicode(const struct pst_objects *o, uint64_t addr, struct pst_ustr *out)
{
	const struct pst_layout *l = o->layout;
	uint8_t head[128] = {0};
	uint32_t state;

	*out = (struct pst_ustr){0};
	if (l->unicode_family == PST_UNICODE_WIDE)
		return open_wide(o, addr, out) && out->len <= PST_USTR_MAX;
	if (l->unicode_ascii_size > (int32_t)sizeof head ||
	    !pst_object_bytes(o, addr, head, (size_t)l->unicode_ascii_size))
		return false;
	memcpy(&state, head + l->unicode_state, sizeof state);
	if (l->unicode_family == PST_UNICODE_LEGACY && !bit(state, l->unicode_ready_shift))
		return open_unready(o, addr, out) && out->len <= PST_USTR_MAX;
	out->len = word_at(head, l->unicode_length);
	out->unit = state >> l->unicode_kind_shift & ((1u << l->unicode_kind_bits) - 1);
	if (!bit(state, l->unicode_compact_shift))
		out->data = pst_object_ptr(o, addr, l->unicode_data);
	else if (bit(state, l->unicode_ascii_shift))
		out->data = addr + (uint64_t)l->unicode_ascii_size;
	else
		out->data = addr + (uint64_t)l->unicode_compact_size;
	return out->data && out->len <= PST_USTR_MAX &&
	       (out->unit == 1 || out->unit == 2 || out->unit == 4);
}

bool pst_ustr_bytes(const struct pst_objects *o, uint64_t addr, struct pst_ustr *out)
{
	int64_t len;

	if (!pst_object_ssize(o, addr, o->layout->var_ob_size, &len) || len < 0 ||
	    (uint64_t)len > PST_USTR_MAX)
		return false;
	*out = (struct pst_ustr){
		.data = addr + (uint64_t)o->layout->bytes_ob_sval,
		.len = (uint64_t)len,
		.unit = 1,
		.bytes = true,
	};
	return true;
}

/* Before 2.6 no flag tells: by name. */
static bool open_by_name(const struct pst_objects *o, uint64_t addr, uint64_t type,
			 struct pst_ustr *out)
{
	if (pst_type_is(o, type, "unicode"))
		return pst_ustr_unicode(o, addr, out);
	return pst_type_is(o, type, "str") && pst_ustr_bytes(o, addr, out);
}

bool pst_ustr_open(const struct pst_objects *o, uint64_t addr, struct pst_ustr *out)
{
	uint64_t type = pst_object_type(o, addr), flags;

	if (!type)
		return false;
	if (o->layout->type_has_subclass_flags != 1)
		return open_by_name(o, addr, type, out);
	if (!pst_object_u64(o, type, o->layout->type_tp_flags, &flags))
		return false;
	if (flags & PST_TPFLAGS_UNICODE_SUBCLASS)
		return pst_ustr_unicode(o, addr, out);
	return (flags & PST_TPFLAGS_BYTES_SUBCLASS) && pst_ustr_bytes(o, addr, out);
}

bool pst_ustr_get(const struct pst_objects *o, const struct pst_ustr *s, uint64_t from, size_t n,
		  uint32_t *out)
{
	uint8_t raw[256 * 4];

	if (n > 256 || from > s->len || n > s->len - from)
		return false;
	if (n && !pst_object_bytes(o, s->data + from * s->unit, raw, n * s->unit))
		return false;
	for (size_t i = 0; i < n; i++) {
		out[i] = raw[i * s->unit];
		if (s->unit >= 2)
			out[i] |= (uint32_t)raw[i * s->unit + 1] << 8;
		if (s->unit == 4)
			out[i] |= (uint32_t)raw[i * 4 + 2] << 16 | (uint32_t)raw[i * 4 + 3] << 24;
	}
	return true;
}

bool pst_ustr_is(const struct pst_objects *o, uint64_t addr, const char *name)
{
	struct pst_ustr s;
	uint32_t got[256];
	size_t n = strlen(name);

	if (!pst_ustr_open(o, addr, &s) || s.len != n || !pst_ustr_get(o, &s, 0, n, got))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (got[i] != (uint8_t)name[i])
			return false;
	}
	return true;
}

static bool is_low_surrogate(uint32_t cp)
{
	return cp >= 0xdc00 && cp <= 0xdfff;
}

/* One code point as UTF-8, a surrogate as text. */
static void put(struct pst_buf *out, uint32_t cp)
{
	if (cp >= 0xd800 && cp <= 0xdfff)
		pst_buf_addf(out, "\\u%04x", cp);
	else
		pst_text_put_utf8(out, cp);
}

/* Units of a chunk; *HALF carries the first half of a UTF-16 pair from chunk to chunk. */
static void put_units(struct pst_buf *out, const struct pst_ustr *s, const uint32_t *units,
		      size_t n, uint32_t *half)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t cp = units[i];

		if (s->bytes) {
			pst_buf_addc(out, (char)cp);
			continue;
		}
		if (*half && is_low_surrogate(cp)) {
			put(out, 0x10000 + ((*half - 0xd800) << 10) + (cp - 0xdc00));
			*half = 0;
			continue;
		}
		if (*half)
			put(out, *half);
		*half = s->wide && s->unit == 2 && cp >= 0xd800 && cp <= 0xdbff ? cp : 0;
		if (!*half)
			put(out, cp);
	}
}

enum pst_err pst_object_text(const struct pst_objects *o, uint64_t addr, size_t max,
			     struct pst_buf *out)
{
	uint32_t units[256], half = 0;
	struct pst_ustr s;
	size_t start = out->len;

	if (!pst_ustr_open(o, addr, &s))
		return PST_CORRUPT;
	for (uint64_t at = 0; at < s.len && out->len - start < max;) {
		size_t n = s.len - at < 256 ? (size_t)(s.len - at) : 256;

		if (!pst_ustr_get(o, &s, at, n, units))
			return PST_FAULT;
		put_units(out, &s, units, n, &half);
		at += n;
	}
	if (half)
		put(out, half);
	if (out->len - start > max) {
		size_t end = start + max;

		while (end > start && ((unsigned char)out->data[end] & 0xc0) == 0x80)
			end--;
		pst_buf_cut(out, end);
	}
	return PST_OK;
}
