// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/i18n.h"

int main(void)
{
	pst_i18n_init();
	return 0;
}
