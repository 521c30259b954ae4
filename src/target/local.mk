noinst_LIBRARIES += libtarget.a
libtarget_a_SOURCES = \
	%D%/target.c %D%/target.h \
	%D%/live.c \
	%D%/recorded.c \
	%D%/recorder.c \
	%D%/image.c %D%/image.h \
	%D%/elf.c %D%/priv.h
libtarget_a_CFLAGS = $(AM_CFLAGS) $(LIBELF_CFLAGS) $(LIBDW_CFLAGS)
