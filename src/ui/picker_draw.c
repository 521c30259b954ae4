// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/picker.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "ui/format.h"

/* ---- columns ----------------------------------------------------------------------------- */

enum column { COL_PID, COL_CPU, COL_RSS, COL_USER, COL_VERSION, COL_CONTAINER, COL_COMMAND, COLS };

enum { COMMAND_MIN = 14, REASON_ROWS = 3, REASON_FROM_ROWS = 9, GAP = 1, WIDE = 100, CONTAINER_SHORT = 12 };

static const struct {
	const char *title;
	int cells;
	bool right;
} columns[COLS] = {
	/* TRANSLATORS: column headings, at most 7, 7, 5, 8, 8 and 16 cells. */
	[COL_PID] = {N_("PID"), 7, true},
	/* xgettext:no-c-format */
	[COL_CPU] = {N_("%CPU"), 7, true},
	[COL_RSS] = {N_("RSS"), 5, true},
	[COL_USER] = {N_("User"), 8, false},
	[COL_VERSION] = {N_("Python"), 8, false},
	[COL_CONTAINER] = {N_("Container"), 19, false},
	[COL_COMMAND] = {N_("Command"), 0, false},
};

struct layout {
	int at[COLS], end[COLS]; /* at == end: not shown */
};

static bool any_container(const struct picker *k)
{
	for (size_t i = 0; i < k->all.len; i++)
		if (*k->all.at[i].container)
			return true;
	return false;
}

/* The start of an id says enough where room is short. */
static int cells_of(enum column col, int cols)
{
	return col == COL_CONTAINER && cols < WIDE ? CONTAINER_SHORT : columns[col].cells;
}

/* When room is short containers go first, then the user, the memory, the version, the CPU. */
static struct layout layout_for(const struct picker *k, int cols)
{
	static const enum column go[] = {COL_CONTAINER, COL_USER, COL_RSS, COL_VERSION, COL_CPU};
	bool shown[COLS] = {true, true, true, true, true, any_container(k), true};
	struct layout l = {.at = {0}};
	int used = 0;

	for (int i = 0; i < COL_COMMAND; i++)
		used += shown[i] ? cells_of((enum column)i, cols) + GAP : 0;
	for (size_t i = 0; i < sizeof go / sizeof *go && cols - used < COMMAND_MIN; i++) {
		used -= shown[go[i]] ? cells_of(go[i], cols) + GAP : 0;
		shown[go[i]] = false;
	}
	int at = 0;
	for (int i = 0; i < COL_COMMAND; i++) {
		if (!shown[i])
			continue;
		l.at[i] = at;
		l.end[i] = at + cells_of((enum column)i, cols);
		at = l.end[i] + GAP;
	}
	l.at[COL_COMMAND] = at;
	l.end[COL_COMMAND] = cols;
	return l;
}

/* ---- rows -------------------------------------------------------------------------------- */

static void put(struct canvas *c, int row, const struct layout *l, enum column col, enum style style,
		const char *text)
{
	if (l->at[col] >= l->end[col])
		return;
	if (columns[col].right)
		canvas_right(c, row, l->at[col], l->end[col], style, text);
	else
		canvas_cut(c, row, l->at[col], l->end[col], style, text);
}

/* "850K", "12M", "1.2G": at most 5 cells. */
static const char *format_memory(char *out, uint64_t bytes)
{
	double mib = (double)bytes / (1 << 20);

	if (!bytes)
		snprintf(out, FORMAT_MAX, "-");
	else if (mib < 1)
		snprintf(out, FORMAT_MAX, "%.0fK", mib * 1024);
	else if (mib < 1000)
		snprintf(out, FORMAT_MAX, "%.0fM", mib);
	else if (mib < 10 * 1024)
		snprintf(out, FORMAT_MAX, "%.1fG", mib / 1024);
	else
		snprintf(out, FORMAT_MAX, "%.0fG", mib / 1024);
	return out;
}

/* "~": not of now, but on average since it began. */
static const char *format_cpu(char out[FORMAT_MAX + 2], const struct pst_candidate *p)
{
	char percent[FORMAT_MAX];

	if (p->cpu_percent < 0)
		snprintf(out, FORMAT_MAX + 2, "-");
	else
		snprintf(out, FORMAT_MAX + 2, "%s%s", p->cpu_since_start ? "~" : "",
			 format_percent(percent, p->cpu_percent));
	return out;
}

/* Where the interpreter lives goes first when room is short: what it runs matters more. */
static const char *shorten(const char *cmdline, int cells)
{
	const char *s = cmdline + strcspn(cmdline, " ");

	if (pst_text_cells(cmdline, strlen(cmdline)) <= cells)
		return cmdline;
	while (s > cmdline && s[-1] != '/')
		s--;
	return s;
}

static void draw_row(const struct picker *k, size_t i, const struct layout *l, struct canvas *c,
		     int row)
{
	const struct pst_candidate *p = &k->all.at[k->shown.at[i]];
	enum style plain = p->err ? ST_DIM : ST_NORMAL;
	char text[FORMAT_MAX + 2];

	snprintf(text, sizeof text, "%d", p->pid);
	put(c, row, l, COL_PID, p->pid == k->watched ? ST_BOLD : plain, text);
	put(c, row, l, COL_CPU, p->err ? ST_DIM : theme_heat(p->cpu_percent), format_cpu(text, p));
	put(c, row, l, COL_RSS, plain, format_memory(text, p->rss_bytes));
	put(c, row, l, COL_USER, plain, p->user);
	put(c, row, l, COL_VERSION, plain, *p->version ? p->version : "-");
	put(c, row, l, COL_CONTAINER, plain, p->container);
	put(c, row, l, COL_COMMAND, plain,
	    shorten(p->cmdline, l->end[COL_COMMAND] - l->at[COL_COMMAND]));
	if (i == k->selected)
		canvas_paint(c, row, 0, c->cols, ST_SELECT);
}

static void draw_titles(const struct layout *l, struct canvas *c)
{
	canvas_fill(c, 1, ST_TITLE);
	for (int i = 0; i < COLS; i++) {
		char text[40];

		snprintf(text, sizeof text, "%s%s", i == COL_CPU ? "▼" : "", _(columns[i].title));
		put(c, 1, l, (enum column)i, i == COL_CPU ? ST_TITLE_SORT : ST_TITLE, text);
	}
}

static void draw_filter(const struct picker *k, struct canvas *c)
{
	char count[48];
	int cells;

	const char *title = _("Watch which process? ");
	int hint = pst_text_cells(title, strlen(title)) + 2;

	line_draw(&k->filter, c, 0, title);
	if (!k->filter.len && c->cols >= 60)
		canvas_cut(c, 0, hint, c->cols - 10, ST_DIM, _("type to filter, Enter watches it"));
	snprintf(count, sizeof count, " %zu/%zu", k->shown.len, k->all.len);
	cells = pst_text_cells(count, strlen(count));
	if (c->cols >= 60)
		canvas_text(c, 0, c->cols - cells, c->cols, ST_DIM, count);
}

/* ---- what is said of the chosen one ------------------------------------------------------- */

/* Bytes of TEXT that make a line of CELLS, blanks behind it included. */
static size_t line_bytes(const char *text, int cells)
{
	size_t fit = pst_text_fit(text, strlen(text), cells, &(int){0}), n = fit;

	if (!text[fit])
		return fit;
	while (n && text[n] != ' ')
		n--;
	return n ? n + strspn(text + n, " ") : fit;
}

/* Draws TEXT from ROW on, or counts only (C NULL); returns the lines it needs, up to MOST. */
static int wrap(struct canvas *c, int row, int cols, int most, enum style style, const char *text)
{
	int lines = 0;

	while (*text && lines < most) {
		size_t n = line_bytes(text, cols);
		char line[512];

		if (!n)
			break;
		lines++;
		size_t len = lines == most ? strlen(text) : n;
		while (lines < most && len && text[len - 1] == ' ')
			len--;
		snprintf(line, sizeof line, "%.*s", (int)(len < 500 ? len : 500), text);
		if (c)
			canvas_cut(c, row + lines - 1, 0, cols, style, line);
		text += n;
	}
	return lines;
}

static const char *remark_on(const struct picker *k, enum style *style, char *out, size_t size)
{
	const struct pst_candidate *p = picker_chosen(k);

	if (k->attaching) {
		*style = ST_MESSAGE;
		snprintf(out, size, _("Looking for the interpreter of process %d… Esc cancels."),
			 k->attaching);
		return out;
	}
	*style = ST_DIM;
	if (!k->all.len)
		return k->fetches ? _("There is no Python process here.") : "";
	if (!p)
		return _("No process matches; Esc clears the filter.");
	if (p->err) {
		*style = ST_ALERT;
		return p->why;
	}
	if (p->cpu_since_start)
		return _("~ is the CPU on average since the process began.");
	return "";
}

/* The cursor stays in sight, and no room is left empty while there are rows above. */
static void scroll(struct picker *k)
{
	size_t page = k->page > 0 ? (size_t)k->page : 1;

	if (k->selected < k->first)
		k->first = k->selected;
	if (k->selected >= k->first + page)
		k->first = k->selected - page + 1;
	if (k->first + page > k->shown.len)
		k->first = k->shown.len > page ? k->shown.len - page : 0;
}

void picker_draw(struct pane *p, struct canvas *c)
{
	struct picker *k = p->state;
	struct layout l = layout_for(k, c->cols);
	enum style style;
	char text[160];
	const char *remark = remark_on(k, &style, text, sizeof text);
	int most = c->rows >= REASON_FROM_ROWS ? REASON_ROWS : 1;
	int lines = wrap(NULL, 0, c->cols, most, style, remark);

	k->page = c->rows - PICKER_ABOVE - lines;
	if (k->page < 1 && c->rows > PICKER_ABOVE) { /* the rows matter more */
		k->page = c->rows - PICKER_ABOVE;
		lines = 0;
	}
	scroll(k);
	draw_filter(k, c);
	if (c->rows > 1)
		draw_titles(&l, c);
	for (int row = 0; row < k->page && k->first + (size_t)row < k->shown.len; row++)
		draw_row(k, k->first + (size_t)row, &l, c, row + PICKER_ABOVE);
	if (lines)
		wrap(c, c->rows - lines, c->cols, most, style, remark);
}
