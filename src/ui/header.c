// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/header.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/text.h"
#include "ui/find.h"
#include "ui/format.h"

/*
 * The figures are short pieces of text that flow over the lines there are.  Their numbers are
 * padded, so that pieces do not jump from line to line when a figure grows.
 */

enum { PIECES_MAX = 24, PIECE_BYTES = 96 };

struct piece {
	char text[PIECE_BYTES];
	enum style style;
};

struct pieces {
	struct piece at[PIECES_MAX];
	size_t len;
};

static void add(struct pieces *p, enum style style, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void add(struct pieces *p, enum style style, const char *fmt, ...)
{
	va_list args;

	if (p->len == PIECES_MAX)
		return;
	va_start(args, fmt);
	vsnprintf(p->at[p->len].text, PIECE_BYTES, fmt, args);
	va_end(args);
	p->at[p->len++].style = style;
}

/* A count that should be zero. */
static void add_alert(struct pieces *p, const char *what, uint64_t count)
{
	char n[FORMAT_MAX];

	add(p, count ? ST_ALERT : ST_NORMAL, "%s %s", what, format_count(n, count));
}

static void add_state(struct pieces *p, const struct header *h)
{
	if (h->s.ended)
		add(p, ST_BANNER, " %s ", _("ENDED"));
	if (h->view->paused)
		add(p, ST_BANNER, " %s ", _("PAUSED"));
	if (!h->s.ended && h->s.target_stopped)
		add(p, ST_BANNER, " %s ", _("TARGET STOPPED"));
	if (!h->s.ended && h->s.target_frozen)
		add(p, ST_BANNER, " %s ", _("TARGET FROZEN"));
	if (h->view->unproved)
		add(p, ST_ALERT, "%s", _("NOT PROVED (--nonblocking)"));
}

static void add_load(struct pieces *p, const struct header *h)
{
	char n[FORMAT_MAX];

	if (h->processes > 1)
		add(p, ST_NORMAL, P_("%zu process", "%zu processes", h->processes), h->processes);
	add(p, ST_NORMAL, _("GIL %5s%%"), format_percent(n, h->s.gil_percent));
	add(p, ST_NORMAL, _("threads %u/%u"), h->s.active_threads, h->s.threads);
}

/* How the target is read, and how instead if most looks had to do otherwise. */
static const char *method_text(char *out, const struct header *h)
{
	const struct ui_view *v = h->view;

	if (!v->fallback || !h->s.mostly_otherwise)
		return v->sampling;
	snprintf(out, PIECE_BYTES, _("%s, not %s"), v->fallback, v->sampling);
	return out;
}

/* The method, how much is proved, and what that costs the target. */
static void add_method(struct pieces *p, const struct header *h)
{
	char a[FORMAT_MAX], b[FORMAT_MAX], method[PIECE_BYTES];
	bool whole = h->s.proved == h->s.stacks;

	if (h->view->sampling && h->s.stacks)
		add(p, whole ? ST_NORMAL : ST_ALERT, _("%s, proved %5s%%"), method_text(method, h),
		    format_percent(a, 100.0 * (double)h->s.proved / (double)h->s.stacks));
	else if (h->view->sampling)
		add(p, ST_NORMAL, "%s", method_text(method, h));
	if (h->s.cut && h->s.stacks)
		add(p, ST_ALERT, _("cut %5s%%"),
		    format_percent(a, 100.0 * (double)h->s.cut / (double)h->s.stacks));
	if (!h->view->sampling || h->s.pause_p50_ns)
		add(p, ST_NORMAL, _("pause p50 %s p99 %s"), format_ns(a, h->s.pause_p50_ns),
		    format_ns(b, h->s.pause_p99_ns));
}

static const char *asked_text(char *out, double rate)
{
	/* TRANSLATORS: as many samples per second as can be had; at most 6 cells. */
	return isinf(rate) ? _("max") : format_rate(out, rate);
}

/* Achieved by what is aimed at; what was asked for, where a bound keeps it from that. */
static void add_rate(struct pieces *p, const struct header *h)
{
	char a[FORMAT_MAX], b[FORMAT_MAX], c[FORMAT_MAX];
	double asked = h->s.rate_asked > 0 ? h->s.rate_asked : h->rate_asked;
	bool bounded = h->s.overhead_max > 0, less = bounded && h->s.rate_now < asked;
	double aim = less ? h->s.rate_now : asked;
	bool slow = h->s.rate_achieved > 0 && h->s.rate_achieved < 0.9 * aim && !isinf(aim) &&
		    !h->s.ended && !h->view->paused;
	enum style style = slow ? ST_ALERT : less ? ST_WARM : ST_NORMAL;

	format_rate(a, h->s.rate_achieved);
	if (less)
		add(p, style, _("rate %5s/%s of %s"), a, asked_text(b, aim), asked_text(c, asked));
	else
		add(p, style, _("rate %5s/%s"), a, asked_text(b, aim));
	if (bounded)
		add(p, less ? ST_WARM : ST_NORMAL, _("overhead %4s%% of %g%%"),
		    format_percent(a, h->s.overhead), h->s.overhead_max);
}

static void add_sampling(struct pieces *p, const struct header *h)
{
	char a[FORMAT_MAX];

	add_rate(p, h);
	add_alert(p, _("late"), h->s.late);
	add_alert(p, _("rejected"), h->s.rejected);
	add_alert(p, _("dropped"), h->s.dropped);
	if (h->s.gaps)
		add(p, ST_ALERT, _("stood still %s"), format_ns(a, h->s.gap_ns));
	if (h->s.errors)
		add_alert(p, _("bad records"), h->s.errors);
	if (h->s.cpu_percent >= 0)
		add(p, ST_NORMAL, _("CPU %5s%%"), format_percent(a, h->s.cpu_percent));
	if (h->s.rss_bytes)
		add(p, ST_NORMAL, _("RSS %s"), format_bytes(a, h->s.rss_bytes));
	add(p, ST_NORMAL, _("active %6s%%"), format_percent(a, h->s.active_percent));
	add(p, ST_NORMAL, _("samples %6s"), format_count(a, h->s.samples));
	add_method(p, h);
	add(p, ST_NORMAL, _("own CPU %4s%%"), format_percent(a, h->own_cpu_percent));
}

static const char *share_text(const struct pst_table_options *t)
{
	/* xgettext:no-c-format */
	const char *all = _("% of all threads");
	/* xgettext:no-c-format */
	const char *one = _("% of one thread");

	return t->normalised ? all : one;
}

static const char *unit_text(enum pst_group unit)
{
	switch (unit) {
	case PST_GROUP_LINE:
		return _("by line");
	case PST_GROUP_FILE:
		return _("by file");
	case PST_GROUP_MODULE:
		return _("by module");
	default:
		return _("by function");
	}
}

static void add_modes(struct pieces *p, const struct header *h)
{
	const struct pst_table_options *t = &h->view->table;

	add(p, ST_DIM, "%s", unit_text(t->group));
	add(p, ST_DIM, "%s", t->idle ? _("idle counted") : _("without idle"));
	if (h->view->filter.my_code)
		add(p, ST_WARM, "%s", _("my code only"));
	if (h->view->filter.threads)
		add(p, ST_WARM, "%s", _("tagged threads only"));
	if (t->gil_only)
		add(p, ST_WARM, "%s", _("GIL only"));
	add(p, ST_DIM, "%s", share_text(t));
	if (h->window > 0 && !h->view->span.to_ns && h->view->window == UI_WINDOW_LAST)
		add(p, ST_DIM, _("window %.1fs"), h->window);
}

static void all_pieces(struct pieces *p, const struct header *h)
{
	p->len = 0;
	add_state(p, h);
	add_load(p, h);
	add_sampling(p, h);
	add_modes(p, h);
}

/* Lets the pieces flow from line FIRST on; C may be NULL.  Returns the lines that they need. */
static int flow(const struct pieces *p, struct canvas *c, int first, int cols)
{
	int line = first, col = 0;

	for (size_t i = 0; i < p->len; i++) {
		const char *text = p->at[i].text;
		int cells = pst_text_cells(text, strlen(text));

		if (col && col + 2 + cells > cols) {
			line++;
			col = 0;
		} else if (col) {
			col += 2;
		}
		if (c)
			canvas_cut(c, line, col, cols, p->at[i].style, text);
		col += cells;
	}
	return line - first + 1;
}

void header_update(struct header *h, const struct pst_model *m)
{
	pst_model_summary(m, &h->s);
	h->processes = pst_model_process_infos(m, NULL, 0);
}

int header_lines(const struct header *h, int rows, int cols)
{
	struct pieces p;
	int most = rows >= 30 ? 7 : rows >= 20 ? 5 : rows >= 12 ? 3 : 1;

	if (most == 1)
		return 1;
	all_pieces(&p, h);
	int need = 1 + flow(&p, NULL, 1, cols) + (h->title != NULL);

	return need < most ? need : most;
}

static int draw_uptime(const struct header *h, struct canvas *c, int col)
{
	char up[FORMAT_MAX], text[PIECE_BYTES];

	if (!h->s.start_unix || h->now_unix < h->s.start_unix)
		return col;
	if (h->now_unix - h->s.start_unix < 60)
		snprintf(up, sizeof up, "%us", (unsigned)(h->now_unix - h->s.start_unix));
	else
		format_seconds(up, (double)(h->now_unix - h->s.start_unix));
	snprintf(text, sizeof text, _("up %s"), up);
	return canvas_text(c, 0, col, c->cols, ST_NORMAL, text) + 2;
}

/* Where the interpreter lives goes first when room is short: what it runs matters more. */
static void draw_cmdline(const char *cmdline, struct canvas *c, int col)
{
	const char *start = cmdline + strcspn(cmdline, " ");

	if (pst_text_cells(cmdline, strlen(cmdline)) > c->cols - col) {
		while (start > cmdline && start[-1] != '/')
			start--;
		cmdline = start;
	}
	canvas_cut(c, 0, col, c->cols, ST_BOLD, cmdline);
}

static void draw_identity(const struct header *h, struct canvas *c)
{
	char text[PIECE_BYTES];
	int col;

	snprintf(text, sizeof text, "%d", h->s.pid);
	col = canvas_text(c, 0, 0, c->cols, ST_BOLD, h->s.pid ? text : _("no process yet")) + 2;
	if (h->s.version && *h->s.version) {
		snprintf(text, sizeof text, "Python %s", h->s.version);
		col = canvas_text(c, 0, col, c->cols, ST_NORMAL, text) + 2;
	}
	col = draw_uptime(h, c, col);
	if (h->s.cmdline)
		draw_cmdline(h->s.cmdline, c, col);
}

/* Where there is no line of tabs to say it. */
static void add_narrowed(struct pieces *p, const struct ui_view *v)
{
	if (v->diff)
		add(p, ST_WARM, "%s", _("B less A"));
	else if (v->span.to_ns)
		add(p, ST_WARM, _("%.0fs of time"),
		    (double)(v->span.to_ns - v->span.from_ns) / 1e9);
	if (v->only)
		add(p, ST_WARM, "/%.20s/", ui_find_pattern(v->only));
	if (v->filter.threads)
		add(p, ST_WARM, "%s", _("tagged"));
}

/* All in one line: what matters most first, what does not fit is left out. */
static void draw_short(const struct header *h, struct canvas *c)
{
	struct pieces p = {.len = 0};
	char n[FORMAT_MAX];
	int col = 0;

	if (h->s.ended)
		add(&p, ST_BANNER, "%s", _("ENDED"));
	if (h->view->paused)
		add(&p, ST_BANNER, "%s", _("PAUSED"));
	add(&p, ST_BOLD, "%d", h->s.pid);
	add(&p, ST_NORMAL, _("GIL %s%%"), format_percent(n, h->s.gil_percent));
	add(&p, ST_NORMAL, "%u/%u", h->s.active_threads, h->s.threads);
	if (h->view->unproved)
		add(&p, ST_ALERT, "%s", _("UNPROVED"));
	add(&p, ST_NORMAL, _("%s/s"), format_rate(n, h->s.rate_achieved));
	if (h->s.late)
		add_alert(&p, _("late"), h->s.late);
	if (h->s.rejected)
		add_alert(&p, _("rejected"), h->s.rejected);
	if (h->s.dropped)
		add_alert(&p, _("dropped"), h->s.dropped);
	if (h->view->table.group != PST_GROUP_FUNCTION)
		add(&p, ST_DIM, "%s", unit_text(h->view->table.group));
	add_narrowed(&p, h->view);
	if (h->view->table.idle)
		add(&p, ST_DIM, "%s", _("idle counted"));
	if (h->view->table.gil_only)
		add(&p, ST_WARM, "%s", _("GIL only"));
	if (h->view->table.normalised)
		add(&p, ST_DIM, "%s", share_text(&h->view->table));
	for (size_t i = 0; i < p.len; i++) {
		const char *text = p.at[i].text;

		if (col + pst_text_cells(text, strlen(text)) <= c->cols)
			col = canvas_text(c, 0, col, c->cols, p.at[i].style, text) + 1;
	}
	if (h->s.cmdline && c->cols - col > 8)
		draw_cmdline(h->s.cmdline, c, col);
}

void header_draw(const struct header *h, struct canvas *c)
{
	struct pieces p;

	if (c->rows <= 1) {
		draw_short(h, c);
		return;
	}
	draw_identity(h, c);
	all_pieces(&p, h);
	if (!h->title) {
		flow(&p, c, 1, c->cols);
		return;
	}
	struct canvas above = canvas_part(c, 0, 0, c->rows - 1, c->cols);
	struct pst_buf title = {0};

	flow(&p, &above, 1, c->cols);
	format_place(&title, h->title, 0, c->cols);
	canvas_cut(c, c->rows - 1, 0, c->cols, ST_DIM, pst_buf_text(&title));
	pst_buf_free(&title);
}
