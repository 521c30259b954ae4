// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/priv.h"

#define FOLDS_MAX 65536		       /* stacks whose time is not in the counts yet */
#define BACK_MAX  UINT64_C(1000000000) /* ns: time that goes back further is another clock's */

/* From the samples that come in to the parts of the history, the totals and the counts. */

static void close_walls(const struct pst_model *m, struct pst_part_wall *walls)
{
	const struct pst_history *h = m->history;

	for (size_t i = 0; i < h->open_walls.len; i++) {
		struct pst_process_state *p = &m->processes.at[h->open_walls.at[i] - 1];
		walls[i] = (struct pst_part_wall){
			.process = h->open_walls.at[i],
			.ticks = p->open.ticks,
			.gil = p->open.gil,
			.active = p->open.active,
		};
		p->open = (struct pst_wall){0};
		p->in_open = false;
	}
}

void pst_model_settle(const struct pst_model *m)
{
	struct pst_history *h = m->history;
	struct pst_part_wall walls[PST_WALLS_MAX];
	size_t n = h->open_walls.len;

	for (size_t i = 0; i < h->open.cells.len; i++) {
		const struct pst_cell *c = &h->open.cells.at[i];
		if (c->stack && m->counts->wanted)
			pst_counts_add(m->counts, c->stack, c->who & (PST_CLASSES - 1), c->ns);
	}
	if (m->counts->folds.len > FOLDS_MAX)
		pst_counts_fold(m->counts, &m->defs);
	close_walls(m, walls);
	h->open_walls.len = 0;
	if (n || h->open.cells.len)
		pst_history_close(h, walls, n);
}

void pst_model_count(const struct pst_model *m)
{
	const struct pst_totals *t = &m->history->totals;

	for (size_t i = 0; i < t->at.len && !m->counts->wanted; i++) {
		const struct pst_total *c = &t->at.at[i];
		if (c->stack)
			pst_counts_add(m->counts, c->stack, c->who & (PST_CLASSES - 1), c->ns);
	}
	m->counts->wanted = true;
	pst_counts_fold(m->counts, &m->defs);
}

void pst_model_begin_bucket(struct pst_model *m, uint64_t time_ns)
{
	struct pst_history *h = m->history;
	bool back = time_ns < h->last_ns;

	if (back && h->last_ns - time_ns > BACK_MAX) {
		pst_model_settle(m);
		pst_history_clear(h);
		back = false;
	}
	if (!back)
		h->last_ns = time_ns;
	if (h->at == pst_bucket_of(h->last_ns) && h->open.cells.len < PST_OPEN_FULL &&
	    h->open_walls.len < PST_WALLS_MAX)
		return;
	pst_model_settle(m);
	h->at = pst_bucket_of(h->last_ns);
}

struct pst_wall *pst_model_open_wall(struct pst_model *m, uint32_t process)
{
	struct pst_process_state *p = &m->processes.at[process - 1];

	if (!p->in_open)
		*PST_VEC_PUSH(&m->history->open_walls) = process;
	p->in_open = true;
	return &p->open;
}

struct pst_shape pst_model_shape(const struct pst_model *m, bool lines, bool my_code)
{
	return pst_forest_shape(
		m->forests, (lines ? PST_FOREST_LINES : 0u) | (my_code ? PST_FOREST_MY_CODE : 0u),
		&m->defs);
}
