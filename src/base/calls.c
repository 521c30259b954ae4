// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/calls.h"

_Thread_local uint64_t pst_calls[PST_CALL_KINDS];

static const char *const names[PST_CALL_KINDS] = {
#define CALL_NAME(id, name) [PST_CALL_##id] = name,
	PST_CALLS_MAP(CALL_NAME)
#undef CALL_NAME
};

const char *pst_call_name(enum pst_call kind)
{
	return names[kind];
}
