// SPDX-License-Identifier: MIT
#include "config.h"

#include "pane_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "golden.h"
#include "unit.h"

void stage_draw(struct stage *s)
{
	s->pane.ops->update(&s->pane, s->model);
	canvas_clear(&s->canvas);
	if (s->canvas.rows)
		s->pane.ops->draw(&s->pane, &s->canvas);
}

void stage_open(struct stage *s, enum ui_pane_id id, const struct pane_ops *ops,
		const struct pst_model *m, const struct pst_ui_hooks *hooks, int rows, int cols)
{
	*s = (struct stage){.id = id, .model = m};
	if (hooks)
		s->hooks = *hooks;
	s->view = (struct ui_view){.hooks = &s->hooks, .keys = &s->keys, .frame = SIZE_MAX};
	s->view.now_ns = 1000000000;
	s->view.delay_ns = 500000000;
	keymap_defaults(&s->keys);
	s->pane = (struct pane){
		.ops = ops, .state = pst_calloc(1, ops->state_size), .view = &s->view};
	canvas_resize(&s->canvas, rows, cols);
	if (ops->show)
		ops->show(&s->pane, true);
	stage_draw(s);
}

void stage_close(struct stage *s)
{
	if (s->pane.ops->show)
		s->pane.ops->show(&s->pane, false);
	if (s->pane.ops->release)
		s->pane.ops->release(&s->pane);
	free(s->pane.state);
	ui_untag_all(&s->view);
	ui_find_free(s->find);
	canvas_free(&s->canvas);
}

void stage_resize(struct stage *s, int rows, int cols)
{
	canvas_resize(&s->canvas, rows, cols);
	stage_draw(s);
}

static enum ui_effect search(struct stage *s, const char *pattern)
{
	ui_find_free(s->find);
	assert_int_equal(ui_find_new(&s->find, pattern, NULL), PST_OK);
	s->view.search = s->find;
	return s->pane.ops->search(&s->pane, 0);
}

static enum ui_effect press(struct stage *s, const char *word, size_t n)
{
	enum ui_cmd cmd = keymap_find(&s->keys, s->id, key_parse(word, n));

	if (cmd == UI_CMD_SEARCH_NEXT || cmd == UI_CMD_SEARCH_PREVIOUS)
		return s->pane.ops->search(&s->pane, cmd == UI_CMD_SEARCH_NEXT ? 1 : -1);
	return s->pane.ops->command(&s->pane, cmd);
}

void stage_press(struct stage *s, const char *keys)
{
	char pattern[64];

	while (*keys) {
		size_t n = strcspn(keys, " ");

		if (strncmp(keys, "Wait", 4) == 0) {
			s->view.now_ns += s->view.delay_ns;
		} else if (*keys == '/' && n > 1) {
			snprintf(pattern, sizeof pattern, "%.*s", (int)n - 1, keys + 1);
			s->effect = search(s, pattern);
		} else {
			s->effect = press(s, keys, n);
		}
		stage_draw(s);
		keys += n + strspn(keys + n, " ");
	}
}

void stage_mouse(struct stage *s, enum ui_mouse_kind kind, int row, int col)
{
	struct ui_mouse m = {.kind = kind, .row = row, .col = col};

	s->effect = s->pane.ops->mouse(&s->pane, &m);
	stage_draw(s);
}

const char *stage_row(const struct stage *s, int row)
{
	static char text[4096 * CANVAS_CELL_BYTES];
	size_t used = 0;

	text[0] = '\0';
	for (int col = 0; row >= 0 && row < s->canvas.rows && col < s->canvas.cols; col++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s",
					 s->canvas.at[row * s->canvas.stride + col].text);
	return text;
}

int stage_find(const struct stage *s, const char *text)
{
	for (int row = 0; row < s->canvas.rows; row++) {
		if (strstr(stage_row(s, row), text))
			return row;
	}
	return -1;
}

int stage_styled(const struct stage *s, int row, enum style style)
{
	int n = 0;

	for (int col = 0; row >= 0 && col < s->canvas.cols; col++)
		n += s->canvas.at[row * s->canvas.stride + col].style == style;
	return n;
}

void stage_check(const struct stage *s)
{
	const struct canvas *c = &s->canvas;

	for (int row = 0; row < c->rows; row++) {
		for (int col = 0; col < c->cols; col++) {
			const struct canvas_cell *cell = &c->at[row * c->stride + col];

			assert_non_null(memchr(cell->text, '\0', sizeof cell->text));
			assert_true(cell->cells ? (unsigned char)*cell->text >= ' ' : !*cell->text);
			assert_true(cell->cells != 2 || (col + 1 < c->cols && !cell[1].cells));
			assert_true(cell->style < ST_COUNT);
		}
	}
}

/* ---- golden ---- */

void stage_golden(const struct stage *s, const char *name)
{
	struct pst_buf seen = {0};

	golden_print(&seen, &s->canvas);
	golden_compare(name, &seen);
	pst_buf_free(&seen);
}
