noinst_LIBRARIES += libmodel.a
libmodel_a_SOURCES = \
	%D%/calls.c \
	%D%/cells.c %D%/cells.h \
	%D%/counts.c \
	%D%/defs.c %D%/defs.h \
	%D%/deque.c %D%/deque.h \
	%D%/forest.c %D%/forest.h \
	%D%/heat.c \
	%D%/history.c %D%/history.h \
	%D%/index.c %D%/index.h \
	%D%/inspect.c %D%/inspect.h \
	%D%/model.c %D%/model.h \
	%D%/outer.c \
	%D%/places.c %D%/places.h \
	%D%/query.c %D%/query.h \
	%D%/settle.c \
	%D%/summary.c \
	%D%/table.c \
	%D%/threads.c \
	%D%/timeline.c \
	%D%/tree.c \
	%D%/usage.c \
	%D%/weigh.c \
	%D%/priv.h
