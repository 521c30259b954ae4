// SPDX-License-Identifier: MIT
#include "config.h"

/*
 * Prints the parts of the variables of one function in a recorded target: for
 * tests/e2e/test_recorded.py.
 *
 *	parts_tool RECORDING FUNCTION
 *
 * One line of JSON: {variable: {"text", "type", "length", "parts": [[label, text]…], "cut"}}.
 */

#include "interp/interp.h"

#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct pst_value_limits limits = {
	.bytes = 4096, .depth = 6, .items = 400, .string = 1000};

_Noreturn static void fail(const char *what)
{
	fprintf(stderr, "parts_tool: %s\n", what);
	exit(2);
}

static void put(struct json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, json_object_new_string(text));
}

static struct json_object *parts_of(struct pst_python *py, uint64_t addr, bool *cut)
{
	struct json_object *array = json_object_new_array();
	struct pst_parts parts = {0};

	pst_python_parts(py, addr, &limits, 400, &parts);
	for (size_t i = 0; i < parts.len; i++) {
		struct json_object *pair = json_object_new_array();
		json_object_array_add(pair, json_object_new_string(parts.at[i].label));
		json_object_array_add(pair, json_object_new_string(parts.at[i].repr));
		json_object_array_add(array, pair);
	}
	*cut = parts.cut;
	pst_parts_free(&parts);
	return array;
}

static struct json_object *show(struct pst_python *py, const struct pst_pyframe *frame)
{
	struct json_object *all = json_object_new_object();
	struct pst_vars vars = {0};

	if (pst_python_locals(py, frame, &limits, &vars))
		fail("no variables");
	for (size_t i = 0; i < vars.len; i++) {
		struct json_object *o = json_object_new_object();
		struct pst_part facts;
		bool cut;
		pst_python_facts(py, vars.at[i].addr, &limits, &facts);
		put(o, "text", vars.at[i].repr);
		put(o, "type", facts.type);
		json_object_object_add(o, "length", json_object_new_int64(facts.length));
		json_object_object_add(o, "can_open", json_object_new_boolean(facts.can_open));
		json_object_object_add(o, "parts", parts_of(py, vars.at[i].addr, &cut));
		json_object_object_add(o, "cut", json_object_new_boolean(cut));
		json_object_object_add(all, vars.at[i].name, o);
		pst_part_free(&facts);
	}
	pst_vars_free(&vars);
	return all;
}

static bool is_called(struct pst_python *py, const struct pst_pyframe *frame, const char *name)
{
	const struct pst_code *code;

	return !frame->is_shim && !pst_python_code(py, frame->code, true, &code) &&
	       !strcmp(code->name, name);
}

static struct json_object *find(struct pst_python *py, const char *name)
{
	struct pst_threads threads = {0};
	struct pst_stack stack = {0};
	struct json_object *found = NULL;

	if (pst_python_threads(py, 0, NULL, &threads))
		fail("no threads");
	for (size_t i = 0; i < threads.len; i++) {
		pst_python_stack(py, &threads.at[i], PST_STACK_PAUSED, &stack);
		for (size_t k = 0; k < stack.len && !found; k++)
			if (is_called(py, &stack.at[k], name))
				found = show(py, &stack.at[k]);
	}
	pst_stack_free(&stack);
	pst_threads_free(&threads);
	return found;
}

int main(int argc, char **argv)
{
	struct pst_target *target;
	struct pst_python *py;
	struct pst_why why = {0};

	if (argc != 3)
		fail("usage: parts_tool RECORDING FUNCTION");
	if (pst_target_open_recorded(argv[1], &target, &why) || pst_python_open(target, &py, &why))
		fail(why.what);
	struct json_object *found = find(py, argv[2]);
	if (!found)
		fail("no such function");
	puts(json_object_to_json_string_ext(found, JSON_C_TO_STRING_PLAIN));
	json_object_put(found);
	pst_python_close(py);
	pst_target_close(target);
	return 0;
}
