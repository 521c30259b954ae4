// SPDX-License-Identifier: MIT
#include "config.h"

/* Stacks that are met while the interpreter links or unlinks a frame. */

#include "unit.h"

#include <string.h>

#include "interp_fixture.h"

#define MEMORY ((size_t)1 << 20)

static void walk(struct fake *f, struct pst_stack *out)
{
	struct pst_thread thread = {.tstate = f->tstate, .interp = f->interp};

	memset(out, 0, sizeof *out);
	assert_int_equal(pst_python_stack(f->py, &thread, 0, out), PST_OK);
}

static void for_each_version(void (*test)(struct fake *f))
{
	const struct pst_layout *l;

	for (size_t i = 0; (l = pst_layout_row(i)); i++) {
		/* those whose strings carry flags in their type (2.6+) */
		if (l->type_has_subclass_flags != 1)
			continue;
		struct fake *f = fake_new(l, MEMORY);
		test(f);
		fake_free(f);
	}
}

static void being_set_up(struct fake *f)
{
	uint64_t outer, inner;
	struct pst_stack stack;

	if (f->l->iframe_previous < 0)
		return;
	outer = fake_frame(f, fake_code(f, "outer", "/x/file.py", 1), 5, f->shim);
	inner = fake_frame(f, fake_code(f, "inner", "/x/file.py", 1), FAKE_TRACEABLE - 1, outer);
	fake_run(f, f->tstate, inner);
	walk(f, &stack);
	assert_int_equal(stack.len, 1);
	assert_int_equal(stack.at[0].addr, outer);
	pst_stack_free(&stack);
	/* a generator's frame counts from its first instruction on */
	fake_u8(f, inner, f->l->iframe_owner, (uint8_t)f->l->owner_generator);
	walk(f, &stack);
	assert_int_equal(stack.len, 2);
	pst_stack_free(&stack);
}

static void test_frames_being_set_up_are_left_out(void **state)
{
	(void)state;
	for_each_version(being_set_up);
}

/* The loop has just begun: what stands as its current frame is left from an earlier one. */
static void stale_current_frame(struct fake *f)
{
	uint64_t code = fake_code(f, "f", "/x/file.py", 1), caller, stale;
	struct pst_stack stack;

	if (f->l->cframe_current_frame < 0)
		return;
	caller = fake_frame(f, code, 4, f->shim);
	stale = fake_frame(f, code, 5, f->shim ? fake_shim(f, 0) : 0);
	if (f->l->iframe_is_entry >= 0)
		fake_u8(f, stale, f->l->iframe_is_entry, 1);
	fake_run(f, f->tstate, stale);
	fake_called_from(f, caller);
	walk(f, &stack);
	assert_true(stack.broken);
	pst_stack_free(&stack);
	fake_called_from(f, 0);
	walk(f, &stack);
	assert_false(stack.broken);
	assert_int_equal(stack.len, 1);
	pst_stack_free(&stack);
	/* all fits, but the frame has been given back */
	fake_u64(f, f->tstate, f->l->tstate_datastack_top, stale);
	fake_u64(f, f->tstate, f->l->tstate_datastack_limit, stale + 4096);
	walk(f, &stack);
	assert_true(stack.broken);
	pst_stack_free(&stack);
}

static void test_a_current_frame_of_long_ago(void **state)
{
	(void)state;
	for_each_version(stale_current_frame);
}

/* 3.9, 3.10: throw() has taken a generator that waits into the chain, without its caller. */
static void cut_off(struct fake *f)
{
	const struct pst_layout *l = f->l;
	bool has_state = l->frame_f_state >= 0;
	uint64_t frame;
	struct pst_stack stack;

	if (l->frame_f_gen < 0)
		return;
	frame = fake_frame(f, fake_code(f, "f", "/x/file.py", 1), 5, 0);
	fake_u64(f, frame, l->frame_f_gen, fake_alloc(f, 64));
	fake_run(f, f->tstate, frame);
	fake_u8(f, frame, has_state ? l->frame_f_state : l->frame_f_executing,
		has_state ? (uint8_t)(l->frame_state_executing - 1) : 0);
	walk(f, &stack);
	assert_true(stack.broken);
	pst_stack_free(&stack);
	fake_u8(f, frame, has_state ? l->frame_f_state : l->frame_f_executing,
		has_state ? (uint8_t)l->frame_state_executing : 1);
	walk(f, &stack);
	assert_false(stack.broken);
	assert_int_equal(stack.len, 1);
	pst_stack_free(&stack);
}

static void test_a_generator_without_its_caller(void **state)
{
	(void)state;
	for_each_version(cut_off);
}

/* From 3.12 on no stack ends at a Python frame: this one was read while a generator was linked in.
 */
static void no_root(struct fake *f)
{
	struct pst_stack stack;

	if (!f->shim)
		return;
	fake_run(f, f->tstate, fake_frame(f, fake_code(f, "f", "/x/file.py", 1), 5, 0));
	walk(f, &stack);
	assert_int_equal(stack.len, 1);
	assert_true(stack.broken);
	pst_stack_free(&stack);
}

static void test_a_stack_without_root(void **state)
{
	(void)state;
	for_each_version(no_root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames_being_set_up_are_left_out),
		cmocka_unit_test(test_a_current_frame_of_long_ago),
		cmocka_unit_test(test_a_generator_without_its_caller),
		cmocka_unit_test(test_a_stack_without_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
