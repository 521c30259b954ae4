// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/stacks.h"

#include "base/alloc.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct table { /* open addressing: index + 1 */
	uint32_t *at;
	size_t size; /* a power of two */
};

struct build {
	const struct pst_profile *p;
	const struct pst_export_options *opt;
	struct pst_stacks *out;
	struct table nodes, labels;
	unsigned roots;
	bool base; /* P is the other profile */
	/* Of the profile under way: */
	uint32_t *label_of;	   /* frame id - 1: index + 1 */
	uint32_t *node_of, *stamp; /* node id - 1: index, good if its stamp is the root's */
	PST_VEC(uint32_t) path;
};

bool pst_export_counts(const struct pst_profile *p, const struct pst_export_options *opt,
		       unsigned kind)
{
	if (p->filtered)
		return true;
	return (opt->idle || !(kind & PST_WAS_IDLE)) && (!opt->gil_only || kind & PST_WAS_GIL);
}

int pst_export_line(const struct pst_profile *p, const struct pst_export_options *opt,
		    uint32_t frame)
{
	const struct pst_profile_frame *f = &p->frames.at[frame - 1];

	return opt->functions ? p->funcs.at[f->func - 1].first_line : f->line;
}

/* ---- tables ------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t h)
{
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

static uint64_t mix_text(uint64_t h, const char *text)
{
	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return h;
}

static void table_free(struct table *t)
{
	free(t->at);
	*t = (struct table){0};
}

static void table_size(struct table *t, size_t size)
{
	free(t->at);
	t->size = size;
	t->at = pst_calloc(size, sizeof *t->at);
}

/* ---- labels ------------------------------------------------------------------------------- */

static uint64_t label_hash(const struct pst_label *l)
{
	uint64_t h = mix_text(mix_text(14695981039346656037u, l->name), l->full_file);

	return mix(h ^ (uint64_t)(uint32_t)l->line << 8 ^ l->kind);
}

static int label_order(const struct pst_label *a, const struct pst_label *b)
{
	int order = a->name == b->name ? 0 : strcmp(a->name, b->name);

	if (!order && a->full_file != b->full_file)
		order = strcmp(a->full_file, b->full_file);
	if (!order)
		order = (a->line > b->line) - (a->line < b->line);
	if (!order)
		order = (int)a->kind - (int)b->kind;
	return order ? order : (a->id > b->id) - (a->id < b->id);
}

static uint32_t *label_slot(struct build *b, const struct pst_label *l)
{
	size_t i = label_hash(l) & (b->labels.size - 1);

	while (b->labels.at[i] && label_order(&b->out->labels.at[b->labels.at[i] - 1], l))
		i = (i + 1) & (b->labels.size - 1);
	return &b->labels.at[i];
}

static uint32_t label_index(struct build *b, const struct pst_label *l)
{
	uint32_t *slot = label_slot(b, l);

	if (*slot)
		return *slot - 1;
	*PST_VEC_PUSH(&b->out->labels) = *l;
	uint32_t index = (uint32_t)b->out->labels.len - 1;
	*slot = index + 1;
	if (b->out->labels.len * 2 > b->labels.size) {
		table_size(&b->labels, b->labels.size * 2);
		for (size_t i = 0; i < b->out->labels.len; i++)
			*label_slot(b, &b->out->labels.at[i]) = (uint32_t)i + 1;
	}
	return index;
}

static uint32_t frame_label(struct build *b, uint32_t frame)
{
	uint32_t *known = &b->label_of[frame - 1];

	if (!*known) {
		const struct pst_profile_func *f =
			&b->p->funcs.at[b->p->frames.at[frame - 1].func - 1];
		const struct pst_label l = {.kind = PST_LABEL_FRAME,
					    .name = f->name,
					    .file = f->file,
					    .full_file = f->full_file,
					    .line = pst_export_line(b->p, b->opt, frame),
					    .first_line = f->first_line,
					    .library = f->library};
		*known = label_index(b, &l) + 1;
	}
	return *known - 1;
}

static uint32_t made_label(struct build *b, enum pst_label_kind kind, uint32_t id, char *name)
{
	const struct pst_label l = {
		.kind = kind, .name = name, .file = "", .full_file = "", .id = id};

	*PST_VEC_PUSH(&b->out->texts) = name;
	return label_index(b, &l);
}

static uint32_t process_label(struct build *b, uint32_t id)
{
	const struct pst_profile_process *p = &b->p->processes.at[id - 1];

	return made_label(b, PST_LABEL_PROCESS, id,
			  pst_asprintf("process %d:\"%s\"", p->pid, p->cmdline));
}

static uint32_t thread_label(struct build *b, uint32_t id)
{
	const struct pst_profile_thread *t = &b->p->threads.at[id - 1];
	const char *between = *t->name ? ": " : "";

	return made_label(b, PST_LABEL_THREAD, id,
			  pst_asprintf("thread (%" PRId64 ")%s%s", t->tid, between, t->name));
}

/* ---- nodes -------------------------------------------------------------------------------- */

static uint32_t *node_slot(struct build *b, uint32_t parent, uint32_t label)
{
	size_t i = mix((uint64_t)parent << 32 | label) & (b->nodes.size - 1);

	for (; b->nodes.at[i]; i = (i + 1) & (b->nodes.size - 1)) {
		const struct pst_stack_node *n = &b->out->nodes.at[b->nodes.at[i]];
		if (n->parent == parent && n->label == label)
			break;
	}
	return &b->nodes.at[i];
}

static uint32_t child(struct build *b, uint32_t parent, uint32_t label)
{
	uint32_t *slot = node_slot(b, parent, label);

	if (*slot)
		return *slot;
	uint32_t at = *slot = (uint32_t)b->out->nodes.len;
	struct pst_stack_node *n = PST_VEC_PUSH(&b->out->nodes);
	n->label = label;
	n->parent = parent;
	n->depth = b->out->nodes.at[parent].depth + 1;
	if (b->out->nodes.len * 2 > b->nodes.size) {
		table_size(&b->nodes, b->nodes.size * 2);
		for (size_t i = 1; i < b->out->nodes.len; i++) {
			const struct pst_stack_node *k = &b->out->nodes.at[i];
			*node_slot(b, k->parent, k->label) = (uint32_t)i;
		}
	}
	return at;
}

/* The node of stack NODE under ROOT, whose STAMP is its own. */
static uint32_t place(struct build *b, uint32_t node, uint32_t root, uint32_t stamp)
{
	uint32_t at = node;

	b->path.len = 0;
	while (at && b->stamp[at - 1] != stamp) {
		*PST_VEC_PUSH(&b->path) = at;
		at = b->p->nodes.at[at - 1].parent;
	}
	uint32_t here = at ? b->node_of[at - 1] : root;
	while (b->path.len) {
		at = b->path.at[--b->path.len];
		here = child(b, here, frame_label(b, b->p->nodes.at[at - 1].frame));
		b->node_of[at - 1] = here;
		b->stamp[at - 1] = stamp;
	}
	return here;
}

/* ---- rows --------------------------------------------------------------------------------- */

/* What stands above the stacks of THREAD. */
static uint32_t root_of(struct build *b, uint32_t thread)
{
	bool threads = b->opt->threads || b->roots & PST_ROOTS_THREADS;
	uint32_t at = 0;

	if (!thread || thread > b->p->threads.len || b->roots & PST_ROOTS_NONE)
		return 0;
	uint32_t process = b->p->threads.at[thread - 1].process;
	if (b->p->processes.len > 1 && process && process <= b->p->processes.len)
		at = child(b, at, process_label(b, process));
	return threads ? child(b, at, thread_label(b, thread)) : at;
}

static void credit(const struct build *b, uint32_t at, const struct pst_profile_row *row)
{
	struct pst_stack_node *n = &b->out->nodes.at[at];

	if (b->base) {
		n->base_own += row->ns;
		return;
	}
	n->own.samples += row->samples;
	n->own.ns += row->ns;
	if (row->kind & PST_WAS_GIL)
		n->own_gil += row->ns;
	if (!(row->kind & (PST_WAS_IDLE | PST_WAS_WAIT)))
		n->own_cpu += row->ns;
}

/* Rows by thread, so that those under one root follow each other. */
static uint32_t *order_rows(const struct pst_profile *p)
{
	uint32_t *order = pst_calloc(p->rows.len + 1, sizeof *order);
	size_t *first = pst_calloc(p->threads.len + 2, sizeof *first);

	for (size_t i = 0; i < p->rows.len; i++)
		first[p->rows.at[i].thread + 1]++;
	for (size_t i = 1; i < p->threads.len + 2; i++)
		first[i] += first[i - 1];
	for (size_t i = 0; i < p->rows.len; i++)
		order[first[p->rows.at[i].thread]++] = (uint32_t)i;
	free(first);
	return order;
}

static void add_rows(struct build *b, const struct pst_profile *p)
{
	uint32_t *order = order_rows(p);
	uint32_t root = 0, thread = 0;

	b->p = p;
	b->label_of = pst_calloc(p->frames.len + 1, sizeof *b->label_of);
	b->node_of = pst_calloc(p->nodes.len + 1, sizeof *b->node_of);
	b->stamp = pst_calloc(p->nodes.len + 1, sizeof *b->stamp);
	for (size_t i = 0; i < p->rows.len; i++) {
		const struct pst_profile_row *row = &p->rows.at[order[i]];
		if (!row->node || row->node > p->nodes.len ||
		    !pst_export_counts(p, b->opt, row->kind))
			continue;
		if (row->thread != thread)
			root = root_of(b, row->thread);
		thread = row->thread;
		credit(b, place(b, row->node, root, root + 1), row);
	}
	free(b->label_of);
	free(b->node_of);
	free(b->stamp);
	free(order);
}

/* ---- totals and order --------------------------------------------------------------------- */

static void add_up(struct pst_stacks *s)
{
	for (size_t i = s->nodes.len; i-- > 0;) {
		struct pst_stack_node *n = &s->nodes.at[i];
		struct pst_stack_node *above = &s->nodes.at[n->parent];
		n->total.samples += n->own.samples;
		n->total.ns += n->own.ns;
		n->base_ns += n->base_own;
		if (!i)
			break;
		above->total.samples += n->total.samples;
		above->total.ns += n->total.ns;
		above->base_ns += n->base_ns;
	}
}

/* qsort() hands nothing on; files may be written in several threads. */
static _Thread_local const struct pst_stacks *sorted_here;

static int by_label(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return label_order(&sorted_here->labels.at[x], &sorted_here->labels.at[y]);
}

/*
 * Nodes are brought into the order of their labels by counting, and then each is put in front of
 * its siblings, the last one first.
 */
static void link_children(struct pst_stacks *s)
{
	size_t labels = s->labels.len;
	uint32_t *by_rank = pst_calloc(labels, sizeof *by_rank);
	uint32_t *rank = pst_calloc(labels, sizeof *rank);
	size_t *first = pst_calloc(labels + 1, sizeof *first);
	uint32_t *order = pst_calloc(s->nodes.len, sizeof *order);

	for (size_t i = 0; i < labels; i++)
		by_rank[i] = (uint32_t)i;
	sorted_here = s;
	qsort(by_rank, labels, sizeof *by_rank, by_label);
	for (size_t i = 0; i < labels; i++)
		rank[by_rank[i]] = (uint32_t)i;
	for (size_t i = 0; i < s->nodes.len; i++)
		first[rank[s->nodes.at[i].label] + 1]++;
	for (size_t i = 1; i <= labels; i++)
		first[i] += first[i - 1];
	for (size_t i = 0; i < s->nodes.len; i++)
		order[first[rank[s->nodes.at[i].label]]++] = (uint32_t)i;
	for (size_t i = s->nodes.len; i-- > 0;) {
		struct pst_stack_node *n = &s->nodes.at[order[i]];
		if (!order[i])
			continue;
		n->next = s->nodes.at[n->parent].child;
		s->nodes.at[n->parent].child = order[i];
	}
	free(by_rank);
	free(rank);
	free(first);
	free(order);
}

/* ---- all ---------------------------------------------------------------------------------- */

void pst_stacks_build(const struct pst_profile *p, const struct pst_export_options *opt,
		      unsigned roots, struct pst_stacks *out)
{
	struct build b = {.opt = opt, .out = out, .roots = roots};
	const struct pst_label all = {
		.kind = PST_LABEL_ALL, .name = "all", .file = "", .full_file = ""};

	*out = (struct pst_stacks){.compares = opt->base != NULL};
	table_size(&b.labels, 4096);
	table_size(&b.nodes, 4096);
	label_index(&b, &all);
	(void)PST_VEC_PUSH(&out->nodes);
	add_rows(&b, p);
	if (opt->base) {
		b.base = true;
		add_rows(&b, opt->base);
	}
	table_free(&b.labels);
	table_free(&b.nodes);
	PST_VEC_FREE(&b.path);
	add_up(out);
	link_children(out);
}

void pst_stacks_free(struct pst_stacks *s)
{
	for (size_t i = 0; i < s->texts.len; i++)
		free(s->texts.at[i]);
	PST_VEC_FREE(&s->nodes);
	PST_VEC_FREE(&s->labels);
	PST_VEC_FREE(&s->texts);
}
