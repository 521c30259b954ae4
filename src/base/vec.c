// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/vec.h"

#include "base/alloc.h"

#include <stdlib.h>

void pst_vec_grow(void **at, size_t *cap, size_t need, size_t size)
{
	if (need <= *cap)
		return;
	size_t n = *cap < 4 ? 8 : *cap * 2;
	if (n < need)
		n = need;
	*at = pst_realloc(*at, n, size);
	*cap = n;
}

void pst_vec_release(void **at, size_t *len, size_t *cap)
{
	free(*at);
	*at = NULL;
	*len = *cap = 0;
}
