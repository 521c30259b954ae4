// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "child.h"
#include "forbid.h"

#include "base/calls.h"
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

static int without_readv(pid_t target)
{
	const unsigned calls[] = {SYS_process_vm_readv};
	struct pst_span spans[2];
	struct pst_proc *p;
	int a = 0, b = 0;

	if (forbid(calls, 1) != 0)
		return 77;
	if (pst_proc_open(target, &p, NULL) != PST_OK ||
	    strcmp(pst_mem_method(p), "/proc/PID/mem") != 0)
		return 1;
	spans[0] = (struct pst_span){(uintptr_t)&in_data, &a, sizeof a};
	spans[1] = (struct pst_span){(uintptr_t)&in_data, &b, sizeof b};
	if (pst_mem_readv(p, spans, 2) != PST_OK || a != 4711 || b != 4711)
		return 2;
	if (pst_mem_read(p, 16, &a, sizeof a) != PST_FAULT)
		return 3;
	kill(target, SIGKILL);
	for (int i = 0; i < 20000 && pst_proc_check(p) == PST_OK; i++)
		nap_ms(1);
	return pst_mem_read(p, (uintptr_t)&in_data, &a, sizeof a) == PST_GONE ? 0 : 4;
}

static int filter_put_on_later(pid_t target)
{
	const unsigned calls[] = {SYS_process_vm_readv};
	struct pst_proc *p;
	int a = 0;

	if (pst_proc_open(target, &p, NULL) != PST_OK ||
	    strcmp(pst_mem_method(p), "process_vm_readv") != 0)
		return 1;
	if (forbid(calls, 1) != 0)
		return 77;
	return pst_mem_read(p, (uintptr_t)&in_data, &a, sizeof a) == PST_OK && a == 4711 ? 0 : 2;
}

static void test_no_readv(void **state)
{
	(void)state;
	child_check(without_readv);
}

static void test_filter_put_on_later(void **state)
{
	(void)state;
	child_check(filter_put_on_later);
}

static void test_read(void **state)
{
	struct pst_proc *p = open_proc(getpid());
	long page = sysconf(_SC_PAGESIZE);
	char *two = mmap(NULL, (size_t)page * 2, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char buf[64];

	(void)state;
	assert_string_equal(pst_mem_method(p), "process_vm_readv");
	munmap(two + page, (size_t)page);
	memcpy(two + page - 4, "abcd", 4);
	assert_int_equal(pst_mem_read(p, (uintptr_t)two + (uint64_t)page - 4, buf, 4), PST_OK);
	assert_memory_equal(buf, "abcd", 4);
	/* Half of it is mapped: all or nothing. */
	assert_int_equal(pst_mem_read(p, (uintptr_t)two + (uint64_t)page - 4, buf, 8), PST_FAULT);
	assert_int_equal(pst_mem_read(p, 0, buf, 8), PST_FAULT);
	assert_int_equal(pst_mem_read(p, 0, buf, 0), PST_OK);
	assert_int_equal(pst_mem_read(p, UINT64_MAX - 3, buf, 8), PST_FAULT);
	assert_int_equal(pst_mem_read(p, UINT64_C(0xffff800000000000), buf, 8), PST_FAULT);
	munmap(two, (size_t)page);
	pst_proc_close(p);
}

static void test_readv_many(void **state)
{
	struct pst_proc *p = open_proc(getpid());
	struct pst_span spans[3000];
	int from[3000], to[3000];

	(void)state;
	for (int i = 0; i < 3000; i++) {
		from[i] = i * 7;
		to[i] = -1;
		spans[i] = (struct pst_span){(uintptr_t)&from[i], &to[i],
					     i % 10 == 3 ? 0 : sizeof(int)};
	}
	assert_int_equal(pst_mem_readv(p, spans, 3000), PST_OK);
	for (int i = 0; i < 3000; i++)
		assert_int_equal(to[i], i % 10 == 3 ? -1 : i * 7);
	spans[2999].at = 8;
	assert_int_equal(pst_mem_readv(p, spans, 3000), PST_FAULT);
	assert_int_equal(pst_mem_readv(p, NULL, 0), PST_OK);
	pst_proc_close(p);
}

enum { MANY = 2500, EDGE = 1300 };

struct hole {
	struct pst_proc *p;
	size_t page;
	char *pages; /* three */
	char *far, *to;
	struct pst_span *spans; /* MANY of 8 bytes in the first page, but for EDGE */
};

/* Span AT reads over the edge of the page into the hole: nothing of it, nor of the others, is
 * right. */
static bool is_fault(const struct hole *h, size_t at)
{
	struct pst_span kept = h->spans[at];

	h->spans[at].at = (uintptr_t)h->pages + h->page - 4;
	bool fault = pst_mem_readv(h->p, h->spans, MANY) == PST_FAULT;
	h->spans[at] = kept;
	return fault && pst_mem_readv(h->p, h->spans, MANY) == PST_OK;
}

/* 0: all is well; else a line. */
static int look_at(const struct hole *h)
{
	/* In two batches: first and last of one, first and last of all, and between. */
	static const size_t at[] = {0, 1, 500, 1022, 1023, 1024, 1025, 2047, 2048, MANY - 1};

	h->spans[EDGE].at = (uintptr_t)h->pages + h->page - 4;
	if (pst_mem_readv(h->p, h->spans, MANY) != PST_OK)
		return __LINE__;
	if (memcmp(h->to + EDGE * 8, "abcdefgh", 8) != 0)
		return __LINE__;
	for (size_t i = 0; i < MANY; i++)
		if (i != EDGE && memcmp(h->to + i * 8, "01234567", 8) != 0)
			return __LINE__;
	h->spans[EDGE].at = h->spans[0].at;
	munmap(h->pages + h->page, h->page);
	for (size_t i = 0; i < sizeof at / sizeof *at; i++)
		if (!is_fault(h, at[i]))
			return __LINE__;
	/* One range over the hole, and one behind it. */
	if (pst_mem_read(h->p, (uintptr_t)h->pages, h->far, h->page * 3) != PST_FAULT)
		return __LINE__;
	return pst_mem_read(h->p, (uintptr_t)h->pages + h->page * 2, h->far, h->page) == PST_OK
		       ? 0
		       : __LINE__;
}

/* The system stops at the first page that is not there: never half an answer. */
static int hole_in_the_middle(const char *method)
{
	struct hole h = {.page = (size_t)sysconf(_SC_PAGESIZE)};

	if (pst_proc_open(getpid(), &h.p, NULL) || strcmp(pst_mem_method(h.p), method) != 0)
		return __LINE__;
	h.pages =
		mmap(NULL, h.page * 3, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	h.spans = calloc(MANY, sizeof *h.spans);
	h.to = calloc(MANY, 8);
	h.far = malloc(h.page * 3);
	for (size_t i = 0; i < h.page * 3; i++)
		h.pages[i] = (char)('0' + i % 8);
	memcpy(h.pages + h.page - 4, "abcdefgh", 8);
	for (size_t i = 0; i < MANY; i++)
		h.spans[i] = (struct pst_span){(uintptr_t)h.pages + i * 8 % (h.page / 2),
					       h.to + i * 8, 8};
	int wrong = look_at(&h);
	munmap(h.pages, h.page * 3);
	free(h.spans);
	free(h.to);
	free(h.far);
	pst_proc_close(h.p);
	return wrong;
}

static void test_hole_in_the_middle(void **state)
{
	(void)state;
	assert_int_equal(hole_in_the_middle("process_vm_readv"), 0);
}

static int read_self_by_file(pid_t target)
{
	const unsigned calls[] = {SYS_process_vm_readv};

	(void)target;
	if (forbid(calls, 1) != 0)
		return 77;
	return hole_in_the_middle("/proc/PID/mem") ? 1 : 0;
}

static void test_hole_in_the_middle_of_the_file(void **state)
{
	(void)state;
	child_check(read_self_by_file);
}

/* Each call is counted once, by the thread that makes it. */
static void test_calls_are_counted(void **state)
{
	struct pst_proc *p = open_proc(getpid());
	struct pst_span spans[2049];
	struct pst_task task = {.tid = getpid()};
	int from = 4711, to[2049];

	(void)state;
	for (int i = 0; i < 2049; i++)
		spans[i] = (struct pst_span){(uintptr_t)&from, &to[i], sizeof from};
	memset(pst_calls, 0, sizeof pst_calls);
	assert_int_equal(pst_mem_readv(p, spans, 1024), PST_OK);
	assert_int_equal(pst_calls[PST_CALL_MEMORY], 1);
	assert_int_equal(pst_mem_readv(p, spans, 2049), PST_OK);
	assert_int_equal(pst_calls[PST_CALL_MEMORY], 4);
	assert_int_equal(pst_calls[PST_CALL_PROC], 0);
	/* Opened and read, then only read. */
	assert_int_equal(pst_task_read(p, PST_TASK_SCHED, &task), PST_OK);
	assert_int_equal(pst_calls[PST_CALL_PROC], 2);
	assert_int_equal(pst_task_read(p, PST_TASK_SCHED, &task), PST_OK);
	assert_int_equal(pst_calls[PST_CALL_PROC], 3);
	pst_sleep_until_ns(pst_now_ns() + 1000);
	assert_int_equal(pst_calls[PST_CALL_SLEEP], 1);
	for (unsigned i = 0; i < PST_CALL_KINDS; i++)
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(pst_call_name(i), pst_call_name(k));
	pst_proc_close(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_readv),
		cmocka_unit_test(test_filter_put_on_later),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_readv_many),
		cmocka_unit_test(test_hole_in_the_middle),
		cmocka_unit_test(test_hole_in_the_middle_of_the_file),
		cmocka_unit_test(test_calls_are_counted),
	};

	return cmocka_run_group_tests_name("plat/memory", tests, NULL, NULL);
}
