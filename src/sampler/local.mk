noinst_LIBRARIES += libsampler.a
libsampler_a_SOURCES = \
	%D%/clock.c %D%/clock.h \
	%D%/intern.c %D%/intern.h \
	%D%/look.c \
	%D%/pause_stats.c %D%/pause_stats.h \
	%D%/priv.h \
	%D%/sampler.c %D%/sampler.h
