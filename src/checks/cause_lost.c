/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Causes for a bound device without a group whose IOMMU is registered: the IOMMU rejected a stream
 * (drivers/iommu/arm), or was registered after the device was bound.
 */
#include "checks/cause.h"
#include "checks/streams.h"
#include "model/stream_index.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/*
 * The device without a group; the rule that applies sets @cause.
 * @rejected: it was rejected at the registration of its IOMMU, which the kernel took back: by the
 * log, devices before it had groups
 */
struct lost {
	const struct system *system;
	const struct device *device;
	struct arena *arena;
	bool rejected;
	struct cause cause;
};

/* A search for a stream of a device with a group. */
struct search {
	const struct lost *lost;
	const struct stream *stream, *found;
	bool (*matters)(const struct stream *stream, const struct stream *other);
};

/* The number of the group that @device has, or had when its IOMMU registered; -1 none. */
static int64_t group_of(const struct lost *lost, const struct device *device)
{
	const struct remark *joined =
		device && lost->rejected
			? remark_find(lost->system, REMARK_GROUP_JOINED, device->name)
			: NULL;

	if (device && device->group)
		return device->group->id;
	return joined ? joined->number : -1;
}

static enum stream_step note_owner(void *context, const struct stream *other)
{
	struct search *search = context;

	/* Of equal IDs, the walk passes streams of devices with a group first. */
	if (group_of(search->lost, other->device) < 0)
		return search->lost->rejected ? STREAM_NEXT : STREAM_NEXT_ID;
	if (!search->matters(search->stream, other))
		return STREAM_NEXT;
	search->found = other;
	return STREAM_STOP;
}

/*
 * The stream of a device with a group that overlaps with @stream in a way for which @matters is
 * true.
 */
static const struct stream *find_owner(const struct lost *lost, const struct stream *stream,
				       bool (*matters)(const struct stream *,
						       const struct stream *))
{
	struct search search = {.lost = lost, .stream = stream, .matters = matters};

	stream_index_walk(lost->system->stream_index, stream, note_owner, &search);
	return search.found;
}

static bool always(const struct stream *stream, const struct stream *other)
{
	return true;
}

static bool overlap_in_part(const struct stream *stream, const struct stream *other)
{
	return !stream_covers(stream, other) && !stream_covers(other, stream);
}

static void blame(struct lost *lost, enum finding_code code, const char *message,
		  const char *evidence, const char *remedy)
{
	lost->cause.finding = (struct finding){
		.code = code,
		.subject = lost->device->label,
		.message = message,
		.evidence = evidence,
		.remedy = remedy,
	};
}

static bool find_taken(struct lost *lost, const struct stream *stream)
{
	const struct stream *owner =
		stream_is_on(stream, IOMMU_KIND_SMMU_V3) ? find_owner(lost, stream, always) : NULL;
	const struct remark *remark =
		remark_find(lost->system, REMARK_STREAM_TAKEN, lost->device->name);

	if (!owner)
		return false;
	blame(lost, CODE_STREAM_TAKEN,
	      arena_printf(lost->arena,
			   "its stream 0x%" PRIx64 " belongs to %s, and an SMMUv3 gives a "
			   "stream to one device: its DMA uses the address space of %s",
			   stream->id, owner->device->label, owner->device->label),
	      remark ? remark->text : "/sys/kernel/iommu_groups",
	      arena_printf(
		      lost->arena,
		      "Give each device a stream ID of its own in firmware. Until then: echo %s > "
		      "/sys/bus/%s/drivers/%s/unbind",
		      lost->device->name, lost->device->bus, lost->device->driver));
	return true;
}

static bool blame_overlap(struct lost *lost, const struct stream *stream)
{
	const struct stream *owner = stream_is_on(stream, IOMMU_KIND_SMMU)
					     ? find_owner(lost, stream, overlap_in_part)
					     : NULL;

	if (!owner)
		return false;
	blame(lost, CODE_STREAM_OVERLAP,
	      arena_printf(lost->arena,
			   "its stream 0x%" PRIx64 " (mask 0x%" PRIx64 ") overlaps 0x%" PRIx64
			   " (mask 0x%" PRIx64
			   ") of %s, and neither covers the other: the SMMU refuses it",
			   stream->id, stream->mask, owner->id, owner->mask, owner->device->label),
	      stream->device->firmware_node,
	      "Change the stream IDs or masks in firmware so that they are disjoint, or "
	      "that one covers the other.");
	return true;
}

/*
 * The streams of the device belong to two groups, and a device can be in one only (arm-smmu.c:
 * arm_smmu_device_group).
 */
static bool find_split(struct lost *lost, const struct stream *stream)
{
	const struct stream *first = NULL;

	for (size_t i = 0; i < lost->device->stream_count; i++) {
		const struct stream *mine = &lost->device->streams[i];
		const struct stream *owner =
			stream_is_on(mine, IOMMU_KIND_SMMU) ? find_owner(lost, mine, always) : NULL;

		if (!owner ||
		    (first && group_of(lost, owner->device) == group_of(lost, first->device)))
			continue;
		if (!first) {
			first = owner;
			continue;
		}
		blame(lost, CODE_STREAM_SPLIT,
		      arena_printf(lost->arena,
				   "it shares one stream with %s in group %" PRId64
				   " and another with %s in group %" PRId64
				   ", and cannot be in both",
				   first->device->label, group_of(lost, first->device),
				   owner->device->label, group_of(lost, owner->device)),
		      stream->device->firmware_node,
		      "Change the stream IDs in firmware so that the device shares "
		      "entries with one group only.");
		return true;
	}
	return false;
}

static bool find_full(struct lost *lost, const struct stream *stream)
{
	const struct iommu *iommu = stream->iommu;

	if (!iommu || !stream_is_on(stream, IOMMU_KIND_SMMU) || iommu->stream_entries < 0 ||
	    iommu->entries_used < iommu->stream_entries)
		return false;
	blame(lost, CODE_STREAM_ENTRIES_FULL,
	      arena_printf(lost->arena,
			   "all %" PRId64 " stream entries of %s are taken by devices that "
			   "probed before",
			   iommu->stream_entries, iommu->name),
	      "the kernel log",
	      "Merge streams with masks in firmware, or leave devices of this SMMU "
	      "without a driver.");
	return true;
}

/*
 * The stream ID is out of range. The field of the register is 15 or 16 bits wide; the limit of an
 * SMMUv3 is known only from the log, if at all.
 */
static bool find_range(struct lost *lost, const struct stream *stream)
{
	const struct remark *remark =
		remark_find(lost->system, REMARK_STREAM_RANGE, lost->device->name);

	if (!remark && !(stream_is_on(stream, IOMMU_KIND_SMMU) && stream->id > 0xffff))
		return false;
	blame(lost, CODE_STREAM_OUT_OF_RANGE,
	      arena_printf(lost->arena, "%s has no stream 0x%" PRIx64,
			   stream->iommu ? stream->iommu->name : "its IOMMU", stream->id),
	      remark ? remark->text : stream->device->firmware_node,
	      "Correct the stream ID in firmware.");
	return true;
}

/*
 * The stream has the ID of a bridge in place of the device's: an IOMMU that only knows functions
 * has no such stream.
 */
static bool find_alias(struct lost *lost, const struct stream *stream)
{
	char function[16];

	if (!stream_is_on(stream, IOMMU_KIND_VIRTIO) || stream->alias_of < 0 || stream->id < 0)
		return false;
	snprintf(function, sizeof(function), "%02x:%02x.%x", (unsigned)stream->id >> 8 & 0xff,
		 (unsigned)stream->id >> 3 & 0x1f, (unsigned)stream->id & 7);
	for (size_t i = 0; i < lost->system->device_count; i++)
		if (strstr(lost->system->devices[i]->name, function))
			return false;
	blame(lost, CODE_STREAM_OUT_OF_RANGE,
	      arena_printf(lost->arena,
			   "behind its bridge it is seen as 0x%" PRIx64
			   ", which is no function of its own: likely its IOMMU knows no "
			   "such stream",
			   stream->id),
	      lost->device->path,
	      "Move the device to a place that is not behind a PCIe-to-PCI bridge.");
	return true;
}

/*
 * One ID that no entry of the map covers is enough: the kernel drops the other IDs of the device
 * with it (of_iommu_configure).
 */
static bool find_uncovered(struct lost *lost)
{
	for (size_t i = 0; i < lost->device->stream_count; i++) {
		const struct stream *stream = &lost->device->streams[i];
		bool is_alias = stream->alias_of >= 0;

		if (!stream->uncovered)
			continue;
		blame(lost, is_alias ? CODE_STREAM_ALIAS_NOT_MAPPED : CODE_STREAM_NOT_MAPPED,
		      is_alias ? arena_printf(lost->arena,
					      "%s; it is not the device's own ID: a bridge above "
					      "it sends under it",
					      stream->error)
			       : stream->error,
		      "iommu-map of the host bridge",
		      "Add an entry for that ID to iommu-map in the devicetree.");
		return true;
	}
	return false;
}

static void blame_firmware(struct lost *lost, const struct stream *stream)
{
	blame(lost, CODE_STREAM_UNUSABLE,
	      arena_printf(lost->arena,
			   "firmware names its stream in a way that the kernel "
			   "cannot use: %s",
			   stream->error),
	      stream->device->firmware_node,
	      "Correct the firmware's description of the device's streams.");
}

/*
 * Without a log line the cause of a missing group stays open: a late IOMMU, or a rejected stream.
 */
static void blame_order(struct lost *lost)
{
	const struct device *device = lost->device;
	const struct remark *refused = remark_find(lost->system, REMARK_IOMMU_FAILED, device->name);
	const struct remark *given_up = remark_find(lost->system, REMARK_TIMED_OUT, device->name);
	const char *remedy = remedy_of_missed(lost->system, device, lost->arena);

	if (refused)
		blame(lost, CODE_BOUND_WITHOUT_IOMMU,
		      "its IOMMU rejected it, but its driver was bound: its DMA is "
		      "not translated",
		      refused->text, remedy);
	else if (given_up)
		blame(lost, CODE_BOUND_WITHOUT_IOMMU,
		      "the deferred probe timeout expired before its IOMMU was ready, and its "
		      "driver was bound without it: its DMA is not translated",
		      given_up->text, remedy);
	else
		blame(lost, CODE_BOUND_WITHOUT_IOMMU,
		      log_is_whole(lost->system)
			      ? "its driver was bound before its IOMMU was ready, or the IOMMU "
				"rejected it and logged nothing: its DMA is not translated"
			      : "its driver was bound before its IOMMU was ready, or the IOMMU "
				"rejected it, and the log was not read in full: its DMA is not "
				"translated",
		      arena_printf(lost->arena, "%s/iommu_group", device->path), remedy);
}

/*
 * The rules for a rejected stream. The rule for an SMMUv3 is not among them: it rejects a taken
 * stream without an error.
 */
bool cause_of_rejected(const struct system *system, const struct device *device,
		       struct arena *arena, struct cause *ret)
{
	static bool (*const rules[])(struct lost *, const struct stream *) = {
		blame_overlap, find_split, find_range, find_alias};
	struct lost lost = {.system = system, .device = device, .arena = arena, .rejected = true};

	for (size_t i = 0; i < device->stream_count; i++)
		for (size_t rule = 0; rule < ARRAY_SIZE(rules); rule++)
			if (rules[rule](&lost, &device->streams[i])) {
				*ret = lost.cause;
				return true;
			}
	return false;
}

struct cause cause_of_lost(const struct system *system, const struct device *device,
			   struct arena *arena)
{
	static bool (*const rules[])(struct lost *, const struct stream *) = {
		find_taken, blame_overlap, find_split, find_full, find_range, find_alias};
	struct lost lost = {.system = system, .device = device, .arena = arena};
	enum finding_code *code = &lost.cause.finding.code;

	find_uncovered(&lost);
	for (size_t i = 0; i < device->stream_count && *code == CODE_NONE; i++) {
		const struct stream *stream = &device->streams[i];
		bool found = false;

		for (size_t rule = 0; rule < ARRAY_SIZE(rules) && !found; rule++)
			found = rules[rule](&lost, stream);
		if (!found && stream->error && !stream->hidden)
			blame_firmware(&lost, stream);
	}
	if (*code == CODE_NONE)
		blame_order(&lost);
	return lost.cause;
}
