// SPDX-License-Identifier: MIT
/* The CPython headers that hold what tools/layouts/fields names, by version. */
#ifndef PST_LAYOUTS_HEADERS_H
#define PST_LAYOUTS_HEADERS_H

#define Py_BUILD_CORE 1
#include <stddef.h>
#include <stdint.h>

#include "Python.h"

#include <stdio.h>
#include <string.h>

#include "structmember.h"
#if PY_VERSION_HEX < 0x02050000
#include "compile.h"
#elif PY_VERSION_HEX < 0x030b0000
#include "code.h"
#endif
#include "frameobject.h"
#if PY_VERSION_HEX >= 0x02040000
#include "datetime.h"
#endif
#if PY_VERSION_HEX < 0x030b0000
#include "longintrepr.h"
#endif

#if PY_VERSION_HEX >= 0x03070000 && PY_VERSION_HEX < 0x03080000
#include "internal/pystate.h"
#endif
#if PY_VERSION_HEX >= 0x03080000
#include "internal/pycore_pystate.h"
#include "internal/pycore_object.h"
#endif
#if PY_VERSION_HEX >= 0x03090000
#include "internal/pycore_gc.h"
#include "internal/pycore_gil.h"
#include "internal/pycore_interp.h"
#include "internal/pycore_runtime.h"
#endif
#if PY_VERSION_HEX >= 0x030a0000
#include "internal/pycore_moduleobject.h"
#endif
#if PY_VERSION_HEX >= 0x030b0000
#include "internal/pycore_code.h"
#include "internal/pycore_dict.h"
#include "internal/pycore_frame.h"
#endif
#if PY_VERSION_HEX >= 0x030c0000
#include "internal/pycore_long.h"
#endif
#if PY_VERSION_HEX >= 0x030e0000
#include "internal/pycore_genobject.h"
#include "internal/pycore_interpframe.h"
#include "internal/pycore_stackref.h"
#endif

#include "structs.h"

#endif
