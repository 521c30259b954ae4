// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/priv.h"

#include "base/buf.h"
#include "base/color.h"
#include "base/i18n.h"
#include "base/text.h"

#include <inttypes.h>

/* Its script and style, made of flame.js and flame.css. */
#include <flame_text.h>

/*
 * A flamegraph that stands for itself: a picture without its script, and no network with it.  The
 * script reads the frames from the picture, so that no name gets into program text.
 */
#define WIDTH	  1200
#define ROW	  17
#define TOP	  98
#define BOTTOM	  12
#define CHAR	  7.23 /* a cell of the font at 12 px */
#define DEPTH_MAX 1000

struct drawing {
	const struct pst_profile *p;
	const struct pst_stacks *s;
	FILE *out;
	double least; /* ns: what has less is folded */
	uint64_t all, base_all;
	uint32_t deepest;
	struct pst_buf text;
};

struct box {
	const struct pst_label *label;
	uint64_t at, total, own, base, samples; /* ns, from the left */
	uint32_t depth;
	bool parent;
};

void pst_svg_script(FILE *out)
{
	for (size_t i = 0; flame_js[i]; i++)
		fputs(flame_js[i], out);
}

void pst_svg_style(FILE *out)
{
	for (size_t i = 0; flame_css[i]; i++)
		fputs(flame_css[i], out);
}

/* ---- a frame ------------------------------------------------------------------------------ */

static double share(uint64_t part, uint64_t all)
{
	return all ? (double)part / (double)all : 0;
}

static uint32_t color_of(const struct drawing *d, const struct box *b)
{
	if (b->label->kind == PST_LABEL_REST)
		return PST_COLOR_REST;
	if (d->s->compares)
		return pst_flame_diff_color(share(b->base, d->base_all), share(b->total, d->all));
	if (b->label->kind != PST_LABEL_FRAME)
		return PST_COLOR_ROOT;
	return pst_flame_color(b->label->name, b->label->library);
}

/* Hundredths and thousandths of a percent, for places. */
static double place(const struct drawing *d, uint64_t ns)
{
	return 100 * share(ns, d->all);
}

static void put_figures(const struct drawing *d, const struct box *b)
{
	fprintf(d->out, "\n%.2f %%, %.3f s, %" PRIu64 " samples", 100 * share(b->total, d->all),
		(double)b->total / 1e9, b->samples);
	if (b->parent && b->own)
		fprintf(d->out, "; itself %.2f %%", 100 * share(b->own, d->all));
	if (d->s->compares)
		fprintf(d->out, "; was %.2f %%", 100 * share(b->base, d->base_all));
}

/* As much of the label as fits. */
static void put_text(struct drawing *d, const struct box *b, double y)
{
	int cells = (int)((place(d, b->total) / 100 * WIDTH - 6) / CHAR), used;

	if (cells < 3)
		return;
	size_t fit = pst_text_fit(d->text.data, d->text.len, cells, &used);
	bool cut = fit < d->text.len;
	if (cut)
		fit = pst_text_fit(d->text.data, d->text.len, cells - 1, &used);
	pst_buf_cut(&d->text, fit);
	fprintf(d->out, "<text dx=\"3\" x=\"%.4f%%\" y=\"%.0f\">", place(d, b->at), y + 12);
	pst_out_xml(d->out, pst_buf_text(&d->text));
	fputs(cut ? "…</text>" : "</text>", d->out);
}

static void put_box(struct drawing *d, const struct box *b)
{
	double y = TOP + (double)b->depth * ROW;

	pst_buf_clear(&d->text);
	pst_label_text(b->label, &d->text);
	fprintf(d->out, "<g data-d=\"%u\" data-t=\"%" PRIu64 "\"", b->depth, b->total);
	if (b->parent)
		fprintf(d->out, " data-o=\"%" PRIu64 "\"", b->own);
	fputs("><title>", d->out);
	pst_out_xml(d->out, pst_buf_text(&d->text));
	put_figures(d, b);
	fprintf(d->out,
		"</title><rect x=\"%.4f%%\" y=\"%.0f\" width=\"%.4f%%\" height=\"%d\" "
		"fill=\"#%06" PRIx32 "\"/>",
		place(d, b->at), y, place(d, b->total), ROW - 1, color_of(d, b));
	put_text(d, b, y);
	fputs("</g>\n", d->out);
}

/* ---- the tree ----------------------------------------------------------------------------- */

struct level { /* what is left to draw of a node's children */
	uint32_t next;
	uint64_t at, rest_total, rest_base, rest_samples;
	uint32_t depth;
};

static bool is_small(const struct drawing *d, const struct pst_stack_node *n)
{
	return (double)n->total.ns < d->least || n->depth > DEPTH_MAX;
}

static void put_rest(struct drawing *d, const struct level *l)
{
	static const struct pst_label rest = {
		.kind = PST_LABEL_REST, .name = "…", .file = "", .full_file = ""};

	if (!l->rest_total || (double)l->rest_total < d->least)
		return;
	const struct box b = {.label = &rest,
			      .at = l->at,
			      .total = l->rest_total,
			      .own = l->rest_total,
			      .base = l->rest_base,
			      .samples = l->rest_samples,
			      .depth = l->depth};
	put_box(d, &b);
}

static void put_node(struct drawing *d, uint32_t node, uint64_t at)
{
	const struct pst_stack_node *n = &d->s->nodes.at[node];
	const struct box b = {.label = &d->s->labels.at[n->label],
			      .at = at,
			      .total = n->total.ns,
			      .own = n->own.ns,
			      .base = n->base_ns,
			      .samples = n->total.samples,
			      .depth = n->depth,
			      .parent = n->child != 0};

	put_box(d, &b);
}

/* With PAINT false only the depth is found out, by which the picture's height is known. */
static void put_tree(struct drawing *d, bool paint)
{
	PST_VEC(struct level) path = {0};

	if (paint)
		put_node(d, 0, 0);
	*PST_VEC_PUSH(&path) = (struct level){.next = d->s->nodes.at[0].child, .depth = 1};
	while (path.len) {
		struct level *l = &path.at[path.len - 1];
		if (!l->next) {
			if (paint)
				put_rest(d, l);
			else if (l->rest_total && l->depth > d->deepest)
				d->deepest = l->depth;
			path.len--;
			continue;
		}
		const struct pst_stack_node *n = &d->s->nodes.at[l->next];
		uint32_t node = l->next;
		uint64_t at = l->at;
		l->next = n->next;
		if (is_small(d, n)) {
			l->rest_total += n->total.ns;
			l->rest_base += n->base_ns;
			l->rest_samples += n->total.samples;
			continue;
		}
		l->at += n->total.ns;
		if (paint)
			put_node(d, node, at);
		else if (n->depth > d->deepest)
			d->deepest = n->depth;
		*PST_VEC_PUSH(&path) =
			(struct level){.next = n->child, .at = at, .depth = n->depth + 1};
	}
	PST_VEC_FREE(&path);
}

/* ---- around it ---------------------------------------------------------------------------- */

static void put_head(struct drawing *d, const char *title, const char *line)
{
	static const struct {
		int x;
		const char *what, *text;
	} buttons[] = {{250, "reset", "Reset (r)"},
		       {340, "out", "Out (u)"},
		       {420, "invert", "Callers first (i)"},
		       {570, "flip", "Flip (f)"}};

	fputs("<text class=\"pst-title\" x=\"10\" y=\"24\">", d->out);
	pst_out_xml(d->out, title);
	fputs("</text>\n<text class=\"pst-note\" x=\"10\" y=\"42\">", d->out);
	pst_out_xml(d->out, line);
	fputs("</text>\n", d->out);
	for (size_t i = 0; i < sizeof buttons / sizeof *buttons; i++)
		fprintf(d->out,
			"<text class=\"pst-button\" display=\"none\" data-do=\"%s\" x=\"%d\" "
			"y=\"66\">%s</text>\n",
			buttons[i].what, buttons[i].x, buttons[i].text);
	fputs("<text class=\"pst-matched\" x=\"680\" y=\"66\"></text>\n"
	      "<text class=\"pst-details\" x=\"10\" y=\"88\"></text>\n",
	      d->out);
}

static void put_element(struct drawing *d, bool in_page)
{
	struct pst_buf title = {0}, line = {0};
	unsigned height = TOP + (d->deepest + 1) * ROW + BOTTOM;

	pst_facts_title(d->p, &title);
	pst_facts_line(d->p, &d->s->nodes.at[0].total, &line);
	fprintf(d->out,
		"<svg class=\"pst-flame\" xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" "
		"width=\"%d\" height=\"%u\" font-family=\"monospace\" font-size=\"12\">\n<title>",
		WIDTH, height);
	pst_out_xml(d->out, pst_buf_text(&title));
	fputs("</title>\n<desc>", d->out);
	pst_out_xml(d->out, pst_buf_text(&line));
	fputs("</desc>\n", d->out);
	if (!in_page) {
		fputs("<style>\n", d->out);
		pst_svg_style(d->out);
		fputs("</style>\n", d->out);
	}
	fputs("<rect class=\"pst-back\" width=\"100%\" height=\"100%\" fill=\"#fcfcf9\"/>\n",
	      d->out);
	put_head(d, pst_buf_text(&title), pst_buf_text(&line));
	fprintf(d->out, "<g class=\"pst-frames\" data-top=\"%d\">\n", TOP);
	put_tree(d, true);
	fputs("</g>\n", d->out);
	if (!in_page) {
		fputs("<script><![CDATA[\n", d->out);
		pst_svg_script(d->out);
		fputs("]]></script>\n", d->out);
	}
	fputs("</svg>\n", d->out);
	pst_buf_free(&title);
	pst_buf_free(&line);
}

void pst_svg_element(const struct pst_profile *p, const struct pst_export_options *opt,
		     bool in_page, FILE *out)
{
	struct pst_stacks s;
	struct drawing d = {.p = p, .s = &s, .out = out};

	pst_stacks_build(p, opt, 0, &s);
	d.all = s.nodes.at[0].total.ns;
	d.base_all = s.nodes.at[0].base_ns;
	d.least = opt->least * (double)d.all;
	put_tree(&d, false);
	put_element(&d, in_page);
	pst_stacks_free(&s);
	pst_buf_free(&d.text);
}

static void write_svg(const struct pst_profile *p, const struct pst_export_options *opt, FILE *out)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n", out);
	pst_svg_element(p, opt, false, out);
}

const struct pst_export_format pst_export_svg = {
	.name = "svg",
	.alias = "flamegraph",
	.ending = ".svg",
	.endings = ".svg",
	.help = N_("a flamegraph for browsers and viewers of pictures"),
	.write = write_svg,
};
