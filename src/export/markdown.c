// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/priv.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/i18n.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A summary for a ticket or a chat: the facts, the functions and the stacks that matter most. */
#define FUNCTIONS 15
#define STACKS	  5
#define FRAMES	  40 /* of one stack */

/* In words: what Markdown would take for its own. */
static void put_words(FILE *out, const char *text)
{
	for (; *text; text++)
		if (strchr("\\`*_{}[]<>#|~&", *text))
			fprintf(out, "&#%d;", *text);
		else
			putc(*text, out);
}

/* As code, within a line, also in a table: there only ` and | mean something. */
static void put_code(FILE *out, const char *text)
{
	putc('`', out);
	for (; *text; text++)
		if (*text == '|')
			fputs("\\|", out);
		else
			putc(*text == '`' ? '\'' : *text, out);
	putc('`', out);
}

/* In a block, which ends at ``` alone. */
static void put_block(FILE *out, const char *text)
{
	for (; *text; text++)
		putc(*text == '`' ? '\'' : *text, out);
}

static double percent(uint64_t part, uint64_t all)
{
	return all ? 100 * (double)part / (double)all : 0;
}

static void put_facts(const struct pst_profile *p, const struct pst_stacks *s, FILE *out)
{
	struct pst_buf b = {0};

	fputs("# ", out);
	pst_facts_title(p, &b);
	put_code(out, pst_buf_text(&b));
	pst_buf_clear(&b);
	fputs("\n\n", out);
	pst_facts_line(p, &s->nodes.at[0].total, &b);
	put_words(out, pst_buf_text(&b));
	pst_buf_free(&b);
	fprintf(out,
		_("\n\nLooks: %" PRIu64 " taken, %" PRIu64 " late, %" PRIu64 " rejected, %" PRIu64
		  " dropped.\n"),
		p->facts.ticks, p->facts.late, p->facts.rejected, p->facts.dropped);
}

static void put_functions(const struct pst_stacks *s, FILE *out)
{
	uint64_t all = s->nodes.at[0].total.ns;
	struct pst_functions f;

	pst_functions_build(s, &f);
	fprintf(out, "\n## %s\n\n| %s | %s | %s | %s | %s |\n|--:|--:|--:|--:|:--|\n",
		_("Functions"), _("own %"), _("total %"), _("own s"), _("total s"), _("function"));
	for (size_t i = 0; i < f.at.len && i < FUNCTIONS; i++) {
		const struct pst_function *n = &f.at.at[i];
		struct pst_label l = s->labels.at[n->label];
		struct pst_buf b = {0};
		l.line = l.first_line;
		pst_label_text(&l, &b);
		fprintf(out, "| %.1f | %.1f | %.2f | %.2f | ", percent(n->own.ns, all),
			percent(n->total.ns, all), (double)n->own.ns / 1e9,
			(double)n->total.ns / 1e9);
		put_code(out, pst_buf_text(&b));
		fputs(" |\n", out);
		pst_buf_free(&b);
	}
	size_t more = f.at.len > FUNCTIONS ? f.at.len - FUNCTIONS : 0;
	if (more)
		fprintf(out, P_("\n… and %zu more.\n", "\n… and %zu more.\n", more), more);
	pst_functions_free(&f);
}

static void put_stack(const struct pst_stacks *s, uint32_t node, FILE *out)
{
	struct pst_buf b = {0};
	uint32_t n = 0;

	fprintf(out, "\n%.1f %%, %.2f s:\n\n```\n",
		percent(s->nodes.at[node].own.ns, s->nodes.at[0].total.ns),
		(double)s->nodes.at[node].own.ns / 1e9);
	for (; node; node = s->nodes.at[node].parent) {
		if (n++ == FRAMES) {
			fputs("…\n", out);
			break;
		}
		pst_buf_clear(&b);
		pst_label_text(&s->labels.at[s->nodes.at[node].label], &b);
		put_block(out, pst_buf_text(&b));
		putc('\n', out);
	}
	fputs("```\n", out);
	pst_buf_free(&b);
}

static void put_stacks(const struct pst_stacks *s, FILE *out)
{
	uint32_t top[STACKS] = {0};

	for (uint32_t i = 1; i < s->nodes.len; i++) {
		uint32_t node = i;
		for (size_t k = 0; k < STACKS && node; k++)
			if (s->nodes.at[node].own.ns > s->nodes.at[top[k]].own.ns) {
				uint32_t swap = top[k];
				top[k] = node;
				node = swap;
			}
	}
	fprintf(out, "\n## %s\n", _("Hottest stacks, innermost first"));
	for (size_t k = 0; k < STACKS && top[k]; k++)
		put_stack(s, top[k], out);
}

static void write_markdown(const struct pst_profile *p, const struct pst_export_options *opt,
			   FILE *out)
{
	struct pst_stacks s;

	pst_stacks_build(p, opt, 0, &s);
	put_facts(p, &s, out);
	put_functions(&s, out);
	put_stacks(&s, out);
	if (opt->screen) {
		fprintf(out, "\n## %s\n\n```\n", _("The screen"));
		put_block(out, opt->screen);
		fputs("\n```\n", out);
	}
	pst_stacks_free(&s);
}

const struct pst_export_format pst_export_markdown = {
	.name = "markdown",
	.alias = "md",
	.ending = ".md",
	.endings = ".md .markdown",
	.help = N_("a summary in Markdown, for a ticket"),
	.write = write_markdown,
};
