// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/priv.h"

#define INTERVAL_NS UINT64_C(500000000)
#define BACK_NS	    UINT64_C(1000000000)

/*
 * A round of figures has one time: the first record of it moves the clock, when all that belongs to
 * the round before is there.
 */
static void move_clock(struct pst_meter_clock *c, uint64_t time_ns)
{
	if (!c->now || time_ns + BACK_NS < c->now) {
		*c = (struct pst_meter_clock){time_ns, time_ns, time_ns, c->turn + 2};
		return;
	}
	if (time_ns <= c->now)
		return;
	if (c->now - c->middle >= INTERVAL_NS) {
		c->from = c->middle;
		c->middle = c->now;
		c->turn++;
	}
	c->now = time_ns;
}

static void catch_up(struct pst_meter *meter, const struct pst_meter_clock *clock)
{
	uint64_t turns = clock->turn - meter->turn;

	if (turns)
		meter->from = turns == 1 ? meter->middle : meter->now;
	if (turns)
		meter->middle = meter->now;
	meter->turn = clock->turn;
}

static void read_meter(struct pst_meter *meter, const struct pst_meter_clock *clock,
		       uint64_t cpu_ns)
{
	if (!meter->since || cpu_ns < meter->now) {
		*meter = (struct pst_meter){cpu_ns, cpu_ns, cpu_ns, clock->now, clock->turn};
		return;
	}
	catch_up(meter, clock);
	meter->now = cpu_ns;
}

double pst_meter_percent(const struct pst_meter *meter, const struct pst_meter_clock *clock)
{
	struct pst_meter m = *meter;
	uint64_t from = m.since > clock->from ? m.since : clock->from;

	if (!m.since || from >= clock->now)
		return -1;
	catch_up(&m, clock);
	return 100.0 * (double)(m.now - m.from) / (double)(clock->now - from);
}

bool pst_model_usage(struct pst_model *m, const struct pst_rec_usage *r)
{
	if (!r->process || r->process > m->processes.len)
		return false;
	struct pst_process_state *p = &m->processes.at[r->process - 1];
	uint64_t used = p->cpu.now;

	if (r->head.flags & PST_USAGE_GONE) {
		p->rss_bytes = 0;
		p->threads = p->active = 0;
		p->cpu = (struct pst_meter){0};
		p->tick = ++m->tick.number; /* no thread was in it */
		return true;
	}
	move_clock(&p->clock, r->time_ns);
	p->rss_bytes = r->rss_bytes;
	if (p->cpu.since && r->time_ns > p->usage_ns && r->cpu_ns >= used) {
		pst_model_settle(m);
		pst_history_cpu(m->history, r->process, p->usage_ns, r->time_ns, r->cpu_ns - used);
	}
	p->usage_ns = r->time_ns;
	read_meter(&p->cpu, &p->clock, r->cpu_ns);
	return true;
}

bool pst_model_thread_usage(struct pst_model *m, const struct pst_rec_thread_usage *r)
{
	if (!r->thread || r->thread > m->threads.len)
		return false;
	uint32_t process = m->defs.threads.at[r->thread - 1].process;
	struct pst_meter_clock *clock = &m->processes.at[process - 1].clock;

	move_clock(clock, r->time_ns);
	read_meter(&m->threads.at[r->thread - 1].cpu, clock, r->cpu_ns);
	return true;
}

size_t pst_model_process_infos(const struct pst_model *m, struct pst_process_info *out, size_t cap)
{
	for (size_t i = 0; i < m->processes.len && i < cap; i++) {
		const struct pst_def_process *d = &m->defs.processes.at[i];
		const struct pst_process_state *p = &m->processes.at[i];
		out[i] = (struct pst_process_info){
			.id = (uint32_t)i + 1,
			.pid = d->pid,
			.cmdline = pst_defs_text(&m->defs, d->cmdline),
			.version = pst_defs_text(&m->defs, d->version),
			.start_unix = d->start_unix,
			.rss_bytes = p->rss_bytes,
			.cpu_percent = pst_meter_percent(&p->cpu, &p->clock),
			.threads = p->threads,
			.active = p->active,
		};
	}
	return m->processes.len;
}
