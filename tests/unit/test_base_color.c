// SPDX-License-Identifier: MIT
#include "config.h"

#include <math.h>
#include <stdio.h>

#include "base/color.h"
#include "unit.h"

static double linear(unsigned part)
{
	double v = part / 255.0;

	return v <= 0.03928 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

/* Of black text on COLOR. */
static double contrast(uint32_t color)
{
	double light = 0.2126 * linear(color >> 16 & 0xff) + 0.7152 * linear(color >> 8 & 0xff) +
		       0.0722 * linear(color & 0xff);

	return (light + 0.05) / 0.05;
}

static void test_same_everywhere(void **state)
{
	(void)state;
	/* Files written earlier keep their colours: these are never to change. */
	assert_int_equal(pst_flame_color("", false), 0xf19c45);
	assert_int_equal(pst_flame_color("fib", false), 0xeb8142);
	assert_int_equal(pst_flame_color("fib", true), 0x9db4c4);
	assert_int_equal(pst_flame_color("计算", false), 0xf2aa49);
}

static void test_text_is_readable(void **state)
{
	static const uint32_t fixed[] = {PST_COLOR_ROOT, PST_COLOR_REST, PST_COLOR_FOUND,
					 PST_COLOR_SAME};
	char name[32];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof name, "function_%d", i);
		assert_true(contrast(pst_flame_color(name, i % 2)) >= 4.5);
	}
	for (double d = -1; d <= 1; d += 0.001)
		assert_true(contrast(pst_flame_diff_color(d < 0 ? -d : 0, d > 0 ? d : 0)) >= 4.5);
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		assert_true(contrast(fixed[i]) >= 4.5);
}

/* Against all of the palette, by the same measure. */
static void test_nearest(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		seed = seed * 1664525 + 1013904223;
		uint32_t color = seed >> 8;
		unsigned least = 1000, mine = pst_color_256(color);

		for (unsigned k = 16; k < 256; k++) {
			unsigned d = pst_color_distance(color, pst_color_of_256(k));

			least = d < least ? d : least;
		}
		assert_in_range(mine, 16, 255);
		assert_in_range(pst_color_distance(color, pst_color_of_256(mine)), least,
				least + 1);
	}
}

/* The two families are told apart, and similar names within one. */
static void test_families(void **state)
{
	char name[32];
	unsigned near = 0;
	uint32_t before = 0;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof name, "f%d", i);
		uint32_t own = pst_flame_color(name, false), library = pst_flame_color(name, true);

		assert_true((own >> 16 & 0xff) > (own & 0xff) + 60);
		assert_true((library >> 16 & 0xff) <= (library & 0xff));
		assert_true(pst_color_distance(own, PST_COLOR_FOUND) > 60);
		near += pst_color_distance(own, before) < 8;
		before = own;
	}
	assert_true(near < 400);
}

static void test_difference(void **state)
{
	(void)state;
	assert_int_equal(pst_flame_diff_color(0.5, 0.5), PST_COLOR_SAME);
	assert_int_equal(pst_flame_diff_color(0.5, 0.5004), PST_COLOR_SAME);
	assert_int_equal(pst_flame_diff_color(0, NAN), PST_COLOR_SAME);

	uint32_t some = pst_flame_diff_color(0.1, 0.11), much = pst_flame_diff_color(0.1, 0.5);

	assert_true((some >> 16 & 0xff) > (some >> 8 & 0xff) + 20);
	assert_true((much >> 8 & 0xff) < (some >> 8 & 0xff));
	some = pst_flame_diff_color(0.11, 0.1);
	assert_true((some >> 8 & 0xff) > (some >> 16 & 0xff) + 20);
}

static void test_palette(void **state)
{
	(void)state;
	for (unsigned i = 16; i < 256; i++)
		assert_int_equal(pst_color_of_256(pst_color_256(pst_color_of_256(i))),
				 pst_color_of_256(i));
	assert_int_equal(pst_color_256(0xff0000), 196);
	assert_int_equal(pst_color_256(0xfe0203), 196);
	assert_int_equal(pst_color_256(0x808080), 244);
	assert_int_equal(pst_color_of_256(15), 0);
	assert_int_equal(pst_color_of_256(256), 0);
	assert_int_equal(pst_color_mix(0x102030, 0xf0e0d0, 0), 0x102030);
	assert_int_equal(pst_color_mix(0x102030, 0xf0e0d0, 256), 0xf0e0d0);
	assert_int_equal(pst_color_distance(0, 0xffffff), 255);
	assert_int_equal(pst_color_distance(0x123456, 0x123456), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_everywhere), cmocka_unit_test(test_text_is_readable),
		cmocka_unit_test(test_families),	cmocka_unit_test(test_difference),
		cmocka_unit_test(test_palette),		cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
