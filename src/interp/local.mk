noinst_LIBRARIES += libinterp.a
libinterp_a_SOURCES =
# layouts as data
libinterp_a_SOURCES += \
	%D%/layout.c %D%/layout.h \
	%D%/layout_debug.c \
	%D%/layout_table.c %D%/layout_table.h
# the walker
libinterp_a_SOURCES += \
	%D%/ahead.c \
	%D%/code.c \
	%D%/frames.c \
	%D%/gil.c \
	%D%/guess.c \
	%D%/interp.h \
	%D%/judge.c \
	%D%/lines.c \
	%D%/look.c \
	%D%/match.c \
	%D%/names.c \
	%D%/open.c \
	%D%/paths.c \
	%D%/pattern.c \
	%D%/priv.h \
	%D%/roster.c \
	%D%/rseq.c \
	%D%/runtime.c \
	%D%/scan.c \
	%D%/strings.c \
	%D%/threads.c \
	%D%/tstate.c \
	%D%/validate.c \
	%D%/version.c \
	%D%/walk.c
# objects and values
libinterp_a_SOURCES += \
	%D%/dict.c \
	%D%/instance.c \
	%D%/locals.c \
	%D%/number.c \
	%D%/object.c %D%/object.h \
	%D%/parts.c \
	%D%/printer.c %D%/printer.h \
	%D%/qualname.c \
	%D%/sequence.c \
	%D%/types.c \
	%D%/unicode.c \
	%D%/value.c %D%/value.h \
	%D%/value_cache.c \
	%D%/value_code.c \
	%D%/value_container.c \
	%D%/value_instance.c \
	%D%/value_kinds.c \
	%D%/value_library.c \
	%D%/value_mapping.c \
	%D%/value_number.c \
	%D%/value_numpy.c \
	%D%/value_parts.c \
	%D%/value_text.c \
	%D%/value_time.c
