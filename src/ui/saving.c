// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/i18n.h"
#include "ui/screen_priv.h"

/* Files and the clipboard: what is shown, in some format, under a name that the user agrees with.
 */

/* More text than this no terminal takes for its clipboard. */
enum { CLIP_MAX = 48 * 1024 };

static enum ui_effect refuse(struct screen *s, const char *text)
{
	screen_say(s, "%s", text);
	return UI_LAYOUT;
}

static void keep_screen(struct screen *s)
{
	pst_buf_clear(&s->saving.screen);
	canvas_read(&s->canvas, &s->saving.screen);
}

/* "pyspy-4711-functions-20261130-041500.svg" */
static void default_name(const struct screen *s, const char *ending, char *out, size_t size)
{
	const struct ui_command *pane = ui_command(
		(enum ui_cmd)(UI_CMD_SHOW_FUNCTIONS + (s->active < PANE_TABS ? s->active : 0)));
	time_t now = (time_t)s->header.now_unix;
	char when[32] = "";
	struct tm tm;

	if (localtime_r(&now, &tm))
		strftime(when, sizeof when, "%Y%m%d-%H%M%S", &tm);
	snprintf(out, size, "pyspy-%d-%s-%s%s%s", s->header.s.pid, pane->word, when,
		 *ending && *ending != '.' ? "." : "", ending);
}

static enum ui_effect write_it(struct screen *s, bool replace);

static enum ui_effect replace_it(struct screen *s, const char *text)
{
	(void)text;
	return write_it(s, true);
}

static enum ui_effect write_it(struct screen *s, bool replace)
{
	const struct ui_view *v = &s->view;
	struct pst_ui_export request = {.path = s->saving.path,
					.format = s->saving.format,
					.replace = replace,
					.filter = v->filter,
					.span = v->span,
					.base = v->base,
					.diff = v->diff,
					.merge = v->table.group,
					.screen = pst_buf_text(&s->saving.screen)};
	struct pst_why why = {.err = PST_OK};
	char title[sizeof s->prompt.title];

	if (s->hooks->export(s->hooks->ctx, &request, &why)) {
		screen_say(s, _("Writing %s…"), s->saving.path);
		return UI_LAYOUT;
	}
	if (why.err == PST_EXISTS && !replace) {
		snprintf(title, sizeof title, _("%.100s exists already. Replace it?"),
			 s->saving.path);
		return prompt_confirm(s, title, replace_it);
	}
	return refuse(s, *why.what ? why.what : pst_err_text(why.err));
}

static enum ui_effect named(struct screen *s, const char *text)
{
	if (!*text)
		return refuse(s, _("Nothing was written: there is no name."));
	snprintf(s->saving.path, sizeof s->saving.path, "%s", text);
	return write_it(s, false);
}

static enum ui_effect ask_name(struct screen *s, const char *format, const char *ending)
{
	char name[128], title[96];

	snprintf(s->saving.format, sizeof s->saving.format, "%s", format);
	default_name(s, ending, name, sizeof name);
	snprintf(title, sizeof title, _("Write %s to"), format);
	return prompt_ask(s, title, name, named, NULL, NULL);
}

static bool can_export(const struct screen *s)
{
	return s->hooks->export && s->hooks->format;
}

static const char *cannot(void)
{
	return _("Nothing can be written from here.");
}

enum ui_effect saving_svg(struct screen *s)
{
	const char *format, *help, *ending;

	if (!can_export(s))
		return refuse(s, cannot());
	keep_screen(s);
	for (size_t i = 0; (format = s->hooks->format(s->hooks->ctx, i, &help, &ending)); i++) {
		if (strcmp(format, "svg") == 0 || strcmp(format, "flamegraph") == 0)
			return ask_name(s, format, ending);
	}
	return refuse(s, _("This build cannot write SVG."));
}

enum ui_effect saving_menu(struct screen *s)
{
	const char *format, *help, *ending;
	char text[MENU_TEXT_MAX];

	if (!can_export(s))
		return refuse(s, cannot());
	keep_screen(s);
	menu_open(&s->menu, _("Write what is shown as"));
	for (size_t i = 0; (format = s->hooks->format(s->hooks->ctx, i, &help, &ending)); i++) {
		snprintf(text, sizeof text, "%zu %-12s %s", i + 1, format, help ? help : "");
		menu_add(&s->menu, text);
	}
	return UI_LAYOUT;
}

enum ui_effect saving_chosen(struct screen *s)
{
	const char *help, *ending = "";
	const char *format = s->hooks->format(s->hooks->ctx, s->menu.at, &help, &ending);

	return format ? ask_name(s, format, ending) : UI_LAYOUT;
}

void saving_update(struct screen *s)
{
	bool failed = false;
	const char *text = s->hooks->exported ? s->hooks->exported(s->hooks->ctx, &failed) : NULL;

	if (text)
		screen_say(s, "%s", text);
}

/* ---- clipboard ---- */

enum ui_effect saving_clip(struct screen *s, const char *text)
{
	size_t n = strlen(text);
	bool cut = n > CLIP_MAX;

	if (cut) {
		n = CLIP_MAX;
		while (n && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
	}
	free(s->clip);
	s->clip = pst_strndup(text, n);
	if (cut)
		screen_say(s, _("Copied the first %zu bytes to the terminal's clipboard."), n);
	else
		screen_say(s, "%s", _("Copied to the terminal's clipboard, if it allows that."));
	return UI_LAYOUT;
}

enum ui_effect saving_copy(struct screen *s)
{
	struct pane *p = &s->panes[s->active];
	struct pst_buf text = {0};
	enum ui_effect effect;

	if (p->ops->copy)
		p->ops->copy(p, &text);
	effect = text.len ? saving_clip(s, pst_buf_text(&text))
			  : refuse(s, _("There is nothing to copy here."));
	pst_buf_free(&text);
	return effect;
}

void saving_release(struct screen *s)
{
	pst_buf_free(&s->saving.screen);
	free(s->clip);
}
