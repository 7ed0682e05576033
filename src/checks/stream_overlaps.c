/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/streams.h"

#include "model/stream_index.h"

#include <string.h>

/* The first streams that one walk of the stream index passed. */
struct gathered {
	const struct stream *streams[OVERLAPS_KEPT];
	size_t count;
	bool more;
};

static enum stream_step gather_overlap(void *context, const struct stream *other)
{
	struct gathered *gathered = context;

	gathered->more = gathered->count == OVERLAPS_KEPT;
	if (gathered->more)
		return STREAM_STOP;
	gathered->streams[gathered->count++] = other;
	return STREAM_NEXT;
}

static struct overlap find_overlap(const struct system *system, const struct stream *stream,
				   struct arena *arena)
{
	struct gathered gathered = {.count = 0};
	const struct stream **streams;

	if (!stream_index_walk(system->stream_index, stream, gather_overlap, &gathered))
		gathered.more = true;
	streams = arena_array(arena, gathered.count, sizeof(*streams));
	memcpy(streams, gathered.streams, gathered.count * sizeof(*streams));
	return (struct overlap){streams, gathered.count, gathered.more};
}

const struct overlap *streams_overlaps(const struct system *system, struct arena *arena)
{
	struct overlap *overlaps = arena_array(arena, system->stream_count, sizeof(*overlaps));

	for (size_t i = 0; i < system->stream_count; i++)
		overlaps[i] = find_overlap(system, &system->streams[i], arena);
	return overlaps;
}
