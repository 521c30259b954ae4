// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/text.h"

#include "base/buf.h"

#include <utf8proc.h>

/* More marks on one base than this are no writing but vandalism (UAX #15, stream-safe format). */
#define MARKS_MAX 30

#define ZWNJ 0x200C
#define ZWJ 0x200D
#define VS16 0xFE0F
#define KEYCAP 0x20E3

/* One code point of a text, or one bad byte. */
struct unit {
	uint32_t cp;	/* the byte itself when bad */
	uint8_t size;	/* bytes it takes; 0 at the end */
	bool bad;	/* a byte that belongs to no character */
	bool surrogate; /* a surrogate in the shape of UTF-8, as "surrogatepass" writes it */
};

static struct unit decode(const char *s, size_t n)
{
	const uint8_t *b = (const uint8_t *)s;
	utf8proc_int32_t cp;

	if (!n)
		return (struct unit){0};
	if (b[0] < 0x80)
		return (struct unit){.cp = b[0], .size = 1};
	if (n >= 3 && b[0] == 0xED && b[1] >= 0xA0 && b[1] <= 0xBF && (b[2] & 0xC0) == 0x80)
		return (struct unit){.cp = 0xD000U | (b[1] & 0x3FU) << 6 | (b[2] & 0x3FU),
				     .size = 3,
				     .surrogate = true};
	utf8proc_ssize_t len = utf8proc_iterate(b, n < 4 ? (utf8proc_ssize_t)n : 4, &cp);
	if (len <= 0 || cp < 0)
		return (struct unit){.cp = b[0], .size = 1, .bad = true};
	return (struct unit){.cp = (uint32_t)cp, .size = (uint8_t)len};
}

static utf8proc_category_t category(uint32_t cp)
{
	return utf8proc_category((utf8proc_int32_t)cp);
}

static bool is_mark(uint32_t cp)
{
	utf8proc_category_t c = category(cp);

	return c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_ME || c == UTF8PROC_CATEGORY_MC;
}

static bool is_pictograph(uint32_t cp)
{
	/* Digits, # and * are left out: they are emoji only as keycaps. */
	return cp > 0x7F && utf8proc_get_property((utf8proc_int32_t)cp)->boundclass ==
				    UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

/* Skin tones. */
static bool is_emoji_modifier(uint32_t cp)
{
	return cp >= 0x1F3FB && cp <= 0x1F3FF;
}

static bool is_keycap_base(uint32_t cp)
{
	return (cp >= '0' && cp <= '9') || cp == '#' || cp == '*';
}

/* Letters and marks of the scripts whose letters join: there ZWJ and ZWNJ change what is read. */
static bool joins(uint32_t cp)
{
	static const struct {
		uint32_t first, last;
	} scripts[] = {
		{0x0600, 0x109F},   /* Arabic, Syriac, the scripts of India, Myanmar */
		{0x1700, 0x18AF},   /* Khmer, Mongolian */
		{0x1A20, 0x1CFF},   /* Tai Tham, Balinese, Lepcha, Vedic marks */
		{0xA800, 0xABFF},   /* Syloti Nagri to Meetei Mayek */
		{0xFB50, 0xFDFF},   /* Arabic forms */
		{0x10A00, 0x11FFF}, /* Kharoshthi, Brahmi and its children */
		{0x1E900, 0x1E95F}, /* Adlam */
	};
	utf8proc_category_t c = category(cp);

	if (!is_mark(cp) && !(c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO))
		return false;
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
		if (cp >= scripts[i].first && cp <= scripts[i].last)
			return true;
	return false;
}

/* Format characters that are seen: number signs and the like that enclose what follows. */
static bool is_seen_format(uint32_t cp)
{
	return utf8proc_get_property((utf8proc_int32_t)cp)->boundclass == UTF8PROC_BOUNDCLASS_PREPEND;
}

/* Letters and marks that show nothing (Default_Ignorable_Code_Point without the Cf ones). */
static bool is_blank_filler(uint32_t cp)
{
	return cp == 0x034F || cp == 0x115F || cp == 0x1160 || cp == 0x17B4 || cp == 0x17B5 ||
	       (cp >= 0x180B && cp <= 0x180F) || cp == 0x3164 || (cp >= 0xFE00 && cp <= 0xFE0F) ||
	       cp == 0xFFA0 || (cp >= 0xE0100 && cp <= 0xE01EF);
}

static bool is_harmful(uint32_t cp)
{
	switch (category(cp)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return true;
	case UTF8PROC_CATEGORY_CF:
		return !is_seen_format(cp);
	default:
		return is_blank_filler(cp);
	}
}

/* ---- sanitise ---------------------------------------------------------------------------- */

struct cleaner {
	struct pst_buf *out;
	size_t start, max; /* of the output; MAX 0: no limit */
	size_t cluster;	   /* where the last cluster begins in the output */
	uint32_t last;	   /* code point put last; 0: none, or an escape */
	uint32_t base;	   /* last one that was no mark, joiner or skin tone; 0 as above */
	unsigned marks;	   /* on that base */
	utf8proc_int32_t breaks; /* state of the grapheme rules */
};

/* Whether a joiner or VS16, which shows nothing itself, does honest work at this place. */
static bool has_work(const struct cleaner *c, uint32_t cp, const char *rest, size_t n)
{
	struct unit next = decode(rest, n);
	uint32_t after = next.bad || next.surrogate ? 0 : next.cp;

	if (cp == VS16)
		return is_pictograph(c->last) || (is_keycap_base(c->last) && after == KEYCAP);
	if (cp == ZWJ && is_pictograph(c->base) && c->last != ZWJ)
		return is_pictograph(after);
	if (cp != ZWJ && cp != ZWNJ)
		return false;
	if (!joins(c->last))
		return false;
	/* Some scripts end a word in virama + ZWJ. */
	return joins(after) ||
	       (cp == ZWJ &&
		utf8proc_get_property((utf8proc_int32_t)c->last)->combining_class == 9);
}

static bool may_pass(const struct cleaner *c, uint32_t cp, const char *rest, size_t n)
{
	if (cp == VS16 || cp == ZWJ || cp == ZWNJ)
		return has_work(c, cp, rest, n);
	if (is_harmful(cp))
		return false;
	return !is_mark(cp) || (c->base && c->marks < MARKS_MAX);
}

/* Puts N bytes, or cuts back to a whole cluster and says that something was left out. */
static bool put(struct cleaner *c, const char *bytes, size_t n, bool new_cluster)
{
	if (new_cluster)
		c->cluster = c->out->len;
	if (c->max && c->out->len - c->start + n > c->max) {
		pst_buf_cut(c->out, c->cluster);
		pst_buf_adds(c->out, "…");
		return false;
	}
	pst_buf_add(c->out, bytes, n);
	return true;
}

static bool put_char(struct cleaner *c, const char *bytes, const struct unit *u)
{
	bool fresh = !c->last || utf8proc_grapheme_break_stateful((utf8proc_int32_t)c->last,
								  (utf8proc_int32_t)u->cp,
								  &c->breaks);

	if (is_mark(u->cp)) {
		c->marks++;
	} else if (u->cp != ZWJ && u->cp != ZWNJ && !is_emoji_modifier(u->cp)) {
		c->base = u->cp;
		c->marks = 0;
	}
	c->last = u->cp;
	return put(c, bytes, u->size, fresh);
}

static bool put_escape(struct cleaner *c, const struct unit *u)
{
	static const char hex[] = "0123456789abcdef";
	char text[12] = {'\\'};
	size_t n = 2;
	int digits = u->cp <= 0xFF ? 2 : u->cp <= 0xFFFF ? 4 : 8;

	c->last = c->base = 0;
	c->breaks = 0;
	if (u->cp == '\n' || u->cp == '\t' || u->cp == '\r') {
		text[1] = u->cp == '\n' ? 'n' : u->cp == '\t' ? 't' : 'r';
		return put(c, text, n, true);
	}
	text[1] = digits == 2 ? 'x' : digits == 4 ? 'u' : 'U';
	while (digits--)
		text[n++] = hex[u->cp >> (4 * digits) & 0xF];
	return put(c, text, n, true);
}

void pst_text_sanitise(struct pst_buf *out, const char *bytes, size_t n, size_t max_bytes)
{
	struct cleaner c = {.out = out, .start = out->len, .max = max_bytes, .cluster = out->len};

	pst_buf_add(out, "", 0);
	while (n) {
		struct unit u = decode(bytes, n);
		bool pass = !u.bad && !u.surrogate &&
			    may_pass(&c, u.cp, bytes + u.size, n - u.size);

		if (!(pass ? put_char(&c, bytes, &u) : put_escape(&c, &u)))
			return;
		bytes += u.size;
		n -= u.size;
	}
}

void pst_text_put_utf8(struct pst_buf *out, uint32_t cp)
{
	utf8proc_uint8_t bytes[4];

	if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		cp = 0xFFFD;
	pst_buf_add(out, bytes, (size_t)utf8proc_encode_char((utf8proc_int32_t)cp, bytes));
}

/* ---- cells ------------------------------------------------------------------------------- */

static int width(uint32_t cp)
{
	return utf8proc_charwidth((utf8proc_int32_t)cp);
}

size_t pst_text_cluster(const char *s, size_t n, int *cells)
{
	struct unit u = decode(s, n);
	size_t len = u.size;
	utf8proc_int32_t state = 0;

	if (!len || u.bad || u.surrogate) {
		*cells = len ? 1 : 0;
		return len ? 1 : 0;
	}
	*cells = width(u.cp);
	for (;;) {
		struct unit next = decode(s + len, n - len);

		if (!next.size || next.bad || next.surrogate ||
		    utf8proc_grapheme_break_stateful((utf8proc_int32_t)u.cp,
						     (utf8proc_int32_t)next.cp, &state))
			break;
		*cells += next.cp == VS16 && (is_pictograph(u.cp) || is_keycap_base(u.cp)) ?
				  2 :
				  width(next.cp);
		/* The parts of one emoji, or of one syllable, share the cells of the first. */
		if (*cells > 2)
			*cells = 2;
		len += next.size;
		u = next;
	}
	return len;
}

int pst_text_cells(const char *s, size_t n)
{
	int sum = 0, cells;

	for (size_t len; (len = pst_text_cluster(s, n, &cells)) > 0; s += len, n -= len)
		sum += cells;
	return sum;
}

size_t pst_text_fit(const char *s, size_t n, int cells, int *used)
{
	size_t at = 0;
	int w;

	*used = 0;
	for (size_t len; (len = pst_text_cluster(s + at, n - at, &w)) > 0; at += len) {
		if (w > cells - *used)
			break;
		*used += w;
	}
	return at;
}
