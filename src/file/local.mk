noinst_LIBRARIES += libfile.a
libfile_a_SOURCES = \
	%D%/extent.c \
	%D%/file.h \
	%D%/format.c %D%/format.h \
	%D%/merge.c %D%/merge.h \
	%D%/pack.c %D%/pack.h \
	%D%/reader.c \
	%D%/remap.c %D%/remap.h \
	%D%/writer.c
libfile_a_CFLAGS = $(AM_CFLAGS) $(ZSTD_CFLAGS)
