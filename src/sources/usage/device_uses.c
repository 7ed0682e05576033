/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Uses of a whole device, or of a device below it: virtual functions, mediated devices, consumers
 * that the kernel unbinds with it, and tools such as driverctl and libvirt that claim it.
 */
#include "base/text.h"
#include "base/text_map.h"
#include "model/command_line.h"
#include "model/pci_ids.h"
#include "sources/usage/below.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * The files of libvirt's hostdev manager, listed once for all devices. A device finds its files by
 * its name, or that of an interface. @next: index plus 1 of the next file with the same key, or 0
 */
struct remembered_files {
	struct arena *arena;
	struct remembered {
		const char *name;
		size_t next;
	} * items;
	size_t count, room;
	struct text_map *by_key;
};

/*
 * The options of a module on the kernel's command line that claim devices by their IDs
 * @use: its name as a use     @options: "ids=10de:1eb8", the last of them, which the kernel takes;
 * NULL for none
 */
struct id_options {
	const char *use, *options;
};

/* @device: the device in focus, which gets the uses     @subject: that device, or one below it */
struct looking {
	const struct reading *reading;
	struct device *device;
	const struct device *subject;
	const struct remembered_files *remembered;
	const struct id_options *ids;
};

static void add_subject_use(const struct looking *looking, enum use_kind kind, const char *user,
			    const char *evidence)
{
	struct arena *arena = build_arena(looking->reading->build);

	build_use(looking->reading->build, looking->device,
		  (struct use){kind, looking->subject->name, arena_strdup(arena, user),
			       arena_strdup(arena, evidence)});
}

/*
 * True where the consumer of a device link lies below the device in focus: it is moved with it.
 * @link: a folder of sysfs that leads to the consumer by a symbolic link
 */
static bool is_moved_too(const struct looking *looking, const char *link)
{
	const struct root *root = looking->reading->root;
	char folder[PATH_SIZE], consumer[PATH_SIZE];

	if (root_follow(root, looking->subject->path, link, folder) <= 0 ||
	    root_follow(root, folder, "consumer", consumer) <= 0)
		return false;
	return text_is_within(consumer, looking->device->path);
}

/*
 * Unbinding a supplier unbinds its active consumers, unless the link only orders sync_state calls
 * (drivers/base/core.c: device_links_unbind_consumers). Links that drivers keep to themselves say
 * "not tracked". None of the files takes a lock.
 */
static void read_consumer(const struct looking *looking, const char *link, const char *consumer)
{
	const struct root *root = looking->reading->root;
	char evidence[PATH_SIZE], text[64];
	ssize_t length;

	if (is_moved_too(looking, link))
		return;

	length = root_path(root, evidence, "%s/%s/status", looking->subject->path, link);
	if (length >= 0)
		length = root_read_text(root, evidence, text, sizeof(text));
	if (length < 0)
		build_unread_use(looking->reading->build, looking->device, USE_CONSUMER, evidence,
				 (int)length);
	if (length < 0 || strcmp(text, "active") != 0)
		return;
	if (root_readf_text(root, text, sizeof(text), "%s/%s/sync_state_only",
			    looking->subject->path, link) > 0 &&
	    strcmp(text, "1") == 0)
		return;
	add_subject_use(looking, USE_CONSUMER, consumer, evidence);
}

static void read_function(const struct looking *looking, const char *link)
{
	char path[PATH_SIZE], target[PATH_SIZE];
	int result = root_path(looking->reading->root, path, "%s/%s", looking->subject->path, link);

	if (result >= 0)
		result = root_followf(looking->reading->root, target, "%s", path);
	if (result < 0)
		build_unread_use(looking->reading->build, looking->device, USE_VIRTUAL_FUNCTION,
				 path, result);
	else if (result > 0)
		add_subject_use(looking, USE_VIRTUAL_FUNCTION, text_basename(target), path);
}

static int read_consumer_link(void *context, const char *name)
{
	const struct looking *looking = context;
	const char *consumer = text_after(name, "consumer:");

	if (consumer)
		read_consumer(looking, name, consumer);
	/* Links to virtual functions: drivers/pci/iov.c: pci_iov_sysfs_link */
	if (text_starts(name, "virtfn"))
		read_function(looking, name);
	return 0;
}

static int look_at_mediated(void *context, const char *name, const char *path)
{
	const struct reading *reading = context;
	struct device *device = NULL;

	while ((device = below_owner(reading, path, device))) {
		const struct looking looking = {
			.reading = reading, .device = device, .subject = device};

		add_subject_use(&looking, USE_MEDIATED, name, path);
	}
	return 0;
}

/* The mediated devices of all devices in focus, from one list. */
static void read_mediated(struct reading *reading)
{
	static const char folder[] = "/sys/bus/mdev/devices";
	int result = root_list_links(reading->root, folder, look_at_mediated, reading);

	if (result < 0 && !root_is_absence(result))
		below_unread_uses(reading, USE_MEDIATED, folder, result);
}

/*
 * driverctl keeps an override in a file named after the device: "/etc/driverctl.d/pci-0000:01:00.0"
 */
static void look_at_driverctl(const struct looking *looking)
{
	static const char *const folders[] = {"/etc/driverctl.d", "/run/driverctl.d"};
	const struct root *root = looking->reading->root;
	char path[PATH_SIZE], driver[ATTRIBUTE_MAX], user[ATTRIBUTE_MAX + 16];

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		ssize_t length = root_path(root, path, "%s/%s-%s", folders[i],
					   looking->subject->bus, looking->subject->name);

		if (length >= 0)
			length = root_read_text(root, path, driver, sizeof(driver));
		if (length < 0 && !root_is_absence((int)length))
			build_unread_use(looking->reading->build, looking->device, USE_TOOL, path,
					 (int)length);
		if (length < 0)
			continue;
		snprintf(user, sizeof(user), "driverctl (%s)", driver);
		add_subject_use(looking, USE_TOOL, user, path);
	}
}

static const char REMEMBERED[] = "/run/libvirt/hostdevmgr";

static void add_remembered_file(struct remembered_files *files, const char *name, const char *key)
{
	size_t *number = text_map_at(files->by_key, key);

	files->items = arena_grow(files->arena, files->items, files->count, &files->room,
				  sizeof(*files->items));
	files->items[files->count++] = (struct remembered){name, *number};
	*number = files->count;
}

/*
 * libvirt's hostdev manager keeps a file for each device that it has to restore: "eth0_vf3", or a
 * device's name, alone or beside underscores. A file is found by itself, by each part between
 * underscores, and by all that is before one of them: names of interfaces have underscores, too.
 */
static int note_remembered(void *context, const char *name)
{
	struct remembered_files *files = context;
	const char *file = arena_strdup(files->arena, name), *part = file;

	add_remembered_file(files, file, file);
	for (const char *end = strchr(file, '_'); end; end = strchr(part, '_')) {
		add_remembered_file(files, file,
				    arena_text(files->arena, file, (size_t)(end - file)));
		if (part != file)
			add_remembered_file(files, file,
					    arena_text(files->arena, part, (size_t)(end - part)));
		part = end + 1;
	}
	if (part != file)
		add_remembered_file(files, file, part);
	return 0;
}

static void list_remembered(const struct reading *reading, struct remembered_files *files)
{
	int result = root_list(reading->root, REMEMBERED, note_remembered, files);

	if (result < 0 && !root_is_absence(result))
		below_unread_uses(reading, USE_TOOL, REMEMBERED, result);
}

static void use_remembered_as(const struct looking *looking, const char *key)
{
	const struct remembered_files *files = looking->remembered;
	char path[PATH_SIZE];

	for (size_t number = text_map_find(files->by_key, key); number;
	     number = files->items[number - 1].next)
		if (root_path(looking->reading->root, path, "%s/%s", REMEMBERED,
			      files->items[number - 1].name) >= 0)
			add_subject_use(looking, USE_TOOL, "libvirt", path);
}

static void look_at_remembered(const struct looking *looking)
{
	const struct device *device = looking->subject;

	use_remembered_as(looking, device->name);
	for (uint32_t i = 0; i < device->interface_count; i++)
		use_remembered_as(looking, device->interfaces[i]);
}

static void find_id_options(const char *line, struct arena *arena, struct id_options *ret_options)
{
	struct span word;

	while (line && command_line_next(&line, &word)) {
		const char *value = text_after_module(word.start, ret_options->use);
		const char *options = value ? value - strlen("ids") : NULL;

		if (value && *value == '=')
			ret_options->options = arena_text(
				arena, options, word.length - (size_t)(options - word.start));
	}
}

static void read_command_line_uses(const struct looking *looking)
{
	for (const struct id_options *ids = looking->ids; ids->use; ids++)
		if (ids->options && pci_ids_claim_device(ids->options, looking->subject).length)
			add_subject_use(looking, USE_TOOL, ids->use, "/proc/cmdline");
}

static void look_at_subject(const struct looking *looking)
{
	const struct root *root = looking->reading->root;
	int result = root_list(root, looking->subject->path, read_consumer_link, (void *)looking);

	if (result < 0) {
		build_unread_use(looking->reading->build, looking->device, USE_VIRTUAL_FUNCTION,
				 looking->subject->path, result);
		build_unread_use(looking->reading->build, looking->device, USE_CONSUMER,
				 looking->subject->path, result);
	}
	look_at_remembered(looking);
	look_at_driverctl(looking);
	read_command_line_uses(looking);
}

/* Devices below the device in focus are moved with it, so their uses are added to it. */
static void read_device_uses(struct looking *looking, const struct below *below)
{
	look_at_subject(looking);
	for (size_t i = 0; i < below->member_count; i++) {
		looking->subject = below->members[i];
		look_at_subject(looking);
	}
}

int source_device_uses(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct remembered_files remembered = {.arena = scratch, .by_key = text_map_new(scratch)};
	struct id_options ids[] = {{"vfio-pci.ids"}, {"pci-stub.ids"}, {NULL}};

	if (!reading->below_count)
		return 0;
	for (struct id_options *one = ids; one->use; one++)
		find_id_options(build_machine(reading->build)->command_line, scratch, one);
	list_remembered(reading, &remembered);
	read_mediated(reading);
	for (size_t i = 0; i < reading->below_count; i++) {
		const struct below *below = &reading->below[i];
		struct looking looking = {reading, below->device, below->device, &remembered, ids};

		if (looking.device)
			read_device_uses(&looking, below);
	}
	reading_done(reading, "uses");
	return 0;
}
