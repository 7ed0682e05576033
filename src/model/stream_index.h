/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream_index - find the streams that match the same IDs, without comparing every pair
 *
 * The streams of one IOMMU are sorted once. A walk then takes log n for each distinct mask and for
 * each stream that it finds. An SMMU has at most some hundred stream entries, so distinct masks are
 * few; STREAM_MASKS_MAX limits them.
 */
#pragma once

#include "model/system.h"

enum {
	/**
	 * limit of distinct masks of one IOMMU that are compared; an SMMUv2 has at most 128 entries
	 */
	STREAM_MASKS_MAX = 256,
	/** limit of streams that one walk compares */
	STREAM_WALK_MAX = 4096,
};

/** enum stream_step - the answer of a callback: how the walk goes on */
enum stream_step {
	STREAM_NEXT,
	STREAM_NEXT_ID, /* the walk skips the other streams with the same ID and mask */
	STREAM_STOP,
};

/** stream_covers - true where @stream matches every ID that @other matches */
bool stream_covers(const struct stream *stream, const struct stream *other) _nonnull_();

struct stream_index;

/**
 * stream_index_new - an index of @streams, which must stay valid; in @arena. Unknown and disabled
 * streams are left out.
 */
_must_check_ struct stream_index *stream_index_new(const struct stream *streams, size_t count,
						   struct arena *arena) _nonnull_(3);

/**
 * stream_index_walk - call @each with the streams of other devices that match an ID of @stream
 * Equal IDs follow each other: streams of devices with a group first, then in the order of the
 * array.
 * Returns: false where the walk ended at one of the limits: there may be more.
 */
bool stream_index_walk(struct stream_index *index, const struct stream *stream,
		       enum stream_step (*each)(void *context, const struct stream *other),
		       void *context) _nonnull_(1, 2, 3);
