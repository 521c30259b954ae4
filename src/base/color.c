// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/color.h"

#include <stddef.h>

/* Whole numbers only: a file must look the same whatever machine wrote it. */

static unsigned red(uint32_t c)
{
	return c >> 16 & 0xff;
}

static unsigned green(uint32_t c)
{
	return c >> 8 & 0xff;
}

static unsigned blue(uint32_t c)
{
	return c & 0xff;
}

static unsigned mix(unsigned a, unsigned b, unsigned amount)
{
	return (a * (256 - amount) + b * amount + 128) / 256;
}

uint32_t pst_color_mix(uint32_t color, uint32_t other, unsigned amount)
{
	if (amount > 256)
		amount = 256;
	return (uint32_t)mix(red(color), red(other), amount) << 16 |
	       (uint32_t)mix(green(color), green(other), amount) << 8 |
	       mix(blue(color), blue(other), amount);
}

/* FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint32_t fnv1a(const char *s)
{
	uint32_t hash = UINT32_C(2166136261);

	for (; *s; s++)
		hash = (hash ^ (unsigned char)*s) * UINT32_C(16777619);
	return hash;
}

/*
 * A place on the line through three colours, and a bit lighter or darker.  The last bits of an FNV
 * of short, similar names are alike: all are folded in.
 */
uint32_t pst_flame_color(const char *name, bool library)
{
	static const uint32_t lines[2][3] = {
		{0xe4603c, 0xf0963a, 0xf4cf52}, /* red, orange, yellow */
		{0x8fb0c0, 0xa3b1c4, 0xb9aecb}, /* of blue, grey, of violet */
	};
	const uint32_t *line = lines[library];
	uint32_t hash = fnv1a(name), folded = hash ^ hash >> 15 ^ hash >> 23;
	unsigned at = folded & 0x1ff, light = hash >> 9 & 0x3f;
	uint32_t color = at < 256 ? pst_color_mix(line[0], line[1], at)
				  : pst_color_mix(line[1], line[2], at - 256);

	return light < 32 ? pst_color_mix(color, 0xffffff, light)
			  : pst_color_mix(color, 0x000000, (light - 32) / 2);
}

uint32_t pst_flame_diff_color(double before, double now)
{
	double delta = now - before, size = delta < 0 ? -delta : delta;

	if (!(size >= PST_COLOR_DELTA_MIN))
		return PST_COLOR_SAME;
	/* Half of the way at 2 points; what has changed at all is to be seen. */
	unsigned amount = 48 + (unsigned)(208 * size / (size + 0.02));

	return pst_color_mix(PST_COLOR_SAME, delta > 0 ? 0xf0563c : 0x35b04a, amount);
}

/* Weighted by how well the eye tells them apart. */
static unsigned squared(uint32_t a, uint32_t b)
{
	int r = (int)red(a) - (int)red(b), g = (int)green(a) - (int)green(b),
	    l = (int)blue(a) - (int)blue(b);

	return (unsigned)(2 * r * r + 4 * g * g + 3 * l * l) / 9;
}

unsigned pst_color_distance(uint32_t a, uint32_t b)
{
	unsigned square = squared(a, b), root = 0;

	while ((root + 1) * (root + 1) <= square)
		root++;
	return root;
}

uint32_t pst_color_of_256(unsigned index)
{
	static const unsigned char steps[] = {0, 95, 135, 175, 215, 255};

	if (index < 16 || index > 255)
		return 0;
	if (index >= 232)
		return (8 + (index - 232) * 10) * UINT32_C(0x10101);
	index -= 16;
	return (uint32_t)steps[index / 36] << 16 | (uint32_t)steps[index / 6 % 6] << 8 |
	       steps[index % 6];
}

/* The step of the cube next to VALUE; the weights of squared() do not matter to one part alone. */
static unsigned step_of(unsigned value)
{
	return value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40;
}

unsigned pst_color_256(uint32_t color)
{
	unsigned cube =
		16 + 36 * step_of(red(color)) + 6 * step_of(green(color)) + step_of(blue(color));
	unsigned mean = (2 * red(color) + 4 * green(color) + 3 * blue(color)) / 9;
	unsigned grey = 232 + (mean < 8 ? 0 : mean > 238 ? 23 : (mean - 3) / 10);

	return squared(color, pst_color_of_256(grey)) < squared(color, pst_color_of_256(cube))
		       ? grey
		       : cube;
}
