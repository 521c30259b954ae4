// SPDX-License-Identifier: MIT
#include "config.h"

#include "target/target.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/i18n.h"

struct live {
	struct pst_target base;
	struct pst_proc *proc;
	struct pst_pause *pause;
};

static struct live *self(struct pst_target *t)
{
	return (struct live *)t;
}

static enum pst_err live_read(struct pst_target *t, uint64_t at, void *buf, size_t len)
{
	return pst_mem_read(self(t)->proc, at, buf, len);
}

static enum pst_err live_readv(struct pst_target *t, const struct pst_span *spans, size_t n)
{
	return pst_mem_readv(self(t)->proc, spans, n);
}

static enum pst_err live_maps(struct pst_target *t, struct pst_maps *out, struct pst_why *why)
{
	return pst_maps_read(self(t)->proc, out, why);
}

static int live_open_mapped(struct pst_target *t, const struct pst_map *map)
{
	return pst_proc_open_mapped(self(t)->proc, map);
}

static int live_open_path(struct pst_target *t, const char *path)
{
	return pst_proc_open_path(self(t)->proc, path);
}

static enum pst_err live_tasks(struct pst_target *t, unsigned what, struct pst_tasks *out)
{
	return pst_tasks_read(self(t)->proc, what, out);
}

static enum pst_err live_task(struct pst_target *t, unsigned what, struct pst_task *task)
{
	return pst_task_read(self(t)->proc, what, task);
}

static enum pst_err live_cpu_ns(struct pst_target *t, uint64_t *out)
{
	return pst_proc_cpu_ns(self(t)->proc, out);
}

static enum pst_err live_usage(struct pst_target *t, struct pst_usage *out)
{
	return pst_proc_usage(self(t)->proc, out);
}

static const char *live_method(const struct pst_target *t)
{
	return pst_mem_method(((const struct live *)t)->proc);
}

static enum pst_err live_info(struct pst_target *t, struct pst_proc_info *out)
{
	return pst_proc_info_of(self(t)->proc, out);
}

static enum pst_err live_check(struct pst_target *t)
{
	pst_pause_settle();
	return pst_proc_check(self(t)->proc);
}

static enum pst_halt live_halt(struct pst_target *t)
{
	return pst_proc_halt(self(t)->proc);
}

static enum pst_err live_pause(struct pst_target *t, const pid_t *tids, size_t n,
			       uint64_t timeout_ns, struct pst_why *why)
{
	struct live *l = self(t);

	if (l->pause)
		return pst_why_set(why, PST_EXISTS, 0, _("Process %d is paused already."),
				   (int)t->pid);
	return pst_pause(l->proc, tids, n, timeout_ns, &l->pause, why);
}

static uint64_t live_resume(struct pst_target *t)
{
	struct live *l = self(t);
	uint64_t held = pst_resume(l->pause);

	l->pause = NULL;
	return held;
}

static size_t live_held(struct pst_target *t)
{
	return self(t)->pause ? pst_pause_count(self(t)->pause) : 0;
}

static size_t live_regs(struct pst_target *t, const struct pst_regs **out)
{
	*out = NULL;
	return self(t)->pause ? pst_pause_regs(self(t)->pause, out) : 0;
}

static void live_close(struct pst_target *t)
{
	pst_pause_settle();
	pst_proc_close(self(t)->proc);
	free(t);
}

static const struct pst_target_ops live_ops = {
	.name = "live",
	.read = live_read,
	.readv = live_readv,
	.maps = live_maps,
	.open_mapped = live_open_mapped,
	.open_path = live_open_path,
	.tasks = live_tasks,
	.task = live_task,
	.cpu_ns = live_cpu_ns,
	.usage = live_usage,
	.method = live_method,
	.info = live_info,
	.check = live_check,
	.halt = live_halt,
	.pause = live_pause,
	.resume = live_resume,
	.held = live_held,
	.regs = live_regs,
	.close = live_close,
};

enum pst_err pst_target_open_live(pid_t pid, struct pst_target **out, struct pst_why *why)
{
	struct pst_proc *proc;
	struct live *l;
	enum pst_err err = pst_proc_open(pid, &proc, why);

	*out = NULL;
	if (err)
		return err;
	l = pst_calloc(1, sizeof *l);
	l->base.ops = &live_ops;
	l->base.pid = pid;
	l->proc = proc;
	*out = &l->base;
	return PST_OK;
}
