// SPDX-License-Identifier: MIT
#ifndef PST_BASE_VEC_H
#define PST_BASE_VEC_H

#include <stddef.h>

/*
 * A growable array of T: struct { T *at; size_t len, cap; }.  Zero-initialised is empty.
 *
 *	PST_VEC(uint64_t) ids = {0};
 *	*PST_VEC_PUSH(&ids) = 7;
 *	PST_VEC_FREE(&ids);
 */
#define PST_VEC(T) struct { T *at; size_t len, cap; }

/* Pointer to a new, zeroed last element. */
#define PST_VEC_PUSH(v) \
	(pst_vec_grow((void **)&(v)->at, &(v)->cap, (v)->len + 1, sizeof *(v)->at), (v)->len++, \
	 __builtin_memset(&(v)->at[(v)->len - 1], 0, sizeof *(v)->at), &(v)->at[(v)->len - 1])

/* Room for N elements in all. */
#define PST_VEC_RESERVE(v, n) pst_vec_grow((void **)&(v)->at, &(v)->cap, (n), sizeof *(v)->at)

#define PST_VEC_FREE(v) pst_vec_release((void **)&(v)->at, &(v)->len, &(v)->cap)

void pst_vec_grow(void **at, size_t *cap, size_t need, size_t size);
void pst_vec_release(void **at, size_t *len, size_t *cap);

#endif
