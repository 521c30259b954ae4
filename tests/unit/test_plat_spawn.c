// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "child.h"

#include <sys/stat.h>

#include "plat/plat.h"

static char dir[] = "/tmp/pst-spawn-XXXXXX";
static char output[64];

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir) || chmod(dir, 0777) != 0)
		return -1;
	snprintf(output, sizeof output, "%s/output", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

static struct pst_exit await(pid_t pid)
{
	struct pst_exit how = {0};
	bool ended = false;

	for (int i = 0; i < 30000 && !(ended = pst_spawn_poll(pid, &how)); i++)
		nap_ms(1);
	assert_true(ended);
	return how;
}

/* Runs SCRIPT in a shell with its output in a file, whose text goes to BUF. */
static struct pst_exit run_script(const char *script, bool drop_sudo, char *buf, size_t size)
{
	char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, strdup(script), NULL};
	struct pst_spawn how = {.argv = argv, .output_path = output, .drop_sudo = drop_sudo};
	struct pst_why why = {0};
	struct pst_exit exited;
	pid_t pid;
	FILE *f;

	if (pst_spawn(&how, &pid, &why) != PST_OK)
		fail_msg("%s", why.what);
	exited = await(pid);
	f = fopen(output, "r");
	assert_non_null(f);
	buf[fread(buf, 1, size - 1, f)] = '\0';
	fclose(f);
	unlink(output);
	free(argv[2]);
	return exited;
}

static void test_output_and_status(void **state)
{
	struct pst_exit how;
	char buf[256];

	(void)state;
	how = run_script("echo out; echo err >&2; read x || echo no input; exit 7", false, buf, sizeof buf);
	assert_string_equal(buf, "out\nerr\nno input\n");
	assert_false(how.by_signal);
	assert_int_equal(how.number, 7);
	how = run_script("kill -TERM $$", false, buf, sizeof buf);
	assert_true(how.by_signal);
	assert_int_equal(how.number, SIGTERM);
}

/* Ctrl-C on our terminal is not for a program whose output is elsewhere. */
static void test_own_process_group(void **state)
{
	char buf[256], ours[32];

	(void)state;
	run_script("ps -o pgid= -p $$ || echo none", false, buf, sizeof buf);
	snprintf(ours, sizeof ours, "%d", (int)getpgrp());
	assert_true(atoi(buf) > 0);
	assert_int_not_equal(atoi(buf), atoi(ours));
}

static void fails(char **argv, const char *out, enum pst_err wanted, const char *says)
{
	struct pst_spawn how = {.argv = argv, .output_path = out};
	struct pst_why why = {0};
	pid_t pid;

	assert_int_equal(pst_spawn(&how, &pid, &why), wanted);
	if (!strstr(why.what, says))
		fail_msg("\"%s\" does not say \"%s\"", why.what, says);
	/* Nothing is left behind. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void test_failures(void **state)
{
	char *missing[] = {(char[]){"no-such-program-here"}, NULL};
	char *folder[] = {(char[]){"/tmp"}, NULL};
	char *good[] = {(char[]){"true"}, NULL};

	(void)state;
	fails(missing, NULL, PST_NOTFOUND, "no-such-program-here");
	fails(folder, NULL, PST_PERM, "/tmp");
	fails(good, "/no/such/folder/output", PST_IO, "/no/such/folder/output");
}

static void test_drop_sudo(void **state)
{
	char buf[256];

	(void)state;
	if (geteuid() != 0) {
		print_message("needs root\n");
		skip();
	}
	setenv("SUDO_UID", "65534", 1);
	setenv("SUDO_GID", "65534", 1);
	run_script("id -u; id -g; id -G; echo $USER; stat -c %u /proc/self/fd/1 -L", true, buf, sizeof buf);
	assert_string_equal(buf, "65534\n65534\n65534\nnobody\n65534\n");
	run_script("id -u", false, buf, sizeof buf);
	assert_string_equal(buf, "0\n");
	/* Not by sudo, or nonsense: as we are. */
	setenv("SUDO_UID", "12x", 1);
	run_script("id -u", true, buf, sizeof buf);
	assert_string_equal(buf, "0\n");
	unsetenv("SUDO_UID");
	run_script("id -u", true, buf, sizeof buf);
	assert_string_equal(buf, "0\n");
	unsetenv("SUDO_GID");
}

/* A program that we start may be read and paused, also where only children may be. */
static void test_may_be_paused(void **state)
{
	char *argv[] = {(char[]){"sleep"}, (char[]){"100"}, NULL};
	struct pst_spawn how = {.argv = argv};
	struct pst_pause *pause;
	struct pst_exit exited;
	struct pst_proc *p;
	pid_t pid;

	(void)state;
	assert_int_equal(pst_spawn(&how, &pid, NULL), PST_OK);
	assert_int_equal(pst_proc_open(pid, &p, NULL), PST_OK);
	assert_int_equal(pst_pause(p, NULL, 0, 5000000000, &pause, NULL), PST_OK);
	assert_false(pst_spawn_poll(pid, &exited));
	pst_resume(pause);
	assert_false(pst_spawn_poll(pid, &exited));
	kill(pid, SIGTERM);
	exited = await(pid);
	assert_true(exited.by_signal);
	assert_int_equal(exited.number, SIGTERM);
	pst_proc_close(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output_and_status),
		cmocka_unit_test(test_own_process_group),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_drop_sudo),
		cmocka_unit_test(test_may_be_paused),
	};

	return cmocka_run_group_tests_name("plat/spawn", tests, make_dir, remove_dir);
}
