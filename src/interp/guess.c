// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/interp.h"

#include <ctype.h>
#include <string.h>

static size_t copy(char *out, size_t size, const char *s, size_t n)
{
	n = n < size ? n : size - 1;
	memcpy(out, s, n);
	out[n] = '\0';
	return n;
}

/* Takes the number at S into VERSION ("3.11"); what follows it. */
static const char *take_version(const char *s, char *version, size_t size)
{
	size_t n = strspn(s, "0123456789.");

	const char *end = s + n;

	while (n && s[n - 1] == '.')
		n--;
	copy(version, size, s, n);
	return end;
}

/* What may follow the number of an executable: abi flags, "-dbg", "-intel64". */
static bool is_suffix(const char *s)
{
	if (!strcmp(s, " (deleted)"))
		return true;
	if (*s == '-')
		s++;
	for (int i = 0; i < 12; i++, s++) {
		if (!*s || !strcmp(s, " (deleted)"))
			return true;
		if (!isalnum((unsigned char)*s) && *s != '.' && *s != '_')
			return false;
	}
	return false;
}

bool pst_python_names_program(const char *path, char *version, size_t size)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;

	*version = '\0';
	if (strncmp(base, "python", 6) != 0 && strncmp(base, "Python", 6) != 0)
		return false;
	base = take_version(base + 6, version, size);
	/* "pythonista" is somebody else. */
	return *version ? is_suffix(base)
			: !*base || !strcmp(base, "d") || !strcmp(base, "w") || *base == '-' ||
				  !strcmp(base, " (deleted)");
}

bool pst_python_names_library(const char *path, char *version, size_t size)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	const char *dir = strstr(path, "/lib-dynload/");

	*version = '\0';
	if (!strncmp(base, "libpython", 9) && (isdigit((unsigned char)base[9]) || base[9] == '.')) {
		take_version(base + 9, version, size);
		return true;
	}
	if (!dir)
		return false;
	while (dir > path && dir[-1] != '/')
		dir--;
	if (strncmp(dir, "python", 6) != 0 || !isdigit((unsigned char)dir[6]))
		return false;
	take_version(dir + 6, version, size);
	return true;
}
