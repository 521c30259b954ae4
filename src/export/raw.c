// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/priv.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/vec.h"

#include <inttypes.h>

/*
 * Folded stacks, one per line: "root (file:line);…;leaf (file:line) SAMPLES", as flamegraph.pl,
 * inferno and speedscope read them.  Lines are in the order of the tree.
 */

/* Texts are harmless already; the one character that the format gives a meaning is written \x3b. */
static void add_text(struct pst_buf *line, const char *text)
{
	for (; *text; text++)
		if (*text == ';')
			pst_buf_adds(line, "\\x3b");
		else
			pst_buf_addc(line, *text);
}

static void add_label(struct pst_buf *line, const struct pst_node *n)
{
	if (line->len)
		pst_buf_addc(line, ';');
	add_text(line, n->name);
	if (!*n->file)
		return;
	pst_buf_adds(line, " (");
	add_text(line, n->file);
	if (n->line)
		pst_buf_addf(line, ":%d", n->line);
	pst_buf_addc(line, ')');
}

static void write_raw(const struct pst_model *m, const struct pst_tree_options *opt, FILE *out)
{
	PST_VEC(size_t) ends = {0}; /* of the label at each depth */
	struct pst_tree tree = {0};
	struct pst_buf line = {0};

	pst_model_tree(m, opt, &tree);
	for (size_t i = 0; i < tree.len && !ferror(out); i++) {
		const struct pst_tree_row *row = &tree.at[i];
		struct pst_node node;

		ends.len = row->depth - 1;
		pst_buf_cut(&line, ends.len ? ends.at[ends.len - 1] : 0);
		pst_model_node(m, row->node, &node);
		add_label(&line, &node);
		*PST_VEC_PUSH(&ends) = line.len;
		if (row->own)
			fprintf(out, "%s %" PRIu64 "\n", pst_buf_text(&line), row->own);
	}
	pst_tree_free(&tree);
	pst_buf_free(&line);
	PST_VEC_FREE(&ends);
}

const struct pst_export_format pst_export_raw = {
	.name = "raw",
	.help = N_("folded stacks, one per line with its number of samples"),
	.write = write_raw,
};
