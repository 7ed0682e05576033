/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/deferral/log_remarks.h"
#include "base/log_line.h"

#include <search.h>
#include <string.h>

/* A log line that was recognised; its strings point into the log. */
struct found {
	enum remark_kind kind;
	struct span device, other, reason, text;
	int64_t number;
};

static bool read_pending(struct span message, struct found *found)
{
	if (!log_take_words(&message, "deferred probe pending"))
		return false;
	found->kind = REMARK_PENDING;
	if (!log_take_words(&message, ": "))
		return message.length == 0;
	found->reason = message;
	if (log_take_words(&message, "(reason unknown)") && message.length == 0)
		found->reason = (struct span){NULL, 0};
	return true;
}

static bool read_timed_out(struct span message, struct found *found)
{
	found->kind = REMARK_TIMED_OUT;
	/*
	 * The second wording of this log line is that of a kernel without modules, which cannot
	 * wait for any.
	 */
	return log_take_words(&message, "deferred probe timeout, ignoring dependency") ||
	       log_take_words(&message, "ignoring dependency for device, assuming no driver");
}

static bool read_probe_failed(struct span message, struct found *found)
{
	struct span driver;

	found->kind = REMARK_PROBE_FAILED;
	if (log_take_words(&message, "probe with driver "))
		return log_take_until(&message, " failed with error -", &driver) &&
		       log_take_number(&message, 10, &found->number);
	/* In the log of 6.1 the prefix is the driver, and the device follows "probe of". */
	return log_take_words(&message, "probe of ") &&
	       log_take_until(&message, " failed with error -", &found->device) &&
	       log_take_number(&message, 10, &found->number);
}

/* Since 6.15: "Aliasing StreamID 0x22 (from a000200.virtio_mmio) unsupported, expect …" */
static bool read_stream_aliased(struct span message, struct found *found)
{
	found->kind = REMARK_STREAM_TAKEN;
	return log_take_words(&message, "Aliasing StreamID 0x") &&
	       log_take_number(&message, 16, &found->number) &&
	       log_take_words(&message, " (from ") &&
	       log_take_until(&message, ") unsupported", &found->other);
}

static bool read_stream_taken(struct span message, struct found *found)
{
	found->kind = REMARK_STREAM_TAKEN;
	if (!log_take_words(&message, "stream ") ||
	    !log_take_number(&message, 10, &found->number) ||
	    !log_take_words(&message, " already in tree"))
		return false;
	if (log_take_words(&message, " from dev "))
		found->other = message;
	return true;
}

static bool read_stream_range(struct span message, struct found *found)
{
	found->kind = REMARK_STREAM_RANGE;
	return (log_take_words(&message, "stream ID 0x") ||
		log_take_words(&message, "SMR mask 0x")) &&
	       log_take_number(&message, 16, &found->number) &&
	       log_take_words(&message, " out of range for SMMU");
}

static bool read_iommu_failed(struct span message, struct found *found)
{
	int64_t group;

	found->kind = REMARK_IOMMU_FAILED;
	if (log_take_words(&message, "Failed to register iommu"))
		return true;
	return log_take_words(&message, "Failed to add to iommu group ") &&
	       log_take_number(&message, 10, &group) && log_take_words(&message, ": -") &&
	       log_take_number(&message, 10, &found->number);
}

static bool read_group_joined(struct span message, struct found *found)
{
	found->kind = REMARK_GROUP_JOINED;
	return log_take_words(&message, "Adding to iommu group ") &&
	       log_take_number(&message, 10, &found->number) && message.length == 0;
}

/* "/soc/phy@1: Fixed dependency cycle(s) with /soc/clock@2" (drivers/base/core.c). */
static bool read_cycle_fixed(struct span message, struct found *found)
{
	found->kind = REMARK_CYCLE_FIXED;
	if (!log_take_words(&message, "Fixed dependency cycle(s) with "))
		return false;
	found->other = message;
	return true;
}

static bool (*const readers[])(struct span message, struct found *found) = {
	read_pending,	   read_timed_out,    read_probe_failed,
	read_stream_taken, read_stream_range, read_stream_aliased,
	read_iommu_failed, read_group_joined, read_cycle_fixed,
};

/* "error -EINVAL: ", which dev_err_probe puts before a driver's own text (drivers/base/core.c). */
static void strip_error_name(struct span *message)
{
	struct span rest = *message, name;

	if (log_take_words(&rest, "error -") && log_take_until(&rest, ": ", &name) &&
	    !memchr(name.start, ' ', name.length))
		*message = rest;
}

/*
 * Recognise a line. dev_printk writes "DRIVER NAME: " or "BUS NAME: " first; a driver's name may
 * have blanks.
 */
static bool read_line(struct span line, struct found *ret_found)
{
	struct log_line parts;
	struct found whole;

	if (!log_line_split(line, &parts))
		return false;
	strip_error_name(&parts.message);
	whole = (struct found){
		.device = log_last_word(parts.prefix), .text = parts.text, .number = -1};
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		struct found found = whole;

		if (!readers[i](parts.message, &found))
			continue;
		*ret_found = found;
		return found.device.length;
	}
	return false;
}

bool log_is_remark(struct span line)
{
	struct found found;

	return read_line(line, &found);
}

/* The order for tsearch: lines of one kind about one device are equal. */
static int compare_remarks(const void *a, const void *b)
{
	const struct found *left = a, *right = b;

	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	if (left->device.length != right->device.length)
		return left->device.length < right->device.length ? -1 : 1;
	return memcmp(left->device.start, right->device.start, left->device.length);
}

static void free_nothing(void *item)
{
}

/*
 * Search from the end of the log: the newest line of each kind comes first, and the oldest lines
 * are left out if there are too many.
 */
static size_t find_newest(struct span log, struct found *found)
{
	void *seen = NULL;
	size_t count = 0;

	while (log.length && count < LOG_REMARKS_MAX) {
		const char *end = memrchr(log.start, '\n', log.length);
		size_t before = end ? (size_t)(end + 1 - log.start) : 0;
		struct span line = {log.start + before, log.length - before};
		void *node;

		log.length = end ? before - 1 : 0;
		if (!read_line(line, &found[count]))
			continue;
		node = tsearch(&found[count], &seen, compare_remarks);
		if (!node)
			memory_exhausted();
		if (*(struct found **)node == &found[count])
			count++;
	}
	tdestroy(seen, free_nothing);
	return count;
}

static const char *copy(struct arena *arena, struct span text)
{
	return text.start ? arena_text(arena, text.start, text.length) : NULL;
}

size_t log_remarks(const char *log, size_t length, struct arena *arena,
		   const struct remark **ret_remarks)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct found *found = arena_array(scratch, LOG_REMARKS_MAX, sizeof(*found));
	size_t count = find_newest((struct span){log, length}, found);
	struct remark *remarks = arena_array(arena, count, sizeof(*remarks));

	for (size_t i = 0; i < count; i++) {
		const struct found *from = &found[count - 1 - i];

		remarks[i] = (struct remark){
			.kind = from->kind,
			.device = copy(arena, from->device),
			.number = from->number,
			.other = copy(arena, from->other),
			.reason = copy(arena, from->reason),
			.text = copy(arena, from->text),
		};
	}
	*ret_remarks = remarks;
	return count;
}
