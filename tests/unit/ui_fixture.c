// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static struct pst_rec head(enum pst_rec_type type, size_t size, unsigned flags)
{
	return (struct pst_rec){
		.size = (uint32_t)size, .type = (uint16_t)type, .flags = (uint16_t)flags};
}

static void with_text(struct fixture *f, const void *fixed, size_t size, const char *text)
{
	size_t all = (size + strlen(text) + 7) / 8 * 8;
	char *bytes = pst_calloc(1, all);
	uint32_t whole = (uint32_t)all;

	memcpy(bytes, fixed, size);
	memcpy(bytes + size, text, strlen(text));
	memcpy(bytes, &whole, sizeof whole);
	pst_model_ingest(f->model, (const struct pst_rec *)(const void *)bytes);
	free(bytes);
}

void fixture_init(struct fixture *f)
{
	*f = (struct fixture){.model = pst_model_new(), .now_ns = 1000000000};
	f->stats = (struct pst_rec_stats){.head = head(PST_REC_STATS, sizeof f->stats, 0),
					  .rate_asked = 100,
					  .rate_achieved = 99.8,
					  .pause_p50_ns = 12000,
					  .stacks = 1000,
					  .proved = 1000,
					  .pause_p99_ns = 45000};
}

void fixture_free(struct fixture *f)
{
	pst_model_free(f->model);
}

uint32_t fixture_string(struct fixture *f, const char *text)
{
	struct pst_rec_string r = {.head = head(PST_REC_STRING, 0, 0),
				   .id = ++f->strings,
				   .len = (uint32_t)strlen(text)};

	with_text(f, &r, sizeof r, text);
	return r.id;
}

uint32_t fixture_frame(struct fixture *f, const char *name, const char *file, int first_line,
		       int line)
{
	struct pst_rec_func func = {.head = head(PST_REC_FUNC, sizeof func, 0),
				    .first_line = first_line};
	struct pst_rec_frame frame = {.head = head(PST_REC_FRAME, sizeof frame, 0), .line = line};

	func.name = func.qualname = fixture_string(f, name);
	func.file = func.short_file = fixture_string(f, file);
	func.id = ++f->funcs;
	pst_model_ingest(f->model, &func.head);
	frame.id = ++f->frames;
	frame.func = func.id;
	pst_model_ingest(f->model, &frame.head);
	return frame.id;
}

uint32_t fixture_call(struct fixture *f, uint32_t parent, uint32_t frame, uint32_t depth)
{
	struct pst_rec_stack r = {.head = head(PST_REC_STACK, sizeof r, 0),
				  .id = ++f->stacks,
				  .parent = parent,
				  .frame = frame,
				  .depth = depth};

	pst_model_ingest(f->model, &r.head);
	return r.id;
}

void fixture_process(struct fixture *f, int pid, const char *cmdline, const char *version,
		     uint64_t start)
{
	struct pst_rec_process r = {.head = head(PST_REC_PROCESS, sizeof r, 0),
				    .id = 1,
				    .pid = pid,
				    .cmdline = fixture_string(f, cmdline),
				    .version = fixture_string(f, version),
				    .start_unix = start};

	pst_model_ingest(f->model, &r.head);
}

uint32_t fixture_thread(struct fixture *f, const char *name)
{
	struct pst_rec_thread r = {.head = head(PST_REC_THREAD, sizeof r, 0),
				   .id = ++f->threads,
				   .process = 1,
				   .tid = 4000 + (int64_t)f->threads,
				   .name = fixture_string(f, name),
				   .is_main = f->threads == 1};

	pst_model_ingest(f->model, &r.head);
	return r.id;
}

void fixture_tick(struct fixture *f, uint32_t threads, const struct fixture_sample *samples,
		  uint32_t n)
{
	f->now_ns += 10000000;

	struct pst_rec_tick tick = {.head = head(PST_REC_TICK, sizeof tick, 0),
				    .time_ns = f->now_ns,
				    .period_ns = 10000000,
				    .process = 1,
				    .threads = threads,
				    .samples = n};

	pst_model_ingest(f->model, &tick.head);
	for (uint32_t i = 0; i < n; i++) {
		struct pst_rec_sample s = {.head = head(PST_REC_SAMPLE, sizeof s, samples[i].flags),
					   .thread = samples[i].thread,
					   .stack = samples[i].stack};

		pst_model_ingest(f->model, &s.head);
	}
}

void fixture_stats(struct fixture *f)
{
	f->stats.time_ns = f->now_ns;
	pst_model_ingest(f->model, &f->stats.head);
}

void fixture_note(struct fixture *f, const char *text)
{
	struct pst_rec_note r = {.head = head(PST_REC_NOTE, 0, 0), .len = (uint32_t)strlen(text)};

	with_text(f, &r, sizeof r, text);
}

void fixture_end(struct fixture *f, uint32_t err)
{
	struct pst_rec_end r = {
		.head = head(PST_REC_END, sizeof r, 0), .time_ns = f->now_ns, .err = err};

	pst_model_ingest(f->model, &r.head);
}

/* ---- a process ---- */

static const struct {
	const char *name, *file;
	int first_line, line;
} functions[] = {
	{"<module>", "app.py", 1, 120},
	{"Server.run", "shop/server.py", 40, 61},
	{"Server.handle", "shop/server.py", 70, 88},
	{"Basket.total", "shop/model/basket.py", 12, 19},
	{"parse_json",
	 "/usr/lib/python3.11/site-packages/a_long_package_name/codec/fast_json_reader.py", 200,
	 231},
	{"sort_all", "shop/model/sorting.py", 5, 9},
	{"計算する", "店/計算.py", 3, 7},
	{"naïve_cafe\xcc\x81", "shop/text.py", 8, 8},
	{"emoji_👩‍👩‍👧_🎉", "shop/emoji.py", 1, 2},
	{"evil\x1b[31m\nname\xff\xe2\x80\xae", "e\tvil.py", 1, 2},
	{"Condition.wait", "threading.py", 288, 320},
	{"a_function_with_a_name_that_is_much_too_long_for_any_column_of_this_table", "x.py", 1, 1},
	{"fib", "shop/fib.py", 1, 4},
};

enum { FUNCTIONS = sizeof functions / sizeof *functions };

void fixture_scene_init(struct fixture *f, struct fixture_scene *scene)
{
	uint32_t root, run, handle, frames[FUNCTIONS];

	fixture_process(f, 12345, "/opt/python/bin/python3 -u app.py --port 8000 --workers 4",
			"3.11.7", 1000000);
	scene->threads[0] = fixture_thread(f, "MainThread");
	scene->threads[1] = fixture_thread(f, "worker-1");
	scene->threads[2] = fixture_thread(f, "worker-2");
	scene->threads[3] = fixture_thread(f, "waiter");
	for (size_t i = 0; i < FUNCTIONS; i++)
		frames[i] = fixture_frame(f, functions[i].name, functions[i].file,
					  functions[i].first_line, functions[i].line);
	root = fixture_call(f, 0, frames[0], 1);
	run = fixture_call(f, root, frames[1], 2);
	handle = fixture_call(f, run, frames[2], 3);
	scene->len = 0;
	for (size_t i = 3; i < FUNCTIONS; i++)
		scene->stacks[scene->len++] = fixture_call(f, handle, frames[i], 4);
}

/*
 * The fourth thread waits; the others each take a stack by a fixed pattern, the first with the
 * GIL.
 */
void fixture_scene_tick(struct fixture *f, const struct fixture_scene *scene, unsigned n)
{
	struct fixture_sample samples[4];
	size_t heavy = n % 10 < 6 ? 0 : n % 10 < 9 ? 1 : 2 + n / 10 % (scene->len - 2);

	samples[0] =
		(struct fixture_sample){scene->threads[0], scene->stacks[heavy], PST_SAMPLE_GIL};
	samples[1] =
		(struct fixture_sample){scene->threads[1], scene->stacks[9], PST_SAMPLE_GIL_WAIT};
	samples[2] = (struct fixture_sample){scene->threads[2], scene->stacks[n % scene->len],
					     n % 3 ? PST_SAMPLE_GIL_WAIT : PST_SAMPLE_IDLE};
	samples[3] = (struct fixture_sample){scene->threads[3], scene->stacks[7], PST_SAMPLE_IDLE};
	if (n % 5 == 4)
		samples[0].flags = PST_SAMPLE_IDLE;
	fixture_tick(f, 4, samples, 4);
	f->stats.ticks++;
	f->stats.late = n / 50;
}

void fixture_busy_process(struct fixture *f)
{
	fixture_init(f);
	fixture_scene_init(f, &f->scene);
	for (unsigned n = 0; n < 200; n++)
		fixture_scene_tick(f, &f->scene, n);
	fixture_stats(f);
	pst_model_roll(f->model);
}
