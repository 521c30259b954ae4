// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "base/buf.h"
#include "base/text.h"

#include <string.h>

static void sanitise_n(const char *in, size_t n, size_t max, const char *want)
{
	struct pst_buf b = {0};

	pst_text_sanitise(&b, in, n, max);
	assert_string_equal(pst_buf_text(&b), want);
	assert_int_equal(b.len, strlen(want));
	pst_buf_free(&b);
}

static void same(const char *text)
{
	sanitise_n(text, strlen(text), 0, text);
}

static void becomes(const char *in, const char *want)
{
	sanitise_n(in, strlen(in), 0, want);
}

static void test_plain_text_passes(void **state)
{
	(void)state;
	same("");
	same("handle_request (/srv/app/main.py:42)");
	same("C:\\temp\\new");
	same("größe Ελληνικά русский עברית العربية हिन्दी 日本語 한국어 ไทย");
	same("a\u00a0b \u3000 \ufffd");
	same("\ue0b0 private use");
	same("\u0600\u0661"); /* Arabic number sign: a format character that is seen */
}

static void test_bad_bytes(void **state)
{
	(void)state;
	becomes("a\xff" "b", "a\\xffb");
	becomes("\x80", "\\x80");
	becomes("\xc3", "\\xc3");	      /* cut in the middle */
	becomes("\xe6\x97", "\\xe6\\x97");
	becomes("\xe6\x97(", "\\xe6\\x97(");
	becomes("\xc0\xaf", "\\xc0\\xaf");    /* overlong / */
	becomes("\xe0\x80\xaf", "\\xe0\\x80\\xaf");
	becomes("\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf");
	becomes("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* above U+10FFFF */
	becomes("\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80");
	becomes("é\xc3", "é\\xc3");
	sanitise_n("a\0b", 3, 0, "a\\x00b");
	/* A character cut off by the length is bad bytes, even when the rest lies behind. */
	sanitise_n("é", 1, 0, "\\xc3");
}

static void test_surrogates(void **state)
{
	(void)state;
	becomes("\xed\xa0\x80", "\\ud800");
	becomes("\xed\xb2\x80x", "\\udc80x");
	becomes("\xed\xbf\xbf", "\\udfff");
	becomes("\xed\x9f\xbb\xee\x80\x80", "\xed\x9f\xbb\xee\x80\x80"); /* their neighbours */
}

static void test_controls(void **state)
{
	(void)state;
	becomes("a\nb\tc\rd", "a\\nb\\tc\\rd");
	becomes("\x1b[31mred\x1b]0;title\x07", "\\x1b[31mred\\x1b]0;title\\x07");
	becomes("\x7f", "\\x7f");
	becomes("\xc2\x85\xc2\x9b" "1m", "\\x85\\x9b1m");
	becomes("\u2028\u2029", "\\u2028\\u2029");
	becomes("\u00ad", "\\xad");
}

static void test_bidi_and_invisible(void **state)
{
	(void)state;
	becomes("\u202eevil\u202c", "\\u202eevil\\u202c");
	becomes("\u2066x\u2069", "\\u2066x\\u2069");
	becomes("\u200e\u200f\u061c", "\\u200e\\u200f\\u061c");
	becomes("a\u200bb\u2060c\ufeff", "a\\u200bb\\u2060c\\ufeff");
	becomes("x\u034fy", "x\\u034fy");
	becomes("x\u3164\uffa0\u115f\u1160", "x\\u3164\\uffa0\\u115f\\u1160");
	becomes("a\U000E0041\U000E007F", "a\\U000e0041\\U000e007f"); /* tags */
	becomes("\u845b\U000E0100", "\u845b\\U000e0100");
}

static void test_not_characters(void **state)
{
	(void)state;
	becomes("\ufdd0", "\\ufdd0");
	becomes("\uffff", "\\uffff");
	becomes("\U0010ffff", "\\U0010ffff");
	becomes("\u0378", "\\u0378"); /* not assigned */
}

static void test_emoji(void **state)
{
	(void)state;
	same("👩‍💻 👨‍👩‍👧‍👦 👩🏽‍🚀 🏳️‍🌈 ❤️‍🔥 👍🏿 🇩🇪 1️⃣ #️⃣ ❤️");
	becomes("a\u200db", "a\\u200db"); /* joins nothing */
	becomes("👩\u200d", "👩\\u200d");
	becomes("👩\u200dx", "👩\\u200dx");
	becomes("👩\u200d\u200d💻", "👩\\u200d\\u200d💻");
	becomes("a\ufe0f", "a\\ufe0f");
	becomes("1\ufe0f", "1\\ufe0f"); /* no keycap follows */
	becomes("❤\ufe0e", "❤\\ufe0e");
	becomes("\ufe0f\u200d", "\\ufe0f\\u200d");
}

static void test_joining_scripts(void **state)
{
	(void)state;
	same("می\u200cخواهم");	     /* Persian: ZWNJ inside a word */
	same("ක්\u200dරී");	     /* Sinhala: virama, ZWJ */
	same("അവന്\u200d");	     /* Malayalam: virama, ZWJ at the end */
	becomes("می\u200c", "می\\u200c");
	becomes("می\u200c\u200cخ", "می\\u200c\\u200cخ");
	becomes("na\u200cme", "na\\u200cme");
	becomes("م\u200cx", "م\\u200cx");
}

static void test_marks(void **state)
{
	char in[256] = "z", want[512] = "z";

	(void)state;
	same("e\u0301 n\u0303 \u0915\u094d\u0937\u093f");
	/* A mark with nothing to sit on would change what the screen shows before it. */
	becomes("\u0301x", "\\u0301x");
	becomes("\x1b\u0301", "\\x1b\\u0301");
	for (int i = 0; i < 30; i++) {
		strcat(in, "\u0335");
		strcat(want, "\u0335");
	}
	same(in);
	strcat(in, "\u0335" "a\u0335");
	strcat(want, "\\u0335" "a\u0335");
	becomes(in, want);
}

static void test_limit(void **state)
{
	(void)state;
	sanitise_n("hello", 5, 5, "hello");
	sanitise_n("hello", 5, 4, "hell…");
	sanitise_n("hello", 5, 1, "h…");
	sanitise_n("ab\x01", 3, 5, "ab…");     /* an escape is not split */
	sanitise_n("ab\x01", 3, 6, "ab\\x01");
	sanitise_n("日本語", 9, 7, "日本…");
	sanitise_n("xe\u0301", 4, 3, "x…");    /* nor is a cluster */
	sanitise_n("x👩\u200d💻", 12, 8, "x…");
	sanitise_n("👩\u200d💻", 11, 8, "…");
	sanitise_n("", 0, 3, "");
}

static void test_appends(void **state)
{
	struct pst_buf b = {0};

	(void)state;
	pst_text_sanitise(&b, "", 0, 0);
	assert_non_null(b.data);
	pst_buf_adds(&b, "before ");
	pst_text_sanitise(&b, "abcdef", 6, 3);
	assert_string_equal(b.data, "before abc…");
	pst_buf_free(&b);
}

/* Any bytes give valid UTF-8 without controls, and once clean stays clean. */
static void test_any_bytes(void **state)
{
	uint32_t seed = 12345;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct pst_buf once = {0}, twice = {0};
		char in[24];
		size_t n = (size_t)round % sizeof in + 1;

		for (size_t i = 0; i < n; i++) {
			static const char parts[] = "\xe2\x80\x8d\xae\xf0\x9f\x91\xa9\xef\xb8\x8f\xcc\x81";

			seed = seed * 1664525u + 1013904223u;
			in[i] = round & 1 ? parts[(seed >> 16) % (sizeof parts - 1)] : (char)(seed >> 24);
		}
		pst_text_sanitise(&once, in, n, 0);
		for (size_t i = 0; i < once.len; i++)
			assert_true((unsigned char)once.data[i] >= 0x20 && once.data[i] != 0x7f);
		pst_text_sanitise(&twice, once.data, once.len, 0);
		assert_string_equal(once.data, twice.data);
		pst_buf_free(&once);
		pst_buf_free(&twice);
	}
}

static void test_put_utf8(void **state)
{
	struct pst_buf b = {0};

	(void)state;
	pst_text_put_utf8(&b, 'a');
	pst_text_put_utf8(&b, 0xE9);
	pst_text_put_utf8(&b, 0x65E5);
	pst_text_put_utf8(&b, 0x1F600);
	pst_text_put_utf8(&b, 0xD800);
	pst_text_put_utf8(&b, 0xDFFF);
	pst_text_put_utf8(&b, 0x110000);
	pst_text_put_utf8(&b, 0xFFFFFFFF);
	assert_string_equal(b.data, "aé日😀\ufffd\ufffd\ufffd\ufffd");
	pst_buf_free(&b);
}

static void cluster(const char *s, size_t want_len, int want_cells)
{
	int cells = -1;

	assert_int_equal(pst_text_cluster(s, strlen(s), &cells), want_len);
	assert_int_equal(cells, want_cells);
}

static void test_clusters(void **state)
{
	int cells;

	(void)state;
	cluster("ab", 1, 1);
	cluster("éa", 2, 1);
	cluster("e\u0301a", 3, 1);
	cluster("日本", 3, 2);
	cluster("\uff21", 3, 2); /* fullwidth A */
	cluster("\uff71", 3, 1); /* halfwidth katakana */
	cluster("\u1112\u1161\u11ab", 9, 2); /* Hangul in parts */
	cluster("각", 3, 2);
	cluster("\u0301", 2, 0);
	cluster("😀x", 4, 2);
	cluster("👩‍💻x", 11, 2);
	cluster("👨‍👩‍👧‍👦", 25, 2);
	cluster("👍🏿!", 8, 2);
	cluster("🇩🇪🇫🇷", 8, 2);
	cluster("❤️", 6, 2);
	cluster("❤x", 3, 1);
	cluster("1️⃣", 7, 2);
	cluster("\xff\xfe", 1, 1);
	cluster("\xed\xa0\x80", 1, 1);
	cluster("a\xff", 1, 1);
	assert_int_equal(pst_text_cluster("", 0, &cells), 0);
	assert_int_equal(cells, 0);
	assert_int_equal(pst_text_cluster("日", 2, &cells), 1); /* cut off */
	assert_int_equal(cells, 1);
}

static int cells_of(const char *s)
{
	return pst_text_cells(s, strlen(s));
}

static void test_cells(void **state)
{
	(void)state;
	assert_int_equal(cells_of(""), 0);
	assert_int_equal(cells_of("plain"), 5);
	assert_int_equal(cells_of("größe"), 5);
	assert_int_equal(cells_of("日本語 x"), 8);
	assert_int_equal(cells_of("👩‍💻👍🏿🇩🇪"), 6);
	assert_int_equal(cells_of("e\u0301e\u0301"), 2);
	assert_int_equal(cells_of("ไทย"), 3);
	assert_int_equal(cells_of("a…"), 2);
	assert_int_equal(cells_of("\xff\xff"), 2);
}

static void fits(const char *s, int cells, size_t want_len, int want_used)
{
	int used = -1;

	assert_int_equal(pst_text_fit(s, strlen(s), cells, &used), want_len);
	assert_int_equal(used, want_used);
}

static void test_fit(void **state)
{
	(void)state;
	fits("plain", 3, 3, 3);
	fits("plain", 5, 5, 5);
	fits("plain", 9, 5, 5);
	fits("plain", 0, 0, 0);
	fits("plain", -1, 0, 0);
	fits("日本語", 5, 6, 4);
	fits("日本語", 1, 0, 0);
	fits("e\u0301x", 1, 3, 1); /* the mark stays with its base */
	fits("👩‍💻x", 2, 11, 2);
	fits("👩‍💻x", 1, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_text_passes),
		cmocka_unit_test(test_bad_bytes),
		cmocka_unit_test(test_surrogates),
		cmocka_unit_test(test_controls),
		cmocka_unit_test(test_bidi_and_invisible),
		cmocka_unit_test(test_not_characters),
		cmocka_unit_test(test_emoji),
		cmocka_unit_test(test_joining_scripts),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_appends),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_put_utf8),
		cmocka_unit_test(test_clusters),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_fit),
	};

	return cmocka_run_group_tests_name("base/text", tests, NULL, NULL);
}
