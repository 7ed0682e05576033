/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An inventory from a snapshot. */
#include "base/text.h"
#include "checks/hand_over.h"
#include "checks/inventory.h"
#include "model/command_line.h"
#include "model/location.h"
#include "model/pci.h"

#include <inttypes.h>
#include <string.h>

/* Documents have escaped texts: the same texts must stand here. */
static const char *escape_text(struct arena *arena, const char *text)
{
	size_t length = text ? strlen(text) : 0;
	char *escaped;

	if (!text || text_is_safe(text, length))
		return text ? arena_text(arena, text, length) : NULL;
	escaped = arena_alloc(arena, 4 * length + 1);
	text_escape(text, length, escaped, 4 * length + 1);
	return escaped;
}

static struct fact_text known_text(const char *text)
{
	return (struct fact_text){.text = text};
}

static struct fact_text unknown_if(bool unknown, const char *text)
{
	return (struct fact_text){.text = unknown ? NULL : text, .unknown = unknown};
}

static void convert_machine(struct inventory *inventory, const struct machine *machine)
{
	struct arena *arena = inventory->arena;
	const char *kernel = escape_text(arena, machine->kernel);
	const char *arch = escape_text(arena, machine->arch);

	if (kernel && arch)
		kernel = arena_printf(arena, "%s (%s)", kernel, arch);
	inventory->facts[MACHINE_KERNEL] = unknown_if(!kernel || !arch, kernel);
	inventory->facts[MACHINE_OPTIONS] =
		unknown_if(!machine->command_line,
			   escape_text(arena, command_line_options(arena, machine->command_line)));
	inventory->facts[MACHINE_FIRMWARE] =
		unknown_if(!machine->firmware, escape_text(arena, machine->firmware));
	inventory->facts[MACHINE_USAGE] =
		unknown_if(machine->iommu == USAGE_UNKNOWN, usage_name(machine->iommu));
	inventory->table_count = machine->table_sum_count;
	inventory->tables =
		arena_array(arena, machine->table_sum_count + 1, sizeof(*inventory->tables));
	for (size_t i = 0; i < machine->table_sum_count; i++)
		inventory->tables[i] = (struct inventory_table){
			machine->table_sums[i].name,
			arena_printf(arena, "%" PRIu32 " bytes, 0x%" PRIx64,
				     machine->table_sums[i].size, machine->table_sums[i].sum)};
}

static void convert_iommus(struct inventory *inventory, const struct system *system)
{
	struct arena *arena = inventory->arena;

	inventory->iommu_count = system->iommu_count;
	inventory->iommus = arena_array(arena, system->iommu_count + 1, sizeof(*inventory->iommus));
	for (size_t i = 0; i < system->iommu_count; i++) {
		const struct iommu *iommu = system->iommus[i];

		inventory->iommus[i] = (struct inventory_iommu){
			.name = escape_text(arena, iommu->name),
			.identity = escape_text(arena, iommu->identity),
			.firmware_node = escape_text(arena, iommu->firmware_node),
			.state = unknown_if(iommu->state == IOMMU_UNKNOWN,
					    iommu_state_name(iommu->state)),
		};
	}
}

static const char *region_list(const struct group *group, struct arena *arena)
{
	const char **texts = arena_array(arena, group->region_count + 1, sizeof(*texts));

	for (size_t i = 0; i < group->region_count; i++)
		texts[i] = arena_printf(arena, "0x%" PRIx64 "-0x%" PRIx64 ":%s",
					group->regions[i].start, group->regions[i].end,
					region_kind_name(group->regions[i].kind));
	return inventory_list(arena, texts, group->region_count);
}

static const char *group_iommu_list(const struct group *group, struct arena *arena)
{
	const char **texts = arena_array(arena, group->iommu_count + 1, sizeof(*texts));

	for (size_t i = 0; i < group->iommu_count; i++)
		texts[i] = escape_text(arena, group->iommus[i]->identity);
	return inventory_list(arena, texts, group->iommu_count);
}

static void convert_groups(struct inventory *inventory, const struct system *system)
{
	struct arena *arena = inventory->arena;

	inventory->group_count = system->group_count;
	inventory->groups = arena_array(arena, system->group_count + 1, sizeof(*inventory->groups));
	for (size_t i = 0; i < system->group_count; i++) {
		const struct group *group = system->groups[i];
		struct inventory_group *item = &inventory->groups[i];

		item->id = group->id;
		item->fingerprint = escape_text(arena, group->fingerprint);
		item->facts[GROUP_FACT_TYPE] =
			unknown_if(!group->type, escape_text(arena, group->type));
		item->facts[GROUP_FACT_IOMMUS] = known_text(group_iommu_list(group, arena));
		item->facts[GROUP_FACT_REGIONS] =
			unknown_if(!group->regions_known, region_list(group, arena));
	}
}

static struct fact_text streams_of_device(const struct device *device, struct arena *arena)
{
	const char **texts = arena_array(arena, device->stream_count + 1, sizeof(*texts));
	bool unknown = false;

	for (size_t i = 0; i < device->stream_count; i++) {
		const struct stream *stream = &device->streams[i];

		unknown |= stream->id < 0;
		texts[i] = inventory_stream(arena, stream->id, stream->mask, stream->count);
	}
	return unknown_if(unknown, inventory_list(arena, texts, device->stream_count));
}

static bool has_requester_ids(const struct device *device)
{
	for (size_t i = 0; i < device->stream_count; i++)
		if (device->streams[i].kind == STREAM_REQUESTER_ID)
			return true;
	return false;
}

static const char *interface_list(const struct device *device, struct arena *arena)
{
	const char **texts = arena_array(arena, device->interface_count + 1, sizeof(*texts));

	for (size_t i = 0; i < device->interface_count; i++)
		texts[i] = escape_text(arena, device->interfaces[i]);
	return inventory_list(arena, texts, device->interface_count);
}

static void add_hand_over(struct inventory_device *item, const struct hand_overs *overs,
			  const struct device *device, struct arena *arena)
{
	struct hand_over verdict = hand_over_of(overs, device);
	const char *culprit = verdict.culprit ? verdict.culprit->label : NULL;
	bool unusable = verdict.verdict == HAND_OVER_GIVEN && verdict.why;

	item->why = escape_text(arena, hand_over_why(&verdict, culprit, arena));
	item->facts[DEVICE_FACT_HAND_OVER] =
		unknown_if(verdict.verdict == HAND_OVER_UNKNOWN,
			   unusable ? "unusable" : hand_over_verdict_name(verdict.verdict));
}

static void add_device_facts(struct inventory_device *item, const struct device *device,
			     struct arena *arena)
{
	struct fact_text *facts = item->facts;

	facts[DEVICE_FACT_DRIVER] =
		unknown_if(!device->driver_known, escape_text(arena, device->driver));
	facts[DEVICE_FACT_OVERRIDE] =
		unknown_if(device->override_unknown, escape_text(arena, device->driver_override));
	facts[DEVICE_FACT_STATE] =
		unknown_if(device->state == DEVICE_UNKNOWN, device_state_name(device->state));
	facts[DEVICE_FACT_DMA] =
		unknown_if(device->dma == DMA_UNKNOWN, device_dma_name(device->dma));
	facts[DEVICE_FACT_STREAMS] = streams_of_device(device, arena);
	facts[DEVICE_FACT_INTERFACES] = known_text(interface_list(device, arena));
}

static int group_index(const struct system *system, const struct device *device)
{
	return device->group ? (int)system_group_place(system, device->group->id) : -1;
}

static void convert_device(struct inventory_device *item, const struct system *system,
			   const struct device *device, struct arena *arena)
{
	const int64_t numbers[] = {device->vendor_id, device->device_id,
				   device->subsystem_vendor_id, device->subsystem_device_id,
				   device->class};
	char *location = arena_alloc(arena, strlen(device->path) + 1);

	location_write(device->path, location);
	item->name = escape_text(arena, device->label);
	item->bus = escape_text(arena, device->bus);
	item->location = escape_text(arena, location);
	item->ids = device_is_pci(device) ? inventory_ids(arena, numbers) : NULL;
	item->firmware_node = escape_text(arena, device->firmware_node);
	item->group = group_index(system, device);
	item->group_unknown = device->group_unknown;
	item->streams_by_address = has_requester_ids(device);
	add_device_facts(item, device, arena);
}

static void convert_devices(struct inventory *inventory, const struct system *system)
{
	struct hand_overs *overs = hand_overs_new(system);

	inventory->device_count = system->device_count;
	inventory->devices = arena_array(inventory->arena, system->device_count + 1,
					 sizeof(*inventory->devices));
	for (size_t i = 0; i < system->device_count; i++) {
		struct inventory_device *item = &inventory->devices[i];

		convert_device(item, system, system->devices[i], inventory->arena);
		add_hand_over(item, overs, system->devices[i], inventory->arena);
	}
	hand_overs_free(overs);
}

struct inventory *inventory_of(const struct system *system)
{
	struct inventory *inventory = inventory_new();

	for (size_t i = 0; i < system->source_count; i++)
		if (source_is_unread(&system->sources[i]))
			inventory_note_source(inventory, system->sources[i].name);
	convert_machine(inventory, &system->machine);
	convert_iommus(inventory, system);
	convert_groups(inventory, system);
	convert_devices(inventory, system);
	inventory_finish(inventory);
	return inventory;
}
