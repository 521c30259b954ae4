// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <string.h>

static unsigned word_at(struct pst_pattern *p, uint16_t off)
{
	unsigned i = 0;

	while (i < p->n && p->off[i] != off)
		i++;
	if (i == p->n)
		p->off[p->n++] = off;
	return i;
}

void pst_pattern_add(struct pst_pattern *p, int32_t off, size_t size, bool still)
{
	if (off < 0 || size > 8 || p->n == PST_PATTERN_WORDS || (size_t)off % 8 + size > 8)
		return;
	unsigned i = word_at(p, (uint16_t)(off & ~7));
	uint64_t mask = size == 8 ? UINT64_MAX : (UINT64_C(1) << 8 * size) - 1;
	mask <<= 8 * (off & 7);
	p->mask[i] |= mask;
	if (still)
		p->still[i] |= mask;
	if ((size_t)p->off[i] + 8 > p->size)
		p->size = (size_t)p->off[i] + 8;
}

void pst_pattern_copy(const struct pst_pattern *p, const uint8_t *bytes, uint64_t *words)
{
	for (unsigned i = 0; i < p->n; i++) {
		memcpy(&words[i], bytes + p->off[i], sizeof words[i]);
		words[i] &= p->mask[i];
	}
}
