// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

/* Files that the screen has written and read for the user, and the editor. */

#include "app/edit.h"
#include "app/outfile.h"
#include "app/userconfig.h"
#include "base/alloc.h"
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

static char dir[64];

static char *in_dir(const char *name)
{
	return pst_asprintf("%s/%s", dir, name);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "/tmp/test-app-files-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int clean_up(void **state)
{
	char *command = pst_asprintf("rm -rf '%s'", dir);
	int rc = system(command);

	(void)state;
	free(command);
	return rc;
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void has(const char *path, const char *want)
{
	char text[4096] = "";
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(text, want);
}

static int files(void)
{
	char *command = pst_asprintf("exit $(ls -A '%s' | wc -l)", dir);
	int n = WEXITSTATUS(system(command));

	free(command);
	return n;
}

/* ---- texts ------------------------------------------------------------------------------- */

static void test_new_file(void **state)
{
	struct pst_why why = {0};
	char *path = in_dir("new");

	(void)state;
	assert_int_equal(outfile_save(path, "one\n", false, &why), PST_OK);
	has(path, "one\n");
	assert_int_equal(outfile_save(path, "two\n", false, &why), PST_EXISTS);
	assert_non_null(strstr(why.what, path));
	has(path, "one\n");
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(outfile_save(path, "two\n", true, &why), PST_OK);
	has(path, "two\n");
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(files(), 1);
	free(path);
}

/* Whoever may write to a folder may set links there: nothing is written where they lead. */
static void test_links(void **state)
{
	struct pst_why why = {0};
	char *path = in_dir("link"), *victim = in_dir("victim"), *none = in_dir("none");
	struct stat st;

	(void)state;
	put(victim, "mine");
	assert_int_equal(symlink(victim, path), 0);
	assert_int_equal(outfile_save(path, "x", false, &why), PST_EXISTS);
	assert_int_equal(outfile_save(path, "x", true, &why), PST_OK);
	has(victim, "mine");
	has(path, "x");
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	unlink(path);
	assert_int_equal(symlink(none, path), 0);
	assert_int_equal(outfile_save(path, "x", false, &why), PST_EXISTS);
	assert_int_equal(access(none, F_OK), -1);
	free(path);
	free(victim);
	free(none);
}

static void test_cannot(void **state)
{
	struct pst_why why = {0};
	char *path = in_dir("no/such/folder"), *fifo = in_dir("fifo");

	(void)state;
	assert_int_equal(outfile_save(path, "x", false, &why), PST_IO);
	assert_non_null(strstr(why.what, "No such file"));
	assert_int_equal(outfile_save(path, "x", true, &why), PST_IO);
	assert_int_equal(outfile_save(dir, "x", false, &why), PST_EXISTS);
	assert_int_equal(outfile_save(dir, "x", true, &why), PST_IO);
	assert_int_equal(outfile_save("", "x", true, &why), PST_USAGE);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(outfile_save(fifo, "x", true, &why), PST_IO);
	assert_int_equal(files(), 1);
	free(path);
	free(fifo);
}

/* As when the disk is full: what was there stays, and nothing half is left. */
static void test_full(void **state)
{
	const struct rlimit small = {.rlim_cur = 1000, .rlim_max = RLIM_INFINITY};
	struct rlimit before;
	struct pst_why why = {0};
	char *path = in_dir("file"), text[5000];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	put(path, "old");
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	enum pst_err over = outfile_save(path, text, true, &why);
	char *other = in_dir("other");
	enum pst_err new = outfile_save(other, text, false, &why);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(over, PST_IO);
	assert_int_equal(new, PST_IO);
	assert_non_null(strstr(why.what, "cannot be written"));
	has(path, "old");
	assert_int_equal(files(), 1);
	free(path);
	free(other);
}

/* ---- the configuration ------------------------------------------------------------------- */

static void test_config_place(void **state)
{
	struct userconfig c;
	char *want = in_dir("pyspy-tui/config");

	(void)state;
	setenv("XDG_CONFIG_HOME", dir, 1);
	assert_int_equal(userconfig_read(&c, NULL), PST_OK);
	assert_string_equal(c.path, want);
	assert_null(c.text);
	userconfig_free(&c);
	free(want);
	setenv("XDG_CONFIG_HOME", "relative", 1);
	setenv("HOME", dir, 1);
	want = in_dir(".config/pyspy-tui/config");
	assert_int_equal(userconfig_read(&c, NULL), PST_OK);
	assert_string_equal(c.path, want);
	userconfig_free(&c);
	free(want);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("HOME");
	struct pst_why why = {0};
	assert_int_equal(userconfig_read(&c, NULL), PST_OK);
	assert_null(c.path);
	assert_int_equal(userconfig_write(&c, "x", &why), PST_NOTFOUND);
	assert_non_null(strstr(why.what, "HOME"));
	userconfig_free(&c);
}

static void test_config_saved(void **state)
{
	struct userconfig c, again;
	struct pst_why why = {0};
	struct stat st;

	(void)state;
	unsetenv("XDG_CONFIG_HOME");
	setenv("HOME", dir, 1);
	assert_int_equal(userconfig_read(&c, NULL), PST_OK);
	assert_int_equal(userconfig_write(&c, "set rate 50\n", &why), PST_OK);
	has(c.path, "set rate 50\n");
	assert_string_equal(c.text, "set rate 50\n");
	assert_int_equal(userconfig_write(&c, c.text, &why), PST_OK);
	char *folder = in_dir(".config/pyspy-tui");
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(userconfig_read(&again, &why), PST_OK);
	assert_string_equal(again.text, "set rate 50\n");
	/* People keep such files elsewhere. */
	char *real = in_dir("dotfile");
	assert_int_equal(rename(c.path, real), 0);
	assert_int_equal(symlink(real, c.path), 0);
	assert_int_equal(userconfig_write(&c, "set rate 60\n", &why), PST_OK);
	has(real, "set rate 60\n");
	assert_int_equal(lstat(c.path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	userconfig_free(&c);
	userconfig_free(&again);
	free(folder);
	free(real);
}

/* In place of a file; a pipe must not be waited for. */
static void test_config_unreadable(void **state)
{
	char *folder = in_dir("pyspy-tui"), *path = in_dir("pyspy-tui/config");
	struct pst_why why = {0};
	struct userconfig c;

	(void)state;
	setenv("XDG_CONFIG_HOME", dir, 1);
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(userconfig_read(&c, &why), PST_IO);
	assert_non_null(strstr(why.what, path));
	assert_null(c.text);
	userconfig_free(&c);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(userconfig_read(&c, &why), PST_IO);
	assert_int_equal(userconfig_write(&c, "x", &why), PST_IO);
	userconfig_free(&c);
	rmdir(path);
	put(path, "");
	assert_int_equal(truncate(path, 2 << 20), 0);
	assert_int_equal(userconfig_read(&c, &why), PST_LIMIT);
	userconfig_free(&c);
	assert_int_equal(truncate(path, 3), 0);
	assert_int_equal(userconfig_read(&c, &why), PST_OK);
	assert_string_equal(c.text, "\1\1\1"); /* zeros are no end of the text */
	userconfig_free(&c);
	/* What is in the way of the folder. */
	unlink(path);
	rmdir(folder);
	put(folder, "");
	assert_int_equal(userconfig_read(&c, &why), PST_OK);
	assert_int_equal(userconfig_write(&c, "x", &why), PST_IO);
	userconfig_free(&c);
	free(folder);
	free(path);
}

/* ---- the editor -------------------------------------------------------------------------- */

/* An editor that tells its arguments, and ends with STATUS. */
static char *fake_editor(const char *name, int status)
{
	char *path = in_dir(name), *script;

	script = pst_asprintf("#!/bin/sh\nfor a; do printf '%%s\\n' \"$a\"; done >'%s/told'\nexit %d\n",
			      dir, status);
	put(path, script);
	assert_int_equal(chmod(path, 0755), 0);
	free(script);
	return path;
}

static void told(const char *fmt, const char *path)
{
	char *file = in_dir("told"), *want = pst_asprintf("%s%s\n", fmt, path);

	has(file, want);
	unlink(file);
	free(file);
	free(want);
}

static void test_editor(void **state)
{
	char *editor = fake_editor("ed it", 0), *quoted = pst_asprintf("'%s' -x", editor);
	char *plain = fake_editor("plain", 0), *hx = fake_editor("hx", 0);
	char *file = in_dir("a $(touch no) 'b'.py");
	struct pst_why why = {0};

	(void)state;
	put(file, "pass\n");
	setenv("EDITOR", "false", 1);
	setenv("VISUAL", quoted, 1); /* goes first, and may hold arguments */
	assert_int_equal(edit_file(getpid(), file, 12, NULL, NULL, &why), PST_OK);
	told("-x\n+12\n", file);
	setenv("VISUAL", " ", 1);
	setenv("EDITOR", plain, 1);
	assert_int_equal(edit_file(getpid(), file, 0, NULL, NULL, &why), PST_OK);
	told("", file);
	setenv("EDITOR", hx, 1);
	assert_int_equal(edit_file(getpid(), file, 7, NULL, NULL, &why), PST_OK);
	char *with_line = pst_asprintf("%s:7", file);
	told("", with_line);
	free(with_line);
	free(editor);
	free(quoted);
	free(plain);
	free(hx);
	free(file);
}

static void test_editor_fails(void **state)
{
	char *bad = fake_editor("bad", 3), *file = in_dir("a.py");
	struct pst_why why = {0};

	(void)state;
	put(file, "pass\n");
	unsetenv("VISUAL");
	setenv("EDITOR", "no-such-editor-here", 1);
	assert_int_equal(edit_file(getpid(), file, 1, NULL, NULL, &why), PST_NOTFOUND);
	assert_non_null(strstr(why.what, "no-such-editor-here"));
	setenv("EDITOR", bad, 1);
	assert_int_equal(edit_file(getpid(), file, 1, NULL, NULL, &why), PST_IO);
	assert_non_null(strstr(why.what, "status 3"));
	setenv("EDITOR", "kill -9 $$; :", 1);
	assert_int_equal(edit_file(getpid(), file, 1, NULL, NULL, &why), PST_IO);
	assert_non_null(strstr(why.what, "signal 9"));
	assert_int_equal(edit_file(getpid(), "<string>", 1, NULL, NULL, &why), PST_NOTFOUND);
	assert_int_equal(edit_file(getpid(), "/no/such.py", 1, NULL, NULL, &why), PST_NOTFOUND);
	assert_int_equal(edit_file(getpid(), dir, 1, NULL, NULL, &why), PST_NOTFOUND);
	free(bad);
	free(file);
}

static void count_stops(void *ctx, bool stopped)
{
	atomic_fetch_add((atomic_int *)ctx, stopped ? 1 : 10);
}

/* As Ctrl-Z in an editor, and fg: with it we stop, and go on. */
static void test_editor_stops(void **state)
{
	char *file = in_dir("a.py");
	struct shared *s = shared_new();
	int status;

	(void)state;
	put(file, "pass\n");
	unsetenv("VISUAL");
	setenv("EDITOR", "kill -STOP $$; :", 1);
	pid_t pid = fork();
	if (!pid) {
		setpgid(0, 0);
		alarm(30);
		_exit(edit_file(getppid(), file, 1, count_stops, &s->go, NULL) ? 1 : 0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(atomic_load(&s->go), 1);
	assert_int_equal(kill(-pid, SIGCONT), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(atomic_load(&s->go), 11);
	free(file);
}

/* Ctrl-C in an editor is for the editor. */
static void test_editor_interrupted(void **state)
{
	char *file = in_dir("a.py");
	struct pst_why why = {0};
	struct sigaction now;

	(void)state;
	put(file, "pass\n");
	unsetenv("VISUAL");
	setenv("EDITOR", "sleep 0.2; kill -INT $PPID; sleep 0.1; :", 1);
	assert_int_equal(edit_file(getpid(), file, 1, NULL, NULL, &why), PST_OK);
	assert_int_equal(sigaction(SIGINT, NULL, &now), 0);
	assert_true(now.sa_handler == SIG_DFL);
	free(file);
}

static void go_to_dir(struct shared *s)
{
	if (chdir(dir) == 0)
		ready_and_sleep(s);
}

static void change_root(struct shared *s)
{
	if (chroot(dir) == 0 && chdir("/sub") == 0)
		ready_and_sleep(s);
}

/* Names are the process's: from its directory, below its root. */
static void test_editor_root(void **state)
{
	char *plain = fake_editor("plain", 0), *sub = in_dir("sub"), *file = in_dir("sub/a.py");
	char *link = in_dir("l.py"), *out = in_dir("out.py");
	struct shared *s = shared_new();
	struct pst_why why = {0};

	(void)state;
	unsetenv("VISUAL");
	setenv("EDITOR", plain, 1);
	assert_int_equal(mkdir(sub, 0755), 0);
	put(file, "pass\n");
	pid_t pid = child_start(go_to_dir, s);
	assert_int_equal(edit_file(pid, "sub/a.py", 3, NULL, NULL, &why), PST_OK);
	told("+3\n", file);
	child_end(pid);
	if (geteuid() != 0) {
		print_message("not root: no test of another root\n");
		return;
	}
	assert_int_equal(symlink("/sub/a.py", link), 0);
	assert_int_equal(symlink("/etc/passwd", out), 0);
	pid = child_start(change_root, s);
	assert_int_equal(edit_file(pid, "/sub/a.py", 3, NULL, NULL, &why), PST_OK);
	told("+3\n", file);
	assert_int_equal(edit_file(pid, "a.py", 0, NULL, NULL, &why), PST_OK);
	told("", file);
	assert_int_equal(edit_file(pid, "/l.py", 0, NULL, NULL, &why), PST_OK);
	told("", file);
	/* A link to a file that its root does not have leads nowhere, not to ours. */
	assert_int_equal(edit_file(pid, "/out.py", 0, NULL, NULL, &why), PST_NOTFOUND);
	child_end(pid);
	free(plain);
	free(sub);
	free(file);
	free(link);
	free(out);
}

int main(void)
{
#define FILES_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, clean_up)
	const struct CMUnitTest tests[] = {
		FILES_TEST(test_new_file),	FILES_TEST(test_links),
		FILES_TEST(test_cannot),	FILES_TEST(test_full),
		FILES_TEST(test_config_place),	FILES_TEST(test_config_saved),
		FILES_TEST(test_config_unreadable), FILES_TEST(test_editor),
		FILES_TEST(test_editor_stops),	FILES_TEST(test_editor_interrupted),
		FILES_TEST(test_editor_fails),	FILES_TEST(test_editor_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
