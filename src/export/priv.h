// SPDX-License-Identifier: MIT
#ifndef PST_EXPORT_PRIV_H
#define PST_EXPORT_PRIV_H

#include "export/export.h"
#include "export/functions.h"
#include "export/stacks.h"

#include <stdint.h>

extern const struct pst_export_format pst_export_svg, pst_export_html, pst_export_raw,
	pst_export_speedscope, pst_export_chrometrace, pst_export_pprof, pst_export_gecko,
	pst_export_callgrind, pst_export_json, pst_export_markdown;

/* ---- text.c: pieces of files -------------------------------------------------------------- */

/* JSON is written as it comes: a tree of it in memory would be many times the profile. */
void pst_out_json(FILE *out, const char *text); /* with its quotes */
void pst_out_xml(FILE *out, const char *text);	/* fit for text and for attributes in " */
void pst_out_number(FILE *out, uint64_t n);
/* NS as a decimal number of units of 10^DIGITS ns, exactly: 1500000, 6: "1.5". */
void pst_out_ns(FILE *out, uint64_t ns, int digits);
/* The words "name (file:line)"; appended. */
struct pst_buf;
void pst_label_text(const struct pst_label *l, struct pst_buf *out);
/* The facts, one line each, for people: a title and what stands under it. */
void pst_facts_title(const struct pst_profile *p, struct pst_buf *out);
void pst_facts_line(const struct pst_profile *p, const struct pst_cost *all, struct pst_buf *out);
/* "2026-11-30 04:32:29 UTC". */
void pst_facts_date(const struct pst_profile *p, struct pst_buf *out);

/* Facts as members of a JSON object, without braces. */
void pst_facts_json(const struct pst_profile *p, const struct pst_export_options *opt,
		    const char *indent, FILE *out);

/* ---- svg.c -------------------------------------------------------------------------------- */

/* The <svg> element of the tree, with its script unless INLINE: then it stands in a page that has
 * it. */
void pst_svg_element(const struct pst_profile *p, const struct pst_export_options *opt,
		     bool in_page, FILE *out);
/* The script and the style, raw. */
void pst_svg_script(FILE *out);
void pst_svg_style(FILE *out);

#endif
