// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/thread_text.h"

#include <stdio.h>

void thread_id_text(const struct pst_thread *t, char *out, size_t size)
{
	if (t->tid > 0)
		snprintf(out, size, "%d", (int)t->tid);
	else
		snprintf(out, size, "0x%llX", (unsigned long long)t->ident);
}

/* The words are those that scripts look for in py-spy's dump, so they are not translated. */
void thread_state_text(const struct pst_thread *t, char *out, size_t size)
{
	static const char *const words[] = {
		[PST_THREAD_UNKNOWN] = "unknown",
		[PST_THREAD_IDLE] = "idle",
		[PST_THREAD_ACTIVE] = "active",
		[PST_THREAD_GIL_WAIT] = "waiting for gil",
	};

	snprintf(out, size, "%s%s%s", words[t->state], t->holds_gil ? "+gil" : "", t->in_gc ? "+gc" : "");
}

const char *thread_state_word(const struct pst_thread *t)
{
	static const char *const words[] = {
		[PST_THREAD_UNKNOWN] = "unknown",
		[PST_THREAD_IDLE] = "idle",
		[PST_THREAD_ACTIVE] = "active",
		[PST_THREAD_GIL_WAIT] = "gil_wait",
	};

	return words[t->state];
}
