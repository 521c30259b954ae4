// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/find.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/alloc.h"
#include "base/i18n.h"

enum { MATCH_LIMIT = 20000, DEPTH_LIMIT = 1000, HEAP_KIB = 1024, TEXT_MAX = 16384 };

struct ui_find {
	char *pattern;
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
};

/* A capital letter that is no part of an escape (\S, \W) makes case matter. */
static bool has_capital(const char *s)
{
	utf8proc_int32_t cp = 0;

	while (*s) {
		utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s, -1, &cp);

		if (n <= 0)
			n = 1;
		else if (utf8proc_category(cp) == UTF8PROC_CATEGORY_LU)
			return true;
		if (*s == '\\' && s[1])
			n = 2;
		s += n;
	}
	return false;
}

static enum pst_err bad_pattern(struct pst_why *why, int code, size_t at)
{
	char text[160] = "";

	pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof text);
	return pst_why_set(why, PST_USAGE, 0,
			   _("That is no regular expression: %s, at character %zu."), text, at + 1);
}

enum pst_err ui_find_new(struct ui_find **out, const char *pattern, struct pst_why *why)
{
	uint32_t options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C;
	int code = 0;
	size_t at = 0;
	struct ui_find *f;

	*out = NULL;
	if (!has_capital(pattern))
		options |= PCRE2_CASELESS;
	pcre2_code *re = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options, &code,
				       &at, NULL);

	if (!re)
		return bad_pattern(why, code, at);
	f = pst_calloc(1, sizeof *f);
	f->pattern = pst_strdup(pattern);
	f->code = re;
	f->data = pcre2_match_data_create_from_pattern(re, NULL);
	f->context = pcre2_match_context_create(NULL);
	if (!f->data || !f->context) {
		ui_find_free(f);
		return pst_why_set(why, PST_NOMEM, 0, "%s", _("There is no memory for that."));
	}
	pcre2_set_match_limit(f->context, MATCH_LIMIT);
	pcre2_set_depth_limit(f->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(f->context, HEAP_KIB);
	*out = f;
	return PST_OK;
}

void ui_find_free(struct ui_find *f)
{
	if (!f)
		return;
	pcre2_match_context_free(f->context);
	pcre2_match_data_free(f->data);
	pcre2_code_free(f->code);
	free(f->pattern);
	free(f);
}

const char *ui_find_pattern(const struct ui_find *f)
{
	return f->pattern;
}

/* Text that is no UTF-8 does not match: PCRE2 checks it. */
bool ui_find_in(const struct ui_find *f, const char *text, size_t *from, size_t *to)
{
	size_t n = strlen(text);
	const PCRE2_SIZE *found;

	if (n > TEXT_MAX) {
		n = TEXT_MAX;
		while (n && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
	}
	if (pcre2_match(f->code, (PCRE2_SPTR)text, n, 0, 0, f->data, f->context) < 0)
		return false;
	found = pcre2_get_ovector_pointer(f->data);
	if (from)
		*from = found[0];
	if (to)
		*to = found[1] > found[0] ? found[1] : found[0];
	return true;
}

bool ui_find_func(const struct ui_find *f, const char *name, const char *file)
{
	return f && (ui_find_in(f, name, NULL, NULL) || ui_find_in(f, file, NULL, NULL));
}
