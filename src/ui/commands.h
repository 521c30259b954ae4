// SPDX-License-Identifier: MIT
#ifndef PST_UI_COMMANDS_H
#define PST_UI_COMMANDS_H

/*
 * The one table of commands: X(ID, word for the configuration, group, where, default keys, text in
 * the bar or "", help). It feeds the enum, the key map, the help screen, the bar and the man page.
 * WHERE says in which panes (UI_IN_…); the keys are text for keymap_bind(), and mean the command
 * there alone.  The bar shows the first F-key among them, else the first key.
 */
/* clang-format off */
#define UI_COMMANDS(X) \
	X(HELP, "help", PROGRAM, ALL, "? F1", N_("Help"), N_("Show or leave the help"))          \
	X(SETUP, "setup", PROGRAM, ALL, "F2", N_("Setup"),                                       \
	  N_("Options, columns, colours and keys"))                                              \
	X(QUIT, "quit", PROGRAM, ALL, "q F10 C-c", N_("Quit"), N_("Quit"))                       \
	X(BACK, "back", PROGRAM, ALL, "Esc Backspace", "", N_("Back to where one came from"))    \
	X(ENTER, "enter", PROGRAM, ALL, "Enter", "", N_("Into what is chosen"))                  \
	X(TAB_NEXT, "next-pane", PROGRAM, ALL, "Tab", "", N_("The next pane"))                   \
	X(TAB_PREVIOUS, "previous-pane", PROGRAM, ALL, "BackTab", "", N_("The pane before"))     \
	X(SHOW_FUNCTIONS, "functions", PROGRAM, ALL, "1", "", N_("The functions"))               \
	X(SHOW_THREADS, "threads", PROGRAM, ALL, "2", "", N_("The threads"))                     \
	X(SHOW_STACK, "stack", PROGRAM, ALL, "3", "",                                            \
	  N_("The stack of the chosen thread, with its values"))                                 \
	X(SHOW_FLAME, "flame", PROGRAM, ALL, "4", "", N_("The flame graph"))                     \
	X(SHOW_CALLS, "callers", PROGRAM, ALL, "5", "",                                          \
	  N_("Callers and callees of the chosen function"))                                      \
	X(SPLIT, "split", PROGRAM, ALL, "|", "",                                                 \
	  N_("Change what is shown beside the table on a wide screen"))                          \
	X(MESSAGES, "messages", PROGRAM, ALL, "M", "", N_("All messages so far"))                \
	X(PICKER, "processes", PROGRAM, ALL, "P", "", N_("Choose another process"))              \
	X(REDRAW, "redraw", PROGRAM, ALL, "C-l", "", N_("Draw the screen anew"))                 \
	X(UP, "up", MOVING, ALL, "Up k", "", N_("One row up"))                                   \
	X(DOWN, "down", MOVING, ALL, "Down j", "", N_("One row down"))                           \
	X(LEFT, "left", MOVING, ALL, "Left h", "", N_("To the left; closes what is open"))       \
	X(RIGHT, "right", MOVING, ALL, "Right l", "", N_("To the right; opens what is closed"))  \
	X(PAGE_UP, "page-up", MOVING, ALL, "PgUp C-b", "", N_("One page up"))                    \
	X(PAGE_DOWN, "page-down", MOVING, ALL, "PgDn C-f", "", N_("One page down"))              \
	X(FIRST, "first", MOVING, ALL, "Home g", "",                                             \
	  N_("First row; the choice stays at the top"))                                          \
	X(LAST, "last", MOVING, ALL, "End G", "", N_("Last row"))                                \
	X(SEARCH, "search", FINDING, ALL, "/ F3", N_("Search"),                                  \
	  N_("Search for a regular expression"))                                                 \
	X(SEARCH_NEXT, "next-match", FINDING, ALL, "n", "", N_("The next match"))                \
	X(SEARCH_PREVIOUS, "previous-match", FINDING, ALL, "N", "", N_("The match before"))      \
	X(FILTER, "filter", FINDING, ALL, "\\ F4", N_("Filter"),                                 \
	  N_("Count only stacks with a function or file that matches; empty: all"))              \
	X(SORT_NEXT, "sort-next", SORTING, TABLES, "> F6", N_("Sort"),                           \
	  N_("Sort by the next column"))                                                         \
	X(SORT_PREVIOUS, "sort-previous", SORTING, TABLES, "<", "",                              \
	  N_("Sort by the column before"))                                                       \
	X(SORT_REVERSE, "sort-reverse", SORTING, TABLES, "I", "", N_("Reverse the order"))       \
	X(PAUSE, "pause", SAMPLING, ALL, "Space p F5", N_("Pause"),                              \
	  N_("Pause or resume sampling and the screen"))                                         \
	X(RESET, "reset", SAMPLING, ALL, "r", N_("Reset"),                                       \
	  N_("Forget all counts and start anew"))                                                \
	X(RATE_UP, "rate-up", SAMPLING, ALL, "+ =", "", N_("Sample more often"))                 \
	X(RATE_DOWN, "rate-down", SAMPLING, ALL, "-", "", N_("Sample less often"))               \
	X(UNIT, "unit", COUNTING, ALL, "u F7", N_("Unit"),                                       \
	  N_("A row for each function, line, file or module"))                                   \
	X(IDLE, "idle", COUNTING, ALL, "i F8", N_("Idle"), N_("Count idle threads too"))         \
	X(GIL_ONLY, "gil-only", COUNTING, ALL, "o F9", N_("GIL"),                                \
	  N_("Count only threads that hold the GIL"))                                            \
	X(MY_CODE, "my-code", COUNTING, ALL, "m", N_("Mine"),                                    \
	  N_("Fold the standard library and site-packages into their callers"))                  \
	X(WINDOW, "window", COUNTING, ALL, "w", "",                                              \
	  N_("Percentages of the last window, or of all since the start"))                       \
	X(NORMALISED, "normalised", COUNTING, FUNCTIONS, "%", "",                                \
	  N_("Divide percentages by the number of threads"))                                     \
	X(CURSOR_BACK, "time-back", TIME, ALL, "{", "",                                          \
	  N_("Move the cursor on the timeline back"))                                            \
	X(CURSOR_ON, "time-on", TIME, ALL, "}", "", N_("Move the cursor on the timeline on"))    \
	X(MARK_BEGIN, "mark-begin", TIME, ALL, "[", "",                                          \
	  N_("A span of time begins at the cursor"))                                             \
	X(MARK_END, "mark-end", TIME, ALL, "]", "",                                              \
	  N_("The span ends at the cursor; all panes show it"))                                  \
	X(LIVE, "live", TIME, ALL, "L", N_("Live"), N_("Leave the span: show what happens now")) \
	X(MARK_A, "mark-a", TIME, ALL, "A", "", N_("Keep the span that is shown as A"))          \
	X(MARK_B, "mark-b", TIME, ALL, "B", "", N_("Keep the span that is shown as B"))          \
	X(DIFF, "difference", TIME, ALL, "D", "",                                                \
	  N_("Show B less A, or no difference any more"))                                        \
	X(SAVE, "save", OUTPUT, ALL, "s", N_("Save"),                                            \
	  N_("Write what is shown as an SVG flame graph"))                                       \
	X(EXPORT, "export", OUTPUT, ALL, "S", "", N_("Write what is shown in another format"))   \
	X(COPY, "copy", OUTPUT, ALL, "y", "",                                                    \
	  N_("Copy what is chosen to the clipboard of the terminal"))                            \
	X(TO_FLAME, "to-flame", HERE, NOT_FLAME, "f", N_("Flame"),                               \
	  N_("The flame graph around this function"))                                            \
	X(TO_THREADS, "to-threads", HERE, FUNCTIONS, "t", N_("Threads"),                         \
	  N_("Threads that are in this function"))                                               \
	X(TAG, "tag", HERE, THREADS, "t", N_("Tag"),                                             \
	  N_("Tag the thread: only tagged ones are counted"))                                    \
	X(TAG_CLEAR, "untag", HERE, THREADS, "T", "", N_("Clear all tags"))                      \
	X(VALUES, "values", HERE, STACK, "v", N_("Values"),                                      \
	  N_("Go between frames, values and source"))                                            \
	X(WRAP, "wrap", HERE, STACK, "z", "",                                                    \
	  N_("Show the whole value on several rows, or on one"))                                 \
	X(SAVE_VALUE, "save-value", HERE, STACK, "W", "", N_("Write the value to a file"))       \
	X(EDIT, "edit", HERE, STACK, "e", N_("Edit"),                                            \
	  N_("Open the line in an editor (VISUAL, EDITOR)"))                                     \
	X(FREEZE, "freeze", HERE, STACK, "a", N_("Freeze"),                                      \
	  N_("Keep this stack, or follow it again"))                                             \
	X(INVERT, "invert", HERE, FLAME, "v", N_("Invert"),                                      \
	  N_("Roots are what ran, on top of them who called it; or as it was called"))           \
	X(FLIP, "flip", HERE, FLAME, "f", N_("Flip"),                                            \
	  N_("Root at the top (icicle) or at the bottom (flame)"))                               \
	X(TO_CALLS, "to-callers", HERE, NOT_CALLS, "c", N_("Callers"),                           \
	  N_("Callers and callees of this function"))                                            \
	X(FLAME_THREAD, "flame-thread", HERE, FLAME, "t", N_("Thread"),                          \
	  N_("Only the chosen thread, or all"))                                                  \
	X(THINNER, "thinner", HERE, FLAME, ",", "", N_("Show narrower cells too"))               \
	X(THICKER, "thicker", HERE, FLAME, ".", "", N_("Leave out narrow cells"))                \
	X(CALLS_ORDER, "callers-first", HERE, CALLS, "v", N_("Order"),                           \
	  N_("Callers first, or callees"))                                                       \
	X(CALLS_SIDE, "other-side", HERE, CALLS, "c", N_("Side"),                                \
	  N_("Go between callers and callees"))
/* clang-format on */

#define UI_COMMAND_GROUPS(X)                                                                       \
	X(HERE, N_("In this pane"))                                                                \
	X(PROGRAM, N_("Program"))                                                                  \
	X(MOVING, N_("Moving"))                                                                    \
	X(FINDING, N_("Finding"))                                                                  \
	X(SORTING, N_("Sorting"))                                                                  \
	X(COUNTING, N_("What is counted"))                                                         \
	X(TIME, N_("Time"))                                                                        \
	X(OUTPUT, N_("Output"))                                                                    \
	X(SAMPLING, N_("Sampling"))

/* Panes in the order of their keys 1 to 5; the others are reached by commands. */
enum ui_pane_id {
	PANE_FUNCTIONS,
	PANE_THREADS,
	PANE_STACK,
	PANE_FLAME,
	PANE_CALLS,
	PANE_PICKER,
	PANE_MESSAGES,
	PANE_SETUP,
	PANE_HELP,
	PANE_COUNT,
	PANE_TABS = PANE_CALLS + 1 /* those with a number */
};

/* Where a command means something: bits. */
enum ui_where {
	UI_IN_FUNCTIONS = 1 << PANE_FUNCTIONS,
	UI_IN_THREADS = 1 << PANE_THREADS,
	UI_IN_STACK = 1 << PANE_STACK,
	UI_IN_FLAME = 1 << PANE_FLAME,
	UI_IN_CALLS = 1 << PANE_CALLS,
	UI_IN_PICKER = 1 << PANE_PICKER,
	UI_IN_NOT_FLAME = UI_IN_FUNCTIONS | UI_IN_THREADS | UI_IN_STACK | UI_IN_CALLS,
	UI_IN_NOT_CALLS = UI_IN_FLAME | UI_IN_THREADS | UI_IN_STACK,
	UI_IN_TABLES = UI_IN_FUNCTIONS | UI_IN_THREADS,
	UI_IN_ALL = (1 << PANE_COUNT) - 1
};

enum ui_cmd {
	UI_CMD_NONE,
#define UI_COMMAND_ENUM(id, word, group, where, keys, bar, help) UI_CMD_##id,
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
	unsigned where;	  /* bits of enum ui_where */
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
