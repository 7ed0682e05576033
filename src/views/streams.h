/* SPDX-License-Identifier: GPL-2.0-or-later */
/* streams - the columns of streams, in the order of the JSON contract */
#pragma once

#include "views/column.h"

/** stream_columns - the columns for streams[] in JSON documents; the last has no key */
extern const struct column stream_columns[];

/** stream_text - "0x20/0x7" or "0x100-0x1ff", or NULL where the ID is unknown */
const char *stream_text(const struct stream *stream, struct arena *arena);
