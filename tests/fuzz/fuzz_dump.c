// SPDX-License-Identifier: MIT
#include "config.h"

#include "fuzz.h"

#include <json.h>
#include <json_visit.h>
#include <string.h>
#include <utf8proc.h>

#include "app/collect.h"
#include "app/dump.h"

static uint64_t hash_of(const char *text, size_t len)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
	return hash;
}

/* No text of the target may control a terminal. */
static int check_text(struct json_object *o, int flags, struct json_object *parent, const char *key,
		      size_t *index, void *ctx)
{
	const char *text = json_object_is_type(o, json_type_string) ? json_object_get_string(o) : "";

	(void)flags, (void)parent, (void)key, (void)index;
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == '\177')
			fuzz_fail(ctx, "a control character in the dump");
	return JSON_C_VISIT_RETURN_CONTINUE;
}

static void check_utf8(struct fuzz *f, const char *text, size_t len)
{
	const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text, *end = at + len;
	utf8proc_int32_t cp;

	while (at < end) {
		utf8proc_ssize_t n = utf8proc_iterate(at, end - at, &cp);

		if (n <= 0) {
			fuzz_fail(f, "invalid UTF-8 in the dump");
			return;
		}
		at += n;
	}
}

/*
 * What others will read: JSON from end to end, strictly UTF-8.  json-c's own flags for that are of no use: 0.18
 * takes a char for signed then, and refuses all that is not ASCII.
 */
static void check_json(struct fuzz *f, const char *text, size_t len)
{
	struct json_tokener *parser = json_tokener_new();
	struct json_object *again;

	check_utf8(f, text, len);
	again = json_tokener_parse_ex(parser, text, (int)len);
	if (!again || json_tokener_get_error(parser) != json_tokener_success)
		fuzz_fail(f, json_tokener_error_desc(json_tokener_get_error(parser)));
	else if (json_tokener_get_parse_end(parser) != len)
		fuzz_fail(f, "something behind the JSON of the dump");
	json_c_visit(again, 0, check_text, f);
	json_object_put(again);
	json_tokener_free(parser);
}

enum pst_err fuzz_dump(struct fuzz *f, struct pst_target *target, uint64_t *hash)
{
	struct options opt = {.command = CMD_DUMP, .json = true, .locals = 2, .qualnames = true};
	struct shown_process shown;
	struct pst_why why = {0};
	enum pst_err err = collect(target, &opt, &shown, &why);

	*hash = 0;
	if (!err) {
		struct json_object *array = json_object_new_array();
		const char *text;
		size_t len;

		dump_json(&shown, &opt, array);
		text = json_object_to_json_string_length(array, JSON_C_TO_STRING_PRETTY, &len);
		check_json(f, text, len);
		*hash = hash_of(text, len);
		json_object_put(array);
	} else if (!why.what[0]) {
		fuzz_fail(f, "failed without a sentence");
	}
	collected_free(&shown);
	fuzz_check_memory(f);
	return err;
}
