// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "records.h"

#include "app/feed.h"
#include "app/session_export.h"
#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct feed feed;
static char folder[] = "/tmp/pst-export-XXXXXX";

static void to_model(void *to, const struct pst_rec *rec)
{
	pst_model_ingest(to, rec);
}

static int set_up(void **state)
{
	const struct sink sink = {pst_model_new(), to_model};

	(void)state;
	feed = (struct feed){.model = sink.to, .rate = 100};
	send_tree(&sink);
	for (int i = 0; i < 10; i++)
		send_one(&sink, 2, 0);
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	char *command = pst_asprintf("rm -rf %s", folder);
	int bad = system(command);

	(void)state;
	free(command);
	export_job_free(feed.exports);
	pst_model_free(feed.model);
	return bad;
}

static char *in_folder(const char *name)
{
	return pst_asprintf("%s/%s", folder, name);
}

static char *content(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = pst_calloc(1, 1 << 20);

	if (f) {
		text[fread(text, 1, (1 << 20) - 1, f)] = '\0';
		fclose(f);
	}
	return text;
}

static const char *result(bool *failed)
{
	const struct timespec moment = {.tv_nsec = 1000000};

	for (int i = 0; i < 10000; i++) {
		const char *text = session_exported(&feed, failed);
		if (text)
			return text;
		nanosleep(&moment, NULL);
	}
	fail_msg("no answer in ten seconds");
	return NULL;
}

static struct pst_ui_export request(const char *path, const char *format)
{
	return (struct pst_ui_export){.path = path, .format = format, .merge = PST_GROUP_LINE};
}

static void expect_written(const struct pst_ui_export *r, const char *part)
{
	struct pst_why why = {0};
	bool failed = true;

	if (!session_export(&feed, r, &why))
		fail_msg("%s", why.what);
	assert_non_null(strstr(result(&failed), r->path));
	assert_false(failed);
	char *text = content(r->path);
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in %s:\n%s", part, r->path, text);
	free(text);
	assert_null(session_exported(&feed, &failed)); /* said once */
}

static void expect_refused(const struct pst_ui_export *r, enum pst_err err, const char *part)
{
	struct pst_why why = {0};

	assert_false(session_export(&feed, r, &why));
	assert_int_equal(why.err, err);
	if (!strstr(why.what, part))
		fail_msg("\"%s\" is not in: %s", part, why.what);
}

static void test_formats(void **state)
{
	const char *name, *help, *ending;

	(void)state;
	size_t n = 0;
	for (; (name = session_format(&feed, n, &help, &ending)); n++) {
		char *file = pst_asprintf("%s/each%s", folder, ending);
		struct pst_ui_export r = request(file, NULL);
		r.screen = "what is shown";
		expect_written(&r, strcmp(name, "pprof") ? "work" : "");
		free(file);
	}
	assert_true(n >= 6);
	char *path = in_folder("a.md");
	struct pst_ui_export r = request(path, "markdown");
	r.screen = "what is shown";
	expect_written(&r, "```\nwhat is shown\n```");
	free(path);
}

static void test_nothing_is_overwritten_unasked(void **state)
{
	char *path = in_folder("there.txt");
	struct pst_ui_export r = request(path, "raw");

	(void)state;
	expect_written(&r, "main (a.py:1);work (a.py:7) 10\n");
	expect_refused(&r, PST_EXISTS, path);
	r.replace = true;
	r.merge = PST_GROUP_FILE;
	expect_written(&r, "work");
	free(path);
}

/* Not even through a link that leads to nothing, which somebody may have laid there. */
static void test_links_are_not_followed(void **state)
{
	char *path = in_folder("link.txt"), *target = in_folder("target.txt");
	struct pst_ui_export r = request(path, "raw");
	struct stat st;

	(void)state;
	assert_int_equal(symlink(target, path), 0);
	expect_refused(&r, PST_EXISTS, path);
	r.replace = true;
	expect_written(&r, "work");
	assert_int_not_equal(lstat(target, &st), 0);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	free(path);
	free(target);
}

static void test_what_cannot_be(void **state)
{
	char *nowhere = in_folder("none/a.svg"), *path = in_folder("a.trace.json"),
	     *odd = in_folder("a.b");
	struct pst_ui_export r = request(nowhere, "svg");

	(void)state;
	expect_refused(&r, PST_IO, "No such file");
	r = request(path, "chrometrace");
	expect_refused(&r, PST_USAGE, "order of time");
	r = request(odd, NULL);
	expect_refused(&r, PST_USAGE, "not known");
	r = request(folder, "svg");
	expect_refused(&r, PST_EXISTS, folder);
	r.replace = true;
	expect_refused(&r, PST_IO, "directory");
	free(nowhere);
	free(path);
	free(odd);
}

static void test_disk_full(void **state)
{
	struct pst_ui_export r = request("/dev/full", "svg");
	struct pst_why why = {0};
	bool failed = false;

	(void)state;
	expect_refused(&r, PST_EXISTS, "/dev/full");
	r.replace = true;
	if (!session_export(&feed, &r, &why))
		fail_msg("%s", why.what);
	assert_non_null(strstr(result(&failed), "No space left"));
	assert_true(failed);
}

static void test_one_at_a_time(void **state)
{
	char *path = in_folder("one.svg"), *other = in_folder("two.svg");
	struct pst_ui_export r = request(path, "svg");
	struct pst_why why = {0};
	bool failed = true;

	(void)state;
	assert_true(session_export(&feed, &r, &why));
	r.path = other; /* until its end was told, it is not over */
	expect_refused(&r, PST_LIMIT, path);
	assert_non_null(result(&failed));
	assert_false(failed);
	expect_written(&r, "</svg>");
	free(path);
	free(other);
}

/* The model goes on while the file is written: what was copied is all that is needed. */
static void test_it_stands_by_itself(void **state)
{
	const struct sink sink = {feed.model, to_model};
	char *path = in_folder("alone.txt");
	struct pst_ui_export r = request(path, "raw");
	struct pst_why why = {0};
	bool failed = true;

	(void)state;
	assert_true(session_export(&feed, &r, &why));
	for (int i = 0; i < 1000; i++)
		send_one(&sink, 3, 0);
	pst_model_reset(feed.model);
	assert_non_null(result(&failed));
	char *text = content(path);
	assert_string_equal(text, "main (a.py:1);work (a.py:7) 10\n");
	free(text);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_nothing_is_overwritten_unasked),
		cmocka_unit_test(test_links_are_not_followed),
		cmocka_unit_test(test_what_cannot_be),
		cmocka_unit_test(test_disk_full),
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_it_stands_by_itself),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
