// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/die.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *name = "pyspy-tui";
static bool quiet;

void program_called(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');

	if (!strcmp(slash ? slash + 1 : argv0, "py-spy"))
		name = "py-spy";
}

const char *program_name(void)
{
	return name;
}

/* Texts may quote names of the target: each line goes through the sanitiser. */
static void say(const char *text)
{
	struct pst_buf line = {0};

	while (*text) {
		size_t n = strcspn(text, "\n");
		pst_text_sanitise(&line, text, n, 0);
		pst_buf_addc(&line, '\n');
		text += n + (text[n] == '\n');
	}
	fprintf(stderr, "%s: %s", name, pst_buf_text(&line));
	pst_buf_free(&line);
}

int complain(const struct pst_why *why)
{
	say(why->what[0] ? why->what : pst_err_text(why->err));
	if (why->err == PST_USAGE)
		fprintf(stderr, _("Try '%s --help'.\n"), name);
	return why->err == PST_USAGE ? EXIT_USAGE : EXIT_FAILED;
}

void remark(const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	say(text);
}

void status(const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (quiet)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	say(text);
}

void status_quiet(void)
{
	quiet = true;
}

static void sink(void *ctx, enum pst_log_level level, const char *line)
{
	(void)ctx;
	(void)level;
	say(line);
}

void log_to_stderr(unsigned level)
{
	pst_log_set(level > 1 ? PST_LOG_DEBUG : level ? PST_LOG_INFO : PST_LOG_WARN, sink, NULL);
}

static void no_memory(size_t size)
{
	static const char text[] = "pyspy-tui: out of memory\n";

	(void)size;
	(void)!write(STDERR_FILENO, text, sizeof text - 1);
	_exit(EXIT_FAILED);
}

void die_on_no_memory(void)
{
	pst_alloc_on_failure(no_memory);
}
