// SPDX-License-Identifier: MIT
#ifndef PST_UNIT_UNIT_H
#define PST_UNIT_UNIT_H

/* cmocka with the headers that it wants before itself. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
