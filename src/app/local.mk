bin_PROGRAMS += pyspy-tui
pyspy_tui_SOURCES = \
	%D%/candidates.c %D%/candidates.h \
	%D%/collect.c %D%/collect.h \
	%D%/color.c %D%/color.h \
	%D%/completions.c \
	%D%/die.c %D%/die.h \
	%D%/dump.c %D%/dump.h \
	%D%/dump_json.c \
	%D%/dump_text.c \
	%D%/edit.c %D%/edit.h \
	%D%/feed.c %D%/feed.h \
	%D%/launch.c %D%/launch.h \
	%D%/main.c \
	%D%/options.c %D%/options.h \
	%D%/options_help.c \
	%D%/options_table.c %D%/options_table.h \
	%D%/outfile.c %D%/outfile.h \
	%D%/outputs.c %D%/outputs.h \
	%D%/progress.c %D%/progress.h \
	%D%/record.c %D%/record.h \
	%D%/replay.c %D%/replay.h \
	%D%/replay_screen.c %D%/replay_screen.h \
	%D%/record_stats.c %D%/record_stats.h \
	%D%/session.c %D%/session.h \
	%D%/session_export.c %D%/session_export.h \
	%D%/session_inspect.c %D%/session_inspect.h \
	%D%/session_files.c %D%/session_files.h \
	%D%/session_pick.c %D%/session_pick.h \
	%D%/sieve.c %D%/sieve.h \
	%D%/source.c %D%/source.h \
	%D%/tapes.c %D%/tapes.h \
	%D%/thread_text.c %D%/thread_text.h \
	%D%/tree.c %D%/tree.h \
	%D%/userconfig.c %D%/userconfig.h
pyspy_tui_CFLAGS = $(AM_CFLAGS) $(JSONC_CFLAGS)
pyspy_tui_LDADD = libui.a libexport.a libmodel.a libsampler.a libfile.a libring.a libinterp.a libtarget.a libplat.a libbase.a \
	$(EXPORT_LIBS) $(ZSTD_LIBS) $(NCURSESW_LIBS) $(PCRE2_LIBS) $(JSONC_LIBS) $(LIBDW_LIBS) $(LIBELF_LIBS) $(LIBLZMA_LIBS) \
	$(UTF8PROC_LIBS) $(LIBINTL)
