/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lists of a document: IOMMUs, groups, devices. */
#include "model/build.h"
#include "model/pci.h"
#include "views/document_parts.h"

#include <inttypes.h>
#include <string.h>

static int compare_names_of_iommus(const void *a, const void *b)
{
	const struct inventory_iommu *const *one = a, *const *other = b;

	return strcmp((*one)->name, (*other)->name);
}

void document_read_iommus(struct source_document *document, struct json_object *list)
{
	struct inventory *inventory = document->inventory;
	size_t length = document_length(list);

	inventory->iommus = arena_array(document->arena, length + 1, sizeof(*inventory->iommus));
	document->iommus_by_name = arena_array(document->arena, length + 1, sizeof(void *));
	for (size_t i = 0; i < length; i++) {
		struct json_object *item = document_item(document, list, i, "iommus");
		struct inventory_iommu *iommu = &inventory->iommus[i];

		if (!item)
			return;
		iommu->name = document_name(document, item, "name");
		iommu->identity = document_text(document, item, "identity");
		if (!iommu->identity)
			iommu->identity = iommu->name;
		iommu->firmware_node = document_text(document, item, "firmware_node");
		iommu->state = document_word(document, item, "state");
		document->iommus_by_name[inventory->iommu_count++] = iommu;
	}
	if (length)
		qsort(document->iommus_by_name, length, sizeof(void *), compare_names_of_iommus);
}

/* The identity of the IOMMU of that name; the name of one that is not listed. */
static const char *identity_of_name(struct source_document *document, const char *name)
{
	const struct inventory_iommu key = {.name = name}, *wanted = &key, **found = NULL;

	if (name && document->inventory->iommu_count)
		found = bsearch(&wanted, document->iommus_by_name, document->inventory->iommu_count,
				sizeof(void *), compare_names_of_iommus);
	return found ? (*found)->identity : name;
}

/*
 * A list of texts as a fact, each made by @text_of from an item; unknown where the list is null, or
 * where one of its texts is NULL.
 */
static struct fact_text
read_list(struct source_document *document, struct json_object *object, const char *key,
	  const char *(*text_of)(struct source_document *document, struct json_object *item))
{
	struct json_object *list = document_typed(document, object, key, json_type_array);
	size_t length = document_length(list);
	const char **texts = arena_array(document->arena, length + 1, sizeof(*texts));

	for (size_t i = 0; i < length; i++) {
		texts[i] = text_of(document, json_object_array_get_idx(list, i));
		if (!texts[i])
			return (struct fact_text){.unknown = true};
	}
	return (struct fact_text){.text = inventory_list(document->arena, texts, length),
				  .unknown = !list};
}

static const char *plain_item(struct source_document *document, struct json_object *item)
{
	return document_text_of(document, item, "a list of names");
}

static const char *iommu_item(struct source_document *document, struct json_object *item)
{
	return identity_of_name(document, document_text_of(document, item, "iommus"));
}

static const char *region_item(struct source_document *document, struct json_object *item)
{
	if (!item || !json_object_is_type(item, json_type_object)) {
		document_note_wrong(document, "reserved_regions");
		return NULL;
	}
	return arena_printf(document->arena, "%s-%s:%s", document_name(document, item, "start"),
			    document_name(document, item, "end"),
			    document_name(document, item, "kind"));
}

static const char *stream_item(struct source_document *document, struct json_object *item)
{
	int64_t id, mask, count;

	if (!item || !json_object_is_type(item, json_type_object)) {
		document_note_wrong(document, "streams");
		return NULL;
	}
	id = document_number(document, item, "id", UINT32_MAX);
	mask = document_number(document, item, "mask", UINT32_MAX);
	count = document_number(document, item, "count", INT64_MAX);
	if (id < 0)
		return NULL;
	return inventory_stream(document->arena, id, mask < 0 ? 0 : mask, count < 0 ? 1 : count);
}

static int compare_group_ids(const void *a, const void *b)
{
	const struct inventory_group *one = a, *other = b;

	return one->id - other->id;
}

void document_read_groups(struct source_document *document, struct json_object *list)
{
	struct inventory *inventory = document->inventory;

	inventory->groups =
		arena_array(document->arena, document_length(list) + 1, sizeof(*inventory->groups));
	for (size_t i = 0; i < document_length(list); i++) {
		struct json_object *item = document_item(document, list, i, "groups");
		struct inventory_group *group = &inventory->groups[i];

		if (!item)
			return;
		group->id = (int)document_number(document, item, "id", GROUP_ID_MAX);
		group->fingerprint = document_text(document, item, "fingerprint");
		group->facts[GROUP_FACT_TYPE] =
			document_fact(document_text(document, item, "type"));
		group->facts[GROUP_FACT_IOMMUS] = read_list(document, item, "iommus", iommu_item);
		group->facts[GROUP_FACT_REGIONS] =
			read_list(document, item, "reserved_regions", region_item);
		inventory->group_count++;
	}
	if (inventory->group_count)
		qsort(inventory->groups, inventory->group_count, sizeof(*inventory->groups),
		      compare_group_ids);
	for (size_t i = 0; i < inventory->group_count; i++)
		if (inventory->groups[i].id < 0 ||
		    (i && inventory->groups[i].id == inventory->groups[i - 1].id))
			document_note_wrong(document, "id");
}

static int find_group_index(struct source_document *document, int64_t id)
{
	const struct inventory *inventory = document->inventory;
	const struct inventory_group key = {.id = (int)id}, *found = NULL;

	if (id < 0)
		return -1;
	if (inventory->group_count)
		found = bsearch(&key, inventory->groups, inventory->group_count,
				sizeof(*inventory->groups), compare_group_ids);
	if (!found)
		document_note_wrong(document, "group");
	return found ? (int)(found - inventory->groups) : -1;
}

static void read_place_and_ids(struct source_document *document, struct json_object *item,
			       struct inventory_device *device)
{
	static const struct {
		const char *key;
		int64_t most;
	} keys[] = {
		{"vendor_id", 0xffff},
		{"device_id", 0xffff},
		{"subsystem_vendor_id", 0xffff},
		{"subsystem_device_id", 0xffff},
		{"class", 0xffffff},
	};
	int64_t numbers[ARRAY_SIZE(keys)];

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		numbers[i] = document_number(document, item, keys[i].key, keys[i].most);
	device->name = document_name(document, item, "name");
	device->bus = document_name(document, item, "bus");
	device->location = document_name(document, item, "location");
	device->firmware_node = document_text(document, item, "firmware_node");
	if (bus_is_pci(device->bus))
		device->ids = inventory_ids(document->arena, numbers);
	device->group =
		find_group_index(document, document_number(document, item, "group", GROUP_ID_MAX));
}

static bool any_requester_id(struct source_document *document, struct json_object *item)
{
	struct json_object *list = document_typed(document, item, "streams", json_type_array);
	bool any = false;

	for (size_t i = 0; i < document_length(list) && !any; i++) {
		struct json_object *stream = json_object_array_get_idx(list, i);
		const char *kind = json_object_is_type(stream, json_type_object)
					   ? document_text(document, stream, "kind")
					   : NULL;

		any = kind && strcmp(kind, "requester_id") == 0;
	}
	return any;
}

static void read_hand_over(struct source_document *document, struct json_object *item,
			   struct inventory_device *device)
{
	struct json_object *object = document_typed(document, item, "hand_over", json_type_object);
	const char *verdict = object ? document_text(document, object, "verdict") : NULL;

	device->why = object ? document_text(document, object, "why") : NULL;
	if (verdict && strcmp(verdict, "given") == 0 && device->why)
		verdict = "unusable";
	device->facts[DEVICE_FACT_HAND_OVER] = document_fact(verdict);
}

/* Null is none only where the fact was read: then the device has a state and a verdict. */
static void read_driver(struct source_document *document, struct json_object *item,
			struct inventory_device *device)
{
	const char *state = document_text(document, item, "state");
	const char *driver = document_text(document, item, "driver");
	const char *override = document_text(document, item, "driver_override");
	bool read = state && document_value(item, "hand_over") &&
		    !document->inventory->unread[AREA_DEVICES];

	device->facts[DEVICE_FACT_DRIVER] =
		(struct fact_text){driver, !driver && (!read || strcmp(state, "bound") == 0)};
	device->facts[DEVICE_FACT_OVERRIDE] = (struct fact_text){override, !override && !read};
	device->facts[DEVICE_FACT_STATE] = document_word(document, item, "state");
}

void document_read_devices(struct source_document *document, struct json_object *list)
{
	struct inventory *inventory = document->inventory;

	inventory->devices = arena_array(document->arena, document_length(list) + 1,
					 sizeof(*inventory->devices));
	for (size_t i = 0; i < document_length(list) && !document->wrong; i++) {
		struct json_object *item = document_item(document, list, i, "devices");
		struct inventory_device *device = &inventory->devices[i];

		if (!item)
			return;
		read_place_and_ids(document, item, device);
		read_driver(document, item, device);
		read_hand_over(document, item, device);
		device->facts[DEVICE_FACT_DMA] = document_word(document, item, "dma");
		device->facts[DEVICE_FACT_STREAMS] =
			read_list(document, item, "streams", stream_item);
		device->streams_by_address = any_requester_id(document, item);
		device->facts[DEVICE_FACT_INTERFACES] =
			read_list(document, item, "interfaces", plain_item);
		inventory->device_count++;
	}
}
