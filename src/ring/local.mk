noinst_LIBRARIES += libring.a
libring_a_SOURCES = \
	%D%/inspect.c %D%/inspect.h \
	%D%/record.c %D%/record.h \
	%D%/ring.c %D%/ring.h
