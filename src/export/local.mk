noinst_LIBRARIES += libexport.a
libexport_a_SOURCES = \
	%D%/callgrind.c \
	%D%/chrometrace.c \
	%D%/entries.c %D%/entries.h \
	%D%/export.c %D%/export.h \
	%D%/from_model.c \
	%D%/functions.c %D%/functions.h \
	%D%/gecko.c \
	%D%/html.c \
	%D%/json.c \
	%D%/markdown.c \
	%D%/profile.c %D%/profile.h \
	%D%/raw.c \
	%D%/recorder.c %D%/recorder.h \
	%D%/runs.c %D%/runs.h \
	%D%/speedscope.c \
	%D%/stacks.c %D%/stacks.h \
	%D%/svg.c \
	%D%/text.c \
	%D%/priv.h
libexport_a_CPPFLAGS = $(AM_CPPFLAGS) -I%D%

if HAVE_PPROF
libexport_a_SOURCES += %D%/pprof.c
nodist_libexport_a_SOURCES = %D%/pprof.pb-c.c
libexport_a_CPPFLAGS += $(PROTOBUFC_CFLAGS) $(ZLIB_CFLAGS)
EXPORT_LIBS = $(PROTOBUFC_LIBS) $(ZLIB_LIBS)
BUILT_SOURCES += %D%/pprof.pb-c.h
CLEANFILES += %D%/pprof.pb-c.h %D%/pprof.pb-c.c
%D%/pprof.pb-c.c: %D%/pprof.pb-c.h
%D%/pprof.pb-c.h: %D%/pprof.proto
	$(AM_V_GEN)$(MKDIR_P) %D% && $(PROTOC_C) -I$(srcdir)/%D% --c_out=%D% $(srcdir)/%D%/pprof.proto
else
libexport_a_SOURCES += %D%/pprof_missing.c
EXPORT_LIBS =
endif
EXTRA_DIST += %D%/pprof.proto %D%/pprof.c %D%/pprof_missing.c

# Scripts and styles become text of the program.
BUILT_SOURCES += %D%/flame_text.h %D%/html_text.h
CLEANFILES += %D%/flame_text.h %D%/html_text.h
EXTRA_DIST += %D%/flame.js %D%/flame.css %D%/html.js %D%/html.css
%D%/flame_text.h: %D%/flame.js %D%/flame.css tools/embed
	$(AM_V_GEN)$(MKDIR_P) %D% && $(srcdir)/tools/embed $(srcdir)/%D%/flame.js $(srcdir)/%D%/flame.css >$@.tmp && mv $@.tmp $@
%D%/html_text.h: %D%/html.js %D%/html.css tools/embed
	$(AM_V_GEN)$(MKDIR_P) %D% && $(srcdir)/tools/embed $(srcdir)/%D%/html.js $(srcdir)/%D%/html.css >$@.tmp && mv $@.tmp $@
