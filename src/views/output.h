/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output - standard output, which may be full or gone
 */
#pragma once

#include "base/error.h"

/** output_flush - write out what standard output still holds; says where the disk is full */
int output_flush(struct error *e);
