// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/commands.h"

#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "ui/keys.h"
#include "ui/prefs.h"
#include "ui/ui.h"

static const struct ui_command commands[UI_CMD_COUNT] = {
#define UI_COMMAND_ROW(id, word, group, where, keys, bar, help)                                    \
	[UI_CMD_##id] = {word, UI_GROUP_##group, UI_IN_##where, keys, bar, help},
	UI_COMMANDS(UI_COMMAND_ROW)
#undef UI_COMMAND_ROW
};

static const char *const groups[UI_GROUP_COUNT] = {
#define UI_GROUP_ROW(id, title) [UI_GROUP_##id] = title,
	UI_COMMAND_GROUPS(UI_GROUP_ROW)
#undef UI_GROUP_ROW
};

static const char *const definitions[] = {
	/* xgettext:no-c-format */
	N_("%Own: the share of the ticks of the window in which a thread was in this function "
	   "itself, that is, the function was innermost on its stack. A tick is one look at the "
	   "process; each stands for the time since the look before it. 100 % is one thread that "
	   "does nothing else; several threads may sum to more than 100 %, as in top."),
	/* xgettext:no-c-format */
	N_("%Total: the share of those ticks in which the function was anywhere on the stack of "
	   "a thread: in it, or in what it called. A stack counts once however often the "
	   "function recurs on it."),
	/* xgettext:no-c-format */
	N_("%GIL: the share of those ticks in which the thread that held the global interpreter "
	   "lock was in this function itself."),
	N_("Own, Total: the same in seconds, summed since the start or the last reset: each tick "
	   "counts for the time it stands for."),
	N_("Window: the percentages speak of the last window, of one second or of the time "
	   "between two refreshes if that is longer; only the first windows are shorter. After a "
	   "pause it is the last one before it."),
	N_("Idle threads (asleep or waiting) are not counted until this is switched on; then "
	   "waiting weighs as much as running."),
	N_("GIL only: only ticks in which the thread held the lock are counted."),
	/* xgettext:no-c-format */
	N_("Normalised: percentages are divided by the number of threads that were counted in a "
	   "tick: all of %Own sums to 100 % at most."),
	N_("With a row for each line the function is split by its current line; else the line "
	   "shown is its first."),
	/* xgettext:no-c-format */
	N_("Threads: %CPU is what the system says that the thread used of one CPU, over the last "
	   "second or so. %GIL and %Wait: the share of the window in which it held the lock, and "
	   "in which it waited for it. Unchanged: for how long it has been at the same line of "
	   "the same function, as far as was seen. The sampler reads the stacks of idle threads "
	   "too while threads or a stack are shown."),
	N_("Stack: values are read of the chosen frame alone, at most once for each refresh, and "
	   "only while they are shown; what may change them is held meanwhile, and for how long "
	   "stands at the top. What differs from the look before is marked. What stands before a "
	   "line of the source is its share of the time that was spent in its function, calls "
	   "included."),
	/* xgettext:no-c-format */
	N_("In the header, GIL: ticks of the window in which some thread held the lock. threads: "
	   "active now / all. active: threads that were not idle, per tick of the window, in % "
	   "of one thread. rate: ticks per second, achieved / asked for (max: as many as can be "
	   "had). samples: stacks seen since the start or the last reset. own CPU: what this "
	   "program itself uses, in % of one CPU."),
	N_("proved: of the stacks of running threads, those that were read while the thread "
	   "stood still. cut: of the others, those that hold only the frames two reads agree on."),
	/* xgettext:no-c-format */
	N_("With --max-overhead the header says: rate, achieved / aimed at of asked for, when "
	   "the bound keeps it lower; overhead: own CPU and pauses of the process together, in "
	   "% of one CPU, of what they may be. stood still: this program was stopped or frozen "
	   "for so long; no sample stands for that time."),
	N_("late: ticks that were due while the one before was under way; they are never caught "
	   "up. rejected: looks that could not be read or not be proved consistent, and are left "
	   "out. dropped: ticks for which this program was too slow. pause: how long the process "
	   "was held for one look (median and 99th percentile; 0 when it need not be held)."),
};

const struct ui_command *ui_command(enum ui_cmd cmd)
{
	return cmd > UI_CMD_NONE && cmd < UI_CMD_COUNT ? &commands[cmd] : NULL;
}

enum ui_cmd ui_command_find(const char *word)
{
	for (int i = UI_CMD_NONE + 1; i < UI_CMD_COUNT; i++) {
		if (strcmp(commands[i].word, word) == 0)
			return (enum ui_cmd)i;
	}
	return UI_CMD_NONE;
}

const char *ui_group_title(enum ui_group group)
{
	return _(groups[group]);
}

const char *ui_definition(unsigned i)
{
	return i < sizeof definitions / sizeof *definitions ? _(definitions[i]) : NULL;
}

/* Those that mean something in some panes only say in which. */
void pst_ui_key_help(struct pst_buf *out)
{
	char keys[KEYS_TEXT_MAX];

	for (int i = UI_CMD_NONE + 1; i < UI_CMD_COUNT; i++) {
		pst_buf_addf(out, "%s\t%s\t", keys_text(keys, commands[i].keys), commands[i].word);
		if (commands[i].where != UI_IN_ALL) {
			prefs_where_text(commands[i].where, out);
			pst_buf_adds(out, ": ");
		}
		pst_buf_addf(out, "%s\n", _(commands[i].help));
	}
}

void pst_ui_definitions(struct pst_buf *out)
{
	for (unsigned i = 0; ui_definition(i); i++)
		pst_buf_addf(out, "%s\n", ui_definition(i));
}
