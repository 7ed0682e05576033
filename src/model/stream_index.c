/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/stream_index.h"

#include "model/dma.h"

#include <string.h>

/* One sorting of a family's streams: by the bits of the ID that are not in @ignored. */
struct order {
	struct order *next;
	int64_t ignored;
	const struct stream **streams;
};

/*
 * The streams of one IOMMU that have the same mask. Ranges form a family of their own: @ends[i] is
 * the largest end of the first i + 1 of them.
 */
struct family {
	const struct stream **streams;
	size_t count;
	int64_t mask;
	int64_t *ends;
	struct order *orders;
};

struct stream_index {
	struct arena *arena;
	struct family *families;
	size_t count;
};

/* The state of one walk of the index. @left: number of streams that it may still compare */
struct walk {
	struct stream_index *index;
	const struct stream *stream;
	enum stream_step (*each)(void *context, const struct stream *other);
	void *context;
	size_t left;
	bool stopped;
};

static int compare_numbers(int64_t left, int64_t right)
{
	return left < right ? -1 : left > right;
}

static bool is_range(const struct stream *stream)
{
	return !stream_ignored_bits(stream) && stream->count != 1;
}

static int compare_stream_iommus(const struct stream *left, const struct stream *right)
{
	int order = compare_numbers(left->kind, right->kind);

	if (!order)
		order = compare_numbers((intptr_t)left->iommu, (intptr_t)right->iommu);
	if (order || left->iommu)
		return order;
	return strcmp(left->iommu_name, right->iommu_name);
}

static int compare_families(const struct stream *left, const struct stream *right)
{
	int order = compare_stream_iommus(left, right);

	if (!order)
		order = compare_numbers(is_range(left), is_range(right));
	return order ? order
		     : compare_numbers(stream_ignored_bits(left), stream_ignored_bits(right));
}

static bool has_group(const struct stream *stream)
{
	return stream->device && stream->device->group;
}

static int compare_within(const struct stream *left, const struct stream *right, int64_t ignored)
{
	int order = compare_numbers(left->id & ~ignored, right->id & ~ignored);

	if (!order)
		order = compare_numbers(has_group(right), has_group(left));
	return order ? order : compare_numbers((intptr_t)left, (intptr_t)right);
}

static int compare_stream_order(const void *a, const void *b)
{
	const struct stream *left = *(const struct stream *const *)a;
	const struct stream *right = *(const struct stream *const *)b;
	int order = compare_families(left, right);

	return order ? order : compare_within(left, right, stream_ignored_bits(left));
}

static int compare_order(const void *a, const void *b, void *ignored)
{
	return compare_within(*(const struct stream *const *)a, *(const struct stream *const *)b,
			      *(const int64_t *)ignored);
}

static void note_ends(struct arena *arena, struct family *family)
{
	int64_t largest = INT64_MIN;

	family->ends = arena_array(arena, family->count, sizeof(*family->ends));
	for (size_t i = 0; i < family->count; i++) {
		int64_t end = family->streams[i]->id + family->streams[i]->count;

		largest = end > largest ? end : largest;
		family->ends[i] = largest;
	}
}

static void add_families(struct stream_index *index, const struct stream **streams, size_t count)
{
	index->families = arena_array(index->arena, count, sizeof(*index->families));
	for (size_t i = 0; i < count;) {
		struct family *family = &index->families[index->count++];

		family->streams = &streams[i];
		family->mask = stream_ignored_bits(streams[i]);
		while (i < count && compare_families(streams[i], family->streams[0]) == 0)
			i++, family->count++;
		if (is_range(family->streams[0]))
			note_ends(index->arena, family);
	}
}

static bool is_comparable(const struct stream *stream)
{
	return stream_is_known(stream) && stream->available &&
	       (stream->iommu || stream->iommu_name);
}

bool stream_covers(const struct stream *stream, const struct stream *other)
{
	return (stream->mask & other->mask) == other->mask &&
	       ((stream->id ^ other->id) & ~stream->mask) == 0;
}

struct stream_index *stream_index_new(const struct stream *streams, size_t count,
				      struct arena *arena)
{
	struct stream_index *index = arena_alloc(arena, sizeof(*index));
	const struct stream **sorted = arena_array(arena, count, sizeof(*sorted));
	size_t known = 0;

	index->arena = arena;
	for (size_t i = 0; i < count; i++)
		if (is_comparable(&streams[i]))
			sorted[known++] = &streams[i];
	if (known)
		qsort(sorted, known, sizeof(*sorted), compare_stream_order);
	add_families(index, sorted, known);
	return index;
}

/* The family sorted by the bits that neither the family nor the given stream ignores. */
static const struct stream **sorted_by(struct walk *walk, struct family *family, int64_t ignored)
{
	struct order *order = family->orders;

	if (ignored == family->mask)
		return family->streams;
	while (order && order->ignored != ignored)
		order = order->next;
	if (order)
		return order->streams;
	order = arena_alloc(walk->index->arena, sizeof(*order));
	*order = (struct order){
		family->orders, ignored,
		arena_array(walk->index->arena, family->count, sizeof(*order->streams))};
	memcpy(order->streams, family->streams, family->count * sizeof(*order->streams));
	qsort_r(order->streams, family->count, sizeof(*order->streams), compare_order, &ignored);
	return family->orders = order, order->streams;
}

/* The index of the first stream whose ID without the @ignored bits is not below @id. */
static size_t first_stream_from(const struct stream **streams, size_t count, int64_t ignored,
				int64_t id)
{
	size_t low = 0;

	while (low < count) {
		size_t middle = low + (count - low) / 2;

		if ((streams[middle]->id & ~ignored) < id)
			low = middle + 1;
		else
			count = middle;
	}
	return low;
}

static bool same_device(const struct stream *one, const struct stream *other)
{
	return one->device_name == other->device_name ||
	       (one->device_name && other->device_name &&
		strcmp(one->device_name, other->device_name) == 0);
}

/* Pass the streams with IDs in [start, end), without the @ignored bits. */
static void walk_ids(struct walk *walk, struct family *family, int64_t ignored, int64_t start,
		     int64_t end)
{
	const struct stream **streams = sorted_by(walk, family, ignored);
	size_t i = first_stream_from(streams, family->count, ignored, start);

	while (i < family->count && (streams[i]->id & ~ignored) < end && !walk->stopped) {
		enum stream_step step = STREAM_NEXT;

		if (!walk->left)
			return;
		walk->left--;
		if (!same_device(streams[i], walk->stream))
			step = walk->each(walk->context, streams[i]);
		walk->stopped = step == STREAM_STOP;
		i = step == STREAM_NEXT_ID ? first_stream_from(streams, family->count, ignored,
							       (streams[i]->id & ~ignored) + 1)
					   : i + 1;
	}
}

static size_t first_ending_after(const struct family *family, int64_t id)
{
	size_t low = 0, high = family->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (family->ends[middle] <= id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void walk_ranges(struct walk *walk, const struct family *family)
{
	const struct stream *stream = walk->stream;

	for (size_t i = first_ending_after(family, stream->id);
	     i < family->count && family->streams[i]->id < stream->id + stream->count &&
	     walk->left && !walk->stopped;
	     i++, walk->left--)
		if (streams_meet(stream, family->streams[i]) &&
		    !same_device(stream, family->streams[i]))
			walk->stopped =
				walk->each(walk->context, family->streams[i]) == STREAM_STOP;
}

static void walk_family(struct walk *walk, struct family *family)
{
	const struct stream *stream = walk->stream;
	int64_t ignored = stream_ignored_bits(stream) | family->mask, id = stream->id & ~ignored;

	if (ignored)
		walk_ids(walk, family, ignored, id, id + 1);
	else if (family->ends)
		walk_ranges(walk, family);
	else
		walk_ids(walk, family, 0, id, id + stream->count);
}

static size_t first_family(const struct stream_index *index, const struct stream *stream)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_stream_iommus(index->families[middle].streams[0], stream) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool stream_index_walk(struct stream_index *index, const struct stream *stream,
		       enum stream_step (*each)(void *context, const struct stream *other),
		       void *context)
{
	struct walk walk = {index, stream, each, context, STREAM_WALK_MAX, false};
	size_t first, masks = 0;

	if (!is_comparable(stream))
		return true;
	first = first_family(index, stream);
	for (size_t i = first; i < index->count && !walk.stopped && walk.left; i++) {
		if (compare_stream_iommus(index->families[i].streams[0], stream) != 0)
			break;
		if (++masks > STREAM_MASKS_MAX)
			return false;
		walk_family(&walk, &index->families[i]);
	}
	return walk.left || walk.stopped;
}
