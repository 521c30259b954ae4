// SPDX-License-Identifier: MIT
#ifndef PST_UI_FORMAT_H
#define PST_UI_FORMAT_H

#include <stddef.h>
#include <stdint.h>

struct pst_buf;

/* Figures and paths as short text.  Each returns OUT, which holds at least FORMAT_MAX bytes. */
enum { FORMAT_MAX = 32 };

/* "12.3", "100.0", "1600.0", "9999+"; at most 6 cells.  No number: "-". */
char *format_percent(char *out, double percent);
/* A difference of two percentages: "+12.3", "-0.4", "0.0"; at most 6 cells. */
char *format_change(char *out, double points);
/* "0.12s", "12.3s", "12m34s", "1h02m", "12d03h"; at most 7 cells. */
char *format_seconds(char *out, double seconds);
/* "850ns", "12µs", "1.2ms", "1.20s". */
char *format_ns(char *out, uint64_t ns);
/* "123456", "1.23M", "4.56G"; at most 6 cells. */
char *format_count(char *out, uint64_t n);
/* "0 B", "850 KiB", "1.23 GiB". */
char *format_bytes(char *out, uint64_t bytes);
/* "99.8", "1000". */
char *format_rate(char *out, double rate);

/*
 * Appends PATH:LINE (LINE 0: without) in at most CELLS cells.  When it is too long its middle
 * becomes "…"; the file name and the line stay as long as they fit, then the end.
 */
void format_place(struct pst_buf *out, const char *path, int line, int cells);

#endif
