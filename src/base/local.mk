noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	%D%/alloc.c %D%/alloc.h \
	%D%/buf.c %D%/buf.h \
	%D%/calls.c %D%/calls.h \
	%D%/color.c %D%/color.h \
	%D%/crc.c %D%/crc.h \
	%D%/err.c %D%/err.h \
	%D%/i18n.c %D%/i18n.h \
	%D%/log.c %D%/log.h \
	%D%/text.c %D%/text.h \
	%D%/vec.c %D%/vec.h
libbase_a_CFLAGS = $(AM_CFLAGS) $(UTF8PROC_CFLAGS)
