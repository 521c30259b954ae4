// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/i18n.h"
#include "ui/ui.h"

/* Where the stack comes from: answers of the session, or, without any, the model. */

#define REFRESH_NS UINT64_C(500000000)
#define LOST_NS	   UINT64_C(5000000000)

enum { FRAMES_MAX = 4096 };

/* ---- the thread ---- */

static double activity(const struct pst_thread_info *i)
{
	return (i->alive ? 1000 : 0) + i->active_percent + (i->cpu_percent > 0 ? i->cpu_percent : 0);
}

static const struct pst_thread_info *most_active(const struct stack *s)
{
	const struct pst_thread_info *best = NULL;

	for (size_t i = 0; i < s->infos.len; i++) {
		if (!best || activity(&s->infos.at[i]) > activity(best))
			best = &s->infos.at[i];
	}
	return best;
}

static const struct pst_thread_info *find_thread(const struct stack *s, uint32_t id)
{
	for (size_t i = 0; i < s->infos.len; i++) {
		if (s->infos.at[i].id == id)
			return &s->infos.at[i];
	}
	return NULL;
}

void stack_forget(struct stack *s)
{
	pst_inspection_free(s->in);
	s->in = NULL;
	s->from_model = s->waiting = s->frozen = s->chose = s->with_values = s->seeks = false;
	s->frame = SIZE_MAX - 1; /* that of no thread */
	s->note[0] = s->func[0] = '\0';
	s->frames = (struct scroll){0};
	s->values.shown.len = s->values.paths.len = s->values.changed.len = s->values.seen.len = 0;
	s->values.seen_of = s->values.chosen = 0;
	s->values.scroll = (struct scroll){0};
	s->func_id = 0;
	s->func_of = 0;
	s->func_seen = 0;
	s->serial++; /* answers to what was asked before are not ours any more */
	stack_source_forget(&s->source);
}

void stack_find_thread(struct stack *s, struct ui_view *v, const struct pst_model *m)
{
	const struct pst_thread_info *t;

	ui_fetch_threads(v, m, &s->infos);
	if (!v->thread) {
		t = most_active(s);
		s->picked = t != NULL;
		v->thread = t ? t->id : 0;
		v->frame = SIZE_MAX;
	} else {
		t = find_thread(s, v->thread);
	}
	if (v->thread != s->thread) {
		s->picked &= !s->thread;
		stack_forget(s);
		s->wanted = true;
	}
	s->thread = v->thread;
	s->known = t != NULL;
	s->alive = t && t->alive && !s->ended;
	if (!t)
		return;
	s->process = t->process;
	s->tid = t->tid;
	s->ident = t->ident;
	s->doing = s->ended ? PST_DOING_GONE : t->doing;
	snprintf(s->name, sizeof s->name, "%s", t->name);
}

/* ---- the frame ---- */

size_t stack_frame(const struct stack *s, const struct ui_view *v)
{
	size_t i;

	if (!s->in || !s->in->frames_len)
		return SIZE_MAX;
	if (v->frame == SIZE_MAX)
		return 0;
	if (v->frame >= s->in->frames_len)
		return SIZE_MAX;
	i = s->in->frames_len - 1 - v->frame;
	return *s->func && strcmp(s->func, s->in->frames[i].name) != 0 ? SIZE_MAX : i;
}

const struct pst_inspect_frame *stack_chosen(const struct stack *s, const struct ui_view *v)
{
	size_t i = stack_frame(s, v);

	return i == SIZE_MAX ? NULL : &s->in->frames[i];
}

bool stack_has_values(const struct stack *s, const struct ui_view *v)
{
	return s->in && !s->from_model && s->in->frame < s->in->frames_len &&
	       s->in->frame == stack_frame(s, v);
}

/* ---- answers ---- */

/* Which frame an answer's values are of: thread, place from the root, and function. */
static uint64_t frame_hash(const struct pst_inspection *in)
{
	char place[64];
	uint64_t h;

	if (in->frame >= in->frames_len)
		return 0;
	snprintf(place, sizeof place, "%u %zu %d", in->thread, in->frames_len - in->frame,
		 in->frames[in->frame].first_line);
	h = values_hash(0, place);
	h = values_hash(h, in->frames[in->frame].name);
	return values_hash(h, in->frames[in->frame].full_file);
}

static void show_answer(struct stack *s, const struct ui_view *v, struct pst_inspection *in)
{
	pst_inspection_free(s->in);
	s->in = in;
	s->from_model = false;
	s->note[0] = '\0';
	values_compare(&s->values, in, frame_hash(in));
	s->with_values = stack_has_values(s, v);
	values_arrange(&s->values, s->with_values ? in : NULL);
}

/* A frozen stack is replaced only by what the user asked for, and if that was still there. */
static bool fits_frozen(const struct stack *s, const struct ui_view *v,
			const struct pst_inspection *in)
{
	const struct pst_inspect_frame *was = stack_chosen(s, v);

	return !s->in || s->from_model ||
	       (was && in->frame < in->frames_len &&
		s->in->frames_len - stack_frame(s, v) == in->frames_len - in->frame &&
		strcmp(was->name, in->frames[in->frame].name) == 0);
}

static void take_answer(struct stack *s, const struct ui_view *v, struct pst_inspection *in)
{
	s->waiting = false;
	if (in->err != PST_OK) {
		snprintf(s->note, sizeof s->note, "%s", *in->why ? in->why : pst_err_text(in->err));
		pst_inspection_free(in);
	} else if (s->frozen && !fits_frozen(s, v, in)) {
		snprintf(s->note, sizeof s->note, "%s",
			 _("That frame is gone: what was not read before it was frozen cannot be "
			   "read any more."));
		pst_inspection_free(in);
	} else {
		show_answer(s, v, in);
	}
}

void stack_take(struct stack *s, struct ui_view *v)
{
	const struct pst_ui_hooks *h = v->hooks;
	struct pst_inspection *in;

	while (h && h->inspected && (in = h->inspected(h->ctx))) {
		if (in->serial == s->serial && in->thread == s->thread && s->waiting)
			take_answer(s, v, in);
		else
			pst_inspection_free(in);
	}
}

/* ---- the model ---- */

static void frame_from_model(const struct pst_model *m, uint32_t frame,
			     struct pst_inspect_frame *out)
{
	struct pst_func_info f;
	int line = 0;
	uint32_t func = pst_model_frame_func(m, frame, &line);

	if (!func) {
		*out = (struct pst_inspect_frame){pst_strdup("?"), pst_strdup(""), pst_strdup(""),
						  0, 0, false};
		return;
	}
	pst_model_func(m, func, &f);
	*out = (struct pst_inspect_frame){.name = pst_strdup(f.name),
					  .file = pst_strdup(f.file),
					  .full_file = pst_strdup(f.full_file),
					  .line = line,
					  .first_line = f.first_line};
}

void stack_from_model(struct stack *s, const struct ui_view *v, const struct pst_model *m)
{
	const struct pst_thread_info *t = find_thread(s, s->thread);
	uint32_t frames[FRAMES_MAX];
	struct pst_inspection *in;
	size_t n;

	if (s->frozen || !t || !t->stack || (s->in && !s->from_model))
		return;
	in = pst_calloc(1, sizeof *in);
	n = pst_model_stack(m, t->stack, frames, FRAMES_MAX);
	in->truncated = n > FRAMES_MAX;
	in->frames_len = n < FRAMES_MAX ? n : FRAMES_MAX;
	in->frames = pst_calloc(in->frames_len ? in->frames_len : 1, sizeof *in->frames);
	for (size_t i = 0; i < in->frames_len; i++)
		frame_from_model(m, frames[i], &in->frames[i]);
	in->thread = s->thread;
	in->frame = SIZE_MAX;
	in->time_ns = v->now_ns;
	pst_inspection_free(s->in);
	s->in = in;
	s->from_model = true;
	s->with_values = false;
	values_arrange(&s->values, NULL);
}

/* ---- asking ---- */

static void send_request(struct stack *s, struct ui_view *v)
{
	const char *open[PST_INSPECT_OPEN_MAX];
	struct pst_inspect_request r = {.serial = ++s->serial,
					.process = s->process,
					.thread = s->thread,
					.tid = s->tid,
					.ident = s->ident,
					.frame = v->frame,
					.values = true,
					.open = open};

	snprintf(r.func, sizeof r.func, "%s", v->frame == SIZE_MAX ? "" : s->func);
	for (size_t i = 0; i < s->values.open.len && i < PST_INSPECT_OPEN_MAX; i++)
		open[r.open_len++] = s->values.open.at[i].path;
	v->hooks->inspect(v->hooks->ctx, &r);
	s->waiting = true;
	s->wanted = false;
	s->asked_ns = v->now_ns;
}

/*
 * One look for each refresh at most.  What the user asks for (another frame, something opened) need
 * not wait for the next one: it is taken from that one.
 */
void stack_ask(struct stack *s, struct ui_view *v)
{
	uint64_t refresh = v->delay_ns ? v->delay_ns : REFRESH_NS;
	bool by_itself = !s->frozen && !v->paused && v->now_ns >= s->next_ns;
	bool by_user = s->wanted && v->now_ns + refresh >= s->next_ns;

	if (!s->shown || !s->alive || !v->hooks || !v->hooks->inspect || !v->hooks->inspected)
		return;
	if (s->waiting && v->now_ns < s->asked_ns + LOST_NS && !s->wanted)
		return;
	if (!by_itself && !by_user)
		return;
	send_request(s, v);
	s->next_ns = (s->next_ns > v->now_ns ? s->next_ns : v->now_ns) + refresh;
}
