noinst_LIBRARIES += libtarget.a
libtarget_a_SOURCES = \
	%D%/target.c %D%/target.h \
	%D%/live.c \
	%D%/image.h
libtarget_a_CFLAGS = $(AM_CFLAGS) $(LIBELF_CFLAGS) $(LIBDW_CFLAGS)
