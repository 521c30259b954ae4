// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/strip.h"

#include <math.h>
#include <stdio.h>

#include "base/i18n.h"
#include "ui/format.h"

#define SECOND_NS UINT64_C(1000000000)

int strip_lines(int rows)
{
	return rows >= 30 ? 3 : rows >= 20 ? 2 : 0;
}

/* The shortest step by which all that is known fits: so the picture moves rarely. */
static uint64_t step_for(uint64_t ns, int cells)
{
	static const unsigned seconds[] = {1,	2,   5,	  10,	20,   30,  60,
					   120, 300, 600, 1200, 1800, 3600};
	size_t i = 0;

	while (i + 1 < sizeof seconds / sizeof *seconds &&
	       seconds[i] * SECOND_NS * (uint64_t)(cells - 1) < ns)
		i++;
	return seconds[i] * SECOND_NS;
}

void strip_update(struct strip *t, const struct pst_model *m, int cols)
{
	struct pst_span_ns all = pst_model_history(m);
	uint64_t end;
	int cells = cols - STRIP_LABEL_CELLS;

	t->cells = cells < 0 ? 0 : cells > STRIP_CELLS_MAX ? STRIP_CELLS_MAX : cells;
	t->last_ns = all.to_ns;
	t->step_ns = 0;
	if (all.to_ns <= all.from_ns || t->cells < 2)
		return;
	t->step_ns = step_for(all.to_ns - all.from_ns, t->cells);
	end = (all.to_ns + t->step_ns - 1) / t->step_ns;
	t->lead = end < (uint64_t)t->cells ? t->cells - (int)end : 0;
	t->from_ns = (end - (uint64_t)(t->cells - t->lead)) * t->step_ns;
	for (int i = 0; i < t->lead; i++)
		t->at[i] = (struct pst_time_cell){.cpu = -1};
	pst_model_timeline(m, (struct pst_span_ns){t->from_ns, end * t->step_ns}, t->at + t->lead,
			   (size_t)(t->cells - t->lead));
}

uint64_t strip_time(const struct strip *t, int col)
{
	int cell = col - STRIP_LABEL_CELLS;
	uint64_t at;

	if (!t->step_ns || cell < t->lead || cell >= t->cells)
		return 0;
	at = t->from_ns + (uint64_t)(cell - t->lead) * t->step_ns;
	return at ? at : 1;
}

int strip_column(const struct strip *t, uint64_t ns)
{
	if (!t->step_ns || ns < t->from_ns)
		return STRIP_LABEL_CELLS + t->lead;
	ns = (ns - t->from_ns) / t->step_ns;
	return STRIP_LABEL_CELLS +
	       (ns < (uint64_t)(t->cells - t->lead) ? t->lead + (int)ns : t->cells);
}

/* ---- drawing ---- */

enum measure { GIL, CPU, ACTIVE };

/* < 0: unknown. */
static double value(const struct pst_time_cell *c, enum measure what)
{
	if (!c->ticks_ns)
		return -1;
	return what == GIL ? c->gil : what == CPU ? c->cpu : c->active;
}

static double highest(const struct strip *t, enum measure what)
{
	double top = 1;

	for (int i = 0; i < t->cells; i++) {
		double v = value(&t->at[i], what);

		top = isfinite(v) && v > top ? v : top;
	}
	return what == GIL ? 1 : ceil(top);
}

static const char *block(double share, bool ascii)
{
	static const char *const blocks[] = {"▁", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char *const letters[] = {"_", ".", ".", ":", ":", "-", "=", "%", "#"};
	int step;

	if (!(share >= 0))
		return " ";
	step = share <= 0 ? 0 : 1 + (int)(share * 7.999);
	step = step > 8 ? 8 : step;
	return ascii ? letters[step] : blocks[step];
}

/* The figure at the cursor, or the newest one. */
static double figure(const struct strip *t, enum measure what)
{
	int at = t->cells - 1;

	if (t->cursor_ns) {
		at = strip_column(t, t->cursor_ns) - STRIP_LABEL_CELLS;
	} else {
		while (at > 0 && !t->at[at].ticks_ns)
			at--;
		/* One that has only begun says little. */
		if (at > 0 && t->at[at].ticks_ns < t->step_ns / 2 && t->at[at - 1].ticks_ns)
			at--;
	}
	return at >= 0 && at < t->cells ? value(&t->at[at], what) : -1;
}

static void draw_label(const struct strip *t, struct canvas *c, int row, enum measure what)
{
	static const struct {
		const char *text;
		enum style style;
	} labels[] = {
		/* TRANSLATORS: before a figure on the timeline; at most 4 cells. */
		[GIL] = {N_("GIL"), ST_GIL},
		[CPU] = {N_("CPU"), ST_RUN},
		/* TRANSLATORS: active threads; at most 4 cells. */
		[ACTIVE] = {N_("act."), ST_WAIT},
	};
	char text[FORMAT_MAX] = "-";
	double v = t->step_ns ? figure(t, what) : -1;

	canvas_cut(c, row, 0, 4, labels[what].style, _(labels[what].text));
	if (isfinite(v) && v >= 0 && what == ACTIVE)
		snprintf(text, sizeof text, "%.1f", v < 9999 ? v : 9999);
	else if (isfinite(v) && v >= 0)
		snprintf(text, sizeof text, "%.0f%%", 100 * (v < 99 ? v : 99));
	canvas_right(c, row, 4, STRIP_LABEL_CELLS - 1, ST_NORMAL, text);
}

static void draw_line(const struct strip *t, struct canvas *c, int row, enum measure what)
{
	static const enum style styles[] = {[GIL] = ST_GIL, [CPU] = ST_RUN, [ACTIVE] = ST_WAIT};
	double top = highest(t, what);

	for (int i = 0; i < t->cells; i++) {
		double v = value(&t->at[i], what);

		canvas_text(c, row, STRIP_LABEL_CELLS + i, c->cols, styles[what],
			    block(v < 0 ? -1 : v / top, c->ascii));
	}
}

static bool is_set(struct pst_span_ns span)
{
	return span.to_ns > span.from_ns;
}

static void paint(const struct strip *t, struct canvas *c, int row, struct pst_span_ns span)
{
	int from = strip_column(t, span.from_ns), to = strip_column(t, span.to_ns - 1) + 1;

	if (is_set(span))
		canvas_paint(c, row, from, to, ST_SPAN);
}

static void letter(const struct strip *t, struct canvas *c, uint64_t ns, const char *text)
{
	int col = strip_column(t, ns);

	if (ns >= t->from_ns)
		canvas_text(c, 0, col, col + 1, ST_TITLE_SORT, text);
}

static void draw_marks(const struct strip *t, struct canvas *c)
{
	for (int row = 0; row < c->rows; row++)
		paint(t, c, row, t->span);
	if (is_set(t->a))
		letter(t, c, t->a.from_ns, "A");
	if (is_set(t->b))
		letter(t, c, t->b.from_ns, "B");
	if (t->begin_ns)
		letter(t, c, t->begin_ns, "[");
	if (t->cursor_ns >= t->from_ns && t->cursor_ns)
		for (int row = 0; row < c->rows; row++) {
			int col = strip_column(t, t->cursor_ns);

			canvas_paint(c, row, col, col + 1, ST_HERE);
		}
}

void strip_draw(const struct strip *t, struct canvas *c)
{
	for (int row = 0; row < c->rows && row <= ACTIVE; row++) {
		draw_label(t, c, row, (enum measure)row);
		if (t->step_ns)
			draw_line(t, c, row, (enum measure)row);
		else if (row == 0)
			canvas_cut(c, row, STRIP_LABEL_CELLS, c->cols, ST_DIM,
				   _("nothing is known of the time before yet"));
	}
	if (t->step_ns)
		draw_marks(t, c);
}
