// SPDX-License-Identifier: MIT
#include "config.h"

#include "target/priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"

/*
 * Separate debug files lie where gdb(1) looks for them ("Debugging Information in Separate
 * Files"): by build id, or by the name and checksum in .gnu_debuglink.
 */

#define DEBUG_ROOT "/usr/lib/debug"

struct identity {
	unsigned char id[PST_BUILD_ID_MAX];
	size_t id_len;
	char link[256]; /* "" when there is no .gnu_debuglink */
	uint32_t crc;
};

static struct pst_elf *open_path(struct pst_target *t, const char *path)
{
	struct pst_elf *e = NULL;
	int fd = t->ops->open_path(t, path);

	if (fd >= 0)
		pst_elf_open(fd, &e);
	return e;
}

/* Keeps E when it is the debug file of what WANTED names. */
static struct pst_elf *keep_if(struct pst_elf *e, const struct identity *wanted)
{
	unsigned char id[PST_BUILD_ID_MAX];
	uint32_t crc;
	size_t len;

	if (!e)
		return NULL;
	len = pst_elf_build_id(e, id);
	if (wanted->id_len > 0 && len > 0) {
		if (len == wanted->id_len && memcmp(id, wanted->id, len) == 0)
			return e;
	} else if (wanted->link[0] && pst_elf_crc(e, &crc) && crc == wanted->crc) {
		return e;
	}
	pst_elf_close(e);
	return NULL;
}

static struct pst_elf *by_build_id(struct pst_target *t, const struct identity *who)
{
	struct pst_buf path = {0};
	struct pst_elf *e;

	if (who->id_len < 2)
		return NULL;
	pst_buf_adds(&path, DEBUG_ROOT "/.build-id/");
	for (size_t i = 0; i < who->id_len; i++)
		pst_buf_addf(&path, i == 1 ? "/%02x" : "%02x", who->id[i]);
	pst_buf_adds(&path, ".debug");
	e = keep_if(open_path(t, pst_buf_text(&path)), who);
	pst_buf_free(&path);
	return e;
}

static struct pst_elf *by_link(struct pst_target *t, const struct identity *who, const char *path)
{
	static const char *const shapes[][2] = {{"", "/"}, {"", "/.debug/"}, {DEBUG_ROOT, "/"}};
	const char *slash = strrchr(path, '/');
	struct pst_elf *e = NULL;

	if (!who->link[0] || !slash)
		return NULL;
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes && !e; i++) {
		char *name = pst_asprintf("%s%.*s%s%s", shapes[i][0], (int)(slash - path), path,
					  shapes[i][1], who->link);

		if (strcmp(name, path) != 0)
			e = keep_if(open_path(t, name), who);
		free(name);
	}
	return e;
}

/* .gnu_debuglink: the name, NUL, padding to 4 bytes, CRC-32. */
static void read_link(struct pst_elf *e, struct identity *out)
{
	size_t len = 0, name, at;
	unsigned char *b = pst_elf_contents(e, ".gnu_debuglink", 4096, &len);

	if (!b)
		return;
	name = strnlen((char *)b, len);
	at = (name + 4) & ~(size_t)3;
	if (name > 0 && name < sizeof out->link && at + 4 <= len && !memchr(b, '/', name)) {
		memcpy(out->link, b, name + 1);
		memcpy(&out->crc, b + at, sizeof out->crc);
	}
	free(b);
}

struct pst_elf *pst_elf_open_debug(struct pst_target *t, struct pst_elf *e, const char *path)
{
	struct identity who = {0};
	struct pst_elf *found;

	who.id_len = pst_elf_build_id(e, who.id);
	found = by_build_id(t, &who);
	if (found)
		return found;
	read_link(e, &who);
	return by_link(t, &who, path);
}
