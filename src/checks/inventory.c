/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/inventory.h"

#include "base/text.h"
#include "model/firmware_table.h"

#include <inttypes.h>
#include <string.h>

struct inventory *inventory_new(void)
{
	struct arena *arena = arena_new();
	struct inventory *inventory = arena_alloc(arena, sizeof(*inventory));

	inventory->arena = arena;
	return inventory;
}

void inventory_free(struct inventory *inventory)
{
	if (inventory)
		arena_free(inventory->arena);
}

static bool is_firmware_table(const char *source)
{
	size_t count;
	const struct firmware_table *tables = firmware_tables(&count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(tables[i].source, source) == 0)
			return true;
	return false;
}

void inventory_note_source(struct inventory *inventory, const char *name)
{
	static const struct {
		const char *name;
		enum inventory_area area;
	} areas[] = {
		{"bus_devices", AREA_DEVICES},	  {"stable", AREA_STABILITY},
		{"iommu_groups", AREA_GROUPS},	  {"iommu_class", AREA_IOMMUS},
		{"class_links", AREA_INTERFACES}, {"streams", AREA_FIRMWARE},
		{"devicetree", AREA_FIRMWARE},	  {"acpi_tables", AREA_FIRMWARE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(areas); i++)
		if (strcmp(areas[i].name, name) == 0)
			inventory->unread[areas[i].area] = true;
	if (is_firmware_table(name))
		inventory->unread[AREA_FIRMWARE] = true;
}

const char *inventory_stream(struct arena *arena, int64_t id, int64_t mask, int64_t count)
{
	const char *text = arena_printf(arena, "0x%" PRIx64, (uint64_t)id);

	if (mask)
		text = arena_printf(arena, "%s/0x%" PRIx64, text, (uint64_t)mask);
	if (count != 1)
		text = arena_printf(arena, "%s+%" PRId64, text, count);
	return text;
}

static int compare_list_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *inventory_list(struct arena *arena, const char **texts, size_t count)
{
	size_t length = 0, used = 0;
	char *list;

	if (!count)
		return NULL;
	qsort(texts, count, sizeof(*texts), compare_list_texts);
	for (size_t i = 0; i < count; i++)
		length += strlen(texts[i]) + 1;
	list = arena_alloc(arena, length);
	for (size_t i = 0; i < count; i++) {
		if (i)
			list[used++] = ',';
		memcpy(list + used, texts[i], strlen(texts[i]));
		used += strlen(texts[i]);
	}
	return list;
}

const char *inventory_ids(struct arena *arena, const int64_t numbers[static 5])
{
	static const int digits[] = {4, 4, 4, 4, 6};
	const char *text = "";

	if (numbers[0] < 0 || numbers[1] < 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(digits); i++) {
		const char *colon = i ? ":" : "";

		text = numbers[i] < 0 ? arena_concat(arena, text, colon, "?")
				      : arena_printf(arena, "%s%s%0*" PRIx64, text, colon,
						     digits[i], (uint64_t)numbers[i]);
	}
	return text;
}

static void make_member_lists(struct inventory *inventory)
{
	size_t *all = arena_array(inventory->arena, inventory->device_count + 1, sizeof(*all));
	size_t place = 0;

	for (size_t i = 0; i < inventory->device_count; i++)
		if (inventory->devices[i].group >= 0)
			inventory->groups[inventory->devices[i].group].member_count++;
	for (size_t i = 0; i < inventory->group_count; i++) {
		struct inventory_group *group = &inventory->groups[i];

		group->members = all + place;
		place += group->member_count;
		group->member_count = 0;
	}
	for (size_t i = 0; i < inventory->device_count; i++) {
		struct inventory_group *group;

		if (inventory->devices[i].group < 0)
			continue;
		group = &inventory->groups[inventory->devices[i].group];
		all[(size_t)(group->members - all) + group->member_count++] = i;
	}
}

void inventory_finish(struct inventory *inventory)
{
	const bool *unread = inventory->unread;

	make_member_lists(inventory);
	for (size_t i = 0; i < inventory->group_count; i++) {
		struct inventory_group *group = &inventory->groups[i];

		group->members_unknown = !group->fingerprint || unread[AREA_STABILITY];
		inventory->presence_unknown |= group->members_unknown;
		group->facts[GROUP_FACT_IOMMUS].unknown |= unread[AREA_IOMMUS];
	}
	inventory->presence_unknown |= !inventory->group_count && unread[AREA_DEVICES];
	for (size_t i = 0; i < inventory->device_count; i++) {
		struct inventory_device *device = &inventory->devices[i];

		device->group_unknown |=
			device->group < 0 && (unread[AREA_DEVICES] || unread[AREA_GROUPS]);
		device->facts[DEVICE_FACT_STREAMS].unknown |= unread[AREA_FIRMWARE];
		device->facts[DEVICE_FACT_INTERFACES].unknown |= unread[AREA_INTERFACES];
	}
}
