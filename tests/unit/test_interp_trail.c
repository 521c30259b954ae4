// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "interp_fixture.h"

/* Walks that make out only what changed, against walks that make out all; two copies of one look.
 */

#define MEMORY ((size_t)2 << 20)
#define CODES  6
#define DEEP   40
#define ROUNDS 300

#define RECALL (PST_STACK_PREDICT | PST_STACK_VERIFY | PST_STACK_RECALL | PST_STACK_SHIMS)
#define FRESH  (PST_STACK_VERIFY | PST_STACK_SHIMS)

struct program {
	struct fake *f;
	uint32_t x; /* random */
	uint64_t codes[CODES];
	uint64_t frames[DEEP]; /* root first */
	size_t len;
};

static uint32_t roll(struct program *p)
{
	p->x ^= p->x << 13;
	p->x ^= p->x >> 17;
	p->x ^= p->x << 5;
	return p->x;
}

static const struct pst_layout *next_row(size_t *i)
{
	const struct pst_layout *l;

	while ((l = pst_layout_row((*i)++)))
		if (l->type_has_subclass_flags == 1)
			return l;
	return NULL;
}

static void set_instr(struct program *p, uint64_t frame, uint64_t code, int instr)
{
	const struct pst_layout *l = p->f->l;

	if (l->iframe_previous < 0)
		fake_i32(p->f, frame, l->frame_f_lasti,
			 instr * fake_unit(p->f) / l->frame_lasti_scale);
	else
		fake_u64(p->f, frame, l->iframe_instr,
			 code + (uint64_t)l->code_bytecode + (uint64_t)(2 * instr));
}

static void set_code(struct program *p, uint64_t frame, uint64_t code)
{
	const struct pst_layout *l = p->f->l;

	fake_u64(p->f, frame, l->iframe_previous < 0 ? l->frame_f_code : l->iframe_executable,
		 code);
	set_instr(p, frame, code, 3 + (int)(roll(p) % 50));
}

/* All frames there will ever be: a stack grows and shrinks in the same memory. */
static void build(struct program *p)
{
	char name[] = "f0";
	uint64_t at = p->f->shim;

	for (size_t i = 0; i < CODES; i++, name[1]++)
		p->codes[i] = fake_code(p->f, name, "/x/file.py", 100 * (int)i);
	for (size_t i = 0; i < DEEP; i++)
		p->frames[i] = at =
			fake_frame(p->f, p->codes[roll(p) % CODES], 3 + (int)(roll(p) % 50), at);
	p->len = DEEP / 2;
	fake_run(p->f, p->f->tstate, p->frames[p->len - 1]);
}

/* The code object is another one from now on, with the memory of the old one. */
static void use_again(struct program *p)
{
	uint64_t code = p->codes[roll(p) % CODES];

	fake_i32(p->f, code, p->f->l->code_firstlineno, (int32_t)(roll(p) % 1000));
}

static void change(struct program *p)
{
	switch (roll(p) % 4) {
	case 0: /* called and returned */
		p->len = 1 + roll(p) % DEEP;
		fake_run(p->f, p->f->tstate, p->frames[p->len - 1]);
		break;
	case 1:
		set_code(p, p->frames[roll(p) % p->len], p->codes[roll(p) % CODES]);
		break;
	case 2:
		use_again(p);
		break;
	default: /* a link that leads elsewhere, and back again */
		break;
	}
}

static void same_stacks(const struct pst_stack *a, const struct pst_stack *b)
{
	assert_int_equal(a->len, b->len);
	assert_int_equal(a->broken, b->broken);
	assert_int_equal(a->truncated, b->truncated);
	for (size_t i = 0; i < a->len; i++) {
		assert_int_equal(a->at[i].addr, b->at[i].addr);
		assert_int_equal(a->at[i].code, b->at[i].code);
		assert_int_equal(a->at[i].lasti, b->at[i].lasti);
		assert_int_equal(a->at[i].line, b->at[i].line);
		assert_int_equal(a->at[i].is_entry, b->at[i].is_entry);
		assert_int_equal(a->at[i].is_shim, b->at[i].is_shim);
	}
}

struct known {
	struct pst_pyframe frame;
	uint32_t code; /* id */
};

static struct known know(struct program *p, const struct pst_pyframe *frame)
{
	const struct pst_code *code;

	if (frame->is_shim)
		return (struct known){*frame, 0};
	assert_int_equal(pst_python_code(p->f->py, frame->code, true, &code), PST_OK);
	return (struct known){*frame, code->id};
}

/* Of each round: what is said to have been kept was the same before. */
static void check_kept(struct program *p, struct pst_stack *stack, struct known *before,
		       size_t *len)
{
	assert_true(stack->kept <= stack->len && stack->kept <= *len);
	for (size_t i = 0; i < stack->len; i++) {
		struct known now = know(p, &stack->at[stack->len - 1 - i]);
		if (i < stack->kept) {
			assert_int_equal(now.frame.addr, before[i].frame.addr);
			assert_int_equal(now.frame.lasti, before[i].frame.lasti);
			assert_int_equal(now.code, before[i].code);
		}
		before[i] = now;
	}
	*len = stack->len;
	stack->kept = SIZE_MAX;
}

static void one_version(const struct pst_layout *l, size_t *kept)
{
	struct program p = {.f = fake_new(l, MEMORY), .x = 7};
	struct pst_thread th = {.tstate = p.f->tstate, .interp = p.f->interp};
	struct pst_stack recalled = {0}, fresh = {0};
	struct known before[DEEP + 8];
	size_t len = 0;

	build(&p);
	for (int round = 0; round < ROUNDS; round++) {
		change(&p);
		assert_int_equal(pst_python_stack(p.f->py, &th, RECALL, &recalled), PST_OK);
		*kept += recalled.kept;
		check_kept(&p, &recalled, before, &len);
		assert_int_equal(pst_python_stack(p.f->py, &th, FRESH, &fresh), PST_OK);
		same_stacks(&recalled, &fresh);
	}
	pst_stack_free(&recalled);
	pst_stack_free(&fresh);
	fake_free(p.f);
}

static void test_recalled_as_made_out(void **state)
{
	const struct pst_layout *l;
	size_t i = 0, n = 0, kept = 0;

	(void)state;
	for (; (l = next_row(&i)); n++)
		one_version(l, &kept);
	/* It is no good if nothing is ever kept. */
	assert_true(kept > n * ROUNDS);
}

/* Links and words that make no sense, in a stack that was known before. */
static void test_recalled_in_damaged_memory(void **state)
{
	const struct pst_layout *l;
	size_t n = 0;

	(void)state;
	while ((l = next_row(&n))) {
		struct program p = {.f = fake_new(l, MEMORY), .x = 11};
		struct pst_thread th = {.tstate = p.f->tstate, .interp = p.f->interp};
		struct pst_stack recalled = {0}, fresh = {0};
		build(&p);
		for (int round = 0; round < ROUNDS; round++) {
			uint64_t frame = p.frames[roll(&p) % p.len], word;
			uint8_t *at = p.f->mem + (frame - FAKE_BASE) + roll(&p) % 12 * 8;
			memcpy(&word, at, sizeof word);
			uint64_t bad = roll(&p) & 1 ? p.frames[roll(&p) % DEEP] : roll(&p);
			memcpy(at, &bad, sizeof bad);
			enum pst_err err = pst_python_stack(p.f->py, &th, RECALL, &recalled);
			assert_int_equal(pst_python_stack(p.f->py, &th, FRESH, &fresh), err);
			same_stacks(&recalled, &fresh);
			memcpy(at, &word, sizeof word);
		}
		pst_stack_free(&recalled);
		pst_stack_free(&fresh);
		fake_free(p.f);
	}
}

/* ---- two copies ------------------------------------------------------------------------ */

static struct program *moving;		/* whose memory changes between the two copies … */
static void (*move)(struct program *p); /* … by this */

static enum pst_err read_all(struct pst_target *t, const struct pst_span *spans, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		/* The second copies begin where addresses start anew. */
		if (i && spans[i].at < spans[i - 1].at + spans[i - 1].len && move) {
			move(moving);
			move = NULL;
		}
		enum pst_err err = t->ops->read(t, spans[i].at, spans[i].buf, spans[i].len);
		if (err)
			return err;
	}
	return PST_OK;
}

static void returns(struct program *p)
{
	fake_run(p->f, p->f->tstate, p->frames[p->len - 4]);
}

static void runs_on(struct program *p)
{
	set_instr(p, p->frames[p->len - 1], p->codes[0], 60);
}

static void calls_from_elsewhere(struct program *p)
{
	set_instr(p, p->frames[4], p->codes[0], 61);
}

static void nothing(struct program *p)
{
	(void)p;
}

/* How many frames agree when HOW happens in the middle. */
static size_t agreed_when(const struct pst_layout *l, void (*how)(struct program *p))
{
	struct program p = {.f = fake_new(l, MEMORY), .x = 5};
	struct pst_target_ops ops = *p.f->target.ops;
	struct pst_stack stack = {0};
	struct pst_threads threads = {0};
	unsigned what = PST_THREADS_PREDICT | PST_THREADS_TWICE;
	size_t agreed = 0;

	ops.readv = read_all;
	p.f->target.ops = &ops;
	build(&p);
	moving = &p;
	for (int i = 0; i < DEEP; i++)
		set_code(&p, p.frames[i], p.codes[0]);
	for (int look = 0; look < 4; look++) {
		move = look == 3 ? how : NULL;
		assert_int_equal(pst_python_threads(p.f->py, what, NULL, &threads), PST_OK);
		assert_int_equal(pst_python_stack(p.f->py, &threads.at[0],
						  PST_STACK_PAUSED | PST_STACK_RECALL, &stack),
				 PST_OK);
	}
	assert_null(move);
	assert_int_equal(stack.len, p.len);
	assert_true(pst_python_stack_agreed(p.f->py, &threads.at[0], &stack, &agreed));
	pst_stack_free(&stack);
	pst_threads_free(&threads);
	fake_free(p.f);
	return agreed;
}

static void test_cut_to_what_two_copies_agree_on(void **state)
{
	const struct pst_layout *l;
	size_t i = 0;

	(void)state;
	while ((l = next_row(&i))) {
		assert_int_equal(agreed_when(l, nothing), DEEP / 2);
		assert_int_equal(agreed_when(l, runs_on), DEEP / 2);
		assert_int_equal(agreed_when(l, returns), DEEP / 2 - 3);
		assert_int_equal(agreed_when(l, calls_from_elsewhere), 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recalled_as_made_out),
		cmocka_unit_test(test_recalled_in_damaged_memory),
		cmocka_unit_test(test_cut_to_what_two_copies_agree_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
