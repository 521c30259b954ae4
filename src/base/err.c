// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/err.h"

#include "base/i18n.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const texts[] = {
#define PST_ERR_TEXT(name, text) [PST_##name] = text,
	PST_ERR_MAP(PST_ERR_TEXT)
};

static const char *const ids[] = {
#define PST_ERR_ID(name, text) [PST_##name] = #name,
	PST_ERR_MAP(PST_ERR_ID)
};

const char *pst_err_text(enum pst_err err)
{
	return err < PST_ERR_COUNT ? _(texts[err]) : "?";
}

const char *pst_err_id(enum pst_err err)
{
	return err < PST_ERR_COUNT ? ids[err] : "?";
}

enum pst_err pst_why_set(struct pst_why *why, enum pst_err err, int sys, const char *fmt, ...)
{
	va_list ap;

	if (!why)
		return err;
	why->err = err;
	why->sys = sys;
	va_start(ap, fmt);
	vsnprintf(why->what, sizeof why->what, fmt, ap);
	va_end(ap);
	return err;
}

void pst_why_add(struct pst_why *why, const char *fmt, ...)
{
	va_list ap;

	if (!why)
		return;
	size_t n = strlen(why->what);
	va_start(ap, fmt);
	vsnprintf(why->what + n, sizeof why->what - n, fmt, ap);
	va_end(ap);
}
