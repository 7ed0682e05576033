/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stream_evidence - the place in firmware that describes a stream */
#pragma once

#include "model/system.h"

/**
 * stream_evidence - the file of this machine in which @stream is described, or the place in the
 * file that was read; in @arena     Returns: NULL where nothing is known of the place.
 */
const char *stream_evidence(const struct machine *machine, const struct stream *stream,
			    struct arena *arena) _nonnull_();
