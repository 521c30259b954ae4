// SPDX-License-Identifier: MIT
/*
 * Structs that CPython keeps in .c files or in headers that older releases do
 * not ship: order and types of their members, by version.  The names are ours.
 */
#ifndef PST_LAYOUTS_STRUCTS_H
#define PST_LAYOUTS_STRUCTS_H

#define PST_PY(major, minor) (((major) << 24) | ((minor) << 16))
#define PST_SINCE(major, minor) (PY_VERSION_HEX >= PST_PY(major, minor))

#if !PST_SINCE(2, 5)
typedef int pst_ssize_t;
#else
typedef Py_ssize_t pst_ssize_t;
#endif
#if PST_SINCE(3, 2)
typedef Py_hash_t pst_hash_t;
#else
typedef long pst_hash_t;
#endif

/* Include/descrobject.h: PyDescr_COMMON became a member in 3.0 */
#if PST_SINCE(3, 0)
#define PST_D_TYPE d_common.d_type
#define PST_D_NAME d_common.d_name
#else
#define PST_D_TYPE d_type
#define PST_D_NAME d_name
#endif

/* Objects/rangeobject.c */
typedef struct {
	PyObject_HEAD
	long start;
	long step;
	long len;
} pst_xrange; /* 2.x */

typedef struct {
	PyObject_HEAD
	PyObject *start;
	PyObject *stop;
	PyObject *step;
	PyObject *length;
} pst_range; /* 3.x */

/* Objects/moduleobject.c up to 3.9; Include/internal/pycore_moduleobject.h after */
#if !PST_SINCE(3, 10)
typedef struct {
	PyObject_HEAD
	PyObject *md_dict;
#if PST_SINCE(3, 0)
	void *md_def;
	void *md_state;
#endif
#if PST_SINCE(3, 4)
	PyObject *md_weaklist;
	PyObject *md_name;
#endif
} pst_module;
#else
typedef PyModuleObject pst_module;
#endif

/* Objects/dictobject.c 3.3 to 3.5, Objects/dict-common.h 3.6 to 3.10 */
#if PST_SINCE(3, 3) && !PST_SINCE(3, 11)
typedef struct {
	pst_hash_t me_hash;
	PyObject *me_key;
	PyObject *me_value;
} pst_dictentry;

typedef struct {
	Py_ssize_t dk_refcnt;
	Py_ssize_t dk_size;
	void *dk_lookup;
	Py_ssize_t dk_usable;
#if PST_SINCE(3, 6)
	Py_ssize_t dk_nentries;
	char dk_indices[8];
#else
	pst_dictentry dk_entries[1];
#endif
} pst_dictkeys;
#elif PST_SINCE(3, 11)
typedef struct _dictkeysobject pst_dictkeys;
typedef PyDictKeyEntry pst_dictentry;
#else
typedef PyDictEntry pst_dictentry;
#endif

/* Modules/_collectionsmodule.c (collectionsmodule.c before 2.6).  2.7 is as of its last releases. */
#if PST_SINCE(3, 5)
#define PST_BLOCKLEN 64
#else
#define PST_BLOCKLEN 62
#endif

typedef struct {
#if PST_SINCE(3, 4)
	void *leftlink;
	PyObject *data[PST_BLOCKLEN];
	void *rightlink;
#elif PST_SINCE(2, 7) && !PST_SINCE(3, 0)
	PyObject *data[PST_BLOCKLEN];
	void *rightlink;
	void *leftlink;
#else
	void *leftlink;
	void *rightlink;
	PyObject *data[PST_BLOCKLEN];
#endif
} pst_block;

typedef struct {
#if PST_SINCE(3, 4)
	PyObject_VAR_HEAD
#else
	PyObject_HEAD
#endif
	pst_block *leftblock;
	pst_block *rightblock;
	pst_ssize_t leftindex;
	pst_ssize_t rightindex;
#if PST_SINCE(3, 4)
	size_t state;
	Py_ssize_t maxlen;
#elif PST_SINCE(3, 0) || (PST_SINCE(2, 6) && !PST_SINCE(2, 7))
	Py_ssize_t len;
	Py_ssize_t maxlen;
	long state;
#elif PST_SINCE(2, 7)
	Py_ssize_t len;
	long state;
	Py_ssize_t maxlen;
#else
	pst_ssize_t len;
	long state;
#endif
} pst_deque;

/* Modules/_datetimemodule.c, 3.2+ */
typedef struct {
	PyObject_HEAD
	PyObject *offset;
	PyObject *name;
} pst_timezone;

/* Modules/_decimal/_decimal.c and libmpdec's mpdecimal.h, 3.3+ */
typedef struct {
	uint8_t flags;
	int64_t exp;
	int64_t digits;
	int64_t len;
	int64_t alloc;
	uint64_t *data;
} pst_mpd;

typedef struct {
	PyObject_HEAD
	pst_hash_t hash;
	pst_mpd dec;
} pst_decimal;

#endif
