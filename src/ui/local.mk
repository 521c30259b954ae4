noinst_LIBRARIES += libui.a
libui_a_SOURCES = \
	%D%/asked.c %D%/asked.h \
	%D%/bar.c \
	%D%/calls.c %D%/calls.h \
	%D%/calls_draw.c \
	%D%/callpath.c %D%/callpath.h \
	%D%/calltree.c %D%/calltree.h \
	%D%/canvas.c %D%/canvas.h \
	%D%/clip.c %D%/clip.h \
	%D%/commands.c %D%/commands.h \
	%D%/do.c \
	%D%/find.c %D%/find.h \
	%D%/flame.c %D%/flame.h \
	%D%/flame_draw.c \
	%D%/flame_row.c \
	%D%/flame_seek.c \
	%D%/format.c %D%/format.h \
	%D%/functions.c %D%/functions.h \
	%D%/functions_draw.c \
	%D%/functions_rows.c \
	%D%/funchits.c %D%/funchits.h \
	%D%/header.c %D%/header.h \
	%D%/help.c \
	%D%/icicle.c %D%/icicle.h \
	%D%/keys.c %D%/keys.h \
	%D%/layout.c \
	%D%/line.c %D%/line.h \
	%D%/log.c %D%/log.h \
	%D%/loop.c \
	%D%/menu.c %D%/menu.h \
	%D%/messages.c \
	%D%/mouse.c \
	%D%/pairs.c %D%/pairs.h \
	%D%/pane.h \
	%D%/pager.c %D%/pager.h \
	%D%/prefs.c %D%/prefs.h \
	%D%/prefs_options.c \
	%D%/picker.c %D%/picker.h \
	%D%/picker_draw.c \
	%D%/prompt.c \
	%D%/saving.c \
	%D%/screen.c %D%/screen.h %D%/screen_priv.h \
	%D%/scroll.c %D%/scroll.h \
	%D%/search.c \
	%D%/setup.c \
	%D%/span.c \
	%D%/stack.c %D%/stack.h \
	%D%/stack_draw.c %D%/stack_look.c %D%/stack_source.c %D%/stack_values.c \
	%D%/strip.c %D%/strip.h \
	%D%/term.c %D%/term.h \
	%D%/theme.c %D%/theme.h \
	%D%/threads.c %D%/threads.h %D%/threads_draw.c %D%/threads_rows.c \
	%D%/ui.h \
	%D%/view.c \
	%D%/window.c %D%/window.h
libui_a_CFLAGS = $(AM_CFLAGS) $(NCURSESW_CFLAGS) $(UTF8PROC_CFLAGS) $(PCRE2_CFLAGS)
