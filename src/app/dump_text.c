// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/dump.h"

#include "app/color.h"
#include "app/source.h"
#include "app/thread_text.h"
#include "base/i18n.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

struct printer {
	const struct shown_process *p;
	const struct options *opt;
	struct sources *sources; /* NULL: no lines of source wanted */
	bool color;
};

static const char *on(const struct printer *pr, enum color c)
{
	return color_on(pr->color, c);
}

static const char *off(const struct printer *pr)
{
	return color_off(pr->color);
}

static void print_process(const struct printer *pr, const struct pst_proc_info *parent)
{
	const struct pst_python_info *python = pst_python_info(pr->p->py);
	struct pst_buf label = {0}, binary = {0};

	if (parent)
		printf("\n%s----------------------------------------%s\n", on(pr, COLOR_DIM), off(pr));
	process_label(&pr->p->info, &label);
	printf(_("%sProcess %d%s: %s\n"), on(pr, COLOR_HEAD), (int)pr->p->target->pid, off(pr),
	       pst_buf_text(&label));
	pst_text_sanitise(&binary, python->binary, strlen(python->binary), 0);
	printf(_("Python v%s (%s)\n"), python->version_text, pst_buf_text(&binary));
	if (parent) {
		pst_buf_clear(&label);
		process_label(parent, &label);
		printf(_("Parent Process %d: %s\n"), (int)parent->pid, pst_buf_text(&label));
	}
	putchar('\n');
	pst_buf_free(&label);
	pst_buf_free(&binary);
}

static void print_thread(const struct printer *pr, const struct pst_thread *t)
{
	char id[32], state[64];

	thread_id_text(t, id, sizeof id);
	thread_state_text(t, state, sizeof state);
	printf(_("%sThread %s%s (%s%s%s)"), on(pr, COLOR_HEAD), id, off(pr), on(pr, COLOR_STATE), state, off(pr));
	if (t->name)
		printf(": \"%s\"", t->name);
	else if (t->comm[0])
		printf(": [%s]", t->comm);
	if (t->is_main)
		fputs(_(" main thread"), stdout);
	if (t->interp_id > 0)
		printf(_(" interpreter %lld"), (long long)t->interp_id);
	putchar('\n');
}

static void print_vars(const struct pst_vars *vars, bool args, const struct printer *pr)
{
	bool titled = false;

	for (size_t i = 0; i < vars->len; i++) {
		const struct pst_var *v = &vars->at[i];
		if ((v->kind == PST_VAR_ARG) != args)
			continue;
		if (!titled)
			printf("        %s\n", args ? _("Arguments:") : _("Locals:"));
		titled = true;
		printf("            %s%s%s: %s\n", on(pr, COLOR_VAR), v->name, off(pr), v->repr);
	}
}

/* A caret under each cell of the columns, when they are on this one line and not the whole of it. */
static void print_carets(const struct printer *pr, const struct source_line *src, size_t indent,
			 const struct pst_position *pos)
{
	if (pos->col < 0 || pos->end_line != pos->line || pos->end_col <= pos->col ||
	    (size_t)pos->end_col > src->len || (size_t)pos->col < indent)
		return;
	size_t from = (size_t)pos->col, to = (size_t)pos->end_col;
	size_t text_end = src->len;
	while (text_end > from && strchr(" \t", src->text[text_end - 1]))
		text_end--;
	if (from == indent && to >= text_end)
		return;
	printf("        %*s%s", pst_text_cells(src->text + indent, from - indent), "", on(pr, COLOR_STATE));
	for (int n = pst_text_cells(src->text + from, to - from); n > 0; n--)
		putchar('^');
	printf("%s\n", off(pr));
}

static void print_source(const struct printer *pr, const struct shown_frame *f)
{
	struct source_line src;
	struct pst_buf text = {0};

	if (!pr->sources || !f->file || source_line(pr->sources, f->file, f->pos.line, &src))
		return;
	size_t indent = strspn(src.text, " \t\f");
	if (indent > src.len)
		indent = src.len;
	pst_text_sanitise(&text, src.text + indent, src.len - indent, 400);
	printf("        %s%s%s\n", on(pr, COLOR_DIM), pst_buf_text(&text), off(pr));
	if (src.newer)
		printf("        %s%s%s\n", on(pr, COLOR_STATE),
		       _("(the file was changed after the process started; this may be another line)"), off(pr));
	else if (src.len - indent < 400)
		print_carets(pr, &src, indent, &f->pos);
	pst_buf_free(&text);
}

static void print_frame(const struct printer *pr, const struct shown_frame *f)
{
	if (f->is_hidden)
		return;
	if (f->is_shim) {
		printf("    %s%s%s\n", on(pr, COLOR_DIM), _("<shim> (the interpreter's own frame)"), off(pr));
		return;
	}
	if (!f->name) {
		printf(_("    (a frame that cannot be read: %s)\n"), pst_err_text(f->err));
		return;
	}
	const char *file = pr->opt->full_filenames ? f->file : f->short_file;
	printf("    %s%s%s (%s%s%s", on(pr, COLOR_NAME), f->name, off(pr), on(pr, COLOR_FILE), file, off(pr));
	if (f->pos.line > 0)
		printf(":%s%d%s", on(pr, COLOR_LINE), f->pos.line, off(pr));
	fputs(pr->opt->full_stack && f->is_entry ? _(") called from C\n") : ")\n", stdout);
	print_source(pr, f);
	print_vars(&f->vars, true, pr);
	print_vars(&f->vars, false, pr);
	if (f->err)
		printf(_("        (the variables cannot be read: %s)\n"), pst_err_text(f->err));
}

static void print_stack(const struct printer *pr, const struct shown_thread *t)
{
	for (size_t i = 0; i < t->len; i++)
		print_frame(pr, &t->frames[i]);
	if (t->err)
		printf(_("    (the stack cannot be read: %s)\n"), pst_err_text(t->err));
	if (t->truncated)
		printf(_("    (deeper than %d frames: the rest is left out)\n"), PST_STACK_MAX);
	if (t->broken)
		puts(_("    (the stack changed while it was read, or is damaged: callers are missing)"));
}

void dump_text(const struct shown_process *p, const struct options *opt, const struct pst_proc_info *parent)
{
	struct printer pr = {.p = p, .opt = opt, .color = color_wanted(stdout)};

	if (opt->source)
		pr.sources = sources_new(p->target, p->info.start_unix);
	print_process(&pr, parent);
	for (size_t i = 0; i < p->len; i++) {
		print_thread(&pr, &p->threads[i].thread);
		print_stack(&pr, &p->threads[i]);
	}
	if (p->threads_truncated)
		puts(_("(the list of threads is longer than can be shown, or damaged)"));
	sources_free(pr.sources);
}
