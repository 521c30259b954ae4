noinst_LIBRARIES += libexport.a
libexport_a_SOURCES = \
	%D%/export.c %D%/export.h \
	%D%/raw.c \
	%D%/priv.h
