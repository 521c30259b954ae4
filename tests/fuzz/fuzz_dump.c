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

#define VALUES_MAX 100 /* that are opened, for one dump */
#define PARTS_MAX  20
#define OPEN_NS	   UINT64_C(20000000)

static void check_part(struct fuzz *f, const struct pst_part *part)
{
	const char *texts[] = {part->label, part->repr, part->type};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		check_utf8(f, texts[i], strlen(texts[i]));
		for (const char *p = texts[i]; *p; p++)
			if ((unsigned char)*p < ' ' || *p == '\177')
				fuzz_fail(f, "a control character in a part of a value");
	}
	if (!*part->label || part->length < -1)
		fuzz_fail(f, "a part of a value without a label, or with a wrong length");
}

/* The parts of the object at ADDR, and theirs. */
static void open_value(struct fuzz *f, struct pst_python *py, uint64_t addr, unsigned depth, size_t *left)
{
	struct pst_value_limits limits = PST_VALUE_LIMITS;
	struct pst_parts parts = {0};

	if (!*left || !depth)
		return;
	--*left;
	limits.until_ns = pst_now_ns() + OPEN_NS;
	pst_python_parts(py, addr, &limits, PARTS_MAX, &parts);
	if (parts.len > PARTS_MAX)
		fuzz_fail(f, "more parts than asked for");
	for (size_t i = 0; i < parts.len; i++) {
		check_part(f, &parts.at[i]);
		open_value(f, py, parts.at[i].addr, depth - 1, left);
	}
	pst_parts_free(&parts);
}

static void open_values(struct fuzz *f, const struct shown_process *p)
{
	size_t left = VALUES_MAX;

	for (size_t i = 0; i < p->len; i++)
		for (size_t k = 0; k < p->threads[i].len; k++)
			for (size_t v = 0; v < p->threads[i].frames[k].vars.len; v++)
				open_value(f, p->py, p->threads[i].frames[k].vars.at[v].addr, 3, &left);
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
		open_values(f, &shown);
	} else if (!why.what[0]) {
		fuzz_fail(f, "failed without a sentence");
	}
	collected_free(&shown);
	fuzz_check_memory(f);
	return err;
}
