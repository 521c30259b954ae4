// SPDX-License-Identifier: MIT
#include "config.h"

#include "sampler/priv.h"

#include "base/alloc.h"
#include "base/i18n.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RATE_MIN 0.1
#define RATE_MAX 1e6
#define STATS_NS UINT64_C(200000000)
#define END_NS	 UINT64_C(50000000) /* a full ring gets this long to take the last record */
#define FAILURES 3  /* in a row, before we ask whether the target is still the same */
#define UNSTEADY 20 /* the same, for stacks that change while they are read */
#define EXEC_ROUNDS 5 /* of housekeeping, until it asks whether the target executed something */
#define NS	 UINT64_C(1000000000)
#define NAP_NS	  UINT64_C(20000000)
#define AROUND_NS UINT64_C(20000) /* until it is measured */
#define BREATH_NS UINT64_C(1000000) /* at most, between two looks as fast as it goes */
/* A look takes far less; a sampler that hangs must not hang the screen. */
#define PAUSE_WAIT_NS NS

/* ---- waiting ----------------------------------------------------------------------------- */

bool pst_sampler_stopping(struct pst_sampler *s)
{
	pthread_mutex_lock(&s->lock);
	bool stop = s->stop;
	pthread_mutex_unlock(&s->lock);
	return stop;
}

/* Nobody minds if we hear of it so much later; takes half the calls of the other way. */
static bool nap(struct pst_sampler *s, uint64_t deadline, uint64_t now)
{
	bool beat = deadline == s->clock.due && !s->clock.jitter;

	if (deadline > now)
		pst_beat_wait(s->beat, deadline, beat ? s->clock.period : 0);
	pthread_mutex_lock(&s->lock);
	bool changed = s->stop || s->poked;
	s->poked = false;
	pthread_mutex_unlock(&s->lock);
	return changed;
}

bool pst_sampler_sleep(struct pst_sampler *s, uint64_t deadline)
{
	const struct timespec at = {.tv_sec = (time_t)(deadline / NS),
				    .tv_nsec = (long)(deadline % NS)};
	int rc = 0;

	uint64_t now = pst_now_ns();
	if (deadline <= now + NAP_NS)
		return nap(s, deadline, now);
	pthread_mutex_lock(&s->lock);
	while (!s->stop && !s->poked && rc != ETIMEDOUT) {
		pst_called_times(PST_CALL_SLEEP, 2); /* it gets the lock back by another one */
		rc = pthread_cond_timedwait(&s->changed, &s->lock, &at);
	}
	s->poked = false;
	pthread_mutex_unlock(&s->lock);
	return rc != ETIMEDOUT;
}

static void poke(struct pst_sampler *s)
{
	pthread_mutex_lock(&s->lock);
	s->poked = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

static uint64_t cpu_ns(clockid_t of)
{
	struct timespec ts;

	pst_called(PST_CALL_OTHER);
	if (clock_gettime(of, &ts))
		return 0;
	return (uint64_t)ts.tv_sec * NS + (uint64_t)ts.tv_nsec;
}

/* What our looking costs so far: CPU of all our threads, and the time the target was held. */
static uint64_t cost_ns(const struct pst_sampler *s)
{
	return cpu_ns(CLOCK_PROCESS_CPUTIME_ID) + s->counts.held_ns;
}

static void send_stats(struct pst_sampler *s)
{
	pst_sampler_send_stats(s, pst_now_ns(), cpu_ns(CLOCK_THREAD_CPUTIME_ID) - s->cpu_begin_ns);
}

/* ---- the thread -------------------------------------------------------------------------- */

struct loop {
	unsigned failures, unsteady, denied; /* looks in a row */
	unsigned rounds;	     /* of housekeeping */
	uint64_t stats_ns;
};

/* Something is wrong with the target: PST_OK when sampling may go on. */
static enum pst_err recover(struct pst_sampler *s, struct pst_why *why)
{
	if (s->target->ops->check(s->target))
		return PST_GONE;
	return pst_sampler_attach_again(s, why);
}

bool pst_sampler_may_read(struct pst_sampler *s)
{
	uint64_t word;

	return pst_target_read_u64(s->target, pst_python_info(s->py)->runtime, &word) != PST_PERM;
}

static enum pst_err after_failure(struct pst_sampler *s, struct loop *l, enum pst_err err,
				  struct pst_why *why)
{
	if (err == PST_GONE && s->target->ops->check(s->target))
		return PST_GONE;
	/*
	 * What a pause cannot get says nothing about the program; what moves too fast, little.  Perhaps
	 * only the pause is denied (another one traces it), not the memory.
	 */
	if (err == PST_TIMEOUT ||
	    (err == PST_PERM && (++l->denied % UNSTEADY || pst_sampler_may_read(s))))
		return PST_OK;
	bool suspect = err == PST_CHANGED ? ++l->unsteady % UNSTEADY == 0 && pst_sampler_executed(s)
					  : err == PST_PERM || ++l->failures >= FAILURES;
	if (!suspect)
		return PST_OK;
	l->failures = 0;
	err = recover(s, why);
	pst_clock_restart(&s->clock, pst_now_ns());
	return err;
}

/*
 * As fast as it goes, the target gets as long for itself as the look took: who looks from its own
 * CPU would see the same moment again and again, and who stops it would leave it none.  On its own
 * CPU it also loses what it takes to let us in and out, and as much for the clock's interrupt.
 */
static uint64_t breath(const struct pst_sampler *s)
{
	if (s->opt.sampling == PST_SAMPLING_FREE)
		return 0;
	if (s->opt.sampling == PST_SAMPLING_COSCHEDULED && s->cpu >= 0)
		return s->look_ns + 4 * s->around_ns;
	return s->look_ns < BREATH_NS ? s->look_ns : BREATH_NS;
}

/* No deadline before the target had that time. */
static bool is_crowded(const struct pst_sampler *s)
{
	uint64_t least = s->cpu >= 0 ? s->look_ns + breath(s) : s->look_ns;

	return least >= s->clock.period;
}

/* What a look takes of our CPU besides itself. */
static void measure_around(struct pst_sampler *s)
{
	uint64_t looks = s->tick - s->measured.tick;
	uint64_t cpu = cpu_ns(CLOCK_THREAD_CPUTIME_ID) - s->measured.cpu_ns;

	if (looks < 16)
		return;
	s->around_ns = cpu > s->measured.looks_ns ? (cpu - s->measured.looks_ns) / looks : 0;
	s->measured.tick += looks;
	s->measured.cpu_ns += cpu;
	s->measured.looks_ns = 0;
}

enum pst_err pst_sampler_look(struct pst_sampler *s, uint64_t period_ns)
{
	uint64_t reads = s->target->reads;
	enum pst_err err = pst_sampler_take(s);

	s->lead->counts.reads += s->target->reads - reads;
	/* The end is no failure of ours. */
	if (err != PST_GONE)
		pst_sampler_send(s, err, period_ns);
	return err;
}

static enum pst_err look(struct pst_sampler *s, struct loop *l, struct pst_why *why)
{
	uint64_t begin = pst_now_ns(), period = pst_clock_tick(&s->clock, begin);
	enum pst_err err = s->crew ? pst_crew_look(s, period) : pst_sampler_look(s, period);
	uint64_t now = pst_now_ns();
	s->look_ns = now - begin;
	s->measured.looks_ns += s->look_ns;
	pst_clock_done(&s->clock, now + (is_crowded(s) ? breath(s) : 0));
	if (s->crew)
		return err;
	if (err)
		return after_failure(s, l, err, why);
	l->failures = l->unsteady = l->denied = 0;
	return PST_OK;
}

/* Lets the rate follow what looking costs. */
static void keep_budget(struct pst_sampler *s, uint64_t now)
{
	pst_budget_step(&s->budget, s->rate, now, cost_ns(s), s->tick);
	if (s->budget_noted || !pst_budget_failed(&s->budget))
		return;
	s->budget_noted = true;
	pst_sampler_note(s,
			 _("The overhead cannot be kept under %g %% of a CPU: it is %.2g %% even at "
			   "%g looks a second."),
			 100 * s->budget.share, 100 * s->budget.spent, s->budget.rate);
}

/* Now and then: figures, notes, and whether it lives. */
static enum pst_err housekeeping(struct pst_sampler *s, struct loop *l, struct pst_why *why)
{
	uint64_t now = pst_now_ns();

	if (now < l->stats_ns)
		return PST_OK;
	l->stats_ns = now + STATS_NS;
	if (!s->crew)
		pst_sampler_watch(s, now);
	pst_sampler_send_notes(s);
	keep_budget(s, now);
	measure_around(s);
	if (!s->paused && !s->crew) /* what is on the screen then stays as it is */
		pst_sampler_send_usage(s, now);
	send_stats(s);
	if (s->crew)
		return pst_crew_watch(s, now);
	if (s->target->ops->check(s->target))
		return PST_GONE;
	/* The same interpreter anew may have everything where it was, so that no look fails. */
	if (++l->rounds % EXEC_ROUNDS || !pst_sampler_executed(s))
		return PST_OK;
	enum pst_err err = recover(s, why);
	pst_clock_restart(&s->clock, pst_now_ns());
	return err;
}

static void follow_rate(struct pst_sampler *s)
{
	double asked = s->rate, rate = asked < s->budget.rate ? asked : s->budget.rate;

	if (rate > s->clock_rate || rate < s->clock_rate) {
		s->clock_rate = rate;
		pst_clock_set_rate(&s->clock, rate, pst_now_ns());
	}
}

/* Sleeps until the next tick is due; false: not yet (or no tick is wanted). */
static bool wait_due(struct pst_sampler *s, const struct loop *l)
{
	if (s->paused) {
		pst_sampler_sleep(s, l->stats_ns);
		pst_clock_restart(&s->clock, pst_now_ns());
		return false;
	}
	follow_rate(s);
	if (!s->clock.period) {
		if (s->opt.sampling != PST_SAMPLING_FREE)
			pst_sleep_until_ns(pst_now_ns() + breath(s));
		return true;
	}
	if (s->clock.due > l->stats_ns) {
		pst_sampler_sleep(s, l->stats_ns);
		return false;
	}
	return !pst_sampler_sleep(s, s->clock.due);
}

/* False when a pause was asked for meanwhile: who asked may count on it. */
static bool begin_look(struct pst_sampler *s)
{
	pthread_mutex_lock(&s->lock);
	bool go = s->looking = !s->paused;
	pthread_mutex_unlock(&s->lock);
	return go;
}

static void end_look(struct pst_sampler *s)
{
	pthread_mutex_lock(&s->lock);
	s->looking = false;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

/* What came before, the attaching, is not what looking costs. */
static void start_counting(struct pst_sampler *s)
{
	uint64_t now = pst_now_ns();

	memset(pst_calls, 0, sizeof pst_calls);
	s->cpu_begin_ns = cpu_ns(CLOCK_THREAD_CPUTIME_ID);
	s->measured.cpu_ns = s->cpu_begin_ns;
	s->around_ns = AROUND_NS;
	pst_budget_start(&s->budget, s->opt.overhead_max, s->rate, now, cost_ns(s), 0);
	s->clock_rate = s->rate < s->budget.rate ? s->rate : s->budget.rate;
	pst_clock_start(&s->clock, s->clock_rate, now);
	if (s->opt.jitter)
		pst_clock_jitter(&s->clock, s->opt.seed ? s->opt.seed : now);
}

static enum pst_err sample(struct pst_sampler *s, struct pst_why *why)
{
	struct loop l = {0};
	enum pst_err err = PST_OK;

	start_counting(s);
	while (!err && !pst_sampler_stopping(s)) {
		err = housekeeping(s, &l, why);
		if (!err)
			pst_inspect_serve(s);
		if (!err && wait_due(s, &l) && begin_look(s)) {
			err = look(s, &l, why);
			end_look(s);
		}
	}
	return err;
}

static void finish(struct pst_sampler *s, enum pst_err err, const struct pst_why *why)
{
	uint64_t give_up = pst_now_ns() + END_NS;

	if (err && err != PST_GONE && *why->what)
		pst_sampler_note(s, "%s", why->what);
	pst_sampler_send_notes(s);
	send_stats(s);
	while (!pst_sampler_send_end(s, err)) {
		/* Until the screen is quick enough; once it is gone nobody waits for the record. */
		if (pst_sampler_stopping(s) && pst_now_ns() >= give_up)
			break;
		pst_sleep_until_ns(pst_now_ns() + END_NS / 50);
	}
}

static void *run(void *arg)
{
	struct pst_sampler *s = arg;
	struct pst_why why = {0};

	/* A sleep that ends late would make the tick late; by default it may by 50 µs. */
	pst_sched_slack(1000);
	enum pst_err err = s->opt.subprocesses ? pst_crew_start(s, &why) : pst_sampler_attach(s, &why);

	pthread_mutex_lock(&s->lock);
	s->attached = true;
	s->attach_err = err;
	s->why = why;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	if (!err) {
		why = (struct pst_why){0};
		/* Who is let in only when the subject gives its CPU away meets it there alone. */
		if (s->opt.sampling == PST_SAMPLING_COSCHEDULED)
			pst_sched_prompt();
		err = sample(s, &why);
		pst_inspect_end(s);
		finish(s, pst_sampler_stopping(s) ? PST_OK : err, &why);
	}
	pst_crew_free(s);
	pst_sampler_detach(s);
	pst_shot_free(&s->shot);
	pst_pause_forget();
	return NULL;
}

/* ---- from outside ------------------------------------------------------------------------ */

static double clamp_rate(double rate)
{
	if (!(rate >= RATE_MIN))
		return RATE_MIN;
	return rate > RATE_MAX && isfinite(rate) ? RATE_MAX : rate;
}

static void release(struct pst_sampler *s)
{
	pst_inspect_free(s);
	pst_sampler_send_free(s);
	pst_sampler_usage_free(s);
	pst_ids_free(s->ids);
	free(s->cmdline);
	pst_beat_free(s->beat);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static struct pst_sampler *prepare(const struct pst_sampler_options *opt, struct pst_ring *ring)
{
	struct pst_sampler *s = pst_calloc(1, sizeof *s);
	pthread_condattr_t attr;

	s->lead = s;
	s->opt = *opt;
	s->ring = ring;
	s->cpu = -1;
	s->proof.cpu = -1;
	s->beat = pst_beat_new();
	s->rate = clamp_rate(opt->rate);
	s->idle = opt->idle;
	s->gil_only = opt->gil_only;
	s->ids = pst_ids_new(ring, opt->full_filenames);
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->changed, &attr);
	pthread_condattr_destroy(&attr);
	return s;
}

/*
 * Signals are for the thread that has the terminal, but for those that a crash raises: blocked,
 * they would end us before the handler could give the terminal back.
 */
int pst_sampler_thread(pthread_t *thread, void *(*run_it)(void *), void *arg)
{
	sigset_t all, before;

	static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

	sigfillset(&all);
	for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
		sigdelset(&all, crashes[i]);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(thread, NULL, run_it, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

enum pst_err pst_sampler_begin(const struct pst_sampler_options *opt, struct pst_ring *ring,
			       struct pst_sampler **out, struct pst_why *why)
{
	struct pst_sampler *s = prepare(opt, ring);
	int rc = pst_sampler_thread(&s->thread, run, s);

	*out = rc ? NULL : s;
	if (!rc)
		return PST_OK;
	release(s);
	return pst_why_set(why, PST_LIMIT, rc,
			   rc == EAGAIN ? _("No thread can be started: the limit of the "
					    "user (ulimit -u) or of the cgroup (pids.max) "
					    "is reached.")
					: _("The sampler's thread could not be started."));
}

bool pst_sampler_attached(struct pst_sampler *s, uint64_t deadline_ns, enum pst_err *err,
			  struct pst_why *why)
{
	const struct timespec at = {.tv_sec = (time_t)(deadline_ns / NS),
				    .tv_nsec = (long)(deadline_ns % NS)};
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	while (!s->attached && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&s->changed, &s->lock, &at);
	bool done = s->attached;
	*err = s->attach_err;
	if (done && *err && why)
		*why = s->why;
	pthread_mutex_unlock(&s->lock);
	return done;
}

enum pst_err pst_sampler_start(const struct pst_sampler_options *opt, struct pst_ring *ring,
			       struct pst_sampler **out, struct pst_why *why)
{
	enum pst_err err = pst_sampler_begin(opt, ring, out, why);

	if (err)
		return err;
	while (!pst_sampler_attached(*out, pst_now_ns() + NS, &err, why))
		;
	if (err) {
		pst_sampler_stop(*out);
		*out = NULL;
	}
	return err;
}

void pst_sampler_set_rate(struct pst_sampler *s, double rate)
{
	s->rate = clamp_rate(rate);
	poke(s);
}

void pst_sampler_set_paused(struct pst_sampler *s, bool paused)
{
	uint64_t until = pst_now_ns() + PAUSE_WAIT_NS;
	const struct timespec at = {.tv_sec = (time_t)(until / NS), .tv_nsec = (long)(until % NS)};
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	s->paused = paused;
	s->poked = true;
	/* What waits must not begin behind the back of who relies on the pause. */
	s->box.held_back = paused && s->box.asked;
	atomic_store(&s->inspect_waits, s->box.asked && !paused);
	pthread_cond_broadcast(&s->changed);
	while (paused && s->looking && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&s->changed, &s->lock, &at);
	pthread_mutex_unlock(&s->lock);
}

void pst_sampler_set_idle(struct pst_sampler *s, bool idle)
{
	s->idle = idle;
}

void pst_sampler_set_gil_only(struct pst_sampler *s, bool gil_only)
{
	s->gil_only = gil_only;
}

void pst_sampler_stop(struct pst_sampler *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	release(s);
}
