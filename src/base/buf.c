// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/buf.h"

#include "base/alloc.h"
#include "base/vec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void reserve(struct pst_buf *b, size_t more)
{
	pst_vec_grow((void **)&b->data, &b->cap, b->len + more + 1, 1);
}

void pst_buf_add(struct pst_buf *b, const void *bytes, size_t n)
{
	reserve(b, n);
	if (n)
		memcpy(b->data + b->len, bytes, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void pst_buf_adds(struct pst_buf *b, const char *s)
{
	pst_buf_add(b, s, strlen(s));
}

void pst_buf_addc(struct pst_buf *b, char c)
{
	pst_buf_add(b, &c, 1);
}

void pst_buf_addf(struct pst_buf *b, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	if (n > 0) {
		reserve(b, (size_t)n);
		vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
	va_end(ap);
}

void pst_buf_cut(struct pst_buf *b, size_t len)
{
	if (b->data && len < b->len) {
		b->len = len;
		b->data[len] = '\0';
	}
}

void pst_buf_clear(struct pst_buf *b)
{
	pst_buf_cut(b, 0);
}

const char *pst_buf_text(const struct pst_buf *b)
{
	return b->data ? b->data : "";
}

char *pst_buf_take(struct pst_buf *b)
{
	char *s = b->data ? b->data : pst_strdup("");

	*b = (struct pst_buf){0};
	return s;
}

void pst_buf_free(struct pst_buf *b)
{
	free(b->data);
	*b = (struct pst_buf){0};
}
