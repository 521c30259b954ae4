// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/priv.h"

#include <string.h>

static const struct pst_wall *window_of(const struct pst_model *m, size_t process)
{
	const struct pst_process_state *p = &m->processes.at[process];

	return m->rolled ? &p->shown : &p->now;
}

uint64_t pst_model_window_ns(const struct pst_model *m)
{
	uint64_t most = 0;

	/*
	 * Processes are looked at side by side: the window is as long as that of the one seen
	 * longest.
	 */
	for (size_t i = 0; i < m->processes.len; i++) {
		uint64_t ns = window_of(m, i)->ticks;
		most = ns > most ? ns : most;
	}
	return most;
}

/* ---- header ------------------------------------------------------------------------------ */

static void add_usage(const struct pst_process_state *p, struct pst_summary *out)
{
	double cpu = pst_meter_percent(&p->cpu, &p->clock);

	out->rss_bytes += p->rss_bytes;
	if (cpu >= 0)
		out->cpu_percent = cpu + (out->cpu_percent > 0 ? out->cpu_percent : 0);
}

static void summarise_processes(const struct pst_model *m, struct pst_summary *out)
{
	uint64_t gil = 0, active = 0, window = pst_model_window_ns(m);

	for (size_t i = 0; i < m->processes.len; i++) {
		gil += window_of(m, i)->gil;
		active += window_of(m, i)->active;
		out->threads += m->processes.at[i].threads;
		out->active_threads += m->processes.at[i].active;
		add_usage(&m->processes.at[i], out);
	}
	if (window) {
		out->gil_percent = 100.0 * (double)gil / (double)window;
		out->active_percent = 100.0 * (double)active / (double)window;
	}
}

static void summarise_target(const struct pst_model *m, struct pst_summary *out)
{
	out->cmdline = out->version = "";
	if (!m->defs.processes.len)
		return;
	const struct pst_def_process *p = &m->defs.processes.at[0];
	out->cmdline = pst_defs_text(&m->defs, p->cmdline);
	out->version = pst_defs_text(&m->defs, p->version);
	out->pid = p->pid;
	out->start_unix = p->start_unix;
}

void pst_model_summary(const struct pst_model *m, struct pst_summary *out)
{
	const struct pst_rec_stats *s = &m->stats;

	*out = (struct pst_summary){
		.ticks = m->ticks,
		.samples = m->samples,
		.late = s->late,
		/* Statistics come now and then; the ticks may know more by now. */
		.rejected = s->rejected > m->rejected ? s->rejected : m->rejected,
		.rejected_ticks = m->rejected,
		.dropped = s->dropped,
		.pause_p50_ns = s->pause_p50_ns,
		.pause_p99_ns = s->pause_p99_ns,
		.pause_max_ns = s->pause_max_ns,
		.reads = s->reads,
		.sampler_cpu_ns = s->cpu_ns,
		.stacks = s->stacks,
		.proved = s->proved,
		.cut = s->cut,
		.gaps = s->gaps,
		.target_stopped = s->target_stopped != 0,
		.target_frozen = s->target_frozen != 0,
		.halted_ns = s->halted_ns,
		.gap_ns = s->gap_ns,
		.otherwise = s->otherwise,
		.mostly_otherwise = s->otherwise > s->ticks / 2,
		.pauses = s->pauses,
		.stopped = s->stopped,
		.held_ns = s->held_ns,
		.rate_now = s->rate_now,
		.overhead = s->overhead,
		.overhead_max = s->overhead_max,
		.rate_asked = s->rate_asked,
		.rate_achieved = s->rate_achieved,
		.cpu_percent = -1,
		.first_ns = m->first_ns,
		.last_ns = m->last_ns,
		.ended = m->end != PST_END_NONE,
		.end = m->end,
		.errors = m->errors,
	};
	memcpy(out->calls, s->calls, sizeof out->calls);
	summarise_target(m, out);
	summarise_processes(m, out);
}
