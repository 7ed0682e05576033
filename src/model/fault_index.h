/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault_index - find the devices and streams of a fault without a comparison with all of them
 *
 * Names, requester IDs and stream IDs are sorted once. A search then compares only those that have
 * the ID or the name, by the rules of model/fault_match.h.
 */
#pragma once

#include "model/fault.h"
#include "model/system.h"

struct fault_index;

/** fault_device_each - called for a device that was found; a device can be found more than once */
typedef void fault_device_each(void *context, const struct device *device);

/** fault_stream_each - called for a stream that was found */
typedef void fault_stream_each(void *context, const struct stream *stream);

/**
 * fault_index_new - an index of @devices and @streams, which must stay valid; in @arena
 */
_must_check_ struct fault_index *fault_index_new(const struct device *const *devices,
						 size_t device_count, const struct stream *streams,
						 size_t stream_count, struct arena *arena)
	_nonnull_(5);

/** fault_index_named - call @each with the devices that the line of @fault names */
void fault_index_named(const struct fault_index *index, const struct fault *fault,
		       fault_device_each *each, void *context) _nonnull_(1, 2, 3);

/** fault_index_aliases - call @each with the devices that also send as the function of @fault */
void fault_index_aliases(const struct fault_index *index, const struct fault *fault,
			 fault_device_each *each, void *context) _nonnull_(1, 2, 3);

/** fault_index_streams - call @each with the streams that have the ID of @fault */
void fault_index_streams(const struct fault_index *index, const struct fault *fault,
			 fault_stream_each *each, void *context) _nonnull_(1, 2, 3);

/**
 * faults_observe - set stream->observed where a fault shows that the stream's device sends under
 * its ID: the line names the device, or no other device has a stream with that ID
 */
void faults_observe(const struct fault *const *faults, size_t fault_count, struct stream *streams,
		    size_t stream_count);
