// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

/*
 * Line tables.  Formats: Objects/lnotab_notes.txt (up to 3.10), Objects/locations.md (3.11 to 3.13,
 * later InternalDocs/code_objects.md).  Sums wrap as unsigned: a table may hold anything.
 */

struct reader {
	const uint8_t *at, *end;
};

static uint32_t add(uint32_t a, int32_t b)
{
	return a + (uint32_t)b;
}

/* A line number, 0 for what cannot be one. */
static int32_t line_of(uint32_t line)
{
	return line > 0 && line <= INT32_MAX ? (int32_t)line : 0;
}

static void decode_lnotab(const uint8_t *p, size_t len, bool is_signed, int32_t lasti,
			  uint32_t line, struct pst_position *out)
{
	uint64_t addr = 0;

	for (size_t i = 0; i + 1 < len; i += 2) {
		addr += p[i];
		if (addr > (uint64_t)lasti)
			break;
		line = add(line, is_signed ? (int8_t)p[i + 1] : p[i + 1]);
	}
	out->line = line_of(line);
}

static void decode_310(const uint8_t *p, size_t len, int32_t lasti, uint32_t line,
		       struct pst_position *out)
{
	uint64_t end = 0;

	for (size_t i = 0; i + 1 < len; i += 2) {
		int8_t delta = (int8_t)p[i + 1];

		end += p[i];
		if (delta != -128)
			line = add(line, delta);
		if ((uint64_t)lasti < end) {
			out->line = delta == -128 ? 0 : line_of(line);
			return;
		}
	}
}

/* Six bits per byte, least significant first; bit 6 says that more follow. */
static uint32_t varint(struct reader *r)
{
	uint32_t v = 0;

	for (unsigned shift = 0; r->at < r->end; shift += 6) {
		uint8_t b = *r->at++;

		if (shift < 32)
			v |= (uint32_t)(b & 63) << shift;
		if (!(b & 64))
			break;
	}
	return v;
}

static int32_t svarint(struct reader *r)
{
	uint32_t v = varint(r);

	return v & 1 ? -(int32_t)(v >> 1) : (int32_t)(v >> 1);
}

static uint8_t byte(struct reader *r)
{
	return r->at < r->end ? *r->at++ : 0;
}

/* A column that stands as value + 1, 0 for none. */
static int32_t column(uint32_t v)
{
	return v > 0 && v <= INT32_MAX ? (int32_t)(v - 1) : -1;
}

enum { CODE_ONE_LINE = 10, CODE_NO_COLUMNS = 13, CODE_LONG = 14, CODE_NONE = 15 };

/* Reads what follows the first byte of an entry of kind CODE; moves *LINE on. */
static void entry_311(struct reader *r, unsigned code, uint32_t *line, struct pst_position *out)
{
	*out = (struct pst_position){.col = -1, .end_col = -1};
	if (code == CODE_NONE)
		return;
	if (code >= CODE_NO_COLUMNS)
		*line = add(*line, svarint(r));
	else if (code >= CODE_ONE_LINE)
		*line += code - CODE_ONE_LINE;
	out->line = out->end_line = line_of(*line);
	if (code == CODE_LONG) {
		out->end_line = line_of(*line + varint(r));
		out->col = column(varint(r));
		out->end_col = column(varint(r));
	} else if (code >= CODE_ONE_LINE && code < CODE_NO_COLUMNS) {
		out->col = byte(r);
		out->end_col = byte(r);
	} else if (code < CODE_ONE_LINE) {
		uint8_t b = byte(r);

		out->col = (int32_t)(code << 3 | b >> 4);
		out->end_col = out->col + (b & 15);
	}
}

static void decode_311(const uint8_t *p, size_t len, int32_t lasti, uint32_t line,
		       struct pst_position *out)
{
	struct reader r = {p, p + len};
	uint64_t end = 0;

	while (r.at < r.end) {
		uint8_t first = *r.at++;
		struct pst_position here;

		if (!(first & 128)) /* every entry starts with a byte that has the high bit */
			return;
		entry_311(&r, first >> 3 & 15, &line, &here);
		end += 2 * ((uint64_t)(first & 7) + 1);
		if ((uint64_t)lasti < end) {
			*out = here;
			return;
		}
	}
}

void pst_lines_decode(int32_t format, const uint8_t *table, size_t len, int32_t first_line,
		      int32_t lasti, struct pst_position *out)
{
	*out = (struct pst_position){.col = -1, .end_col = -1};
	if (lasti == PST_LASTI_UNKNOWN)
		return;
	if (lasti < 0) {
		out->line = first_line > 0 ? first_line : 0;
	} else if (format == PST_LINES_311) {
		decode_311(table, len, lasti, (uint32_t)first_line, out);
	} else if (format == PST_LINES_310) {
		decode_310(table, len, lasti, (uint32_t)first_line, out);
	} else {
		decode_lnotab(table, len, format == PST_LINES_LNOTAB_SIGNED, lasti,
			      (uint32_t)first_line, out);
	}
	if (!out->end_line)
		out->end_line = out->line;
}
