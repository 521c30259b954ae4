// SPDX-License-Identifier: MIT
#ifndef PST_APP_USERCONFIG_H
#define PST_APP_USERCONFIG_H

/*
 * The file with the user's configuration: $XDG_CONFIG_HOME/pyspy-tui/config, or below ~/.config.
 * HOME is taken as it is, also under sudo.  What stands in it is the screen's (ui/).
 */

#include "base/err.h"

struct userconfig {
	char *path; /* NULL: there is no place for it */
	char *text; /* NULL: there is none, or it cannot be read */
};

/* Finds and reads it.  No file is no error; IO, LIMIT: it cannot be read, TEXT is NULL. */
enum pst_err userconfig_read(struct userconfig *c, struct pst_why *why);
/* Writes TEXT as the new one, and keeps it as C->text.  NOTFOUND (no place), IO. */
enum pst_err userconfig_write(struct userconfig *c, const char *text, struct pst_why *why);
void userconfig_free(struct userconfig *c);

#endif
