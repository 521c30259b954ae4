// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/priv.h"

#include "base/buf.h"
#include "base/i18n.h"

/*
 * Folded stacks, one per line: "root (file:line);…;leaf (file:line) SAMPLES", as flamegraph.pl,
 * inferno and speedscope read them.  Lines are in the order of the tree.
 */

struct writing {
	const struct pst_stacks *s;
	FILE *out;
	struct pst_buf line;
	PST_VEC(size_t) ends; /* of the label at each depth */
};

/* Texts are harmless already; the one character that the format gives a meaning is written \x3b. */
static void add_text(struct pst_buf *line, const char *text)
{
	for (; *text; text++)
		if (*text == ';')
			pst_buf_adds(line, "\\x3b");
		else
			pst_buf_addc(line, *text);
}

static void add_label(struct pst_buf *line, const struct pst_label *l)
{
	if (line->len)
		pst_buf_addc(line, ';');
	add_text(line, l->name);
	if (!*l->file)
		return;
	pst_buf_adds(line, " (");
	add_text(line, l->file);
	if (l->line)
		pst_buf_addf(line, ":%d", l->line);
	pst_buf_addc(line, ')');
}

static void write_node(void *ctx, uint32_t node, bool leaving)
{
	struct writing *w = ctx;
	const struct pst_stack_node *n = &w->s->nodes.at[node];

	if (leaving || !n->total.samples || ferror(w->out))
		return;
	w->ends.len = n->depth - 1;
	pst_buf_cut(&w->line, w->ends.len ? w->ends.at[w->ends.len - 1] : 0);
	add_label(&w->line, &w->s->labels.at[n->label]);
	*PST_VEC_PUSH(&w->ends) = w->line.len;
	if (!n->own.samples)
		return;
	fwrite(w->line.data, 1, w->line.len, w->out);
	putc(' ', w->out);
	pst_out_number(w->out, n->own.samples);
	putc('\n', w->out);
}

static void write_raw(const struct pst_profile *p, const struct pst_export_options *opt, FILE *out)
{
	struct pst_stacks s;
	struct writing w = {.s = &s, .out = out};

	pst_stacks_build(p, opt, 0, &s);
	pst_stacks_walk(&s, write_node, &w);
	pst_stacks_free(&s);
	pst_buf_free(&w.line);
	PST_VEC_FREE(&w.ends);
}

const struct pst_export_format pst_export_raw = {
	.name = "raw",
	.alias = "folded",
	.ending = ".txt",
	.endings = ".txt .raw .folded .collapsed",
	.help = N_("folded stacks, one per line with its number of samples"),
	.write = write_raw,
};
