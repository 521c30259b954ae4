// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/i18n.h"
#include "base/vec.h"
#include "ui/pane.h"
#include "ui/ui.h"

/* What panes tell and ask of the view that they share. */

/* More than any program has; keeps a broken id from asking for memory without end. */
#define THREADS_MAX (1u << 20)
#define INFOS_MAX   1000000

enum ui_effect ui_say(struct ui_view *v, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(v->said, sizeof v->said, fmt, args);
	va_end(args);
	return UI_LAYOUT;
}

bool ui_tagged(const struct ui_view *v, uint32_t thread)
{
	return thread && thread <= v->tags_len && v->tags[thread - 1];
}

static bool any_tag(const struct ui_view *v)
{
	return v->tags && memchr(v->tags, 1, v->tags_len) != NULL;
}

static enum ui_effect filter_by_tags(struct ui_view *v)
{
	v->filter.threads = any_tag(v) ? v->tags : NULL;
	v->filter.nthreads = v->filter.threads ? v->tags_len : 0;
	v->counted++;
	return UI_UPDATE;
}

enum ui_effect ui_tag(struct ui_view *v, uint32_t thread, bool on)
{
	if (!thread || thread > THREADS_MAX)
		return UI_NONE;
	if (thread > v->tags_len) {
		v->tags = pst_realloc(v->tags, thread, 1);
		memset(v->tags + v->tags_len, 0, thread - v->tags_len);
		v->tags_len = thread;
	}
	v->tags[thread - 1] = on;
	return filter_by_tags(v);
}

enum ui_effect ui_untag_all(struct ui_view *v)
{
	free(v->tags);
	v->tags = NULL;
	v->tags_len = 0;
	return filter_by_tags(v);
}

void ui_want_idle(struct ui_view *v, bool on)
{
	if (on)
		v->idle_wanted++;
	else if (v->idle_wanted)
		v->idle_wanted--;
	ui_look_at_idle(v);
}

void ui_look_at_idle(const struct ui_view *v)
{
	if (v->hooks && v->hooks->set_idle)
		v->hooks->set_idle(v->hooks->ctx, v->filter.idle || v->idle_wanted);
}

enum ui_effect ui_edit(struct ui_view *v, uint32_t process, const char *file, int line)
{
	if (!v->hooks || !v->hooks->edit)
		return ui_say(v, "%s", _("No editor can be opened here."));
	v->edit.process = process;
	v->edit.line = line;
	snprintf(v->edit.file, sizeof v->edit.file, "%s", file);
	return UI_EDIT;
}

void ui_fetch_threads(const struct ui_view *v, const struct pst_model *m,
		      struct ui_thread_infos *out)
{
	size_t n = pst_model_thread_infos(m, &v->span, out->at, out->cap);

	if (n > out->cap) {
		PST_VEC_RESERVE(out, n < INFOS_MAX ? n : INFOS_MAX);
		n = pst_model_thread_infos(m, &v->span, out->at, out->cap);
	}
	out->len = n < out->cap ? n : out->cap;
}
