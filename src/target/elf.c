// SPDX-License-Identifier: MIT
#include "config.h"

#include "target/priv.h"

#include <errno.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

/* No table of an interpreter is larger; a damaged header may say so. */
#define SECTION_MAX ((uint64_t)256 << 20)
#define PHDRS_MAX   256
#define CRC_MAX	    ((uint64_t)4 << 30)

struct pst_elf {
	Elf *elf;
	int fd;	     /* -1 when it lies in bytes */
	void *bytes; /* NULL when it lies in a file */
};

static enum pst_err begin(struct pst_elf *e, struct pst_elf **out)
{
	if (!e->elf || elf_kind(e->elf) != ELF_K_ELF) {
		pst_elf_close(e);
		return PST_CORRUPT;
	}
	*out = e;
	return PST_OK;
}

/* Without mmap: a file that is cut short while we look at it must not kill us. */
enum pst_err pst_elf_open(int fd, struct pst_elf **out)
{
	struct pst_elf *e = pst_calloc(1, sizeof *e);

	*out = NULL;
	elf_version(EV_CURRENT);
	e->fd = fd;
	e->elf = elf_begin(fd, ELF_C_READ, NULL);
	return begin(e, out);
}

enum pst_err pst_elf_open_bytes(void *bytes, size_t len, struct pst_elf **out)
{
	struct pst_elf *e = pst_calloc(1, sizeof *e);

	*out = NULL;
	elf_version(EV_CURRENT);
	e->fd = -1;
	e->bytes = bytes;
	e->elf = elf_memory(bytes, len);
	return begin(e, out);
}

void pst_elf_close(struct pst_elf *e)
{
	if (!e)
		return;
	if (e->elf)
		elf_end(e->elf);
	if (e->fd >= 0)
		close(e->fd);
	free(e->bytes);
	free(e);
}

bool pst_elf_bias(struct pst_elf *e, uint64_t start, uint64_t offset, uint64_t *bias)
{
	GElf_Phdr ph, best = {0};
	bool found = false;
	size_t n;

	if (elf_getphdrnum(e->elf, &n) != 0)
		return false;
	for (size_t i = 0; i < n && i < PHDRS_MAX; i++) {
		uint64_t page;

		if (!gelf_getphdr(e->elf, (int)i, &ph) || ph.p_type != PT_LOAD)
			continue;
		/* The kernel maps whole pages, from below the segment's first byte. */
		page = ph.p_offset & ~UINT64_C(4095);
		if (offset < page ||
		    (offset > page && offset - page >= ph.p_filesz + (ph.p_offset - page)))
			continue;
		if (!found || ph.p_vaddr < best.p_vaddr)
			best = ph;
		found = true;
	}
	if (found)
		*bias = start - offset - best.p_vaddr + best.p_offset;
	return found;
}

/* The first section that WANTED says yes to. */
static Elf_Scn *find(struct pst_elf *e, GElf_Shdr *shdr,
		     bool (*wanted)(const GElf_Shdr *, const char *, const void *), const void *arg)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(e->elf, &names) != 0)
		return NULL;
	while ((scn = elf_nextscn(e->elf, scn)) != NULL) {
		const char *name;

		if (!gelf_getshdr(scn, shdr))
			continue;
		name = elf_strptr(e->elf, names, shdr->sh_name);
		if (wanted(shdr, name ? name : "", arg))
			return scn;
	}
	return NULL;
}

static bool is_named(const GElf_Shdr *shdr, const char *name, const void *arg)
{
	(void)shdr;
	return strcmp(name, arg) == 0;
}

static bool is_type(const GElf_Shdr *shdr, const char *name, const void *arg)
{
	(void)name;
	return shdr->sh_type == *(const GElf_Word *)arg;
}

static bool is_build_id(const GElf_Shdr *shdr, const char *name, const void *arg)
{
	(void)arg;
	return shdr->sh_type == SHT_NOTE && strcmp(name, ".note.gnu.build-id") == 0;
}

enum pst_err pst_elf_section(struct pst_elf *e, const char *name, uint64_t *at, uint64_t *size)
{
	GElf_Shdr shdr;

	if (!find(e, &shdr, is_named, name) || !(shdr.sh_flags & SHF_ALLOC))
		return PST_NOTFOUND;
	*at = shdr.sh_addr;
	*size = shdr.sh_size;
	return PST_OK;
}

/* The bytes of SCN, owned by libelf; NULL when it has none in the file or too many. */
static const Elf_Data *data_of(Elf_Scn *scn, const GElf_Shdr *shdr, uint64_t max)
{
	const Elf_Data *data;

	if (shdr->sh_type == SHT_NOBITS || shdr->sh_size > max || (shdr->sh_flags & SHF_COMPRESSED))
		return NULL;
	data = elf_getdata(scn, NULL);
	return data && data->d_buf && data->d_size > 0 ? data : NULL;
}

void *pst_elf_contents(struct pst_elf *e, const char *name, size_t max, size_t *len)
{
	GElf_Shdr shdr;
	Elf_Scn *scn = find(e, &shdr, is_named, name);
	const Elf_Data *data = scn ? data_of(scn, &shdr, max) : NULL;
	void *copy;

	if (!data || data->d_size > max)
		return NULL;
	copy = pst_alloc(data->d_size);
	memcpy(copy, data->d_buf, data->d_size);
	*len = data->d_size;
	return copy;
}

size_t pst_elf_build_id(struct pst_elf *e, unsigned char id[PST_BUILD_ID_MAX])
{
	GElf_Shdr shdr;
	Elf_Scn *scn = find(e, &shdr, is_build_id, NULL);
	/* gelf_getnote() wants a data descriptor that is not const, and does not write to it. */
	Elf_Data *data = scn ? (Elf_Data *)(uintptr_t)data_of(scn, &shdr, 65536) : NULL;
	size_t at = 0, name, desc;
	GElf_Nhdr note;

	while (data && (at = gelf_getnote(data, at, &note, &name, &desc)) > 0) {
		const char *bytes = data->d_buf;

		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 ||
		    memcmp(bytes + name, "GNU", 4) != 0)
			continue;
		if (note.n_descsz == 0 || note.n_descsz > PST_BUILD_ID_MAX)
			return 0;
		memcpy(id, bytes + desc, note.n_descsz);
		return note.n_descsz;
	}
	return 0;
}

bool pst_elf_crc(struct pst_elf *e, uint32_t *crc)
{
	char *chunk = pst_alloc(65536);
	uint64_t at = 0;
	ssize_t n = -1;

	*crc = 0;
	while (e->fd >= 0 && at < CRC_MAX && (n = pread(e->fd, chunk, 65536, (off_t)at)) != 0) {
		if (n < 0 && errno != EINTR)
			break;
		if (n > 0) {
			*crc = pst_crc32(*crc, chunk, (size_t)n);
			at += (uint64_t)n;
		}
	}
	free(chunk);
	return n == 0;
}

/* ---- symbols --------------------------------------------------------------------------- */

struct lookup {
	const char *const *names;
	size_t n, missing;
	size_t *lens;
	bool *local; /* what was found so far is a local symbol: a global one is better */
	bool first[256];
	struct pst_symbol *out;
	unsigned from;
	uint64_t bias;
};

static bool is_data_or_code(const GElf_Sym *sym)
{
	unsigned type = GELF_ST_TYPE(sym->st_info);

	return sym->st_shndx != SHN_UNDEF && sym->st_shndx != SHN_ABS &&
	       sym->st_shndx != SHN_COMMON && sym->st_value != 0 &&
	       (type == STT_NOTYPE || type == STT_OBJECT || type == STT_FUNC);
}

static void take(struct lookup *l, const GElf_Sym *sym, const char *name, size_t max)
{
	for (size_t i = 0; i < l->n; i++) {
		bool local = GELF_ST_BIND(sym->st_info) == STB_LOCAL;

		if (l->lens[i] >= max || memcmp(name, l->names[i], l->lens[i] + 1) != 0)
			continue;
		if (l->out[i].at != 0 && (!l->local[i] || local))
			return;
		if (l->out[i].at == 0)
			l->missing--;
		l->local[i] = local;
		l->out[i] = (struct pst_symbol){l->bias + sym->st_value, sym->st_size, l->from};
		return;
	}
}

static void scan(struct lookup *l, Elf_Data *symbols, const Elf_Data *strings)
{
	const char *text = strings->d_buf;
	GElf_Sym sym;

	for (int i = 1; gelf_getsym(symbols, i, &sym); i++) {
		if (sym.st_name >= strings->d_size || !l->first[(unsigned char)text[sym.st_name]])
			continue;
		if (is_data_or_code(&sym))
			take(l, &sym, text + sym.st_name, strings->d_size - sym.st_name);
	}
}

static void prepare(struct lookup *l)
{
	l->lens = pst_calloc(l->n, sizeof *l->lens);
	l->local = pst_calloc(l->n, sizeof *l->local);
	for (size_t i = 0; i < l->n; i++) {
		l->lens[i] = strlen(l->names[i]);
		/* What another table gave already stays. */
		if (l->out[i].at == 0) {
			l->missing++;
			l->first[(unsigned char)l->names[i][0]] = true;
		}
	}
}

size_t pst_elf_symbols(struct pst_elf *e, unsigned from, uint64_t bias, const char *const *names,
		       size_t n, struct pst_symbol *out)
{
	struct lookup l = {.names = names, .n = n, .out = out, .from = from, .bias = bias};
	GElf_Word type = from == PST_SYM_DYN ? SHT_DYNSYM : SHT_SYMTAB;
	GElf_Shdr shdr, strings_shdr;
	Elf_Scn *scn = find(e, &shdr, is_type, &type), *strings_scn;
	const Elf_Data *symbols, *strings;
	size_t before;

	strings_scn = scn ? elf_getscn(e->elf, shdr.sh_link) : NULL;
	if (!strings_scn || !gelf_getshdr(strings_scn, &strings_shdr) ||
	    strings_shdr.sh_type != SHT_STRTAB)
		return 0;
	symbols = data_of(scn, &shdr, SECTION_MAX);
	strings = data_of(strings_scn, &strings_shdr, SECTION_MAX);
	if (!symbols || !strings)
		return 0;
	prepare(&l);
	before = l.missing;
	if (before > 0)
		scan(&l, (Elf_Data *)(uintptr_t)symbols, strings);
	free(l.lens);
	free(l.local);
	return before - l.missing;
}
