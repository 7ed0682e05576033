/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/summary.h"

#include "base/cleanup.h"
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

/* Add ": 5 can go alone, 2 with others"; a count of 0 is left out. */
static void append_count(FILE *out, const char **separator, size_t count, const char *words)
{
	if (!count)
		return;
	fprintf(out, "%s%zu %s", *separator, count, words);
	*separator = ", ";
}

static void append_verdicts(FILE *out, const struct counts *counts)
{
	const char *separator = ": ";

	append_count(out, &separator, counts->verdicts[HAND_OVER_ALONE], "can go alone");
	append_count(out, &separator, counts->verdicts[HAND_OVER_WITH_OTHERS], "with others");
	append_count(out, &separator, counts->verdicts[HAND_OVER_GIVEN], "given");
	append_count(out, &separator, counts->verdicts[HAND_OVER_NO], "cannot go");
	append_count(out, &separator, counts->verdicts[HAND_OVER_UNKNOWN], "unknown");
	if (counts->unprotected)
		fprintf(out, "; %zu run%s unprotected", counts->unprotected,
			counts->unprotected == 1 ? "s" : "");
}

/* Where a list of devices could not be read, there are more than the rows show. */
static bool lists_all_devices(const struct system *system)
{
	const struct source *list = system_source(system, "bus_devices");

	return list && list->state == SOURCE_READ;
}

static bool shows_verdicts(const struct choice *choice)
{
	for (size_t i = 0; i < choice->count; i++)
		if (choice->columns[i]->get == get_hand_over)
			return true;
	return false;
}

static void print_counts(const struct rows *rows, const struct look *look,
			 const struct options *options)
{
	const struct counts counts = count_rows(rows);
	_autofree_ char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		memory_exhausted();
	fprintf(out, "%s%zu device%s", lists_all_devices(look->system) ? "" : "at least ",
		counts.devices, counts.devices == 1 ? "" : "s");
	if (counts.groups)
		fprintf(out, " in %zu group%s", counts.groups, counts.groups == 1 ? "" : "s");
	if (shows_verdicts(&look->choice))
		append_verdicts(out, &counts);
	fputc('.', out);
	if (fclose(out) != 0)
		memory_exhausted();
	rows_print_folded(options, text);
}

void summary_print(const struct rows *rows, const struct look *look, const struct options *options,
		   size_t hidden)
{
	static const char more[] = "More: iommuctl status DEVICE, iommuctl doctor";
	char text[256];

	if (!rows->count && !hidden)
		return;
	if (rows->count)
		rows_print_verdict(options, "\n");
	print_counts(rows, look, options);
	if (hidden)
		snprintf(text, sizeof(text), "%zu bridge%s or the like not shown (--all). %s",
			 hidden, hidden == 1 ? "" : "s", more);
	rows_print_folded(options, hidden ? text : more);
}
