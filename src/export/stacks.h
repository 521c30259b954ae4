// SPDX-License-Identifier: MIT
#ifndef PST_EXPORT_STACKS_H
#define PST_EXPORT_STACKS_H

/*
 * The stacks of a profile as a tree, with what the options ask for: filters, lines or functions,
 * roots for processes and threads.  Siblings are in the order of name, file and line, so that the
 * same profile makes the same file.  Two profiles can be in one tree, side by side.
 */

#include "export/export.h"

enum pst_label_kind {
	PST_LABEL_ALL, /* the root of all */
	PST_LABEL_PROCESS,
	PST_LABEL_THREAD,
	PST_LABEL_FRAME,
	PST_LABEL_REST, /* "…": what is too small */
};

struct pst_label { /* what stands in a node; equal ones are one */
	enum pst_label_kind kind;
	const char *name, *file, *full_file;
	int line, first_line;
	bool library;
	uint32_t id; /* of the thread or process in the profile */
};

struct pst_cost {
	uint64_t samples, ns;
};

struct pst_stack_node {
	uint32_t label, parent; /* indices; the root of all is node 0 */
	uint32_t child, next;	/* index of the first child, of the next sibling; 0: none */
	uint32_t depth;		/* of the root of all: 0 */
	struct pst_cost own, total;
	uint64_t own_gil, own_cpu;  /* ns with the GIL held; neither idle nor waiting for it */
	uint64_t base_own, base_ns; /* of the other profile, own and total */
};

struct pst_stacks {
	PST_VEC(struct pst_stack_node) nodes; /* a parent before its children */
	PST_VEC(struct pst_label) labels;
	PST_VEC(char *) texts; /* of labels that are made here */
	bool compares;	       /* another profile is in it */
};

enum {			      /* which roots there are, as bits */
       PST_ROOTS_THREADS = 1, /* whatever the options say */
       PST_ROOTS_NONE = 2,    /* none, whatever they say */
};

/* Strings are P's (and OPT->base's), which must stay. */
void pst_stacks_build(const struct pst_profile *p, const struct pst_export_options *opt,
		      unsigned roots, struct pst_stacks *out);
void pst_stacks_free(struct pst_stacks *s);

/* Whether the options let samples of KIND through. */
bool pst_export_counts(const struct pst_profile *p, const struct pst_export_options *opt,
		       unsigned kind);
/* The line that FRAME stands at under OPT. */
int pst_export_line(const struct pst_profile *p, const struct pst_export_options *opt,
		    uint32_t frame);

#endif
