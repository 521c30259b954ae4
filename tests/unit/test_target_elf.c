// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "child.h"

#include <elf.h>
#include <fcntl.h>

#include "target/priv.h"

/* Damaged ELF files: any answer will do, a crash will not. */

#define FILE_MAX ((size_t)4 << 20)

static unsigned char *good;
static size_t good_len;

static int read_self(void **state)
{
	FILE *f = fopen("/proc/self/exe", "rb");

	(void)state;
	good = malloc(FILE_MAX);
	good_len = f && good ? fread(good, 1, FILE_MAX, f) : 0;
	if (f)
		fclose(f);
	return good_len > sizeof(Elf64_Ehdr) ? 0 : -1;
}

static int free_self(void **state)
{
	(void)state;
	free(good);
	return 0;
}

static void use(struct pst_elf *e)
{
	static const char *const names[] = {"main", "read_self", "environ", "nothing"};
	struct pst_symbol found[4] = {0};
	unsigned char id[PST_BUILD_ID_MAX];
	uint64_t a, b;
	uint32_t crc;
	size_t len;

	pst_elf_bias(e, 0x5555555000, 0, &a);
	pst_elf_bias(e, 0x5555555000, 0x1000, &a);
	pst_elf_section(e, ".data", &a, &b);
	free(pst_elf_contents(e, ".comment", 1000, &len));
	assert_true(pst_elf_build_id(e, id) <= PST_BUILD_ID_MAX);
	pst_elf_symbols(e, PST_SYM_DYN, 0, names, 4, found);
	pst_elf_symbols(e, PST_SYM_FULL, 0, names, 4, found);
	pst_elf_crc(e, &crc);
	pst_elf_close(pst_elf_open_mini(e));
}

/* From a file, as they are read of a target. */
static void try_file(const unsigned char *bytes, size_t len)
{
	int fd = memfd_create("elf", MFD_CLOEXEC);
	struct pst_elf *e;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	if (pst_elf_open(fd, &e) == PST_OK) {
		use(e);
		pst_elf_close(e);
	} else {
		assert_null(e);
	}
}

/* From memory, as what was packed into .gnu_debugdata. */
static void try_bytes(const unsigned char *bytes, size_t len)
{
	unsigned char *c = malloc(len ? len : 1);
	struct pst_elf *e;

	memcpy(c, bytes, len);
	if (pst_elf_open_bytes(c, len, &e) == PST_OK) {
		use(e);
		pst_elf_close(e);
	} else {
		assert_null(e);
	}
}

static void test_good(void **state)
{
	static const char *const names[] = {"use", "nothing"};
	struct pst_symbol found[2] = {0};
	struct pst_elf *e;
	uint32_t crc;

	(void)state;
	assert_int_equal(pst_elf_open(open("/proc/self/exe", O_RDONLY | O_CLOEXEC), &e), PST_OK);
	assert_int_equal(pst_elf_symbols(e, PST_SYM_FULL, 0, names, 2, found), 1);
	assert_true(pst_elf_crc(e, &crc));
	pst_elf_close(e);
	try_file(good, good_len);
	try_bytes(good, good_len);
}

static void test_crc(void **state)
{
	(void)state;
	/* The check value of CRC-32 (IEEE 802.3). */
	assert_int_equal(pst_crc32(0, "123456789", 9), 0xcbf43926);
	assert_int_equal(pst_crc32(pst_crc32(0, "1234", 4), "56789", 5), 0xcbf43926);
	assert_int_equal(pst_crc32(0, "", 0), 0);
}

static void test_cut_short(void **state)
{
	(void)state;
	for (size_t n = 0; n < good_len; n += 1 + n / 8) {
		try_file(good, n);
		try_bytes(good, n);
	}
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Somewhere in the file header, the program headers, the section headers or the whole file. */
static size_t place(uint32_t *seed)
{
	Elf64_Ehdr head;
	size_t at, len;

	memcpy(&head, good, sizeof head);
	switch (next(seed) % 4) {
	case 0:
		return next(seed) % sizeof head;
	case 1:
		at = head.e_phoff;
		len = (size_t)head.e_phnum * head.e_phentsize;
		break;
	case 2:
		at = head.e_shoff;
		len = (size_t)head.e_shnum * head.e_shentsize;
		break;
	default:
		at = 0;
		len = good_len - 8;
		break;
	}
	at += next(seed) % len;
	return at < good_len - 8 ? at : 0;
}

static void test_mutations(void **state)
{
	static const uint64_t odd[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, UINT64_MAX, INT64_MAX, 0xff00};
	uint32_t seed = 4711;

	(void)state;
	for (int i = 0; i < 500; i++) {
		unsigned char *bytes = malloc(good_len);

		memcpy(bytes, good, good_len);
		for (uint32_t k = 1 + next(&seed) % 3; k > 0; k--) {
			size_t at = place(&seed);

			if (next(&seed) % 2)
				bytes[at] = (unsigned char)next(&seed);
			else
				memcpy(bytes + at, &odd[next(&seed) % 8], (size_t)1 << next(&seed) % 4);
		}
		try_file(bytes, good_len);
		try_bytes(bytes, good_len);
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_crc),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests_name("target/elf", tests, read_self, free_self);
}
