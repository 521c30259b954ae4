// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include <string.h>

#include "interp_fixture.h"

#define MEMORY ((size_t)2 << 20)
#define MAIN   4711 /* the fixture's pid */

/*
 * Three threads: main, second, third.  Their idents point to a struct pthread as glibc has it, so
 * that the system's ids are found in every version.
 */
struct scene {
	struct fake *f;
	uint64_t tstate[3];
	uint64_t gil, variable; /* the struct, or one variable up to 3.6 */
	struct pst_task task[3];
	struct pst_tasks tasks;
	struct pst_threads threads;
};

static uint64_t fake_pthread(struct fake *f, int tid)
{
	uint64_t at = fake_alloc(f, 1024);

	fake_u64(f, at, 0, at);
	fake_u64(f, at, 16, at);
	fake_i32(f, at, 720, tid);
	return at;
}

static void make_gil(struct scene *s)
{
	struct fake *f = s->f;
	const struct pst_layout *l = f->l;
	struct pst_statics *st = &f->py->statics;

	if (l->interp_gil >= 0) {
		s->gil = fake_alloc(f, (size_t)l->gil_size);
		fake_u64(f, f->interp, l->interp_gil, s->gil);
		fake_i32(f, s->gil, l->gil_enabled, 1);
	} else if (l->runtime_gil >= 0) {
		s->gil = f->py->info.runtime + (uint64_t)l->runtime_gil;
	} else {
		st->tstate_current = fake_alloc(f, 8);
		s->gil = fake_alloc(f, 64);
		if (l->version.major > 2) {
			st->gil_cond = s->gil;
		} else {
			st->interpreter_lock = fake_alloc(f, 8);
			fake_u64(f, st->interpreter_lock, 0, s->gil);
		}
	}
}

/* Somewhere inside of what a waiter sleeps on. */
static uint64_t gil_futex(const struct scene *s)
{
	const struct pst_layout *l = s->f->l;

	return s->gil + (l->runtime_interpreters_head >= 0 ? (uint64_t)l->gil_cond + 8 : 0);
}

static void hold(struct scene *s, uint64_t tstate)
{
	struct fake *f = s->f;
	const struct pst_layout *l = f->l;

	if (l->interp_gil >= 0) {
		fake_u64(f, s->gil, l->gil_last_holder, tstate);
		fake_i32(f, s->gil, l->gil_locked, tstate != 0);
		if (tstate)
			fake_i32(f, tstate, l->tstate_state, l->state_attached);
		if (tstate && l->tstate_status >= 0 && l->status_bit_active >= 0)
			fake_i32(f, tstate, l->tstate_status, 1 << l->status_bit_active);
	} else if (l->runtime_gil >= 0) {
		fake_u64(f, f->py->info.runtime, l->runtime_tstate_current, tstate);
	} else {
		fake_u64(f, f->py->statics.tstate_current, 0, tstate);
	}
}

static struct scene *setup(const struct pst_layout *l)
{
	static struct scene s;

	memset(&s, 0, sizeof s);
	s.f = fake_new(l, MEMORY);
	for (int i = 0; i < 3; i++) {
		uint64_t ident = fake_pthread(s.f, MAIN + i);

		s.tstate[i] = i ? fake_tstate(s.f, ident) : s.f->tstate;
		fake_u64(s.f, s.tstate[i], l->tstate_thread_id, ident);
		s.task[i] = (struct pst_task){
			.tid = MAIN + i, .ns_tid = MAIN + i, .state = 'S', .syscall = 7};
	}
	s.tasks = (struct pst_tasks){.at = s.task, .len = 3, .cap = 3};
	make_gil(&s);
	return &s;
}

static void look(struct scene *s, unsigned what)
{
	assert_int_equal(
		pst_python_threads(s->f->py, what | PST_THREADS_STATE, &s->tasks, &s->threads),
		PST_OK);
}

static void teardown(struct scene *s)
{
	pst_threads_free(&s->threads);
	fake_free(s->f);
}

typedef void scene_test(struct scene *s);

static void for_each_version(scene_test *test)
{
	const struct pst_layout *l;

	for (size_t i = 0; (l = pst_layout_row(i)); i++) {
		if (l->type_has_subclass_flags != 1)
			continue;

		struct scene *s = setup(l);

		test(s);
		teardown(s);
	}
}

static void ids(struct scene *s)
{
	look(s, 0);
	assert_int_equal(s->threads.len, 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(s->threads.at[i].tid, MAIN + i);
		assert_int_equal(s->threads.at[i].ns_tid, MAIN + i);
		assert_int_equal(s->threads.at[i].is_main, i == 0);
		assert_int_equal(s->threads.at[i].state, PST_THREAD_IDLE);
	}
}

static void test_ids_of_the_system(void **state)
{
	(void)state;
	for_each_version(ids);
}

static void holder_and_waiters(struct scene *s)
{
	s->task[0].state = 'R';
	s->task[1].syscall = 202;
	s->task[1].args[0] = gil_futex(s);
	s->task[2].syscall = 202;
	s->task[2].args[0] = 0x7f0000001000; /* some other lock */
	hold(s, s->tstate[0]);
	look(s, 0);
	assert_true(s->threads.at[0].holds_gil);
	assert_false(s->threads.at[1].holds_gil);
	assert_int_equal(s->threads.at[0].state, PST_THREAD_ACTIVE);
	assert_int_equal(s->threads.at[1].state, PST_THREAD_GIL_WAIT);
	assert_int_equal(s->threads.at[2].state, PST_THREAD_IDLE);

	/* a timed wait goes on as restart_syscall after a pause */
	s->task[1].syscall = 219;
	look(s, 0);
	assert_int_equal(s->threads.at[1].state, PST_THREAD_GIL_WAIT);

	/* it got the GIL after the system was asked */
	hold(s, s->tstate[1]);
	look(s, 0);
	assert_true(s->threads.at[1].holds_gil);
	assert_int_equal(s->threads.at[1].state, PST_THREAD_ACTIVE);

	hold(s, 0);
	look(s, 0);
	for (int i = 0; i < 3; i++)
		assert_false(s->threads.at[i].holds_gil);
}

static void test_holder_and_waiters(void **state)
{
	(void)state;
	for_each_version(holder_and_waiters);
}

/* The GIL's last holder is not its holder when its state is detached (3.13+) or not active (3.12).
 */
static void taken_but_not_named(struct scene *s)
{
	const struct pst_layout *l = s->f->l;

	hold(s, s->tstate[0]);
	if (l->tstate_state >= 0)
		fake_i32(s->f, s->tstate[0], l->tstate_state, l->state_detached);
	else if (l->tstate_status >= 0 && l->status_bit_active >= 0)
		fake_i32(s->f, s->tstate[0], l->tstate_status, 0);
	else
		return;
	look(s, 0);
	assert_false(s->threads.at[0].holds_gil);
}

static void test_taken_but_not_named_yet(void **state)
{
	(void)state;
	for_each_version(taken_but_not_named);
}

static void no_gil(struct scene *s)
{
	if (s->f->l->gil_enabled < 0)
		return;
	hold(s, s->tstate[0]);
	fake_i32(s->f, s->gil, s->f->l->gil_enabled, 0);
	look(s, 0);
	assert_false(s->threads.at[0].holds_gil);
}

static void test_free_threaded(void **state)
{
	(void)state;
	for_each_version(no_gil);
}

static void test_native_threads(void **state)
{
	const struct pst_pyversion version = {3, 12, 1, 0xf, 0};
	struct scene *s = setup(pst_layout_find(&version, 0));
	struct pst_task more[4];

	(void)state;
	memcpy(more, s->task, sizeof s->task);
	more[3] = (struct pst_task){.tid = 9000,
				    .ns_tid = 12,
				    .state = 'R',
				    .syscall = -1,
				    .comm = "a\x1b"
					    "b"};
	s->tasks = (struct pst_tasks){.at = more, .len = 4, .cap = 4};
	look(s, PST_THREADS_NATIVE);
	assert_int_equal(s->threads.len, 4);
	assert_int_equal(s->threads.at[3].tstate, 0);
	assert_int_equal(s->threads.at[3].tid, 9000);
	assert_int_equal(s->threads.at[3].ns_tid, 12);
	assert_int_equal(s->threads.at[3].state, PST_THREAD_ACTIVE);
	assert_null(strchr(s->threads.at[3].comm, '\x1b'));
	look(s, 0);
	assert_int_equal(s->threads.len, 3);
	teardown(s);
}

/* Ids of the target's own namespace become ours. */
static void test_other_namespace(void **state)
{
	const struct pst_pyversion version = {3, 12, 1, 0xf, 0};
	struct scene *s = setup(pst_layout_find(&version, 0));

	(void)state;
	for (int i = 0; i < 3; i++) {
		s->task[i].ns_tid = i + 1;
		fake_u64(s->f, s->tstate[i], s->f->l->tstate_native_thread_id, (uint64_t)i + 1);
	}
	look(s, 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(s->threads.at[i].tid, MAIN + i);
		assert_int_equal(s->threads.at[i].ns_tid, i + 1);
	}
	teardown(s);
}

static void test_judge(void **state)
{
	const struct pst_pyversion version = {3, 12, 1, 0xf, 0};
	struct scene *s = setup(pst_layout_find(&version, 0));
	struct pst_task after[3];
	struct pst_tasks later = {.at = after, .len = 3, .cap = 3};

	(void)state;
	look(s, 0);
	memcpy(after, s->task, sizeof after);
	after[1].cpu_ns += 50000; /* what a pause costs */
	after[2].cpu_ns += 5000000;
	pst_threads_judge(&s->threads, &s->tasks, &later, s->f->py, NULL);
	assert_int_equal(s->threads.at[0].state, PST_THREAD_IDLE);
	assert_int_equal(s->threads.at[1].state, PST_THREAD_IDLE);
	assert_int_equal(s->threads.at[2].state, PST_THREAD_ACTIVE);
	teardown(s);
}

static void test_judge_by_function(void **state)
{
	const struct pst_pyversion version = {3, 12, 1, 0xf, 0};
	struct scene *s = setup(pst_layout_find(&version, 0));
	struct fake *f = s->f;
	struct pst_stack stacks[3] = {0};
	uint64_t wait = fake_code(f, "wait", "/usr/lib/threading.py", 1);

	(void)state;
	for (int i = 0; i < 3; i++)
		s->task[i].state = 0;
	fake_run(f, s->tstate[0], fake_frame(f, wait, 5, f->shim));
	fake_run(f, s->tstate[1],
		 fake_frame(f, fake_code(f, "wait", "/x/mythreading.py", 1), 5, f->shim));
	look(s, 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(pst_python_stack(f->py, &s->threads.at[i], 0, &stacks[i]), PST_OK);
	pst_threads_judge(&s->threads, NULL, NULL, f->py, stacks);
	assert_int_equal(s->threads.at[0].state, PST_THREAD_IDLE);
	assert_int_equal(s->threads.at[1].state, PST_THREAD_UNKNOWN);
	assert_int_equal(s->threads.at[2].state, PST_THREAD_UNKNOWN);
	for (int i = 0; i < 3; i++)
		pst_stack_free(&stacks[i]);
	teardown(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids_of_the_system),
		cmocka_unit_test(test_holder_and_waiters),
		cmocka_unit_test(test_taken_but_not_named_yet),
		cmocka_unit_test(test_free_threaded),
		cmocka_unit_test(test_native_threads),
		cmocka_unit_test(test_other_namespace),
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_judge_by_function),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
