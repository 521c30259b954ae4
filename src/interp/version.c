// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"

#define OVERLAP	   128
#define RANGES_MAX 16

static void text_of(const struct pst_pyversion *v, char *out, size_t size)
{
	static const char *const levels[] = {[0xa] = "a", [0xb] = "b", [0xc] = "rc"};
	const char *level = v->level < 0xd && levels[v->level] ? levels[v->level] : NULL;

	if (level)
		snprintf(out, size, "%d.%d.%d%s%d", v->major, v->minor, v->micro, level, v->serial);
	else
		snprintf(out, size, "%d.%d.%d", v->major, v->minor, v->micro);
}

void pst_version_text(const struct pst_pyversion *version, char *out, size_t size)
{
	text_of(version, out, size);
}

static bool number(const char **s, const char *end, unsigned *out)
{
	const char *start = *s;

	for (*out = 0; *s < end && isdigit((unsigned char)**s) && *s - start < 3; (*s)++)
		*out = *out * 10 + (unsigned)(**s - '0');
	return *s > start;
}

static void level_of(const char **s, const char *end, struct pst_pyversion *v)
{
	unsigned serial;

	v->level = 0xf;
	if (*s >= end)
		return;
	if (**s == 'a' || **s == 'b')
		v->level = **s == 'a' ? 0xa : 0xb;
	else if (end - *s > 1 && strncmp(*s, "rc", 2) == 0)
		v->level = 0xc;
	else if (**s == 'c')
		v->level = 0xc;
	if (v->level == 0xf)
		return;
	*s += end - *s > 1 && (*s)[1] == 'c' ? 2 : 1;
	if (number(s, end, &serial))
		v->serial = (uint8_t)serial;
}

/* "3.9.18 (", "2.7.18rc1 (", "3.11.2+ (": what sys.version starts with. */
bool pst_version_parse(const char *s, const char *end, struct pst_pyversion *out)
{
	unsigned major, minor, micro = 0;

	*out = (struct pst_pyversion){0};
	if (!number(&s, end, &major) || major < 2 || major > 3 || s >= end || *s++ != '.' ||
	    !number(&s, end, &minor) || minor > 99)
		return false;
	if (s < end && *s == '.' && (s++, !number(&s, end, &micro) || micro > 255))
		return false;
	out->major = (uint8_t)major;
	out->minor = (uint8_t)minor;
	out->micro = (uint8_t)micro;
	level_of(&s, end, out);
	if (s < end && *s == '+')
		s++;
	return end - s >= 2 && s[0] == ' ' && s[1] == '(';
}

/* ---- the version string in memory ------------------------------------------------------- */

static bool visit_text(void *ctx, uint64_t at, const uint8_t *bytes, size_t len)
{
	const char *s = (const char *)bytes, *end = s + len;
	struct pst_pyversion *found = ctx;

	(void)at;
	for (const char *p = s + 1; p < end && (p = memchr(p, '.', (size_t)(end - p))); p++) {
		if ((p[-1] != '2' && p[-1] != '3') ||
		    (p - s > 1 && (isalnum((unsigned char)p[-2]) || p[-2] == '.')))
			continue; /* a buffer starts with it: Py_GetVersion(), Python/getversion.c
				   */
		if (pst_version_parse(p - 1, end, found))
			return false;
	}
	found->major = 0;
	return true;
}

static bool version_in_memory(struct pst_python *py, const struct pst_image *img,
			      struct pst_pyversion *out)
{
	struct pst_range ranges[RANGES_MAX];
	size_t n = pst_image_data(&py->images, img, ranges, RANGES_MAX);

	out->major = 0;
	for (size_t i = 0; i < n && !out->major; i++)
		pst_pieces(py, &ranges[i], OVERLAP, visit_text, out);
	return out->major != 0;
}

/* ---- the file's name --------------------------------------------------------------------- */

/* "libpython3.9.so.1.0", "python3.9", "libpython2.7.a". */
static bool version_in_name(const char *path, struct pst_pyversion *out)
{
	const char *base = strrchr(path, '/'), *p = strstr(base ? base : path, "python");
	unsigned major, minor;

	if (!p)
		return false;

	const char *end = p + strlen(p);

	p += strlen("python");
	if (!number(&p, end, &major) || major < 2 || major > 3 || *p++ != '.' ||
	    !number(&p, end, &minor) || minor > 99)
		return false;
	*out = (struct pst_pyversion){
		.major = (uint8_t)major, .minor = (uint8_t)minor, .level = 0xf};
	return true;
}

static void add(struct pst_version_guess *out, size_t *n, size_t cap, const struct pst_pyversion *v,
		const char *source)
{
	if (*n >= cap)
		return;
	out[*n].version = *v;
	out[*n].source = source;
	text_of(v, out[*n].text, sizeof out[*n].text);
	(*n)++;
}

size_t pst_version_guess(struct pst_python *py, const struct pst_candidate *c,
			 struct pst_version_guess *out, size_t cap)
{
	struct pst_pyversion v;
	uint64_t hex;
	size_t n = 0;

	if (c->version && !pst_target_read_u64(py->target, c->version, &hex)) {
		v = pst_pyversion_from_hex((uint32_t)hex);
		if (v.major == 3)
			add(out, &n, cap, &v, N_("Py_Version symbol"));
	}
	if (n)
		return n;
	if (version_in_memory(py, c->img, &v)) {
		add(out, &n, cap, &v, N_("version string in memory"));
	} else if (version_in_name(c->img->path, &v)) {
		add(out, &n, cap, &v, N_("file name"));
		snprintf(out[n - 1].text, sizeof out[n - 1].text, "%d.%d", v.major, v.minor);
	}
	return n;
}
