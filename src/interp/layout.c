// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/layout.h"

#include "interp/layout_table.h"

const struct pst_layout_field pst_layout_fields[] = {
#define PST_LAYOUT_FIELD(name) {#name, offsetof(struct pst_layout, name)},
	PST_LAYOUT_FIELDS(PST_LAYOUT_FIELD)
#undef PST_LAYOUT_FIELD
		{NULL, 0},
};

static bool before(const struct pst_pyversion *v, unsigned major, unsigned minor)
{
	return v->major < major || (v->major == major && v->minor < minor);
}

/* The bits of flags that make a difference in this version, spelt as the table spells them. */
static uint32_t normal_flags(const struct pst_pyversion *v, uint32_t flags)
{
	flags &= ~(uint32_t)PST_PY_UCS4;
	if (!before(v, 3, 3))
		flags &= ~(uint32_t)PST_PY_UCS2;
	if (before(v, 3, 13))
		flags &= ~(uint32_t)PST_PY_FREE_THREADED;
	if (before(v, 3, 8) && (flags & PST_PY_DEBUG))
		flags |= PST_PY_TRACE_REFS;
	return flags;
}

/* Rows of one variant follow each other: the last one that starts at or before v, or the first. */
static const struct pst_layout *find_row(const struct pst_pyversion *v, uint32_t flags)
{
	const struct pst_layout *found = NULL;

	for (size_t i = 0; i < pst_layout_table_len; i++) {
		const struct pst_layout *row = &pst_layout_table[i];

		if (row->first.major != v->major || row->first.minor != v->minor ||
		    row->flags != flags)
			continue;
		if (!found || row->first.micro <= v->micro)
			found = row;
	}
	return found;
}

const struct pst_layout *pst_layout_find(const struct pst_pyversion *version, uint32_t flags)
{
	const struct pst_layout *row;

	flags = normal_flags(version, flags);
	row = find_row(version, flags);
	/* No row for a debug build: it is laid out like the release build. */
	if (!row && (flags & PST_PY_DEBUG))
		row = find_row(version, flags & ~(uint32_t)PST_PY_DEBUG);
	return row;
}

const struct pst_layout *pst_layout_newest(uint32_t flags)
{
	struct pst_pyversion version;

	if (!pst_layout_table_len)
		return NULL;
	version = pst_layout_table[pst_layout_table_len - 1].version;
	version.micro = UINT8_MAX;
	return pst_layout_find(&version, flags);
}

const struct pst_layout *pst_layout_row(size_t i)
{
	return i < pst_layout_table_len ? &pst_layout_table[i] : NULL;
}

/*
 * Python/pystate.c, Python/ceval.c, Python/ceval_gil.h, Python/pythonrun.c
 * (pylifecycle.c from 3.5 on) and Modules/gcmodule.c of the versions named.
 */
static const struct pst_layout_symbols symbols_old_gil = {
	.interp_head = "interp_head",
	.tstate_current = "_PyThreadState_Current",
	.main_thread = "main_thread",
	.interpreter_lock = "interpreter_lock",
	.gc_collecting = "collecting",
};

static const struct pst_layout_symbols symbols_new_gil = {
	.interp_head = "interp_head",
	.tstate_current = "_PyThreadState_Current",
	.main_thread = "main_thread",
	.finalizing = "_Py_Finalizing",
	.gil_locked = "gil_locked",
	.gil_last_holder = "gil_last_holder",
	.gil_cond = "gil_cond",
	.gil_mutex = "gil_mutex",
	.switch_cond = "switch_cond",
	.switch_mutex = "switch_mutex",
	.gc_collecting = "collecting",
};

static const struct pst_layout_symbols symbols_none;

const struct pst_layout_symbols *pst_layout_symbols(const struct pst_pyversion *version)
{
	if (before(version, 3, 2))
		return &symbols_old_gil;
	if (before(version, 3, 7))
		return &symbols_new_gil;
	return &symbols_none;
}

uint32_t pst_pyversion_hex(const struct pst_pyversion *version)
{
	return (uint32_t)version->major << 24 | (uint32_t)version->minor << 16 |
	       (uint32_t)version->micro << 8 | (uint32_t)(version->level & 0xf) << 4 |
	       (uint32_t)(version->serial & 0xf);
}

struct pst_pyversion pst_pyversion_from_hex(uint32_t hex)
{
	struct pst_pyversion version = {
		.major = (uint8_t)(hex >> 24),
		.minor = (uint8_t)(hex >> 16),
		.micro = (uint8_t)(hex >> 8),
		.level = (uint8_t)(hex >> 4 & 0xf),
		.serial = (uint8_t)(hex & 0xf),
	};

	return version;
}
