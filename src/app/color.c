// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/color.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_set(const char *name)
{
	const char *v = getenv(name);

	return v && *v;
}

bool color_wanted(FILE *out)
{
	const char *force = getenv("CLICOLOR_FORCE"), *clicolor = getenv("CLICOLOR");
	const char *term = getenv("TERM");

	if (is_set("NO_COLOR"))
		return false;
	if (force && *force && strcmp(force, "0") != 0)
		return true;
	if (clicolor && !strcmp(clicolor, "0"))
		return false;
	return isatty(fileno(out)) && term && strcmp(term, "dumb") != 0;
}

const char *color_on(bool wanted, enum color c)
{
	static const char *const codes[] = {
		[COLOR_PLAIN] = "",	   [COLOR_HEAD] = "\033[1m",  [COLOR_NAME] = "\033[32m",
		[COLOR_FILE] = "\033[36m", [COLOR_LINE] = "\033[33m", [COLOR_STATE] = "\033[35m",
		[COLOR_DIM] = "\033[2m",   [COLOR_VAR] = "\033[34m",
	};

	return wanted ? codes[c] : "";
}

const char *color_off(bool wanted)
{
	return wanted ? "\033[0m" : "";
}
