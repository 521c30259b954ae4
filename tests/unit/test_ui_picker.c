// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/vec.h"
#include "ui/screen.h"
#include "golden.h"
#include "ui_fixture.h"
#include "unit.h"

/*
 * The picker on made-up processes: golden screens (tests/screens/picker-*.txt, PST_SCREENS_WRITE=1
 * writes them anew), and what its keys do.
 */

#define SECOND_NS UINT64_C(1000000000)

/* ---- a session that is none -------------------------------------------------------------- */

struct process {
	int pid;
	const char *cmdline, *user, *version, *container;
	double cpu;
	uint64_t rss;
	const char *why; /* not to be attached */
};

static const struct process several[] = {
	{812, "/usr/bin/python3 /usr/bin/networkd-dispatcher --run-startup-triggers", "root", "3.11.2",
	 "", 0, 19 << 20,
	 "Process 812 belongs to root (uid 0), and you are uid 1000: run this command with sudo, or "
	 "as that user."},
	{4711, "/opt/venv/bin/python -m gunicorn --workers 4 shop.wsgi:application", "www-data",
	 "3.12.1", "docker:4f5b3ad37c1e", 97.3, UINT64_C(312) << 20, NULL},
	{4712, "/opt/venv/bin/python -m celery -A shop worker --concurrency 8", "www-data", "3.12.1",
	 "docker:4f5b3ad37c1e", 12.5, UINT64_C(1536) << 20, NULL},
	{9000, "python3 train.py --epochs 200 --name Überlauf", "alice", "3.13.0t", "", 748.2,
	 UINT64_C(23) << 30, NULL},
	{9001, "[python3]", "alice", "3", "", 0, 0,
	 "Process 9001 is a zombie: it has exited already and only waits for its parent to fetch its "
	 "exit status."},
	{123456, "/usr/bin/uwsgi --ini /etc/uwsgi/apps-enabled/site.ini", "a-very-long-user-name", "",
	 "", 0.4, 900 << 10, NULL},
};

struct fake {
	const struct process *at;
	size_t len;
	double busier; /* added to the CPU of process 4712 */
	unsigned asked;
	int attached; /* pid */
	bool refuse, paused;
	unsigned under_way; /* so often attaching() says that it is */
	enum pst_err fails; /* what it says then */
	bool cancelled;
};

static void candidates(void *ctx, struct pst_candidates *out)
{
	struct fake *f = ctx;

	memset(out, 0, sizeof *out);
	f->asked++;
	for (size_t i = 0; i < f->len; i++) {
		const struct process *p = &f->at[i];

		*PST_VEC_PUSH(out) = (struct pst_candidate){
			.pid = p->pid,
			.cmdline = pst_strdup(p->cmdline),
			.user = pst_strdup(p->user),
			.version = pst_strdup(p->version),
			.container = pst_strdup(p->container),
			.cpu_percent = p->cpu + (p->pid == 4712 ? f->busier : 0),
			.cpu_since_start = f->asked == 1,
			.rss_bytes = p->rss,
			.err = p->why ? PST_PERM : PST_OK,
			.why = pst_strdup(p->why ? p->why : ""),
		};
	}
}

static enum pst_err attach(void *ctx, int pid, struct pst_why *why)
{
	struct fake *f = ctx;

	if (f->refuse)
		return pst_why_set(why, PST_NOPROC, 0, "There is no process %d.", pid);
	f->attached = pid;
	return PST_OK;
}

static bool attaching(void *ctx, enum pst_err *err, struct pst_why *why)
{
	struct fake *f = ctx;

	if (f->under_way && f->under_way--)
		return true;
	*err = f->fails;
	if (f->fails)
		pst_why_set(why, f->fails, 0, "That is no Python.");
	return false;
}

static void attach_cancel(void *ctx)
{
	((struct fake *)ctx)->cancelled = true;
}

static void set_paused(void *ctx, bool paused)
{
	((struct fake *)ctx)->paused = paused;
}

struct stage {
	struct fake fake;
	struct pst_ui_hooks hooks;
	struct pst_ui_options opt;
	struct fixture model;
	struct screen s;
	enum ui_effect effect; /* of the last key */
};

static void show(struct stage *t)
{
	screen_update(&t->s);
	screen_draw(&t->s);
}

static void later(struct stage *t)
{
	t->s.now_ns += SECOND_NS;
	show(t);
}

static void set_up(struct stage *t, int rows, int cols, bool pick)
{
	memset(t, 0, sizeof *t);
	t->fake.at = several;
	t->fake.len = sizeof several / sizeof *several;
	t->hooks = (struct pst_ui_hooks){.ctx = &t->fake,
					 .candidates = candidates,
					 .attach = attach,
					 .attaching = attaching,
					 .attach_cancel = attach_cancel,
					 .set_paused = set_paused};
	t->opt = (struct pst_ui_options){.rate = 100, .pick = pick};
	if (pick)
		fixture_init(&t->model);
	else
		fixture_busy_process(&t->model);
	screen_init(&t->s, t->model.model, &t->hooks, &t->opt);
	t->s.now_ns = SECOND_NS;
	t->s.header.now_unix = 1000000 + 3725;
	screen_resize(&t->s, rows, cols);
	show(t);
}

static void tear_down(struct stage *t)
{
	screen_release(&t->s);
	fixture_free(&t->model);
}

/* Keys, each followed by a draw; "later": a second passes. */
static void press(struct stage *t, const char *keys)
{
	while (*keys) {
		size_t n = strcspn(keys, " ");

		if (n == 5 && !strncmp(keys, "later", n)) {
			later(t);
		} else {
			t->effect = screen_key(&t->s, key_parse(keys, n));
			show(t);
		}
		keys += n + strspn(keys + n, " ");
	}
}

static bool sees(struct stage *t, const char *text)
{
	struct pst_buf out = {0};

	canvas_read(&t->s.canvas, &out);
	bool is = strstr(pst_buf_text(&out), text) != NULL;
	pst_buf_free(&out);
	return is;
}

/* ---- golden screens ---------------------------------------------------------------------- */

struct golden {
	const char *name;
	int rows, cols;
	const char *keys;
	bool none;   /* there are no Python processes */
};

static const struct golden cases[] = {
	{"picker-80x24", 24, 80, "later", false},
	{"picker-first-80x24", 24, 80, "", false},
	{"picker-40x12", 12, 40, "later", false},
	{"picker-20x5", 5, 20, "later", false},
	{"picker-200x60", 60, 200, "later", false},
	{"picker-refused-80x24", 24, 80, "later End", false},
	{"picker-refused-40x12", 12, 40, "later End", false},
	{"picker-refused-enter-80x24", 24, 80, "later End Enter", false},
	{"picker-filter-80x24", 24, 80, "s h o p Space w o r k", false},
	{"picker-no-match-80x24", 24, 80, "x y", false},
	{"picker-none-80x24", 24, 80, "", true},
	{"picker-needs-80x24", 24, 80, "F5", false},
};

static void check_golden(const struct golden *g)
{
	struct pst_buf seen = {0};
	struct stage t;

	set_up(&t, g->rows, g->cols, true);
	if (g->none) {
		t.fake.len = 0;
		later(&t);
	}
	press(&t, g->keys);
	golden_print(&seen, &t.s.canvas);
	tear_down(&t);
	golden_compare(g->name, &seen);
	pst_buf_free(&seen);
}

static void test_golden(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_golden(&cases[i]);
}

/* ---- keys -------------------------------------------------------------------------------- */

static void test_attaches_the_chosen_one(void **state)
{
	struct stage t;

	(void)state;
	set_up(&t, 24, 80, true);
	press(&t, "Down Enter");
	assert_int_equal(t.fake.attached, 4711);
	assert_int_equal(t.effect & UI_ATTACHED, UI_ATTACHED);
	tear_down(&t);
}

static void test_refused(void **state)
{
	struct stage t;

	(void)state;
	set_up(&t, 24, 80, true);
	t.fake.refuse = true;
	press(&t, "Enter");
	assert_false((t.effect & UI_ATTACHED) == UI_ATTACHED);
	assert_true(sees(&t, "There is no process 9000."));
	tear_down(&t);
}

/* What takes long can be watched and cancelled. */
static void test_attaching(void **state)
{
	struct stage t;

	(void)state;
	set_up(&t, 24, 80, true);
	t.fake.under_way = 2;
	press(&t, "Down Enter"); /* one of them, and one by the draw that follows */
	assert_false((t.effect & UI_ATTACHED) == UI_ATTACHED);
	assert_true(t.s.view.soon && !t.s.view.attached);
	assert_true(sees(&t, "Looking for the interpreter of process 4711"));
	show(&t);
	assert_true(t.s.view.attached && !t.s.view.soon);
	assert_false(t.fake.cancelled);
	tear_down(&t);
	assert_false(t.fake.cancelled);
}

static void test_attaching_fails(void **state)
{
	struct stage t;

	(void)state;
	set_up(&t, 24, 80, true);
	t.fake.under_way = 2;
	t.fake.fails = PST_NOTPYTHON;
	press(&t, "Enter");
	show(&t);
	assert_false(t.s.view.attached || t.s.view.soon);
	assert_true(sees(&t, "That is no Python."));
	assert_false(sees(&t, "Looking for"));
	/* At once. */
	press(&t, "Down Enter");
	assert_true(sees(&t, "That is no Python."));
	tear_down(&t);
}

static void test_attaching_is_cancelled(void **state)
{
	struct stage t;

	(void)state;
	set_up(&t, 24, 80, true);
	t.fake.under_way = 1000;
	press(&t, "4 7 1 1 Enter Esc");
	assert_true(t.fake.cancelled);
	assert_false(t.s.view.soon);
	assert_false(sees(&t, "Looking for"));
	assert_true(sees(&t, "which process? 4711")); /* that Esc was not for the filter */
	/* Another one in its place, and something else looked at. */
	t.fake.cancelled = false;
	press(&t, "Enter Enter");
	assert_true(t.fake.cancelled);
	t.fake.cancelled = false;
	press(&t, "F1");
	assert_true(t.fake.cancelled);
	tear_down(&t);
}

/* The list is asked for once a second, and the choice stays with its process. */
static void test_choice_stays(void **state)
{
	struct stage t;

	(void)state;
	set_up(&t, 24, 80, true);
	press(&t, "Down Down"); /* 4712, third */
	unsigned asked = t.fake.asked;
	show(&t);
	assert_int_equal(t.fake.asked, asked);
	t.fake.busier = 5000; /* the first now */
	later(&t);
	assert_int_equal(t.fake.asked, asked + 1);
	press(&t, "Enter");
	assert_int_equal(t.fake.attached, 4712);
	/* It ended: the choice is on what took its row. */
	t.fake.len = 2;
	later(&t);
	press(&t, "Enter");
	assert_int_equal(t.fake.attached, 4711);
	tear_down(&t);
}

static void test_filter(void **state)
{
	struct stage t;

	(void)state;
	set_up(&t, 24, 80, true);
	press(&t, "q 9"); /* no command here: letters are typed */
	assert_true(sees(&t, "No process matches"));
	press(&t, "Enter");
	assert_int_equal(t.fake.attached, 0);
	press(&t, "Backspace Backspace");
	assert_false(sees(&t, "No process matches"));
	press(&t, "T R A I N"); /* with capitals as they are */
	assert_true(sees(&t, "No process matches"));
	press(&t, "Esc t r a i n");
	assert_false(sees(&t, "gunicorn"));
	press(&t, "Enter");
	assert_int_equal(t.fake.attached, 9000);
	/* By user, version, container and number. */
	press(&t, "Esc w w w Space 3 . 1 2 Space d o c k e r Space 4 7 1 2 Enter");
	assert_int_equal(t.fake.attached, 4712);
	press(&t, "Esc");
	assert_true(sees(&t, "train.py"));
	tear_down(&t);
}

/* Without a process there is nowhere to go, and nothing to be paused. */
static void test_nothing_else_yet(void **state)
{
	struct stage t;

	(void)state;
	set_up(&t, 24, 80, true);
	press(&t, "F5");
	assert_false(t.fake.paused);
	assert_true(sees(&t, "No process is watched yet"));
	press(&t, "Tab");
	assert_int_equal(t.s.active, PANE_PICKER);
	press(&t, "Esc");
	assert_int_equal(t.s.active, PANE_PICKER);
	press(&t, "F1");
	assert_int_equal(t.s.active, PANE_HELP);
	press(&t, "Esc");
	assert_int_equal(t.s.active, PANE_PICKER);
	press(&t, "F10");
	assert_true(t.effect & UI_QUIT);
	press(&t, "C-c");
	assert_true(t.effect & UI_QUIT);
	tear_down(&t);
}

static void test_leaves_to_where_it_came_from(void **state)
{
	struct stage t;

	(void)state;
	set_up(&t, 24, 80, false);
	assert_int_equal(t.fake.asked, 0);
	press(&t, "2 P");
	assert_int_equal(t.s.active, PANE_PICKER);
	assert_int_equal(t.fake.asked, 1);
	press(&t, "a Esc");
	assert_int_equal(t.s.active, PANE_PICKER);
	press(&t, "Esc");
	assert_int_equal(t.s.active, PANE_THREADS);
	tear_down(&t);
}

static void test_sizes(void **state)
{
	struct stage t;

	(void)state;
	set_up(&t, 24, 80, true);
	for (int rows = 1; rows < 30; rows++)
		for (int cols = 1; cols < 140; cols += 7) {
			screen_resize(&t.s, rows, cols);
			press(&t, "Down PgDn later Up x Esc End");
		}
	tear_down(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_attaches_the_chosen_one),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_attaching),
		cmocka_unit_test(test_attaching_fails),
		cmocka_unit_test(test_attaching_is_cancelled),
		cmocka_unit_test(test_choice_stays),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_nothing_else_yet),
		cmocka_unit_test(test_leaves_to_where_it_came_from),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
