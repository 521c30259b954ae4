noinst_LIBRARIES += libmodel.a
libmodel_a_SOURCES = \
	%D%/defs.c %D%/defs.h \
	%D%/inspect.c %D%/inspect.h \
	%D%/model.c %D%/model.h \
	%D%/query.h \
	%D%/counts.c \
	%D%/table.c \
	%D%/tree.c \
	%D%/priv.h
