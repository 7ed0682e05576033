/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/memory.h"

#include "actions/record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char TAKEN[] = "taken";

enum {
	/* the version that memory files are written in, and the oldest that can be read */
	VERSION = 4,
	VERSION_FIRST = 1,
	MEMORY_MAX = 4 * 1024 * 1024,
};

struct header {
	uint64_t version;
	const char *boot_id;
	uint64_t count;
};

static const struct record_field header_fields[] = {
	{RECORD_UINT64, offsetof(struct header, version)},
	{RECORD_TEXT, offsetof(struct header, boot_id)},
	{RECORD_UINT64, offsetof(struct header, count)},
	{RECORD_END},
};

static const struct record_layout header_layout = {"taken", header_fields};

#define DEVICE_FIELDS                                                            \
	{RECORD_TEXT, offsetof(struct remembered, label)},                       \
		{RECORD_TEXT, offsetof(struct remembered, bus)},                 \
		{RECORD_TEXT, offsetof(struct remembered, name)},                \
		{RECORD_TEXT, offsetof(struct remembered, path)},                \
		{RECORD_INT, offsetof(struct remembered, vendor_id)},            \
		{RECORD_INT, offsetof(struct remembered, device_id)},            \
		{RECORD_OPTIONAL, offsetof(struct remembered, driver)},          \
		{RECORD_OPTIONAL, offsetof(struct remembered, driver_override)}, \
	{                                                                        \
		RECORD_OPTIONAL, offsetof(struct remembered, interfaces)         \
	}

/* The fields of a device in a memory file of version 1. */
static const struct record_field device_fields_1[] = {DEVICE_FIELDS, {RECORD_END}};

#define LEFT_FIELDS                                                            \
	{RECORD_UINT64, offsetof(struct remembered, inode)},                   \
		{RECORD_FLAG, offsetof(struct remembered, left_known)},        \
		{RECORD_OPTIONAL, offsetof(struct remembered, left_driver)},   \
		{RECORD_OPTIONAL, offsetof(struct remembered, left_override)}, \
	{                                                                      \
		RECORD_OPTIONAL, offsetof(struct remembered, network)          \
	}

/* Version 2 has no types of groups. */
static const struct record_field device_fields_2[] = {DEVICE_FIELDS, LEFT_FIELDS, {RECORD_END}};

#define TYPE_FIELDS                                                            \
	{RECORD_OPTIONAL, offsetof(struct remembered, domain_type)},           \
	{                                                                      \
		RECORD_OPTIONAL, offsetof(struct remembered, left_domain_type) \
	}

/* Version 3 has no owners of nodes. */
static const struct record_field device_fields_3[] = {
	DEVICE_FIELDS, LEFT_FIELDS, TYPE_FIELDS, {RECORD_END}};
static const struct record_field device_fields[] = {
	DEVICE_FIELDS, LEFT_FIELDS,
	TYPE_FIELDS,   {RECORD_OPTIONAL, offsetof(struct remembered, owner)},
	{RECORD_END},
};

/* By the version of the file. */
static const struct record_layout device_layouts[VERSION + 1] = {
	[1] = {"device", device_fields_1},
	[2] = {"device", device_fields_2},
	[3] = {"device", device_fields_3},
	[VERSION] = {"device", device_fields},
};

/*
 * The pointer to the device of that path in the list of remembered devices, or the pointer at its
 * end.
 */
static struct remembered **find_link(struct memory *memory, const char *path)
{
	struct remembered **link = &memory->first;

	while (*link && strcmp((*link)->path, path) != 0)
		link = &(*link)->next;
	return link;
}

static int read_devices(struct record_reader *reader, const struct header *header,
			struct memory *memory)
{
	const struct record_layout *layout = &device_layouts[header->version];
	struct remembered **end = &memory->first;
	struct record more;

	for (uint64_t i = 0; i < header->count; i++) {
		struct remembered *device = arena_alloc(reader->arena, sizeof(*device));
		int result = record_expect(reader, layout, device);

		if (result < 0)
			return result;
		*end = device;
		end = &device->next;
	}
	/*
	 * The memory file is replaced as a whole, so unlike a journal it never has an incomplete
	 * end.
	 */
	if (record_next(reader, &more) != 0 || reader->torn)
		return record_malformed(reader, "more lines follow than the first line says");
	return 0;
}

int memory_parse(struct span bytes, const char *boot_id, struct arena *arena,
		 struct memory **ret_memory, struct error *e)
{
	struct record_reader reader = {
		.file = STORE_DIR "/taken",
		.remedy = "Remove the file; the former state of the devices is lost then, so "
			  "correct their drivers by hand",
		.bytes = bytes.start,
		.length = bytes.length,
		.arena = arena,
		.error = e,
	};
	struct memory *memory = arena_alloc(arena, sizeof(*memory));
	struct header header;
	int result = record_expect(&reader, &header_layout, &header);

	if (result < 0)
		return result;
	if (header.version < VERSION_FIRST || header.version > VERSION)
		return record_malformed(&reader, "another version of iommuctl wrote this file");
	memory->arena = arena;
	result = read_devices(&reader, &header, memory);
	if (result < 0)
		return result;
	if (strcmp(header.boot_id, boot_id) != 0)
		memory->first = NULL;
	*ret_memory = memory;
	return 0;
}

int memory_load(const struct store *store, struct arena *arena, struct memory **ret_memory,
		struct error *e)
{
	struct span bytes;
	int result = store_read(store, TAKEN, MEMORY_MAX, arena, &bytes, e);

	if (result == -ENOENT) {
		*ret_memory = arena_alloc(arena, sizeof(**ret_memory));
		(*ret_memory)->arena = arena;
		return 0;
	}
	return result < 0 ? result
			  : memory_parse(bytes, store_boot_id(store), arena, ret_memory, e);
}

const struct remembered *memory_find(const struct memory *memory, const char *path)
{
	const struct remembered *device = memory->first;

	while (device && strcmp(device->path, path) != 0)
		device = device->next;
	return device;
}

static bool list_has(const char *list, const char *name)
{
	size_t length = strlen(name);

	while (list && *list) {
		size_t step = strcspn(list, ",");

		if (step == length && memcmp(list, name, length) == 0)
			return true;
		list += step;
		list += *list == ',';
	}
	return false;
}

const struct remembered *memory_find_interface(const struct memory *memory, const char *interface)
{
	const struct remembered *device = memory->first;

	while (device && !list_has(device->interfaces, interface))
		device = device->next;
	return device;
}

struct remembered *memory_put(struct memory *memory, const struct target *target)
{
	struct remembered **link = find_link(memory, target->path), *known = *link;
	struct arena *arena = memory->arena;

	if (known)
		return known;
	*link = arena_alloc(arena, sizeof(**link));
	**link = (struct remembered){
		.label = arena_strdup(arena, target->label),
		.bus = arena_strdup(arena, target->bus),
		.name = arena_strdup(arena, target->name),
		.path = arena_strdup(arena, target->path),
		.vendor_id = target->vendor_id,
		.device_id = target->device_id,
		.driver = arena_strdup(arena, target->driver),
		.driver_override = arena_strdup(arena, text_override(target->driver_override)),
		.interfaces = arena_strdup(arena, target->interfaces),
		.inode = target->inode,
		.network = arena_strdup(arena, target->network),
	};
	return *link;
}

void memory_leave(struct memory *memory, const char *path, const char *driver, const char *override)
{
	struct remembered *device = *find_link(memory, path);

	if (!device)
		return;
	device->left_known = true;
	device->left_driver = arena_strdup(memory->arena, driver);
	device->left_override = arena_strdup(memory->arena, text_override(override));
}

void memory_put_type(struct memory *memory, const char *path, const char *type)
{
	struct remembered *device = *find_link(memory, path);

	if (device && !device->domain_type)
		device->domain_type = arena_strdup(memory->arena, type);
}

void memory_leave_type(struct memory *memory, const char *path, const char *type)
{
	struct remembered *device = *find_link(memory, path);

	if (device)
		device->left_domain_type = arena_strdup(memory->arena, type);
}

void memory_forget_type(struct memory *memory, const char *path)
{
	struct remembered *device = *find_link(memory, path);

	if (device)
		device->domain_type = device->left_domain_type = NULL;
}

void memory_put_owner(struct memory *memory, const char *path, const char *rule)
{
	struct remembered *device = *find_link(memory, path);

	if (device)
		device->owner = rule && *rule ? arena_strdup(memory->arena, rule) : NULL;
}

bool memory_follow(struct memory *memory, const struct target *before, const struct target *now)
{
	struct remembered *device = memory->first;

	while (device && (strcmp(device->path, before->path) != 0 ||
			  (device->inode && device->inode != before->inode)))
		device = device->next;
	if (!device || (strcmp(before->path, now->path) == 0 && before->inode == now->inode))
		return false;
	device->label = arena_strdup(memory->arena, now->label);
	device->name = arena_strdup(memory->arena, now->name);
	device->path = arena_strdup(memory->arena, now->path);
	device->inode = now->inode;
	return true;
}

bool memory_forget(struct memory *memory, const char *path)
{
	struct remembered **link = find_link(memory, path);

	if (!*link)
		return false;
	*link = (*link)->next;
	return true;
}

static void write_memory(FILE *out, const struct memory *memory, const char *boot_id)
{
	struct header header = {.version = VERSION, .boot_id = boot_id};
	uint64_t line = 1;

	for (const struct remembered *device = memory->first; device; device = device->next)
		header.count++;
	record_write(out, line++, &header_layout, &header);
	for (const struct remembered *device = memory->first; device; device = device->next)
		record_write(out, line++, &device_layouts[VERSION], device);
}

int memory_save(const struct memory *memory, const struct store *store, struct error *e)
{
	_autofree_ char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		memory_exhausted();
	write_memory(out, memory, store_boot_id(store));
	if (fclose(out) != 0)
		memory_exhausted();
	if (length > MEMORY_MAX)
		return store_error(e, -EFBIG, "write", TAKEN);
	return store_replace(store, TAKEN, (struct span){text, length}, e);
}
