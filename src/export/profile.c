// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/profile.h"

#include "base/buf.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 16384

const char *pst_profile_text(struct pst_profile *p, const char *text)
{
	struct pst_buf clean = {0};

	if (!text || !*text)
		return "";
	pst_text_sanitise(&clean, text, strlen(text), TEXT_MAX);
	char *kept = pst_buf_take(&clean);
	*PST_VEC_PUSH(&p->texts) = kept;
	return kept;
}

void pst_profile_free(struct pst_profile *p)
{
	for (size_t i = 0; i < p->texts.len; i++)
		free(p->texts.at[i]);
	PST_VEC_FREE(&p->funcs);
	PST_VEC_FREE(&p->frames);
	PST_VEC_FREE(&p->nodes);
	PST_VEC_FREE(&p->threads);
	PST_VEC_FREE(&p->processes);
	PST_VEC_FREE(&p->rows);
	PST_VEC_FREE(&p->runs);
	PST_VEC_FREE(&p->texts);
	*p = (struct pst_profile){0};
}
