// SPDX-License-Identifier: MIT
#include "config.h"

#include <string.h>

#include "ui/canvas.h"
#include "unit.h"

static struct canvas canvas;

/* The text of a row, right halves left out. */
static const char *row_text(int row)
{
	static char out[4096];
	size_t used = 0;

	out[0] = '\0';
	for (int col = 0; col < canvas.cols; col++) {
		const char *text = canvas.at[row * canvas.stride + col].text;

		memcpy(out + used, text, strlen(text) + 1);
		used += strlen(text);
	}
	return out;
}

static void blank(int rows, int cols)
{
	canvas.ascii = false;
	canvas_resize(&canvas, rows, cols);
}

static void test_text_is_clipped(void **state)
{
	(void)state;
	blank(2, 5);
	assert_int_equal(canvas_text(&canvas, 0, 1, 99, ST_BOLD, "abcdefgh"), 5);
	assert_string_equal(row_text(0), " abcd");
	assert_string_equal(row_text(1), "     ");
	assert_int_equal(canvas_text(&canvas, 5, 0, 5, ST_BOLD, "x"), 0);
	assert_int_equal(canvas_text(&canvas, -1, 0, 5, ST_BOLD, "x"), 0);
	assert_int_equal(canvas_text(&canvas, 0, -3, 5, ST_BOLD, "x"), -3);
	assert_int_equal(canvas.at[1].style, ST_BOLD);
	assert_int_equal(canvas.at[0].style, ST_NORMAL);
}

static void test_wide_is_never_split(void **state)
{
	(void)state;
	blank(1, 5);
	assert_int_equal(canvas_text(&canvas, 0, 0, 5, ST_NORMAL, "店計算"), 5);
	assert_string_equal(row_text(0), "店計 ");
	assert_int_equal(canvas.at[0].cells, 2);
	assert_int_equal(canvas.at[1].cells, 0);
	/* One half overwritten: the other becomes blank. */
	canvas_text(&canvas, 0, 1, 5, ST_NORMAL, "x");
	assert_string_equal(row_text(0), " x計 ");
	canvas_text(&canvas, 0, 2, 5, ST_NORMAL, "y");
	assert_string_equal(row_text(0), " xy  ");
	assert_int_equal(canvas.at[3].cells, 1);
}

static void test_clusters_stay_whole(void **state)
{
	(void)state;
	blank(1, 8);
	assert_int_equal(canvas_text(&canvas, 0, 0, 8, ST_NORMAL, "e\xcc\x81\xcc\xa7x"), 2);
	assert_string_equal(canvas.at[0].text, "e\xcc\x81\xcc\xa7");
	blank(1, 8);
	assert_int_equal(canvas_text(&canvas, 0, 0, 8, ST_NORMAL, "👩‍👩‍👧!"), 3);
	assert_string_equal(canvas.at[0].text, "👩‍👩‍👧");
	assert_string_equal(canvas.at[2].text, "!");
}

static void test_heap_of_accents_is_cut_between_characters(void **state)
{
	char text[203] = "a";

	(void)state;
	for (int i = 0; i < 100; i++)
		memcpy(text + 1 + 2 * i, "\xcc\x81", 3);
	blank(1, 4);
	assert_true(canvas_text(&canvas, 0, 0, 4, ST_NORMAL, text) >= 1);
	assert_true(strlen(canvas.at[0].text) < CANVAS_CELL_BYTES);
	assert_int_equal(strlen(canvas.at[0].text) % 2, 1);
}

static void test_controls_are_harmless(void **state)
{
	(void)state;
	blank(1, 20);
	canvas_text(&canvas, 0, 0, 20, ST_NORMAL, "a\x1b[31m\n\x7f\xff\xc2\x9b");
	assert_string_equal(row_text(0), "a?[31m????          ");
}

static void test_cut_ends_in_an_ellipsis(void **state)
{
	(void)state;
	blank(1, 6);
	assert_int_equal(canvas_cut(&canvas, 0, 0, 6, ST_NORMAL, "abcdef"), 6);
	assert_string_equal(row_text(0), "abcdef");
	canvas_cut(&canvas, 0, 0, 6, ST_NORMAL, "abcdefg");
	assert_string_equal(row_text(0), "abcde…");
	blank(1, 6);
	canvas_cut(&canvas, 0, 0, 6, ST_NORMAL, "店店店店");
	assert_string_equal(row_text(0), "店店 …");
	assert_int_equal(canvas_cut(&canvas, 0, 6, 6, ST_NORMAL, "x"), 6);
}

static void test_right(void **state)
{
	(void)state;
	blank(1, 6);
	canvas_right(&canvas, 0, 0, 6, ST_NORMAL, "店1");
	assert_string_equal(row_text(0), "   店1");
	canvas_right(&canvas, 0, 0, 3, ST_NORMAL, "12345");
	assert_string_equal(row_text(0), "12…店1");
}

static void test_ascii_stand_ins(void **state)
{
	(void)state;
	blank(1, 12);
	canvas.ascii = true;
	canvas_text(&canvas, 0, 0, 12, ST_NORMAL, "a…▼▲·— 計e\xcc\x81µ");
	assert_string_equal(row_text(0), "a~v^-- ?eu  ");
}

static void test_part(void **state)
{
	struct canvas part;

	(void)state;
	blank(3, 6);
	part = canvas_part(&canvas, 1, 2, 9, 3);
	assert_int_equal(part.rows, 2);
	canvas_text(&part, 0, 0, 9, ST_NORMAL, "abcdef");
	assert_string_equal(row_text(1), "  abc ");
	canvas_paint(&part, 0, 0, 99, ST_SELECT);
	assert_int_equal(canvas.at[6 + 4].style, ST_SELECT);
	assert_int_equal(canvas.at[6 + 5].style, ST_NORMAL);
	part = canvas_part(&canvas, 3, 0, 1, 6);
	assert_int_equal(part.rows, 0);
	canvas_fill(&part, 0, ST_BOLD);
	part = canvas_part(&canvas, -1, -1, 1, -6);
	assert_int_equal(canvas_text(&part, 0, 0, 5, ST_NORMAL, "x"), 0);
}

static int done(void **state)
{
	(void)state;
	canvas_free(&canvas);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_is_clipped),
		cmocka_unit_test(test_wide_is_never_split),
		cmocka_unit_test(test_clusters_stay_whole),
		cmocka_unit_test(test_heap_of_accents_is_cut_between_characters),
		cmocka_unit_test(test_controls_are_harmless),
		cmocka_unit_test(test_cut_ends_in_an_ellipsis),
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_ascii_stand_ins),
		cmocka_unit_test(test_part),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
