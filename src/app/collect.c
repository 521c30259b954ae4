// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/collect.h"

#include "base/alloc.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define PAUSE_TIMEOUT_NS UINT64_C(2000000000)
#define FRAMES_MAX ((size_t)1000000) /* of all threads of a process */
#define VARS_MAX ((size_t)64 << 20) /* bytes of all variables */
#define STARTUP_NS UINT64_C(1000000000) /* a process that has just been started gets this long */
#define STARTUP_STEP_NS UINT64_C(10000000)
#define ATTEMPTS 5 /* for a stack that comes out broken: it was just being changed */
#define TASK_FACTS (PST_TASK_STAT | PST_TASK_SCHED | PST_TASK_SYSCALL | PST_TASK_COMM | PST_TASK_NS)
#define THREAD_FACTS (PST_THREADS_NAMES | PST_THREADS_STATE)

void process_label(const struct pst_proc_info *info, struct pst_buf *out)
{
	struct pst_buf joined = {0};

	pst_buf_add(&joined, info->cmdline, info->cmdline_len);
	for (size_t i = 0; i < joined.len; i++)
		if (!joined.data[i])
			joined.data[i] = ' ';
	while (joined.len && joined.data[joined.len - 1] == ' ')
		pst_buf_cut(&joined, joined.len - 1);
	if (!joined.len)
		pst_buf_addf(&joined, "[%s]", info->comm);
	pst_text_sanitise(out, joined.data, joined.len, 4096);
	pst_buf_free(&joined);
}

static enum pst_err open_python(struct shown_process *p, struct pst_why *why)
{
	uint64_t give_up = pst_now_ns() + STARTUP_NS;
	enum pst_err err;

	/* a recording does not change */
	while ((err = pst_python_open(p->target, &p->py, why)) == PST_NOTREADY && p->target->ops->pause &&
	       pst_now_ns() < give_up)
		pst_sleep_until_ns(pst_now_ns() + STARTUP_STEP_NS);
	return err;
}

/* HINT is where it most likely is: both lists are in the same order. */
static bool has_pid(const struct pst_pids *pids, pid_t pid, size_t hint)
{
	if (hint < pids->len && pids->at[hint] == pid)
		return true;
	for (size_t i = 0; i < pids->len; i++)
		if (pids->at[i] == pid)
			return true;
	return false;
}

/*
 * Ids of the threads that run Python, each once (one thread may be in several interpreters); false
 * when one of them is unknown: then all must be paused.
 */
static bool python_tids(const struct pst_threads *threads, struct pst_pids *out)
{
	out->len = 0;
	for (size_t i = 0; i < threads->len; i++) {
		if (threads->at[i].tid <= 0)
			return false;
		if (!has_pid(out, threads->at[i].tid, SIZE_MAX))
			*PST_VEC_PUSH(out) = threads->at[i].tid;
	}
	return out->len > 0;
}

static bool all_held(const struct pst_threads *threads, const struct pst_pids *held)
{
	for (size_t i = 0; i < threads->len; i++)
		if (!has_pid(held, threads->at[i].tid, i))
			return false;
	return true;
}

static enum pst_err list(struct shown_process *p, const struct pst_tasks *tasks, struct pst_threads *out,
			 struct pst_why *why)
{
	enum pst_err err = pst_python_threads(p->py, THREAD_FACTS, tasks, out);

	if (err)
		pst_why_set(why, err, 0, _("The threads of process %d cannot be read: %s."),
			    (int)p->target->pid, pst_err_text(err));
	return err;
}

static void let_go(struct shown_process *p)
{
	if (p->target->ops->resume)
		p->pause_ns += p->target->ops->resume(p->target);
}

static enum pst_err pause_all(struct shown_process *p, struct pst_why *why)
{
	return p->target->ops->pause(p->target, NULL, 0, PAUSE_TIMEOUT_NS, why);
}

/*
 * Holds the threads that run Python and lists them again: one that was born before it was held
 * makes it hold all threads of the process.
 */
static enum pst_err pause_and_list(struct shown_process *p, const struct pst_tasks *tasks,
				   struct pst_threads *threads, struct pst_why *why)
{
	struct pst_pids tids = {0};
	bool known = python_tids(threads, &tids);
	enum pst_err err = known ? p->target->ops->pause(p->target, tids.at, tids.len, PAUSE_TIMEOUT_NS, why)
				 : pause_all(p, why);

	if (!err)
		err = list(p, tasks, threads, why);
	if (!err && known && !all_held(threads, &tids)) {
		let_go(p);
		err = pause_all(p, why);
		if (!err)
			err = list(p, tasks, threads, why);
	}
	pst_pids_free(&tids);
	return err;
}

static void read_code(struct shown_process *p, const struct pst_pyframe *raw, const struct options *opt,
		      struct shown_frame *out)
{
	const struct pst_code *code = NULL;

	out->is_entry = raw->is_entry;
	out->is_shim = raw->is_shim;
	if (raw->is_shim)
		return;
	out->err = pst_python_code(p->py, raw->code, true, &code);
	if (out->err)
		return;
	out->code = code;
	out->plain_name = code->name;
	out->qualname = code->qualname;
	if (!out->qualname && opt->qualnames)
		out->qualname = pst_python_qualname(p->py, raw, code);
	out->name = out->qualname ? out->qualname : out->plain_name;
	out->file = code->filename;
	out->first_line = code->first_line;
	pst_code_position(p->py, code, raw->lasti, &out->pos);
	if (raw->line > 0)
		out->pos = (struct pst_position){.line = raw->line, .end_line = raw->line, .col = -1, .end_col = -1};
}

/* One -l gives a line or three for a value, each further one eight times as much. */
static struct pst_value_limits value_limits(unsigned times)
{
	unsigned more = times < 2 ? 0 : times < 8 ? times - 1 : 7;

	return (struct pst_value_limits){
		.bytes = (size_t)256 << (3 * more),
		.items = 16u << (3 * more),
		.string = 128u << (3 * more),
		.depth = 3 + 2 * more,
	};
}

/* The machinery of import lies between what imports and what is imported, and tells nothing of either. */
static bool is_of_import(const struct shown_frame *f)
{
	return f->file && !strncmp(f->file, "<frozen importlib._bootstrap", 28);
}

/*
 * As Python does in its tracebacks: but where the import itself is what the thread does (it waits for
 * the lock of a module), the innermost of them stay.
 */
static void hide_import(struct shown_thread *t)
{
	size_t i = 0;

	while (i < t->len && is_of_import(&t->frames[i]))
		i++;
	for (; i < t->len; i++)
		t->frames[i].is_hidden = is_of_import(&t->frames[i]);
}

/* Beside a thread that runs: only what two reads in a row agree on. */
static enum pst_err walk_unpaused(struct shown_process *p, const struct pst_thread *thread,
				  unsigned flags, struct pst_stack *out)
{
	struct pst_stack second = {0};
	enum pst_err err = PST_OK;

	for (int i = 0; i < ATTEMPTS; i++) {
		err = pst_python_stack(p->py, thread, flags, out);
		if (err)
			break;
		err = pst_python_stack(p->py, thread, flags, &second);
		if (err || (!out->broken && pst_stack_same(out, &second)))
			break;
		err = PST_CHANGED;
	}
	pst_stack_free(&second);
	return err;
}

/* Innermost frames first, until what they take is too much for all threads together. */
static void read_vars(struct shown_process *p, const struct pst_pyframe *raw, const struct pst_value_limits *limits,
		      struct shown_frame *out)
{
	if (p->vars >= VARS_MAX) {
		out->err = PST_LIMIT;
		return;
	}
	out->err = pst_python_locals(p->py, raw, limits, &out->vars);
	for (size_t i = 0; i < out->vars.len; i++)
		p->vars += sizeof *out->vars.at + strlen(out->vars.at[i].name) + strlen(out->vars.at[i].repr);
}

static void read_stack(struct shown_process *p, const struct options *opt, struct pst_stack *stack,
		       struct shown_thread *out)
{
	struct pst_value_limits limits = value_limits(opt->locals);

	if (p->frames >= FRAMES_MAX) {
		out->err = PST_LIMIT;
		return;
	}
	unsigned shims = opt->full_stack ? PST_STACK_SHIMS : 0;
	out->err = p->held ? pst_python_stack(p->py, &out->thread, PST_STACK_PAUSED | shims, stack)
			   : walk_unpaused(p, &out->thread, shims, stack);
	if (out->err)
		return;
	out->truncated = stack->truncated || stack->len > FRAMES_MAX - p->frames;
	out->broken = stack->broken;
	out->len = stack->len > FRAMES_MAX - p->frames ? FRAMES_MAX - p->frames : stack->len;
	out->frames = pst_calloc(out->len, sizeof *out->frames);
	p->frames += out->len;
	for (size_t i = 0; i < out->len; i++) {
		read_code(p, &stack->at[i], opt, &out->frames[i]);
		if (opt->locals && !out->frames[i].err && !stack->at[i].is_shim)
			read_vars(p, &stack->at[i], &limits, &out->frames[i]);
	}
	if (!opt->full_stack)
		hide_import(out);
}

static void read_stacks(struct shown_process *p, const struct options *opt, const struct pst_threads *threads)
{
	struct pst_stack stack = {0};

	p->threads = pst_calloc(threads->len, sizeof *p->threads);
	p->len = threads->len;
	p->threads_truncated = threads->truncated;
	p->frames = p->vars = 0;
	for (size_t i = 0; i < threads->len; i++) {
		p->threads[i].thread = threads->at[i];
		read_stack(p, opt, &stack, &p->threads[i]);
	}
	pst_stack_free(&stack);
}

static void free_thread(struct shown_thread *t)
{
	for (size_t i = 0; i < t->len; i++)
		pst_vars_free(&t->frames[i].vars);
	free(t->frames);
}

static void free_threads(struct shown_process *p)
{
	for (size_t i = 0; i < p->len; i++)
		free_thread(&p->threads[i]);
	free(p->threads);
	p->threads = NULL;
	p->len = 0;
}

/* Whether another look could do better: it could not where a limit of our own was reached. */
static bool any_broken(const struct shown_process *p)
{
	for (size_t i = 0; i < p->len; i++)
		if (p->threads[i].broken || (p->threads[i].err && p->threads[i].err != PST_LIMIT))
			return true;
	return false;
}

struct facts { /* what the system told, before and after the interpreter was looked for */
	struct pst_tasks before, after;
};

static enum pst_err look_once(struct shown_process *p, const struct options *opt, const struct facts *facts,
			      struct pst_threads *threads, struct pst_why *why)
{
	enum pst_err err = list(p, &facts->after, threads, why);

	if (!err && p->held)
		err = pause_and_list(p, &facts->after, threads, why);
	if (!err) {
		pst_threads_judge(threads, &facts->before, &facts->after, p->py, NULL);
		read_stacks(p, opt, threads);
	}
	let_go(p);
	return err;
}

/*
 * Even a pause may hit the moment in which a frame is linked in or taken out: then it looks again, a
 * little later.
 */
static enum pst_err look(struct shown_process *p, const struct options *opt, const struct facts *facts,
			 struct pst_why *why)
{
	struct pst_threads threads = {0};
	enum pst_err err = PST_OK;

	for (int i = 0; i < ATTEMPTS && !err; i++) {
		free_threads(p);
		err = look_once(p, opt, facts, &threads, why);
		if (!any_broken(p) || !p->target->ops->pause)
			break;
	}
	pst_threads_free(&threads);
	return err;
}

/* The facts of the system come before the pause: a paused thread looks idle. */
static enum pst_err read_all(struct shown_process *p, const struct options *opt, struct pst_why *why)
{
	struct facts facts = {0};

	p->held = p->target->ops->pause && !opt->nonblocking;
	p->target->ops->tasks(p->target, TASK_FACTS, &facts.before);
	enum pst_err err = open_python(p, why);
	if (!err)
		err = p->target->ops->tasks(p->target, TASK_FACTS, &facts.after);
	if (!err)
		err = look(p, opt, &facts, why);
	pst_tasks_free(&facts.before);
	pst_tasks_free(&facts.after);
	return err;
}

/* Looks at the file system, which may be slow: not while the target is held. */
static void shorten_filenames(struct shown_process *p)
{
	for (size_t i = 0; i < p->len; i++)
		for (size_t k = 0; k < p->threads[i].len; k++) {
			struct shown_frame *f = &p->threads[i].frames[k];
			if (f->code)
				f->short_file = pst_python_short_filename(p->py, f->code);
		}
}

static void log_findings(const struct shown_process *p)
{
	const struct pst_python_info *info = pst_python_info(p->py);
	const struct pst_layout *layout = pst_python_layout(p->py);

	pst_log(PST_LOG_INFO, _("version %s from: %s"), info->version_text, _(info->version_source));
	pst_log(PST_LOG_INFO, _("interpreter in %s at 0x%llx, found by: %s"), info->binary,
		(unsigned long long)info->runtime, _(info->runtime_source));
	pst_log(PST_LOG_INFO, _("layout: %s"), layout->source ? layout->source : "?");
	if (p->pause_ns)
		pst_log(PST_LOG_INFO, _("the process was paused for %.3f ms"), (double)p->pause_ns / 1e6);
	pst_log(PST_LOG_INFO, _("%llu reads, %llu bytes"), (unsigned long long)p->target->reads,
		(unsigned long long)p->target->bytes);
	if (info->newer_than_known)
		pst_log(PST_LOG_WARN, _("Python %s is newer than this program knows; it is read by its own "
					"description of itself. Please check what you see."),
			info->version_text);
	if (info->unproved)
		pst_log(PST_LOG_WARN, _("Python %s was never tested with this program; please check what you see."),
			info->version_text);
}

enum pst_err collect(struct pst_target *target, const struct options *opt, struct shown_process *out,
		     struct pst_why *why)
{
	*out = (struct shown_process){.target = target};
	enum pst_err err = target->ops->info(target, &out->info);

	if (err)
		return pst_why_set(why, err, 0, _("Process %d: %s."), (int)target->pid, pst_err_text(err));
	err = read_all(out, opt, why);
	if (err)
		return err;
	shorten_filenames(out);
	log_findings(out);
	return PST_OK;
}

void collected_free(struct shown_process *p)
{
	free_threads(p);
	pst_python_close(p->py);
	pst_target_close(p->target);
	pst_proc_info_free(&p->info);
	*p = (struct shown_process){0};
}
