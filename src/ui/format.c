// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

char *format_percent(char *out, double percent)
{
	if (!isfinite(percent) || percent < 0)
		snprintf(out, FORMAT_MAX, "-");
	else if (percent >= 9999.95)
		snprintf(out, FORMAT_MAX, "9999+");
	else
		snprintf(out, FORMAT_MAX, "%.1f", percent);
	return out;
}

char *format_change(char *out, double points)
{
	if (!isfinite(points))
		snprintf(out, FORMAT_MAX, "-");
	else if (fabs(points) < 0.05)
		snprintf(out, FORMAT_MAX, "0.0");
	else if (fabs(points) >= 999.95)
		snprintf(out, FORMAT_MAX, "%+.0f",
			 fabs(points) < 99999 ? points
			 : points > 0	      ? 99999
					      : -99999);
	else
		snprintf(out, FORMAT_MAX, "%+.1f", points);
	return out;
}

char *format_seconds(char *out, double seconds)
{
	if (!isfinite(seconds) || seconds < 0) {
		snprintf(out, FORMAT_MAX, "-");
		return out;
	}
	uint64_t s = seconds > 1e12 ? UINT64_C(1000000000000) : (uint64_t)(seconds + 0.5);
	unsigned minutes = (unsigned)(s / 60 % 60), hours = (unsigned)(s / 3600 % 24);

	if (seconds < 9.995)
		snprintf(out, FORMAT_MAX, "%.2fs", seconds);
	else if (seconds < 59.95)
		snprintf(out, FORMAT_MAX, "%.1fs", seconds);
	else if (s < 3600)
		snprintf(out, FORMAT_MAX, "%um%02us", minutes, (unsigned)(s % 60));
	else if (s < 86400)
		snprintf(out, FORMAT_MAX, "%uh%02um", hours, minutes);
	else if (s < UINT64_C(864000000))
		snprintf(out, FORMAT_MAX, "%ud%02uh", (unsigned)(s / 86400), hours);
	else
		snprintf(out, FORMAT_MAX, ">9999d");
	return out;
}

char *format_ns(char *out, uint64_t ns)
{
	double v = (double)ns;

	if (ns < 1000)
		snprintf(out, FORMAT_MAX, "%uns", (unsigned)ns);
	else if (v < 9950)
		snprintf(out, FORMAT_MAX, "%.1fµs", v / 1e3);
	else if (v < 999500)
		snprintf(out, FORMAT_MAX, "%.0fµs", v / 1e3);
	else if (v < 9.95e6)
		snprintf(out, FORMAT_MAX, "%.1fms", v / 1e6);
	else if (v < 999.5e6)
		snprintf(out, FORMAT_MAX, "%.0fms", v / 1e6);
	else
		format_seconds(out, v / 1e9);
	return out;
}

char *format_count(char *out, uint64_t n)
{
	static const char units[] = "kMGTPE";
	double v = (double)n;
	size_t unit = 0;

	if (n < 1000000) {
		snprintf(out, FORMAT_MAX, "%u", (unsigned)n);
		return out;
	}
	for (v /= 1000; v >= 999.5 && units[unit + 1]; unit++)
		v /= 1000;
	snprintf(out, FORMAT_MAX,
		 v < 9.995   ? "%.2f%c"
		 : v < 99.95 ? "%.1f%c"
			     : "%.0f%c",
		 v, units[unit]);
	return out;
}

char *format_bytes(char *out, uint64_t bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	double v = (double)bytes;
	size_t unit = 0;

	for (; v >= 999.5 && unit + 1 < sizeof units / sizeof *units; unit++)
		v /= 1024;
	snprintf(out, FORMAT_MAX,
		 unit == 0 || v >= 99.95 ? "%.0f %s"
		 : v >= 9.995		 ? "%.1f %s"
					 : "%.2f %s",
		 v, units[unit]);
	return out;
}

char *format_rate(char *out, double rate)
{
	size_t n;

	if (!isfinite(rate) || rate < 0) {
		snprintf(out, FORMAT_MAX, "-");
		return out;
	}
	snprintf(out, FORMAT_MAX, rate < 999.95 ? "%.1f" : "%.0f", rate < 1e9 ? rate : 1e9);
	n = strlen(out);
	if (n > 2 && strcmp(out + n - 2, ".0") == 0)
		out[n - 2] = '\0';
	return out;
}

/* Where the longest run of whole path components starts that ends PATH and takes at most CELLS. */
static const char *tail_of(const char *path, int cells)
{
	const char *tail = strrchr(path, '/');

	tail = tail ? tail : path;
	for (const char *p = tail; p > path;) {
		for (p--; p > path && *p != '/'; p--)
			;
		if (*p != '/' || pst_text_cells(p, strlen(p)) > cells)
			break;
		tail = p;
	}
	return tail;
}

/* Appends the end of S in at most CELLS cells, in whole clusters. */
static void add_end(struct pst_buf *out, const char *s, int cells)
{
	size_t n = strlen(s);
	int all = pst_text_cells(s, n), used = 0;

	while (n && all > cells) {
		size_t step = pst_text_cluster(s, n, &used);

		if (step == 0)
			break;
		all -= used;
		s += step;
		n -= step;
	}
	pst_buf_adds(out, s);
}

void format_place(struct pst_buf *out, const char *path, int line, int cells)
{
	char number[FORMAT_MAX] = "";
	const char *tail;
	int room, used, tail_cells;

	if (line > 0)
		snprintf(number, sizeof number, ":%d", line);
	room = cells - (int)strlen(number);
	if (room < 1) {
		add_end(out, number, cells > 0 ? cells : 0);
		return;
	}
	if (pst_text_cells(path, strlen(path)) <= room) {
		pst_buf_addf(out, "%s%s", path, number);
		return;
	}
	tail = tail_of(path, room * 2 / 3);
	tail_cells = pst_text_cells(tail, strlen(tail));
	if (tail_cells + 1 > room) {
		pst_buf_adds(out, "…");
		add_end(out, *tail == '/' ? tail + 1 : tail, room - 1);
	} else {
		pst_buf_add(out, path,
			    pst_text_fit(path, strlen(path), room - 1 - tail_cells, &used));
		pst_buf_addf(out, "…%s", tail);
	}
	pst_buf_adds(out, number);
}
