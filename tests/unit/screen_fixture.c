// SPDX-License-Identifier: MIT
#include "config.h"

#include "screen_fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "unit.h"

struct fixture fixture;
struct screen screen;
struct asked asked;

static void set_rate(void *ctx, double rate)
{
	((struct asked *)ctx)->rate = rate;
}

static void set_paused(void *ctx, bool paused)
{
	((struct asked *)ctx)->paused = paused;
	((struct asked *)ctx)->pauses++;
}

static void set_idle(void *ctx, bool idle)
{
	((struct asked *)ctx)->idle = idle;
}

static void set_gil_only(void *ctx, bool gil_only)
{
	((struct asked *)ctx)->gil_only = gil_only;
	((struct asked *)ctx)->gil_calls++;
}

static bool export(void *ctx, const struct pst_ui_export *r, struct pst_why *why)
{
	struct asked *a = ctx;

	a->exports++;
	snprintf(a->path, sizeof a->path, "%s", r->path);
	snprintf(a->format, sizeof a->format, "%s", r->format);
	snprintf(a->text, sizeof a->text, "%s", r->screen);
	a->replace = r->replace;
	a->diff = r->diff;
	a->span = r->span;
	if (a->exists && !r->replace)
		return pst_why_set(why, PST_EXISTS, 0, "it is there") == PST_OK;
	if (a->fails)
		return pst_why_set(why, PST_IO, 0, "the disk is full") == PST_OK;
	return true;
}

static const char *exported(void *ctx, bool *failed)
{
	struct asked *a = ctx;
	const char *text = a->exported;

	*failed = false;
	a->exported = NULL;
	return text;
}

static const char *format(void *ctx, size_t i, const char **help, const char **ending)
{
	static const char *const names[] = {"speedscope", "svg", "raw"};
	static const char *const endings[] = {".json", ".svg", ".txt"};

	(void)ctx;
	if (i >= sizeof names / sizeof *names)
		return NULL;
	*help = "for people";
	*ending = endings[i];
	return names[i];
}

const struct pst_ui_hooks screen_hooks = {
	.ctx = &asked,
	.set_rate = set_rate,
	.set_paused = set_paused,
	.set_idle = set_idle,
	.set_gil_only = set_gil_only,
	.export = export,
	.exported = exported,
	.format = format,
};
const struct pst_ui_hooks *screen_fixture_hooks = &screen_hooks;
struct pst_ui_options screen_fixture_options = {.rate = 100};

void show(void)
{
	screen_update(&screen);
	screen_draw(&screen);
}

void resize(int rows, int cols)
{
	screen_resize(&screen, rows, cols);
	show();
}

int screen_fixture_setup(void **state)
{
	(void)state;
	asked = (struct asked){.rate = 0};
	fixture_busy_process(&fixture);
	screen_init(&screen, fixture.model, screen_fixture_hooks, &screen_fixture_options);
	screen_rolled(&screen);
	resize(24, 80);
	return 0;
}

int screen_fixture_teardown(void **state)
{
	(void)state;
	screen_release(&screen);
	fixture_free(&fixture);
	return 0;
}

enum ui_effect press(const char *keys)
{
	enum ui_effect effect = UI_NONE;

	while (*keys) {
		size_t n = strcspn(keys, " ");

		effect |= screen_key(&screen, key_parse(keys, n));
		show();
		keys += n + strspn(keys + n, " ");
	}
	return effect;
}

void type(const char *text)
{
	for (; *text; text++) {
		screen_key(&screen, (unsigned char)*text);
		show();
	}
}

enum ui_effect mouse(enum ui_mouse_kind kind, int row, int col)
{
	const struct ui_mouse m = {kind, row, col};
	enum ui_effect effect = screen_mouse(&screen, &m);

	show();
	return effect;
}

static size_t add_cells(char *out, size_t size, int row, int style)
{
	size_t used = 0;

	out[0] = '\0';
	for (int col = 0; col < screen.canvas.cols; col++) {
		const struct canvas_cell *cell =
			&screen.canvas.at[row * screen.canvas.stride + col];

		if (style < 0 || cell->style == style)
			used += (size_t)snprintf(out + used, size - used, "%s", cell->text);
	}
	return used;
}

const char *row_text(int row)
{
	static char text[16384];

	add_cells(text, sizeof text, row, -1);
	return text;
}

int find_row(const char *text, int *col)
{
	for (int row = 0; row < screen.canvas.rows; row++) {
		const char *line = row_text(row), *at = strstr(line, text);

		if (!at)
			continue;
		if (col)
			*col = (int)(at - line); /* as long as all before it is ASCII */
		return row;
	}
	return -1;
}

bool shows(const char *text, enum style style)
{
	static char line[16384];

	for (int row = 0; row < screen.canvas.rows; row++) {
		add_cells(line, sizeof line, row, (int)style);
		if (strstr(line, text))
			return true;
	}
	return false;
}

void check_cells(void)
{
	const struct canvas *c = &screen.canvas;

	for (int row = 0; row < c->rows; row++) {
		for (int col = 0; col < c->cols; col++) {
			const struct canvas_cell *cell = &c->at[row * c->stride + col];

			assert_true(cell->style < ST_COUNT);
			assert_true(memchr(cell->text, '\0', sizeof cell->text) != NULL);
			assert_true(cell->cells == 0 ? !*cell->text
						     : (unsigned char)*cell->text >= ' ');
			assert_true(cell->cells != 2 || (col + 1 < c->cols && cell[1].cells == 0));
			assert_true(cell->cells != 0 || (col > 0 && cell[-1].cells == 2));
		}
	}
}
