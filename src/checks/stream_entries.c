/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/stream_entries.h"

#include "checks/streams.h"
#include "model/stream_index.h"

struct covering {
	const struct stream *stream;
	bool found;
};

/* Of two streams that cover each other, the first counts. */
static enum stream_step note_cover(void *context, const struct stream *other)
{
	struct covering *covering = context;
	const struct stream *stream = covering->stream;

	covering->found =
		stream_covers(other, stream) && (!stream_covers(stream, other) || other < stream);
	return covering->found ? STREAM_STOP : STREAM_NEXT;
}

int64_t stream_entries_needed(const struct system *system, const struct iommu *iommu)
{
	int64_t needed = 0;

	for (size_t i = 0; i < system->stream_count; i++) {
		struct covering covering = {.stream = &system->streams[i]};

		if (covering.stream->iommu != iommu || covering.stream->id < 0 ||
		    !covering.stream->available)
			continue;
		stream_index_walk(system->stream_index, covering.stream, note_cover, &covering);
		needed += !covering.found;
	}
	return needed;
}
