// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/session_files.h"

#include "app/edit.h"
#include "app/outfile.h"
#include "app/session.h"
#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/* A program that is stopped in the middle of a look would leave the target held. */
static void stops(void *ctx, bool stopped)
{
	struct feed *f = ctx;

	if (f->sampler && !f->paused)
		pst_sampler_set_paused(f->sampler, stopped);
}

enum pst_err session_edit(void *ctx, uint32_t process, const char *file, int line, struct pst_why *why)
{
	struct session *s = ctx;
	struct pst_summary sum;

	(void)process; /* there is but one */
	pst_model_summary(s->feed.model, &sum);
	return edit_file(sum.pid, file, line, stops, &s->feed, why);
}

enum pst_err session_save_text(void *ctx, const char *path, const char *text, bool replace,
			       struct pst_why *why)
{
	(void)ctx;
	return outfile_save(path, text, replace, why);
}

/* ---- the configuration ------------------------------------------------------------------- */

static void note(struct pst_model *m, const char *text)
{
	uint32_t len = (uint32_t)strlen(text);
	uint32_t size = PST_REC_ALIGN((uint32_t)sizeof(struct pst_rec_note) + len);
	struct pst_rec_note *r = pst_calloc(1, size);

	*r = (struct pst_rec_note){{size, PST_REC_NOTE, 0}, 1, len};
	memcpy(r + 1, text, len);
	pst_model_ingest(m, &r->head);
	free(r);
}

void session_read_config(struct session *s)
{
	struct pst_why why = {0};

	if (userconfig_read(&s->config, &why))
		note(s->feed.model, why.what);
}

const char *session_config_text(void *ctx)
{
	return ((struct session *)ctx)->config.text;
}

const char *session_config_path(void *ctx)
{
	return ((struct session *)ctx)->config.path;
}

enum pst_err session_config_save(void *ctx, const char *text, struct pst_why *why)
{
	return userconfig_write(&((struct session *)ctx)->config, text, why);
}
