// SPDX-License-Identifier: MIT
#ifndef PST_UI_SCROLL_H
#define PST_UI_SCROLL_H

#include "ui/commands.h"

#include <stdbool.h>
#include <stddef.h>

/* The cursor of a list, and which part of the list is shown. */
struct scroll {
	size_t at;    /* row under the cursor */
	size_t first; /* row at the top */
	int page;     /* rows shown at the last draw */
};

/* BY rows down, or up; stays within LEN rows. */
void scroll_move(struct scroll *s, size_t len, long by);
/* The cursor stays in sight, and no room is left empty while there are rows above. */
void scroll_fit(struct scroll *s, size_t len, int page);
/* True, and moved, when CMD is one of those that move. */
bool scroll_command(struct scroll *s, size_t len, enum ui_cmd cmd);

#endif
