// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/scout.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/buf.h"
#include "sampler/priv.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#define PROCESSES_MAX 4096
#define NOTES_MAX     20 /* of processes that are left alone */
#define MS	      UINT64_C(1000000)
#define BEAT_NS	      (10 * MS)	  /* who starts others is asked so often … */
#define QUIET_NS      (80 * MS)	  /* … and who does not */
#define SCAN_NS	      (1000 * MS) /* where all processes are to be looked at */
#define SETTLE_NS     (2 * MS) /* a process that is new may be about to execute something */
#define TRY_MAX_NS    (100 * MS)
#define FOREIGN_NS    (500 * MS)   /* what is no Python until then is something else … */
#define LATE_NS	      (2000 * MS)  /* … that may load Python later, and is tried so often */
#define STARTS_NS     (10000 * MS) /* an interpreter that is not ready gets so long */
#define LATE_TRIES    5

enum state {
	TRYING,
	MEMBER,	 /* somebody looks at it */
	FOREIGN, /* no Python */
	DENIED,
};

struct entry {
	UT_hash_handle hh;
	pid_t pid;
	uint64_t start_ticks, stack_start;
	uint64_t cpu_ns; /* when it was asked last */
	uint64_t due_ns, every_ns;
	uint64_t since_ns; /* it is this program */
	uint64_t try_ns, step_ns;
	unsigned late; /* tries */
	enum state state;
	bool asked; /* at all */
	char comm[64];
};

struct pst_scout {
	pthread_t thread;
	pid_t root;
	bool tells_children;
	uint64_t scan_ns, wake_ns;
	struct entry *entries;
	unsigned noted;
	bool full_noted;

	pthread_mutex_t lock; /* all below */
	bool stop, hopes;
	enum pst_err root_err;
	struct pst_why root_why;
	PST_VEC(struct pst_arrival) arrived;
	struct pst_pids left, lost;
	PST_VEC(char *) notes;
};

/* ---- notes ------------------------------------------------------------------------------- */

static void note(struct pst_scout *s, char *text)
{
	pthread_mutex_lock(&s->lock);
	*PST_VEC_PUSH(&s->notes) = text;
	pthread_mutex_unlock(&s->lock);
}

/* WHY: a sentence, or NULL: it is no Python. */
static void note_alone(struct pst_scout *s, const struct entry *e, const char *why)
{
	struct pst_buf comm = {0};

	if (s->noted++ >= NOTES_MAX) {
		if (s->noted == NOTES_MAX + 1)
			note(s, pst_strdup(_("More processes are left alone; they are not named.")));
		return;
	}
	if (why) {
		note(s, pst_strdup(why));
		return;
	}
	pst_text_sanitise(&comm, e->comm, strlen(e->comm), 0);
	note(s, pst_asprintf(_("Process %d (%s) is not Python: it is left alone."), (int)e->pid,
			     pst_buf_text(&comm)));
	pst_buf_free(&comm);
}

/* ---- opening ----------------------------------------------------------------------------- */

static enum pst_err open_python(const struct entry *e, struct pst_arrival *out, struct pst_why *why)
{
	*out = (struct pst_arrival){.pid = e->pid};
	enum pst_err err = pst_target_open_live(e->pid, &out->target, why);

	if (!err)
		err = pst_python_open(out->target, &out->py, why);
	if (err)
		pst_target_close(out->target);
	else
		out->has_words = pst_python_rseq(out->py, &out->word_offset);
	return err;
}

static void keep_reason(struct pst_scout *s, const struct entry *e, enum pst_err err,
			const struct pst_why *why)
{
	if (e->pid != s->root)
		return;
	pthread_mutex_lock(&s->lock);
	s->root_err = err;
	s->root_why = *why;
	pthread_mutex_unlock(&s->lock);
}

static void hand_over(struct pst_scout *s, struct entry *e, const struct pst_arrival *a)
{
	e->state = MEMBER;
	pthread_mutex_lock(&s->lock);
	*PST_VEC_PUSH(&s->arrived) = *a;
	pthread_mutex_unlock(&s->lock);
}

static void try_later(struct entry *e, uint64_t now)
{
	e->step_ns = e->step_ns ? 2 * e->step_ns : 2 * SETTLE_NS;
	if (e->step_ns > TRY_MAX_NS)
		e->step_ns = TRY_MAX_NS;
	e->try_ns = now + e->step_ns;
}

static void give_up(struct pst_scout *s, struct entry *e, enum pst_err err,
		    const struct pst_why *why, uint64_t now)
{
	bool foreign = err == PST_NOTPYTHON;

	if (e->state == TRYING)
		note_alone(s, e, foreign ? NULL : why->what);
	e->state = foreign && e->late++ < LATE_TRIES ? FOREIGN : DENIED;
	e->try_ns = now + LATE_NS;
}

static void try_open(struct pst_scout *s, struct entry *e, uint64_t now)
{
	struct pst_arrival a;
	struct pst_why why = {0};
	enum pst_err err = open_python(e, &a, &why);

	keep_reason(s, e, err, &why);
	if (!err)
		hand_over(s, e, &a);
	else if (err == PST_PERM || (err == PST_NOTPYTHON && now >= e->since_ns + FOREIGN_NS) ||
		 now >= e->since_ns + STARTS_NS)
		give_up(s, e, err, &why, now);
	else
		try_later(e, now);
}

/* ---- who there is ------------------------------------------------------------------------ */

static void begin_program(struct entry *e, const struct pst_proc_brief *b, uint64_t now)
{
	e->stack_start = b->stack_start;
	memcpy(e->comm, b->comm, sizeof e->comm);
	e->state = TRYING;
	e->since_ns = now;
	e->try_ns = now + SETTLE_NS;
	e->step_ns = 0;
	e->late = 0;
}

static struct entry *find(const struct pst_scout *s, pid_t pid)
{
	struct entry *e;

	HASH_FIND(hh, s->entries, &pid, sizeof pid, e);
	return e;
}

/* A zombie with threads is a process whose main thread has ended. */
static bool has_ended(const struct pst_proc_brief *b)
{
	return b->state == 'X' || (b->state == 'Z' && b->threads <= 1);
}

static bool add(struct pst_scout *s, pid_t pid, uint64_t now)
{
	struct pst_proc_brief b;

	if (find(s, pid) || !pst_proc_brief_read(pid, &b) || has_ended(&b))
		return false;
	if (HASH_COUNT(s->entries) >= PROCESSES_MAX) {
		if (!s->full_noted)
			note(s, pst_asprintf(_("There are more than %d processes: others are "
					       "not looked at."),
					     PROCESSES_MAX));
		s->full_noted = true;
		return false;
	}
	struct entry *e = pst_calloc(1, sizeof *e);
	e->pid = pid;
	e->start_ticks = b.start_ticks;
	e->every_ns = BEAT_NS;
	begin_program(e, &b, now);
	HASH_ADD(hh, s->entries, pid, sizeof e->pid, e);
	return true;
}

static void leave(struct pst_scout *s, pid_t pid)
{
	pthread_mutex_lock(&s->lock);
	*PST_VEC_PUSH(&s->left) = pid;
	pthread_mutex_unlock(&s->lock);
}

static void add_children(struct pst_scout *s, struct entry *e, int threads, uint64_t now)
{
	struct pst_pids pids = {0};

	if (threads == 1)
		pst_proc_children_of_main(e->pid, &pids);
	else
		(void)pst_proc_children(e->pid, &pids);
	for (size_t i = 0; i < pids.len; i++)
		(void)add(s, pids.at[i], now);
	if (pids.len)
		e->every_ns = BEAT_NS;
	else if (e->every_ns < QUIET_NS)
		e->every_ns *= 2;
	pst_pids_free(&pids);
}

/* It has run since it was asked last.  False: it has ended. */
static bool refresh(struct pst_scout *s, struct entry *e, uint64_t now)
{
	struct pst_proc_brief b;

	if (!pst_proc_brief_read(e->pid, &b) || b.start_ticks != e->start_ticks || has_ended(&b))
		return false;
	if (b.stack_start && e->stack_start && b.stack_start != e->stack_start) {
		if (e->state == MEMBER)
			leave(s, e->pid);
		begin_program(e, &b, now);
	} else if (b.stack_start) {
		e->stack_start = b.stack_start;
	}
	if (s->tells_children)
		add_children(s, e, b.threads, now);
	return true;
}

/* False: it has ended. */
static bool visit(struct pst_scout *s, struct entry *e, uint64_t now)
{
	bool open = (e->state == TRYING || e->state == FOREIGN) && now >= e->try_ns;
	uint64_t cpu;

	if (now < e->due_ns && !open)
		return true;
	if (pst_pid_cpu_ns(e->pid, &cpu))
		return false;
	if (!e->asked || cpu != e->cpu_ns) {
		if (!refresh(s, e, now))
			return false;
		e->asked = true;
		e->cpu_ns = cpu;
	}
	e->due_ns = now + e->every_ns;
	if ((e->state == TRYING || e->state == FOREIGN) && now >= e->try_ns)
		try_open(s, e, now);
	return true;
}

static void visit_all(struct pst_scout *s)
{
	struct entry *e, *next;
	uint64_t now = pst_now_ns();

	s->wake_ns = now + BEAT_NS;
	HASH_ITER(hh, s->entries, e, next) {
		if (!visit(s, e, pst_now_ns())) {
			HASH_DEL(s->entries, e);
			free(e);
		} else if (e->state == TRYING && e->try_ns < s->wake_ns) {
			s->wake_ns = e->try_ns;
		}
	}
}

/* The kernel tells nobody's children: all processes are asked for their parents. */
static void scan(struct pst_scout *s)
{
	struct pst_pids all = {0};
	uint64_t now = pst_now_ns();
	bool more = true;

	if (s->tells_children || now < s->scan_ns)
		return;
	s->scan_ns = now + SCAN_NS;
	(void)pst_proc_list(&all);
	while (more) {
		more = false;
		for (size_t i = 0; i < all.len; i++) {
			struct pst_proc_brief b;
			if (!find(s, all.at[i]) && pst_proc_brief_read(all.at[i], &b) &&
			    find(s, b.ppid))
				more |= add(s, all.at[i], now);
		}
	}
	pst_pids_free(&all);
}

static void take_lost(struct pst_scout *s)
{
	uint64_t now = pst_now_ns();

	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->lost.len; i++) {
		struct entry *e = find(s, s->lost.at[i]);
		if (!e)
			continue;
		e->state = TRYING;
		e->since_ns = now;
		e->asked = false;
		e->step_ns = 0;
		e->try_ns = now + SETTLE_NS;
	}
	s->lost.len = 0;
	pthread_mutex_unlock(&s->lock);
}

/* Whether there is reason to go on; false: to end. */
static bool publish(struct pst_scout *s)
{
	bool hopes = find(s, s->root) != NULL;

	for (struct entry *e = s->entries; e && !hopes; e = e->hh.next)
		hopes = e->state == TRYING || e->state == MEMBER;
	pthread_mutex_lock(&s->lock);
	s->hopes = hopes || s->arrived.len;
	bool stop = s->stop;
	pthread_mutex_unlock(&s->lock);
	return !stop;
}

/* What is wrong with the root shows when it is opened. */
static void begin(struct pst_scout *s)
{
	struct entry none = {.pid = s->root};
	struct pst_arrival a;
	struct pst_why why = {0};
	uint64_t now = pst_now_ns();

	if (add(s, s->root, now)) {
		find(s, s->root)->try_ns = now;
		return;
	}
	enum pst_err err = open_python(&none, &a, &why);
	if (err) {
		keep_reason(s, &none, err, &why);
		return;
	}
	pst_python_close(a.py);
	pst_target_close(a.target);
}

static void *run(void *arg)
{
	struct pst_scout *s = arg;

	/* Workers may fill all CPUs, and opening one takes half a millisecond. */
	pst_sched_prompt();
	begin(s);
	do {
		take_lost(s);
		scan(s);
		visit_all(s);
		if (!publish(s))
			break;
		pst_sleep_until_ns(s->wake_ns);
	} while (true);
	pst_pause_forget();
	return NULL;
}

/* ---- from outside ------------------------------------------------------------------------ */

struct pst_scout *pst_scout_new(pid_t root)
{
	struct pst_scout *s = pst_calloc(1, sizeof *s);

	s->root = root;
	s->hopes = true;
	s->tells_children = pst_proc_tells_children();
	pthread_mutex_init(&s->lock, NULL);
	if (!pst_sampler_thread(&s->thread, run, s))
		return s;
	pthread_mutex_destroy(&s->lock);
	free(s);
	return NULL;
}

static void free_queues(struct pst_scout *s)
{
	for (size_t i = 0; i < s->arrived.len; i++) {
		pst_python_close(s->arrived.at[i].py);
		pst_target_close(s->arrived.at[i].target);
	}
	for (size_t i = 0; i < s->notes.len; i++)
		free(s->notes.at[i]);
	PST_VEC_FREE(&s->arrived);
	PST_VEC_FREE(&s->notes);
	pst_pids_free(&s->left);
	pst_pids_free(&s->lost);
}

void pst_scout_free(struct pst_scout *s)
{
	struct entry *e, *next;

	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	HASH_ITER(hh, s->entries, e, next) {
		HASH_DEL(s->entries, e);
		free(e);
	}
	free_queues(s);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* Takes the first element of VEC into *OUT; false: there is none. */
#define TAKE(s, vec, out)                                                                          \
	do {                                                                                       \
		pthread_mutex_lock(&(s)->lock);                                                    \
		bool some_ = (vec)->len > 0;                                                       \
		if (some_) {                                                                       \
			*(out) = (vec)->at[0];                                                     \
			(vec)->len--;                                                              \
			memmove((vec)->at, (vec)->at + 1, (vec)->len * sizeof *(vec)->at);         \
		}                                                                                  \
		pthread_mutex_unlock(&(s)->lock);                                                  \
		return some_;                                                                      \
	} while (0)

bool pst_scout_arrived(struct pst_scout *s, struct pst_arrival *out)
{
	TAKE(s, &s->arrived, out);
}

bool pst_scout_left(struct pst_scout *s, pid_t *pid)
{
	TAKE(s, &s->left, pid);
}

bool pst_scout_note(struct pst_scout *s, char **text)
{
	TAKE(s, &s->notes, text);
}

void pst_scout_lost(struct pst_scout *s, pid_t pid)
{
	pthread_mutex_lock(&s->lock);
	*PST_VEC_PUSH(&s->lost) = pid;
	pthread_mutex_unlock(&s->lock);
}

bool pst_scout_hopes(struct pst_scout *s)
{
	pthread_mutex_lock(&s->lock);
	bool hopes = s->hopes;
	pthread_mutex_unlock(&s->lock);
	return hopes;
}

enum pst_err pst_scout_root(struct pst_scout *s, struct pst_why *why)
{
	pthread_mutex_lock(&s->lock);
	enum pst_err err = s->root_err;
	if (why)
		*why = s->root_why;
	pthread_mutex_unlock(&s->lock);
	return err;
}
