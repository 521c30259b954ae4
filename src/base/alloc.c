// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void give_up(size_t size)
{
	(void)size;
	abort();
}

static void (*on_failure)(size_t) = give_up;

void pst_alloc_on_failure(void (*handler)(size_t size))
{
	on_failure = handler ? handler : give_up;
}

static void *checked(void *p, size_t size)
{
	if (!p) {
		on_failure(size);
		abort();
	}
	return p;
}

/* Bytes of N elements, SIZE_MAX (which nobody can have) when that is no size. */
static size_t product(size_t n, size_t size)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? SIZE_MAX : bytes;
}

void *pst_alloc(size_t size)
{
	return checked(malloc(size ? size : 1), size);
}

void *pst_calloc(size_t n, size_t size)
{
	size_t bytes = product(n, size);

	return checked(bytes == SIZE_MAX ? NULL : calloc(1, bytes ? bytes : 1), bytes);
}

void *pst_realloc(void *p, size_t n, size_t size)
{
	size_t bytes = product(n, size);

	return checked(bytes == SIZE_MAX ? NULL : realloc(p, bytes ? bytes : 1), bytes);
}

char *pst_strdup(const char *s)
{
	return checked(strdup(s), 0);
}

char *pst_strndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *copy = pst_alloc(len + 1);

	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *pst_asprintf(const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;

	va_start(ap, fmt);
	int n = vasprintf(&s, fmt, ap);
	va_end(ap);
	return checked(n < 0 ? NULL : s, 0);
}
