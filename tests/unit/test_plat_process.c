// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "child.h"
#include "forbid.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "plat/plat.h"

static int in_data = 4711;

static struct pst_proc *open_proc(pid_t pid)
{
	struct pst_why why = {0};
	struct pst_proc *p;

	if (pst_proc_open(pid, &p, &why) != PST_OK)
		fail_msg("%s", why.what);
	return p;
}

/* ---- opening ------------------------------------------------------------------------------- */

static void open_fails(pid_t pid, enum pst_err wanted, const char *says)
{
	struct pst_why why = {0};
	struct pst_proc *p;

	assert_int_equal(pst_proc_open(pid, &p, &why), wanted);
	assert_null(p);
	assert_int_equal(why.err, wanted);
	if (!strstr(why.what, says))
		fail_msg("\"%s\" does not say \"%s\"", why.what, says);
}

static bool is_kernel_thread(pid_t pid)
{
	char path[32], line[256] = "";
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
	f = fopen(path, "r");
	if (!f)
		return false;
	size_t n = fread(line, 1, sizeof line, f);
	fclose(f);
	return n == 0;
}

static void test_open_bad(void **state)
{
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(0);
	open_fails(0, PST_NOPROC, "0");
	open_fails(-5, PST_NOPROC, "-5");
	open_fails(0x7ffffff0, PST_NOPROC, "2147483632");
	if (is_kernel_thread(2)) /* but in a container 2 may be anything, or nobody */
		open_fails(2, PST_NOTPYTHON, "kernel");
	while (waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WEXITED | WNOWAIT) != 0)
		continue;
	open_fails(pid, PST_ZOMBIE, "zombie");
	waitpid(pid, NULL, 0);
	open_fails(pid, PST_NOPROC, "no process");
}

static void *tell_tid(void *arg)
{
	struct shared *s = arg;

	atomic_store(&s->go, (int)syscall(SYS_gettid));
	ready_and_sleep(s);
	return NULL;
}

static void second_thread(struct shared *s)
{
	pthread_t t;

	if (pthread_create(&t, NULL, tell_tid, s) != 0)
		_exit(1);
	for (;;)
		pause();
}

static void test_open_thread(void **state)
{
	struct shared *s = shared_new();
	pid_t pid = child_start(second_thread, s);
	char says[32];

	(void)state;
	snprintf(says, sizeof says, "--pid %d", (int)pid);
	open_fails(atomic_load(&s->go), PST_NOPROC, says);
	child_end(pid);
}

static void leave_main_thread(struct shared *s)
{
	pthread_t t;

	if (pthread_create(&t, NULL, tell_tid, s) != 0)
		_exit(1);
	pthread_exit(NULL);
}

/* The main thread ended, the process lives on: it looks like a zombie and is none. */
static void test_main_thread_gone(void **state)
{
	struct shared *s = shared_new();
	pid_t pid = child_start(leave_main_thread, s);
	struct pst_maps maps;
	struct pst_proc *p;
	int value = 0;

	(void)state;
	assert_int_equal(child_await(pid, 'Z'), 'Z');
	p = open_proc(pid);
	assert_int_equal(pst_proc_check(p), PST_OK);
	assert_int_equal(pst_mem_read(p, (uintptr_t)&in_data, &value, sizeof value), PST_OK);
	assert_int_equal(value, 4711);
	assert_int_equal(pst_maps_read(p, &maps, NULL), PST_OK);
	assert_true(maps.len > 5);
	pst_maps_free(&maps);
	child_end(pid);
	assert_int_equal(pst_proc_check(p), PST_GONE);
	assert_int_equal(pst_mem_read(p, (uintptr_t)&in_data, &value, sizeof value), PST_GONE);
	pst_proc_close(p);
}

static void test_check(void **state)
{
	struct shared *s = shared_new();
	pid_t pid = child_start(ready_and_sleep, s);
	struct pst_proc *p = open_proc(pid);

	(void)state;
	assert_int_equal(pst_proc_pid(p), pid);
	assert_int_equal(pst_proc_check(p), PST_OK);
	kill(pid, SIGKILL);
	while (waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WEXITED | WNOWAIT) != 0)
		continue;
	assert_int_equal(pst_proc_check(p), PST_ZOMBIE);
	waitpid(pid, NULL, 0);
	assert_int_equal(pst_proc_check(p), PST_GONE);
	pst_proc_close(p);
	pst_proc_close(NULL);
}

/* ---- whether it runs ----------------------------------------------------------------------- */

static void wait_halt(const struct pst_proc *p, enum pst_halt wanted)
{
	for (int i = 0; i < 20000 && pst_proc_halt(p) != wanted; i++)
		nap_ms(1);
	assert_int_equal(pst_proc_halt(p), wanted);
}

static void test_halt(void **state)
{
	struct shared *s = shared_new();
	pid_t pid = child_start(ready_and_sleep, s);
	struct pst_proc *p = open_proc(pid);

	(void)state;
	assert_int_equal(pst_proc_halt(p), PST_HALT_NONE);
	kill(pid, SIGSTOP);
	wait_halt(p, PST_HALT_STOPPED);
	kill(pid, SIGCONT);
	wait_halt(p, PST_HALT_NONE);
	pst_proc_close(p);
	child_end(pid);
}

/* ---- permissions: each check runs in a child, which exits with 0 when it saw what it should ---- */

static int perm_says(pid_t target, const char *says)
{
	struct pst_why why = {0};
	struct pst_proc *p;

	if (pst_proc_open(target, &p, &why) != PST_PERM)
		return 1;
	if (strstr(why.what, says))
		return 0;
	fprintf(stderr, "\"%s\" does not say \"%s\"\n", why.what, says);
	return 2;
}

static int as_nobody(pid_t target)
{
	if (setgid(65534) != 0 || setuid(65534) != 0)
		return 3;
	return perm_says(target, "sudo");
}

static int without_ptrace_cap(pid_t target)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data) != 0)
		return 3;
	data[0].effective &= ~(1U << CAP_SYS_PTRACE);
	data[0].permitted &= ~(1U << CAP_SYS_PTRACE);
	if (syscall(SYS_capset, &head, data) != 0)
		return 4;
	return perm_says(target, "--cap-add=SYS_PTRACE");
}

static int without_ptrace(pid_t target)
{
	const unsigned calls[] = {SYS_ptrace};
	struct pst_pause *pause;
	struct pst_why why = {0};
	struct pst_proc *p;

	if (forbid(calls, 1) != 0)
		return 77;
	if (pst_proc_open(target, &p, NULL) != PST_OK)
		return 1;
	if (pst_pause(p, NULL, 0, 1000000000, &pause, &why) != PST_PERM)
		return 2;
	return strstr(why.what, "seccomp") ? 0 : 3;
}

static void skip_unless_root(void)
{
	if (geteuid() != 0) {
		print_message("needs root\n");
		skip();
	}
}

static void test_other_user(void **state)
{
	(void)state;
	skip_unless_root();
	child_check(as_nobody);
}

static void test_no_capability(void **state)
{
	(void)state;
	skip_unless_root();
	child_check(without_ptrace_cap);
}

static void test_no_ptrace(void **state)
{
	(void)state;
	child_check(without_ptrace);
}

/* ---- maps and files ------------------------------------------------------------------------ */

static const struct pst_map *map_of(const struct pst_maps *maps, const void *at)
{
	size_t i = 0;

	while (i < maps->len && (uintptr_t)at >= maps->at[i].end)
		i++;
	assert_true(i < maps->len && (uintptr_t)at >= maps->at[i].start);
	return &maps->at[i];
}

static void test_maps(void **state)
{
	struct pst_proc *p = open_proc(getpid());
	struct pst_maps maps;
	const struct pst_map *map;
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);

	(void)state;
	assert_true(n > 0);
	exe[n] = '\0';
	assert_int_equal(pst_maps_read(p, &maps, NULL), PST_OK);
	for (size_t i = 1; i < maps.len; i++)
		assert_true(maps.at[i].start >= maps.at[i - 1].end);
	map = map_of(&maps, &in_data);
	assert_int_equal(map->prot, PST_PROT_R | PST_PROT_W);
	map = map_of(&maps, (const void *)(uintptr_t)test_maps);
	assert_int_equal(map->prot, PST_PROT_R | PST_PROT_X);
	assert_string_equal(map->path, exe);
	assert_false(map->deleted);
	assert_true(map->inode != 0);
	/* Not the address of a variable: sanitizers keep those elsewhere. */
	assert_string_equal(map_of(&maps, __builtin_frame_address(0))->path, "[stack]");
	pst_maps_free(&maps);
	pst_proc_close(p);
}

static void read_fd(int fd, char *buf, size_t size)
{
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, buf, size - 1);
	assert_true(n >= 0);
	buf[n] = '\0';
	close(fd);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void test_deleted_file(void **state)
{
	char path[] = "/tmp/pst \n unit XXXXXX", buf[64];
	int fd = mkstemp(path);
	struct pst_proc *p = open_proc(getpid());
	const struct pst_map *map;
	struct pst_maps maps;
	void *at;

	(void)state;
	skip_unless_root();
	assert_true(write(fd, "old text", 8) == 8);
	at = mmap(NULL, 8, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	assert_int_equal(pst_maps_read(p, &maps, NULL), PST_OK);
	map = map_of(&maps, at);
	assert_string_equal(map->path, path);
	read_fd(pst_proc_open_mapped(p, map), buf, sizeof buf);
	assert_string_equal(buf, "old text");
	pst_maps_free(&maps);
	/* Replaced by another file of the same name. */
	unlink(path);
	write_file(path, "new text");
	assert_int_equal(pst_maps_read(p, &maps, NULL), PST_OK);
	map = map_of(&maps, at);
	assert_true(map->deleted);
	assert_string_equal(map->path, path);
	read_fd(pst_proc_open_mapped(p, map), buf, sizeof buf);
	assert_string_equal(buf, "old text");
	unlink(path);
	munmap(at, 8);
	pst_maps_free(&maps);
	pst_proc_close(p);
}

static char root_dir[64];

static void in_root(struct shared *s)
{
	if (chroot(root_dir) != 0 || chdir("/sub") != 0)
		_exit(1);
	ready_and_sleep(s);
}

/* Links of the target lead to the target's files, never to ours. */
static void test_other_root(void **state)
{
	struct shared *s = shared_new();
	struct pst_proc *p;
	char path[128], buf[64];
	pid_t pid;

	(void)state;
	skip_unless_root();
	strcpy(root_dir, "/tmp/pst-root-XXXXXX");
	assert_non_null(mkdtemp(root_dir));
	assert_int_equal(chdir(root_dir), 0);
	assert_int_equal(mkdir("sub", 0700), 0);
	write_file("passwd", "inside");
	write_file("sub/here", "below");
	assert_int_equal(symlink("/passwd", "absolute"), 0);
	assert_int_equal(symlink("/etc/passwd", "outside"), 0);
	assert_int_equal(symlink("../../../../../passwd", "sub/up"), 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	pid = child_start(in_root, s);
	p = open_proc(pid);
	read_fd(pst_proc_open_path(p, "/passwd"), buf, sizeof buf);
	assert_string_equal(buf, "inside");
	read_fd(pst_proc_open_path(p, "/absolute"), buf, sizeof buf);
	assert_string_equal(buf, "inside");
	read_fd(pst_proc_open_path(p, "/sub/up"), buf, sizeof buf);
	assert_string_equal(buf, "inside");
	assert_int_equal(pst_proc_open_path(p, "/outside"), -1);
	assert_int_equal(pst_proc_open_path(p, "/../../../etc/passwd"), -1);
	assert_int_equal(pst_proc_open_path(p, "/fifo"), -1);
	assert_int_equal(pst_proc_open_path(p, "/sub"), -1);
	assert_int_equal(pst_proc_open_path(p, "/proc/self/exe"), -1);
	pst_proc_close(p);
	child_end(pid);
	assert_int_equal(chdir("/"), 0);
	snprintf(path, sizeof path, "rm -r %s", root_dir);
	assert_int_equal(system(path), 0);
}

static void test_relative_path(void **state)
{
	char dir[] = "/tmp/pst-cwd-XXXXXX", buf[64];
	struct pst_proc *p = open_proc(getpid());

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	write_file("source.py", "pass");
	read_fd(pst_proc_open_path(p, "source.py"), buf, sizeof buf);
	assert_string_equal(buf, "pass");
	assert_int_equal(pst_proc_open_path(p, "other.py"), -1);
	unlink("source.py");
	assert_int_equal(chdir("/"), 0);
	rmdir(dir);
	pst_proc_close(p);
}

/* ---- what the system tells ------------------------------------------------------------------ */

static void test_info(void **state)
{
	struct pst_proc_info info;
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	uint64_t now = (uint64_t)time(NULL);

	(void)state;
	assert_true(n > 0);
	exe[n] = '\0';
	assert_int_equal(pst_proc_info_read(getpid(), &info), PST_OK);
	assert_int_equal(info.pid, getpid());
	assert_int_equal(info.ppid, getppid());
	assert_true(info.ns_pid > 0);
	assert_int_equal(info.uid, geteuid());
	assert_int_equal(info.threads, 1);
	assert_int_equal(info.state, 'R');
	assert_string_equal(info.exe, exe);
	assert_true(info.cmdline_len > 0 && info.cmdline[info.cmdline_len - 1] == '\0');
	assert_true(info.rss_bytes > 100000);
	assert_true(info.start_unix + 600 > now && info.start_unix <= now + 2);
	pst_proc_info_free(&info);
	assert_int_equal(pst_proc_info_read(0x7ffffff0, &info), PST_NOPROC);
	pst_proc_info_free(&info);
}

static void odd_name(struct shared *s)
{
	prctl(PR_SET_NAME, "a) R 1 (b\n");
	ready_and_sleep(s);
}

/* The name in /proc/PID/stat is what the process likes it to be. */
static void test_odd_name(void **state)
{
	struct shared *s = shared_new();
	pid_t pid = child_start(odd_name, s);
	struct pst_proc_info info;

	(void)state;
	/* That it is ready it says before it goes to sleep. */
	assert_int_equal(child_await(pid, 'S'), 'S');
	assert_int_equal(pst_proc_info_read(pid, &info), PST_OK);
	assert_string_equal(info.comm, "a) R 1 (b\n");
	assert_int_equal(info.ppid, getpid());
	assert_int_equal(info.state, 'S');
	pst_proc_info_free(&info);
	child_end(pid);
}

static bool holds(const struct pst_pids *pids, pid_t pid)
{
	for (size_t i = 1; i < pids->len; i++)
		assert_true(pids->at[i - 1] < pids->at[i]);
	for (size_t i = 0; i < pids->len; i++)
		if (pids->at[i] == pid)
			return true;
	return false;
}

static void test_children(void **state)
{
	struct shared *s = shared_new();
	pid_t a = child_start(ready_and_sleep, s), b = child_start(ready_and_sleep, s);
	struct pst_pids pids;

	(void)state;
	assert_int_equal(pst_proc_children(getpid(), &pids), PST_OK);
	assert_int_equal(pids.len, 2);
	assert_true(holds(&pids, a) && holds(&pids, b));
	pst_pids_free(&pids);
	assert_int_equal(pst_proc_children(a, &pids), PST_OK);
	assert_int_equal(pids.len, 0);
	pst_pids_free(&pids);
	assert_int_equal(pst_proc_list(&pids), PST_OK);
	assert_true(holds(&pids, a) && holds(&pids, getpid()) && holds(&pids, 1));
	pst_pids_free(&pids);
	child_end(a);
	child_end(b);
	assert_int_equal(pst_proc_children(0x7ffffff0, &pids), PST_NOPROC);
	assert_int_equal(pst_proc_children(-1, &pids), PST_NOPROC);
}

static void *named_thread(void *arg)
{
	prctl(PR_SET_NAME, "worker");
	return tell_tid(arg);
}

static void spin_and_sleep(struct shared *s)
{
	pthread_t t;

	prctl(PR_SET_NAME, "spinner");
	if (pthread_create(&t, NULL, named_thread, s) != 0)
		_exit(1);
	for (;;)
		atomic_fetch_add(&s->count, 1);
}

static void test_tasks(void **state)
{
	const unsigned all = PST_TASK_STAT | PST_TASK_SCHED | PST_TASK_SYSCALL | PST_TASK_COMM | PST_TASK_NS;
	struct shared *s = shared_new();
	pid_t pid = child_start(spin_and_sleep, s);
	struct pst_proc *p = open_proc(pid);
	struct pst_tasks tasks;
	struct pst_task later;

	(void)state;
	assert_int_equal(child_await(atomic_load(&s->go), 'S'), 'S');
	assert_true(child_moves(s));
	nap_ms(50); /* the system counts what it used a little later */
	assert_int_equal(pst_tasks_read(p, all, &tasks), PST_OK);
	assert_int_equal(tasks.len, 2);
	assert_int_equal(tasks.at[0].tid, pid);
	assert_string_equal(tasks.at[0].comm, "spinner");
	assert_int_equal(tasks.at[0].state, 'R');
	assert_true(tasks.at[0].cpu >= 0);
	assert_true(tasks.at[0].cpu_ns > 0);
	assert_true(tasks.at[0].ns_tid > 0);
	assert_int_equal(tasks.at[0].syscall, -1);
	assert_int_equal(tasks.at[1].tid, atomic_load(&s->go));
	assert_string_equal(tasks.at[1].comm, "worker");
	assert_int_equal(tasks.at[1].state, 'S');
	if (tasks.at[1].syscall != -2)
		assert_int_equal(tasks.at[1].syscall, SYS_pause);
	later = tasks.at[0];
	for (int i = 0; i < 20000 && later.cpu_ns <= tasks.at[0].cpu_ns; i++) {
		nap_ms(1);
		assert_int_equal(pst_task_read(p, all, &later), PST_OK);
	}
	assert_true(later.cpu_ns > tasks.at[0].cpu_ns);
	later.tid = 0x7ffffff0;
	assert_int_equal(pst_task_read(p, PST_TASK_STAT, &later), PST_GONE);
	assert_int_equal(pst_task_read(p, PST_TASK_SCHED, &later), PST_GONE);
	pst_tasks_free(&tasks);
	child_end(pid);
	assert_int_equal(pst_tasks_read(p, all, &tasks), PST_GONE);
	pst_proc_close(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_bad),
		cmocka_unit_test(test_open_thread),
		cmocka_unit_test(test_main_thread_gone),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_halt),
		cmocka_unit_test(test_other_user),
		cmocka_unit_test(test_no_capability),
		cmocka_unit_test(test_no_ptrace),
		cmocka_unit_test(test_maps),
		cmocka_unit_test(test_deleted_file),
		cmocka_unit_test(test_other_root),
		cmocka_unit_test(test_relative_path),
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_odd_name),
		cmocka_unit_test(test_children),
		cmocka_unit_test(test_tasks),
	};

	return cmocka_run_group_tests_name("plat/process", tests, NULL, NULL);
}
