noinst_LIBRARIES += libsampler.a
libsampler_a_SOURCES = \
	%D%/attach.c \
	%D%/budget.c %D%/budget.h \
	%D%/clock.c %D%/clock.h \
	%D%/coscheduled.c \
	%D%/crew.c \
	%D%/free.c \
	%D%/halted.c \
	%D%/ids.c %D%/ids.h \
	%D%/inspect.c %D%/inspect.h \
	%D%/inspect_box.c \
	%D%/inspect_rows.c \
	%D%/pause_stats.c %D%/pause_stats.h \
	%D%/priv.h \
	%D%/proof.c %D%/proof.h \
	%D%/sampler.c %D%/sampler.h \
	%D%/scout.c %D%/scout.h \
	%D%/send.c \
	%D%/shot.c \
	%D%/sleepers.c \
	%D%/tasks.c \
	%D%/usage.c
