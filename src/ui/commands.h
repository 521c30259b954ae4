// SPDX-License-Identifier: MIT
#ifndef PST_UI_COMMANDS_H
#define PST_UI_COMMANDS_H

/*
 * The one table of commands: X(ID, word for the configuration, group, default keys, text in the bar
 * or "", help). It feeds the enum, the key map, the help screen, the bar and the man page.  The
 * keys are text for keymap_bind(); the bar shows the first F-key among them, else the first key.
 */
#define UI_COMMANDS(X)                                                                             \
	X(HELP, "help", PROGRAM, "? F1 h", N_("Help"), N_("Show or leave the help"))               \
	X(QUIT, "quit", PROGRAM, "q F10 C-c", N_("Quit"), N_("Quit"))                              \
	X(REDRAW, "redraw", PROGRAM, "C-l", "", N_("Draw the screen anew"))                        \
	X(PAUSE, "pause", SAMPLING, "Space p F5", N_("Pause"),                                     \
	  N_("Pause or resume sampling and the screen"))                                           \
	X(RESET, "reset", SAMPLING, "r", N_("Reset"), N_("Forget all counts and start anew"))      \
	X(RATE_UP, "rate-up", SAMPLING, "+ =", "", N_("Sample more often"))                        \
	X(RATE_DOWN, "rate-down", SAMPLING, "-", "", N_("Sample less often"))                      \
	X(LINES, "lines", COUNTING, "l F7", N_("Lines"),                                           \
	  N_("A row for each line, or for each function"))                                         \
	X(IDLE, "idle", COUNTING, "i F8", N_("Idle"), N_("Count idle threads too"))                \
	X(GIL_ONLY, "gil-only", COUNTING, "o F9", N_("GIL"),                                       \
	  N_("Count only threads that hold the GIL"))                                              \
	X(NORMALISED, "normalised", COUNTING, "n", N_("Norm"),                                     \
	  N_("Divide percentages by the number of threads"))                                       \
	X(SORT_OWN_PERCENT, "sort-own-percent", SORTING, "1", "", N_("Sort by %Own"))              \
	X(SORT_TOTAL_PERCENT, "sort-total-percent", SORTING, "2", "", N_("Sort by %Total"))        \
	X(SORT_OWN, "sort-own", SORTING, "3", "", N_("Sort by Own"))                               \
	X(SORT_TOTAL, "sort-total", SORTING, "4", "", N_("Sort by Total"))                         \
	X(SORT_GIL_PERCENT, "sort-gil-percent", SORTING, "5", "",                                  \
	  /* xgettext:no-c-format */ N_("Sort by %GIL"))                                           \
	X(SORT_NAME, "sort-name", SORTING, "6", "", N_("Sort by function name"))                   \
	X(SORT_NEXT, "sort-next", SORTING, "> . F6", N_("Sort"), N_("Sort by the next column"))    \
	X(SORT_PREVIOUS, "sort-previous", SORTING, "< ,", "", N_("Sort by the previous column"))   \
	X(SORT_REVERSE, "sort-reverse", SORTING, "R I", "", N_("Reverse the order"))               \
	X(UP, "up", MOVING, "Up k", "", N_("One row up"))                                          \
	X(DOWN, "down", MOVING, "Down j", "", N_("One row down"))                                  \
	X(PAGE_UP, "page-up", MOVING, "PgUp C-b", "", N_("One page up"))                           \
	X(PAGE_DOWN, "page-down", MOVING, "PgDn C-f", "", N_("One page down"))                     \
	X(FIRST, "first", MOVING, "Home g", "", N_("First row; the choice stays at the top"))      \
	X(LAST, "last", MOVING, "End G", "", N_("Last row"))

#define UI_COMMAND_GROUPS(X)                                                                       \
	X(PROGRAM, N_("Program"))                                                                  \
	X(MOVING, N_("Moving"))                                                                    \
	X(SORTING, N_("Sorting"))                                                                  \
	X(COUNTING, N_("What is counted"))                                                         \
	X(SAMPLING, N_("Sampling"))

enum ui_cmd {
	UI_CMD_NONE,
#define UI_COMMAND_ENUM(id, word, group, keys, bar, help) UI_CMD_##id,
	UI_COMMANDS(UI_COMMAND_ENUM)
#undef UI_COMMAND_ENUM
	UI_CMD_COUNT
};

enum ui_group {
#define UI_GROUP_ENUM(id, title) UI_GROUP_##id,
	UI_COMMAND_GROUPS(UI_GROUP_ENUM)
#undef UI_GROUP_ENUM
	UI_GROUP_COUNT
};

struct ui_command {
	const char *word;
	enum ui_group group;
	const char *keys; /* as keymap_bind() reads them */
	const char *bar;  /* to be translated; "" when not in the bar */
	const char *help; /* to be translated */
};

/* For UI_CMD_NONE < CMD < UI_CMD_COUNT; NULL for others. */
const struct ui_command *ui_command(enum ui_cmd cmd);
/* By its word; UI_CMD_NONE when there is none. */
enum ui_cmd ui_command_find(const char *word);
/* Translated. */
const char *ui_group_title(enum ui_group group);

/*
 * What the percentages and the figures of the header mean: paragraphs, translated; NULL at the
 * end.
 */
const char *ui_definition(unsigned i);

#endif
