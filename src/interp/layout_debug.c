// SPDX-License-Identifier: MIT
/*
 * What a process of CPython 3.13 or newer says about itself: _Py_DebugOffsets at
 * the start of .PyRuntime (Include/internal/pycore_runtime.h of 3.13,
 * Include/internal/pycore_debug_offsets.h from 3.14 on).  It is a cookie, then
 * 64-bit words: sections that start with the size of a struct, followed by
 * offsets inside it.  Sections and words were added in the middle between minor
 * versions, so each has a list of its own.
 */
#include "config.h"

#include "interp/layout.h"

#include <string.h>

#include "base/i18n.h"
#include "interp/layout_table.h"

#define COOKIE	   "xdebugpy"
#define COOKIE_LEN 8
/* The largest struct is _PyRuntimeState, some 400 KiB with its static objects. */
#define SIZE_LIMIT (16u << 20)

enum word_kind {
	WORD_SIZE,    /* starts a section: sizeof its struct */
	WORD_OFFSET,  /* inside the section's struct */
	WORD_FT,      /* the same, holds something only in free-threaded builds */
	WORD_END,     /* a size of a part of the struct: up to its end */
	WORD_GIL,     /* offset from the start of PyInterpreterState, of a member of its own GIL */
	WORD_SKIP,    /* not used here */
	WORD_SECTION, /* no word: a section without a size starts */
};

/* A word: its kind in the upper half, the offset of its field in struct pst_layout below. */
#define NOWHERE		  0xffffu
#define WORD(kind, field) ((uint32_t)(kind) << 16 | (uint32_t)(field))
#define SIZE(name)	  WORD(WORD_SIZE, offsetof(struct pst_layout, name))
#define SIZE_ONLY	  WORD(WORD_SIZE, NOWHERE)
#define OFFSET(name)	  WORD(WORD_OFFSET, offsetof(struct pst_layout, name))
#define FT(name)	  WORD(WORD_FT, offsetof(struct pst_layout, name))
#define END(name)	  WORD(WORD_END, offsetof(struct pst_layout, name))
#define GIL(name)	  WORD(WORD_GIL, offsetof(struct pst_layout, name))
#define SKIP		  WORD(WORD_SKIP, NOWHERE)
#define SECTION		  WORD(WORD_SECTION, NOWHERE)
_Static_assert(sizeof(struct pst_layout) < NOWHERE, "fields must fit in the lower half");

/* What the lists have in common. */
#define RUNTIME SIZE(runtime_size), OFFSET(runtime_finalizing), OFFSET(runtime_interpreters_head)
#define INTERP_MIDDLE                                                                              \
	OFFSET(interp_gc), OFFSET(interp_modules), OFFSET(interp_sysdict),                         \
		OFFSET(interp_builtins), OFFSET(interp_gil), OFFSET(interp_own_gil),               \
		FT(gil_enabled), GIL(gil_locked), GIL(gil_last_holder)
#define INTERP_313                                                                                 \
	SIZE(interp_size), OFFSET(interp_id), OFFSET(interp_next), OFFSET(interp_tstate_head),     \
		INTERP_MIDDLE
#define INTERP_314                                                                                 \
	SIZE(interp_size), OFFSET(interp_id), OFFSET(interp_next), OFFSET(interp_tstate_head),     \
		OFFSET(interp_threads_main), INTERP_MIDDLE, OFFSET(interp_code_generation),        \
		FT(interp_tlbc_generation)
#define TSTATE_HEAD                                                                                \
	SIZE(tstate_size), OFFSET(tstate_prev), OFFSET(tstate_next), OFFSET(tstate_interp),        \
		OFFSET(tstate_current_frame)
#define TSTATE_TAIL                                                                                \
	OFFSET(tstate_thread_id), OFFSET(tstate_native_thread_id), OFFSET(tstate_datastack_chunk), \
		OFFSET(tstate_status)
#define TSTATE_313 TSTATE_HEAD, TSTATE_TAIL
#define TSTATE_315                                                                                 \
	TSTATE_HEAD, OFFSET(tstate_base_frame), SKIP, SKIP, TSTATE_TAIL, OFFSET(tstate_holds_gil), \
		OFFSET(tstate_gil_requested), OFFSET(tstate_current_exception),                    \
		OFFSET(tstate_exc_state), SECTION, OFFSET(errstack_exc_value)
#define IFRAME_313                                                                                 \
	SIZE(iframe_size), OFFSET(iframe_previous), OFFSET(iframe_executable),                     \
		OFFSET(iframe_instr), OFFSET(iframe_localsplus), OFFSET(iframe_owner)
#define IFRAME_314 IFRAME_313, OFFSET(iframe_stackpointer), FT(iframe_tlbc_index)
#define CODE_313                                                                                   \
	SIZE(code_size), OFFSET(code_filename), OFFSET(code_name), OFFSET(code_qualname),          \
		OFFSET(code_lines), OFFSET(code_firstlineno), OFFSET(code_argcount),               \
		OFFSET(code_localsplusnames), OFFSET(code_localspluskinds), OFFSET(code_bytecode)
#define CODE_314 CODE_313, FT(code_tlbc)
#define OBJECT	 SIZE(object_size), OFFSET(object_ob_type)
#define TYPE_313 SIZE(type_size), OFFSET(type_tp_name), OFFSET(type_tp_repr), OFFSET(type_tp_flags)
#define TYPE_315                                                                                   \
	TYPE_313, OFFSET(type_tp_basicsize), OFFSET(type_tp_dictoffset), SIZE(heaptype_size),      \
		OFFSET(heaptype_ht_cached_keys)
#define SEQUENCES                                                                                  \
	SIZE_ONLY, OFFSET(tuple_ob_item), OFFSET(var_ob_size), SIZE_ONLY, OFFSET(list_ob_item),    \
		OFFSET(var_ob_size)
#define SET SIZE_ONLY, OFFSET(set_used), OFFSET(set_table), OFFSET(set_mask)
#define VALUES                                                                                     \
	SIZE_ONLY, OFFSET(dict_ma_keys), OFFSET(dict_ma_values), SIZE_ONLY, OFFSET(float_ob_fval), \
		SIZE_ONLY, OFFSET(long_lv_tag), OFFSET(long_ob_digit), SIZE_ONLY,                  \
		OFFSET(var_ob_size), OFFSET(bytes_ob_sval)
#define UNICODE                                                                                    \
	SIZE(unicode_size), OFFSET(unicode_state), OFFSET(unicode_length), END(unicode_ascii_size)
#define GC	  SIZE(gcstate_size), OFFSET(gcstate_collecting)
#define GENERATOR SIZE_ONLY, OFFSET(gen_gi_name), OFFSET(gen_gi_iframe), OFFSET(gen_gi_frame_state)

static const uint32_t words_313[] = {
	RUNTIME,  INTERP_313, TSTATE_313, IFRAME_313, CODE_313, OBJECT,
	TYPE_313, SEQUENCES,  VALUES,	  UNICODE,    GC,
};

static const uint32_t words_314[] = {
	RUNTIME,   INTERP_314, TSTATE_313, IFRAME_314, CODE_314, OBJECT,    TYPE_313,
	SEQUENCES, SET,	       VALUES,	   UNICODE,    GC,	 GENERATOR,
};

static const uint32_t words_315[] = {
	RUNTIME,    INTERP_314,
	TSTATE_315, IFRAME_314,
	CODE_314,   OBJECT,
	TYPE_315,   SEQUENCES,
	SET,	    VALUES,
	UNICODE,    END(unicode_compact_size),
	GC,	    OFFSET(gcstate_frame),
	SKIP,	    SKIP,
	GENERATOR,
};

static const struct format {
	uint8_t minor; /* from this minor version of 3 on */
	const uint32_t *words;
	size_t n;
} formats[] = {
	{13, words_313, sizeof(words_313) / sizeof(words_313[0])},
	{14, words_314, sizeof(words_314) / sizeof(words_314[0])},
	{15, words_315, sizeof(words_315) / sizeof(words_315[0])},
};

#define N_FORMATS (sizeof(formats) / sizeof(formats[0]))

struct reader {
	const unsigned char *at;
	size_t left;
	uint64_t section; /* size of the struct that the offsets are inside of */
	bool free_threaded;
	struct pst_layout *out;
};

static bool next_word(struct reader *r, uint64_t *value)
{
	if (r->left < sizeof(*value))
		return false;
	memcpy(value, r->at, sizeof(*value));
	r->at += sizeof(*value);
	r->left -= sizeof(*value);
	return true;
}

static void store(struct reader *r, uint32_t field, uint64_t value)
{
	int32_t narrow = (int32_t)value;

	if (field != NOWHERE)
		memcpy((char *)r->out + field, &narrow, sizeof(narrow));
}

/* A value of a member of the interpreter's own GIL, told from the start of the interpreter. */
static bool store_gil(struct reader *r, uint32_t field, uint64_t value)
{
	uint64_t gil = (uint64_t)r->out->interp_own_gil;

	if (value < gil || value - gil >= (uint64_t)r->out->gil_size)
		return false;
	store(r, field, value - gil);
	return true;
}

static bool take_word(struct reader *r, uint32_t word)
{
	enum word_kind kind = (enum word_kind)(word >> 16);
	uint64_t value;

	if (kind == WORD_SECTION) {
		r->section = SIZE_LIMIT;
		return true;
	}
	if (!next_word(r, &value))
		return false;
	switch (kind) {
	case WORD_SIZE:
		if (value < sizeof(uint64_t) || value > SIZE_LIMIT)
			return false;
		r->section = value;
		break;
	case WORD_FT:
	case WORD_OFFSET:
		if (kind == WORD_FT && !r->free_threaded)
			return true;
		if (value >= r->section)
			return false;
		break;
	case WORD_END:
		if (!value || value > r->section)
			return false;
		break;
	case WORD_GIL:
		return store_gil(r, word & NOWHERE, value);
	case WORD_SKIP:
	case WORD_SECTION:
		return true;
	}
	store(r, word & NOWHERE, value);
	return true;
}

static bool aligned(int32_t offset)
{
	return offset >= 0 && offset % (int32_t)sizeof(void *) == 0;
}

/*
 * Offsets of pointers, and facts that hold in every version: a list of words
 * that does not fit the process would not come out like this.
 */
static bool plausible(const struct pst_layout *l, int32_t head)
{
	const int32_t pointers[] = {
		l->runtime_interpreters_head,
		l->interp_next,
		l->interp_tstate_head,
		l->interp_modules,
		l->interp_gil,
		l->tstate_next,
		l->tstate_interp,
		l->tstate_current_frame,
		l->tstate_thread_id,
		l->tstate_native_thread_id,
		l->iframe_previous,
		l->iframe_executable,
		l->iframe_instr,
		l->iframe_localsplus,
		l->code_filename,
		l->code_name,
		l->code_qualname,
		l->code_lines,
		l->type_tp_name,
		l->type_tp_flags,
		l->list_ob_item,
		l->dict_ma_keys,
		l->dict_ma_values,
	};

	for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
		if (!aligned(pointers[i]))
			return false;
	}
	return l->object_size == head && l->object_ob_type == head - 8 && l->var_ob_size == head &&
	       l->float_ob_fval == head && l->long_lv_tag == head && l->type_tp_name == head + 8 &&
	       l->unicode_length == head && l->tuple_ob_item > head && l->bytes_ob_sval > head &&
	       l->unicode_state > l->unicode_length && l->unicode_ascii_size > l->unicode_state &&
	       l->iframe_owner < l->iframe_localsplus && l->code_bytecode > l->code_lines;
}

static bool read_format(const struct format *format, struct reader r, const struct pst_layout *row,
			struct pst_layout *out)
{
	*out = *row;
	r.out = out;
	for (size_t i = 0; i < format->n; i++) {
		if (!take_word(&r, format->words[i]))
			return false;
	}
	return plausible(out, row->object_size);
}

/* The format of this minor version first, then the others: pre-releases moved things. */
static bool read_any_format(uint8_t minor, const struct reader *r, const struct pst_layout *row,
			    struct pst_layout *out)
{
	size_t own = 0;

	for (size_t i = 0; i < N_FORMATS; i++) {
		if (formats[i].minor <= minor)
			own = i;
	}
	if (read_format(&formats[own], *r, row, out))
		return true;
	for (size_t i = N_FORMATS; i-- > 0;) {
		if (i != own && read_format(&formats[i], *r, row, out))
			return true;
	}
	return false;
}

bool pst_layout_is_debug_offsets(const void *blob, size_t len)
{
	return len >= COOKIE_LEN && !memcmp(blob, COOKIE, COOKIE_LEN);
}

/* The row to start from; *from says what the result will be worth. */
static const struct pst_layout *start_row(const struct pst_pyversion *version, uint32_t flags,
					  uint8_t *from)
{
	const struct pst_layout *newest = pst_layout_newest(flags);

	*from = PST_LAYOUT_DEBUG;
	if (!newest || version->major != newest->version.major)
		return NULL;
	if (version->minor <= newest->version.minor)
		return pst_layout_find(version, flags);
	*from = PST_LAYOUT_DEBUG_NEWER;
	return newest;
}

static enum pst_err not_known(struct pst_why *why, const struct pst_pyversion *v)
{
	return pst_why_set(why, PST_UNKNOWN, 0, _("Python %u.%u.%u is not known to this program"),
			   v->major, v->minor, v->micro);
}

enum pst_err pst_layout_from_debug_offsets(const void *blob, size_t len, uint32_t flags,
					   struct pst_layout *out, struct pst_why *why)
{
	struct reader r = {.at = blob, .left = len};
	const struct pst_layout *row;
	struct pst_pyversion version;
	struct pst_layout made;
	uint64_t cookie, hex, free_threaded;
	uint8_t from;

	if (!pst_layout_is_debug_offsets(blob, len) || !next_word(&r, &cookie) ||
	    !next_word(&r, &hex) || !next_word(&r, &free_threaded))
		return pst_why_set(why, PST_CORRUPT, 0,
				   _("no table of debug offsets at the start of .PyRuntime"));
	if (hex > UINT32_MAX || free_threaded > 1)
		return pst_why_set(why, PST_CORRUPT, 0,
				   _("the table of debug offsets of the process makes no sense"));
	version = pst_pyversion_from_hex((uint32_t)hex);
	if (version.major < 3 || (version.major == 3 && version.minor < formats[0].minor))
		return not_known(why, &version);
	r.free_threaded = free_threaded;
	flags &= ~(uint32_t)PST_PY_FREE_THREADED;
	if (r.free_threaded)
		flags |= PST_PY_FREE_THREADED;
	row = start_row(&version, flags, &from);
	if (!row)
		return not_known(why, &version);
	if (!read_any_format(version.minor, &r, row, &made))
		return pst_why_set(why, PST_CORRUPT, 0,
				   _("the table of debug offsets of Python %u.%u.%u does not look "
				     "like any known format"),
				   version.major, version.minor, version.micro);
	made.version = version;
	made.flags = flags;
	made.from = from;
	made.proved = row->proved && from == PST_LAYOUT_DEBUG;
	*out = made;
	return PST_OK;
}
