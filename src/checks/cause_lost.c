/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bound, and without the group that firmware meant it to have, though the IOMMU is there: the IOMMU
 * refused a stream (drivers/iommu/arm), or came after the device had bound.
 */
#include "checks/cause.h"
#include "checks/streams.h"
#include "model/dma.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct loss {
	const struct system *system;
	const struct device *device;
	struct arena *arena;
	const char *remedy;
};

/* The stream of a device with a group that @stream meets in a way that @matters. */
static const struct stream *find_rival(const struct loss *loss, const struct stream *stream,
				       bool (*matters)(const struct stream *,
						       const struct stream *))
{
	for (size_t i = 0; i < loss->system->stream_count; i++) {
		const struct stream *other = &loss->system->streams[i];

		if (other->device && other->device != loss->device && other->device->group &&
		    other->available && streams_meet(stream, other) && matters(stream, other))
			return other;
	}
	return NULL;
}

static bool always(const struct stream *stream, const struct stream *other)
{
	return true;
}

static bool overlap_in_part(const struct stream *stream, const struct stream *other)
{
	return !stream_covers(stream, other) && !stream_covers(other, stream);
}

static struct cause tell(const struct loss *loss, enum cause_code code, const char *why,
			 const char *evidence)
{
	return (struct cause){
		.code = code, .name = loss->device->label, .why = why, .evidence = evidence};
}

static bool tell_taken(struct loss *loss, const struct stream *stream, struct cause *ret)
{
	const struct stream *rival =
		stream_is_on(stream, IOMMU_KIND_SMMU_V3) ? find_rival(loss, stream, always) : NULL;
	const struct remark *remark =
		remark_find(loss->system, REMARK_STREAM_TAKEN, loss->device->name);

	if (!rival)
		return false;
	loss->remedy = arena_printf(
		loss->arena,
		"Give each device a stream ID of its own in firmware. Until then: echo %s > "
		"/sys/bus/%s/drivers/%s/unbind",
		loss->device->name, loss->device->bus, loss->device->driver);
	*ret = tell(loss, CAUSE_STREAM_TAKEN,
		    arena_printf(loss->arena,
				 "its stream 0x%" PRIx64 " belongs to %s, and an SMMUv3 gives a "
				 "stream to one device: its DMA meets the address space of %s",
				 stream->id, rival->device->label, rival->device->label),
		    remark ? remark->text : "/sys/kernel/iommu_groups");
	return true;
}

static bool tell_overlap(struct loss *loss, const struct stream *stream, struct cause *ret)
{
	const struct stream *rival = stream_is_on(stream, IOMMU_KIND_SMMU)
					     ? find_rival(loss, stream, overlap_in_part)
					     : NULL;

	if (!rival)
		return false;
	loss->remedy = "Change the stream IDs or masks in firmware so that they are disjoint, or "
		       "that one covers the other.";
	*ret = tell(loss, CAUSE_STREAM_OVERLAP,
		    arena_printf(loss->arena,
				 "its stream 0x%" PRIx64 " (mask 0x%" PRIx64 ") overlaps 0x%" PRIx64
				 " (mask 0x%" PRIx64
				 ") of %s, and neither covers the other: the SMMU refuses it",
				 stream->id, stream->mask, rival->id, rival->mask,
				 rival->device->label),
		    stream->device->firmware_node);
	return true;
}

/* One device cannot be in two groups (arm-smmu.c: arm_smmu_device_group). */
static bool tell_split(struct loss *loss, const struct stream *stream, struct cause *ret)
{
	const struct stream *first = NULL;

	for (size_t i = 0; i < loss->device->stream_count; i++) {
		const struct stream *mine = &loss->device->streams[i];
		const struct stream *rival =
			stream_is_on(mine, IOMMU_KIND_SMMU) ? find_rival(loss, mine, always) : NULL;

		if (!rival || (first && rival->device->group == first->device->group))
			continue;
		if (!first) {
			first = rival;
			continue;
		}
		loss->remedy = "Change the stream IDs in firmware so that the device shares "
			       "entries with one group only.";
		*ret = tell(loss, CAUSE_STREAM_SPLIT,
			    arena_printf(loss->arena,
					 "it shares one stream with %s in group %d and another "
					 "with %s in group %d, and cannot be in both",
					 first->device->label, first->device->group->id,
					 rival->device->label, rival->device->group->id),
			    stream->device->firmware_node);
		return true;
	}
	return false;
}

/* Entries that devices with a group take up; one that an earlier one covers takes none. */
static int64_t entries_used(const struct loss *loss, const struct iommu *iommu)
{
	const struct stream *streams = loss->system->streams;
	int64_t used = 0;

	for (size_t i = 0; i < loss->system->stream_count && used < iommu->stream_entries; i++) {
		bool counts = streams[i].iommu == iommu && streams[i].id >= 0 &&
			      streams[i].device && streams[i].device->group;

		for (size_t j = 0; j < i && counts; j++)
			counts = streams[j].iommu != iommu || !streams[j].device ||
				 !streams[j].device->group || streams[j].id < 0 ||
				 !stream_covers(&streams[j], &streams[i]);
		used += counts;
	}
	return used;
}

static bool tell_full(struct loss *loss, const struct stream *stream, struct cause *ret)
{
	const struct iommu *iommu = stream->iommu;

	if (!stream_is_on(stream, IOMMU_KIND_SMMU) || iommu->stream_entries < 0 ||
	    entries_used(loss, iommu) < iommu->stream_entries)
		return false;
	loss->remedy = "Merge streams with masks in firmware, or leave devices of this SMMU "
		       "without a driver.";
	*ret = tell(loss, CAUSE_STREAM_ENTRIES_FULL,
		    arena_printf(loss->arena,
				 "all %" PRId64 " stream entries of %s are taken by devices that "
				 "probed before",
				 iommu->stream_entries, iommu->name),
		    "the kernel log");
	return true;
}

/* The stream ID register field is 15 or 16 bits wide; an SMMUv3 only says so in the log, if at all.
 */
static bool tell_range(struct loss *loss, const struct stream *stream, struct cause *ret)
{
	const struct remark *remark =
		remark_find(loss->system, REMARK_STREAM_RANGE, loss->device->name);

	if (!remark && !(stream_is_on(stream, IOMMU_KIND_SMMU) && stream->id > 0xffff))
		return false;
	loss->remedy = "Correct the stream ID in firmware.";
	*ret = tell(loss, CAUSE_STREAM_OUT_OF_RANGE,
		    arena_printf(loss->arena, "%s has no stream 0x%" PRIx64,
				 stream->iommu ? stream->iommu->name : "its IOMMU", stream->id),
		    remark ? remark->text : stream->device->firmware_node);
	return true;
}

/* A bridge's ID in place of the device's: an IOMMU that knows only functions has no such stream. */
static bool tell_alias(struct loss *loss, const struct stream *stream, struct cause *ret)
{
	char function[16];

	if (!stream_is_on(stream, IOMMU_KIND_VIRTIO) || stream->alias_of < 0 || stream->id < 0)
		return false;
	snprintf(function, sizeof(function), "%02x:%02x.%x", (unsigned)stream->id >> 8 & 0xff,
		 (unsigned)stream->id >> 3 & 0x1f, (unsigned)stream->id & 7);
	for (size_t i = 0; i < loss->system->device_count; i++)
		if (strstr(loss->system->devices[i]->name, function))
			return false;
	loss->remedy = "Move the device to a place that is not behind a PCIe-to-PCI bridge.";
	*ret = tell(loss, CAUSE_STREAM_OUT_OF_RANGE,
		    arena_printf(loss->arena,
				 "behind its bridge it is seen as 0x%" PRIx64
				 ", which is no function of its own: likely its IOMMU knows no "
				 "such stream",
				 stream->id),
		    loss->device->path);
	return true;
}

static struct cause tell_unusable(struct loss *loss, const struct stream *stream)
{
	loss->remedy = "Correct the firmware's description of the device's streams.";
	return tell(loss, CAUSE_UNKNOWN,
		    arena_printf(loss->arena,
				 "firmware names its stream in a way that the kernel "
				 "cannot use: %s",
				 stream->error),
		    stream->device->firmware_node);
}

const char *remedy_bind_again(const struct device *device, struct arena *arena)
{
	return arena_printf(arena,
			    "echo %s > /sys/bus/%s/drivers/%s/unbind; echo %s > "
			    "/sys/bus/%s/drivers/%s/bind",
			    device->name, device->bus, device->driver, device->name, device->bus,
			    device->driver);
}

/* Where the log is silent, nothing tells which of the two it was. */
static struct cause tell_late(struct loss *loss)
{
	const struct device *device = loss->device;
	const struct remark *refused = remark_find(loss->system, REMARK_IOMMU_FAILED, device->name);
	const struct remark *given_up = remark_find(loss->system, REMARK_TIMED_OUT, device->name);

	loss->remedy = remedy_bind_again(device, loss->arena);
	if (refused)
		return tell(loss, CAUSE_BOUND_WITHOUT_IOMMU,
			    "its IOMMU refused it, and its driver was bound all the same: its DMA "
			    "is not translated",
			    refused->text);
	if (given_up)
		return tell(loss, CAUSE_BOUND_WITHOUT_IOMMU,
			    "the deferred probe timeout came before its IOMMU, and its driver was "
			    "bound without: its DMA is not translated",
			    given_up->text);
	return tell(loss, CAUSE_BOUND_WITHOUT_IOMMU,
		    "its driver was bound before its IOMMU was there, or the IOMMU refused it "
		    "without a word: its DMA is not translated",
		    arena_printf(loss->arena, "%s/iommu_group", device->path));
}

struct cause cause_of_lost(const struct system *system, const struct device *device,
			   struct arena *arena, const char **ret_remedy)
{
	static bool (*const rules[])(struct loss *, const struct stream *, struct cause *) = {
		tell_taken, tell_overlap, tell_split, tell_full, tell_range, tell_alias};
	struct loss loss = {system, device, arena, NULL};
	struct cause cause = {.code = CAUSE_COUNT};

	for (size_t i = 0; i < device->stream_count && cause.code == CAUSE_COUNT; i++) {
		const struct stream *stream = &device->streams[i];
		bool told = false;

		for (size_t rule = 0; rule < ARRAY_SIZE(rules) && !told; rule++)
			told = rules[rule](&loss, stream, &cause);
		if (!told && stream->error)
			cause = tell_unusable(&loss, stream);
	}
	if (cause.code == CAUSE_COUNT)
		cause = tell_late(&loss);
	*ret_remedy = loss.remedy;
	return cause;
}
