/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/streams.h"

#include "checks/stream_entries.h"
#include "checks/stream_evidence.h"
#include "checks/table_notes.h"
#include "checks/unread.h"
#include "model/dma.h"
#include "model/firmware_table.h"
#include "model/kernel_release.h"
#include "model/stream_index.h"

#include <inttypes.h>
#include <string.h>

bool stream_is_on(const struct stream *stream, enum iommu_kind kind)
{
	return stream->iommu_kind == kind;
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

/*
 * The findings while they are made. @chosen: by index of the device, or NULL. @neighbours: by
 * index, the devices that share a stream with a chosen one; NULL where that is not known
 */
struct judging {
	const struct system *system;
	struct arena *arena;
	struct findings findings;
	const bool *chosen;
	bool *neighbours;
};

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
static struct finding finding_of_overlap(const struct machine *machine, const struct stream *stream,
					 const struct others *others, struct arena *arena)
{
	const char **devices = arena_array(arena, others->count + 1, sizeof(*devices));

	devices[0] = stream->device_name;
	for (size_t i = 0; i < others->count; i++)
		devices[i + 1] = others->streams[i]->device_name;
	return (struct finding){
		.subject = stream->device_name,
		.evidence = stream_evidence(machine, stream, arena),
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

static bool is_device_chosen(const struct judging *judging, const struct device *device)
{
	return !judging->chosen || (device && judging->chosen[device->index]);
}

/* With more streams than are named, a chosen device may be one of those that are not. */
static bool concerns_chosen(const struct judging *judging, const struct stream *stream,
			    const struct others *others)
{
	if (is_device_chosen(judging, stream->device))
		return true;
	for (size_t i = 0; i < others->count; i++)
		if (is_device_chosen(judging, others->streams[i]->device))
			return true;
	return others->more && (!judging->neighbours || !stream->device ||
				judging->neighbours[stream->device->index]);
}

/* On an SMMUv3 an ID can belong to one device only. */
static void judge_v3(struct judging *judging, const struct stream *stream,
		     const struct overlap *overlap)
{
	struct arena *arena = judging->arena;
	struct others others = {.more = overlap->more};
	bool refused = has_no_group(stream);
	struct finding finding;

	for (size_t i = 0; i < overlap->count; i++)
		if (overlap->streams[i]->count == 1 && is_v3_subject(stream, overlap->streams[i]))
			others.streams[others.count++] = overlap->streams[i];
	if (!others.count || !concerns_chosen(judging, stream, &others))
		return;
	finding = finding_of_overlap(&judging->system->machine, stream, &others, arena);
	finding.code = CODE_STREAM_TAKEN;
	finding.severity = refused ? SEVERITY_ALARM : SEVERITY_WARNING;
	finding.message =
		arena_printf(arena, "%s belongs to %s; an SMMUv3 gives it to one device, and %s",
			     stream_words(stream, arena), name_others(&others, false, arena),
			     refused ? "this one runs without a group in the other's address space"
				     : "the second one to probe gets no group");
	finding.remedy = "Give each device a stream ID of its own in firmware; until then unbind "
			 "one of the two.";
	findings_add(&judging->findings, arena, finding);
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
 * A finding about two streams names one of them as its subject. True if that is @stream: where the
 * group was split, the stream of the device without a group, else the first of the two.
 */
static bool is_v2_subject(enum finding_code code, const struct stream *stream,
			  const struct stream *other)
{
	return code == CODE_STREAM_SPLIT ? has_no_group(stream) : stream < other;
}

static void judge_v2(struct judging *judging, enum finding_code code, enum severity severity,
		     const struct stream *stream, const struct overlap *overlap)
{
	struct arena *arena = judging->arena;
	struct others others = {.more = overlap->more};
	struct finding finding;

	for (size_t i = 0; i < overlap->count; i++) {
		const struct stream *other = overlap->streams[i];

		if (other->count == 1 && v2_code(stream, other) == code &&
		    is_v2_subject(code, stream, other))
			others.streams[others.count++] = other;
	}
	if (!others.count || !concerns_chosen(judging, stream, &others))
		return;
	finding = finding_of_overlap(&judging->system->machine, stream, &others, arena);
	finding.code = code;
	finding.severity = severity;
	finding.message = v2_message(judging->system, code, stream, &others, arena);
	if (code != CODE_STREAM_SHARED)
		finding.remedy = "Change the stream IDs or masks in firmware so that they are "
				 "disjoint, or that one covers the other.";
	findings_add(&judging->findings, arena, finding);
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

/*
 * An ID that a map leaves out is normal for a device that was never to be translated, so only that
 * of a device that runs untranslated is worth a warning.
 */
static enum severity severity_of_error(const struct stream *stream)
{
	if (stream->uncovered && !has_no_group(stream))
		return SEVERITY_NOTE;
	return is_mistake(stream) ? SEVERITY_WARNING : SEVERITY_NOTE;
}

static enum finding_code code_of_error(const struct stream *stream)
{
	if (stream->uncovered)
		return stream->alias_of < 0 ? CODE_STREAM_NOT_MAPPED : CODE_STREAM_ALIAS_NOT_MAPPED;
	return stream->id < 0 ? CODE_STREAM_UNKNOWN : CODE_STREAM_UNUSABLE;
}

static void judge_stream(struct judging *judging, const struct stream *stream,
			 const struct overlap *overlap)
{
	/* That the kernel shows no ID is no fault of firmware. */
	if (stream->error && !stream->hidden && is_device_chosen(judging, stream->device))
		findings_add(&judging->findings, judging->arena,
			     (struct finding){
				     .code = code_of_error(stream),
				     .severity = severity_of_error(stream),
				     .subject = stream->device_name,
				     .message = stream->error,
				     .evidence = stream_evidence(&judging->system->machine, stream,
								 judging->arena),
				     .devices = &stream->device_name,
				     .device_count = 1,
			     });
	/*
	 * A range of an iommu-map describes the IDs that a bridge may pass on, not the devices that
	 * exist.
	 */
	if (stream->count != 1)
		return;
	if (stream_is_on(stream, IOMMU_KIND_SMMU_V3))
		judge_v3(judging, stream, overlap);
	if (!stream_is_on(stream, IOMMU_KIND_SMMU))
		return;
	judge_v2(judging, CODE_STREAM_SHARED, SEVERITY_NOTE, stream, overlap);
	judge_v2(judging, CODE_STREAM_SPLIT, SEVERITY_ALARM, stream, overlap);
	judge_v2(judging, CODE_STREAM_OVERLAP, SEVERITY_WARNING, stream, overlap);
}

static bool serves_chosen(const struct judging *judging, const struct iommu *iommu)
{
	for (size_t i = 0; i < iommu->device_count; i++)
		if (is_device_chosen(judging, iommu->devices[i]))
			return true;
	return !judging->chosen;
}

static void judge_capacity(struct judging *judging)
{
	const struct system *system = judging->system;
	struct arena *arena = judging->arena;

	for (size_t i = 0; i < system->iommu_count; i++) {
		const struct iommu *iommu = system->iommus[i];
		int64_t needed;

		if (iommu->kind != IOMMU_KIND_SMMU || iommu->stream_entries < 0 ||
		    !serves_chosen(judging, iommu))
			continue;
		needed = stream_entries_needed(system, iommu);
		if (needed <= iommu->stream_entries)
			continue;
		findings_add(&judging->findings, arena,
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

/* A reservation names its device as firmware does; some name a range, or a device that is absent.
 */
static bool names_only_others(const struct judging *judging, const struct reservation *reservation)
{
	const struct system *system = judging->system;
	bool others = false;

	for (size_t i = 0; i < system->device_count && judging->chosen; i++) {
		if (strcmp(system->devices[i]->name, reservation->subject) != 0)
			continue;
		if (judging->chosen[i])
			return false;
		others = true;
	}
	return others;
}

static void report_reservation(struct judging *judging, const struct reservation *reservation)
{
	const char *meaning =
		!reservation->direct ? "is never mapped"
		: reservation->relaxable
			? "is mapped 1:1; assignment to a guest may drop that"
			: "must stay mapped 1:1, so VFIO refuses the devices' groups, unless the "
			  "kernel drops it, as for USB and graphics";

	if (names_only_others(judging, reservation))
		return;
	findings_add(
		&judging->findings, judging->arena,
		(struct finding){
			.code = reservation->direct ? CODE_MEMORY_DIRECT : CODE_MEMORY_RESERVED,
			.severity = SEVERITY_NOTE,
			.subject = reservation->subject,
			.message = arena_printf(judging->arena, "0x%" PRIx64 "-0x%" PRIx64 " %s",
						reservation->start, reservation->end, meaning),
			.evidence = reservation->source,
		});
}

static enum stream_step note_neighbour(void *context, const struct stream *other)
{
	bool *neighbours = context;

	if (other->device)
		neighbours[other->device->index] = true;
	return STREAM_NEXT;
}

/* Where a walk ends at its limit, every device may be a neighbour. */
static void find_neighbours(struct judging *judging)
{
	const struct system *system = judging->system;

	judging->neighbours =
		arena_array(judging->arena, system->device_count, sizeof(*judging->neighbours));
	for (size_t i = 0; i < system->stream_count; i++) {
		const struct stream *stream = &system->streams[i];

		if (!stream->device || !judging->chosen[stream->device->index] ||
		    stream_index_walk(system->stream_index, stream, note_neighbour,
				      judging->neighbours))
			continue;
		judging->neighbours = NULL;
		return;
	}
}

struct findings streams_findings(const struct system *system, const struct overlap *overlaps,
				 const bool *chosen, struct arena *arena)
{
	struct judging judging = {.system = system, .arena = arena, .chosen = chosen};

	if (chosen)
		find_neighbours(&judging);
	for (size_t i = 0; i < system->stream_count; i++)
		judge_stream(&judging, &system->streams[i], &overlaps[i]);
	judge_capacity(&judging);
	for (size_t i = 0; i < system->reservation_count; i++)
		report_reservation(&judging, system->reservations[i]);
	if (!chosen)
		table_notes_findings(system, &judging.findings, arena);
	return judging.findings;
}

const struct source *streams_blind(const struct system *system)
{
	static const char *const needed[] = {"bus_devices", "iommu_class", "streams"};
	const struct source *unread = source_unread(system, needed, ARRAY_SIZE(needed));

	return unread ? unread : firmware_unread(system);
}
