// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"

/*
 * The search for the interpreter: in three passes over the mapped files, cheap ones first.  What is
 * found is believed only when threads and code objects can be reached from it.
 */

enum pass { PASS_DYNAMIC, PASS_SYMBOLS, PASS_SCAN, PASSES };

struct search {
	struct pst_python *py;
	struct pst_image **order; /* libpython, then the executable, then the rest */
	size_t n;
	/* the best so far */
	enum pst_live best;
	struct pst_layout layout;
	struct pst_python_info info;
	struct pst_statics statics;
	struct pst_image *img;
	/* what to say when nothing is found */
	enum pst_err err;
	struct pst_why why;
};

void pst_use_layout(struct pst_python *py, const struct pst_layout *layout)
{
	py->layout = *layout;
	py->info.version = layout->version;
	py->info.flags = layout->flags;
	py->info.unproved = !layout->proved;
	py->info.newer_than_known = layout->from == PST_LAYOUT_DEBUG_NEWER;
	py->objects = (struct pst_objects){
		.target = &py->look.self,
		.layout = &py->layout,
		.version = &py->info.version,
		.flags = layout->flags,
	};
	py->code_type = 0;
	pst_codes_free(py->codes);
	py->codes = NULL;
	py->frames.n = 0;
	py->tstate_size = 0;
	py->interps.len = 0;
}

/* ---- which file first ----------------------------------------------------------------------- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int rank_of(const struct pst_image *img)
{
	if (strncmp(base_name(img->path), "libpython", 9) == 0)
		return 0;
	return img->is_exe ? 1 : 2;
}

static void order_images(struct search *s)
{
	struct pst_images *images = &s->py->images;

	PST_VEC(struct pst_image *) order = {0};
	for (int rank = 0; rank < 3; rank++) {
		for (size_t i = 0; i < images->len; i++) {
			struct pst_image *img = &images->at[i];

			if (img->has_exec && rank_of(img) == rank)
				*PST_VEC_PUSH(&order) = img;
		}
	}
	s->order = order.at;
	s->n = order.len;
}

/* ---- symbols --------------------------------------------------------------------------------- */

enum name {
	RUNTIME,
	INTERP_HEAD,
	TSTATE_CURRENT,
	VERSION,
	REF_TOTAL,
	NEGATIVE_REFCOUNT,
	PRINT_REFERENCES,
	UCS2,
	UCS4,
	EVAL_FRAME,
	NAMES
};

static const char *const names[NAMES] = {
	[RUNTIME] = "_PyRuntime",
	[INTERP_HEAD] = "interp_head",
	[TSTATE_CURRENT] = "_PyThreadState_Current",
	[VERSION] = "Py_Version",
	/* in Py_DEBUG builds only (Objects/object.c): up to 3.11, all */
	[REF_TOTAL] = "_Py_RefTotal",
	[NEGATIVE_REFCOUNT] = "_Py_NegativeRefcount",
	/* in Py_TRACE_REFS builds only */
	[PRINT_REFERENCES] = "_Py_PrintReferences",
	/* names of the same function up to 3.2 */
	[UCS2] = "PyUnicodeUCS2_FromObject",
	[UCS4] = "PyUnicodeUCS4_FromObject",
	/* in every file that holds an interpreter and exports anything */
	[EVAL_FRAME] = "PyEval_EvalCode",
};

static const char *table_text(unsigned table, bool runtime)
{
	switch (table) {
	case PST_SYM_DYN:
		return runtime ? N_("symbol _PyRuntime in .dynsym") : N_("symbol of .dynsym");
	case PST_SYM_FULL:
		return runtime ? N_("symbol _PyRuntime in .symtab")
			       : N_("symbol interp_head in .symtab");
	case PST_SYM_MINI:
		return runtime ? N_("symbol _PyRuntime in .gnu_debugdata")
			       : N_("symbol interp_head in .gnu_debugdata");
	default:
		return runtime ? N_("symbol _PyRuntime in a separate debug file")
			       : N_("symbol interp_head in a separate debug file");
	}
}

static unsigned flags_of(const struct pst_symbol *found)
{
	unsigned flags = 0;

	if (found[REF_TOTAL].at || found[NEGATIVE_REFCOUNT].at)
		flags |= PST_PY_DEBUG;
	if (found[PRINT_REFERENCES].at)
		flags |= PST_PY_TRACE_REFS;
	if (found[UCS2].at)
		flags |= PST_PY_UCS2;
	if (found[UCS4].at)
		flags |= PST_PY_UCS4;
	return flags;
}

/* True when IMG may hold an interpreter that the TABLES name. */
static bool find_symbols(struct pst_python *py, struct pst_image *img, unsigned tables,
			 struct pst_candidate *c)
{
	struct pst_symbol found[NAMES] = {0};
	struct pst_range section;

	*c = (struct pst_candidate){.img = img};
	pst_image_symbols(&py->images, img, tables, names, NAMES, found);
	c->runtime = found[RUNTIME].at;
	c->interp_head = found[INTERP_HEAD].at;
	c->tstate_current = found[TSTATE_CURRENT].at;
	c->version = found[VERSION].at;
	c->flags = flags_of(found);
	if (c->runtime)
		c->source = table_text(found[RUNTIME].from, true);
	else if (c->interp_head)
		c->source = table_text(found[INTERP_HEAD].from, false);
	if (!c->runtime && !pst_image_section(&py->images, img, ".PyRuntime", &section) &&
	    section.end > section.start) {
		c->runtime = section.start;
		c->source = N_(".PyRuntime section");
	}
	return c->runtime || c->interp_head || c->tstate_current || found[EVAL_FRAME].at;
}

/* ---- up to 3.6: static variables ------------------------------------------------------------- */

static void find_statics(struct pst_python *py, const struct pst_candidate *c)
{
	const struct pst_layout_symbols *s = pst_layout_symbols(&py->info.version);
	struct pst_statics *st = &py->statics;
	const struct {
		const char *name;
		uint64_t *at;
	} wanted[] = {
		{s->interp_head, &st->interp_head},
		{s->tstate_current, &st->tstate_current},
		{s->main_thread, &st->main_thread},
		{s->gil_locked, &st->gil_locked},
		{s->gil_last_holder, &st->gil_last_holder},
		{s->gil_cond, &st->gil_cond},
		{s->gil_mutex, &st->gil_mutex},
		{s->switch_cond, &st->switch_cond},
		{s->switch_mutex, &st->switch_mutex},
		{s->interpreter_lock, &st->interpreter_lock},
		{s->gc_collecting, &st->gc_collecting},
	};
	const char *list[sizeof wanted / sizeof wanted[0]];
	uint64_t *to[sizeof wanted / sizeof wanted[0]];
	struct pst_symbol found[sizeof wanted / sizeof wanted[0]] = {0};
	size_t n = 0;

	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		if (!wanted[i].name)
			continue;
		list[n] = wanted[i].name;
		to[n++] = wanted[i].at;
	}
	pst_image_symbols(&py->images, c->img, PST_SYM_ALL, list, n, found);
	for (size_t i = 0; i < n; i++) {
		if (!*to[i])
			*to[i] = found[i].at;
	}
}

/* ---- trying a candidate ---------------------------------------------------------------------- */

static void keep(struct search *s, struct pst_image *img, enum pst_live live)
{
	if (live <= s->best)
		return;
	s->best = live;
	s->layout = s->py->layout;
	s->info = s->py->info;
	s->statics = s->py->statics;
	s->img = img;
}

static void start(struct pst_python *py, const struct pst_candidate *c, const char *version_source)
{
	py->statics = (struct pst_statics){.interp_head = c->interp_head,
					   .tstate_current = c->tstate_current};
	py->info.runtime = c->runtime;
	py->info.runtime_source = c->source;
	py->info.version_source = version_source;
	py->info.binary = c->img->path;
}

static size_t read_blob(struct pst_python *py, uint64_t at, uint8_t *blob)
{
	for (size_t len = PST_DEBUG_OFFSETS_MAX; len >= 64; len /= 2) {
		if (!pst_target_read(py->target, at, blob, len))
			return len;
	}
	return 0;
}

/* 3.13+: the process describes itself.  False when it does not. */
static bool try_debug_offsets(struct search *s, const struct pst_candidate *c)
{
	struct pst_python *py = s->py;
	uint8_t blob[PST_DEBUG_OFFSETS_MAX];
	struct pst_layout layout;
	struct pst_why why = {0};
	size_t len = read_blob(py, c->runtime, blob);

	if (!len || !pst_layout_is_debug_offsets(blob, len))
		return false;

	enum pst_err err = pst_layout_from_debug_offsets(blob, len, c->flags, &layout, &why);

	if (err) {
		s->err = err;
		s->why = why;
		return true;
	}
	start(py, c, N_("debug offsets"));
	pst_use_layout(py, &layout);
	pst_version_text(&layout.version, py->info.version_text, sizeof py->info.version_text);
	keep(s, c->img, pst_validate(py));
	return true;
}

/* Builds that differ in what symbols would have told; the last resort of stripped binaries. */
static const unsigned variants[] = {0, PST_PY_DEBUG, PST_PY_DEBUG | PST_PY_TRACE_REFS,
				    PST_PY_TRACE_REFS};

static unsigned implied(const struct pst_pyversion *v, unsigned flags)
{
	if ((flags & PST_PY_DEBUG) && (v->major < 3 || (v->major == 3 && v->minor < 8)))
		flags |= PST_PY_TRACE_REFS;
	return flags;
}

static void try_layout(struct search *s, struct pst_candidate *c,
		       const struct pst_version_guess *guess, unsigned flags, bool scan)
{
	struct pst_python *py = s->py;
	const struct pst_layout *row = pst_layout_find(&guess->version, flags);

	if (!row) {
		if (!s->err)
			s->err = pst_why_set(&s->why, PST_UNKNOWN, 0,
					     _("Process %d runs Python %s (by its %s), a version "
					       "that is not known here."),
					     (int)py->target->pid, guess->text, _(guess->source));
		return;
	}

	struct pst_layout layout = *row;

	layout.version = guess->version;
	start(py, c, guess->source);
	pst_use_layout(py, &layout);
	py->info.flags |= flags & (PST_PY_DEBUG | PST_PY_TRACE_REFS | PST_PY_UCS2 | PST_PY_UCS4);
	memcpy(py->info.version_text, guess->text, sizeof py->info.version_text);
	if (layout.runtime_interpreters_head < 0)
		find_statics(py, c);

	bool has_place = layout.runtime_interpreters_head >= 0 ? c->runtime != 0
							       : py->statics.interp_head != 0;

	if (has_place) {
		if (layout.runtime_interpreters_head < 0)
			py->info.runtime = py->statics.interp_head;
		keep(s, c->img, pst_validate(py));
	} else if (scan) {
		py->info.runtime_source = N_("scan of writable data");
		keep(s, c->img, pst_scan(py, c->img));
	}
}

/* Returns true when the search is over. */
static bool try_candidate(struct search *s, struct pst_candidate *c, bool scan)
{
	struct pst_version_guess guesses[4];
	size_t n;

	pst_log(PST_LOG_DEBUG, "candidate %s: runtime 0x%llx, interp_head 0x%llx, flags %x",
		c->img->path, (unsigned long long)c->runtime, (unsigned long long)c->interp_head,
		c->flags);
	if (scan && !c->runtime) {
		c->runtime = pst_scan_cookie(s->py, c->img);
		if (c->runtime)
			c->source = N_("scan of writable data");
	}
	if (c->runtime && try_debug_offsets(s, c))
		return s->best == PST_LIVE_YES;
	n = pst_version_guess(s->py, c, guesses, sizeof guesses / sizeof guesses[0]);
	for (size_t i = 0; i < n && s->best != PST_LIVE_YES; i++) {
		unsigned flags = implied(&guesses[i].version, c->flags);

		try_layout(s, c, &guesses[i], flags, scan);
		if (flags & (PST_PY_DEBUG | PST_PY_TRACE_REFS))
			continue;
		for (size_t v = 1;
		     v < sizeof variants / sizeof variants[0] && s->best < PST_LIVE_EMPTY; v++)
			try_layout(s, c, &guesses[i],
				   flags | implied(&guesses[i].version, variants[v]), scan);
	}
	return s->best == PST_LIVE_YES;
}

/* ---- the passes --------------------------------------------------------------------------------
 */

#define UNLIKELY_MAX                                                                               \
	((int64_t)32                                                                               \
	 << 20) /* bytes of libraries that are looked through although nothing hints at Python */

static bool is_library(const struct pst_image *img)
{
	return strstr(base_name(img->path), ".so") != NULL;
}

static int64_t data_size(struct pst_python *py, const struct pst_image *img)
{
	struct pst_range ranges[16];
	size_t n = pst_image_data(&py->images, img, ranges, 16);
	int64_t size = 0;

	for (size_t i = 0; i < n; i++)
		size += (int64_t)(ranges[i].end - ranges[i].start);
	return size;
}

static bool pass_over(struct search *s, enum pass pass, struct pst_candidate *seen)
{
	int64_t budget = UNLIKELY_MAX;

	for (size_t i = 0; i < s->n; i++) {
		struct pst_candidate *c = &seen[i];
		bool known = c->img != NULL;

		if (pass == PASS_DYNAMIC) {
			if (!find_symbols(s->py, s->order[i], PST_SYM_DYN, c)) {
				/* what exports nothing of Python can still hold it */
				if (!s->order[i]->is_exe && is_library(s->order[i]))
					c->img = NULL;
				continue;
			}
			/* up to 3.6 interp_head is a local symbol: looked up with the other
			 * variables */
			if (c->tstate_current && !c->source)
				c->source = table_text(PST_SYM_FULL, false);
			if ((c->runtime || c->tstate_current || c->interp_head) &&
			    try_candidate(s, c, false))
				return true;
		} else if (known && pass == PASS_SYMBOLS) {
			if (find_symbols(s->py, s->order[i], PST_SYM_ALL, c) &&
			    (c->runtime || c->interp_head) && try_candidate(s, c, false))
				return true;
		} else if (pass == PASS_SCAN &&
			   (known || (budget -= data_size(s->py, s->order[i])) > 0)) {
			c->img = s->order[i];
			if (try_candidate(s, c, true))
				return true;
		}
	}
	return false;
}

/* The executable's ELF header says so (e_ident[EI_CLASS]); it is mapped at its start. */
static bool is_32_bit(struct pst_python *py)
{
	uint8_t head[5];

	for (size_t i = 0; i < py->images.len; i++) {
		if (py->images.at[i].is_exe &&
		    !pst_target_read(py->target, py->images.at[i].start, head, sizeof head))
			return memcmp(head, "\177ELF\001", 5) == 0;
	}
	return false;
}

static enum pst_err give_up(struct search *s, struct pst_why *why)
{
	struct pst_python *py = s->py;
	struct pst_proc_info info;
	enum pst_err err;

	if (py->target->ops->check && py->target->ops->check(py->target))
		return pst_why_set(why, PST_GONE, 0, _("Process %d has exited."),
				   (int)py->target->pid);
	if (s->best == PST_LIVE_EMPTY)
		return pst_why_set(why, PST_NOTREADY, 0,
				   _("Process %d has Python %s in it (%s), but no interpreter is "
				     "running there: it is "
				     "starting or has finished. Try again in a moment."),
				   (int)py->target->pid, s->info.version_text, s->info.binary);
	if (s->err) {
		if (why)
			*why = s->why;
		return s->err;
	}
	if (is_32_bit(py))
		return pst_why_set(
			why, PST_NOTPYTHON, 0,
			_("Process %d is a 32-bit program; only 64-bit processes can be read."),
			(int)py->target->pid);
	memset(&info, 0, sizeof info);
	if (!py->target->ops->info || py->target->ops->info(py->target, &info) || !info.exe)
		return pst_why_set(why, PST_NOTPYTHON, 0, _("Process %d is not a Python process."),
				   (int)py->target->pid);
	err = pst_why_set(why, PST_NOTPYTHON, 0,
			  _("Process %d runs %s, in which there is no Python interpreter."),
			  (int)py->target->pid, *info.exe ? info.exe : info.comm);
	pst_proc_info_free(&info);
	return err;
}

static enum pst_err adopt(struct search *s)
{
	struct pst_python *py = s->py;

	pst_use_layout(py, &s->layout);
	py->info = s->info;
	py->statics = s->statics;
	py->image = s->img;
	py->objects.flags = py->info.flags;
	pst_look_begin(&py->look);

	/* the main interpreter is the last of the list */
	uint64_t at = pst_interp_head(py), next;

	for (unsigned i = 0; i < PST_INTERPS_MAX && pst_plausible(at); i++) {
		py->objects.interp = at;
		if (pst_look_ptr(&py->look, at + (uint64_t)py->layout.interp_next, &next))
			break;
		at = next;
	}
	if (py->layout.runtime_interpreters_head < 0 && !py->statics.gil_cond &&
	    !py->statics.interpreter_lock)
		pst_scan_gil(py);
	return PST_OK;
}

enum pst_err pst_runtime_find(struct pst_python *py, struct pst_why *why)
{
	struct search s = {.py = py};
	struct pst_candidate *seen;
	enum pst_err err;

	order_images(&s);
	seen = calloc(s.n ? s.n : 1, sizeof *seen);
	for (int pass = 0; seen && pass < PASSES && s.best < PST_LIVE_WEAK; pass++)
		pass_over(&s, (enum pass)pass, seen);
	free(seen);
	free(s.order);
	err = s.best >= PST_LIVE_WEAK ? adopt(&s) : give_up(&s, why);
	return err;
}
