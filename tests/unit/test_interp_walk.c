// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interp_fixture.h"

#define MEMORY ((size_t)2 << 20)

/* All rows of the table whose strings carry flags in their type (2.6+). */
static const struct pst_layout *next_row(size_t *i)
{
	const struct pst_layout *l;

	while ((l = pst_layout_row((*i)++))) {
		if (l->type_has_subclass_flags == 1)
			return l;
	}
	return NULL;
}

static bool has_iframes(const struct fake *f)
{
	return f->l->iframe_previous >= 0;
}

static struct pst_thread thread_of(const struct fake *f)
{
	return (struct pst_thread){.tstate = f->tstate, .interp = f->interp};
}

static void walk(struct fake *f, unsigned what, struct pst_stack *out)
{
	struct pst_thread thread = thread_of(f);

	memset(out, 0, sizeof *out);
	assert_int_equal(pst_python_stack(f->py, &thread, what, out), PST_OK);
}

static const struct pst_code *code_at(struct fake *f, uint64_t addr)
{
	const struct pst_code *code;

	pst_python_look(f->py);
	assert_int_equal(pst_python_code(f->py, addr, true, &code), PST_OK);
	return code;
}

static void check_frame(struct fake *f, const struct pst_pyframe *frame, const char *name,
			int instr, int first)
{
	const struct pst_code *code;
	struct pst_position at;

	assert_int_equal(pst_python_code(f->py, frame->code, true, &code), PST_OK);
	assert_string_equal(code->name, name);
	assert_string_equal(code->filename, "/x/file.py");
	assert_int_equal(frame->lasti, instr * fake_unit(f));
	assert_int_equal(pst_code_position(f->py, code, frame->lasti, &at), PST_OK);
	/* an lnotab starts with a step, the later tables do not */
	assert_int_equal(at.line, first + instr);
}

static void one_version_walks(const struct pst_layout *l)
{
	struct fake *f = fake_new(l, MEMORY);
	struct pst_stack stack;
	uint64_t at = f->shim;

	at = fake_frame(f, fake_code(f, "outer", "/x/file.py", 10), 5, at);
	at = fake_frame(f, fake_code(f, "middle", "/x/file.py", 200), 7, at);
	at = fake_frame(f, fake_code(f, "inner", "/x/file.py", 3000), 9, at);
	fake_run(f, f->tstate, at);
	walk(f, 0, &stack);
	assert_int_equal(stack.len, 3);
	assert_false(stack.broken);
	assert_false(stack.truncated);
	check_frame(f, &stack.at[0], "inner", 9, 3000);
	check_frame(f, &stack.at[1], "middle", 7, 200);
	check_frame(f, &stack.at[2], "outer", 5, 10);
	assert_true(stack.at[2].is_entry);
	assert_int_equal(stack.at[0].is_entry, !has_iframes(f));
	pst_stack_free(&stack);
	fake_free(f);
}

static void test_all_versions_walk(void **state)
{
	const struct pst_layout *l;
	size_t i = 0, n = 0;

	(void)state;
	while ((l = next_row(&i))) {
		one_version_walks(l);
		n++;
	}
	assert_true(n >= 15);
}

typedef void version_test(struct fake *f);

static void for_each_version(version_test *test)
{
	const struct pst_layout *l;
	size_t i = 0;

	while ((l = next_row(&i))) {
		struct fake *f = fake_new(l, MEMORY);

		test(f);
		fake_free(f);
	}
}

static void no_frame(struct fake *f)
{
	struct pst_stack stack;

	walk(f, 0, &stack);
	assert_int_equal(stack.len, 0);
	assert_false(stack.broken);
}

static void test_no_frame(void **state)
{
	(void)state;
	for_each_version(no_frame);
}

static void circle(struct fake *f)
{
	uint64_t code = fake_code(f, "f", "/x/file.py", 1), first = fake_frame(f, code, 5, 0),
		 at = first;
	struct pst_stack stack;

	for (int i = 0; i < 99; i++)
		at = fake_frame(f, code, 5, at);
	fake_u64(f, first, has_iframes(f) ? f->l->iframe_previous : f->l->frame_f_back, at);
	fake_run(f, f->tstate, at);
	walk(f, 0, &stack);
	assert_true(stack.broken);
	assert_true(stack.len < 1000);
	pst_stack_free(&stack);
}

static void test_a_circle_ends(void **state)
{
	(void)state;
	for_each_version(circle);
}

/* Links that lead to nowhere: the frames before are kept and the stack says that it is not all. */
static void broken_links(struct fake *f)
{
	static const uint64_t bad[] = {1,
				       8,
				       0x10,
				       FAKE_BASE - 8,
				       FAKE_BASE + MEMORY - 8,
				       FAKE_BASE + 4,
				       UINT64_C(0x7ffffffffff8),
				       UINT64_C(0xffffffffffffff00),
				       UINT64_MAX};
	uint64_t code = fake_code(f, "f", "/x/file.py", 1);
	struct pst_stack stack;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		fake_run(f, f->tstate, fake_frame(f, code, 5, bad[i]));
		walk(f, 0, &stack);
		assert_int_equal(stack.len, 1);
		assert_true(stack.broken);
		pst_stack_free(&stack);
		fake_run(f, f->tstate, fake_frame(f, bad[i], 5, 0));
		walk(f, 0, &stack);
		assert_int_equal(stack.len, 0);
		assert_true(stack.broken);
		pst_stack_free(&stack);
	}
}

static void test_broken_links(void **state)
{
	(void)state;
	for_each_version(broken_links);
}

static void shims(struct fake *f)
{
	uint64_t code = fake_code(f, "f", "/x/file.py", 1), outer, at;
	struct pst_stack stack;

	if (!f->shim)
		return;
	outer = fake_frame(f, code, 4, f->shim);
	at = fake_frame(f, code, 5, fake_shim(f, outer));
	fake_run(f, f->tstate, fake_frame(f, code, 6, at));
	fake_called_from(f, outer);
	walk(f, 0, &stack);
	assert_int_equal(stack.len, 3);
	assert_false(stack.at[0].is_entry);
	assert_true(stack.at[1].is_entry);
	assert_true(stack.at[2].is_entry);
	pst_stack_free(&stack);
	walk(f, PST_STACK_SHIMS, &stack);
	assert_int_equal(stack.len, 5);
	assert_true(stack.at[2].is_shim);
	assert_int_equal(stack.at[2].code, 0);
	assert_true(stack.at[4].is_shim);
	pst_stack_free(&stack);
}

static void test_shims(void **state)
{
	(void)state;
	for_each_version(shims);
}

/* An instruction pointer outside of the code has no line, instead of a wrong one. */
static void instruction_elsewhere(struct fake *f)
{
	const struct pst_code *code;
	struct pst_position at;
	struct pst_stack stack;
	uint64_t frame;

	if (!has_iframes(f))
		return;
	frame = fake_frame(f, fake_code(f, "f", "/x/file.py", 1), 5, 0);
	fake_u64(f, frame, f->l->iframe_instr, FAKE_BASE + 64);
	fake_run(f, f->tstate, frame);
	walk(f, 0, &stack);
	assert_int_equal(stack.len, 1);
	assert_int_equal(stack.at[0].lasti, PST_LASTI_UNKNOWN);
	code = code_at(f, stack.at[0].code);
	assert_int_equal(pst_code_position(f->py, code, stack.at[0].lasti, &at), PST_OK);
	assert_int_equal(at.line, 0);
	pst_stack_free(&stack);
}

static void test_instruction_elsewhere(void **state)
{
	(void)state;
	for_each_version(instruction_elsewhere);
}

static void deep(const struct pst_layout *l, size_t depth, bool truncated)
{
	struct fake *f = fake_new(l, ((size_t)256 << 20));
	uint64_t code = fake_code(f, "f", "/x/file.py", 1), at = f->shim;
	struct pst_stack stack;

	for (size_t i = 0; i < depth; i++)
		at = fake_frame(f, code, 5, at);
	fake_run(f, f->tstate, at);
	walk(f, 0, &stack);
	assert_int_equal(stack.len, truncated ? PST_STACK_MAX : depth);
	assert_int_equal(stack.truncated, truncated);
	assert_false(stack.broken);
	assert_int_equal(stack.at[0].addr, at);
	pst_stack_free(&stack);
	fake_free(f);
}

static void test_deep(void **state)
{
	static const struct pst_pyversion versions[] = {
		{2, 7, 18, 0xf, 0}, {3, 11, 7, 0xf, 0}, {3, 13, 0, 0xf, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
		deep(pst_layout_find(&versions[i], 0), PST_STACK_MAX, false);
		deep(pst_layout_find(&versions[i], 0), PST_STACK_MAX + 10, true);
	}
}

/* Many threads that share one deep stack, which takes no memory to make: the look has an end. */
static void test_frames_have_a_limit(void **state)
{
	const struct pst_pyversion v = {3, 13, 0, 0xf, 0};
	struct fake *f = fake_new(pst_layout_find(&v, 0), ((size_t)256 << 20));
	uint64_t code = fake_code(f, "f", "/x/file.py", 1), at = f->shim;
	struct pst_thread thread = thread_of(f);
	struct pst_stack stack = {0};
	size_t frames = 0, cut = 0;

	(void)state;
	for (size_t i = 0; i < PST_STACK_MAX; i++)
		at = fake_frame(f, code, 5, at);
	fake_run(f, f->tstate, at);
	pst_python_look(f->py);
	for (size_t i = 0; i < 500; i++) {
		unsigned what = i % 2 ? PST_STACK_RECALL : 0;
		assert_int_equal(pst_python_stack(f->py, &thread, what, &stack), PST_OK);
		assert_false(stack.broken);
		assert_true(stack.truncated || stack.len == PST_STACK_MAX);
		frames += stack.len;
		cut += stack.truncated;
	}
	assert_in_range(frames, PST_FRAMES_MAX / 2, PST_FRAMES_MAX);
	assert_in_range(cut, 300, 400);
	pst_python_look(f->py);
	assert_int_equal(pst_python_stack(f->py, &thread, 0, &stack), PST_OK);
	assert_int_equal(stack.len, PST_STACK_MAX);
	assert_false(stack.truncated);
	pst_stack_free(&stack);
	fake_free(f);
}

/* ---- threads -------------------------------------------------------------------------------- */

static void threads_in_order(struct fake *f)
{
	uint64_t second = fake_tstate(f, 0), third = fake_tstate(f, 0);
	struct pst_threads threads = {0};

	assert_int_equal(pst_python_threads(f->py, PST_THREADS_STATE, NULL, &threads), PST_OK);
	assert_false(threads.truncated);
	if (f->l->version.major > 2) { /* there a state without a thread is one that fork() left */
		assert_int_equal(threads.len, 3);
		assert_int_equal(threads.at[0].tstate, f->tstate);
		assert_int_equal(threads.at[1].tstate, second);
		assert_int_equal(threads.at[2].tstate, third);
	}
	pst_threads_free(&threads);
}

static void test_threads_in_order(void **state)
{
	(void)state;
	for_each_version(threads_in_order);
}

static void thread_circle(struct fake *f)
{
	uint64_t newest = fake_tstate(f, 1);
	struct pst_threads threads = {0};

	fake_u64(f, f->tstate, f->l->tstate_next, newest);
	assert_int_equal(pst_python_threads(f->py, 0, NULL, &threads), PST_OK);
	assert_true(threads.truncated);
	assert_true(threads.len < 16);
	pst_threads_free(&threads);
}

static void test_a_circle_of_threads_ends(void **state)
{
	(void)state;
	for_each_version(thread_circle);
}

static void interp_circle(struct fake *f)
{
	struct pst_threads threads = {0};

	fake_u64(f, f->interp, f->l->interp_next, f->interp);
	assert_int_equal(pst_python_threads(f->py, 0, NULL, &threads), PST_OK);
	assert_true(threads.truncated);
	assert_true(threads.len < 16);
	pst_threads_free(&threads);
}

static void test_a_circle_of_interpreters_ends(void **state)
{
	(void)state;
	for_each_version(interp_circle);
}

static void test_no_interpreter(void **state)
{
	const struct pst_pyversion version = {3, 12, 1, 0xf, 0};
	struct fake *f = fake_new(pst_layout_find(&version, 0), MEMORY);
	struct pst_threads threads = {0};

	(void)state;
	fake_u64(f, f->py->info.runtime, f->l->runtime_interpreters_head, 0);
	assert_int_equal(pst_python_threads(f->py, 0, NULL, &threads), PST_NOTREADY);
	pst_threads_free(&threads);
	fake_free(f);
}

/* ---- code objects -----------------------------------------------------------------------------
 */

static void address_reuse(struct fake *f)
{
	uint64_t at = fake_code(f, "first", "/x/file.py", 1), other = fake_str(f, "second"), name;
	const struct pst_code *code = code_at(f, at);
	uint32_t id = code->id;

	memcpy(&name, f->mem + (at - FAKE_BASE) + f->l->code_name, sizeof name);
	assert_string_equal(code->name, "first");
	assert_ptr_equal(code_at(f, at), code);
	fake_u64(f, at, f->l->code_name, other);

	const struct pst_code *second = code_at(f, at);

	assert_string_equal(second->name, "second");
	assert_int_not_equal(second->id, id);
	assert_string_equal(code->name, "first"); /* whoever holds it may still look at it */

	/* what comes back, even elsewhere, has the number that it had */
	assert_int_equal(code_at(f, fake_code(f, "first", "/x/file.py", 1))->id, id);
}

static void test_an_address_that_is_used_again(void **state)
{
	(void)state;
	for_each_version(address_reuse);
}

static void trusted(struct fake *f)
{
	uint64_t at = fake_code(f, "first", "/x/file.py", 1);
	const struct pst_code *code = code_at(f, at), *again;

	fake_u64(f, at, f->l->code_name, fake_str(f, "second"));
	pst_python_look(f->py);
	assert_int_equal(pst_python_code(f->py, at, false, &again), PST_OK);
	assert_ptr_equal(again, code);
}

static void test_the_cache_can_be_trusted(void **state)
{
	(void)state;
	for_each_version(trusted);
}

static void not_code(struct fake *f)
{
	const struct pst_code *code;

	assert_int_not_equal(pst_python_code(f->py, fake_str(f, "x"), true, &code), PST_OK);
	assert_null(code);
	assert_int_not_equal(pst_python_code(f->py, 0, true, &code), PST_OK);
	assert_int_not_equal(pst_python_code(f->py, 12345, true, &code), PST_OK);
}

static void test_what_is_no_code(void **state)
{
	(void)state;
	for_each_version(not_code);
}

static void long_names(struct fake *f)
{
	char *name = malloc(20001);
	const struct pst_code *code;

	assert_non_null(name);
	memset(name, 'n', 20000);
	memcpy(name, "a\x1b[31m", 6);
	name[20000] = '\0';
	code = code_at(f, fake_code(f, name, "/x/file.py", 1));
	assert_true(strlen(code->name) <= PST_NAME_MAX + 3);
	assert_string_equal(code->name + strlen(code->name) - 3, "…");
	assert_null(strchr(code->name, '\x1b'));
	free(name);
}

static void test_long_names_are_cut(void **state)
{
	(void)state;
	for_each_version(long_names);
}

/* A line table of a size that nobody has is not read. */
static void huge_table(struct fake *f)
{
	uint64_t at = fake_code(f, "f", "/x/file.py", 7), lines;
	struct pst_position pos;

	memcpy(&lines, f->mem + (at - FAKE_BASE) + f->l->code_lines, sizeof lines);
	fake_u64(f, lines, f->l->var_ob_size, UINT64_C(1) << 40);

	const struct pst_code *code = code_at(f, at);

	pst_code_position(f->py, code, 6, &pos);
	assert_true(pos.line == 0 || pos.line == 7);
}

static void test_huge_line_table(void **state)
{
	(void)state;
	for_each_version(huge_table);
}

/* ---- anything ----------------------------------------------------------------------------------
 */

static uint32_t roll(uint32_t *x)
{
	*x = *x * 1664525 + 1013904223;
	return *x >> 8;
}

static void look_at_all(struct fake *f)
{
	struct pst_threads threads = {0};
	struct pst_stack stack = {0};

	pst_python_threads(f->py, PST_THREADS_NAMES | PST_THREADS_STATE | PST_THREADS_NATIVE, NULL,
			   &threads);
	for (size_t i = 0; i < threads.len && i < 8; i++) {
		if (pst_python_stack(f->py, &threads.at[i], PST_STACK_SHIMS, &stack))
			continue;
		for (size_t k = 0; k < stack.len && k < 64; k++) {
			const struct pst_code *code;
			struct pst_position at;

			if (!pst_python_code(f->py, stack.at[k].code, true, &code))
				pst_code_position(f->py, code, stack.at[k].lasti, &at);
		}
	}
	pst_stack_free(&stack);
	pst_threads_free(&threads);
}

static void mutate(struct fake *f)
{
	uint32_t x = 1 + (uint32_t)f->l->version.minor;
	uint64_t at = f->shim;
	uint8_t *copy;

	for (int i = 0; i < 4; i++)
		at = fake_frame(f, fake_code(f, "f", "/x/file.py", 10 * i), 5, at);
	fake_run(f, f->tstate, at);
	fake_tstate(f, FAKE_BASE + 128);
	copy = malloc(f->used);
	assert_non_null(copy);
	memcpy(copy, f->mem, f->used);
	for (int round = 0; round < 100; round++) {
		for (uint32_t n = roll(&x) % 12; n > 0; n--) {
			uint64_t word = roll(&x) & 1 ? FAKE_BASE + roll(&x) % f->used
						     : (uint64_t)roll(&x) << (roll(&x) % 40);

			memcpy(f->mem + roll(&x) % (f->used / 8) * 8, &word, 8);
		}
		look_at_all(f);
		memcpy(f->mem, copy, f->used);
	}
	free(copy);
	look_at_all(f);
}

static void test_damaged_memory(void **state)
{
	(void)state;
	for_each_version(mutate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_versions_walk),
		cmocka_unit_test(test_no_frame),
		cmocka_unit_test(test_a_circle_ends),
		cmocka_unit_test(test_broken_links),
		cmocka_unit_test(test_shims),
		cmocka_unit_test(test_instruction_elsewhere),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_frames_have_a_limit),
		cmocka_unit_test(test_threads_in_order),
		cmocka_unit_test(test_a_circle_of_threads_ends),
		cmocka_unit_test(test_a_circle_of_interpreters_ends),
		cmocka_unit_test(test_no_interpreter),
		cmocka_unit_test(test_an_address_that_is_used_again),
		cmocka_unit_test(test_the_cache_can_be_trusted),
		cmocka_unit_test(test_what_is_no_code),
		cmocka_unit_test(test_long_names_are_cut),
		cmocka_unit_test(test_huge_line_table),
		cmocka_unit_test(test_damaged_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
