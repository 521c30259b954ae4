// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/sieve.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "base/vec.h"
#include "model/defs.h"
#include "ui/find.h"

#include <stdlib.h>
#include <string.h>

enum { HAS_INCLUDED = 1, HAS_EXCLUDED = 2 };

struct sieve {
	struct ui_find *threads, *include[PATTERNS_MAX], *exclude[PATTERNS_MAX];
	size_t nincludes, nexcludes;
	struct pst_defs defs;
	/* By id - 1: which kinds of pattern are in a function; in a stack with all its callers. */
	PST_VEC(unsigned char) funcs;
	PST_VEC(unsigned char) nodes;
	PST_VEC(bool) thread_is_wanted;
	struct pst_rec_sample without;
};

/* ---- patterns ----------------------------------------------------------------------------- */

static enum pst_err pattern(const char *option, const char *text, struct ui_find **out,
			    struct pst_why *why)
{
	struct pst_why reason = {0};
	enum pst_err err = ui_find_new(out, text, &reason);

	if (err)
		pst_why_set(why, err, 0, "--%s %s: %s", option, text, reason.what);
	return err;
}

static enum pst_err patterns(const char *option, const char *const *texts, size_t n,
			     struct ui_find **out, size_t *len, struct pst_why *why)
{
	enum pst_err err = PST_OK;

	for (size_t i = 0; i < n && !err; i++) {
		err = pattern(option, texts[i], &out[i], why);
		*len += !err;
	}
	return err;
}

enum pst_err sieve_new(const struct options *o, struct sieve **out, struct pst_why *why)
{
	enum pst_err err = PST_OK;

	*out = NULL;
	if (!o->threads_matching && !o->nincludes && !o->nexcludes)
		return PST_OK;
	struct sieve *s = pst_calloc(1, sizeof *s);
	if (o->threads_matching)
		err = pattern("threads-matching", o->threads_matching, &s->threads, why);
	if (!err)
		err = patterns("include", o->include, o->nincludes, s->include, &s->nincludes, why);
	if (!err)
		err = patterns("exclude", o->exclude, o->nexcludes, s->exclude, &s->nexcludes, why);
	if (err) {
		sieve_free(s);
		return err;
	}
	*out = s;
	return PST_OK;
}

void sieve_free(struct sieve *s)
{
	if (!s)
		return;
	ui_find_free(s->threads);
	for (size_t i = 0; i < s->nincludes; i++)
		ui_find_free(s->include[i]);
	for (size_t i = 0; i < s->nexcludes; i++)
		ui_find_free(s->exclude[i]);
	pst_defs_free(&s->defs);
	PST_VEC_FREE(&s->funcs);
	PST_VEC_FREE(&s->nodes);
	PST_VEC_FREE(&s->thread_is_wanted);
	free(s);
}

/* ---- definitions -------------------------------------------------------------------------- */

/* Plain and qualified name, whole and short path: any of them, so that ^ and $ do as expected. */
static bool any_in(struct ui_find *const *find, size_t n, const struct pst_defs *d,
		   const struct pst_def_func *f)
{
	const uint32_t texts[] = {f->name, f->qualname, f->file, f->short_file};

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
			if (texts[k] && ui_find_in(find[i], pst_defs_text(d, texts[k]), NULL, NULL))
				return true;
	return false;
}

static void learn_func(struct sieve *s)
{
	const struct pst_def_func *f = &s->defs.funcs.at[s->defs.funcs.len - 1];
	unsigned char is = 0;

	if (any_in(s->include, s->nincludes, &s->defs, f))
		is |= HAS_INCLUDED;
	if (any_in(s->exclude, s->nexcludes, &s->defs, f))
		is |= HAS_EXCLUDED;
	*PST_VEC_PUSH(&s->funcs) = is;
}

static void learn_stack(struct sieve *s)
{
	const struct pst_def_node *n = &s->defs.nodes.at[s->defs.nodes.len - 1];
	uint32_t func = s->defs.frames.at[n->frame - 1].func;

	*PST_VEC_PUSH(&s->nodes) = (unsigned char)((func ? s->funcs.at[func - 1] : 0) |
						   (n->parent ? s->nodes.at[n->parent - 1] : 0));
}

static void learn_thread(struct sieve *s, uint32_t id)
{
	const struct pst_def_thread *t = &s->defs.threads.at[id - 1];
	const char *name = pst_defs_text(&s->defs, t->name ? t->name : t->comm);

	while (s->thread_is_wanted.len < id)
		(void)PST_VEC_PUSH(&s->thread_is_wanted);
	s->thread_is_wanted.at[id - 1] = !s->threads || ui_find_in(s->threads, name, NULL, NULL);
}

static void learn(struct sieve *s, const struct pst_rec *rec)
{
	switch (rec->type) {
	case PST_REC_STRING:
		pst_defs_string(&s->defs, (const struct pst_rec_string *)rec);
		break;
	case PST_REC_FUNC:
		if (pst_defs_func(&s->defs, (const struct pst_rec_func *)rec))
			learn_func(s);
		break;
	case PST_REC_FRAME:
		pst_defs_frame(&s->defs, (const struct pst_rec_frame *)rec);
		break;
	case PST_REC_STACK:
		if (pst_defs_stack(&s->defs, (const struct pst_rec_stack *)rec))
			learn_stack(s);
		break;
	case PST_REC_PROCESS:
		pst_defs_process(&s->defs, (const struct pst_rec_process *)rec);
		break;
	case PST_REC_THREAD:
		if (pst_defs_thread(&s->defs, (const struct pst_rec_thread *)rec))
			learn_thread(s, ((const struct pst_rec_thread *)rec)->id);
		break;
	default:
		break;
	}
}

/* ---- samples ------------------------------------------------------------------------------ */

static bool is_wanted(const struct sieve *s, const struct pst_rec_sample *r)
{
	/* What makes no sense is for who counts to find out. */
	if (!r->stack || r->stack > s->nodes.len || !r->thread ||
	    r->thread > s->thread_is_wanted.len)
		return true;
	unsigned has = s->nodes.at[r->stack - 1];
	return s->thread_is_wanted.at[r->thread - 1] && !(has & HAS_EXCLUDED) &&
	       (!s->nincludes || has & HAS_INCLUDED);
}

const struct pst_rec *sieve_pass(struct sieve *s, const struct pst_rec *rec)
{
	if (!s)
		return rec;
	if (rec->type != PST_REC_SAMPLE) {
		learn(s, rec);
		return rec;
	}
	if (is_wanted(s, (const struct pst_rec_sample *)rec))
		return rec;
	s->without = *(const struct pst_rec_sample *)rec;
	s->without.stack = 0;
	return &s->without.head;
}
