// SPDX-License-Identifier: MIT
/*
 * The readers of executable files on damaged ones: an ELF file that is "mapped" as the kernel would, then
 * damaged, in its memory too, and asked for all that can be asked.
 */
#include "config.h"

#include "fuzz.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "target/image.h"
#include "target/saved.h"

#define BASE UINT64_C(0x555555554000)
#define PAGE UINT64_C(4096)

static const char *const names[] = {"_PyRuntime", "main", "sample_local", "sample_version", "x"};
#define NAMES (sizeof names / sizeof *names)

/* The file as a process: one read-only image of it, then pieces as its program headers say. */
struct process {
	struct pst_target base;
	struct pst_maps maps;
	unsigned char *bytes; /* damaged */
	size_t len;
	FILE *file; /* the same bytes */
};

static struct process *self(struct pst_target *t)
{
	return (struct process *)t;
}

static enum pst_err process_read(struct pst_target *t, uint64_t at, void *buf, size_t len)
{
	const struct process *p = self(t);

	for (size_t i = 0; i < p->maps.len; i++) {
		const struct pst_map *map = &p->maps.at[i];
		uint64_t off = at - map->start + map->offset;

		if (at >= map->start && at < map->end && off <= p->len && len <= p->len - off) {
			memcpy(buf, p->bytes + off, len);
			return PST_OK;
		}
	}
	return PST_FAULT;
}

static enum pst_err process_maps(struct pst_target *t, struct pst_maps *out, struct pst_why *why)
{
	(void)why;
	pst_saved_copy_maps(&self(t)->maps, out);
	return PST_OK;
}

static int process_open_mapped(struct pst_target *t, const struct pst_map *map)
{
	(void)map;
	return dup(fileno(self(t)->file));
}

/* The file is its own debug file, as its build id will say. */
static int process_open_path(struct pst_target *t, const char *path)
{
	if (strstr(path, ".debug"))
		return dup(fileno(self(t)->file));
	errno = ENOENT;
	return -1;
}

static enum pst_err process_info(struct pst_target *t, struct pst_proc_info *out)
{
	*out = (struct pst_proc_info){.pid = t->pid, .exe = pst_strdup("/opt/sample")};
	return PST_OK;
}

static const struct pst_target_ops ops = {
	.name = "sample",
	.read = process_read,
	.maps = process_maps,
	.open_mapped = process_open_mapped,
	.open_path = process_open_path,
	.info = process_info,
};

static void map_segments(struct fuzz *f, struct process *p)
{
	Elf64_Ehdr head;
	Elf64_Phdr ph;

	memcpy(&head, f->bytes, sizeof head);
	for (unsigned i = 0; i < head.e_phnum; i++) {
		memcpy(&ph, f->bytes + head.e_phoff + i * sizeof ph, sizeof ph);
		if (ph.p_type != PT_LOAD)
			continue;
		struct pst_map *map = PST_VEC_PUSH(&p->maps);

		*map = (struct pst_map){
			.start = BASE + (ph.p_vaddr & ~(PAGE - 1)),
			.end = BASE + ((ph.p_vaddr + ph.p_memsz + PAGE - 1) & ~(PAGE - 1)),
			.offset = ph.p_offset & ~(PAGE - 1),
			.inode = 1,
			.prot = (ph.p_flags & PF_R ? PST_PROT_R : 0u) | (ph.p_flags & PF_W ? PST_PROT_W : 0u) |
				(ph.p_flags & PF_X ? PST_PROT_X : 0u),
			.path = pst_strdup("/opt/sample"),
		};
	}
}

/* The offset of a word in a place that matters: a header or a table. */
static size_t place(struct fuzz *f)
{
	Elf64_Ehdr head;
	Elf64_Shdr sh;

	memcpy(&head, f->bytes, sizeof head);
	switch (fuzz_below(f, 5)) {
	case 0:
		return fuzz_below(f, sizeof head);
	case 1:
		return head.e_phoff + fuzz_below(f, head.e_phnum * sizeof(Elf64_Phdr));
	case 2:
	case 3:
		return head.e_shoff + fuzz_below(f, head.e_shnum * sizeof sh);
	default: /* the start of a section */
		memcpy(&sh, f->bytes + head.e_shoff + fuzz_below(f, head.e_shnum) * sizeof sh, sizeof sh);
		return sh.sh_type == SHT_NOBITS || !sh.sh_size ?
			       0 :
			       sh.sh_offset + fuzz_below(f, sh.sh_size < 256 ? sh.sh_size : 256);
	}
}

static void damage(struct fuzz *f, struct process *p)
{
	for (size_t n = 1 + fuzz_below(f, 1 + fuzz_below(f, 16)); n > 0; n--) {
		size_t at = place(f) & ~(size_t)(fuzz_below(f, 2) ? 7 : 3);
		uint64_t word;

		if (at > p->len - sizeof word)
			continue;
		memcpy(&word, p->bytes + at, sizeof word);
		word = fuzz_word(f, word, at);
		memcpy(p->bytes + at, &word, sizeof word);
	}
	if (fuzz_below(f, 16) == 0)
		p->len = fuzz_below(f, p->len);
}

/* The ranges must lie in the maps: what is told here will be read. */
static void check_ranges(struct fuzz *f, const struct process *p, const struct pst_range *ranges,
			 size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ranges[i].start < p->maps.at[0].start || ranges[i].end <= ranges[i].start ||
		    ranges[i].end > p->maps.at[p->maps.len - 1].end)
			fuzz_fail(f, "a range of data lies outside of the maps");
}

/* Number of answers. */
static unsigned ask(struct fuzz *f, struct process *p)
{
	static const char *const sections[] = {".PyRuntime", ".text", ".bss", ".nothing"};
	struct pst_images images;
	struct pst_range ranges[8];
	unsigned answers = 0;

	if (pst_images_open(&p->base, &images, NULL))
		fuzz_fail(f, "the maps cannot be read");
	for (size_t i = 0; i < images.len; i++) {
		struct pst_symbol found[NAMES];

		for (size_t s = 0; s < sizeof sections / sizeof *sections; s++)
			answers += !pst_image_section(&images, &images.at[i], sections[s], ranges);
		answers += (unsigned)pst_image_symbols(&images, &images.at[i], PST_SYM_ALL, names, NAMES,
						       found);
		check_ranges(f, p, ranges, pst_image_data(&images, &images.at[i], ranges, 8));
		check_ranges(f, p, ranges, pst_image_rodata(&images, &images.at[i], ranges, 8));
	}
	pst_images_close(&images);
	fuzz_check_memory(f);
	return answers;
}

static unsigned one(struct fuzz *f, struct process *p, bool damaged)
{
	unsigned answers;

	p->len = f->len;
	memcpy(p->bytes, f->bytes, f->len);
	if (damaged)
		damage(f, p);
	p->file = tmpfile();
	if (!p->file || fwrite(p->bytes, 1, p->len, p->file) != p->len || fflush(p->file))
		fuzz_fail(f, "no temporary file");
	answers = ask(f, p);
	fclose(p->file);
	return answers;
}

int main(int argc, char **argv)
{
	struct process p = {.base = {.ops = &ops, .pid = 1}};
	unsigned right, differ = 0, some = 0;
	struct fuzz f;

	fuzz_begin(&f, argc, argv);
	p.bytes = pst_alloc(f.len);
	map_segments(&f, &p);
	fuzz_round(&f, 0);
	right = one(&f, &p, false);
	if (right < 5)
		fuzz_fail(&f, "little was found in the undamaged file");
	for (unsigned i = 0; i < f.rounds; i++) {
		unsigned answers;

		fuzz_round(&f, f.first + i);
		answers = one(&f, &p, true);
		differ += answers != right;
		some += answers > 0;
	}
	printf("%s: %u rounds, %u differ, %u with answers\n", f.path, f.rounds, differ, some);
	if (f.rounds >= 100 && (differ < f.rounds / 8 || some < f.rounds / 8))
		fuzz_fail(&f, "the damage had too little effect, or too much");
	pst_maps_free(&p.maps);
	free(p.bytes);
	fuzz_end(&f);
	return 0;
}
