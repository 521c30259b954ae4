// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/plat.h"

#include <pwd.h>
#include <stdio.h>

void pst_user_name(unsigned uid, char *out, size_t size)
{
	const struct passwd *pw = getpwuid(uid);

	if (pw)
		snprintf(out, size, "%s", pw->pw_name);
	else
		snprintf(out, size, "%u", uid);
}
