/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/summary.h"

#include "base/cleanup.h"
#include "commands/elsewhere.h"
#include "model/pci.h"
#include "views/hand_over.h"
#include "views/screen.h"

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

static bool misses_something(const struct device *device)
{
	return device->state == DEVICE_DEFERRED || device->state == DEVICE_WAITING ||
	       device->dma == DMA_LOST || device->dma == DMA_SHARED_STREAM;
}

/* Also of devices that have no row: a stranger may search for one of them. */
static void print_missing(const struct system *system, const struct options *options)
{
	_autoarena_ struct arena *arena = arena_new();
	size_t count = 0;

	for (size_t i = 0; i < system->device_count; i++)
		count += misses_something(system->devices[i]);
	if (count)
		rows_print_folded(options,
				  arena_printf(arena, "%zu device%s: %s", count,
					       count == 1 ? " waits or lacks its IOMMU"
							  : "s wait or lack their IOMMU",
					       elsewhere_command(options, "deferred", arena)));
}

/* How good an example for a hand-over the row's device is; 0 where it cannot be handed over. */
static int rank_example(const struct row *row)
{
	enum hand_over_verdict verdict =
		row->device ? hand_over_of(row->hand_overs, row->device).verdict : HAND_OVER_NO;
	int alone = verdict == HAND_OVER_ALONE;

	if (!alone && verdict != HAND_OVER_WITH_OTHERS)
		return 0;
	return device_is_pci(row->device) ? 3 + alone : 1 + alone;
}

/* The first of the best examples; NULL for none. */
static const struct device *find_example(const struct rows *rows)
{
	const struct device *found = NULL;
	int best = 0;

	for (size_t i = 0; i < rows->count; i++) {
		int rank = rank_example(&rows->items[i]);

		if (rank <= best)
			continue;
		best = rank;
		found = rows->items[i].device;
	}
	return found;
}

static void print_next(const struct rows *rows, const struct options *options)
{
	const struct device *example = find_example(rows);
	_autoarena_ struct arena *arena = arena_new();

	if (!example)
		return;
	rows_print_folded(options, arena_printf(arena, "To hand one over: %s %s, or another",
						elsewhere_command(options, "status", arena),
						text_escaped(example->label, arena)));
}

void summary_print(const struct rows *rows, const struct look *look, const struct options *options,
		   size_t hidden)
{
	_autoarena_ struct arena *arena = arena_new();
	const char *more;

	if (!rows->count && !hidden)
		return;
	if (rows->count)
		rows_print_verdict(options, "\n");
	print_counts(rows, look, options);
	more = arena_printf(arena, "All findings: %s", elsewhere_command(options, "doctor", arena));
	if (hidden)
		more = arena_printf(arena, "%zu bridge%s or the like not shown (--all). %s", hidden,
				    hidden == 1 ? "" : "s", more);
	rows_print_folded(options, more);
	print_missing(look->system, options);
	if (shows_verdicts(&look->choice))
		print_next(rows, options);
}
