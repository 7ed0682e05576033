/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output - standard output, which may be full or closed */
#pragma once

#include "base/error.h"

/** output_flush - flush standard output; the error message tells where the disk is full */
_must_check_ int output_flush(struct error *e);
