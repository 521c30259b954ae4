// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/entries.h"

#include "base/buf.h"
#include "base/i18n.h"

#include <inttypes.h>

size_t pst_entries(const struct pst_profile *p, const struct pst_export_options *opt)
{
	return opt->functions ? p->funcs.len : p->frames.len;
}

const struct pst_profile_func *pst_entry(const struct pst_profile *p,
					 const struct pst_export_options *opt, size_t i, int *line)
{
	uint32_t func = opt->functions ? (uint32_t)i + 1 : p->frames.at[i].func;

	*line = opt->functions ? p->funcs.at[i].first_line : p->frames.at[i].line;
	return &p->funcs.at[func - 1];
}

void pst_path_of(const struct pst_profile *p, const struct pst_export_options *opt, uint32_t node,
		 struct pst_path *out)
{
	out->at.len = 0;
	if (node > p->nodes.len)
		return;
	for (; node; node = p->nodes.at[node - 1].parent) {
		uint32_t frame = p->nodes.at[node - 1].frame;
		*PST_VEC_PUSH(&out->at) =
			(opt->functions ? p->frames.at[frame - 1].func : frame) - 1;
	}
	for (size_t i = 0, k = out->at.len; i + 1 < k; i++) {
		uint32_t swap = out->at.at[i];
		out->at.at[i] = out->at.at[--k];
		out->at.at[k] = swap;
	}
}

int pst_thread_pid(const struct pst_profile *p, uint32_t thread)
{
	uint32_t process = thread ? p->threads.at[thread - 1].process : 0;

	return process && process <= p->processes.len ? p->processes.at[process - 1].pid
						      : p->facts.pid;
}

int64_t pst_thread_tid(const struct pst_profile *p, uint32_t thread)
{
	int64_t tid = thread ? p->threads.at[thread - 1].tid : 0;

	return tid ? tid : thread;
}

void pst_thread_title(const struct pst_profile *p, uint32_t thread, struct pst_buf *out)
{
	if (!thread) {
		pst_buf_adds(out, _("all threads"));
		return;
	}
	if (p->processes.len > 1)
		pst_buf_addf(out, "Process %d ", pst_thread_pid(p, thread));
	pst_buf_addf(out, "Thread %" PRId64, pst_thread_tid(p, thread));
	if (*p->threads.at[thread - 1].name)
		pst_buf_addf(out, " \"%s\"", p->threads.at[thread - 1].name);
}

uint64_t pst_runs_end(const struct pst_profile *p)
{
	uint64_t end = 0;

	for (size_t i = 0; i < p->runs.len; i++)
		if (p->runs.at[i].start_ns + p->runs.at[i].ns > end)
			end = p->runs.at[i].start_ns + p->runs.at[i].ns;
	return end;
}
