// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/priv.h"

#include "base/buf.h"
#include "base/i18n.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <time.h>

void pst_out_json(FILE *out, const char *text)
{
	putc('"', out);
	for (; *text; text++) {
		size_t plain = strcspn(
			text, "\"\\<\x7f\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d"
			      "\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c"
			      "\x1d\x1e\x1f");
		fwrite(text, 1, plain, out);
		text += plain;
		if (!*text)
			break;
		if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else /* '<' too: it may stand in a page */
			fprintf(out, "\\u%04x", (unsigned)(unsigned char)*text);
	}
	putc('"', out);
}

void pst_out_xml(FILE *out, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			putc(*text, out);
		}
}

void pst_out_number(FILE *out, uint64_t n)
{
	char digits[20];
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	fwrite(digits + at, 1, sizeof digits - at, out);
}

void pst_out_ns(FILE *out, uint64_t ns, int digits)
{
	char rest[20] = {0};
	uint64_t unit = 1;

	for (int i = 0; i < digits; i++)
		unit *= 10;
	pst_out_number(out, ns / unit);
	uint64_t left = ns % unit;
	if (!left)
		return;
	for (int i = digits; i-- > 0; left /= 10)
		rest[i] = (char)('0' + left % 10);
	for (int i = digits; i-- > 0 && rest[i] == '0';)
		rest[i] = '\0';
	putc('.', out);
	fputs(rest, out);
}

void pst_label_text(const struct pst_label *l, struct pst_buf *out)
{
	pst_buf_adds(out, l->name);
	if (!*l->file)
		return;
	pst_buf_addf(out, " (%s", l->file);
	if (l->line)
		pst_buf_addf(out, ":%d", l->line);
	pst_buf_addc(out, ')');
}

void pst_facts_date(const struct pst_profile *p, struct pst_buf *out)
{
	time_t t = (time_t)(p->facts.start_unix_ms / 1000);
	char text[64];
	struct tm tm;

	if (t && gmtime_r(&t, &tm) && strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &tm))
		pst_buf_adds(out, text);
}

void pst_facts_title(const struct pst_profile *p, struct pst_buf *out)
{
	const struct pst_profile_facts *f = &p->facts;

	if (f->command && *f->command)
		pst_buf_adds(out, f->command);
	else if (f->pid)
		pst_buf_addf(out, _("process %d"), f->pid);
	else
		pst_buf_adds(out, _("Profile"));
}

static void add_word(struct pst_buf *out, const char *word)
{
	if (!word || !*word)
		return;
	if (out->len)
		pst_buf_adds(out, " · ");
	pst_buf_adds(out, word);
}

static void add_rate(struct pst_buf *out, const struct pst_profile_facts *f)
{
	struct pst_buf b = {0};

	if (isinf(f->rate_asked) && f->rate_achieved > 0)
		pst_buf_addf(&b, _("%.0f looks/s"), f->rate_achieved);
	else if (f->rate_asked > 0)
		pst_buf_addf(&b, _("%g looks/s"), f->rate_asked);
	add_word(out, pst_buf_text(&b));
	pst_buf_free(&b);
}

void pst_facts_line(const struct pst_profile *p, const struct pst_cost *all, struct pst_buf *out)
{
	const struct pst_profile_facts *f = &p->facts;
	struct pst_buf b = {0};

	if (f->pid)
		pst_buf_addf(&b, _("pid %d"), f->pid);
	add_word(out, pst_buf_text(&b));
	pst_buf_clear(&b);
	if (f->python && *f->python)
		pst_buf_addf(&b, "Python %s", f->python);
	add_word(out, pst_buf_text(&b));
	pst_buf_clear(&b);
	pst_buf_addf(&b,
		     P_("%" PRIu64 " sample", "%" PRIu64 " samples", (unsigned long)all->samples),
		     all->samples);
	if (f->seconds > 0)
		pst_buf_addf(&b, _(" in %.4g s"), f->seconds);
	add_word(out, pst_buf_text(&b));
	add_rate(out, f);
	add_word(out, f->mode);
	add_word(out, f->what);
	pst_buf_clear(&b);
	pst_facts_date(p, &b);
	add_word(out, pst_buf_text(&b));
	add_word(out, f->program);
	pst_buf_free(&b);
}

/* Infinity is not in JSON: such a rate is left out. */
static void json_rate(const char *indent, const char *name, double v, FILE *out)
{
	if (v > 0 && isfinite(v))
		fprintf(out, ",\n%s\"%s\": %.6g", indent, name, v);
}

void pst_facts_json(const struct pst_profile *p, const struct pst_export_options *opt,
		    const char *indent, FILE *out)
{
	const struct pst_profile_facts *f = &p->facts;
	const struct {
		const char *name, *text;
	} texts[] = {{"program", f->program},
		     {"command", f->command},
		     {"python", f->python},
		     {"sampling", f->mode},
		     {"what", f->what}};
	struct pst_buf date = {0};

	fprintf(out, "%s\"pid\": %d", indent, f->pid);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		fprintf(out, ",\n%s\"%s\": ", indent, texts[i].name);
		pst_out_json(out, texts[i].text ? texts[i].text : "");
	}
	pst_facts_date(p, &date);
	fprintf(out, ",\n%s\"started\": ", indent);
	pst_out_json(out, pst_buf_text(&date));
	pst_buf_free(&date);
	json_rate(indent, "rate_asked", f->rate_asked, out);
	json_rate(indent, "rate_achieved", f->rate_achieved, out);
	fprintf(out, ",\n%s\"seconds\": %.9g", indent, f->seconds);
	fprintf(out,
		",\n%s\"looks\": %" PRIu64 ",\n%s\"late\": %" PRIu64 ",\n%s\"rejected\": %" PRIu64
		",\n%s\"dropped\": %" PRIu64,
		indent, f->ticks, indent, f->late, indent, f->rejected, indent, f->dropped);
	fprintf(out, ",\n%s\"idle\": %s,\n%s\"gil\": %s,\n%s\"by_function\": %s", indent,
		opt->idle ? "true" : "false", indent, opt->gil_only ? "true" : "false", indent,
		opt->functions ? "true" : "false");
}
