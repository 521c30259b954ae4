noinst_LIBRARIES += libplat.a
libplat_a_SOURCES = %D%/plat.h
if PLAT_LINUX
libplat_a_SOURCES += \
	%D%/posix/clock.c \
	%D%/posix/free.c \
	%D%/posix/pids.c \
	%D%/posix/poll.c \
	%D%/posix/signals.c \
	%D%/posix/spawn.c \
	%D%/posix/tty.c \
	%D%/posix/users.c \
	%D%/linux/beat.c \
	%D%/linux/container.c \
	%D%/linux/container.h \
	%D%/linux/files.c \
	%D%/linux/freezer.c \
	%D%/linux/freezer.h \
	%D%/linux/info.c \
	%D%/linux/maps.c \
	%D%/linux/mem.c \
	%D%/linux/pause.c \
	%D%/linux/perm.c \
	%D%/linux/priv.h \
	%D%/linux/proc.c \
	%D%/linux/sched.c \
	%D%/linux/sleepers.c \
	%D%/linux/taskfiles.c \
	%D%/linux/taskfiles.h \
	%D%/linux/threads.c \
	%D%/linux/trace.c \
	%D%/linux/trace.h \
	%D%/linux/wake.c
endif
if PLAT_NULL
libplat_a_SOURCES += \
	%D%/posix/clock.c \
	%D%/posix/free.c \
	%D%/posix/pids.c \
	%D%/posix/poll.c \
	%D%/posix/signals.c \
	%D%/posix/spawn.c \
	%D%/posix/wake.c \
	%D%/posix/tty.c \
	%D%/posix/users.c \
	%D%/null/null.c
endif
