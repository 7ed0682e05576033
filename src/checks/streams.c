/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/streams.h"

#include "checks/table_notes.h"
#include "checks/unread.h"
#include "model/dma.h"
#include "model/firmware_table.h"
#include "model/kernel_release.h"
#include "model/stream_index.h"

#include <inttypes.h>
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

/* The file in which the stream is described. */
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
	return stream->iommu_kind == kind;
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

/* True for a bound device without a group: it probed without its IOMMU. */
static bool has_no_group(const struct stream *stream)
{
	return stream->device && !stream->device->group && stream->device->driver;
}

/* Some of the streams that a stream overlaps; with @more there are others. */
struct others {
	const struct stream *streams[OVERLAPS_KEPT];
	size_t count;
	bool more;
};

/* Names in a sentence: "a, b, c and 29 others"; with IDs "stream 0x10 of a, …". */
static const char *name_others(const struct others *others, bool with_ids, struct arena *arena)
{
	enum { NAMED = 3 };
	const char *text = NULL;

	for (size_t i = 0; i < others->count && i < NAMED; i++) {
		const char *name = others->streams[i]->device_name;

		if (with_ids)
			name = arena_printf(arena, "%s of %s",
					    stream_words(others->streams[i], arena), name);
		text = text ? arena_concat(arena, text, ", ", name) : name;
	}
	if (others->more)
		return arena_concat(arena, text, " and others", "");
	if (others->count > NAMED)
		return arena_printf(arena, "%s and %zu others", text, others->count - NAMED);
	return text;
}

/* A finding about several devices; it stands at the first of them. */
static struct finding finding_of_overlap(const struct stream *stream, const struct others *others,
					 struct arena *arena)
{
	const char **devices = arena_array(arena, others->count + 1, sizeof(*devices));

	devices[0] = stream->device_name;
	for (size_t i = 0; i < others->count; i++)
		devices[i + 1] = others->streams[i]->device_name;
	return (struct finding){
		.subject = stream->device_name,
		.evidence = evidence_of(stream, arena),
		.devices = devices,
		.device_count = others->count + 1,
	};
}

/*
 * True for the stream at which the finding stands: in firmware files the first one, on a machine
 * that of the device without a group.
 */
static bool is_v3_subject(const struct stream *stream, const struct stream *other)
{
	if (!stream->device)
		return stream < other;
	return has_no_group(stream) && other->device && other->device->group;
}

/* On an SMMUv3 an ID can belong to one device only. */
static void judge_v3(const struct stream *stream, const struct overlap *overlap,
		     struct findings *findings, struct arena *arena)
{
	struct others others = {.more = overlap->more};
	bool refused = has_no_group(stream);
	struct finding finding;

	for (size_t i = 0; i < overlap->count; i++)
		if (overlap->streams[i]->count == 1 && is_v3_subject(stream, overlap->streams[i]))
			others.streams[others.count++] = overlap->streams[i];
	if (!others.count)
		return;
	finding = finding_of_overlap(stream, &others, arena);
	finding.code = CODE_STREAM_TAKEN;
	finding.severity = refused ? SEVERITY_ALARM : SEVERITY_WARNING;
	finding.message =
		arena_printf(arena, "%s belongs to %s; an SMMUv3 gives it to one device, and %s",
			     stream_words(stream, arena), name_others(&others, false, arena),
			     refused ? "this one runs without a group in the other's address space"
				     : "the second one to probe gets no group");
	finding.remedy = "Give each device a stream ID of its own in firmware; until then unbind "
			 "one of the two.";
	findings_add(findings, arena, finding);
}

/* The outcome of an overlap; firmware files of another machine are judged for every kernel. */
static const char *overlap_outcome(const struct system *system)
{
	static const char *const words[ANSWER_COUNT] = {
		[ANSWER_NO] = "the second one to probe gets no group and no message",
		[ANSWER_YES] = "the SMMU does not register, and no device behind it gets a group",
		[ANSWER_UNKNOWN] = "up to Linux 6.14 the second one to probe gets no group and no "
				   "message, since then the whole SMMU does not register",
	};

	return words[kernel_has(system->machine.kernel, KERNEL_PROBE_AT_REGISTRATION)];
}

static const char *v2_message(const struct system *system, enum finding_code code,
			      const struct stream *stream, const struct others *others,
			      struct arena *arena)
{
	const char *one = stream_words(stream, arena), *rest = name_others(others, true, arena);

	if (code == CODE_STREAM_OVERLAP)
		return arena_printf(arena, "%s overlaps %s and neither covers the other: %s", one,
				    rest, overlap_outcome(system));
	if (code == CODE_STREAM_SPLIT)
		return arena_printf(
			arena,
			"%s and %s share an entry of the SMMU, yet %s has no group: another "
			"of its streams is in a different group, or is refused",
			one, rest, stream->device_name);
	return arena_printf(
		arena, "%s and %s share an entry of the SMMU, so %s devices must be in one group",
		one, rest, others->count > 1 || others->more ? "all these" : "both");
}

static enum finding_code v2_code(const struct stream *stream, const struct stream *other)
{
	if (!stream_covers(stream, other) && !stream_covers(other, stream))
		return CODE_STREAM_OVERLAP;
	return has_no_group(stream) == has_no_group(other) ? CODE_STREAM_SHARED : CODE_STREAM_SPLIT;
}

/*
 * True for the stream at which the finding stands: a split at the device without a group, other
 * findings at the first stream.
 */
static bool is_v2_subject(enum finding_code code, const struct stream *stream,
			  const struct stream *other)
{
	return code == CODE_STREAM_SPLIT ? has_no_group(stream) : stream < other;
}

static void judge_v2(const struct system *system, enum finding_code code, enum severity severity,
		     const struct stream *stream, const struct overlap *overlap,
		     struct findings *findings, struct arena *arena)
{
	struct others others = {.more = overlap->more};
	struct finding finding;

	for (size_t i = 0; i < overlap->count; i++) {
		const struct stream *other = overlap->streams[i];

		if (other->count == 1 && v2_code(stream, other) == code &&
		    is_v2_subject(code, stream, other))
			others.streams[others.count++] = other;
	}
	if (!others.count)
		return;
	finding = finding_of_overlap(stream, &others, arena);
	finding.code = code;
	finding.severity = severity;
	finding.message = v2_message(system, code, stream, &others, arena);
	if (code != CODE_STREAM_SHARED)
		finding.remedy = "Change the stream IDs or masks in firmware so that they are "
				 "disjoint, or that one covers the other.";
	findings_add(findings, arena, finding);
}

/*
 * False for a DMAR: it names devices in ways that only the running machine resolves, so an
 * unresolved one is no mistake of firmware.
 */
static bool is_mistake(const struct stream *stream)
{
	const struct firmware_table *table = firmware_table_of(stream->source);

	return stream->available && (!table || !table->needs_machine);
}

static void judge_stream(const struct system *system, const struct stream *stream,
			 const struct overlap *overlap, struct findings *findings,
			 struct arena *arena)
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
	/* A range describes the IDs that a bridge may pass on, not the devices that exist. */
	if (stream->count != 1)
		return;
	if (stream_is_on(stream, IOMMU_KIND_SMMU_V3))
		judge_v3(stream, overlap, findings, arena);
	if (!stream_is_on(stream, IOMMU_KIND_SMMU))
		return;
	judge_v2(system, CODE_STREAM_SHARED, SEVERITY_NOTE, stream, overlap, findings, arena);
	judge_v2(system, CODE_STREAM_SPLIT, SEVERITY_ALARM, stream, overlap, findings, arena);
	judge_v2(system, CODE_STREAM_OVERLAP, SEVERITY_WARNING, stream, overlap, findings, arena);
}

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

/* The number of entries that an SMMUv1 or v2 needs: streams covered by another stream need none. */
static int64_t entries_needed(const struct system *system, const struct iommu *iommu)
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

static void judge_capacity(const struct system *system, struct findings *findings,
			   struct arena *arena)
{
	for (size_t i = 0; i < system->iommu_count; i++) {
		const struct iommu *iommu = system->iommus[i];
		int64_t needed;

		if (iommu->kind != IOMMU_KIND_SMMU || iommu->stream_entries < 0)
			continue;
		needed = entries_needed(system, iommu);
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

static void report_reservation(const struct reservation *reservation, struct findings *findings,
			       struct arena *arena)
{
	const char *meaning =
		!reservation->direct ? "is never mapped"
		: reservation->relaxable
			? "is mapped 1:1; assignment to a guest may drop that"
			: "must stay mapped 1:1, so VFIO refuses the devices' groups, unless the "
			  "kernel drops it, as for USB and graphics";

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

struct findings streams_findings(const struct system *system, const struct overlap *overlaps,
				 struct arena *arena)
{
	struct findings findings = {0};

	for (size_t i = 0; i < system->stream_count; i++)
		judge_stream(system, &system->streams[i], &overlaps[i], &findings, arena);
	judge_capacity(system, &findings, arena);
	for (size_t i = 0; i < system->reservation_count; i++)
		report_reservation(system->reservations[i], &findings, arena);
	table_notes_findings(system, &findings, arena);
	return findings;
}

const struct source *streams_blind(const struct system *system)
{
	static const char *const needed[] = {"bus_devices", "iommu_class", "streams"};
	const struct source *unread = source_unread(system, needed, ARRAY_SIZE(needed));

	return unread ? unread : firmware_unread(system);
}
