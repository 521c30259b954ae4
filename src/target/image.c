// SPDX-License-Identifier: MIT
#include "config.h"

#include "target/priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/i18n.h"
#include "base/log.h"

#define IMAGES_MAX 65536
#define PAGE	   UINT64_C(4096)

/* Private part of a struct pst_image. */
struct state {
	size_t map;    /* index of its first map */
	uint64_t last; /* file offset of its last map so far */
	uint64_t span; /* bytes from start that its program headers ask for, 0: not known */
	bool span_asked, opened, mini_opened, debug_opened;
	struct pst_elf *elf, *mini, *debug;
	uint64_t bias;
};

static struct state *state_of(const struct pst_image *img)
{
	return img->state;
}

/* ---- grouping -------------------------------------------------------------------------- */

static bool is_file(const struct pst_map *map)
{
	return map->inode != 0 && map->path[0] == '/';
}

static bool same_file(const struct pst_map *a, const struct pst_map *b)
{
	return a->inode == b->inode && a->dev == b->dev && strcmp(a->path, b->path) == 0;
}

static bool mapped_header(struct pst_target *t, const struct pst_map *first, struct pst_elfmem *out)
{
	return first->offset == 0 && (first->prot & PST_PROT_R) &&
	       pst_elfmem_open(t, first->start, out);
}

static uint64_t span_of(const struct pst_images *images, const struct pst_image *img)
{
	struct state *s = state_of(img);
	struct pst_elfmem m;

	if (!s->span_asked && mapped_header(images->target, &images->maps.at[s->map], &m))
		s->span = m.span;
	s->span_asked = true;
	return s->span;
}

/* True when MAP goes on where IMG ended; else the file was mapped once more. */
static bool continues(const struct pst_images *images, const struct pst_image *img,
		      const struct pst_map *map)
{
	if (map->start == img->end && map->offset > state_of(img)->last)
		return true;
	return map->start - img->start < span_of(images, img);
}

static struct pst_image *image_of_file(struct pst_images *images, const struct pst_map *map)
{
	for (size_t i = images->len; i-- > 0;)
		if (same_file(&images->maps.at[state_of(&images->at[i])->map], map))
			return &images->at[i];
	return NULL;
}

static struct pst_image *add_image(struct pst_images *images, size_t index)
{
	const struct pst_map *map = &images->maps.at[index];
	struct pst_image *img = PST_VEC_PUSH(images);
	struct state *s = pst_calloc(1, sizeof *s);

	s->map = index;
	*img = (struct pst_image){
		.path = map->path, .start = map->start, .end = map->end, .state = s};
	return img;
}

static void group(struct pst_images *images)
{
	for (size_t i = 0; i < images->maps.len && images->len < IMAGES_MAX; i++) {
		const struct pst_map *map = &images->maps.at[i];
		struct pst_image *img;

		if (!is_file(map))
			continue;
		img = image_of_file(images, map);
		if (!img || !continues(images, img, map))
			img = add_image(images, i);
		img->end = map->end;
		state_of(img)->last = map->offset;
		img->has_exec |= (map->prot & PST_PROT_X) != 0;
	}
}

/* Marks the executable: the link /proc/PID/exe says the path as the map does. */
static void mark_exe(struct pst_images *images)
{
	static const char deleted[] = " (deleted)";
	struct pst_proc_info info;
	size_t len;

	if (images->target->ops->info(images->target, &info) != PST_OK)
		return;
	len = info.exe ? strlen(info.exe) : 0;
	if (len >= sizeof deleted && strcmp(info.exe + len - sizeof deleted + 1, deleted) == 0)
		info.exe[len - sizeof deleted + 1] = '\0';
	for (size_t i = 0; i < images->len && len > 0; i++)
		images->at[i].is_exe = strcmp(images->at[i].path, info.exe) == 0;
	pst_proc_info_free(&info);
}

enum pst_err pst_images_open(struct pst_target *t, struct pst_images *out, struct pst_why *why)
{
	enum pst_err err;

	*out = (struct pst_images){.target = t};
	err = t->ops->maps(t, &out->maps, why);
	if (err)
		return err;
	group(out);
	mark_exe(out);
	return PST_OK;
}

void pst_images_close(struct pst_images *images)
{
	for (size_t i = 0; i < images->len; i++) {
		struct state *s = state_of(&images->at[i]);

		pst_elf_close(s->elf);
		pst_elf_close(s->mini);
		pst_elf_close(s->debug);
		free(s);
	}
	PST_VEC_FREE(images);
	pst_maps_free(&images->maps);
}

/* ---- files ----------------------------------------------------------------------------- */

/* The file behind IMG, NULL when it cannot be read or is no ELF file. */
static struct pst_elf *elf_of(struct pst_images *images, struct pst_image *img)
{
	struct state *s = state_of(img);
	const struct pst_map *map = &images->maps.at[s->map];
	int fd;

	if (s->opened)
		return s->elf;
	s->opened = true;
	fd = images->target->ops->open_mapped(images->target, map);
	if (fd < 0) {
		pst_log(PST_LOG_DEBUG, "%s: cannot be opened", img->path);
		return NULL;
	}
	if (pst_elf_open(fd, &s->elf) != PST_OK)
		return NULL;
	if (!pst_elf_bias(s->elf, map->start, map->offset, &s->bias)) {
		pst_elf_close(s->elf);
		s->elf = NULL;
	}
	return s->elf;
}

static struct pst_elf *mini_of(struct state *s)
{
	if (!s->mini_opened)
		s->mini = pst_elf_open_mini(s->elf);
	s->mini_opened = true;
	return s->mini;
}

static struct pst_elf *debug_of(struct pst_target *t, struct state *s, const char *path)
{
	if (!s->debug_opened)
		s->debug = pst_elf_open_debug(t, s->elf, path);
	s->debug_opened = true;
	return s->debug;
}

static enum pst_err section(struct pst_images *images, struct pst_image *img, const char *name,
			    struct pst_range *out)
{
	struct pst_elf *e = elf_of(images, img);
	uint64_t at, size;
	enum pst_err err;

	if (!e)
		return PST_IO;
	err = pst_elf_section(e, name, &at, &size);
	if (err)
		return err;
	out->start = at + state_of(img)->bias;
	out->end = out->start + size;
	return out->end < out->start ? PST_CORRUPT : PST_OK;
}

enum pst_err pst_image_section(struct pst_images *images, struct pst_image *img, const char *name,
			       struct pst_range *out)
{
	struct pst_target *t = images->target;
	enum pst_err err;

	*out = (struct pst_range){0};
	if (t->ops->section)
		return t->ops->section(t, img->start, name, out);
	err = section(images, img, name, out);
	if (t->ops->saw_section)
		t->ops->saw_section(t, img->start, name, err, out);
	return err;
}

static size_t symbols(struct pst_images *images, struct pst_image *img, unsigned tables,
		      const char *const *names, size_t n, struct pst_symbol *out)
{
	struct state *s = state_of(img);
	struct pst_elf *e = elf_of(images, img), *other;
	struct pst_elfmem m;
	size_t found = 0;

	if (!e)
		return (tables & PST_SYM_DYN) &&
				       mapped_header(images->target, &images->maps.at[s->map], &m)
			       ? pst_elfmem_symbols(images->target, &m, names, n, out)
			       : 0;
	if (tables & PST_SYM_DYN)
		found += pst_elf_symbols(e, PST_SYM_DYN, s->bias, names, n, out);
	if ((tables & PST_SYM_FULL) && found < n)
		found += pst_elf_symbols(e, PST_SYM_FULL, s->bias, names, n, out);
	if ((tables & PST_SYM_MINI) && found < n && (other = mini_of(s)))
		found += pst_elf_symbols(other, PST_SYM_MINI, s->bias, names, n, out);
	if ((tables & PST_SYM_DEBUG) && found < n &&
	    (other = debug_of(images->target, s, img->path)))
		found += pst_elf_symbols(other, PST_SYM_DEBUG, s->bias, names, n, out);
	return found;
}

size_t pst_image_symbols(struct pst_images *images, struct pst_image *img, unsigned tables,
			 const char *const *names, size_t n, struct pst_symbol *out)
{
	struct pst_target *t = images->target;
	size_t found;

	memset(out, 0, n * sizeof *out);
	if (t->ops->symbols)
		return t->ops->symbols(t, img->start, tables, names, n, out);
	found = symbols(images, img, tables, names, n, out);
	if (t->ops->saw_symbols)
		t->ops->saw_symbols(t, img->start, tables, names, n, out);
	return found;
}

/* ---- ranges ---------------------------------------------------------------------------- */

static size_t add_range(struct pst_range *out, size_t len, size_t cap, uint64_t start, uint64_t end)
{
	if (start >= end)
		return len;
	if (len > 0 && out[len - 1].end == start) {
		out[len - 1].end = end;
		return len;
	}
	if (len < cap)
		out[len++] = (struct pst_range){start, end};
	return len;
}

/* .bss lies in the anonymous map behind the file's; the heap may have grown on to it. */
static bool is_bss(const struct pst_map *map, uint64_t behind)
{
	return map->start == behind && map->inode == 0 && (map->prot & PST_PROT_W) &&
	       (map->path[0] == '\0' || strcmp(map->path, "[heap]") == 0 ||
		strncmp(map->path, "[anon:", 6) == 0);
}

size_t pst_image_data(struct pst_images *images, const struct pst_image *img, struct pst_range *out,
		      size_t cap)
{
	const struct pst_maps *maps = &images->maps;
	const struct pst_map *first = &maps->at[state_of(img)->map];
	uint64_t span = span_of(images, img);
	uint64_t limit = span ? (img->start + span + PAGE - 1) & ~(PAGE - 1) : UINT64_MAX;
	uint64_t behind = 0;
	size_t len = 0;

	for (size_t i = state_of(img)->map; i < maps->len; i++) {
		const struct pst_map *map = &maps->at[i];
		bool own = map->start < img->end && same_file(map, first);
		uint64_t end = map->end;

		if (map->start >= img->end && map->start != behind)
			break;
		if (own)
			behind = map->end;
		if (!(map->prot & PST_PROT_R) || !(map->prot & PST_PROT_W) ||
		    (map->prot & PST_PROT_SHARED))
			continue;
		if (!own && !is_bss(map, behind))
			continue;
		if (!own) {
			behind = map->end;
			end = end > limit ? limit : end;
		}
		len = add_range(out, len, cap, map->start, end);
	}
	return len;
}

size_t pst_image_rodata(struct pst_images *images, const struct pst_image *img,
			struct pst_range *out, size_t cap)
{
	const struct pst_maps *maps = &images->maps;
	const struct pst_map *first = &maps->at[state_of(img)->map];
	size_t len = 0;

	/* With the code last: only old linkers put constants there. */
	for (unsigned x = 0; x <= PST_PROT_X; x += PST_PROT_X) {
		for (size_t i = state_of(img)->map; i < maps->len && maps->at[i].start < img->end;
		     i++) {
			const struct pst_map *map = &maps->at[i];

			if (same_file(map, first) && (map->prot & PST_PROT_R) &&
			    !(map->prot & PST_PROT_W) && (map->prot & PST_PROT_X) == x)
				len = add_range(out, len, cap, map->start, map->end);
		}
	}
	return len;
}

/* The first map that ends above ADDR. */
static size_t map_above(const struct pst_maps *maps, uint64_t addr)
{
	size_t low = 0, high = maps->len;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (maps->at[mid].end > addr)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

bool pst_images_mapped(const struct pst_images *images, uint64_t addr, size_t len, unsigned prot)
{
	const struct pst_maps *maps = &images->maps;
	uint64_t end = addr + len;

	if (end < addr)
		return false;
	for (size_t i = map_above(maps, addr); i < maps->len; i++) {
		const struct pst_map *map = &maps->at[i];

		if (map->start > addr || (map->prot & prot) != prot)
			return false;
		if (map->end >= end)
			return true;
		addr = map->end;
	}
	return false;
}
