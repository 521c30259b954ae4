// SPDX-License-Identifier: MIT
#include "config.h"

#include "file/pack.h"

#include "file/file.h"
#include "file/format.h"

#include <string.h>

/* What stands before each record or tick, one byte. */
enum {
	OP_PLAIN = 0,	  /* a record as it is */
	OP_CHANGED = 1,	  /* a record, by what changed since the last one of its type */
	OP_PROCESS = 2,	  /* the ticks that follow are of another process */
	OP_TICK = 16,	  /* and the bits: */
	TICK_HEAD = 1,	  /* period, threads, error and flags are others than before */
	TICK_SAMPLES = 2, /* all of its samples are listed */
	TICK_CHANGES = 4, /* those that changed are */
};

/* ---- numbers ------------------------------------------------------------------------------ */

static void put(struct pst_buf *b, uint64_t v)
{
	unsigned char bytes[10];
	size_t n = 0;

	for (; v > 127; v >>= 7)
		bytes[n++] = (unsigned char)(v | 128);
	bytes[n++] = (unsigned char)v;
	pst_buf_add(b, bytes, n);
}

/* Small whatever the sign; differences are modulo 2^64. */
static void put_difference(struct pst_buf *b, uint64_t d)
{
	put(b, d << 1 ^ -(d >> 63));
}

static bool get(const unsigned char **at, const unsigned char *end, uint64_t *v)
{
	*v = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		if (*at == end)
			return false;
		unsigned char c = *(*at)++;
		*v |= (uint64_t)(c & 127) << shift;
		if (c < 128)
			return true;
	}
	return false;
}

static bool get_difference(const unsigned char **at, const unsigned char *end, uint64_t *d)
{
	if (!get(at, end, d))
		return false;
	*d = *d >> 1 ^ -(*d & 1);
	return true;
}

static bool get32(const unsigned char **at, const unsigned char *end, uint32_t *out)
{
	uint64_t v;

	if (!get(at, end, &v) || v > UINT32_MAX)
		return false;
	*out = (uint32_t)v;
	return true;
}

/* ---- state -------------------------------------------------------------------------------- */

static struct pst_pack_tick *slot_of(struct pst_pack_state *s, uint32_t process)
{
	struct pst_pack_tick *t = &s->slots[process % PST_PACK_SLOTS];

	if (t->process != process) {
		t->process = process;
		t->threads = t->err = t->flags = 0;
		t->period_ns = t->time = t->pause = 0;
		t->samples.len = 0;
	}
	return t;
}

static void forget(struct pst_pack_state *s)
{
	for (size_t i = 0; i < PST_PACK_SLOTS; i++)
		s->slots[i].process = 0;
	s->current = 0;
	memset(s->last, 0, sizeof s->last);
}

static void free_state(struct pst_pack_state *s)
{
	for (size_t i = 0; i < PST_PACK_SLOTS; i++)
		PST_VEC_FREE(&s->slots[i].samples);
}

/* The size of those whose next one is much like the last, 0 for others. */
static uint32_t size_of_alike(unsigned type)
{
	switch (type) {
	case PST_REC_STATS:
		return sizeof(struct pst_rec_stats);
	case PST_REC_USAGE:
		return sizeof(struct pst_rec_usage);
	case PST_REC_THREAD_USAGE:
		return sizeof(struct pst_rec_thread_usage);
	default:
		return 0;
	}
}

static uint64_t word(const void *bytes, size_t i)
{
	uint64_t w;

	memcpy(&w, (const char *)bytes + i * 8, 8);
	return w;
}

/* ---- packing ------------------------------------------------------------------------------ */

static void plain(struct pst_packer *p, const struct pst_rec *rec)
{
	union pst_record *last = &p->state.last[rec->type];

	if (!rec->size || rec->size != size_of_alike(rec->type)) {
		pst_buf_addc(&p->ops, OP_PLAIN);
		pst_buf_add(&p->ops, rec, rec->size);
		return;
	}
	pst_buf_addc(&p->ops, OP_CHANGED);
	put(&p->ops, rec->type);
	put(&p->ops, rec->flags);
	for (size_t i = 1; i < rec->size / 8; i++)
		put_difference(&p->ops, word(rec, i) - word(last, i));
	memcpy(last, rec, rec->size);
}

static void put_head(struct pst_packer *p, struct pst_pack_tick *to, const struct pst_rec_tick *t)
{
	to->period_ns = t->period_ns;
	to->threads = t->threads;
	to->err = t->err;
	to->flags = t->head.flags;
	put(&p->ops, t->period_ns);
	put(&p->ops, t->threads);
	put(&p->ops, t->err);
	put(&p->ops, t->head.flags);
}

static void put_samples(struct pst_packer *p, struct pst_pack_tick *to)
{
	put(&p->ops, p->samples.len);
	to->samples.len = 0;
	for (size_t i = 0; i < p->samples.len; i++) {
		const struct pst_pack_sample *s = &p->samples.at[i];
		put(&p->ops, s->thread);
		put(&p->ops, s->stack);
		put(&p->ops, s->flags);
		*PST_VEC_PUSH(&to->samples) = *s;
	}
}

static bool differs(const struct pst_pack_sample *a, const struct pst_pack_sample *b)
{
	return a->stack != b->stack || a->flags != b->flags;
}

/* How many changed; SIZE_MAX: they are not of the same threads. */
static size_t count_changes(const struct pst_packer *p, const struct pst_pack_tick *t)
{
	size_t n = 0;

	if (p->samples.len != t->samples.len)
		return SIZE_MAX;
	for (size_t i = 0; i < p->samples.len; i++) {
		if (p->samples.at[i].thread != t->samples.at[i].thread)
			return SIZE_MAX;
		n += differs(&p->samples.at[i], &t->samples.at[i]);
	}
	return n;
}

static void put_changes(struct pst_packer *p, struct pst_pack_tick *to, size_t n)
{
	size_t before = 0;

	put(&p->ops, n);
	for (size_t i = 0; i < p->samples.len; i++) {
		const struct pst_pack_sample *s = &p->samples.at[i];
		struct pst_pack_sample *was = &to->samples.at[i];
		if (!differs(s, was))
			continue;
		put(&p->ops, i - before);
		put(&p->ops, s->flags);
		put_difference(&p->ops, (uint64_t)s->stack - was->stack);
		before = i;
		*was = *s;
	}
}

static void put_times(struct pst_packer *p, struct pst_pack_tick *to, const struct pst_rec_tick *t)
{
	uint64_t time = t->time_ns / PST_FILE_UNIT_NS, pause = t->pause_ns / PST_FILE_UNIT_NS;

	put_difference(&p->times, time - to->time - t->period_ns / PST_FILE_UNIT_NS);
	put_difference(&p->times, pause - to->pause);
	to->time = time;
	to->pause = pause;
}

/* The tick that is complete. */
static void put_tick(struct pst_packer *p)
{
	const struct pst_rec_tick *t = &p->tick.tick;
	struct pst_pack_tick *to = slot_of(&p->state, t->process);
	size_t changes = count_changes(p, to);
	unsigned bits = 0;

	if (p->state.current != t->process) {
		pst_buf_addc(&p->ops, OP_PROCESS);
		put(&p->ops, t->process);
		p->state.current = t->process;
	}
	if (t->period_ns != to->period_ns || t->threads != to->threads || t->err != to->err ||
	    t->head.flags != to->flags)
		bits |= TICK_HEAD;
	if (changes == SIZE_MAX)
		bits |= TICK_SAMPLES;
	else if (changes)
		bits |= TICK_CHANGES;
	pst_buf_addc(&p->ops, (char)(OP_TICK | bits));
	if (bits & TICK_HEAD)
		put_head(p, to, t);
	if (bits & TICK_SAMPLES)
		put_samples(p, to);
	if (bits & TICK_CHANGES)
		put_changes(p, to, changes);
	put_times(p, to, t);
	p->packed_samples += (uint32_t)p->samples.len;
	p->samples.len = 0;
}

/* A tick that something came into, or that cannot be told by differences: as it came. */
static void break_up(struct pst_packer *p)
{
	plain(p, &p->tick.head);
	for (size_t i = 0; i < p->samples.len; i++) {
		const struct pst_pack_sample *s = &p->samples.at[i];
		const struct pst_rec_sample r = {
			{sizeof r, PST_REC_SAMPLE, (uint16_t)s->flags}, s->thread, s->stack};
		plain(p, &r.head);
	}
	p->packed_samples += (uint32_t)p->samples.len;
	p->samples.len = 0;
	p->left = 0;
}

static void begin_tick(struct pst_packer *p, const struct pst_rec_tick *t)
{
	uint64_t time = t->time_ns - t->time_ns % PST_FILE_UNIT_NS;

	p->tick.tick = *t;
	p->tick.tick.time_ns = time;
	p->left = t->samples;
	if (!p->ticks++ || time < p->first_ns)
		p->first_ns = time;
	if (time > p->last_ns)
		p->last_ns = time;
	if (!t->process)
		break_up(p);
	else if (!p->left)
		put_tick(p);
}

/* Figures are sums since the start: of those of a block the last ones tell all. */
static void put_stats(struct pst_packer *p)
{
	if (!p->stats.head.size)
		return;
	plain(p, &p->stats.head);
	p->others++;
	p->stats.head.size = 0;
}

void pst_packer_add(struct pst_packer *p, const struct pst_rec *rec)
{
	if (p->left && rec->type == PST_REC_SAMPLE) {
		const struct pst_rec_sample *s = (const struct pst_rec_sample *)rec;
		*PST_VEC_PUSH(&p->samples) =
			(struct pst_pack_sample){s->thread, s->stack, s->head.flags};
		if (!--p->left)
			put_tick(p);
		return;
	}
	if (rec->type == PST_REC_PAD)
		return;
	if (p->left)
		break_up(p);
	if (rec->type == PST_REC_TICK) {
		begin_tick(p, (const struct pst_rec_tick *)rec);
		return;
	}
	if (rec->type == PST_REC_STATS) {
		p->stats.stats = *(const struct pst_rec_stats *)rec;
		return;
	}
	if (rec->type == PST_REC_END)
		put_stats(p);
	if (rec->type == PST_REC_SAMPLE)
		p->packed_samples++;
	else
		p->others++;
	plain(p, rec);
}

bool pst_packer_between(const struct pst_packer *p)
{
	return p->left > 0;
}

size_t pst_packer_size(const struct pst_packer *p)
{
	return p->ops.len + p->times.len + p->samples.len * sizeof *p->samples.at +
	       p->stats.head.size;
}

void pst_packer_take(struct pst_packer *p, struct pst_buf *out, struct pst_file_block *about)
{
	unsigned char len[4];

	if (p->left)
		break_up(p);
	put_stats(p);
	about->first_ns = p->first_ns;
	about->last_ns = p->last_ns;
	about->ticks = p->ticks;
	about->others = p->others;
	pst_put32(len, (uint32_t)p->ops.len);
	pst_buf_clear(out);
	pst_buf_add(out, len, sizeof len);
	if (p->ops.len)
		pst_buf_add(out, p->ops.data, p->ops.len);
	if (p->times.len)
		pst_buf_add(out, p->times.data, p->times.len);
	pst_buf_clear(&p->ops);
	pst_buf_clear(&p->times);
	forget(&p->state);
	p->first_ns = p->last_ns = 0;
	p->ticks = p->others = p->packed_samples = 0;
}

void pst_packer_free(struct pst_packer *p)
{
	pst_buf_free(&p->ops);
	pst_buf_free(&p->times);
	PST_VEC_FREE(&p->samples);
	free_state(&p->state);
}

/* ---- unpacking ---------------------------------------------------------------------------- */

bool pst_unpacker_begin(struct pst_unpacker *u, const void *bytes, size_t n)
{
	const unsigned char *b = bytes;

	forget(&u->state);
	u->tick = NULL;
	u->samples = 0;
	u->ops = u->ops_end = u->times = u->times_end = b;
	if (n < 4 || pst_get32(b) > n - 4)
		return false;
	u->ops = b + 4;
	u->ops_end = u->times = u->ops + pst_get32(b);
	u->times_end = b + n;
	return true;
}

static bool take_plain(struct pst_unpacker *u)
{
	struct pst_rec *rec = (struct pst_rec *)(void *)u->scratch;
	size_t avail = (size_t)(u->ops_end - u->ops);

	if (avail < sizeof *rec)
		return false;
	memcpy(rec, u->ops, sizeof *rec);
	if (rec->size < sizeof *rec || rec->size > avail || rec->size > sizeof u->scratch)
		return false;
	memcpy(u->scratch, u->ops, rec->size);
	u->ops += rec->size;
	if (rec->type == PST_REC_SAMPLE && ++u->samples > PST_FILE_SAMPLES_MAX)
		return false;
	return pst_record_valid(rec, rec->size);
}

static bool take_changed(struct pst_unpacker *u)
{
	struct pst_rec *rec = (struct pst_rec *)(void *)u->scratch;
	uint32_t type, flags;
	uint64_t change;

	if (!get32(&u->ops, u->ops_end, &type) || !get32(&u->ops, u->ops_end, &flags) ||
	    flags > UINT16_MAX || type >= PST_REC_TYPES || !size_of_alike(type))
		return false;
	union pst_record *last = &u->state.last[type];
	*rec = (struct pst_rec){size_of_alike(type), (uint16_t)type, (uint16_t)flags};
	for (size_t i = 1; i < rec->size / 8; i++) {
		if (!get_difference(&u->ops, u->ops_end, &change))
			return false;
		change += word(last, i);
		memcpy(u->scratch + i * 8, &change, 8);
	}
	memcpy(last, rec, rec->size);
	return pst_record_valid(rec, rec->size);
}

static bool take_head(struct pst_unpacker *u, struct pst_pack_tick *t)
{
	return get(&u->ops, u->ops_end, &t->period_ns) && get32(&u->ops, u->ops_end, &t->threads) &&
	       get32(&u->ops, u->ops_end, &t->err) && get32(&u->ops, u->ops_end, &t->flags) &&
	       t->flags <= UINT16_MAX;
}

/* What is listed stands in the block: its length bounds how much there can be. */
static bool take_samples(struct pst_unpacker *u, struct pst_pack_tick *t)
{
	uint32_t n;

	if (!get32(&u->ops, u->ops_end, &n))
		return false;
	t->samples.len = 0;
	for (; n > 0; n--) {
		struct pst_pack_sample s;
		if (!get32(&u->ops, u->ops_end, &s.thread) ||
		    !get32(&u->ops, u->ops_end, &s.stack) ||
		    !get32(&u->ops, u->ops_end, &s.flags) || s.flags > UINT16_MAX)
			return false;
		*PST_VEC_PUSH(&t->samples) = s;
	}
	return true;
}

static bool take_changes(struct pst_unpacker *u, struct pst_pack_tick *t)
{
	uint32_t n, gap, flags;
	uint64_t change;
	size_t i = 0;

	if (!get32(&u->ops, u->ops_end, &n))
		return false;
	for (; n > 0; n--) {
		if (!get32(&u->ops, u->ops_end, &gap) || !get32(&u->ops, u->ops_end, &flags) ||
		    !get_difference(&u->ops, u->ops_end, &change) || flags > UINT16_MAX)
			return false;
		i += gap;
		if (i >= t->samples.len)
			return false;
		t->samples.at[i].flags = flags;
		t->samples.at[i].stack += (uint32_t)change;
	}
	return true;
}

static bool take_times(struct pst_unpacker *u, struct pst_pack_tick *t)
{
	uint64_t time, pause;

	if (!get_difference(&u->times, u->times_end, &time) ||
	    !get_difference(&u->times, u->times_end, &pause))
		return false;
	t->time += time + t->period_ns / PST_FILE_UNIT_NS;
	t->pause += pause;
	return t->time <= UINT64_MAX / PST_FILE_UNIT_NS &&
	       t->pause <= UINT64_MAX / PST_FILE_UNIT_NS;
}

static bool take_tick(struct pst_unpacker *u, unsigned bits)
{
	if (!u->state.current || bits > (TICK_HEAD | TICK_SAMPLES | TICK_CHANGES))
		return false;
	struct pst_pack_tick *t = slot_of(&u->state, u->state.current);
	if ((bits & TICK_HEAD && !take_head(u, t)) ||
	    (bits & TICK_SAMPLES && !take_samples(u, t)) ||
	    (bits & TICK_CHANGES && !take_changes(u, t)) || !take_times(u, t))
		return false;
	if (t->samples.len > PST_FILE_SAMPLES_MAX - u->samples)
		return false;
	u->samples += (uint32_t)t->samples.len;
	u->tick = t;
	u->next = 0;
	*(struct pst_rec_tick *)(void *)u->scratch = (struct pst_rec_tick){
		.head = {sizeof(struct pst_rec_tick), PST_REC_TICK, (uint16_t)t->flags},
		.time_ns = t->time * PST_FILE_UNIT_NS,
		.period_ns = t->period_ns,
		.pause_ns = t->pause * PST_FILE_UNIT_NS,
		.process = t->process,
		.threads = t->threads,
		.samples = (uint32_t)t->samples.len,
		.err = t->err,
	};
	return true;
}

static bool take_sample(struct pst_unpacker *u)
{
	const struct pst_pack_sample *s = &u->tick->samples.at[u->next++];

	*(struct pst_rec_sample *)(void *)u->scratch = (struct pst_rec_sample){
		.head = {sizeof(struct pst_rec_sample), PST_REC_SAMPLE, (uint16_t)s->flags},
		.thread = s->thread,
		.stack = s->stack,
	};
	return true;
}

static bool take(struct pst_unpacker *u)
{
	if (u->tick && u->next < u->tick->samples.len)
		return take_sample(u);
	unsigned op = *u->ops++;
	if (op == OP_PROCESS) {
		if (!get32(&u->ops, u->ops_end, &u->state.current) || u->ops == u->ops_end)
			return false;
		op = *u->ops++;
	}
	if (op == OP_PLAIN)
		return take_plain(u);
	if (op == OP_CHANGED)
		return take_changed(u);
	return op >= OP_TICK && take_tick(u, op - OP_TICK);
}

enum pst_unpacked pst_unpacker_next(struct pst_unpacker *u, const struct pst_rec **rec)
{
	bool samples = u->tick && u->next < u->tick->samples.len;

	if (!samples && u->ops == u->ops_end)
		return PST_UNPACK_END;
	if (!take(u))
		return PST_UNPACK_BAD;
	*rec = (const struct pst_rec *)(const void *)u->scratch;
	return PST_UNPACK_RECORD;
}

void pst_unpacker_free(struct pst_unpacker *u)
{
	free_state(&u->state);
}
