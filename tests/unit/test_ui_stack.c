// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "pane_fixture.h"
#include "unit.h"

/* The stack inspector on a made-up thread, whose session is made up as well. */

/* ---- what the thread has ---- */

struct value {
	const char *label, *text, *type;
	int64_t length;
	enum pst_value_kind kind;
	const struct value *parts;
	size_t n;
};

#define PARTS(array) array, sizeof(array) / sizeof *(array)

static const struct value db[] = {
	{"['host']", "'db.example'", "str", 10, PST_VALUE_PART, NULL, 0},
	{"['port']", "5432", "int", -1, PST_VALUE_PART, NULL, 0},
	{"['opts']", "{}", "dict", 0, PST_VALUE_PART, NULL, 0},
};
static const struct value config[] = {
	{"['debug']", "False", "bool", -1, PST_VALUE_PART, NULL, 0},
	{"['db']", "{'host': 'db.example', 'port': 5432, …}", "dict", 3, PST_VALUE_PART, PARTS(db)},
	{"['店']", "'計算する'", "str", 4, PST_VALUE_PART, NULL, 0},
};
static const struct value self[] = {
	{".name", "'Basket'", "str", 6, PST_VALUE_PART, NULL, 0},
	{".config", "{…}", "dict", 3, PST_VALUE_PART, PARTS(config)},
};
static const struct value items[] = {
	{"[0]", "'apple'", "str", 5, PST_VALUE_PART, NULL, 0},
	{"[1]", "'pear'", "str", 4, PST_VALUE_PART, NULL, 0},
};
static const char query[] =
	"'SELECT id, name, price, stock, colour, weight FROM products JOIN shelves ON shelf = "
	"shelves.id WHERE price > 100 AND stock < 7 ORDER BY price DESC LIMIT 1000 -- the end'";
static const struct value locals[] = {
	{"self", "<Basket object at 0x7f12>", "Basket", -1, PST_VALUE_ARG, PARTS(self)},
	{"config", "{'debug': False, 'db': {…}, …}", "dict", 3, PST_VALUE_ARG, PARTS(config)},
	{"i", "?", "int", -1, PST_VALUE_LOCAL, NULL, 0},
	{"items", "['apple', 'pear']", "list", 2, PST_VALUE_LOCAL, PARTS(items)},
	{"query", query, "str", 169, PST_VALUE_LOCAL, NULL, 0},
	{"total", "12.5", "float", -1, PST_VALUE_CELL, NULL, 0},
	{"lock", "<unlocked _thread.lock object>", "lock", -1, PST_VALUE_FREE, NULL, 0},
};

static const struct frame {
	const char *name, *file;
	int line, first_line;
} frames[] = {
	{"Basket.total", "shop/model/basket.py", 19, 12},
	{"Server.handle", "shop/server.py", 88, 70},
	{"Server.run", "shop/server.py", 61, 40},
	{"<module>", "app.py", 120, 1},
};

enum { FRAMES = sizeof frames / sizeof *frames };

/* ---- the session ---- */

static struct session {
	unsigned asked; /* requests so far */
	struct pst_inspect_request last;
	char open[16][256];
	size_t open_len;
	bool waits; /* a request was not answered yet */
	bool mute;  /* does not answer */
	enum pst_err err;
	size_t frames, skip; /* of the frames: how many, from which on */
	bool unproved, newer, anything;
	unsigned sources, edits, saves;
	char saved[1024], path[256];
	bool idle, exists;
} session;

static void ask(void *ctx, const struct pst_inspect_request *r)
{
	(void)ctx;
	session.asked++;
	session.last = *r;
	session.open_len = 0;
	for (size_t i = 0; i < r->open_len && i < 16; i++)
		snprintf(session.open[session.open_len++], sizeof *session.open, "%s", r->open[i]);
	session.last.open = NULL;
	session.waits = true;
}

static bool is_open(const char *path)
{
	for (size_t i = 0; i < session.open_len; i++) {
		if (strcmp(session.open[i], path) == 0)
			return true;
	}
	return false;
}

static void add_row(struct pst_inspection *in, const struct value *v, uint32_t depth, bool open)
{
	struct pst_value_row *r;
	char count[24];

	in->rows = pst_realloc(in->rows, in->rows_len + 1, sizeof *in->rows);
	r = &in->rows[in->rows_len++];
	snprintf(count, sizeof count, "%u", session.asked);
	*r = (struct pst_value_row){
		.label = pst_strdup(v->label),
		.text = pst_strdup(strcmp(v->text, "?") == 0 ? count : v->text),
		.type = pst_strdup(v->type),
		.depth = depth,
		.length = v->length,
		.kind = v->kind,
		.can_open = v->n > 0,
		.is_open = open,
	};
}

static void add_rows(struct pst_inspection *in, const struct value *v, size_t n, uint32_t depth,
		     const char *above)
{
	for (size_t i = 0; i < n; i++) {
		char path[256];

		snprintf(path, sizeof path, "%s%s%s", above, *above ? "\x1f" : "", v[i].label);
		add_row(in, &v[i], depth, v[i].n && is_open(path));
		if (v[i].n && is_open(path))
			add_rows(in, v[i].parts, v[i].n, depth + 1, path);
	}
}

static uint32_t seed = 4711;

static uint32_t any(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static char *long_text(uint32_t most)
{
	static const char *const bits[] = {"x", "計", "👩‍👩‍👧", "e\xcc\x81", "\xff", "\x1f", "\n", " "};
	struct pst_buf b = {0};
	uint32_t n = any(most);

	for (uint32_t i = 0; i < n; i++)
		pst_buf_adds(&b, bits[any(sizeof bits / sizeof *bits)]);
	return pst_buf_take(&b);
}

/* An answer that keeps to nothing but the form. */
static void fill_with_anything(struct pst_inspection *in)
{
	in->frames_len = any(3) ? any(10) : any(3000);
	in->frames = pst_calloc(in->frames_len + 1, sizeof *in->frames);
	for (size_t i = 0; i < in->frames_len; i++)
		in->frames[i] = (struct pst_inspect_frame){
			long_text(6),	       long_text(20), long_text(30),
			(int)any(100000) - 10, (int)any(99),  false};
	in->rows_len = any(3) ? any(20) : any(3000);
	in->rows = pst_calloc(in->rows_len + 1, sizeof *in->rows);
	for (size_t i = 0; i < in->rows_len; i++)
		in->rows[i] = (struct pst_value_row){
			long_text(any(9) ? 5 : 3000), long_text(any(9) ? 9 : 4000), long_text(5),
			any(4) ? any(4) : any(UINT32_MAX >> 8), (int64_t)any(1000000) - 5,
			(enum pst_value_kind)any(8), any(2), any(2), any(2)};
	in->frame = any(4) ? any(12) : SIZE_MAX;
	in->truncated = any(2);
	in->proved = any(2);
	in->pause_ns = any(2000000000);
	snprintf(in->why, sizeof in->why, "anything");
}

static void add_frames(struct pst_inspection *in)
{
	in->frames_len = session.frames;
	in->frames = pst_calloc(FRAMES, sizeof *in->frames);
	for (size_t i = 0; i < in->frames_len; i++) {
		const struct frame *f = &frames[i + session.skip];

		in->frames[i] = (struct pst_inspect_frame){pst_strdup(f->name), pst_strdup(f->file),
							   pst_strdup(f->file), f->line,
							   f->first_line, i + 1 == in->frames_len};
	}
}

static struct pst_inspection *answer(void *ctx)
{
	struct pst_inspection *in;
	size_t at = session.last.frame;

	(void)ctx;
	if (!session.waits || session.mute)
		return NULL;
	session.waits = false;
	in = pst_calloc(1, sizeof *in);
	in->serial = session.last.serial;
	in->thread = session.last.thread;
	in->err = session.err;
	in->frame = SIZE_MAX;
	if (in->err) {
		snprintf(in->why, sizeof in->why, "Process 12345 cannot be held.");
		return in;
	}
	if (session.anything) {
		fill_with_anything(in);
		return in;
	}
	in->pause_ns = 123456;
	in->proved = !session.unproved;
	add_frames(in);
	in->frame = at == SIZE_MAX ? 0 : at < in->frames_len ? in->frames_len - 1 - at : SIZE_MAX;
	if (in->frame < in->frames_len && *session.last.func &&
	    strcmp(session.last.func, in->frames[in->frame].name) != 0)
		in->frame = SIZE_MAX;
	if (in->frame < in->frames_len)
		add_rows(in, locals, in->frame ? in->frame : sizeof locals / sizeof *locals, 0, "");
	return in;
}

static void source(void *ctx, uint32_t process, const char *file, int first, int last,
		   struct pst_source *out)
{
	(void)ctx;
	(void)process;
	session.sources++;
	*out = (struct pst_source){.first = first, .newer = session.newer};
	if (strcmp(file, "app.py") == 0) {
		out->err = PST_NOTFOUND;
		return;
	}
	out->lines = pst_calloc((size_t)(last - first + 1), sizeof *out->lines);
	for (int line = first; line <= last && line <= 300; line++)
		out->lines[out->len++] =
			pst_asprintf(line % 10 == 0 ? "def f%d(self):" : "        x%d = 計算(%d)",
				     line, line);
}

static enum pst_err edit(void *ctx, uint32_t process, const char *file, int line,
			 struct pst_why *why)
{
	(void)ctx;
	(void)process;
	(void)file;
	(void)line;
	(void)why;
	session.edits++;
	return PST_OK;
}

static enum pst_err save(void *ctx, const char *path, const char *text, bool replace,
			 struct pst_why *why)
{
	(void)ctx;
	session.saves++;
	if (session.exists && !replace)
		return PST_EXISTS;
	if (strncmp(path, "/no/", 4) == 0)
		return pst_why_set(why, PST_IO, 0, "There is no folder /no.");
	snprintf(session.saved, sizeof session.saved, "%s", text);
	snprintf(session.path, sizeof session.path, "%s", path);
	return PST_OK;
}

static void set_idle(void *ctx, bool idle)
{
	(void)ctx;
	session.idle = idle;
}

static const struct pst_ui_hooks hooks = {
	.inspect = ask,
	.inspected = answer,
	.source = source,
	.edit = edit,
	.save_text = save,
	.set_idle = set_idle,
};

static struct fixture fixture;
static struct stage stage;

/* One refresh of the screen. */
static void refresh(void)
{
	stage.view.now_ns += 500000000;
	stage_draw(&stage);
}

static void open_stack(const struct pst_ui_hooks *h, int rows, int cols)
{
	session = (struct session){.frames = FRAMES};
	fixture_busy_process(&fixture);
	stage_open(&stage, PANE_STACK, &pane_stack, fixture.model, h, rows, cols);
	refresh();
}

static int teardown(void **state)
{
	(void)state;
	stage_close(&stage);
	fixture_free(&fixture);
	return 0;
}

/* ---- golden ---- */

static const struct {
	const char *name;
	int rows, cols;
	const char *keys;
	bool recording;
} cases[] = {
	{"stack-80x24", 24, 80, "", false},
	{"stack-40x12", 12, 40, "", false},
	{"stack-20x5", 5, 20, "", false},
	{"stack-20x5-values", 5, 20, "v", false},
	{"stack-20x5-source", 5, 20, "v v", false},
	{"stack-200x60", 60, 200, "", false},
	{"stack-nested-80x24", 24, 80, "v Enter Wait j j Enter Wait j j Enter", false},
	{"stack-nested-40x12", 12, 40, "v Enter Wait j j Enter Wait j j Enter", false},
	{"stack-nested-200x60", 60, 200, "v Enter Wait j j Enter Wait j j Enter", false},
	{"stack-scrolled-80x24", 24, 80, "v j j j j Right Right Right", false},
	{"stack-wrapped-80x24", 24, 80, "v j j j j z", false},
	{"stack-source-80x24", 24, 80, "j v v j j", false},
	{"stack-frozen-80x24", 24, 80, "a", false},
	{"stack-searched-80x24", 24, 80, "/server", false},
	{"stack-recording-80x24", 24, 80, "", true},
};

static void test_golden(void **state)
{
	size_t i = (size_t)(uintptr_t)*state;

	open_stack(cases[i].recording ? NULL : &hooks, cases[i].rows, cases[i].cols);
	stage_press(&stage, cases[i].keys);
	refresh();
	refresh();
	stage_check(&stage);
	stage_golden(&stage, cases[i].name);
}

/* ---- what is asked ---- */

static void test_asks_once_for_each_refresh(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	unsigned before = session.asked;

	for (int i = 0; i < 20; i++) {
		stage.view.now_ns += 1000000;
		stage_draw(&stage);
	}
	assert_int_equal(session.asked, before);
	for (int i = 0; i < 10; i++)
		refresh();
	assert_int_equal(session.asked, before + 10);
	stage.pane.ops->show(&stage.pane, false);
	for (int i = 0; i < 10; i++)
		refresh();
	assert_int_equal(session.asked, before + 10);
	stage.pane.ops->show(&stage.pane, true);
	refresh();
	assert_int_equal(session.asked, before + 11);
	stage.view.paused = true;
	for (int i = 0; i < 10; i++)
		refresh();
	assert_int_equal(session.asked, before + 11);
}

/* What the user opens is read at once, but keys do not make more looks than refreshes would. */
static void test_keys_do_not_ask_more_often(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	unsigned before = session.asked;

	stage_press(&stage, "v Enter");
	assert_int_equal(session.asked, before + 1);
	for (int i = 0; i < 40; i++) {
		stage.view.now_ns += 50000000;
		stage_press(&stage, i % 2 ? "v k" : "v j");
		stage_press(&stage, "v");
	}
	assert_in_range(session.asked, before + 2, before + 6);
}

static void test_does_not_ask_while_it_waits(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	session.mute = true;
	refresh();
	unsigned before = session.asked;

	for (int i = 0; i < 5; i++)
		refresh();
	assert_int_equal(session.asked, before);
	for (int i = 0; i < 10; i++)
		refresh();
	assert_in_range(session.asked, before + 1, before + 2);
}

static void test_request_says_which_thread_and_frame(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	stage.view.thread = 2;
	stage_draw(&stage);
	refresh();
	assert_int_equal(session.last.thread, 2);
	assert_int_equal(session.last.tid, 4002);
	assert_int_equal(session.last.process, 1);
	assert_true(session.last.values && session.last.frame == SIZE_MAX);
	stage_press(&stage, "j");
	refresh();
	assert_int_equal(session.last.frame, 2);
	assert_string_equal(session.last.func, "Server.handle");
	stage_press(&stage, "G");
	refresh();
	assert_int_equal(session.last.frame, 0);
	stage_press(&stage, "g");
	refresh();
	assert_true(session.last.frame == SIZE_MAX);
	assert_string_equal(session.last.func, "");
}

static void test_paths_of_what_is_open(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	stage_press(&stage, "v Enter");
	refresh();
	stage_press(&stage, "j j Right");
	refresh();
	stage_press(&stage, "j j Enter");
	refresh();
	refresh();
	assert_int_equal(session.open_len, 3);
	assert_string_equal(session.open[0], "self");
	assert_string_equal(session.open[1], "self\x1f.config");
	assert_string_equal(session.open[2], "self\x1f.config\x1f['db']");
	assert_true(stage_find(&stage, "'db.example'") > 0);
	assert_true(stage_find(&stage, "5432") > 0);
	stage_press(&stage, "Left");
	assert_int_equal(stage_find(&stage, "['port']"), -1);
	stage_press(&stage, "Left Left");
	assert_int_equal(stage_find(&stage, "['debug']"), -1);
	refresh();
	assert_int_equal(session.open_len, 1);
}

/* ---- changes ---- */

static void test_changed_values_are_marked(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	refresh();
	refresh();
	int row = stage_find(&stage, "i = ");

	assert_true(row > 0 && stage_styled(&stage, row, ST_CHANGED) > 0);
	row = stage_find(&stage, "items = ");
	assert_true(row > 0 && stage_styled(&stage, row, ST_CHANGED) == 0);
	stage_press(&stage, "v Enter");
	refresh();
	row = stage_find(&stage, ".name");
	assert_true(row > 0 && stage_styled(&stage, row, ST_CHANGED) == 0);
	stage_press(&stage, "v v j");
	refresh();
	for (row = 0; row < 24; row++)
		assert_int_equal(stage_styled(&stage, row, ST_CHANGED), 0);
}

/* ---- frames that come and go ---- */

static void test_a_frame_that_returned_is_said(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	stage_press(&stage, "j");
	refresh();
	assert_true(stage_find(&stage, "of Server.handle") > 0);
	session.skip = 2;
	session.frames = 2;
	refresh();
	refresh();
	assert_true(stage_find(&stage, "not on the stack") > 0);
	assert_int_equal(stage_find(&stage, "items"), -1);
	session.skip = 0;
	session.frames = FRAMES;
	refresh();
	refresh();
	assert_true(stage_find(&stage, "of Server.handle") > 0);
	assert_int_equal(stage_find(&stage, "not on the stack"), -1);
}

/* From a function to a thread that is in it, to its frame, wherever that is by then. */
static void test_seeks_the_function_that_was_asked_for(void **state)
{
	struct pst_func_info info = {.name = ""};

	(void)state;
	open_stack(&hooks, 24, 80);
	stage.view.from = PANE_THREADS;
	stage.view.thread = 2;
	stage.view.frame = 9;
	for (stage.view.func = 1; strcmp(info.name, "Server.run") != 0; stage.view.func++)
		pst_model_func(fixture.model, stage.view.func, &info);
	stage.view.func--;
	stage_draw(&stage);
	refresh();
	refresh();
	refresh();
	assert_int_equal(stage.view.frame, 1);
	assert_true(stage_find(&stage, "of Server.run") > 0);
	assert_int_equal(session.last.frame, 1);
	assert_string_equal(session.last.func, "Server.run");
}

static void test_frozen_stays(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	stage_press(&stage, "a");
	unsigned before = session.asked;

	session.skip = 2;
	session.frames = 2;
	for (int i = 0; i < 5; i++)
		refresh();
	assert_int_equal(session.asked, before);
	assert_true(stage_find(&stage, "Basket.total") > 0);
	assert_true(stage_find(&stage, "FROZEN") == 0);
	stage_press(&stage, "v Enter");
	refresh();
	assert_int_equal(session.asked, before + 1);
	assert_true(stage_find(&stage, "That frame is gone") > 0);
	assert_true(stage_find(&stage, "Basket.total") > 0);
	stage_press(&stage, "a");
	refresh();
	refresh();
	assert_int_equal(stage_find(&stage, "Basket.total"), -1);
	assert_int_equal(stage_find(&stage, "That frame is gone"), -1);
}

static void test_frozen_opens_what_is_there(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	stage_press(&stage, "a v Enter");
	refresh();
	assert_true(stage_find(&stage, ".name") > 0);
	stage_press(&stage, "Enter");
	assert_int_equal(stage_find(&stage, ".name"), -1);
	unsigned before = session.asked;

	stage_press(&stage, "Enter");
	refresh();
	assert_true(stage_find(&stage, ".name") > 0);
	assert_int_equal(session.asked, before);
}

static void test_an_error_is_said_and_the_last_stack_stays(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	session.err = PST_PERM;
	refresh();
	refresh();
	assert_true(stage_find(&stage, "cannot be held") > 0);
	assert_true(stage_find(&stage, "items") > 0);
	session.err = PST_OK;
	refresh();
	refresh();
	assert_int_equal(stage_find(&stage, "cannot be held"), -1);
}

static void test_an_ended_thread_keeps_its_stack(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	unsigned before;

	fixture_end(&fixture, PST_GONE);
	refresh();
	before = session.asked;
	refresh();
	assert_int_equal(session.asked, before);
	assert_true(stage_find(&stage, "has ended") > 0);
	assert_true(stage_find(&stage, "items") > 0);
}

static void test_another_thread_gets_no_answers_of_the_first(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	session.mute = true;
	refresh();
	stage.view.thread = 3;
	session.mute = false;
	stage_draw(&stage);
	assert_int_equal(stage_find(&stage, "items"), -1);
	refresh();
	assert_true(stage_find(&stage, "items") > 0);
}

/* ---- values as text ---- */

static void test_long_value_scrolls_to_its_end(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	stage_press(&stage, "v j j j j");
	assert_true(stage_find(&stage, "SELECT") > 0);
	assert_int_equal(stage_find(&stage, "the end'"), -1);
	for (int i = 0; i < 30; i++)
		stage_press(&stage, "Right");
	assert_true(stage_find(&stage, "the end'") > 0);
	assert_int_equal(stage_find(&stage, "SELECT"), -1);
	for (int i = 0; i < 30 && stage_find(&stage, "SELECT") < 0; i++)
		stage_press(&stage, "Left");
	assert_true(stage_find(&stage, "SELECT") > 0);
	stage_press(&stage, "Left");
	stage_press(&stage, "j");
	assert_true(stage_styled(&stage, stage_find(&stage, "Frames"), ST_TITLE_SORT) > 0);
}

static void test_long_value_wraps(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	stage_press(&stage, "v j j j j z");
	int first = stage_find(&stage, "SELECT"), last = stage_find(&stage, "the end'");

	assert_true(first > 0 && last > first);
	assert_true(stage_styled(&stage, last, ST_SELECT) == 80);
	assert_int_equal(stage_find(&stage, "total = "), last + 1);
	stage_mouse(&stage, MOUSE_CLICK, last, 3);
	assert_int_equal(stage_find(&stage, "total = "), last + 1);
	stage_mouse(&stage, MOUSE_CLICK, last + 1, 3);
	int row = stage_find(&stage, "total = ");

	assert_int_equal(stage_styled(&stage, row, ST_SELECT), 80);
	assert_int_equal(row, first + 1);
	stage_press(&stage, "k z");
	assert_int_equal(stage_find(&stage, "total = "), first + 1);
	for (int rows = 1; rows < 24; rows++) {
		stage_resize(&stage, rows, 30);
		stage_press(&stage, "z");
		stage_check(&stage);
	}
}

static void test_copy(void **state)
{
	struct pst_buf out = {0};

	(void)state;
	open_stack(&hooks, 24, 80);
	stage.pane.ops->copy(&stage.pane, &out);
	assert_string_equal(pst_buf_text(&out), "Basket.total (shop/model/basket.py:19)");
	pst_buf_clear(&out);
	stage_press(&stage, "v j j j j");
	stage.pane.ops->copy(&stage.pane, &out);
	assert_string_equal(pst_buf_text(&out), query);
	pst_buf_free(&out);
}

static void test_save_asks_before_it_replaces(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	stage_press(&stage, "v j j j Enter");
	refresh();
	stage_press(&stage, "W");
	assert_true((stage.effect & UI_ASK) == UI_ASK);
	assert_string_equal(stage.view.ask.text, "items.txt");
	session.exists = true;
	stage.effect = stage.view.ask.done(&stage.pane, "there.txt");
	assert_true((stage.effect & UI_ASK) == UI_ASK && stage.view.ask.confirm);
	assert_non_null(strstr(stage.view.ask.title, "there.txt"));
	assert_string_equal(session.saved, "");
	stage.effect = stage.view.ask.done(&stage.pane, "");
	assert_string_equal(session.path, "there.txt");
	assert_string_equal(session.saved,
			    "items = ['apple', 'pear']\n    [0] = 'apple'\n    [1] = 'pear'\n");
	assert_non_null(strstr(stage.view.said, "there.txt"));
	session.exists = false;
	stage_press(&stage, "W");
	stage.view.ask.done(&stage.pane, "/no/where");
	assert_non_null(strstr(stage.view.said, "/no"));
}

/* ---- the rest ---- */

static void test_picks_the_most_active_and_says_so(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	assert_int_not_equal(stage.view.thread, 0);
	assert_true(stage_find(&stage, "most active") == 0);
	stage_press(&stage, "j");
	assert_int_equal(stage_find(&stage, "most active"), -1);
}

static void test_source_follows_and_says_newer(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	assert_true(stage_find(&stage, "19>") > 0);
	unsigned before = session.sources;

	refresh();
	assert_int_equal(session.sources, before);
	stage_press(&stage, "j");
	assert_true(stage_find(&stage, "88>") > 0);
	session.newer = true;
	stage_press(&stage, "j");
	for (int i = 0; i < 12; i++)
		refresh();
	assert_true(stage_find(&stage, "61>") > 0);
	assert_true(stage_find(&stage, "newer than the process") > 0);
	stage_press(&stage, "G");
	assert_true(stage_find(&stage, "no source") > 0);
}

static void test_edit_at_the_line(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	stage_press(&stage, "e");
	assert_true((stage.effect & UI_EDIT) == UI_EDIT);
	assert_string_equal(stage.view.edit.file, "shop/model/basket.py");
	assert_int_equal(stage.view.edit.line, 19);
	stage_press(&stage, "v v j j e");
	assert_int_equal(stage.view.edit.line, 21);
	stage.hooks.edit = NULL;
	stage_press(&stage, "e");
	assert_true((stage.effect & UI_EDIT) != UI_EDIT && *stage.view.said);
}

static void test_search_in_each_part(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	stage_press(&stage, "/run");
	assert_int_equal(stage.view.frame, 1);
	stage_press(&stage, "g Wait Wait v /total");
	int row = stage_find(&stage, "total = ");

	assert_true(row > 0 && stage_styled(&stage, row, ST_SELECT) > 40);
	stage_press(&stage, "v /f30");
	row = stage_find(&stage, "def f30");
	assert_true(row > 0 && stage_styled(&stage, row, ST_SELECT) > 40);
	stage_press(&stage, "/nothing_like_that");
	assert_int_equal(stage.effect, UI_NONE);
}

static void test_mouse(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	int frame = stage_find(&stage, "Server.run"), value = stage_find(&stage, "config = ");

	stage_mouse(&stage, MOUSE_DOUBLE, value, 5);
	refresh();
	assert_true(stage_find(&stage, "['db']") > 0);
	stage_mouse(&stage, MOUSE_CLICK, frame, 5);
	assert_int_equal(stage.view.frame, 1);
	stage_mouse(&stage, MOUSE_WHEEL_UP, frame, 5);
	assert_int_equal(stage.view.frame, 2);
	stage_mouse(&stage, MOUSE_CLICK, stage_find(&stage, "Source"), 5);
	assert_int_equal(stage_styled(&stage, stage_find(&stage, "Source"), ST_TITLE_SORT), 80);
}

static void test_recording_has_no_values(void **state)
{
	(void)state;
	open_stack(NULL, 24, 80);
	assert_true(stage_find(&stage, "not in a recording") > 0);
	assert_true(stage_find(&stage, "Frames 1/") > 0);
	stage_press(&stage, "v Enter Right Left W e a a y v v");
	stage_check(&stage);
}

static void test_idle_threads_are_looked_at_while_shown(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	assert_true(session.idle);
	stage.pane.ops->show(&stage.pane, false);
	assert_false(session.idle);
}

/* ---- anything ---- */

static void any_event(void)
{
	switch (any(8)) {
	case 0:
		stage_resize(&stage, (int)any(30), (int)any(220));
		break;
	case 1:
		stage_mouse(&stage, (enum ui_mouse_kind)any(6), (int)any(40) - 2,
			    (int)any(240) - 2);
		break;
	case 2:
		session.skip = any(FRAMES);
		session.frames = any(FRAMES + 1 - (uint32_t)session.skip);
		session.err = any(20) ? PST_OK : PST_FAULT;
		session.mute = any(4) == 0;
		break;
	case 3:
		if (any(10) == 0)
			stage.view.thread = any(6);
		if (any(10) == 0)
			stage.view.frame = any(5) ? any(6) : SIZE_MAX;
		stage.view.now_ns += any(1000000000);
		break;
	default:
		stage.effect = stage.pane.ops->command(&stage.pane,
						       (enum ui_cmd)any(UI_CMD_COUNT));
		if ((stage.effect & UI_ASK) == UI_ASK && any(2))
			stage.view.ask.done(&stage.pane, any(2) ? "x" : "");
		if (stage.find && any(3) == 0)
			stage.pane.ops->search(&stage.pane, (int)any(3) - 1);
		stage_draw(&stage);
	}
}

static void press_anything(bool hostile)
{
	struct pst_buf out = {0};

	open_stack(&hooks, 24, 80);
	session.anything = hostile;
	stage_press(&stage, "/o");
	for (unsigned n = 0; n < (hostile ? 2000 : 10000); n++) {
		any_event();
		session.exists = any(2);
		session.newer = any(2);
		if (any(16) == 0)
			stage.pane.ops->show(&stage.pane, any(2));
		stage.pane.ops->copy(&stage.pane, &out);
		pst_buf_clear(&out);
		stage_check(&stage);
	}
	pst_buf_free(&out);
}

static void test_ten_thousand_events(void **state)
{
	(void)state;
	press_anything(false);
}

static void test_events_with_answers_that_make_no_sense(void **state)
{
	(void)state;
	press_anything(true);
}

static void test_the_screen_waits_for_the_answer(void **state)
{
	(void)state;
	open_stack(&hooks, 24, 80);
	session.mute = true;
	stage_draw(&stage);
	assert_true(stage.view.awaits);
	session.mute = false;
	stage_draw(&stage);
	assert_false(stage.view.awaits);
}

#define CASE(f) cmocka_unit_test_teardown(f, teardown)

int main(void)
{
	enum { GOLDEN = sizeof cases / sizeof *cases };
	const struct CMUnitTest others[] = {
		CASE(test_asks_once_for_each_refresh),
		CASE(test_keys_do_not_ask_more_often),
		CASE(test_does_not_ask_while_it_waits),
		CASE(test_request_says_which_thread_and_frame),
		CASE(test_paths_of_what_is_open),
		CASE(test_changed_values_are_marked),
		CASE(test_a_frame_that_returned_is_said),
		CASE(test_seeks_the_function_that_was_asked_for),
		CASE(test_frozen_stays),
		CASE(test_frozen_opens_what_is_there),
		CASE(test_an_error_is_said_and_the_last_stack_stays),
		CASE(test_an_ended_thread_keeps_its_stack),
		CASE(test_another_thread_gets_no_answers_of_the_first),
		CASE(test_long_value_scrolls_to_its_end),
		CASE(test_long_value_wraps),
		CASE(test_copy),
		CASE(test_save_asks_before_it_replaces),
		CASE(test_picks_the_most_active_and_says_so),
		CASE(test_source_follows_and_says_newer),
		CASE(test_edit_at_the_line),
		CASE(test_search_in_each_part),
		CASE(test_mouse),
		CASE(test_recording_has_no_values),
		CASE(test_idle_threads_are_looked_at_while_shown),
		CASE(test_the_screen_waits_for_the_answer),
		CASE(test_ten_thousand_events),
		CASE(test_events_with_answers_that_make_no_sense),
	};
	struct CMUnitTest tests[GOLDEN + sizeof others / sizeof *others];

	for (size_t i = 0; i < GOLDEN; i++)
		tests[i] = (struct CMUnitTest){.name = cases[i].name,
					       .test_func = test_golden,
					       .teardown_func = teardown,
					       .initial_state = (void *)(uintptr_t)i};
	memcpy(tests + GOLDEN, others, sizeof others);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
