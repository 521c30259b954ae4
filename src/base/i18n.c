// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/i18n.h"

#include <locale.h>

void pst_i18n_init(void)
{
	setlocale(LC_ALL, "");
	/* Numbers in files and tables keep the point whatever the locale. */
	setlocale(LC_NUMERIC, "C");
	bindtextdomain(PACKAGE_TARNAME, LOCALEDIR);
	textdomain(PACKAGE_TARNAME);
}
