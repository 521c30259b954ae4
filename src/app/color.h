// SPDX-License-Identifier: MIT
#ifndef PST_APP_COLOR_H
#define PST_APP_COLOR_H

#include <stdbool.h>
#include <stdio.h>

enum color { COLOR_PLAIN, COLOR_HEAD, COLOR_NAME, COLOR_FILE, COLOR_LINE, COLOR_STATE, COLOR_DIM, COLOR_VAR };

/* NO_COLOR and CLICOLOR=0 forbid, CLICOLOR_FORCE demands, else: only on a terminal. */
bool color_wanted(FILE *out);

/* Escape sequence of C, "" when colours are off. */
const char *color_on(bool wanted, enum color c);
const char *color_off(bool wanted);

#endif
