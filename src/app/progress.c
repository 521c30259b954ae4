// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/progress.h"

#include "base/i18n.h"
#include "base/text.h"
#include "plat/plat.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BAR_CELLS 20

void progress_begin(struct progress *p, const struct options *o, bool alone)
{
	*p = (struct progress){
		.on = alone && !o->quiet && !o->noprogress && pst_tty_is(STDERR_FILENO),
		.duration = o->duration,
	};
}

static void measure(struct progress *p, const struct pst_summary *sum, uint64_t ns)
{
	if (ns > p->last_ns)
		p->rate = (double)(sum->ticks - p->last_ticks) * 1e9 / (double)(ns - p->last_ns);
	p->last_ns = ns;
	p->last_ticks = sum->ticks;
}

static void add_time(const struct progress *p, double seconds, char *out, size_t size)
{
	char bar[BAR_CELLS + 1] = "";
	double done = p->duration > 0 ? seconds / p->duration : 0;
	int full = (int)((done < 1 ? done : 1) * BAR_CELLS);

	if (p->duration <= 0) {
		snprintf(out, size, _("%.1f s"), seconds);
		return;
	}
	memset(bar, '-', BAR_CELLS);
	memset(bar, '#', (size_t)full);
	snprintf(out, size, _("[%s] %.1f of %g s"), bar, seconds, p->duration);
}

void progress_show(struct progress *p, const struct pst_model *m, uint64_t ns)
{
	struct pst_summary sum;
	char time[96], line[256];
	int rows, columns, used;

	if (!p->on || ns < p->next_ns)
		return;
	pst_model_summary(m, &sum);
	measure(p, &sum, ns);
	p->next_ns = ns + PROGRESS_NS;
	add_time(p, (double)ns / 1e9, time, sizeof time);
	/* TRANSLATORS: time, samples, looks a second, looks of which nothing counts. */
	snprintf(line, sizeof line, _("%s, %" PRIu64 " samples, %.0f/s, %" PRIu64 " errors"), time,
		 sum.samples, p->rate, sum.rejected + sum.dropped);
	if (!pst_tty_size(STDERR_FILENO, &rows, &columns))
		columns = 80;
	size_t n = pst_text_fit(line, strlen(line), columns - 1, &used);
	fprintf(stderr, "\r%.*s%*s", (int)n, line, p->cells > used ? p->cells - used : 0, "");
	fflush(stderr);
	p->cells = used;
}

void progress_clear(struct progress *p)
{
	if (p->on && p->cells)
		fprintf(stderr, "\r%*s\r", p->cells, "");
	p->cells = 0;
}

void progress_end(struct progress *p)
{
	progress_clear(p);
	p->on = false;
}
