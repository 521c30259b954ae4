// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/stack.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/ui.h"

/* ---- fetching ---- */

static bool can_inspect(const struct ui_view *v)
{
	return v->hooks && v->hooks->inspect && v->hooks->inspected;
}

/*
 * A frame was chosen elsewhere: by its place alone, or as the one of the function that brought the
 * user to the thread.
 */
static void adopt_frame(struct stack *s, const struct ui_view *v, const struct pst_model *m)
{
	struct pst_func_info f;

	s->func[0] = '\0';
	s->seeks = v->frame != SIZE_MAX && v->from == PANE_THREADS && v->func &&
		   v->func <= pst_model_func_count(m);
	if (s->seeks) {
		pst_model_func(m, v->func, &f);
		snprintf(s->func, sizeof s->func, "%s", f.name);
	}
	s->frame = v->frame;
	s->wanted = true;
}

/* Where that function is in the stack that was read may not be where it was when it was sampled. */
static void seek(struct stack *s, struct ui_view *v)
{
	if (!s->in)
		return;
	for (size_t i = 0; stack_frame(s, v) == SIZE_MAX && i < s->in->frames_len; i++) {
		if (strcmp(s->in->frames[i].name, s->func) == 0)
			v->frame = s->frame = s->in->frames_len - 1 - i;
	}
	s->seeks = s->from_model || stack_frame(s, v) == SIZE_MAX;
}

static void put_cursor(struct stack *s, struct ui_view *v, const struct pst_model *m)
{
	size_t i;

	if (v->frame != s->frame)
		adopt_frame(s, v, m);
	if (s->seeks)
		seek(s, v);
	i = stack_frame(s, v);
	if (i != SIZE_MAX)
		s->frames.at = i;
	else if (s->in && s->frames.at >= s->in->frames_len)
		s->frames.at = s->in->frames_len ? s->in->frames_len - 1 : 0;
}

/* Values that were read of another frame are out of reach. */
static void find_values(struct stack *s, const struct ui_view *v)
{
	bool there = stack_has_values(s, v);

	if (there == s->with_values)
		return;
	s->with_values = there;
	values_arrange(&s->values, there ? s->in : NULL);
}

static void stack_update(struct pane *p, const struct pst_model *m)
{
	struct stack *s = p->state;
	struct ui_view *v = p->view;
	struct pst_summary sum;

	pst_model_summary(m, &sum);
	s->ended = sum.ended;
	stack_find_thread(s, v, m);
	if (can_inspect(v))
		stack_take(s, v);
	stack_from_model(s, v, m);
	put_cursor(s, v, m);
	find_values(s, v);
	stack_ask(s, v);
	v->awaits = s->waiting;
	stack_source_fetch(s, v, m);
}

static void stack_show(struct pane *p, bool shown)
{
	struct stack *s = p->state;

	s->shown = shown;
	s->wanted = shown;
	ui_want_idle(p->view, shown);
	if (!shown) {
		s->waiting = p->view->awaits = false;
		stack_take(s, p->view);
	}
}

static void stack_release(struct pane *p)
{
	struct stack *s = p->state;

	stack_forget(s);
	values_free(&s->values);
	PST_VEC_FREE(&s->source.heat);
	PST_VEC_FREE(&s->infos);
	free(s->save_text);
}

/* ---- frames ---- */

/* The cursor is on another frame: the leaf is followed, others are held by place and name. */
static enum ui_effect choose_frame(struct stack *s, struct ui_view *v, size_t at)
{
	if (!s->in || at >= s->in->frames_len)
		return UI_DRAW;
	s->frames.at = at;
	v->frame = s->frame = at ? s->in->frames_len - 1 - at : SIZE_MAX;
	snprintf(s->func, sizeof s->func, "%s", at ? s->in->frames[at].name : "");
	s->chose = s->wanted = true;
	s->picked = s->seeks = false;
	return UI_UPDATE;
}

static enum ui_effect focus_on(struct stack *s, enum stack_part part)
{
	s->focus = part;
	if (part != STACK_FRAMES)
		s->beside = part;
	s->picked = false;
	return UI_LAYOUT;
}

static enum ui_effect frames_command(struct stack *s, struct ui_view *v, enum ui_cmd cmd)
{
	struct scroll to = s->frames;

	if (scroll_command(&to, s->in ? s->in->frames_len : 0, cmd))
		return choose_frame(s, v, to.at);
	switch (cmd) {
	case UI_CMD_ENTER:
	case UI_CMD_RIGHT:
		return focus_on(s, STACK_VALUES);
	case UI_CMD_LEFT:
		return UI_DRAW;
	default:
		return UI_NONE;
	}
}

/* ---- values ---- */

static enum ui_effect open_value(struct stack *s, bool open)
{
	if (values_open(&s->values, s->in, open))
		s->wanted = true;
	return UI_UPDATE;
}

static bool chosen_is_open(const struct stack *s)
{
	const struct stack_values *w = &s->values;

	return w->scroll.at < w->shown.len && values_is_open(w, w->shown.at[w->scroll.at]);
}

/* Into what can be opened, then along the text. */
static enum ui_effect go_right(struct stack *s)
{
	const struct pst_value_row *r = values_chosen(&s->values, s->in);

	if (r && r->can_open && !chosen_is_open(s))
		return open_value(s, true);
	if (!s->values.wrap)
		values_scroll(&s->values, s->in, 1);
	return UI_DRAW;
}

/* Back along the text, closed, up, to the frames. */
static enum ui_effect go_left(struct stack *s)
{
	const struct pst_value_row *r = values_chosen(&s->values, s->in);

	if (values_scroll(&s->values, s->in, -1))
		return UI_DRAW;
	if (chosen_is_open(s))
		return open_value(s, false);
	if (!r || r->depth == 0)
		return focus_on(s, STACK_FRAMES);
	values_to_parent(&s->values, s->in);
	return UI_DRAW;
}

static enum ui_effect values_command(struct stack *s, enum ui_cmd cmd)
{
	struct scroll to = s->values.scroll;

	if (scroll_command(&to, s->values.shown.len, cmd)) {
		values_go(&s->values, to.at);
		return UI_DRAW;
	}
	switch (cmd) {
	case UI_CMD_ENTER:
		return open_value(s, !chosen_is_open(s));
	case UI_CMD_RIGHT:
		return go_right(s);
	case UI_CMD_LEFT:
		return go_left(s);
	case UI_CMD_WRAP:
		s->values.wrap = !s->values.wrap;
		s->values.shift = 0;
		return UI_DRAW;
	default:
		return UI_NONE;
	}
}

/* ---- saving ---- */

static enum ui_effect save(struct pane *p, bool replace);

static enum ui_effect save_replace(struct pane *p, const char *text)
{
	(void)text;
	return save(p, true);
}

static enum ui_effect ask_replace(struct pane *p)
{
	struct stack *s = p->state;
	struct ui_view *v = p->view;

	snprintf(s->save_title, sizeof s->save_title, _("%.100s exists. Replace it?"),
		 s->save_path);
	v->ask = (struct ui_ask){.title = s->save_title, .confirm = true, .done = save_replace};
	return UI_ASK;
}

static enum ui_effect save(struct pane *p, bool replace)
{
	struct stack *s = p->state;
	struct ui_view *v = p->view;
	struct pst_why why = {0};
	enum pst_err err;

	if (!s->save_text || !v->hooks || !v->hooks->save_text)
		return UI_DRAW;
	err = v->hooks->save_text(v->hooks->ctx, s->save_path, s->save_text, replace, &why);
	if (err == PST_EXISTS && !replace)
		return ask_replace(p);
	if (err != PST_OK)
		return ui_say(v, "%s", *why.what ? why.what : pst_err_text(err)) | UI_LAYOUT;
	return ui_say(v, _("Written to %s."), s->save_path) | UI_LAYOUT;
}

static enum ui_effect save_to(struct pane *p, const char *text)
{
	struct stack *s = p->state;

	if (!*text)
		return UI_LAYOUT;
	snprintf(s->save_path, sizeof s->save_path, "%s", text);
	return save(p, false);
}

/* A name of a file out of a label: "['key']" becomes "key". */
static void name_file(char *out, size_t size, const char *label)
{
	size_t n = 0;

	for (; *label && n + sizeof "value.txt" < size && n < 60; label++) {
		if (isalnum((unsigned char)*label) || *label == '_')
			out[n++] = *label;
	}
	snprintf(out + n, size - n, "%s", n ? ".txt" : "value.txt");
}

static enum ui_effect save_value(struct pane *p)
{
	struct stack *s = p->state;
	struct ui_view *v = p->view;
	const struct pst_value_row *r = values_chosen(&s->values, s->in);
	struct pst_buf text = {0};

	if (!v->hooks || !v->hooks->save_text)
		return ui_say(v, "%s", _("Values cannot be written to a file here.")) | UI_LAYOUT;
	if (!r || !stack_has_values(s, v))
		return ui_say(v, "%s", _("There is no value to write.")) | UI_LAYOUT;
	values_text(&s->values, s->in, true, &text);
	free(s->save_text);
	s->save_text = pst_buf_take(&text);
	v->ask = (struct ui_ask){.title = _("Write the value to"), .done = save_to};
	name_file(v->ask.text, sizeof v->ask.text, r->label);
	return UI_ASK;
}

/* ---- commands ---- */

static enum ui_effect freeze(struct stack *s, struct ui_view *v)
{
	s->frozen = !s->frozen;
	s->picked = false;
	if (!s->frozen)
		s->wanted = true;
	return ui_say(v, "%s",
		      s->frozen ? _("This stack is kept as it is now; the thread goes on.")
				: _("The stack is followed again.")) |
	       UI_LAYOUT;
}

static enum ui_effect edit(struct pane *p)
{
	struct stack *s = p->state;
	struct ui_view *v = p->view;
	const struct pst_inspect_frame *f = stack_chosen(s, v);

	if (!f)
		return ui_say(v, "%s", _("There is no frame whose source could be opened.")) |
		       UI_LAYOUT;
	return ui_edit(v, s->process, f->full_file,
		       s->focus == STACK_SOURCE ? stack_source_line(s, v) : f->line);
}

static enum ui_effect go_with_func(struct stack *s, struct ui_view *v, enum ui_pane_id pane)
{
	if (!s->func_id)
		return ui_say(v, "%s", _("That function was not sampled yet.")) | UI_LAYOUT;
	v->func = s->func_id;
	v->go = pane;
	return UI_GO;
}

static enum ui_effect part_command(struct stack *s, struct ui_view *v, enum ui_cmd cmd)
{
	switch (s->focus) {
	case STACK_VALUES:
		return values_command(s, cmd);
	case STACK_SOURCE:
		return stack_source_command(s, v, cmd);
	default:
		return frames_command(s, v, cmd);
	}
}

static enum ui_effect stack_command(struct pane *p, enum ui_cmd cmd)
{
	struct stack *s = p->state;
	enum ui_effect effect = part_command(s, p->view, cmd);

	if (effect != UI_NONE)
		return effect;
	switch (cmd) {
	case UI_CMD_WRAP: /* of the values, whatever part is chosen */
		return values_command(s, cmd);
	case UI_CMD_VALUES:
		return focus_on(s, (enum stack_part)((s->focus + 1) % STACK_PARTS));
	case UI_CMD_FREEZE:
		return freeze(s, p->view);
	case UI_CMD_SAVE_VALUE:
		return save_value(p);
	case UI_CMD_EDIT:
		return edit(p);
	case UI_CMD_TO_CALLS:
		return go_with_func(s, p->view, PANE_CALLS);
	case UI_CMD_TO_FLAME:
		return go_with_func(s, p->view, PANE_FLAME);
	default:
		return UI_NONE;
	}
}

/* ---- mouse ---- */

static bool part_at(const struct stack *s, const struct ui_mouse *m, enum stack_part *part)
{
	for (int i = 0; i < STACK_PARTS; i++) {
		if (s->at[i].rows && m->row >= s->at[i].row && m->col >= s->at[i].col &&
		    m->row < s->at[i].row + s->at[i].rows && m->col < s->at[i].col + s->at[i].cols) {
			*part = (enum stack_part)i;
			return true;
		}
	}
	return false;
}

static enum ui_effect click(struct stack *s, struct ui_view *v, enum stack_part part, int row,
			    bool twice)
{
	enum ui_effect effect = focus_on(s, part);

	if (row < 0) /* the title */
		return effect;
	if (part == STACK_FRAMES)
		return effect | choose_frame(s, v, s->frames.first + (size_t)row);
	if (part == STACK_VALUES && values_at(&s->values, row) != SIZE_MAX) {
		values_go(&s->values, values_at(&s->values, row));
		return effect | (twice ? open_value(s, !chosen_is_open(s)) : UI_DRAW);
	}
	if (part == STACK_SOURCE && stack_source_text(s, s->source.top + row))
		s->source.at = s->source.top + row;
	return effect;
}

static enum ui_effect stack_mouse(struct pane *p, const struct ui_mouse *m)
{
	struct stack *s = p->state;
	enum stack_part part, focus = s->focus;
	enum ui_effect effect = UI_NONE;

	if (!part_at(s, m, &part))
		return m->kind == MOUSE_CLICK ? UI_DRAW : UI_NONE;
	switch (m->kind) {
	case MOUSE_CLICK:
	case MOUSE_DOUBLE:
		return click(s, p->view, part, m->row - s->at[part].row - 1,
			     m->kind == MOUSE_DOUBLE);
	case MOUSE_WHEEL_UP:
	case MOUSE_WHEEL_DOWN:
		s->focus = part;
		for (int i = 0; i < (part == STACK_FRAMES ? 1 : 3); i++)
			effect |= part_command(s, p->view,
					       m->kind == MOUSE_WHEEL_UP ? UI_CMD_UP : UI_CMD_DOWN);
		s->focus = focus;
		return effect;
	default:
		return UI_NONE;
	}
}

/* ---- search and copy ---- */

static bool frames_search(struct stack *s, struct ui_view *v, int step)
{
	size_t n = s->in ? s->in->frames_len : 0;

	for (size_t k = step ? 1 : 0; n && k <= n; k++) {
		size_t i = step < 0 ? (s->frames.at + n - k % n) % n : (s->frames.at + k) % n;

		if (frame_matches(&s->in->frames[i], v)) {
			choose_frame(s, v, i);
			return true;
		}
	}
	return false;
}

static enum ui_effect stack_search(struct pane *p, int step)
{
	struct stack *s = p->state;
	struct ui_view *v = p->view;
	bool found;

	if (!v->search)
		return UI_NONE;
	if (s->focus == STACK_VALUES)
		found = values_search(&s->values, s->in, v->search, step);
	else if (s->focus == STACK_SOURCE)
		found = stack_source_search(s, v, step);
	else
		found = frames_search(s, v, step);
	return found ? UI_UPDATE : UI_NONE;
}

static void stack_copy(struct pane *p, struct pst_buf *out)
{
	struct stack *s = p->state;
	const struct pst_inspect_frame *f = stack_chosen(s, p->view);
	const char *line = stack_source_text(s, stack_source_line(s, p->view));

	if (s->focus == STACK_VALUES && stack_has_values(s, p->view))
		values_text(&s->values, s->in, false, out);
	else if (s->focus == STACK_SOURCE && line)
		pst_buf_adds(out, line);
	else if (f)
		pst_buf_addf(out, "%s (%s:%d)", f->name, f->full_file, f->line);
}

const struct pane_ops pane_stack = {
	.title = N_("Stack"),
	.state_size = sizeof(struct stack),
	.update = stack_update,
	.draw = stack_draw,
	.command = stack_command,
	.mouse = stack_mouse,
	.search = stack_search,
	.copy = stack_copy,
	.show = stack_show,
	.release = stack_release,
};
