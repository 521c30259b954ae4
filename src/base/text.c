// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/text.h"
