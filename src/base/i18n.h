// SPDX-License-Identifier: MIT
#ifndef PST_BASE_I18N_H
#define PST_BASE_I18N_H

/* N_() marks a text in a table, _() translates at the point of use, P_() is for plurals. */

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text
#define P_(one, many, n) ngettext(one, many, n)

/* Sets the locale from the environment and binds the text domain. */
void pst_i18n_init(void);

#endif
