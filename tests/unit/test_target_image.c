// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "child.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "target/image.h"
#include "target/priv.h"

/* What is looked for: symbols of this program, seen from outside. */
int pst_marker_global = 5;
static int pst_marker_local[4] = {1, 2, 3, 4};
static char pst_marker_bss[20000];
static const char pst_marker_text[] = "a constant that is looked for";

struct view {
	struct pst_target *target;
	struct pst_images images;
};

static void view_open(struct view *v, pid_t pid)
{
	struct pst_why why = {0};

	if (pst_target_open_live(pid, &v->target, &why) != PST_OK ||
	    pst_images_open(v->target, &v->images, &why) != PST_OK)
		fail_msg("%s", why.what);
}

static void view_close(struct view *v)
{
	pst_images_close(&v->images);
	pst_target_close(v->target);
}

static struct pst_image *image_of(struct view *v, const void *at)
{
	size_t i = 0;

	while (i < v->images.len &&
	       ((uintptr_t)at < v->images.at[i].start || (uintptr_t)at >= v->images.at[i].end))
		i++;
	assert_true(i < v->images.len);
	return &v->images.at[i];
}

static struct pst_image *exe_of(struct view *v)
{
	struct pst_image *exe = NULL;

	for (size_t i = 0; i < v->images.len; i++) {
		if (v->images.at[i].is_exe) {
			assert_null(exe);
			exe = &v->images.at[i];
		}
	}
	assert_non_null(exe);
	return exe;
}

static bool in_ranges(const struct pst_range *r, size_t n, const void *at, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if ((uintptr_t)at >= r[i].start && (uintptr_t)at + len <= r[i].end)
			return true;
	return false;
}

/* ---- ourselves ------------------------------------------------------------------------------ */

static void test_grouping(void **state)
{
	struct pst_image *exe, *libc;
	struct view v;

	(void)state;
	view_open(&v, getpid());
	exe = exe_of(&v);
	assert_ptr_equal(exe, image_of(&v, &pst_marker_global));
	assert_ptr_equal(exe, image_of(&v, (const void *)(uintptr_t)test_grouping));
	assert_true(exe->has_exec);
	libc = image_of(&v, (const void *)(uintptr_t)strverscmp);
	assert_non_null(strstr(libc->path, "libc"));
	assert_false(libc->is_exe);
	view_close(&v);
}

/* The same file mapped once more is an image of its own, at its own address. */
static void test_mapped_twice(void **state)
{
	int fd = open("/proc/self/exe", O_RDONLY);
	struct pst_image *first, *second;
	struct stat st;
	struct view v;
	void *again;

	(void)state;
	assert_int_equal(fstat(fd, &st), 0);
	again = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	assert_true(again != MAP_FAILED);
	close(fd);
	view_open(&v, getpid());
	first = image_of(&v, &pst_marker_global);
	second = image_of(&v, again);
	assert_ptr_not_equal(first, second);
	assert_string_equal(first->path, second->path);
	assert_int_equal(second->start, (uintptr_t)again);
	assert_true(first->has_exec);
	assert_false(second->has_exec);
	munmap(again, (size_t)st.st_size);
	view_close(&v);
}

static void test_symbols(void **state)
{
	static const char *const names[] = {"no_such_symbol", "pst_marker_local", "pst_marker_global",
					    "pst_marker_loca", "pst_marker_globalx", ""};
	struct pst_symbol found[6];
	struct view v;

	(void)state;
	view_open(&v, getpid());
	assert_int_equal(pst_image_symbols(&v.images, exe_of(&v), PST_SYM_FULL, names, 6, found), 2);
	assert_int_equal(found[0].at, 0);
	assert_int_equal(found[1].at, (uintptr_t)pst_marker_local);
	assert_int_equal(found[1].size, sizeof pst_marker_local);
	assert_int_equal(found[1].from, PST_SYM_FULL);
	assert_int_equal(found[2].at, (uintptr_t)&pst_marker_global);
	assert_int_equal(found[3].at, 0);
	assert_int_equal(found[4].at, 0);
	assert_int_equal(found[5].at, 0);
	view_close(&v);
}

static void test_dynamic_symbols(void **state)
{
	static const char *const names[] = {"strverscmp", "errno", "environ"};
	struct pst_symbol found[3];
	struct view v;

	(void)state;
	view_open(&v, getpid());
	pst_image_symbols(&v.images, image_of(&v, (const void *)(uintptr_t)strverscmp), PST_SYM_DYN, names, 3,
			  found);
	assert_int_equal(found[0].at, (uintptr_t)strverscmp);
	assert_int_equal(found[0].from, PST_SYM_DYN);
	/* A variable of each thread has no address. */
	assert_int_equal(found[1].at, 0);
	assert_true(found[2].at != 0);
	view_close(&v);
}

/* The same from what is mapped, for a file that cannot be opened. */
static void test_without_file(void **state)
{
	static const char *const names[] = {"no_such_symbol", "strverscmp", "environ", "errno"};
	struct pst_symbol found[4] = {0}, by_file[4];
	struct pst_image *libc, *exe;
	struct pst_elfmem m;
	struct view v;

	(void)state;
	view_open(&v, getpid());
	libc = image_of(&v, (const void *)(uintptr_t)strverscmp);
	assert_true(pst_elfmem_open(v.target, libc->start, &m));
	assert_int_equal(pst_elfmem_symbols(v.target, &m, names, 4, found), 2);
	pst_image_symbols(&v.images, libc, PST_SYM_DYN, names, 4, by_file);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(found[i].at, by_file[i].at);
	assert_int_equal(found[1].at, (uintptr_t)strverscmp);
	exe = exe_of(&v);
	assert_true(pst_elfmem_open(v.target, exe->start, &m));
	assert_true(m.span >= exe->end - exe->start);
	assert_false(pst_elfmem_open(v.target, (uintptr_t)pst_marker_text, &m));
	view_close(&v);
}

static void test_section(void **state)
{
	struct pst_range data, bss, none;
	struct view v;

	(void)state;
	view_open(&v, getpid());
	assert_int_equal(pst_image_section(&v.images, exe_of(&v), ".data", &data), PST_OK);
	assert_true(in_ranges(&data, 1, &pst_marker_global, sizeof pst_marker_global));
	assert_int_equal(pst_image_section(&v.images, exe_of(&v), ".bss", &bss), PST_OK);
	assert_true(in_ranges(&bss, 1, pst_marker_bss, sizeof pst_marker_bss));
	assert_int_equal(pst_image_section(&v.images, exe_of(&v), ".PyRuntime", &none), PST_NOTFOUND);
	/* Is in the file only. */
	assert_int_equal(pst_image_section(&v.images, exe_of(&v), ".symtab", &none), PST_NOTFOUND);
	assert_int_equal(none.start, none.end);
	view_close(&v);
}

static void test_ranges(void **state)
{
	struct pst_range r[16];
	struct view v;
	size_t n;

	(void)state;
	view_open(&v, getpid());
	n = pst_image_data(&v.images, exe_of(&v), r, 16);
	assert_true(n > 0 && n < 16);
	assert_true(in_ranges(r, n, &pst_marker_global, sizeof pst_marker_global));
	assert_true(in_ranges(r, n, pst_marker_bss, sizeof pst_marker_bss));
	assert_false(in_ranges(r, n, pst_marker_text, sizeof pst_marker_text));
	assert_int_equal(pst_image_data(&v.images, exe_of(&v), r, 0), 0);
	n = pst_image_rodata(&v.images, exe_of(&v), r, 16);
	assert_true(in_ranges(r, n, pst_marker_text, sizeof pst_marker_text));
	assert_false(in_ranges(r, n, &pst_marker_global, sizeof pst_marker_global));
	view_close(&v);
}

static void test_mapped(void **state)
{
	long page = sysconf(_SC_PAGESIZE);
	char *three = mmap(NULL, (size_t)page * 3, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct view v;

	(void)state;
	assert_int_equal(mprotect(three + page, (size_t)page, PROT_READ | PROT_WRITE), 0);
	munmap(three + 2 * page, (size_t)page);
	view_open(&v, getpid());
	assert_true(pst_images_mapped(&v.images, (uintptr_t)three, (size_t)page * 2, PST_PROT_R));
	assert_false(pst_images_mapped(&v.images, (uintptr_t)three, (size_t)page * 2, PST_PROT_W));
	assert_true(pst_images_mapped(&v.images, (uintptr_t)three + (uint64_t)page, 8, PST_PROT_W));
	assert_false(pst_images_mapped(&v.images, (uintptr_t)three, (size_t)page * 2 + 1, PST_PROT_R));
	assert_false(pst_images_mapped(&v.images, 0, 8, 0));
	assert_false(pst_images_mapped(&v.images, UINT64_MAX - 3, 8, 0));
	munmap(three, (size_t)page * 2);
	view_close(&v);
}

/* ---- a stripped copy of ourselves, with its symbols elsewhere ----------------------------------- */

static char dir[] = "/tmp/pst-image-XXXXXX";

static bool shell(const char *command)
{
	char *line = NULL;
	int status;

	if (asprintf(&line, "cd %s && { %s; } >/dev/null 2>&1", dir, command) < 0)
		return false;
	status = system(line);
	free(line);
	return status == 0;
}

static int make_dir(void **state)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	char *line = NULL;

	(void)state;
	if (n <= 0 || !mkdtemp(dir))
		return -1;
	exe[n] = '\0';
	if (asprintf(&line, "cp %s full && chmod 755 full", exe) < 0 || !shell(line))
		return -1;
	free(line);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	return shell("rm -r \"$PWD\"") ? 0 : -1;
}

static void exec_copy(struct shared *s)
{
	char path[128];

	snprintf(path, sizeof path, "%s/copy", dir);
	atomic_store(&s->ready, 1);
	execl(path, path, "--wait", (char *)NULL);
	_exit(1);
}

static pid_t start_copy(void)
{
	pid_t pid = child_start(exec_copy, shared_new());
	char comm[32] = "";

	for (int i = 0; i < 20000 && strcmp(comm, "image copy") != 0; i++) {
		struct pst_proc_info info;

		assert_int_equal(pst_proc_info_read(pid, &info), PST_OK);
		snprintf(comm, sizeof comm, "%.31s", info.comm);
		pst_proc_info_free(&info);
		nap_ms(1);
	}
	assert_string_equal(comm, "image copy");
	return pid;
}

/* The value of pst_marker_local as it is found through TABLES in the copy that runs as PID; 0: not found. */
static int marker_of(pid_t pid, unsigned tables)
{
	static const char *const names[] = {"pst_marker_local"};
	struct pst_symbol found;
	int values[4] = {0};
	struct view v;

	view_open(&v, pid);
	if (pst_image_symbols(&v.images, exe_of(&v), tables, names, 1, &found) == 1) {
		assert_int_equal(found.from, tables);
		assert_int_equal(pst_target_read(v.target, found.at, values, sizeof values), PST_OK);
		assert_int_equal(values[3], 4);
	}
	view_close(&v);
	return values[2];
}

static void finds_only(const char *how_made, unsigned tables)
{
	pid_t pid;

	if (!shell("objcopy --version && strip --version && xz --version")) {
		print_message("needs objcopy, strip and xz\n");
		skip();
	}
	shell("rm -rf copy copy.debug .debug");
	assert_true(shell(how_made));
	pid = start_copy();
	for (unsigned t = PST_SYM_DYN; t < PST_SYM_ALL; t *= 2)
		assert_int_equal(marker_of(pid, t), t == tables ? 3 : 0);
	child_end(pid);
}

static void test_stripped(void **state)
{
	(void)state;
	finds_only("strip -o copy full", 0);
}

static void test_debuglink(void **state)
{
	(void)state;
	finds_only("objcopy --only-keep-debug full copy.debug && strip -o copy full && "
		   "objcopy --add-gnu-debuglink=copy.debug copy",
		   PST_SYM_DEBUG);
	finds_only("objcopy --only-keep-debug full copy.debug && strip -o copy full && "
		   "objcopy --add-gnu-debuglink=copy.debug copy && mkdir .debug && mv copy.debug .debug/",
		   PST_SYM_DEBUG);
}

/* The debug file of another build: neither its build id nor its checksum fits. */
static void test_wrong_debug_file(void **state)
{
	(void)state;
	finds_only("objcopy --only-keep-debug full copy.debug && strip -o copy full && "
		   "objcopy --add-gnu-debuglink=copy.debug copy && "
		   "objcopy --remove-section .note.gnu.build-id copy.debug && echo >> copy.debug",
		   0);
}

static void test_mini_debug(void **state)
{
	(void)state;
#ifndef HAVE_LIBLZMA
	print_message("built without liblzma\n");
	skip();
#endif
	finds_only("objcopy --only-keep-debug full mini && objcopy --strip-debug mini && xz -k mini && "
		   "strip -o copy full && objcopy --add-section .gnu_debugdata=mini.xz copy; e=$?; "
		   "rm -f mini mini.xz; exit $e",
		   PST_SYM_MINI);
}

static void test_damaged_mini_debug(void **state)
{
	(void)state;
	finds_only("head -c 5000 /dev/urandom > mini.xz && strip -o copy full && "
		   "objcopy --add-section .gnu_debugdata=mini.xz copy; e=$?; rm -f mini.xz; exit $e",
		   0);
}

/* Deleted and replaced: the file that runs is still the one that is read. */
static void test_replaced(void **state)
{
	pid_t pid;

	(void)state;
	shell("rm -f copy");
	assert_true(shell("cp full copy"));
	pid = start_copy();
	assert_true(shell("rm copy"));
	assert_int_equal(marker_of(pid, PST_SYM_FULL), 3);
	assert_true(shell("echo something else > copy"));
	assert_int_equal(marker_of(pid, PST_SYM_FULL), 3);
	child_end(pid);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grouping),
		cmocka_unit_test(test_mapped_twice),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_dynamic_symbols),
		cmocka_unit_test(test_without_file),
		cmocka_unit_test(test_section),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_mapped),
		cmocka_unit_test(test_stripped),
		cmocka_unit_test(test_debuglink),
		cmocka_unit_test(test_wrong_debug_file),
		cmocka_unit_test(test_mini_debug),
		cmocka_unit_test(test_damaged_mini_debug),
		cmocka_unit_test(test_replaced),
	};

	if (argc == 2 && strcmp(argv[1], "--wait") == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "image copy");
		for (;;)
			pause();
	}
	return cmocka_run_group_tests_name("target/image", tests, make_dir, remove_dir);
}
