noinst_LIBRARIES += libui.a
libui_a_SOURCES = \
	%D%/canvas.c %D%/canvas.h \
	%D%/commands.c %D%/commands.h \
	%D%/format.c %D%/format.h \
	%D%/header.c %D%/header.h \
	%D%/help.c \
	%D%/keys.c %D%/keys.h \
	%D%/loop.c \
	%D%/pane.h \
	%D%/screen.c %D%/screen.h \
	%D%/term.c %D%/term.h \
	%D%/theme.c %D%/theme.h \
	%D%/top.c \
	%D%/ui.h
libui_a_CFLAGS = $(AM_CFLAGS) $(NCURSESW_CFLAGS) $(UTF8PROC_CFLAGS)
