// SPDX-License-Identifier: MIT
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/prefs.h"
#include "ui/screen_priv.h"

/* The options, one row each. */

static const struct prefs_option_info options[PREFS_COUNT] = {
	[PREFS_IDLE] = {"idle", "off on", N_("Count idle threads too")},
	[PREFS_GIL_ONLY] = {"gil-only", "off on", N_("Count only threads that hold the GIL")},
	[PREFS_MY_CODE] = {"my-code", "off on",
			   N_("Fold the standard library and site-packages into their callers")},
	[PREFS_NORMALISED] = {"normalised", "off on",
			      N_("Divide percentages by the number of threads")},
	[PREFS_UNIT] = {"unit", "function line file module", N_("What a row stands for")},
	[PREFS_WINDOW] = {"window", "last 10s 60s all", N_("What time percentages are about")},
	[PREFS_RATE] = {"rate", NULL, N_("Samples per second")},
	[PREFS_DELAY] = {"delay", NULL, N_("Seconds between two refreshes")},
	[PREFS_BESIDE_FUNCTIONS] = {"beside-functions", "flame stack none",
				    N_("On a wide screen beside the functions")},
	[PREFS_BESIDE_THREADS] = {"beside-threads", "flame stack none",
				  N_("On a wide screen beside the threads")},
	[PREFS_MOUSE] = {"mouse", "on off", N_("Be told of the mouse by the terminal")},
	[PREFS_BACKGROUND] = {"background", "neutral dark light",
			      N_("Colours for what the terminal has behind its text")},
	[PREFS_COLORS] = {"colors", "auto mono 8 256", N_("How many colours to use")},
};

const struct prefs_option_info *prefs_option(enum prefs_option o)
{
	return &options[o];
}

/* ---- choices ---- */

/* Which of the words of CHOICES VALUE is; -1: none. */
static int choice_of(const char *choices, const char *value)
{
	size_t n = strlen(value);
	int i = 0;

	for (const char *s = choices; *s; s += strspn(s, " "), i++) {
		size_t len = strcspn(s, " ");

		if (len == n && memcmp(s, value, n) == 0)
			return i;
		s += len;
	}
	return -1;
}

static int choice_count(const char *choices)
{
	int n = 1;

	for (const char *s = choices; *s; s++)
		n += *s == ' ';
	return n;
}

static char *choice_word(const char *choices, int i, char *out)
{
	size_t n;

	while (i-- > 0)
		choices += strcspn(choices, " ") + 1;
	n = strcspn(choices, " ");
	snprintf(out, PREFS_VALUE_MAX, "%.*s", (int)n, choices);
	return out;
}

/* ---- values ---- */

static int beside_choice(enum ui_pane_id pane)
{
	return pane == PANE_FLAME ? 0 : pane == PANE_STACK ? 1 : 2;
}

static int current(const struct screen *s, enum prefs_option o)
{
	const struct ui_view *v = &s->view;

	switch (o) {
	case PREFS_IDLE:
		return v->filter.idle;
	case PREFS_GIL_ONLY:
		return v->filter.gil_only;
	case PREFS_MY_CODE:
		return v->filter.my_code;
	case PREFS_NORMALISED:
		return v->table.normalised;
	case PREFS_UNIT:
		return (int)v->table.group;
	case PREFS_WINDOW:
		return (int)v->window;
	case PREFS_BESIDE_FUNCTIONS:
		return beside_choice(s->beside[PANE_FUNCTIONS]);
	case PREFS_BESIDE_THREADS:
		return beside_choice(s->beside[PANE_THREADS]);
	case PREFS_MOUSE:
		return s->mouse_off;
	case PREFS_BACKGROUND:
		return (int)s->ground;
	case PREFS_COLORS:
		return (int)s->colors;
	default:
		return 0;
	}
}

char *prefs_get(const struct screen *s, enum prefs_option o, char *out)
{
	if (options[o].choices)
		return choice_word(options[o].choices, current(s, o), out);
	if (o == PREFS_RATE && isinf(s->rate))
		snprintf(out, PREFS_VALUE_MAX, "max");
	else
		snprintf(out, PREFS_VALUE_MAX, "%g", o == PREFS_RATE ? s->rate : s->delay);
	return out;
}

/* Options that are keys too do what the key does, where that is more than a flag. */
static void press_unless(struct screen *s, bool is, bool wanted, enum ui_cmd cmd)
{
	if (is != wanted)
		screen_do(s, cmd);
}

static void choose(struct screen *s, enum prefs_option o, int i)
{
	static const enum ui_pane_id beside[] = {PANE_FLAME, PANE_STACK, PANE_COUNT};
	struct ui_view *v = &s->view;

	switch (o) {
	case PREFS_IDLE:
		press_unless(s, v->filter.idle, i, UI_CMD_IDLE);
		break;
	case PREFS_GIL_ONLY:
		press_unless(s, v->filter.gil_only, i, UI_CMD_GIL_ONLY);
		break;
	case PREFS_MY_CODE:
		press_unless(s, v->filter.my_code, i, UI_CMD_MY_CODE);
		break;
	case PREFS_NORMALISED:
		v->table.normalised = i;
		break;
	case PREFS_UNIT:
		v->table.group = (enum pst_group)i;
		break;
	case PREFS_WINDOW:
		v->window = (enum ui_window)i;
		break;
	case PREFS_BESIDE_FUNCTIONS:
		s->beside[PANE_FUNCTIONS] = beside[i];
		break;
	case PREFS_BESIDE_THREADS:
		s->beside[PANE_THREADS] = beside[i];
		break;
	case PREFS_MOUSE:
		s->mouse_off = i;
		break;
	case PREFS_BACKGROUND:
		screen_ground(s, (enum theme_ground)i);
		break;
	case PREFS_COLORS:
		s->colors = (enum screen_colors)i;
		s->restyle = true;
		break;
	default:
		break;
	}
	v->counted++;
}

static enum pst_err set_number(struct screen *s, enum prefs_option o, const char *value,
			       struct pst_why *why)
{
	double low = o == PREFS_RATE ? 0.1 : 0.05, high = o == PREFS_RATE ? 1e6 : 3600, v;
	char *end;

	v = o == PREFS_RATE && strcmp(value, "max") == 0 ? INFINITY : strtod(value, &end);
	if (!isinf(v) && (end == value || *end || !(v >= low && v <= high)))
		return pst_why_set(why, PST_USAGE, 0, _("\"%s\" is no number from %g to %g"), value,
				   low, high);
	if (o == PREFS_DELAY) {
		s->delay = v;
	} else if (!s->rate_given) {
		s->rate = s->header.rate_asked = v;
		if (s->hooks->set_rate)
			s->hooks->set_rate(s->hooks->ctx, v);
	}
	return PST_OK;
}

enum pst_err prefs_set(struct screen *s, enum prefs_option o, const char *value,
		       struct pst_why *why)
{
	int i;

	if (!options[o].choices)
		return set_number(s, o, value, why);
	i = choice_of(options[o].choices, value);
	if (i < 0)
		return pst_why_set(why, PST_USAGE, 0, _("%s is one of: %s; not \"%s\""),
				   options[o].word, options[o].choices, value);
	choose(s, o, i);
	return PST_OK;
}

void prefs_turn(struct screen *s, enum prefs_option o, int step)
{
	int n;

	if (o == PREFS_RATE) {
		screen_do(s, step > 0 ? UI_CMD_RATE_UP : UI_CMD_RATE_DOWN);
	} else if (o == PREFS_DELAY) {
		double v = step > 0 ? s->delay * 2 : s->delay / 2;

		s->delay = v < 0.05 ? 0.05 : v > 60 ? 60 : v;
	} else {
		n = choice_count(options[o].choices);
		choose(s, o, (current(s, o) + step + n) % n);
	}
}
