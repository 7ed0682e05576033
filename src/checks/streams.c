/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/streams.h"

#include "checks/unread.h"
#include "model/dma.h"
#include "model/firmware_table.h"

#include <inttypes.h>
#include <string.h>

/* The streams in an order in which equal IDs stand together, and those that match several IDs. */
struct index {
	const struct system *system;
	const struct stream **sorted, **wide;
	size_t sorted_count, wide_count;
};

static bool is_wide(const struct stream *stream)
{
	return stream->mask || stream->count != 1;
}

static int compare_stream_ids(const void *a, const void *b)
{
	const struct stream *left = *(const struct stream *const *)a;
	const struct stream *right = *(const struct stream *const *)b;

	if (left->id != right->id)
		return left->id < right->id ? -1 : 1;
	return left < right ? -1 : left > right;
}

static struct index index_streams(const struct system *system, struct arena *arena)
{
	struct index index = {
		.system = system,
		.sorted = arena_array(arena, system->stream_count, sizeof(*index.sorted)),
		.wide = arena_array(arena, system->stream_count, sizeof(*index.wide)),
	};

	for (size_t i = 0; i < system->stream_count; i++) {
		const struct stream *stream = &system->streams[i];

		if (stream->id < 0 || !stream->available)
			continue;
		if (is_wide(stream))
			index.wide[index.wide_count++] = stream;
		else
			index.sorted[index.sorted_count++] = stream;
	}
	if (index.sorted_count)
		qsort(index.sorted, index.sorted_count, sizeof(*index.sorted), compare_stream_ids);
	return index;
}

static bool same_device(const struct stream *one, const struct stream *other)
{
	return one->device_name == other->device_name ||
	       (one->device_name && other->device_name &&
		strcmp(one->device_name, other->device_name) == 0);
}

static void add_if_met(struct meeting *meeting, const struct stream *stream,
		       const struct stream *other)
{
	if (!same_device(stream, other) && streams_meet(stream, other))
		meeting->streams[meeting->count++] = other;
}

/* The first in the sorted list whose ID is not below @id. */
static size_t first_from(const struct index *index, int64_t id)
{
	size_t low = 0, high = index->sorted_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->sorted[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void find_meeting(const struct index *index, const struct stream *stream,
			 struct meeting *meeting)
{
	/* A mask leaves holes, so there all are looked at; a range or a single ID is one stretch.
	 */
	size_t i = stream->mask ? 0 : first_from(index, stream->id);
	int64_t end = stream->mask ? INT64_MAX : stream->id + stream->count;

	for (; i < index->sorted_count && index->sorted[i]->id < end; i++)
		add_if_met(meeting, stream, index->sorted[i]);
	for (i = 0; i < index->wide_count; i++)
		add_if_met(meeting, stream, index->wide[i]);
}

const struct meeting *streams_meetings(const struct system *system, struct arena *arena)
{
	struct meeting *meetings = arena_array(arena, system->stream_count, sizeof(*meetings));
	struct index index = index_streams(system, arena);
	_autofree_ const struct stream **found = calloc(system->stream_count + 1, sizeof(*found));

	if (!found)
		memory_exhausted();
	for (size_t i = 0; i < system->stream_count; i++) {
		const struct stream *stream = &system->streams[i];
		struct meeting meeting = {.streams = found};

		if (stream->id >= 0 && stream->available)
			find_meeting(&index, stream, &meeting);
		if (!meeting.count)
			continue;
		meetings[i].count = meeting.count;
		meetings[i].streams = arena_array(arena, meeting.count, sizeof(*found));
		memcpy(meetings[i].streams, found, meeting.count * sizeof(*found));
	}
	return meetings;
}

/* Where a person can look a stream up. */
static const char *evidence_of(const struct stream *stream, struct arena *arena)
{
	static const char tree[] = "/sys/firmware/devicetree/base";
	const char *node = stream->device ? stream->device->firmware_node : stream->device_name;
	const struct firmware_table *table = firmware_table_of(stream->source);

	switch (stream->source) {
	case STREAM_FROM_IOMMUS:
		return arena_printf(arena, "%s%s/iommus", tree, node ? node : "");
	case STREAM_FROM_IOMMU_MAP:
		return stream->device
			       ? "iommu-map of the host bridge"
			       : arena_printf(arena, "%s%s/iommu-map", tree, node ? node : "");
	case STREAM_FROM_MMU_MASTERS:
		return arena_printf(arena, "%s%s/mmu-masters", tree,
				    stream->iommu_name ? stream->iommu_name : "");
	default:
		break;
	}
	if (table)
		return table->file;
	return stream->device ? stream->device->path : NULL;
}

bool stream_is_on(const struct stream *stream, enum iommu_kind kind)
{
	return stream->iommu && stream->iommu->kind == kind;
}

bool stream_covers(const struct stream *stream, const struct stream *other)
{
	return (stream->mask & other->mask) == other->mask &&
	       ((stream->id ^ other->id) & ~stream->mask) == 0;
}

static const char *stream_words(const struct stream *stream, struct arena *arena)
{
	if (stream->mask)
		return arena_printf(arena, "stream 0x%" PRIx64 " (mask 0x%" PRIx64 ")", stream->id,
				    stream->mask);
	return arena_printf(arena, "stream 0x%" PRIx64, stream->id);
}

/* A bound device without a group: its probe went on without the IOMMU. */
static bool lacks_group(const struct stream *stream)
{
	return stream->device && !stream->device->group && stream->device->driver;
}

/* A finding about two devices, at the first of them. */
static struct finding finding_of_pair(const struct stream *stream, const struct stream *other,
				      struct arena *arena)
{
	const char **devices = arena_array(arena, 2, sizeof(*devices));

	devices[0] = stream->device_name;
	devices[1] = other->device_name;
	return (struct finding){
		.subject = stream->device_name,
		.evidence = evidence_of(stream, arena),
		.devices = devices,
		.device_count = 2,
	};
}

/* Two devices on an SMMUv3: an ID has one owner. Each pair is told of once, at the one without. */
static void judge_v3(const struct stream *stream, const struct stream *other,
		     struct findings *findings, struct arena *arena)
{
	bool refused = lacks_group(stream);
	struct finding finding;

	if (stream->device ? !refused || !other->device || !other->device->group : stream > other)
		return;
	finding = finding_of_pair(stream, other, arena);
	finding.code = CODE_STREAM_TAKEN;
	finding.severity = refused ? SEVERITY_ALARM : SEVERITY_WARNING;
	finding.message =
		arena_printf(arena, "%s belongs to %s; an SMMUv3 gives it to one device, and %s",
			     stream_words(stream, arena), other->device_name,
			     refused ? "this one runs without a group in the other's address space"
				     : "the second one to probe gets no group");
	finding.remedy = "Give each device a stream ID of its own in firmware; until then unbind "
			 "one of the two.";
	findings_add(findings, arena, finding);
}

static const char *v2_message(const struct stream *stream, const struct stream *other, bool nested,
			      struct arena *arena)
{
	const char *one = stream_words(stream, arena), *two = stream_words(other, arena);

	if (!nested)
		return arena_printf(
			arena,
			"%s overlaps %s of %s and neither covers the other: the second one to "
			"probe gets no group and no message",
			one, two, other->device_name);
	if (lacks_group(stream) != lacks_group(other))
		return arena_printf(
			arena,
			"%s and %s of %s share an entry of the SMMU, yet %s has no group: another "
			"of its streams is in a different group, or is refused",
			one, two, other->device_name,
			lacks_group(stream) ? stream->device_name : other->device_name);
	return arena_printf(
		arena,
		"%s and %s of %s share an entry of the SMMU, so both devices must be in one group",
		one, two, other->device_name);
}

static void judge_v2(const struct stream *stream, const struct stream *other,
		     struct findings *findings, struct arena *arena)
{
	bool nested = stream_covers(stream, other) || stream_covers(other, stream);
	bool split = nested && lacks_group(stream) != lacks_group(other);
	struct finding finding;

	if (stream > other)
		return;
	finding = finding_of_pair(stream, other, arena);
	finding.message = v2_message(stream, other, nested, arena);
	finding.code = CODE_STREAM_OVERLAP;
	finding.severity = SEVERITY_WARNING;
	if (split) {
		finding.code = CODE_STREAM_SPLIT;
		finding.severity = SEVERITY_ALARM;
	} else if (nested) {
		finding.code = CODE_STREAM_SHARED;
		finding.severity = SEVERITY_NOTE;
	}
	if (!nested || split)
		finding.remedy = "Change the stream IDs or masks in firmware so that they are "
				 "disjoint, or that one covers the other.";
	findings_add(findings, arena, finding);
}

/* A DMAR names devices in ways that only the machine itself resolves: no mistake of firmware. */
static bool is_mistake(const struct stream *stream)
{
	const struct firmware_table *table = firmware_table_of(stream->source);

	return stream->available && (!table || !table->needs_machine);
}

static void judge_stream(const struct stream *stream, const struct meeting *meeting,
			 struct findings *findings, struct arena *arena)
{
	if (stream->error)
		findings_add(
			findings, arena,
			(struct finding){
				.code = stream->id < 0 ? CODE_STREAM_UNKNOWN : CODE_STREAM_UNUSABLE,
				.severity = is_mistake(stream) ? SEVERITY_WARNING : SEVERITY_NOTE,
				.subject = stream->device_name,
				.message = stream->error,
				.evidence = evidence_of(stream, arena),
				.devices = &stream->device_name,
				.device_count = 1,
			});
	for (size_t i = 0; i < meeting->count; i++) {
		/* A range says which IDs a bridge may pass on, not which devices are there. */
		if (stream->count != 1 || meeting->streams[i]->count != 1)
			continue;
		if (stream_is_on(stream, IOMMU_KIND_SMMU_V3))
			judge_v3(stream, meeting->streams[i], findings, arena);
		else if (stream_is_on(stream, IOMMU_KIND_SMMU))
			judge_v2(stream, meeting->streams[i], findings, arena);
	}
}

/* Entries that SMMUv1/v2 needs: streams that another one covers need none of their own. */
static int64_t entries_needed(const struct system *system, const struct meeting *meetings,
			      const struct iommu *iommu)
{
	int64_t needed = 0;

	for (size_t i = 0; i < system->stream_count; i++) {
		const struct stream *stream = &system->streams[i];
		bool covered = stream->iommu != iommu || stream->id < 0 || !stream->available;

		for (size_t j = 0; j < meetings[i].count && !covered; j++) {
			const struct stream *other = meetings[i].streams[j];

			/* Of two that cover each other the first one counts. */
			covered = stream_covers(other, stream) &&
				  (!stream_covers(stream, other) || other < stream);
		}
		needed += !covered;
	}
	return needed;
}

static void judge_capacity(const struct system *system, const struct meeting *meetings,
			   struct findings *findings, struct arena *arena)
{
	for (size_t i = 0; i < system->iommu_count; i++) {
		const struct iommu *iommu = system->iommus[i];
		int64_t needed;

		if (iommu->kind != IOMMU_KIND_SMMU || iommu->stream_entries < 0)
			continue;
		needed = entries_needed(system, meetings, iommu);
		if (needed <= iommu->stream_entries)
			continue;
		findings_add(findings, arena,
			     (struct finding){
				     .code = CODE_STREAM_ENTRIES_SHORT,
				     .severity = SEVERITY_WARNING,
				     .subject = iommu->name,
				     .message = arena_printf(
					     arena,
					     "firmware asks for %" PRId64 " stream entries and the "
					     "SMMU has %" PRId64 ": the devices that probe last "
					     "get no group",
					     needed, iommu->stream_entries),
				     .evidence = "the kernel log",
				     .remedy = "Merge streams with masks in firmware.",
			     });
	}
}

static void tell_reservation(const struct reservation *reservation, struct findings *findings,
			     struct arena *arena)
{
	const char *meaning = !reservation->direct ? "is never mapped"
			      : reservation->relaxable
				      ? "is mapped 1:1; assignment to a guest may drop that"
				      : "must stay mapped 1:1, so VFIO refuses the devices' "
					"groups, unless the kernel lets "
					"go of it, as for USB and graphics";

	findings_add(
		findings, arena,
		(struct finding){
			.code = reservation->direct ? CODE_MEMORY_DIRECT : CODE_MEMORY_RESERVED,
			.severity = SEVERITY_NOTE,
			.subject = reservation->subject,
			.message = arena_printf(arena, "0x%" PRIx64 "-0x%" PRIx64 " %s",
						reservation->start, reservation->end, meaning),
			.evidence = reservation->source,
		});
}

struct findings streams_findings(const struct system *system, const struct meeting *meetings,
				 struct arena *arena)
{
	struct findings findings = {0};

	for (size_t i = 0; i < system->stream_count; i++)
		judge_stream(&system->streams[i], &meetings[i], &findings, arena);
	judge_capacity(system, meetings, &findings, arena);
	for (size_t i = 0; i < system->reservation_count; i++)
		tell_reservation(system->reservations[i], &findings, arena);
	return findings;
}

const struct source *streams_blind(const struct system *system)
{
	static const char *const needed[] = {"bus_devices", "iommu_class", "streams"};
	const struct source *unread = source_unread(system, needed, ARRAY_SIZE(needed));

	return unread ? unread : firmware_unread(system);
}
