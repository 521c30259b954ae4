// SPDX-License-Identifier: MIT
#include "config.h"

#include "target/target.h"

enum pst_err pst_target_read(struct pst_target *t, uint64_t at, void *buf, size_t len)
{
	t->reads++;
	t->bytes += len;
	return t->ops->read(t, at, buf, len);
}

enum pst_err pst_target_readv(struct pst_target *t, const struct pst_span *spans, size_t n)
{
	t->reads++;
	for (size_t i = 0; i < n; i++)
		t->bytes += spans[i].len;
	if (t->ops->readv)
		return t->ops->readv(t, spans, n);
	for (size_t i = 0; i < n; i++) {
		enum pst_err err = t->ops->read(t, spans[i].at, spans[i].buf, spans[i].len);

		if (err)
			return err;
	}
	return PST_OK;
}

enum pst_err pst_target_read_u64(struct pst_target *t, uint64_t at, uint64_t *out)
{
	unsigned char b[8];
	enum pst_err err = pst_target_read(t, at, b, sizeof b);

	if (err)
		return err;
	*out = 0;
	for (size_t i = sizeof b; i-- > 0;)
		*out = *out << 8 | b[i];
	return PST_OK;
}

void pst_target_close(struct pst_target *t)
{
	if (!t)
		return;
	if (t->ops->resume)
		t->ops->resume(t);
	t->ops->close(t);
}
