// SPDX-License-Identifier: MIT
#include "config.h"

#include "fuzz.h"

#include <json.h>
#include <json_visit.h>
#include <string.h>

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

/* What others will read: strictly JSON, strictly UTF-8. */
static void check_json(struct fuzz *f, const char *text, size_t len)
{
	struct json_tokener *parser = json_tokener_new();
	struct json_object *again;

	json_tokener_set_flags(parser, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	again = json_tokener_parse_ex(parser, text, (int)len);
	if (!again || json_tokener_get_error(parser) != json_tokener_success)
		fuzz_fail(f, json_tokener_error_desc(json_tokener_get_error(parser)));
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
