// SPDX-License-Identifier: MIT
#ifndef PST_APP_DIE_H
#define PST_APP_DIE_H

#include "base/err.h"

/* Exit statuses of the program. */
enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* What we were called: "py-spy" under that name (a link), else "pyspy-tui". */
void program_called(const char *argv0);
const char *program_name(void);

/* Writes "pyspy-tui: SENTENCE" to stderr (each line made harmless); returns the exit status for WHY. */
int complain(const struct pst_why *why);

/* A remark on stderr, in the same form. */
void remark(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same for what is only told, not wrong; --quiet silences these. */
void status(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void status_quiet(void);

/* Sends the log to stderr: LEVEL 0 warnings only, 1 what was found, 2 everything. */
void log_to_stderr(unsigned level);

/* Registers the handler for memory that is out. */
void die_on_no_memory(void);

#endif
