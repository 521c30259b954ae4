// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/dump.h"

#include "app/source.h"
#include "app/thread_text.h"
#include "base/text.h"

#include <json.h>
#include <string.h>

static void put_text(struct json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, text ? json_object_new_string(text) : NULL);
}

static void put_int(struct json_object *o, const char *key, int64_t v)
{
	json_object_object_add(o, key, json_object_new_int64(v));
}

static void put_bool(struct json_object *o, const char *key, bool v)
{
	json_object_object_add(o, key, json_object_new_boolean(v));
}

/* A number where there is one, null where it is not known (NONE). */
static void put_known(struct json_object *o, const char *key, int64_t v, int64_t none)
{
	json_object_object_add(o, key, v == none ? NULL : json_object_new_int64(v));
}

static struct json_object *vars_json(const struct pst_vars *vars)
{
	struct json_object *a = json_object_new_array();
	static const char *const kinds[] = {
		[PST_VAR_ARG] = "arg", [PST_VAR_LOCAL] = "local", [PST_VAR_CELL] = "cell", [PST_VAR_FREE] = "free"};

	for (size_t i = 0; i < vars->len; i++) {
		struct json_object *v = json_object_new_object();
		put_text(v, "name", vars->at[i].name);
		json_object_object_add(v, "addr", json_object_new_uint64(vars->at[i].addr));
		put_bool(v, "arg", vars->at[i].kind == PST_VAR_ARG);
		put_text(v, "kind", kinds[vars->at[i].kind]);
		put_text(v, "repr", vars->at[i].repr);
		json_object_array_add(a, v);
	}
	return a;
}

static void put_source(struct json_object *o, const struct shown_frame *f, struct sources *sources)
{
	struct source_line src;
	struct pst_buf text = {0};

	if (!sources)
		return;
	if (!f->file || source_line(sources, f->file, f->pos.line, &src)) {
		put_text(o, "source", NULL);
		return;
	}
	pst_text_sanitise(&text, src.text, src.len, 4096);
	put_text(o, "source", pst_buf_text(&text));
	put_bool(o, "source_newer", src.newer);
	pst_buf_free(&text);
}

static struct json_object *frame_json(const struct shown_frame *f, const struct options *opt,
				      struct sources *sources)
{
	struct json_object *o = json_object_new_object();

	put_text(o, "name", f->is_shim ? "<shim>" : f->name ? f->name : "?");
	put_text(o, "filename", f->is_shim ? "<shim>" : f->file ? f->file : "?");
	put_text(o, "module", NULL);
	put_text(o, "short_filename", f->short_file);
	put_int(o, "line", f->pos.line > 0 ? f->pos.line : 0);
	json_object_object_add(o, "locals", opt->locals ? vars_json(&f->vars) : NULL);
	put_bool(o, "is_entry", f->is_entry);
	put_bool(o, "is_shim_entry", f->is_shim);
	put_text(o, "co_name", f->plain_name);
	put_text(o, "qualname", f->qualname);
	put_known(o, "first_line", f->first_line, 0);
	put_known(o, "end_line", f->pos.end_line, 0);
	put_known(o, "column", f->pos.col, -1);
	put_known(o, "end_column", f->pos.end_col, -1);
	put_text(o, "error", f->err ? pst_err_id(f->err) : NULL);
	put_source(o, f, sources);
	return o;
}

/* Appends O as it stands in a dump, DEPTH levels in, and lets it go. */
static void put_object(struct pst_buf *out, struct json_object *o, int depth)
{
	const char *text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);

	/* in strings a line feed is written as \n */
	for (size_t n; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		pst_buf_addf(out, "\n%*s%.*s", 2 * depth, "", (int)n, text);
	}
	json_object_put(o);
}

/*
 * An array that is text already: as objects, the frames of a deep recursion take ten times the memory.
 */
static struct json_object *frames_json(const struct shown_thread *t, const struct options *opt,
				       struct sources *sources)
{
	struct json_object *a = json_object_new_array();
	struct pst_buf text = {0};

	pst_buf_addc(&text, '[');
	for (size_t i = 0; i < t->len; i++) {
		if (t->frames[i].is_hidden)
			continue;
		if (text.len > 1)
			pst_buf_addc(&text, ',');
		put_object(&text, frame_json(&t->frames[i], opt, sources), 3);
	}
	pst_buf_adds(&text, text.len > 1 ? "\n    ]" : "]");
	json_object_set_serializer(a, json_object_userdata_to_json_string, pst_buf_take(&text),
				   json_object_free_userdata);
	return a;
}

static struct json_object *process_json(const struct shown_process *p)
{
	struct json_object *o = json_object_new_object();
	struct pst_buf label = {0};

	process_label(&p->info, &label);
	put_int(o, "pid", p->target->pid);
	put_int(o, "ppid", p->info.ppid);
	put_text(o, "command_line", pst_buf_text(&label));
	put_text(o, "python_version", pst_python_info(p->py)->version_text);
	pst_buf_free(&label);
	return o;
}

static struct json_object *thread_json(const struct shown_process *p, const struct shown_thread *s,
				       const struct options *opt, struct sources *sources)
{
	struct json_object *o = json_object_new_object();
	const struct pst_thread *t = &s->thread;

	put_int(o, "pid", p->target->pid);
	json_object_object_add(o, "thread_id", json_object_new_uint64(t->ident));
	put_text(o, "thread_name", t->name);
	put_known(o, "os_thread_id", t->tid, 0);
	put_bool(o, "active", t->state == PST_THREAD_ACTIVE);
	put_bool(o, "owns_gil", t->holds_gil);
	json_object_object_add(o, "frames", frames_json(s, opt, sources));
	json_object_object_add(o, "process_info", process_json(p));
	put_text(o, "state", thread_state_word(t));
	put_bool(o, "main", t->is_main);
	put_bool(o, "in_gc", t->in_gc);
	put_text(o, "comm", t->comm[0] ? t->comm : NULL);
	put_int(o, "interpreter_id", t->interp_id);
	put_known(o, "namespace_thread_id", t->ns_tid, 0);
	put_bool(o, "truncated", s->truncated);
	put_bool(o, "broken", s->broken || s->err);
	put_text(o, "error", s->err ? pst_err_id(s->err) : NULL);
	return o;
}

void dump_json(const struct shown_process *p, const struct options *opt, struct json_object *array)
{
	struct sources *sources = opt->source ? sources_new(p->target, p->info.start_unix) : NULL;

	for (size_t i = 0; i < p->len; i++)
		json_object_array_add(array, thread_json(p, &p->threads[i], opt, sources));
	sources_free(sources);
}
