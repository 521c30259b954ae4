// SPDX-License-Identifier: MIT
#include "config.h"

#include "target/priv.h"

#include <elf.h>
#include <string.h>

/*
 * What an ELF file says of itself where it is mapped, for a file that cannot be opened: one that
 * was deleted while we may not follow map_files.  64-bit, of our own byte order.
 */

#define PHDRS_MAX   64
#define DYNAMIC_MAX 256
#define CHAIN_MAX   4096
#define SYMBOL_MAX  128
#define PAGE	    UINT64_C(4096)

static bool get(struct pst_target *t, uint64_t at, void *buf, size_t len)
{
	return pst_target_read(t, at, buf, len) == PST_OK;
}

static bool read_header(struct pst_target *t, uint64_t start, Elf64_Ehdr *head)
{
	return get(t, start, head, sizeof *head) && memcmp(head->e_ident, ELFMAG, SELFMAG) == 0 &&
	       head->e_ident[EI_CLASS] == ELFCLASS64 && head->e_ident[EI_DATA] == ELFDATA2LSB &&
	       head->e_phentsize == sizeof(Elf64_Phdr) && head->e_phnum <= PHDRS_MAX &&
	       head->e_phoff < PAGE;
}

bool pst_elfmem_open(struct pst_target *t, uint64_t start, struct pst_elfmem *out)
{
	uint64_t low = UINT64_MAX, high = 0;
	Elf64_Phdr ph[PHDRS_MAX];
	Elf64_Ehdr head;

	*out = (struct pst_elfmem){.start = start};
	if (!read_header(t, start, &head) ||
	    !get(t, start + head.e_phoff, ph, head.e_phnum * sizeof *ph))
		return false;
	for (size_t i = 0; i < head.e_phnum; i++) {
		if (ph[i].p_vaddr > INT64_MAX || ph[i].p_memsz > INT64_MAX)
			return false;
		if (ph[i].p_type == PT_DYNAMIC)
			out->dynamic = ph[i].p_vaddr;
		if (ph[i].p_type != PT_LOAD)
			continue;
		low = ph[i].p_vaddr < low ? ph[i].p_vaddr : low;
		high = ph[i].p_vaddr + ph[i].p_memsz > high ? ph[i].p_vaddr + ph[i].p_memsz : high;
	}
	if (high <= low)
		return false;
	low &= ~(PAGE - 1);
	out->span = high - low;
	out->bias = start - low;
	return true;
}

/* Addresses of what .dynamic names; 0: not there. */
struct tables {
	uint64_t symbols, strings, hash;
};

/* The loader of glibc puts addresses of the process into .dynamic, others leave those of the file.
 */
static uint64_t address(const struct pst_elfmem *m, uint64_t value)
{
	return value >= m->start && value - m->start < m->span ? value : value + m->bias;
}

static bool read_dynamic(struct pst_target *t, const struct pst_elfmem *m, struct tables *out)
{
	*out = (struct tables){0};
	for (uint64_t i = 0; m->dynamic && i < DYNAMIC_MAX; i++) {
		Elf64_Dyn d;

		if (!get(t, m->dynamic + m->bias + i * sizeof d, &d, sizeof d) ||
		    d.d_tag == DT_NULL)
			break;
		if (d.d_tag == DT_SYMTAB)
			out->symbols = address(m, d.d_un.d_ptr);
		else if (d.d_tag == DT_STRTAB)
			out->strings = address(m, d.d_un.d_ptr);
		else if (d.d_tag == DT_GNU_HASH)
			out->hash = address(m, d.d_un.d_ptr);
	}
	return out->symbols && out->strings && out->hash;
}

static uint32_t gnu_hash(const char *name)
{
	uint32_t h = 5381;

	for (; *name; name++)
		h = h * 33 + (unsigned char)*name;
	return h;
}

/* Byte for byte: the end of a name may be the end of what is mapped. */
static bool is_name(struct pst_target *t, uint64_t at, const char *name)
{
	size_t len = strlen(name) + 1;
	char buf[SYMBOL_MAX];

	return len <= sizeof buf && get(t, at, buf, len) && memcmp(buf, name, len) == 0;
}

static bool is_wanted(struct pst_target *t, const struct tables *tables, const Elf64_Sym *sym,
		      const char *name)
{
	unsigned type = ELF64_ST_TYPE(sym->st_info);

	return sym->st_shndx != SHN_UNDEF && sym->st_value != 0 &&
	       (type == STT_NOTYPE || type == STT_OBJECT || type == STT_FUNC) &&
	       is_name(t, tables->strings + sym->st_name, name);
}

/*
 * DT_GNU_HASH: number of buckets, first symbol, words of the filter, shift; the filter, the
 * buckets, and for each symbol its hash, whose lowest bit ends a chain.
 */
static bool look_up(struct pst_target *t, const struct tables *tables, const char *name,
		    Elf64_Sym *sym)
{
	uint32_t head[4], index, hash = gnu_hash(name), h = 0;
	uint64_t buckets, chains;

	if (!get(t, tables->hash, head, sizeof head) || head[0] == 0)
		return false;
	buckets = tables->hash + sizeof head + (uint64_t)head[2] * 8;
	chains = buckets + (uint64_t)head[0] * 4;
	if (!get(t, buckets + hash % head[0] * UINT64_C(4), &index, 4) || index < head[1])
		return false;
	for (uint32_t i = 0; i < CHAIN_MAX && !(h & 1); i++, index++) {
		if (!get(t, chains + (uint64_t)(index - head[1]) * 4, &h, 4))
			return false;
		if ((h | 1) == (hash | 1) &&
		    get(t, tables->symbols + index * sizeof *sym, sym, sizeof *sym) &&
		    is_wanted(t, tables, sym, name))
			return true;
	}
	return false;
}

size_t pst_elfmem_symbols(struct pst_target *t, const struct pst_elfmem *m,
			  const char *const *names, size_t n, struct pst_symbol *out)
{
	struct tables tables;
	size_t found = 0;

	if (!read_dynamic(t, m, &tables))
		return 0;
	for (size_t i = 0; i < n; i++) {
		Elf64_Sym sym;

		if (out[i].at != 0 || !look_up(t, &tables, names[i], &sym))
			continue;
		out[i] = (struct pst_symbol){m->bias + sym.st_value, sym.st_size, PST_SYM_DYN};
		found++;
	}
	return found;
}
