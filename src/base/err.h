// SPDX-License-Identifier: MIT
#ifndef PST_BASE_ERR_H
#define PST_BASE_ERR_H

/*
 * Errors are values.  Hot paths return the bare code; set-up paths fill a struct pst_why
 * as well, whose text is a whole sentence (or two) for the user: what happened, to which
 * process, what to do about it.  A pst_why pointer may be NULL everywhere.
 */

#define PST_ERR_MAP(X)                                                        \
	X(OK, N_("success"))                                                  \
	X(FAULT, N_("memory of the target cannot be read"))                   \
	X(GONE, N_("the target exited"))                                      \
	X(NOPROC, N_("no such process"))                                      \
	X(ZOMBIE, N_("the process is a zombie"))                              \
	X(PERM, N_("permission denied"))                                      \
	X(NOTPYTHON, N_("not a Python process"))                              \
	X(NOTREADY, N_("the interpreter is not set up yet"))                  \
	X(UNKNOWN, N_("unknown version of Python"))                           \
	X(CORRUPT, N_("the data makes no sense"))                             \
	X(LIMIT, N_("a limit was reached"))                                   \
	X(CHANGED, N_("the target changed while it was read"))                \
	X(NOSYS, N_("not available on this system"))                          \
	X(NOMEM, N_("out of memory"))                                         \
	X(TIMEOUT, N_("no answer in time"))                                   \
	X(EXISTS, N_("it exists already"))                                    \
	X(NOTFOUND, N_("not found"))                                          \
	X(USAGE, N_("wrong usage"))                                           \
	X(IO, N_("input/output error"))

enum pst_err {
#define PST_ERR_ENUM(name, text) PST_##name,
	PST_ERR_MAP(PST_ERR_ENUM)
#undef PST_ERR_ENUM
	PST_ERR_COUNT
};

struct pst_why {
	enum pst_err err;
	int sys;	/* errno at that moment, or 0 */
	char what[768]; /* translated, no newline at the end; may hold several lines */
};

/* Translated short text of ERR; never NULL. */
const char *pst_err_text(enum pst_err err);

/* Identifier of ERR ("FAULT"), for JSON and logs; never NULL. */
const char *pst_err_id(enum pst_err err);

/* Fills WHY (if not NULL) and returns ERR, so that it can stand behind `return`. */
enum pst_err pst_why_set(struct pst_why *why, enum pst_err err, int sys, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Appends to what WHY says already. */
void pst_why_add(struct pst_why *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
