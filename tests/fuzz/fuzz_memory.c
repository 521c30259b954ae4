// SPDX-License-Identifier: MIT
/*
 * The walker and the value printer on damaged memory: a recorded target whose words are changed where
 * they matter, in the structs that the dump goes through.
 */
#include "config.h"

#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "interp/interp.h"
#include "target/saved.h"

#define PATCHES_MAX 48
#define WORDS 40 /* of a struct that are damaged */

struct patch {
	uint64_t at, word;
};

struct addresses {
	uint64_t *at;
	size_t len, cap;
};

/* A recorded target with some words replaced. */
struct mutant {
	struct pst_target base;
	struct pst_target *inner;
	struct patch patches[PATCHES_MAX];
	size_t n;
	bool stripped; /* no section or symbol is told: the data is searched */
};

static struct pst_target *inner(struct pst_target *t)
{
	return ((struct mutant *)t)->inner;
}

static enum pst_err mutant_read(struct pst_target *t, uint64_t at, void *buf, size_t len)
{
	const struct mutant *m = (struct mutant *)t;
	enum pst_err err = pst_target_read(m->inner, at, buf, len);

	for (size_t i = 0; !err && i < m->n; i++) {
		for (unsigned b = 0; b < 8; b++) {
			uint64_t off = m->patches[i].at + b - at;

			if (off < len)
				((unsigned char *)buf)[off] =
					(unsigned char)(m->patches[i].word >> (8 * b));
		}
	}
	return err;
}

static enum pst_err mutant_maps(struct pst_target *t, struct pst_maps *out, struct pst_why *why)
{
	return inner(t)->ops->maps(inner(t), out, why);
}

static int mutant_open_mapped(struct pst_target *t, const struct pst_map *map)
{
	return inner(t)->ops->open_mapped(inner(t), map);
}

static int mutant_open_path(struct pst_target *t, const char *path)
{
	return inner(t)->ops->open_path(inner(t), path);
}

static enum pst_err mutant_tasks(struct pst_target *t, unsigned what, struct pst_tasks *out)
{
	return inner(t)->ops->tasks(inner(t), what, out);
}

static enum pst_err mutant_info(struct pst_target *t, struct pst_proc_info *out)
{
	return inner(t)->ops->info(inner(t), out);
}

static enum pst_err mutant_check(struct pst_target *t)
{
	return inner(t)->ops->check(inner(t));
}

static enum pst_err mutant_section(struct pst_target *t, uint64_t start, const char *name,
				   struct pst_range *out)
{
	if (((struct mutant *)t)->stripped)
		return PST_NOTFOUND;
	return inner(t)->ops->section(inner(t), start, name, out);
}

static size_t mutant_symbols(struct pst_target *t, uint64_t start, unsigned tables,
			     const char *const *names, size_t n, struct pst_symbol *out)
{
	if (((struct mutant *)t)->stripped)
		return 0;
	return inner(t)->ops->symbols(inner(t), start, tables, names, n, out);
}

/* The recording is used again. */
static void mutant_close(struct pst_target *t)
{
	(void)t;
}

static const struct pst_target_ops mutant_ops = {
	.name = "mutant",
	.read = mutant_read,
	.maps = mutant_maps,
	.open_mapped = mutant_open_mapped,
	.open_path = mutant_open_path,
	.tasks = mutant_tasks,
	.info = mutant_info,
	.check = mutant_check,
	.section = mutant_section,
	.symbols = mutant_symbols,
	.close = mutant_close,
};

/* ---- where the structs are ---------------------------------------------------------------- */

static void add(struct addresses *a, uint64_t at)
{
	if (at)
		*PST_VEC_PUSH(a) = at & ~UINT64_C(7);
}

static void add_frames(struct pst_python *py, const struct pst_stack *stack, struct addresses *out)
{
	const struct pst_value_limits limits = PST_VALUE_LIMITS;

	for (size_t i = 0; i < stack->len; i++) {
		struct pst_vars vars = {0};

		add(out, stack->at[i].addr);
		add(out, stack->at[i].code);
		if (!stack->at[i].is_shim)
			pst_python_locals(py, &stack->at[i], &limits, &vars);
		for (size_t v = 0; v < vars.len; v++)
			add(out, vars.at[v].addr);
		pst_vars_free(&vars);
	}
}

static void add_interpreter(struct pst_python *py, uint64_t at, struct addresses *out)
{
	const struct pst_layout *l = pst_python_layout(py);
	const int32_t fields[] = {l->interp_next,    l->interp_tstate_head, l->interp_threads_main,
				  l->interp_modules, l->interp_sysdict,	    l->interp_gil,
				  l->interp_own_gil, l->interp_gc};

	add(out, at);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (fields[i] > 0)
			add(out, at + (uint64_t)fields[i]);
}

static void add_threads(struct pst_python *py, struct addresses *out)
{
	struct pst_threads threads = {0};
	struct pst_stack stack = {0};

	/* offsets of itself, from 3.13 on */
	for (unsigned i = 0; i < 4; i++)
		add(out, pst_python_info(py)->runtime + i * WORDS * 8);
	pst_python_threads(py, PST_THREADS_NAMES, NULL, &threads);
	for (size_t i = 0; i < threads.len; i++) {
		add_interpreter(py, threads.at[i].interp, out);
		add(out, threads.at[i].tstate);
		pst_python_stack(py, &threads.at[i], 0, &stack);
		add_frames(py, &stack, out);
	}
	pst_stack_free(&stack);
	pst_threads_free(&threads);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void unique(struct addresses *a)
{
	size_t n = 0;

	qsort(a->at, a->len, sizeof *a->at, compare);
	for (size_t i = 0; i < a->len; i++)
		if (!n || a->at[n - 1] != a->at[i])
			a->at[n++] = a->at[i];
	a->len = n;
}

/* What the structs at FROM point to: types, dictionaries, strings, line tables… */
static void follow(struct pst_target *t, const struct addresses *from, struct addresses *out)
{
	for (size_t i = 0; i < from->len; i++) {
		for (unsigned w = 0; w < WORDS; w++) {
			uint64_t word, probe;

			if (!pst_target_read_u64(t, from->at[i] + w * 8, &word) && !(word & 7) &&
			    !pst_target_read_u64(t, word, &probe))
				add(out, word);
		}
	}
	unique(out);
}

static void find_structs(struct fuzz *f, struct pst_target *t, struct addresses *near,
			 struct addresses *far)
{
	struct pst_python *py;
	struct pst_why why = {0};

	if (pst_python_open(t, &py, &why))
		fuzz_fail(f, why.what);
	add_threads(py, near);
	pst_python_close(py);
	unique(near);
	follow(t, near, far);
	if (near->len < 50 || far->len < 200)
		fuzz_fail(f, "little was found in the undamaged recording");
}

/* ---- damage -------------------------------------------------------------------------------- */

static uint64_t any(struct fuzz *f, const struct addresses *a)
{
	return a->at[fuzz_below(f, a->len)];
}

/* One word of a struct; the first ones matter most. */
static void damage(struct fuzz *f, struct mutant *m, const struct addresses *near,
		   const struct addresses *far)
{
	const struct addresses *some = fuzz_below(f, 2) ? near : far;
	uint64_t at = any(f, some) + fuzz_below(f, 1 + fuzz_below(f, WORDS)) * 8, word = 0;

	pst_target_read_u64(m->inner, at, &word);
	if (fuzz_below(f, 4))
		word = fuzz_word(f, word, at);
	else /* an object where another one is expected */
		word = any(f, fuzz_below(f, 2) ? near : far);
	m->patches[m->n++] = (struct patch){at, word};
}

static void rounds(struct fuzz *f, struct pst_target *recorded, const struct addresses *near,
		   const struct addresses *far)
{
	unsigned shown = 0, differ = 0;
	uint64_t right, hash;
	struct mutant m = {.base = {.ops = &mutant_ops, .pid = recorded->pid}, .inner = recorded};

	fuzz_round(f, 0);
	if (fuzz_dump(f, &m.base, &right))
		fuzz_fail(f, "the undamaged recording cannot be dumped");
	for (unsigned i = 0; i < f->rounds; i++) {
		fuzz_round(f, f->first + i);
		m.n = 0;
		m.stripped = fuzz_below(f, 8) == 0;
		for (size_t n = 1 + fuzz_below(f, 1 + fuzz_below(f, PATCHES_MAX)); n > 0; n--)
			damage(f, &m, near, far);
		if (!fuzz_dump(f, &m.base, &hash))
			shown++;
		differ += hash != right;
	}
	printf("%s: %u rounds, %u dumps, %u differ\n", f->path, f->rounds, shown, differ);
	/* The damage is of use: it is seen, and it does not always stop the dump at once. */
	if (f->rounds >= 100 && (differ < f->rounds / 4 || shown < f->rounds / 4))
		fuzz_fail(f, "the damage had too little effect, or too much");
}

int main(int argc, char **argv)
{
	struct fuzz f;
	struct addresses near = {0}, far = {0};
	struct pst_target *recorded;
	struct pst_why why = {0};

	fuzz_begin(&f, argc, argv);
	if (pst_target_open_recorded(f.path, &recorded, &why))
		fuzz_fail(&f, why.what);
	find_structs(&f, recorded, &near, &far);
	rounds(&f, recorded, &near, &far);
	PST_VEC_FREE(&near);
	PST_VEC_FREE(&far);
	pst_target_close(recorded);
	fuzz_end(&f);
	return 0;
}
