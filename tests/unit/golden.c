// SPDX-License-Identifier: MIT
#include "config.h"

#include "golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "unit.h"

void golden_print(struct pst_buf *out, const struct canvas *c)
{
	canvas_read(c, out);
	pst_buf_adds(out, "--\n");
	for (int row = 0; row < c->rows; row++) {
		for (int col = 0; col < c->cols; col++) {
			uint8_t style = c->at[row * c->stride + col].style;

			pst_buf_addc(out, theme_entry((enum style)style)->letter);
		}
		pst_buf_addc(out, '\n');
	}
}

static void read_all(const char *path, struct pst_buf *out)
{
	FILE *file = fopen(path, "rb");
	char chunk[4096];
	size_t n;

	if (!file)
		fail_msg("%s is missing: run with PST_SCREENS_WRITE=1 and look at it", path);
	while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
		pst_buf_add(out, chunk, n);
	fclose(file);
}

static void write_all(const char *path, const struct pst_buf *text)
{
	FILE *file = fopen(path, "wb");

	if (!file)
		fail_msg("%s cannot be written", path);
	assert_int_equal(fwrite(pst_buf_text(text), 1, text->len, file), text->len);
	assert_int_equal(fclose(file), 0);
}

/* As remarks, which a reader of TAP skips. */
static void say_lines(const char *text)
{
	while (*text) {
		int n = (int)strcspn(text, "\n");

		print_message("# %.*s\n", n, text);
		text += n + (text[n] == '\n');
	}
}

void golden_compare(const char *name, const struct pst_buf *text)
{
	struct pst_buf expected = {0};
	char path[1024];

	snprintf(path, sizeof path, "%s/screens/%s.txt", PST_TESTS_DIR, name);
	if (getenv("PST_SCREENS_WRITE"))
		write_all(path, text);
	read_all(path, &expected);
	if (strcmp(pst_buf_text(text), pst_buf_text(&expected)) != 0) {
		say_lines(pst_buf_text(text));
		fail_msg("%s is another one now", name);
	}
	pst_buf_free(&expected);
}
