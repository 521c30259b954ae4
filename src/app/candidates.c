// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/candidates.h"

#include "app/collect.h"
#include "base/alloc.h"
#include "base/text.h"
#include "base/vec.h"
#include "interp/interp.h"
#include "plat/plat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uthash.h>

#define READING_NS UINT64_C(100000000)	/* between two readings of CPU time, at least */
#define MAPS_NS	   UINT64_C(5000000000) /* a program may load a Python later on */
#define OPEN_NS	   UINT64_C(30000000)	/* for exact versions, each time; others wait */
#define VERSION_MAX 32

struct known {
	UT_hash_handle hh;
	pid_t pid;
	uint64_t start_ticks;
	uint64_t at_ns, cpu_ns; /* the reading that the next is compared with */
	double percent;
	bool since_start;
	uint64_t maps_ns; /* when its maps were looked through; 0: not */
	bool mapped;	  /* a Python was found there */
	char version[VERSION_MAX];
	bool exact; /* that is the version in full, or could not be had */
	bool there;
};

struct binary { /* an executable file; with the name of its version, as it may load several */
	UT_hash_handle hh;
	struct binary_key {
		uint64_t dev, inode;
		char name[VERSION_MAX];
	} key;
	char version[VERSION_MAX];
};

struct user {
	UT_hash_handle hh;
	unsigned uid;
	char *name;
};

struct candidates {
	struct known *known;
	struct binary *binaries;
	struct user *users;
	char own[128];		  /* container that we are in */
	uint64_t now_ns, open_ns; /* when it began, and how long versions took this time */
};

struct candidates *candidates_new(void)
{
	struct candidates *c = pst_calloc(1, sizeof *c);

	pst_proc_container(getpid(), c->own, sizeof c->own);
	return c;
}

void candidates_free(struct candidates *c)
{
	struct known *k, *k_next;
	struct binary *b, *b_next;
	struct user *u, *u_next;

	if (!c)
		return;
	HASH_ITER(hh, c->known, k, k_next) {
		HASH_DEL(c->known, k);
		free(k);
	}
	HASH_ITER(hh, c->binaries, b, b_next) {
		HASH_DEL(c->binaries, b);
		free(b);
	}
	HASH_ITER(hh, c->users, u, u_next) {
		HASH_DEL(c->users, u);
		free(u->name);
		free(u);
	}
	free(c);
}

static struct known *known_of(struct candidates *c, pid_t pid, const struct pst_glance *g)
{
	struct known *k;

	HASH_FIND(hh, c->known, &pid, sizeof pid, k);
	if (!k) {
		k = pst_calloc(1, sizeof *k);
		k->pid = pid;
		k->start_ticks = g->start_ticks;
		HASH_ADD(hh, c->known, pid, sizeof k->pid, k);
	} else if (k->start_ticks != g->start_ticks) { /* another one under the same number */
		UT_hash_handle hh = k->hh;
		*k = (struct known){.hh = hh, .pid = pid, .start_ticks = g->start_ticks};
	}
	k->there = true;
	return k;
}

static void forget_ended(struct candidates *c)
{
	struct known *k, *next;

	HASH_ITER(hh, c->known, k, next) {
		if (!k->there) {
			HASH_DEL(c->known, k);
			free(k);
			continue;
		}
		k->there = false;
	}
}

static const char *user_of(struct candidates *c, unsigned uid)
{
	struct pst_buf clean = {0};
	struct user *u;
	char name[64];

	HASH_FIND(hh, c->users, &uid, sizeof uid, u);
	if (u)
		return u->name;
	u = pst_calloc(1, sizeof *u);
	u->uid = uid;
	pst_user_name(uid, name, sizeof name);
	pst_text_sanitise(&clean, name, strlen(name), 0);
	u->name = pst_buf_take(&clean);
	HASH_ADD(hh, c->users, uid, sizeof u->uid, u);
	return u->name;
}

/* ---- is it one? -------------------------------------------------------------------------- */

/* Takes the name that says more: "3.11" before "3". */
static bool fits(void *version, const char *path)
{
	char found[VERSION_MAX];

	/* The program is a mapping too where another one, the loader, started it. */
	if (!pst_python_names_library(path, found, sizeof found) &&
	    !pst_python_names_program(path, found, sizeof found))
		return false;
	if (!*(char *)version || strchr(found, '.'))
		memcpy(version, found, sizeof found);
	return strchr(version, '.') != NULL;
}

/* True: a Python is mapped; what its name says of the version is in k->version. */
static bool maps_python(struct candidates *c, struct known *k)
{
	char version[VERSION_MAX] = "";
	bool found;

	if (k->maps_ns && c->now_ns - k->maps_ns < MAPS_NS)
		return k->mapped;
	k->maps_ns = c->now_ns;
	if (pst_proc_maps_any(k->pid, fits, version, &found))
		return k->mapped = false;
	k->mapped = found || *version;
	if (*version && !k->exact)
		memcpy(k->version, version, sizeof version);
	return k->mapped;
}

/* The executable, or where the system hides it from us, what the process calls itself. */
static bool named_python(pid_t pid, const struct pst_glance *g, char *version, size_t size)
{
	struct pst_proc_info info;

	if (*g->exe)
		return pst_python_names_program(g->exe, version, size);
	if (pst_python_names_program(g->comm, version, size))
		return true;
	if (pst_proc_info_read(pid, &info))
		return false;
	bool is = info.cmdline_len && pst_python_names_program(info.cmdline, version, size);
	pst_proc_info_free(&info);
	return is;
}

static bool is_python(struct candidates *c, struct known *k, const struct pst_glance *g)
{
	char version[VERSION_MAX];

	if (!named_python(k->pid, g, version, sizeof version))
		return *g->exe && maps_python(c, k);
	if (!*k->version)
		memcpy(k->version, version, sizeof version);
	if (!strchr(k->version, '.') && !k->exact)
		maps_python(c, k);
	return true;
}

/* ---- its version ------------------------------------------------------------------------- */

static enum pst_err ask_version(pid_t pid, char *out, size_t size)
{
	struct pst_target *target = NULL;
	struct pst_python *py = NULL;
	struct pst_why why;
	enum pst_err err = pst_target_open_live(pid, &target, &why);

	if (!err)
		err = pst_python_open(target, &py, &why);
	if (!err)
		snprintf(out, size, "%s", pst_python_info(py)->version_text);
	pst_python_close(py);
	pst_target_close(target);
	return err;
}

/* The exact version, which all that executes the same file has. */
static void find_version(struct candidates *c, struct known *k)
{
	struct binary_key key = {0};
	struct binary *b;

	if (k->exact || !pst_proc_exe_id(k->pid, &key.dev, &key.inode))
		return;
	snprintf(key.name, sizeof key.name, "%s", k->version);
	HASH_FIND(hh, c->binaries, &key, sizeof key, b);
	if (b) {
		memcpy(k->version, b->version, sizeof k->version);
		k->exact = true;
		return;
	}
	uint64_t begin = pst_now_ns();
	char version[VERSION_MAX];
	if (c->open_ns >= OPEN_NS)
		return;
	enum pst_err err = ask_version(k->pid, version, sizeof version);
	c->open_ns += pst_now_ns() - begin;
	k->exact = err != PST_NOTREADY; /* it starts up: next time */
	if (err)
		return;
	b = pst_calloc(1, sizeof *b);
	b->key = key;
	memcpy(b->version, version, sizeof version);
	HASH_ADD(hh, c->binaries, key, sizeof b->key, b);
	memcpy(k->version, version, sizeof version);
}

/* ---- the list ---------------------------------------------------------------------------- */

static void measure_cpu(const struct candidates *c, struct known *k, const struct pst_proc_info *info)
{
	if (!k->at_ns) {
		k->since_start = true;
		k->percent = info->age_ns ? 100.0 * (double)info->cpu_ns / (double)info->age_ns : -1;
	} else if (c->now_ns - k->at_ns >= READING_NS) {
		uint64_t used = info->cpu_ns > k->cpu_ns ? info->cpu_ns - k->cpu_ns : 0;
		k->since_start = false;
		k->percent = 100.0 * (double)used / (double)(c->now_ns - k->at_ns);
	} else {
		return;
	}
	k->at_ns = c->now_ns;
	k->cpu_ns = info->cpu_ns;
}

/* Ours is where all that we see is; it tells nothing. */
static char *container_of(const struct candidates *c, const struct pst_proc_info *info)
{
	char theirs[sizeof c->own];
	struct pst_buf clean = {0};

	pst_proc_container(info->pid, theirs, sizeof theirs);
	if (!strcmp(theirs, c->own))
		*theirs = '\0';
	if (!*theirs && info->other_ns)
		snprintf(theirs, sizeof theirs, "pidns");
	pst_text_sanitise(&clean, theirs, strlen(theirs), 0);
	return pst_buf_take(&clean);
}

static void try_attach(struct pst_candidate *to)
{
	struct pst_proc *proc;
	struct pst_why why = {0};

	to->err = pst_proc_open(to->pid, &proc, &why);
	if (!to->err)
		pst_proc_close(proc);
	to->why = pst_strdup(to->err ? why.what : "");
}

static void add(struct candidates *c, struct known *k, struct pst_candidates *out)
{
	struct pst_buf label = {0};
	struct pst_proc_info info;

	if (pst_proc_info_read(k->pid, &info))
		return;
	struct pst_candidate *to = PST_VEC_PUSH(out);
	to->pid = k->pid;
	measure_cpu(c, k, &info);
	try_attach(to);
	if (!to->err)
		find_version(c, k);
	process_label(&info, &label);
	to->cmdline = pst_buf_take(&label);
	to->user = pst_strdup(user_of(c, info.uid));
	to->version = pst_strdup(k->version);
	to->container = container_of(c, &info);
	to->cpu_percent = k->percent;
	to->cpu_since_start = k->since_start;
	to->rss_bytes = info.rss_bytes;
	pst_proc_info_free(&info);
}

void candidates_read(struct candidates *c, struct pst_candidates *out)
{
	struct pst_pids pids = {0};
	struct pst_glance g;

	*out = (struct pst_candidates){0};
	c->now_ns = pst_now_ns();
	c->open_ns = 0;
	pst_proc_list(&pids);
	for (size_t i = 0; i < pids.len; i++) {
		if (pids.at[i] == getpid() || pst_proc_glance(pids.at[i], &g) || g.of_kernel)
			continue;
		struct known *k = known_of(c, pids.at[i], &g);
		if (is_python(c, k, &g))
			add(c, k, out);
	}
	pst_pids_free(&pids);
	forget_ended(c);
}
