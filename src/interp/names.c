// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <stdlib.h>

#include <uthash.h>

#include "base/alloc.h"

/*
 * Names that the threading module gave: sys.modules["threading"]._active maps idents to Thread
 * objects, whose _name (2.x: _Thread__name) it is.  The whole dictionary is read at once, again
 * when an ident turns up that was not asked for before, and else at most once in REFRESH_NS.
 */

#define REFRESH_NS  UINT64_C(1000000000)
#define THREADS_MAX 100000

struct name_key {
	uint64_t interp, ident;
};

struct name {
	UT_hash_handle hh;
	struct name_key key;
	const char *text; /* NULL: threading does not know it */
	uint64_t thread;  /* address of the Thread object */
	unsigned round;	  /* of the last reading that found it, or when it was asked for */
};

/* What one interpreter's dictionary was like. */
struct names_of {
	UT_hash_handle hh;
	uint64_t interp;
	uint64_t read_at; /* time */
	unsigned look;	  /* in which it was read: it has no more to tell in that */
	unsigned round;
};

struct pst_names {
	struct name *names;
	struct names_of *interps;
};

struct visit {
	struct pst_python *py;
	const struct pst_objects *objects;
	uint64_t interp;
	unsigned round;
};

static struct name *name_of(struct pst_names *names, uint64_t interp, uint64_t ident)
{
	struct name_key key = {interp, ident};
	struct name *n = NULL;

	HASH_FIND(hh, names->names, &key, sizeof key, n);
	if (!n) {
		n = pst_calloc(1, sizeof *n);
		n->key = key;
		HASH_ADD(hh, names->names, key, sizeof n->key, n);
	}
	return n;
}

static bool visit_thread(void *ctx, uint64_t key, uint64_t value)
{
	struct visit *v = ctx;
	int64_t ident;

	if (!pst_object_int64(v->objects, key, &ident))
		return true;

	struct name *n = name_of(v->py->names, v->interp, (uint64_t)ident);
	uint64_t text = pst_instance_get(
		v->objects, value, v->py->layout.version.major < 3 ? "_Thread__name" : "_name");
	const char *name = text ? pst_intern_object(v->py, text) : NULL;

	n->round = v->round;
	if (name || n->thread != value) /* half-read: the old name of the same thread is better */
		n->text = name;
	n->thread = value;
	return true;
}

/* Threads that are gone; those that somebody asked for since the last reading stay, as nameless. */
static void forget_unseen(struct pst_names *names, uint64_t interp, unsigned round)
{
	struct name *n, *next;

	HASH_ITER(hh, names->names, n, next)
	{
		if (n->key.interp != interp || n->round == round)
			continue;
		n->text = NULL;
		n->thread = 0;
		if (round - n->round > 1) {
			HASH_DEL(names->names, n);
			free(n);
		}
	}
}

/* The dictionary threading._active of INTERP; 0 when that module is not imported. */
static uint64_t active_threads(struct pst_python *py, const struct pst_objects *objects)
{
	const struct pst_layout *l = &py->layout;
	uint64_t modules, module, dict;

	if (l->interp_modules < 0 || l->module_md_dict < 0 ||
	    pst_look_ptr(&py->look, objects->interp + (uint64_t)l->interp_modules, &modules) ||
	    !pst_plausible(modules))
		return 0;
	module = pst_dict_get(objects, modules, "threading");
	if (!pst_plausible(module) ||
	    pst_look_ptr(&py->look, module + (uint64_t)l->module_md_dict, &dict) ||
	    !pst_plausible(dict))
		return 0;
	return pst_dict_get(objects, dict, "_active");
}

static void read_names(struct pst_python *py, struct names_of *of, uint64_t interp)
{
	struct pst_objects objects = py->objects;
	struct visit v = {.py = py, .objects = &objects, .interp = interp, .round = ++of->round};

	objects.interp = interp;
	of->read_at = pst_now_ns();
	of->look = py->look.generation;

	uint64_t active = active_threads(py, &objects);

	if (active && !pst_dict_each(&objects, active, THREADS_MAX, visit_thread, &v))
		forget_unseen(py->names, interp, of->round);
}

const char *pst_thread_name(struct pst_python *py, uint64_t interp, uint64_t ident)
{
	struct name_key key = {interp, ident};
	struct names_of *of = NULL;
	struct name *n = NULL;

	if (!py->names)
		py->names = pst_calloc(1, sizeof *py->names);
	HASH_FIND(hh, py->names->interps, &interp, sizeof interp, of);
	if (!of) {
		of = pst_calloc(1, sizeof *of);
		of->interp = interp;
		HASH_ADD(hh, py->names->interps, interp, sizeof of->interp, of);
	}
	HASH_FIND(hh, py->names->names, &key, sizeof key, n);
	if (of->look != py->look.generation && (!n || pst_now_ns() - of->read_at > REFRESH_NS))
		read_names(py, of, interp);

	n = name_of(py->names, interp, ident);
	n->round = of->round;
	return n->text;
}

void pst_names_free(struct pst_names *names)
{
	struct name *n, *next;
	struct names_of *of, *next_of;

	if (!names)
		return;
	HASH_ITER(hh, names->names, n, next)
	{
		HASH_DEL(names->names, n);
		free(n);
	}
	HASH_ITER(hh, names->interps, of, next_of)
	{
		HASH_DEL(names->interps, of);
		free(of);
	}
	free(names);
}
