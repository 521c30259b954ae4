// SPDX-License-Identifier: MIT
#ifndef PST_EXPORT_PRIV_H
#define PST_EXPORT_PRIV_H

#include "export/export.h"

extern const struct pst_export_format pst_export_raw;

#endif
