/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel log: what SMMUs said of their size when they were probed
 * (drivers/iommu/arm/arm-smmu/arm-smmu.c: arm_smmu_device_cfg_probe), and why devices did not probe
 * or run without their IOMMU. No other interface tells.
 * The log is a ring: what it no longer says is unknown, not absent.
 */
#include "sources/deferral/log.h"
#include "base/text.h"
#include "sources/deferral/log_remarks.h"
#include "sources/sources.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>

enum { LOG_READ_ALL = 3, LOG_SIZE = 10, LOG_MAX = 64 * 1024 * 1024 };

/*
 * The size counts what the records say; level, time and caller come on top, once a line, and the
 * kernel leaves out the oldest records that do not fit with them. It expects 32 bytes a record.
 */
enum { LOG_GROWTH = 3 };

static int read_ring(struct arena *arena, char **ret_text, size_t *ret_length)
{
	int size = klogctl(LOG_SIZE, NULL, 0), length;
	char *text;

	if (size < 0)
		return -errno;
	size = size < LOG_MAX / LOG_GROWTH ? size * LOG_GROWTH : LOG_MAX;
	text = arena_alloc(arena, (size_t)size + 1);
	length = klogctl(LOG_READ_ALL, text, size);
	if (length < 0)
		return -errno;
	*ret_text = text;
	*ret_length = (size_t)length;
	return 0;
}

int log_read(const struct root *root, struct arena *arena, char **ret_text)
{
	size_t length = 0;
	char *text = NULL;
	int result = root_is_live(root)
			     ? read_ring(arena, &text, &length)
			     : root_read_all(root, arena, CAPTURED_LOG, LOG_MAX, &text, &length);

	if (result < 0)
		return result;
	for (size_t i = 0; i < length; i++)
		if (!text[i])
			text[i] = '?';
	*ret_text = text;
	return 0;
}

/* The number in front of @words, in a line of the log that starts after the device's name. */
static int64_t number_before(const char *line, size_t length, const char *words)
{
	const char *at = memmem(line, length, words, strlen(words));
	const char *start = at;
	char digits[16] = "";
	uint64_t number;

	while (start && start > line && start[-1] >= '0' && start[-1] <= '9')
		start--;
	if (!at || (size_t)(at - start) >= sizeof(digits))
		return -1;
	memcpy(digits, start, (size_t)(at - start));
	return text_number(digits, 10, &number) ? (int64_t)number : -1;
}

static void take_line(struct iommu *iommu, const char *line, size_t length)
{
	int64_t entries = number_before(line, length, " register groups");
	int64_t banks = number_before(line, length, " context banks");

	if (entries >= 0)
		iommu->stream_entries = entries;
	if (banks >= 0)
		iommu->context_banks = banks;
}

static void find_capacity(struct iommu *iommu, const char *log)
{
	char prefix[256];

	if (!iommu->device)
		return;
	snprintf(prefix, sizeof(prefix), " %s: ", text_basename(iommu->device));
	for (const char *at = log; (at = strstr(at, prefix));) {
		at += strlen(prefix);
		take_line(iommu, at, strcspn(at, "\n"));
	}
}

static void find_remarks(struct build *build, const char *log)
{
	const struct remark *remarks;
	size_t count = log_remarks(log, strlen(log), build_arena(build), &remarks);

	for (size_t i = 0; i < count; i++)
		build_remark(build, remarks[i]);
}

int source_log(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = NULL;
	char *log;
	int result;

	if (!reading_wants(reading, FACT_CAPACITY | FACT_SUPPLIERS)) {
		build_source(reading->build, "log", SOURCE_SKIPPED, NULL);
		return 0;
	}
	scratch = arena_new();
	result = log_read(reading->root, scratch, &log);
	if (result < 0) {
		reading_failed(reading, "log", result, "the kernel log");
		return 0;
	}
	for (size_t i = 0; i < build_iommu_count(reading->build); i++)
		find_capacity(build_iommu_at(reading->build, i), log);
	if (reading_wants(reading, FACT_SUPPLIERS))
		find_remarks(reading->build, log);
	reading_done(reading, "log");
	return 0;
}
