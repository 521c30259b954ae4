// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/alloc.h"
#include "base/text.h"

struct text {
	UT_hash_handle hh;
	char at[];
};

struct pst_strings {
	struct text *head;
	struct pst_buf raw, clean;
};

static struct pst_strings *strings_of(struct pst_python *py)
{
	if (!py->strings)
		py->strings = pst_calloc(1, sizeof *py->strings);
	return py->strings;
}

const char *pst_intern(struct pst_python *py, const char *s, size_t len)
{
	struct pst_strings *strings = strings_of(py);
	struct text *t = NULL;

	HASH_FIND(hh, strings->head, s, len, t);
	if (!t) {
		t = pst_alloc(sizeof *t + len + 1);
		memcpy(t->at, s, len);
		t->at[len] = '\0';
		HASH_ADD_KEYPTR(hh, strings->head, t->at, len, t);
	}
	return t->at;
}

const char *pst_intern_object(struct pst_python *py, uint64_t addr)
{
	struct pst_strings *strings = strings_of(py);

	if (!pst_plausible(addr))
		return NULL;
	pst_buf_clear(&strings->raw);
	pst_buf_clear(&strings->clean);
	/* one byte more than is kept, so that the cut shows */
	if (pst_object_text(&py->objects, addr, PST_NAME_MAX + 1, &strings->raw))
		return NULL;
	pst_text_sanitise(&strings->clean, pst_buf_text(&strings->raw), strings->raw.len,
			  PST_NAME_MAX);
	return pst_intern(py, pst_buf_text(&strings->clean), strings->clean.len);
}

void pst_strings_free(struct pst_strings *strings)
{
	struct text *t, *next;

	if (!strings)
		return;
	HASH_ITER(hh, strings->head, t, next)
	{
		HASH_DEL(strings->head, t);
		free(t);
	}
	pst_buf_free(&strings->raw);
	pst_buf_free(&strings->clean);
	free(strings);
}
