// SPDX-License-Identifier: MIT
#ifndef PST_APP_THREAD_TEXT_H
#define PST_APP_THREAD_TEXT_H

#include "interp/interp.h"

/* The id people know a thread by: the system's, else pthread_self() as 0x7F…. */
void thread_id_text(const struct pst_thread *t, char *out, size_t size);

/* "active", "active+gil", "active+gil+gc", "idle", "waiting for gil". */
void thread_state_text(const struct pst_thread *t, char *out, size_t size);

/* The state as one untranslated word for JSON: "active", "idle", "gil_wait", "unknown". */
const char *thread_state_word(const struct pst_thread *t);

#endif
