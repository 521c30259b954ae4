// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/alloc.h"
#include "export/recorder.h"
#include "model/query.h"
#include "plat/plat.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * What writing a profile costs:
 *
 *	export SAMPLES STACKS THREADS RATE FOLDER [FORMAT]...
 *
 * sends that many samples of that many distinct stacks to a model and a recorder, as record does,
 *and writes each format to FOLDER in a child of its own.  A line of JSON for each: seconds, bytes
 *of the file, the most memory that the process had (with all that recording holds).  The first line
 *is recording itself; "snapshot" is what the screen copies before it writes (bytes: nodes).
 */

#define FUNCTIONS 10000u
#define LINES	  3u /* in each */
#define TRUNK	  8u /* frames that all stacks have in common */
#define DEEPEST	  45u

struct feed {
	struct pst_model *model;
	struct pst_recorder *recorder;
	uint64_t dice;
	uint32_t nodes, *depth, *leaves;
};

static uint64_t toss(struct feed *f)
{
	f->dice ^= f->dice >> 12;
	f->dice ^= f->dice << 25;
	f->dice ^= f->dice >> 27;
	return f->dice * UINT64_C(0x2545f4914f6cdd1d);
}

static double share(struct feed *f)
{
	return (double)(toss(f) >> 11) / 9007199254740992.0;
}

static void give(struct feed *f, const struct pst_rec *rec)
{
	pst_model_ingest(f->model, rec);
	pst_recorder_ingest(f->recorder, rec);
}

#define HEAD(r, t)                                                                                 \
	{                                                                                          \
		sizeof(r), t, 0                                                                    \
	}

static void give_string(struct feed *f, uint32_t id, const char *text)
{
	_Alignas(8) unsigned char bytes[256] = {0};
	struct pst_rec_string *r = (struct pst_rec_string *)bytes;
	uint32_t len = (uint32_t)strlen(text);

	*r = (struct pst_rec_string){
		{PST_REC_ALIGN((uint32_t)sizeof *r + len), PST_REC_STRING, 0}, id, len};
	memcpy(r + 1, text, len);
	give(f, &r->head);
}

/* String 1 is the program; names and files of the functions follow. */
static void define_functions(struct feed *f)
{
	char text[128];

	give_string(f, 1, "python3 bench.py");
	for (uint32_t i = 0; i < FUNCTIONS; i++) {
		snprintf(text, sizeof text, "Handler%u.process_request_%u", i % 97, i);
		give_string(f, 2 + 2 * i, text);
		snprintf(text, sizeof text, "/srv/app/package_%u/module_%u.py", i % 50, i % 500);
		give_string(f, 3 + 2 * i, text);
		struct pst_rec_func func = {
			HEAD(func, PST_REC_FUNC), i + 1, 2 + 2 * i, 2 + 2 * i, 3 + 2 * i, 3 + 2 * i,
			(int32_t)(i % 900 + 1)};
		give(f, &func.head);
	}
	for (uint32_t i = 0; i < FUNCTIONS * LINES; i++) {
		struct pst_rec_frame frame = {HEAD(frame, PST_REC_FRAME), i + 1, i / LINES + 1,
					      (int32_t)(i / LINES % 900 + 2 + i % LINES),
					      PST_FRAME_PYTHON};
		give(f, &frame.head);
	}
}

static uint32_t define_node(struct feed *f, uint32_t parent)
{
	uint32_t id = ++f->nodes, frame = (uint32_t)(toss(f) % (FUNCTIONS * LINES)) + 1;
	struct pst_rec_stack r = {HEAD(r, PST_REC_STACK), id, parent, frame, 0};

	f->depth[id] = parent ? f->depth[parent] + 1 : 1;
	r.depth = f->depth[id];
	give(f, &r.head);
	return id;
}

/* Stacks branch off from each other, anywhere above the trunk, with 1 to 4 frames of their own. */
static void define_stacks(struct feed *f, uint32_t stacks)
{
	f->depth = pst_calloc(5 * (size_t)stacks + TRUNK + 1, sizeof *f->depth);
	f->leaves = pst_calloc(stacks, sizeof *f->leaves);
	for (uint32_t i = 0; i < TRUNK; i++)
		define_node(f, i);
	for (uint32_t i = 0; i < stacks; i++) {
		uint32_t at = TRUNK + (uint32_t)(toss(f) % (f->nodes - TRUNK + 1));
		if (f->depth[at] > DEEPEST - 4)
			at = TRUNK;
		for (uint64_t more = toss(f) % 4 + 1; more; more--)
			at = define_node(f, at);
		f->leaves[i] = at;
	}
}

static void define_threads(struct feed *f, uint32_t threads)
{
	struct pst_rec_process p = {HEAD(p, PST_REC_PROCESS), 1, 4711, 1, 0, 0};

	give(f, &p.head);
	for (uint32_t i = 1; i <= threads; i++) {
		struct pst_rec_thread t = {.head = HEAD(t, PST_REC_THREAD),
					   .id = i,
					   .process = 1,
					   .tid = 4710 + i,
					   .is_main = i == 1};
		give(f, &t.head);
	}
}

/* Each stack once, then some much more often than others. */
static void sample(struct feed *f, uint64_t samples, uint32_t stacks, uint32_t threads,
		   uint64_t rate)
{
	uint64_t period = UINT64_C(1000000000) / rate, now = UINT64_C(1000000000), n = 0;

	while (n < samples) {
		now += period;
		struct pst_rec_tick t = {.head = HEAD(t, PST_REC_TICK),
					 .time_ns = now,
					 .period_ns = period,
					 .process = 1,
					 .threads = threads,
					 .samples = threads};
		give(f, &t.head);
		for (uint32_t i = 1; i <= threads; i++, n++) {
			uint64_t which = n < stacks ? n : (uint64_t)(pow(share(f), 3) * stacks);
			struct pst_rec_sample s = {
				{sizeof s, PST_REC_SAMPLE, i == 1 ? PST_SAMPLE_GIL : 0},
				i,
				f->leaves[which]};
			give(f, &s.head);
		}
	}
}

struct begun {
	uint64_t ns;
	clock_t cpu;
};

static struct begun begin_now(void)
{
	return (struct begun){pst_now_ns(), clock()};
}

static void say(const char *what, struct begun begin, long bytes, uint64_t slot_ns)
{
	double cpu = (double)(clock() - begin.cpu) / CLOCKS_PER_SEC;
	uint64_t now = 0, peak = 0;

	pst_memory_own(&now, &peak);
	printf("{\"what\": \"%s\", \"seconds\": %.3f, \"cpu\": %.3f, \"bytes\": %ld, \"memory\": "
	       "%" PRIu64 ", \"slot\": %.6f}\n",
	       what, (double)(pst_now_ns() - begin.ns) / 1e9, cpu, bytes, peak,
	       (double)slot_ns / 1e9);
	fflush(stdout);
}

static void write_one(struct feed *f, const struct pst_export_format *format, const char *folder)
{
	const struct pst_export_options opt = {.least = PST_EXPORT_LEAST};
	struct begun begin = begin_now();
	struct pst_profile p = {0};
	char path[4096];

	snprintf(path, sizeof path, "%s/%s%s", folder, format->name, format->ending);
	pst_recorder_profile(f->recorder, &opt, format->order, &p);
	p.facts = (struct pst_profile_facts){.command = "python3 bench.py",
					     .python = "3.13.0",
					     .pid = 4711,
					     .rate_asked = 1000,
					     .rate_achieved = 1000,
					     .program = PACKAGE_STRING};
	FILE *out = fopen(path, "w");
	if (!out)
		_exit(1);
	format->write(&p, &opt, out);
	long bytes = ftell(out);
	int bad = ferror(out) | fclose(out);
	say(format->name, begin, bytes, p.slot_ns);
	_exit(bad != 0);
}

/* For how long the screen stands still when it writes. */
static void snapshot(struct feed *f)
{
	const struct pst_calls_options what = {.merge = PST_GROUP_LINE};
	struct begun begin = begin_now();
	struct pst_profile p = {0};

	pst_export_from_model(f->model, &what, false, &p, NULL);
	say("snapshot", begin, (long)p.nodes.len, 0);
	pst_profile_free(&p);
}

static int write_in_child(struct feed *f, const struct pst_export_format *format,
			  const char *folder)
{
	pid_t pid = fork();
	int status = 1;

	if (!pid)
		write_one(f, format, folder);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	return status != 0;
}

int main(int argc, char **argv)
{
	struct feed f = {.dice = 88172645463325252u};
	int bad = 0;

	if (argc < 6)
		return 2;
	uint64_t samples = strtoull(argv[1], NULL, 10), rate = strtoull(argv[4], NULL, 10);
	uint32_t stacks = (uint32_t)strtoul(argv[2], NULL, 10);
	uint32_t threads = (uint32_t)strtoul(argv[3], NULL, 10);
	if (!samples || !stacks || !threads || !rate || stacks > 10000000)
		return 2;
	struct begun begin = begin_now();
	f.model = pst_model_new();
	pst_model_set_history(f.model, (size_t)1 << 20); /* as record does */
	f.recorder = pst_recorder_new(PST_RECORDER_TIME_BYTES);
	define_functions(&f);
	define_stacks(&f, stacks);
	define_threads(&f, threads);
	sample(&f, samples, stacks, threads, rate);
	free(f.depth);
	free(f.leaves);
	say("recording", begin, 0, 0);
	for (int i = 6; i < argc; i++) {
		if (!strcmp(argv[i], "snapshot")) {
			snapshot(&f);
			continue;
		}
		const struct pst_export_format *format = pst_export_find(argv[i]);
		bad |= !format || format->missing ? 1 : write_in_child(&f, format, argv[5]);
	}
	pst_recorder_free(f.recorder);
	pst_model_free(f.model);
	return bad;
}
