// SPDX-License-Identifier: MIT
#include "config.h"

#include "export/priv.h"

#include "base/i18n.h"

/* In place of pprof.c where its libraries were not there. */

const struct pst_export_format pst_export_pprof = {
	.name = "pprof",
	.ending = ".pb.gz",
	.endings = ".pb.gz .pprof",
	.help = N_("for go tool pprof and what reads its files"),
	.missing = N_("This program was built without protobuf-c or zlib, which pprof needs."),
};
