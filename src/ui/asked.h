// SPDX-License-Identifier: MIT
#ifndef PST_UI_ASKED_H
#define PST_UI_ASKED_H

#include "ui/pane.h"

/*
 * What was asked of the model last: its trees take their time, and between two windows they are the
 * same.  Zeroed: nothing.
 */
struct calls_asked {
	bool valid;
	struct pst_calls_options opt;
	uint32_t thread, counted;
	uint64_t windows, ticks;
};

/*
 * Whether OPT (of THREAD alone, 0: whichever; of a model that holds TICKS) is another question than
 * the last; then it is the last from now on.
 */
bool asked_anew(struct calls_asked *a, const struct pst_calls_options *opt, const struct ui_view *v,
		uint32_t thread, uint64_t ticks);
void asked_forget(struct calls_asked *a);

#endif
