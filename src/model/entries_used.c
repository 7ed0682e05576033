/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/entries_used.h"

#include "model/iommu_kind.h"
#include "model/stream_index.h"

/* A search for an earlier stream that covers @stream, of another device with a group. */
struct cover {
	const struct stream *stream;
	bool found;
};

static enum stream_step note_earlier_cover(void *context, const struct stream *other)
{
	struct cover *cover = context;

	if (!other->device || !other->device->group)
		return STREAM_NEXT_ID;
	if (other > cover->stream || !stream_covers(other, cover->stream))
		return STREAM_NEXT;
	cover->found = true;
	return STREAM_STOP;
}

/* True where an earlier stream of the same device covers this one. */
static bool repeats_own(const struct stream *stream)
{
	for (const struct stream *own = stream->device->streams; own < stream; own++)
		if (own->iommu == stream->iommu && own->id >= 0 && stream_covers(own, stream))
			return true;
	return false;
}

static bool uses_entry(const struct system *system, const struct stream *stream)
{
	struct cover cover = {.stream = stream};

	if (!stream->iommu || stream->id < 0 || !stream->device || !stream->device->group ||
	    !iommu_traits(stream->iommu->kind)->has_masks)
		return false;
	stream_index_walk(system->stream_index, stream, note_earlier_cover, &cover);
	return !cover.found && !repeats_own(stream);
}

void entries_used_count(struct build *build, const struct system *system)
{
	for (size_t i = 0; i < system->stream_count; i++)
		if (uses_entry(system, &system->streams[i]))
			build_iommu_at(build, system->streams[i].iommu->index)->entries_used++;
}
