/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream_index - which streams match the same transactions, without comparing each with each
 *
 * The streams of one IOMMU are sorted once. A walk then costs log n for each distinct mask and for
 * each stream that it meets. An SMMU programs at most some hundred stream entries, so distinct
 * masks are few; STREAM_MASKS_MAX bounds them.
 */
#pragma once

#include "model/system.h"

enum {
	/** distinct masks of one IOMMU that are compared; an SMMUv2 has at most 128 entries */
	STREAM_MASKS_MAX = 256,
	/** streams that one walk looks at */
	STREAM_WALK_MAX = 4096,
};

/** enum stream_step - what a walk does next */
enum stream_step {
	STREAM_NEXT,
	STREAM_NEXT_ID, /* leave out the others of the same ID and mask */
	STREAM_STOP,
};

struct stream_index;

/** stream_index_new - of @streams, which must stay; in @arena. Unknown and disabled ones are left
 * out. */
struct stream_index *stream_index_new(const struct stream *streams, size_t count,
				      struct arena *arena) _nonnull_(3);

/**
 * stream_index_walk - call @each with the streams of other devices that meet @stream
 * Equal IDs come together: those of devices with a group first, then as they lie in the array.
 * Returns: false where the walk ended at one of the limits: there may be more.
 */
bool stream_index_walk(struct stream_index *index, const struct stream *stream,
		       enum stream_step (*each)(void *context, const struct stream *other),
		       void *context) _nonnull_(1, 2, 3);
