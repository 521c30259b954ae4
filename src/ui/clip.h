// SPDX-License-Identifier: MIT
#ifndef PST_UI_CLIP_H
#define PST_UI_CLIP_H

struct pst_buf;

/*
 * Appends what puts TEXT on the clipboard of a terminal (OSC 52).  TMUX and STY are the
 * environment's (NULL: not set): inside of tmux or screen it is wrapped as well, so that it comes
 * through to the terminal where that is allowed.
 */
void clip_sequence(struct pst_buf *out, const char *text, const char *tmux, const char *sty);

#endif
