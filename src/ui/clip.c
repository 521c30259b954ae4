// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/clip.h"

#include <string.h>

#include "base/buf.h"

static void add_base64(struct pst_buf *out, const char *text)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *s = (const unsigned char *)text;
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i += 3) {
		unsigned left = n - i > 2 ? 3 : (unsigned)(n - i);
		unsigned v = (unsigned)s[i] << 16 | (left > 1 ? (unsigned)s[i + 1] << 8 : 0) |
			     (left > 2 ? s[i + 2] : 0);
		const char four[] = {letters[v >> 18], letters[v >> 12 & 63],
				     left > 1 ? letters[v >> 6 & 63] : '=',
				     left > 2 ? letters[v & 63] : '='};

		pst_buf_add(out, four, sizeof four);
	}
}

static void add(struct pst_buf *out, const char *before, const char *text, const char *after)
{
	pst_buf_adds(out, before);
	add_base64(out, text);
	pst_buf_adds(out, after);
}

void clip_sequence(struct pst_buf *out, const char *text, const char *tmux, const char *sty)
{
	add(out, "\033]52;c;", text, "\a");
	/* tmux keeps that to itself, if it takes it at all. */
	if (tmux && *tmux)
		add(out, "\033Ptmux;\033\033]52;c;", text, "\a\033\\");
	else if (sty && *sty)
		add(out, "\033P\033]52;c;", text, "\a\033\\");
}
