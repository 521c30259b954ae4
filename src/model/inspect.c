// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/inspect.h"

#include <stdlib.h>
#include <string.h>

void pst_source_free(struct pst_source *s)
{
	for (size_t i = 0; i < s->len; i++)
		free(s->lines[i]);
	free(s->lines);
	memset(s, 0, sizeof *s);
}

void pst_candidates_free(struct pst_candidates *c)
{
	for (size_t i = 0; i < c->len; i++) {
		struct pst_candidate *p = &c->at[i];
		free(p->cmdline);
		free(p->user);
		free(p->version);
		free(p->container);
		free(p->why);
	}
	free(c->at);
	memset(c, 0, sizeof *c);
}
