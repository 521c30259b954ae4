// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int max_level = -1;
static pst_log_sink *sink;
static void *sink_ctx;

void pst_log_set(enum pst_log_level max, pst_log_sink *fn, void *ctx)
{
	pthread_mutex_lock(&lock);
	sink = fn;
	sink_ctx = ctx;
	atomic_store(&max_level, fn ? (int)max : -1);
	pthread_mutex_unlock(&lock);
}

int pst_log_on(enum pst_log_level level)
{
	return (int)level <= atomic_load_explicit(&max_level, memory_order_relaxed);
}

void pst_log(enum pst_log_level level, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	if (!pst_log_on(level))
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	pthread_mutex_lock(&lock);
	if (sink)
		sink(sink_ctx, level, line);
	pthread_mutex_unlock(&lock);
}
