// SPDX-License-Identifier: MIT
#ifndef PST_PLAT_PLAT_H
#define PST_PLAT_PLAT_H

/*
 * What an operating system must provide, in plain types.  Declared once; each function lives in
 * posix/, linux/ or null/, one file per mechanism (see local.mk).  Nothing here knows Python.
 *
 * Ids of processes and threads are those of *our* pid namespace unless the name says `ns_`, which
 * is the id that the thread has in its own innermost namespace.
 */

#include "base/err.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* ---- time (clock.c) ------------------------------------------------------------------ */

uint64_t pst_now_ns(void); /* monotonic */
void pst_sleep_until_ns(uint64_t deadline); /* absolute, monotonic; goes on after signals */

/* ---- a steady beat (beat.c) ---------------------------------------------------------- */

struct pst_beat;

struct pst_beat *pst_beat_new(void); /* NULL where there is nothing better than to sleep */
void pst_beat_free(struct pst_beat *b); /* NULL allowed */
/*
 * As pst_sleep_until_ns(DUE), cheaper when deadlines follow on each other by PERIOD or by multiples
 * of it.  B may be NULL, PERIOD 0 (what comes next is not known).
 */
void pst_beat_wait(struct pst_beat *b, uint64_t due, uint64_t period);

/* ---- waking a thread that polls (wake.c) --------------------------------------------- */

struct pst_wake;

struct pst_wake *pst_wake_new(void); /* NULL and errno */
void pst_wake_free(struct pst_wake *w); /* NULL allowed */
int pst_wake_fd(const struct pst_wake *w); /* to poll for reading */
/* Any thread; never blocks.  They take a void pointer so that they fit as callbacks. */
void pst_wake_signal(void *w); /* makes the descriptor readable */
void pst_wake_clear(void *w);  /* makes it unreadable */

/* ---- one process (proc.c) ------------------------------------------------------------ */

struct pst_proc; /* holds the pid, a pidfd where there are pidfds, the start time, the memory access */

/*
 * Opens PID (> 0) for reading.  Does not stop or attach to it.  Errors, each with a sentence that
 * says what to do: NOPROC, ZOMBIE, PERM (names the reason: uid, ptrace_scope, capability, seccomp).
 */
enum pst_err pst_proc_open(pid_t pid, struct pst_proc **out, struct pst_why *why);
void pst_proc_close(struct pst_proc *p); /* NULL allowed */
pid_t pst_proc_pid(const struct pst_proc *p);
/* OK, GONE (exited, or the pid was given to another process), ZOMBIE. */
enum pst_err pst_proc_check(const struct pst_proc *p);
/* What keeps the whole process from running: a signal (SIGSTOP, Ctrl-Z), the freezer of its cgroup. */
enum pst_halt { PST_HALT_NONE, PST_HALT_STOPPED, PST_HALT_FROZEN };
enum pst_halt pst_proc_halt(const struct pst_proc *p);

/* ---- memory (mem.c) ------------------------------------------------------------------ */

struct pst_span {
	uint64_t at; /* address in the target */
	void *buf;
	size_t len;
};

/* Reads exactly LEN bytes or fails: FAULT, GONE, PERM.  Never writes to the target. */
enum pst_err pst_mem_read(struct pst_proc *p, uint64_t at, void *buf, size_t len);
/*
 * Reads all spans, in as few system calls as the system allows, or fails as above; then what
 * the buffers hold is undefined.
 */
enum pst_err pst_mem_readv(struct pst_proc *p, const struct pst_span *spans, size_t n);
/* "process_vm_readv" or "/proc/PID/mem": what is in use now. */
const char *pst_mem_method(const struct pst_proc *p);

/* ---- memory map (maps.c) ------------------------------------------------------------- */

enum { PST_PROT_R = 1, PST_PROT_W = 2, PST_PROT_X = 4, PST_PROT_SHARED = 8 };

struct pst_map {
	uint64_t start, end, offset, inode;
	uint64_t dev;
	unsigned prot;
	bool deleted; /* the file was unlinked or replaced */
	char *path;   /* as the target's mount namespace calls it, "" for anonymous, "[heap]"… */
};

struct pst_maps {
	struct pst_map *at;
	size_t len, cap;
};

enum pst_err pst_maps_read(const struct pst_proc *p, struct pst_maps *out, struct pst_why *why);
void pst_maps_free(struct pst_maps *maps);

/* ---- files as the target sees them (files.c) ----------------------------------------- */

/* Opens (read-only) the file behind MAP, deleted or not: map_files, exe, root.  -1 and errno. */
int pst_proc_open_mapped(const struct pst_proc *p, const struct pst_map *map);
/* Opens (read-only) PATH below the target's root (absolute, or relative to the target's cwd). -1 and errno. */
int pst_proc_open_path(const struct pst_proc *p, const char *path);

/* ---- what the system tells about a process (info.c) ---------------------------------- */

struct pst_proc_info {
	pid_t pid, ppid;
	pid_t ns_pid;	      /* innermost namespace */
	unsigned uid;	      /* effective */
	char state;	      /* R S D T t Z X */
	bool of_kernel;	      /* a thread of the kernel */
	bool other_ns;	      /* its innermost pid namespace is not ours */
	uint64_t start_ticks; /* since boot: with the pid, names the process */
	uint64_t stack_start; /* where its stack begins: another address after exec; 0 unknown */
	uint64_t start_unix;  /* seconds since 1970 */
	uint64_t age_ns;      /* since it began; 0 unknown */
	uint64_t cpu_ns;
	uint64_t rss_bytes;
	int threads;
	char comm[64];
	char *exe;     /* readlink, may end in " (deleted)"; "" when unreadable */
	char *cwd;     /* "" when unreadable */
	char *cmdline; /* arguments, each followed by NUL */
	size_t cmdline_len;
};

/* Needs no open process; fields that may not be read stay zero or "".  NOPROC. */
enum pst_err pst_proc_info_read(pid_t pid, struct pst_proc_info *out);
/* The same of P; GONE when it has ended, also when its number is another's by now. */
enum pst_err pst_proc_info_of(const struct pst_proc *p, struct pst_proc_info *out);
void pst_proc_info_free(struct pst_proc_info *info);
/* Memory that this program has, and has had at most, in bytes; 0: the system does not tell. */
void pst_memory_own(uint64_t *now, uint64_t *peak);

/* The least that tells what it is, for a fraction of what the whole costs. */
struct pst_glance {
	uint64_t start_ticks;
	bool of_kernel;
	char comm[64];
	char exe[512]; /* as above, cut */
};
enum pst_err pst_proc_glance(pid_t pid, struct pst_glance *out);
/* The container that PID is in, as "docker:0123456789ab"; false: none, as far as can be told. */
bool pst_proc_container(pid_t pid, char *out, size_t size);
/* Whether one of the files that PID has mapped has a path that FITS; PERM, GONE: not to be told. */
enum pst_err pst_proc_maps_any(pid_t pid, bool (*fits)(void *ctx, const char *path), void *ctx,
			       bool *out);
/* The name of user UID, or the number. */
void pst_user_name(unsigned uid, char *out, size_t size);
/* Tells the file that PID executes from others. */
bool pst_proc_exe_id(pid_t pid, uint64_t *dev, uint64_t *inode);

struct pst_pids {
	pid_t *at;
	size_t len, cap;
};

/* What one file tells, for who asks often. */
struct pst_proc_brief {
	pid_t ppid;
	char state;
	uint64_t start_ticks, stack_start;
	int threads;
	char comm[64];
};
bool pst_proc_brief_read(pid_t pid, struct pst_proc_brief *out); /* false: there is none */
/* As pst_proc_cpu_ns(), of a process that is not opened; also once more for one that just ended. */
enum pst_err pst_pid_cpu_ns(pid_t pid, uint64_t *out);
/* Whether pst_proc_children() needs no look at all processes. */
bool pst_proc_tells_children(void);
/* Raises the number of files that this program may have open to what it may ask for. */
void pst_files_raise(void);

/* Those that the main thread of PID started: all of them, where it has no other; not sorted. */
void pst_proc_children_of_main(pid_t pid, struct pst_pids *out);
/* The direct children of PID, and all processes; sorted. */
enum pst_err pst_proc_children(pid_t pid, struct pst_pids *out);
enum pst_err pst_proc_list(struct pst_pids *out);
/* Ids of processes or threads (pids.c): ascending; whether ID is among them, which are sorted. */
void pst_pids_sort(struct pst_pids *pids);
bool pst_pids_have(const struct pst_pids *pids, pid_t id);
void pst_pids_free(struct pst_pids *pids);

/* ---- threads (threads.c) ------------------------------------------------------------- */

#define PST_NO_CALL (-3) /* off its CPU, but in no call: stopped, frozen, waiting for a page */

struct pst_task {
	pid_t tid, ns_tid;
	char state;	  /* R S D T t Z X, 0 when unknown; R S D from the call alone */
	uint64_t cpu_ns;  /* time on a CPU so far, from schedstat where there is one */
	uint64_t slices;  /* times scheduled in, 0 when unknown */
	int cpu;	  /* CPU it last ran on, -1 when unknown */
	/*
	 * Number; -1: running; -2: not asked or not allowed; PST_NO_CALL.  A number says that the
	 * thread was off its CPU when it was asked (task_current_syscall(), lib/syscall.c), and so
	 * does PST_NO_CALL.
	 */
	int64_t syscall;
	uint64_t args[6]; /* of that call */
	char comm[32];
};

struct pst_tasks {
	struct pst_task *at;
	size_t len, cap;
};

enum { PST_TASK_STAT = 1, PST_TASK_SCHED = 2, PST_TASK_SYSCALL = 4, PST_TASK_COMM = 8, PST_TASK_NS = 16 };

/* All threads sorted by tid, with what the WHAT bits ask for.  A thread that ends meanwhile is left out. */
enum pst_err pst_tasks_read(const struct pst_proc *p, unsigned what, struct pst_tasks *out);
/*
 * Refreshes one entry (tid is given), in the order of the bits: stat, sched, syscall.  GONE when it
 * ended.  Keeps the thread's files open; not for two threads at a time.
 */
enum pst_err pst_task_read(const struct pst_proc *p, unsigned what, struct pst_task *t);
void pst_tasks_free(struct pst_tasks *tasks);
/*
 * ns of CPU that all threads of the process have used, ended ones too, up to now; a thread that is
 * off its CPU adds what it had when it left it.  Takes the longer the more threads there are.  NOSYS.
 */
enum pst_err pst_proc_cpu_ns(const struct pst_proc *p, uint64_t *out);

struct pst_usage {
	uint64_t cpu_ns;    /* of all threads of the process since it began, ended ones too */
	uint64_t rss_bytes; /* resident memory */
};
/* Cheap when asked again and again: two system calls, files are kept open.  GONE. */
enum pst_err pst_proc_usage(const struct pst_proc *p, struct pst_usage *out);

/* ---- the calling thread and the CPUs (sched.c) ---------------------------------------- */

int pst_sched_cpu(void); /* on which it runs now; -1: the system does not tell */
/* How often it was switched out so far, for whatever reason; each time is counted. */
#define PST_SWITCHES_UNKNOWN UINT64_MAX
uint64_t pst_sched_switches(void);
/*
 * Binds the calling thread to CPU and goes there: OK when it runs there now.  A thread that ran
 * there does not run then.  PERM: that CPU is closed to us (cpuset).  NOSYS.
 */
enum pst_err pst_sched_move(int cpu);
/* Takes that back: any CPU that is open to us. */
enum pst_err pst_sched_roam(void);
/* How much later than asked its sleeps may end. */
void pst_sched_slack(uint64_t ns);
/*
 * Asks that it run at once when it wakes: ahead of all ordinary threads, where we may ask for that
 * (true), else ahead of those that are not so short as it is.  For a thread that sleeps most of the time.
 */
bool pst_sched_prompt(void);
/* False when thread TID has a scheduling class that we cannot interrupt (real time). */
bool pst_sched_preemptible(pid_t tid);

/* ---- pause (pause.c) ----------------------------------------------------------------- */

struct pst_pause;

struct pst_regs {
	pid_t tid;
	uint64_t pc, sp, thread_pointer; /* fs_base on x86-64: equals pthread_self() with glibc and musl */
};

/*
 * Stops the threads TIDS (N; NULL: all threads, rescanned until no new one appears) by
 * PTRACE_SEIZE + PTRACE_INTERRUPT.  Must be resumed by the same thread.  If we die, the kernel
 * lets the target run on.  Signals that arrive meanwhile are passed on.  A target that was
 * stopped by SIGSTOP before stays so afterwards.  Bounded: TIMEOUT after TIMEOUT_NS, everything resumed.
 * *OUT is NULL on error.  PERM (says who traces it already, or why not), GONE.
 */
enum pst_err pst_pause(const struct pst_proc *p, const pid_t *tids, size_t n, uint64_t timeout_ns,
		       struct pst_pause **out, struct pst_why *why);
/* How many threads are held now. */
size_t pst_pause_count(const struct pst_pause *pause);
/* These threads and their registers, which are asked for once; valid until the resume. */
size_t pst_pause_regs(struct pst_pause *pause, const struct pst_regs **out);
/* Lets all run and frees PAUSE (NULL allowed).  Returns how long the first one was held, in ns. */
uint64_t pst_resume(struct pst_pause *pause);
/*
 * A thread in an uninterruptible sleep (a dead network disk, a vfork) cannot be stopped, nor let go
 * before it wakes; it stands still all the same and counts as paused, without registers.  After the
 * first of them such threads are looked for and held in another way, which leaves nothing behind.  This
 * lets go those of the first time that woke meanwhile, and fetches the ends of threads that were killed
 * while they were held, before which their process cannot end; returns how many are left.  To be called now
 * and then by the thread that paused, unless it pauses again anyway; its end frees them too.
 */
size_t pst_pause_settle(void);
/* To be called by a thread that paused before it ends: frees what it keeps of those. */
void pst_pause_forget(void);

/* ---- starting a program (spawn.c) ---------------------------------------------------- */

struct pst_spawn {
	char **argv;
	const char *output_path; /* stdout and stderr go there, stdin is /dev/null; NULL: inherited */
	bool drop_sudo;		 /* run as SUDO_UID/SUDO_GID with that user's groups, when root by sudo */
};

/* Starts argv (PATH is searched); the error tells an exec that failed (not found, not executable). */
enum pst_err pst_spawn(const struct pst_spawn *how, pid_t *pid, struct pst_why *why);
/* How a program ended. */
struct pst_exit {
	bool by_signal;
	int number; /* exit status, or signal */
};
/* True once PID (that pst_spawn() gave) ended, then *HOW says how; false while it runs. */
bool pst_spawn_poll(pid_t pid, struct pst_exit *how);

/*
 * Runs ARGV (PATH is searched) with our terminal and waits for its end, as a shell does: keys that
 * interrupt are for it alone, and when it is stopped, so are we: STOPS (NULL allowed) is told before
 * and after.  Errors as pst_spawn().
 */
enum pst_err pst_run(char **argv, void (*stops)(void *ctx, bool stopped), void *ctx,
		     struct pst_exit *how, struct pst_why *why);

/* ---- waiting (poll.c) ---------------------------------------------------------------- */

#define PST_NEVER UINT64_MAX

enum pst_ready { PST_READY_NO, PST_READY_DATA, PST_READY_CLOSED /* hung up or in error */ };

/*
 * Waits until one of the N (≤ 8) descriptors can be read or is closed, a signal came, or DEADLINE_NS
 * (monotonic; PST_NEVER) has passed.  Negative descriptors are left out.  Returns how many are ready.
 */
int pst_poll(const int *fds, enum pst_ready *ready, size_t n, uint64_t deadline_ns);

/* ---- the terminal (tty.c) ------------------------------------------------------------ */

bool pst_tty_is(int fd);
/* False when the size is unknown. */
bool pst_tty_size(int fd, int *rows, int *cols);

/* ---- signals of a program with a loop, full-screen or not (signals.c) ------------------- */

enum pst_signal {
	PST_SIGNAL_NONE,
	/*
	 * INT, TERM, HUP or QUIT: leave.  With a screen, a second one, or 3 s without leaving, ends
	 * us by force; without, a second INT or QUIT does, for there is something to be written.
	 */
	PST_SIGNAL_END,
	PST_SIGNAL_STOP,   /* TSTP: give the terminal back, then pst_signals_stop_self() */
	PST_SIGNAL_CONT,   /* CONT: take the terminal again */
	PST_SIGNAL_RESIZE, /* WINCH */
	PST_SIGNAL_WRITE,  /* USR1: write what there is so far */
};

/*
 * Installs handlers, and remembers the modes of the terminal TTY (-1: no screen).  *WAIT_FD becomes readable when
 * pst_signals_next() has something to say.  A crash (SEGV, ABRT, BUS, FPE, ILL) in any thread first
 * gives the terminal back, then dies as it would have.  One at a time.
 */
enum pst_err pst_signals_open(int tty, int *wait_fd, struct pst_why *why);
/* What to write to the terminal to leave it, besides its modes; copied, at most 256 bytes. */
void pst_signals_set_undo(const char *bytes, size_t n);
/* What came since the last call, one at a time; *NUMBER is set with PST_SIGNAL_END, which stays. */
enum pst_signal pst_signals_next(int *number);
/* The number of SIGHUP, for a terminal that went away without one. */
int pst_signal_hangup(void);
/* Stops this process as SIGTSTP does; returns when it was continued. */
void pst_signals_stop_self(void);
/* Puts the former handlers back. */
void pst_signals_close(void);

#endif
