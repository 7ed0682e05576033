/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/deferral/log_capacity.h"

#include "base/log_line.h"

#include <string.h>

/*
 * True for the prefix that dev_printk writes for a device with a driver, "arm-smmu 5f0000.iommu".
 */
static bool is_prefix_of(struct span prefix, enum iommu_kind kind, const char *name)
{
	const char *driver = iommu_log_prefix(kind);

	return driver && log_take_words(&prefix, driver) && log_take_words(&prefix, " ") &&
	       log_take_words(&prefix, name) && prefix.length == 0;
}

static void read_message(struct span message, struct log_capacity *capacity)
{
	int64_t number;

	if (!log_take_words(&message, "\t"))
		return;
	if (log_take_words(&message, "stream matching with ")) {
		if (log_take_number(&message, 10, &number) &&
		    log_take_words(&message, " register groups"))
			capacity->stream_entries = number;
	} else if (log_take_number(&message, 10, &number) &&
		   log_take_words(&message, " context banks (")) {
		capacity->context_banks = number;
	}
}

struct log_capacity log_capacity(const char *log, enum iommu_kind kind, const char *name)
{
	struct log_capacity capacity = {-1, -1};

	while (*log) {
		struct span line = {log, strcspn(log, "\n")};
		struct log_line parts;

		if (log_line_split(line, &parts) && is_prefix_of(parts.prefix, kind, name))
			read_message(parts.message, &capacity);
		log += line.length + (log[line.length] == '\n');
	}
	return capacity;
}

bool log_is_capacity(struct span line)
{
	struct log_capacity capacity = {-1, -1};
	struct log_line parts;

	/* No other line is worth being split. */
	if (!memchr(line.start, '\t', line.length) || !log_line_split(line, &parts))
		return false;
	read_message(parts.message, &capacity);
	return capacity.stream_entries >= 0 || capacity.context_banks >= 0;
}
