// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/prefs.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "ui/format.h"
#include "ui/functions.h"
#include "ui/screen_priv.h"

/* The user's configuration as text, read and written. */

/* Lines beyond are not read: nobody wrote them by hand. */
enum { LINES_MAX = 10000, LINE_MAX_BYTES = 1000, PLACE_CELLS = 32 };

static const char *const panes[PANE_COUNT] = {
	[PANE_FUNCTIONS] = "functions", [PANE_THREADS] = "threads", [PANE_STACK] = "stack",
	[PANE_FLAME] = "flame",		[PANE_CALLS] = "callers",   [PANE_PICKER] = "processes",
	[PANE_MESSAGES] = "messages",	[PANE_SETUP] = "setup",	    [PANE_HELP] = "help",
};

/* ---- words ---- */

/* The next word of *S, which goes behind it; *N 0 at the end. */
static const char *next_word(const char **s, size_t *n)
{
	const char *word = *s + strspn(*s, " \t\r");

	*n = strcspn(word, " \t\r");
	*s = word + *n;
	return word;
}

static bool is_word(const char *text, const char *word, size_t n)
{
	return strlen(text) == n && memcmp(text, word, n) == 0;
}

unsigned prefs_where(const char *word, size_t n)
{
	unsigned where = 0;

	if (is_word("all", word, n))
		return UI_IN_ALL;
	while (n) {
		const char *comma = memchr(word, ',', n);
		size_t len = comma ? (size_t)(comma - word) : n;
		int i = 0;

		while (i < PANE_COUNT && !is_word(panes[i], word, len))
			i++;
		if (i == PANE_COUNT)
			return 0;
		where |= 1u << i;
		n -= comma ? len + 1 : len;
		word += comma ? len + 1 : len;
		if (comma && !n)
			return 0;
	}
	return where;
}

void prefs_where_text(unsigned where, struct pst_buf *out)
{
	bool any = false;

	if (where == UI_IN_ALL) {
		pst_buf_adds(out, "all");
		return;
	}
	for (int i = 0; i < PANE_COUNT; i++) {
		if (!(where & 1u << i))
			continue;
		pst_buf_addf(out, "%s%s", any ? "," : "", panes[i]);
		any = true;
	}
}

/* ---- reading ---- */

static enum pst_err read_set(struct screen *s, const char *rest, struct pst_why *why)
{
	char value[PREFS_VALUE_MAX];
	size_t n, m, more;
	const char *name = next_word(&rest, &n), *word = next_word(&rest, &m);
	int i = 0;

	while (i < PREFS_COUNT && !is_word(prefs_option((enum prefs_option)i)->word, name, n))
		i++;
	if (i == PREFS_COUNT)
		return pst_why_set(why, PST_USAGE, 0, _("there is no option \"%.*s\""), (int)n,
				   name);
	next_word(&rest, &more);
	if (!m || more || m >= sizeof value)
		return pst_why_set(why, PST_USAGE, 0, _("\"set %.*s\" wants one value"), (int)n,
				   name);
	memcpy(value, word, m);
	value[m] = '\0';
	return prefs_set(s, (enum prefs_option)i, value, why);
}

static enum pst_err read_columns(struct screen *s, const char *rest, struct pst_why *why)
{
	unsigned columns = 1u << COLUMN_NAME;
	const char *word;
	size_t n;

	while (word = next_word(&rest, &n), n) {
		enum functions_column c = functions_column_find(word, n);

		if (c == COLUMN_COUNT)
			return pst_why_set(why, PST_USAGE, 0, _("there is no column \"%.*s\""),
					   (int)n, word);
		columns |= 1u << c;
	}
	s->view.columns = columns;
	return PST_OK;
}

/* The last word of the line is the command, what is between are keys. */
static enum pst_err read_bind(struct screen *s, const char *rest, struct pst_why *why)
{
	char keys[LINE_MAX_BYTES], name[64];
	size_t n, len;
	const char *word = next_word(&rest, &n), *last;
	unsigned where = prefs_where(word, n);
	enum ui_cmd cmd;

	if (!where)
		return pst_why_set(why, PST_USAGE, 0, _("there are no panes \"%.*s\""), (int)n,
				   word);
	snprintf(keys, sizeof keys, "%s", rest);
	for (len = strlen(keys); len && strchr(" \t\r", keys[len - 1]); len--)
		keys[len - 1] = '\0';
	last = keys + len;
	while (last > keys && !strchr(" \t", last[-1]))
		last--;
	snprintf(name, sizeof name, "%.63s", last);
	cmd = ui_command_find(name);
	if (cmd == UI_CMD_NONE && strcmp(name, "none") != 0)
		return pst_why_set(why, PST_USAGE, 0, _("there is no command \"%.*s\""),
				   (int)strlen(name), name);
	if (cmd != UI_CMD_NONE && where == UI_IN_ALL)
		where = ui_command(cmd)->where;
	if (cmd != UI_CMD_NONE && where & ~ui_command(cmd)->where)
		return pst_why_set(why, PST_USAGE, 0,
				   _("\"%.*s\" means nothing in all of these panes"),
				   (int)strlen(name), name);
	keys[last - keys] = '\0';
	if (!keys[strspn(keys, " \t")])
		return pst_why_set(why, PST_USAGE, 0, _("no key is named for \"%.*s\""),
				   (int)strlen(name), name);
	return keymap_bind(&s->keys, keys, where, cmd, why);
}

static enum pst_err read_color(struct screen *s, const char *rest, struct pst_why *why)
{
	size_t n;
	const char *word = next_word(&rest, &n);
	enum style style = theme_find(word, n);
	struct theme_entry e;
	bool ground = false;

	if (style == ST_COUNT)
		return pst_why_set(why, PST_USAGE, 0,
				   _("nothing is called \"%.*s\" that has a colour"), (int)n, word);
	e = s->theme.at[style];
	while (word = next_word(&rest, &n), n) {
		if (!theme_set(&e, word, n, &ground))
			return pst_why_set(why, PST_USAGE, 0,
					   _("\"%.*s\" is no colour (red, 178, #ff8800, default)"),
					   (int)n, word);
	}
	s->theme.at[style] = e;
	s->restyle = true;
	return PST_OK;
}

enum pst_err prefs_line(struct screen *s, const char *line, struct pst_why *why)
{
	static const struct {
		const char *word;
		enum pst_err (*read)(struct screen *s, const char *rest, struct pst_why *why);
	} kinds[] = {{"set", read_set},
		     {"columns", read_columns},
		     {"bind", read_bind},
		     {"color", read_color}};
	size_t n;
	const char *word = next_word(&line, &n);

	if (!n || *word == '#')
		return PST_OK;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (is_word(kinds[i].word, word, n))
			return kinds[i].read(s, line, why);
	}
	return pst_why_set(why, PST_USAGE, 0,
			   _("a line begins with set, columns, bind or color, not with \"%.*s\""),
			   (int)n, word);
}

/* Copies a line; false: it is too long. */
static bool take_line(const char *text, size_t n, char *out)
{
	if (n >= LINE_MAX_BYTES)
		return false;
	memcpy(out, text, n);
	out[n] = '\0';
	return true;
}

static void complain(struct screen *s, const char *name, unsigned line, const char *what)
{
	struct pst_buf place = {0};

	format_place(&place, name, (int)line, PLACE_CELLS);
	screen_say(s, "%s: %s", pst_buf_text(&place), what);
	pst_buf_free(&place);
}

unsigned prefs_read(struct screen *s, const char *text, const char *name)
{
	char line[LINE_MAX_BYTES];
	unsigned wrong = 0;

	for (unsigned number = 1; *text && number <= LINES_MAX; number++) {
		size_t n = strcspn(text, "\n");
		struct pst_why why = {.err = PST_OK};

		if (!take_line(text, n, line))
			pst_why_set(&why, PST_LIMIT, 0, _("the line is too long"));
		else
			prefs_line(s, line, &why);
		if (why.err != PST_OK) {
			complain(s, name, number, why.what);
			wrong++;
		}
		text += n + (text[n] == '\n');
	}
	return wrong;
}

/* ---- writing ---- */

/* Remarks, and what another version may know. */
static bool is_foreign(const char *line)
{
	size_t n, m;
	const char *word = next_word(&line, &n), *name;

	if (!n || *word == '#')
		return true;
	if (!is_word("set", word, n))
		return !is_word("columns", word, n) && !is_word("bind", word, n) &&
		       !is_word("color", word, n);
	name = next_word(&line, &m);
	for (int i = 0; i < PREFS_COUNT; i++) {
		if (is_word(prefs_option((enum prefs_option)i)->word, name, m))
			return false;
	}
	return true;
}

static void keep_foreign(const char *text, struct pst_buf *out)
{
	char line[LINE_MAX_BYTES];

	while (*text) {
		size_t n = strcspn(text, "\n");

		if (!take_line(text, n, line) || is_foreign(line)) {
			pst_buf_add(out, text, n);
			pst_buf_addc(out, '\n');
		}
		text += n + (text[n] == '\n');
	}
}

static void write_options(const struct screen *s, struct pst_buf *out)
{
	char value[PREFS_VALUE_MAX];

	for (int i = 0; i < PREFS_COUNT; i++) {
		prefs_get(s, (enum prefs_option)i, value);
		if (strcmp(value, s->first_values[i]) != 0)
			pst_buf_addf(out, "set %s %s\n", prefs_option((enum prefs_option)i)->word,
				     value);
	}
}

static void write_columns(const struct screen *s, struct pst_buf *out)
{
	if (s->view.columns == (1u << COLUMN_COUNT) - 1)
		return;
	pst_buf_adds(out, "columns");
	for (int i = 0; i < COLUMN_COUNT; i++) {
		if (s->view.columns & 1u << i)
			pst_buf_addf(out, " %s", functions_column((enum functions_column)i)->word);
	}
	pst_buf_addc(out, '\n');
}

static void write_binding(ui_key key, unsigned where, const char *word, struct pst_buf *out)
{
	char name[KEY_TEXT_MAX];

	pst_buf_adds(out, "bind ");
	prefs_where_text(where, out);
	pst_buf_addf(out, " %s %s\n", key_word(name, key), word);
}

/* Keys that mean something else than at first, or nothing any more. */
static void write_keys(const struct screen *s, struct pst_buf *out)
{
	static struct keymap first; /* too large for the stack */
	const struct keymap *now = &s->keys;

	keymap_defaults(&first);
	for (size_t i = 0; i < first.len; i++) {
		unsigned gone = 0;

		for (int p = 0; p < PANE_COUNT; p++) {
			if (first.at[i].where & 1u << p &&
			    keymap_find(now, (enum ui_pane_id)p, first.at[i].key) == UI_CMD_NONE)
				gone |= 1u << p;
		}
		if (gone)
			write_binding(first.at[i].key, gone, "none", out);
	}
	for (size_t i = 0; i < now->len; i++) {
		unsigned fresh = 0;

		for (int p = 0; p < PANE_COUNT; p++) {
			if (now->at[i].where & 1u << p &&
			    keymap_find(&first, (enum ui_pane_id)p, now->at[i].key) !=
				    now->at[i].cmd)
				fresh |= 1u << p;
		}
		if (fresh)
			write_binding(now->at[i].key, fresh, ui_command(now->at[i].cmd)->word, out);
	}
}

static void write_colors(const struct screen *s, struct pst_buf *out)
{
	struct theme first;
	char text[THEME_TEXT_MAX];

	theme_init(&first, s->ground);
	for (int i = 0; i < ST_COUNT; i++) {
		const struct theme_entry *now = &s->theme.at[i], *was = &first.at[i];

		if (now->fg256 != was->fg256 || now->bg256 != was->bg256 ||
		    now->attrs != was->attrs)
			pst_buf_addf(out, "color %s %s\n", theme_word((enum style)i),
				     theme_text(now, text));
	}
}

void prefs_write(const struct screen *s, const char *before, struct pst_buf *out)
{
	if (before)
		keep_foreign(before, out);
	else
		pst_buf_adds(out,
			     "# pyspy-tui: written by its setup (F2); may be changed by hand.\n");
	write_options(s, out);
	write_columns(s, out);
	write_keys(s, out);
	write_colors(s, out);
}

void prefs_default_keys(struct pst_buf *out)
{
	for (int i = UI_CMD_NONE + 1; i < UI_CMD_COUNT; i++) {
		const struct ui_command *c = ui_command((enum ui_cmd)i);

		pst_buf_adds(out, "bind ");
		prefs_where_text(c->where, out);
		pst_buf_addf(out, " %s %s\n", c->keys, c->word);
	}
}
