// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/priv.h"

#include "base/buf.h"
#include "base/i18n.h"

#include <inttypes.h>

#include <html_text.h>

/* One page with a table of functions and the flamegraph, for people without this program. */

/* Scripts and styles only from the page itself, nothing from anywhere else. */
#define POLICY                                                                                     \
	"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri "     \
	"'none'; form-action 'none'"

static void put_lines(const char *const *lines, FILE *out)
{
	for (; *lines; lines++)
		fputs(*lines, out);
}

static void put_head(const struct pst_profile *p, FILE *out)
{
	struct pst_buf title = {0};

	pst_facts_title(p, &title);
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"" POLICY "\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
	      out);
	pst_out_xml(out, pst_buf_text(&title));
	fputs("</title>\n<style>\n", out);
	put_lines(html_css, out);
	pst_svg_style(out);
	fputs("</style>\n</head>\n<body>\n", out);
	pst_buf_free(&title);
}

static double percent(uint64_t part, uint64_t all)
{
	return all ? 100 * (double)part / (double)all : 0;
}

static void put_row(const struct pst_stacks *s, const struct pst_function *f, FILE *out)
{
	uint64_t all = s->nodes.at[0].total.ns;
	struct pst_label l = s->labels.at[f->label];
	struct pst_buf b = {0};

	l.line = l.first_line;
	pst_label_text(&l, &b);
	fprintf(out,
		"<tr><td class=\"n\">%.2f</td><td class=\"n\">%.2f</td><td class=\"n\">%.3f</td>"
		"<td class=\"n\">%.3f</td><td class=\"n\">%" PRIu64 "</td><td class=\"l\" title=\"",
		percent(f->own.ns, all), percent(f->total.ns, all), (double)f->own.ns / 1e9,
		(double)f->total.ns / 1e9, f->own.samples);
	pst_out_xml(out, l.full_file);
	fputs("\">", out);
	pst_out_xml(out, pst_buf_text(&b));
	fputs("</td></tr>\n", out);
	pst_buf_free(&b);
}

static void put_table(const struct pst_stacks *s, double least, FILE *out)
{
	const char *const heads[] = {_("own %"),   _("total %"), _("own s"),
				     _("total s"), _("samples"), _("function")};
	struct pst_functions f;
	size_t left = 0;

	pst_functions_build(s, &f);
	fprintf(out, "<h2>%s</h2>\n<input id=\"filter\" placeholder=\"%s\">\n", _("Functions"),
		_("filter"));
	fputs("<table id=\"functions\">\n<thead><tr>", out);
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		fprintf(out, "<th%s>%s</th>", i < 5 ? " class=\"n\"" : "", heads[i]);
	fputs("</tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < f.at.len; i++)
		if ((double)f.at.at[i].total.ns >= least * (double)s->nodes.at[0].total.ns)
			put_row(s, &f.at.at[i], out);
		else
			left++;
	fputs("</tbody>\n</table>\n", out);
	if (left)
		fprintf(out, P_("<p>… and %zu more.</p>\n", "<p>… and %zu more.</p>\n", left),
			left);
	pst_functions_free(&f);
}

static void write_html(const struct pst_profile *p, const struct pst_export_options *opt, FILE *out)
{
	struct pst_stacks s;

	put_head(p, out);
	pst_svg_element(p, opt, true, out);
	fputs("<main>\n", out);
	pst_stacks_build(p, opt, 0, &s);
	put_table(&s, opt->least, out);
	pst_stacks_free(&s);
	fputs("</main>\n<script>\n", out);
	pst_svg_script(out);
	put_lines(html_js, out);
	fputs("</script>\n</body>\n</html>\n", out);
}

const struct pst_export_format pst_export_html = {
	.name = "html",
	.ending = ".html",
	.endings = ".html .htm",
	.help = N_("a page with a table of functions and a flamegraph"),
	.write = write_html,
};
