/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/metrics.h"

#include "checks/faults.h"
#include "model/pci.h"
#include "model/pin_match.h"
#include "views/openmetrics.h"

#include <stdlib.h>
#include <string.h>

static void put_source(const struct metric *metric, const struct briefing *briefing,
		       const struct source *source)
{
	const struct metric_label label = {"source", source->name};

	if (source->state != SOURCE_SKIPPED)
		openmetrics_put(briefing->out, metric, &label, 1, !source_is_unread(source));
}

static void put_sources(const struct metric *metric, const struct briefing *briefing)
{
	for (size_t i = 0; i < briefing->system->source_count; i++)
		put_source(metric, briefing, &briefing->system->sources[i]);
	put_source(metric, briefing, briefing->journal);
}

static const char *number_text(const struct briefing *briefing, int64_t number)
{
	return number < 0 ? NULL : arena_printf(briefing->arena, "%lld", (long long)number);
}

static void put_group_infos(const struct metric *metric, const struct briefing *briefing)
{
	for (size_t i = 0; i < briefing->system->group_count; i++) {
		const struct group *group = briefing->system->groups[i];
		const struct metric_label labels[] = {
			{"fingerprint", group->fingerprint},
			{"group", number_text(briefing, group->id)},
			{"type", group->type},
		};

		if (group->fingerprint)
			openmetrics_put(briefing->out, metric, labels, ARRAY_SIZE(labels), 1);
	}
}

/* Bridges and devices that never use DMA are left out, as on the first screen of show. */
static bool is_told(const struct device *device)
{
	return device->driver_known && !device_is_pci_fabric(device) &&
	       (device->group || device_is_pci(device) || device->dma == DMA_LOST ||
		device->dma == DMA_SHARED_STREAM);
}

static void put_device_infos(const struct metric *metric, const struct briefing *briefing)
{
	for (size_t i = 0; i < briefing->system->device_count; i++) {
		const struct device *device = briefing->system->devices[i];
		const struct metric_label labels[] = {
			{"device", device->label},
			{"driver", device->driver},
			{"group", device->group ? number_text(briefing, device->group->id) : NULL},
			{"id", device->vendor_id < 0 ? NULL
						     : arena_printf(briefing->arena, "%04x:%04x",
								    (unsigned)device->vendor_id,
								    (unsigned)device->device_id)},
		};

		if (is_told(device))
			openmetrics_put(briefing->out, metric, labels, ARRAY_SIZE(labels), 1);
	}
}

static void put_hand_overs(const struct metric *metric, const struct briefing *briefing)
{
	struct hand_overs *overs = hand_overs_new(briefing->system);

	for (size_t i = 0; i < briefing->system->device_count; i++) {
		const struct device *device = briefing->system->devices[i];
		const struct metric_label label = {"device", device->label};
		enum hand_over_verdict verdict = hand_over_of(overs, device).verdict;

		if (is_told(device) && verdict != HAND_OVER_UNKNOWN)
			openmetrics_put(briefing->out, metric, &label, 1, verdict != HAND_OVER_NO);
	}
	hand_overs_free(overs);
}

/* A code may be found with several severities: each has its own sample. */
static void put_findings(const struct metric *metric, const struct briefing *briefing)
{
	size_t counts[CODE_COUNT][SEVERITY_COUNT] = {0};

	for (size_t i = 0; i < briefing->findings->count; i++)
		counts[briefing->findings->items[i].code][briefing->findings->items[i].severity]++;
	for (size_t code = 0; code < CODE_COUNT; code++)
		for (size_t severity = 0; severity < SEVERITY_COUNT; severity++) {
			const struct metric_label labels[] = {
				{"code", code_kinds[code].word},
				{"severity", severity_name((enum severity)severity)},
			};

			if (counts[code][severity])
				openmetrics_put(briefing->out, metric, labels, ARRAY_SIZE(labels),
						counts[code][severity]);
		}
}

static int compare_fault_subjects(const void *one, const void *other)
{
	const struct fault_entry *a = one, *b = other;

	return strcmp(a->subject, b->subject);
}

static void put_faults(const struct metric *metric, const struct briefing *briefing)
{
	struct fault_entries entries = fault_entries(briefing->system, NULL, briefing->arena);

	if (entries.count)
		qsort(entries.items, entries.count, sizeof(*entries.items), compare_fault_subjects);
	for (size_t i = 0, next; i < entries.count; i = next) {
		const struct metric_label label = {"device", entries.items[i].subject};
		uint64_t sum = 0;

		for (next = i; next < entries.count &&
			       !compare_fault_subjects(&entries.items[i], &entries.items[next]);
		     next++)
			sum += entries.items[next].fault->count;
		openmetrics_put(briefing->out, metric, &label, 1, sum);
	}
}

static void put_pins(const struct metric *metric, const struct briefing *briefing)
{
	const struct pin_match *matches = pins_match(briefing->system, briefing->arena);

	for (size_t i = 0; i < briefing->system->machine.pin_count; i++) {
		const struct metric_label label = {"pin", matches[i].pin->name};

		openmetrics_put(briefing->out, metric, &label, 1,
				matches[i].state == PIN_SATISFIED);
	}
}

static void put_unfinished(const struct metric *metric, const struct briefing *briefing)
{
	openmetrics_put(briefing->out, metric, NULL, 0, briefing->unfinished);
}

/* @sources: where one of these could not be read at all, the family would be wrong and is left out
 */
static const struct family {
	struct metric metric;
	const char *sources[3];
	void (*put)(const struct metric *metric, const struct briefing *briefing);
} families[] = {
	{{"iommuctl_source_up", METRIC_GAUGE,
	  "Whether a source could be read; where it is 0, samples from it are missing."},
	 {NULL},
	 put_sources},
	{{"iommuctl_group_info", METRIC_GAUGE, "IOMMU groups; the value is always 1."},
	 {"bus_devices", "iommu_groups"},
	 put_group_infos},
	{{"iommuctl_device_info", METRIC_GAUGE,
	  "Devices in groups, of PCI, or without their IOMMU; the value is always 1."},
	 {"bus_devices"},
	 put_device_infos},
	{{"iommuctl_hand_over", METRIC_GAUGE,
	  "Whether a VFIO user can have the device, alone or with its group, or has it."},
	 {"bus_devices", "iommu_groups"},
	 put_hand_overs},
	{{"iommuctl_findings", METRIC_GAUGE, "Findings of \"iommuctl doctor\" that there are now."},
	 {"bus_devices"},
	 put_findings},
	{{"iommuctl_faults_total", METRIC_COUNTER, "IOMMU faults in the log since boot."},
	 {"log"},
	 put_faults},
	{{"iommuctl_pin_satisfied", METRIC_GAUGE,
	  "Whether the device that a pin means has the driver of the pin."},
	 {"pins", "bus_devices"},
	 put_pins},
	{{"iommuctl_transaction_unfinished", METRIC_GAUGE,
	  "Whether \"iommuctl recover\" has work to do."},
	 {"journal"},
	 put_unfinished},
};

static bool has_nothing(const struct briefing *briefing, const char *name)
{
	const struct source *source = strcmp(name, briefing->journal->name) == 0
					      ? briefing->journal
					      : system_source(briefing->system, name);

	return source && source_is_unread(source) && source->state != SOURCE_PARTIAL;
}

static bool is_left_out(const struct briefing *briefing, const struct family *family)
{
	for (size_t i = 0; i < ARRAY_SIZE(family->sources) && family->sources[i]; i++)
		if (has_nothing(briefing, family->sources[i]))
			return true;
	return false;
}

void metrics_put(const struct briefing *briefing)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		if (is_left_out(briefing, &families[i]))
			continue;
		openmetrics_begin(briefing->out, &families[i].metric);
		families[i].put(&families[i].metric, briefing);
	}
	openmetrics_end(briefing->out);
}
