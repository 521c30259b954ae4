// SPDX-License-Identifier: MIT
#ifndef PST_SAMPLER_PRIV_H
#define PST_SAMPLER_PRIV_H

/*
 * What the files of sampler/ share: the state of the sampler's thread, and one shot of the target.
 */

#include "interp/interp.h"
#include "sampler/budget.h"
#include "sampler/clock.h"
#include "sampler/ids.h"
#include "sampler/inspect.h"
#include "sampler/pause_stats.h"
#include "sampler/proof.h"
#include "sampler/sampler.h"

#include <pthread.h>
#include <stdatomic.h>

#include <uthash.h>

struct pst_seen {	       /* of one thread */
	unsigned flags;	       /* PST_SAMPLE_… */
	size_t len;	       /* frames from the root; 0: none, or not walked */
	uint32_t thread, node; /* ids, when it is sent */
	bool done, ok;	       /* it was read; and makes sense */
	bool now;	       /* it is being read in this look */
	bool later;	       /* sleeps, and there is no time for it in this look */
	bool cut;	       /* only the frames that two reads agree on */
};

/* What is known of the threads that sleep (sleepers.c). */
struct pst_sleepers {
	uint64_t least, most; /* ns of CPU of the process that no known thread has used: in between */
	uint64_t used_ns;     /* by known threads, when some are being asked */
	uint64_t next_ns;     /* the process is not asked before */
	size_t due, turn;	    /* threads that are to be asked, and from where on */
};

struct pst_thread_key {
	uint64_t tstate, ident;
};

struct pst_known_thread {
	UT_hash_handle hh;
	struct pst_thread_key key;
	uint32_t id; /* 0: not sent yet */
	pid_t tid;
	int64_t interp_id;
	bool is_main, told; /* told: the ring has what stands here */
	char *name;
	char comm[32];
	uint64_t tick;	 /* seen last */
	uint64_t cpu_ns; /* that was sent last */
};

/* What was sent of what process and threads have used (usage.c). */
struct pst_used {
	uint64_t cpu_ns; /* by the process, when it was asked last */
	size_t turn;	 /* where threads are asked from on, if there are many */
	PST_VEC(struct pst_known_thread *) awake, asleep;
};

/* What stays from look to look of the thread at one index, as long as its stack does. */
struct pst_track {
	PST_VEC(struct pst_place *) places; /* of its stack, root first */
	PST_VEC(uint32_t) nodes; /* ids of the stacks that end there; may be fewer */
	struct pst_known_thread *known; /* whose this was last; NULL: look it up */
	uint64_t tstate, ident; /* of a thread that slept when its stack was read, and … */
	uint64_t slices;	/* … how often it had run by then; 0: none */
};

/* What one look found.  The vectors keep their memory from one look to the next. */
struct pst_shot {
	uint64_t time_ns, pause_ns;
	struct pst_threads threads;
	PST_VEC(struct pst_seen) seen;	    /* as threads */
	PST_VEC(struct pst_stack) stacks;   /* as threads, maybe more */
	PST_VEC(struct pst_track) tracks;   /* as stacks */
	struct pst_stack second;	    /* to compare with */
	struct pst_pids hold;		    /* threads that are to stand still, sorted */
	bool hold_all;
	bool halted;		 /* nothing needs to be held: it stands still anyway */
	unsigned walked, broken; /* of the threads that run: stacks asked for, not had */
	size_t turn;		 /* where the stacks of sleepers are read from, if there are many */
};

struct pst_counts_kept {
	uint64_t ticks, rejected, dropped;
	uint64_t rounds; /* ticks, but those of all processes at one time count once */
	uint64_t reads; /* of memory, in looks */
	uint64_t stacks, proved; /* of threads that ran */
	uint64_t cut; /* of these: only the frames that two reads agree on */
	uint64_t otherwise; /* looks in the way of the fallback */
	uint64_t pauses, stopped, held_ns; /* of the target; threads stopped for it */
};

struct pst_crew;

#define PST_SAID_MAX 64

/*
 * One for each process.  With children there is one more, which looks at none itself: it leads the
 * others, on the one thread that there is, and has what they share (crew.c).
 */
struct pst_sampler {
	struct pst_sampler *lead; /* itself, when there is but one */
	struct pst_crew *crew;	  /* of a lead that looks at none itself, else NULL */

	/* Shared with who started it. */
	struct pst_sampler_options opt; /* constant */
	struct pst_ring *ring;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;	    /* wakes both sides */
	bool stop, poked, attached; /* under the lock, as the next three */
	bool looking;		    /* the target may be held right now */
	enum pst_err attach_err;
	struct pst_why why;
	_Atomic double rate;
	_Atomic bool paused, idle, gil_only;
	_Atomic bool inspect_waits; /* there is something in the box */
	struct pst_inspect_box box; /* under the lock */

	/* The thread's own. */
	struct pst_target *target;
	struct pst_python *py;
	uint64_t start_ticks; /* of the process: tells it from another one under the same pid */
	uint64_t stack_start; /* tells it from what it was before an exec; 0 unknown */
	struct pst_tasks tasks;
	struct pst_sleepers sleepers;
	pid_t subject;		/* COSCHEDULED: thread that will run at the next look */
	bool subject_holds;	/* the GIL, at the last look */
	int cpu;		/* COSCHEDULED: where we are bound to, -1: nowhere */
	struct pst_proof proof;
	uint64_t subject_asked_ns; /* when its counts were read, while words prove; 0: not */
	bool slices_told, slices_missing; /* the system tells when a thread ran, it does not */
	uint64_t tasks_read_ns; /* when they were listed last */
	uint64_t facts_ns;	/* FREE: when the system was asked about them last */
	uint64_t full_ns; /* when a look read also what seldom changes */
	bool brief;	  /* the one under way does not */
	bool facts_old;		/* FREE: not for this look */
	bool tasks_unknown;	/* a thread was seen that they do not hold */
	pid_t holder;		/* thread that held the GIL at the last look */
	uint64_t names_ns;	/* when names of threads were read last */
	uint64_t names_cost_ns; /* how long that look took */
	bool names_wanted, names_missing;
	struct pst_clock clock;
	struct pst_beat *beat; /* NULL: none */
	struct pst_budget budget;
	double clock_rate; /* that it has now */
	uint64_t cpu_begin_ns; /* of this thread, at the first look */
	uint64_t look_ns; /* how long the last look took */
	uint64_t around_ns; /* CPU of ours for each besides */
	struct {
		uint64_t tick, cpu_ns, looks_ns;
	} measured; /* for that */
	struct pst_pause_stats pauses;
	struct pst_shot shot;
	struct pst_inspector inspector;
	struct pst_ids *ids;
	struct pst_known_thread *known; /* send.c */
	struct pst_used used;
	uint32_t process;		   /* id of it; 0: not sent yet */
	uint32_t last_thread, last_process; /* the lead's */
	uint64_t tick;
	char *cmdline;
	bool process_sent;
	PST_VEC(char *) notes; /* not accepted by the ring yet */
	uint64_t said[PST_SAID_MAX]; /* hashes of notes of late */
	unsigned said_turn;
	struct pst_counts_kept counts;
	struct {
		uint64_t time_ns, ticks;
	} marks[64]; /* to tell the rate over the last second, or more where that is slow */
	unsigned mark;
	unsigned torn; /* lists of threads in a row whose end was not found */
	bool budget_noted, method_noted, truncated_noted, threads_noted, pause_noted, closed_noted;
	bool restart_noted;
	enum pst_halt halt; /* what keeps the target from running … */
	uint64_t halt_ns, halted_ns; /* … since then; and how long it did in all */
	bool halt_noted[PST_HALT_FROZEN + 1];
};

/* ---- attach.c: opening, and opening again ------------------------------------------------ */

/* Opens target and interpreter; waits for an interpreter that starts up. */
enum pst_err pst_sampler_attach(struct pst_sampler *s, struct pst_why *why);
/*
 * The target cannot be read any more, but lives: perhaps it executed another program.  OK: sampling
 * can go on; GONE; else it is no Python now, and WHY says so.
 */
enum pst_err pst_sampler_attach_again(struct pst_sampler *s, struct pst_why *why);
/* Whether its command line is another one than it was. */
bool pst_sampler_executed(struct pst_sampler *s);
/* S got a target and an interpreter that were opened elsewhere. */
void pst_sampler_met(struct pst_sampler *s);
void pst_sampler_detach(struct pst_sampler *s);
/* Notices that the target is stopped or frozen, or no more. */
void pst_sampler_watch(struct pst_sampler *s, uint64_t now);

/* ---- tasks.c: what the system says about the threads ------------------------------------- */

/* Asks for the threads known to run Python; for all when ALL, or when none is known. */
enum pst_err pst_sampler_tasks(struct pst_sampler *s, bool all);
/*
 * Reads the counts of those that were awake, and of sleepers when one of them may have woken
 * (sleepers.c); asks more only of those that ran since the last time.  A subject that held the GIL is taken for running when it has run since.
 */
enum pst_err pst_sampler_tasks_changed(struct pst_sampler *s);
/* All facts of one of them; false: it ended. */
bool pst_sampler_task_refresh(struct pst_sampler *s, struct pst_task *t);
/* The entry of thread TID; NULL: none. */
struct pst_task *pst_sampler_task(struct pst_sampler *s, pid_t tid);
/* Whether T was seen off its CPU. */
bool pst_task_sleeps(const struct pst_task *t);
/* Asks for those of THREADS that were born since; true: there are some. */
bool pst_sampler_tasks_meet(struct pst_sampler *s, const struct pst_threads *threads);
/* Keeps only those of THREADS for the next time. */
void pst_sampler_tasks_keep(struct pst_sampler *s, const struct pst_threads *threads);

/* ---- sleepers.c: which of them are asked -------------------------------------------------- */

/* After those that are awake: how many of s->tasks are to be asked now. */
size_t pst_sleepers_due(struct pst_sampler *s);
/* Which one is next; also one that is awake. */
struct pst_task *pst_sleepers_next(struct pst_sampler *s);
/* They were asked, and s->tasks is up to date. */
void pst_sleepers_asked(struct pst_sampler *s);
/* The tasks are other ones now. */
void pst_sleepers_forget(struct pst_sampler *s);

/* ---- shot.c: one look -------------------------------------------------------------------- */

/* Fills s->shot.  Not PST_OK: nothing to be seen this time. */
enum pst_err pst_sampler_take(struct pst_sampler *s);
void pst_shot_free(struct pst_shot *shot);

/*
 * Where there are many threads: reads their list when that is due, so that the look that follows
 * needs to bring but what may have changed.
 */
void pst_shot_list_ahead(struct pst_sampler *s);
/*
 * After pst_shot_prepare(): threads that have slept since their stacks were read are done; of other
 * sleepers no more than a look has time for are read, by turns.  After a look that was proved:
 * remembers them for that.
 */
void pst_shot_recall(struct pst_sampler *s);
void pst_shot_remember(struct pst_sampler *s);
/* The target is another one, or not there. */
void pst_shot_forget(struct pst_shot *shot);

/* What the modes have in common: */
#define PST_SHOT_TRIES 3
/* What stood between two states gets so long to get on. */
#define PST_SHOT_YIELD_NS UINT64_C(20000)
/*
 * Lists the threads into s->shot; WHAT: PST_THREADS_…  Names are read once a second or so, what else
 * seldom changes (the list of interpreters) a hundred times.
 */
enum pst_err pst_shot_list(struct pst_sampler *s, unsigned what);
/* Empties it for the threads that were listed. */
void pst_shot_prepare(struct pst_shot *shot);
bool pst_shot_sleeps(const struct pst_thread *th);
/* Whether the stack of TH is asked for. */
bool pst_shot_wants(const struct pst_sampler *s, const struct pst_thread *th);
/* What pst_python_stack() is to do for all modes. */
unsigned pst_shot_walk(const struct pst_sampler *s);
/* Turns the frames of thread I into places; false: one cannot be read. */
bool pst_shot_places(struct pst_sampler *s, size_t i);
/* The look was not proved: nothing that it found out may be kept for the next ones. */
void pst_shot_doubt(struct pst_sampler *s);
/* Reads the stack of thread I and its places, WHAT besides; false: it makes no sense. */
bool pst_shot_read(struct pst_sampler *s, size_t i, unsigned what);
/* Counts the stacks that are done; broken ones are taken out, those that run get FLAGS. */
void pst_shot_count_all(struct pst_sampler *s, unsigned flags);
bool pst_sampler_may_list(const struct pst_sampler *s);
enum pst_err pst_take_paused(struct pst_sampler *s);

/* ---- halted.c: a target that stands still anyway ----------------------------------------- */

/* Whether it is stopped or frozen, and none of s->tasks is on a CPU; keeps their counts. */
bool pst_halted(struct pst_sampler *s);
/* Afterwards: whether none of them has run since. */
bool pst_halted_still(struct pst_sampler *s);

/* ---- free.c: one look beside the running target ------------------------------------------ */

enum pst_err pst_take_free(struct pst_sampler *s);
/* Whether what the system said about the threads is new enough for such a look. */
bool pst_free_knows(struct pst_sampler *s);

/* ---- coscheduled.c: one look from the target's CPU --------------------------------------- */

enum pst_err pst_take_coscheduled(struct pst_sampler *s);
/* ---- send.c: into the ring --------------------------------------------------------------- */

/* Keeps what was found out about the threads of s->shot for when they are sent. */
void pst_sampler_note_threads(struct pst_sampler *s);
/* What all others refer to; false: there is no room.  To be committed. */
bool pst_sampler_send_process(struct pst_sampler *s);
/* Sends s->shot as a tick that stands for PERIOD_NS, or the fact that it was rejected with ERR. */
void pst_sampler_send(struct pst_sampler *s, enum pst_err err, uint64_t period_ns);
void pst_sampler_send_stats(struct pst_sampler *s, uint64_t now, uint64_t cpu_ns);
/* Sends what pst_sampler_note() kept. */
void pst_sampler_send_notes(struct pst_sampler *s);
bool pst_sampler_send_end(struct pst_sampler *s, enum pst_err err);
/* Keeps a sentence for the user until the ring has room. */
void pst_sampler_note(struct pst_sampler *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void pst_sampler_send_free(struct pst_sampler *s);

/* ---- usage.c: what process and threads have used ----------------------------------------- */

void pst_sampler_send_usage(struct pst_sampler *s, uint64_t now);
/* The process of S has ended, or is another program now. */
void pst_sampler_send_gone(struct pst_sampler *s);
void pst_sampler_usage_free(struct pst_sampler *s);

/* ---- sampler.c --------------------------------------------------------------------------- */

/* Sleeps until DEADLINE; true: until somebody changed something (stop, rate…). */
bool pst_sampler_sleep(struct pst_sampler *s, uint64_t deadline);
bool pst_sampler_stopping(struct pst_sampler *s);
/* One look at the process of S, which stands for PERIOD_NS. */
enum pst_err pst_sampler_look(struct pst_sampler *s, uint64_t period_ns);
/* Whether the memory of the target may still be read. */
bool pst_sampler_may_read(struct pst_sampler *s);
/* Starts a thread that takes no signals; an errno. */
int pst_sampler_thread(pthread_t *thread, void *(*run)(void *), void *arg);

/* ---- crew.c: several processes ------------------------------------------------------------ */

/* The process of LEAD and its descendants are looked for; waits for the first that is Python. */
enum pst_err pst_crew_start(struct pst_sampler *lead, struct pst_why *why);
/* A look at each of them.  GONE: there is none any more. */
enum pst_err pst_crew_look(struct pst_sampler *lead, uint64_t period_ns);
/* What is to be done now and then.  GONE as above. */
enum pst_err pst_crew_watch(struct pst_sampler *lead, uint64_t now);
/* The one with that id; NULL: it has ended. */
struct pst_sampler *pst_crew_find(struct pst_sampler *lead, uint32_t process);
void pst_crew_free(struct pst_sampler *lead);

#endif
