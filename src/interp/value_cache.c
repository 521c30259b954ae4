// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/printer.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define PAGE  4096
#define SLOTS 32
#define CALLS 2000000 /* reads answered for one value, from the cache too */
#define CALLS_ROUND 256 /* of these, between two looks at the clock */

/*
 * A target that keeps the pages that were read.  Values are read while the target stands still;
 * where it does not, a value at least is of one moment as far as possible.
 */
struct pr_cache {
	struct pst_target base;
	struct pst_target *inner;
	size_t reads_left, total_left, calls_left;
	uint64_t until_ns; /* 0: no bound */
	bool expired;
	uint64_t tag[SLOTS]; /* address of the page + 1; 0: none */
	uint8_t page[SLOTS][PAGE];
};

static enum pst_err read_inner(struct pr_cache *c, uint64_t at, void *buf, size_t len)
{
	if (!c->reads_left || !c->total_left || pr_cache_expired(c))
		return PST_LIMIT;
	c->reads_left--;
	c->total_left--;
	return pst_target_read(c->inner, at, buf, len);
}

static const uint8_t *page_at(struct pr_cache *c, uint64_t page)
{
	size_t slot = (size_t)(page / PAGE % SLOTS);

	if (c->tag[slot] != page + 1) {
		c->tag[slot] = 0;
		if (read_inner(c, page, c->page[slot], PAGE) != PST_OK)
			return NULL;
		c->tag[slot] = page + 1;
	}
	return c->page[slot];
}

static enum pst_err cache_read(struct pst_target *t, uint64_t at, void *buf, size_t len)
{
	struct pr_cache *c = (struct pr_cache *)t;
	uint8_t *to = buf;

	if (!c->calls_left || c->expired)
		return PST_LIMIT;
	if (--c->calls_left % CALLS_ROUND == 0 && pr_cache_expired(c))
		return PST_LIMIT;
	if (at + len < at)
		return PST_FAULT;
	while (len) {
		size_t off = (size_t)(at % PAGE), n = PAGE - off < len ? PAGE - off : len;
		const uint8_t *page = page_at(c, at - off);

		if (!page) /* a page that is there in part (a recording) */
			return read_inner(c, at, to, len);
		memcpy(to, page + off, n);
		to += n;
		at += n;
		len -= n;
	}
	return PST_OK;
}

static const struct pst_target_ops cache_ops = {.name = "cache", .read = cache_read};

struct pr_cache *pr_cache_new(struct pst_target *inner)
{
	struct pr_cache *c = pst_alloc(sizeof *c);

	memset(c, 0, offsetof(struct pr_cache, page));
	c->base.ops = &cache_ops;
	c->base.pid = inner->pid;
	c->inner = inner;
	pr_cache_begin(c, false, 0);
	pr_cache_refill(c);
	return c;
}

bool pr_cache_expired(struct pr_cache *cache)
{
	cache->expired |= cache->until_ns && pst_now_ns() >= cache->until_ns;
	return cache->expired;
}

void pr_cache_begin(struct pr_cache *cache, bool forget, uint64_t until_ns)
{
	cache->until_ns = until_ns;
	cache->expired = false;
	cache->total_left = PR_READS_TOTAL;
	if (forget)
		memset(cache->tag, 0, sizeof cache->tag);
}

void pr_cache_free(struct pr_cache *cache)
{
	free(cache);
}

struct pst_target *pr_cache_target(struct pr_cache *cache)
{
	return &cache->base;
}

void pr_cache_refill(struct pr_cache *cache)
{
	cache->reads_left = PR_READS;
	cache->calls_left = CALLS;
}
