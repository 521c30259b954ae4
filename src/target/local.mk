noinst_LIBRARIES += libtarget.a
libtarget_a_SOURCES = \
	%D%/target.c %D%/target.h \
	%D%/live.c \
	%D%/recorded.c \
	%D%/recorder.c \
	%D%/saved.c %D%/saved.h \
	%D%/savedwrite.c \
	%D%/debugfile.c \
	%D%/image.c %D%/image.h \
	%D%/elfmem.c \
	%D%/elf.c %D%/priv.h
if HAVE_LIBLZMA
libtarget_a_SOURCES += %D%/minidebug.c
else
libtarget_a_SOURCES += %D%/minidebug_none.c
endif
libtarget_a_CFLAGS = $(AM_CFLAGS) $(LIBELF_CFLAGS) $(LIBDW_CFLAGS) $(LIBLZMA_CFLAGS)
