// SPDX-License-Identifier: MIT
#ifndef PST_BASE_LOG_H
#define PST_BASE_LOG_H

/*
 * Diagnostics for -v, thread-safe.  Nothing is written before a sink is set; app/ sets one that
 * writes to stderr (headless) or to the message log of the screen.
 */

enum pst_log_level { PST_LOG_WARN, PST_LOG_INFO, PST_LOG_DEBUG };

typedef void pst_log_sink(void *ctx, enum pst_log_level level, const char *line);

void pst_log_set(enum pst_log_level max, pst_log_sink *sink, void *ctx);
/* Cheap test before costly arguments are made. */
int pst_log_on(enum pst_log_level level);
void pst_log(enum pst_log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
