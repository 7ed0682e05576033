/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/summary.h"

#include "views/hand_over.h"

#include <stdio.h>

/* Counts of rows. @unprotected: devices with a driver whose DMA no IOMMU translates or blocks */
struct counts {
	size_t devices, groups, verdicts[HAND_OVER_COUNT], unprotected;
};

static bool runs_unprotected(const struct device *device)
{
	return device->driver && (device->dma == DMA_IDENTITY || device->dma == DMA_DIRECT ||
				  device->dma == DMA_LOST || device->dma == DMA_SHARED_STREAM);
}

static struct counts count_rows(const struct rows *rows)
{
	struct counts counts = {0};
	const struct group *last = NULL;

	for (size_t i = 0; i < rows->count; i++) {
		const struct row *row = &rows->items[i];

		counts.groups += row->group && row->group != last;
		last = row->group;
		if (!row->device)
			continue;
		counts.devices++;
		counts.verdicts[hand_over_of(row->hand_overs, row->device).verdict]++;
		counts.unprotected += runs_unprotected(row->device);
	}
	return counts;
}

static void print_count(const struct options *options, const char **separator, size_t count,
			const char *words)
{
	if (!count)
		return;
	rows_print_verdict(options, "%s%zu %s", *separator, count, words);
	*separator = ", ";
}

static void print_verdicts(const struct counts *counts, const struct options *options)
{
	const char *separator = ": ";

	print_count(options, &separator, counts->verdicts[HAND_OVER_ALONE], "can go alone");
	print_count(options, &separator, counts->verdicts[HAND_OVER_WITH_OTHERS], "with others");
	print_count(options, &separator, counts->verdicts[HAND_OVER_GIVEN], "given");
	print_count(options, &separator, counts->verdicts[HAND_OVER_NO], "cannot go");
	print_count(options, &separator, counts->verdicts[HAND_OVER_UNKNOWN], "unknown");
	if (counts->unprotected)
		rows_print_verdict(options, "; %zu run%s unprotected", counts->unprotected,
				   counts->unprotected == 1 ? "s" : "");
}

/* Where a list of devices could not be read, there are more than the rows show. */
static bool lists_all_devices(const struct system *system)
{
	const struct source *list = system_source(system, "bus_devices");

	return list && list->state == SOURCE_READ;
}

void summary_print(const struct rows *rows, const struct look *look, const struct options *options,
		   size_t hidden)
{
	const struct column *column = NULL;
	struct counts counts = count_rows(rows);

	if (!rows->count && !hidden)
		return;
	for (size_t i = 0; i < look->choice.count && !column; i++)
		if (look->choice.columns[i]->get == get_hand_over)
			column = look->choice.columns[i];
	rows_print_verdict(options, "%s%s%zu device%s", rows->count ? "\n" : "",
			   lists_all_devices(look->system) ? "" : "at least ", counts.devices,
			   counts.devices == 1 ? "" : "s");
	if (counts.groups)
		rows_print_verdict(options, " in %zu group%s", counts.groups,
				   counts.groups == 1 ? "" : "s");
	if (column)
		print_verdicts(&counts, options);
	rows_print_verdict(options, ".\n");
	if (hidden)
		rows_print_verdict(options, "%zu bridge%s or the like not shown (--all). ", hidden,
				   hidden == 1 ? "" : "s");
	rows_print_verdict(options, "More: iommuctl status DEVICE, iommuctl doctor\n");
}
