/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Uses of a whole device, or of a device below it: virtual functions, mediated devices, consumers
 * that the kernel unbinds with it, and tools such as driverctl and libvirt that claim it.
 */
#include "base/text.h"
#include "sources/usage/below.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* @device: the device in focus, which gets the uses     @subject: that device, or one below it */
struct looking {
	struct reading *reading;
	struct device *device;
	const struct device *subject;
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
		build_blindness(looking->reading->build, looking->device, USE_CONSUMER, "%s: %s",
				evidence, strerror((int)-length));
	if (length < 0 || strcmp(text, "active") != 0)
		return;
	if (root_readf_text(root, text, sizeof(text), "%s/%s/sync_state_only",
			    looking->subject->path, link) > 0 &&
	    strcmp(text, "1") == 0)
		return;
	add_subject_use(looking, USE_CONSUMER, consumer, evidence);
}

static int read_consumer_link(void *context, const char *name)
{
	const struct looking *looking = context;
	const char *consumer = text_after(name, "consumer:");
	char path[PATH_SIZE], target[PATH_SIZE];

	if (consumer)
		read_consumer(looking, name, consumer);
	/* Links to virtual functions: drivers/pci/iov.c: pci_iov_sysfs_link */
	if (text_starts(name, "virtfn") &&
	    root_follow(looking->reading->root, looking->subject->path, name, target) > 0 &&
	    root_path(looking->reading->root, path, "%s/%s", looking->subject->path, name) >= 0)
		add_subject_use(looking, USE_VIRTUAL_FUNCTION, text_basename(target), path);
	return 0;
}

static int look_at_mediated(void *context, const char *name, const char *path)
{
	const struct looking *looking = context;

	if (text_is_below(path, looking->device->path))
		add_subject_use(looking, USE_MEDIATED, name, path);
	return 0;
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
		if (root_path(root, path, "%s/%s-%s", folders[i], looking->subject->bus,
			      looking->subject->name) < 0 ||
		    root_read_text(root, path, driver, sizeof(driver)) < 0)
			continue;
		snprintf(user, sizeof(user), "driverctl (%s)", driver);
		add_subject_use(looking, USE_TOOL, user, path);
	}
}

/*
 * libvirt's hostdev manager keeps a file for each device that it has to restore: "eth0_vf3", or a
 * device's name.
 */
static int look_at_remembered(void *context, const char *name)
{
	static const char folder[] = "/run/libvirt/hostdevmgr";
	const struct looking *looking = context;
	const struct device *device = looking->subject;
	bool named = strstr(name, device->name) != NULL;
	char path[PATH_SIZE];

	for (uint32_t i = 0; i < device->interface_count && !named; i++) {
		const char *rest = text_after(name, device->interfaces[i]);

		named = rest && (text_starts(rest, "_vf") || *rest == '\0');
	}
	if (named && root_path(looking->reading->root, path, "%s/%s", folder, name) >= 0)
		add_subject_use(looking, USE_TOOL, "libvirt", path);
	return 0;
}

/*
 * True where an entry of vfio-pci.ids= means the device: "10de:1eb8" or "10de:1eb8:1043:8601". An
 * entry with subsystem IDs is narrower, and counts without comparing these.
 */
static bool is_id_of(const struct device *device, const char *entry)
{
	unsigned vendor, id;

	return sscanf(entry, "%x:%x", &vendor, &id) == 2 && (int64_t)vendor == device->vendor_id &&
	       (int64_t)id == device->device_id;
}

/*
 * Search for vfio-pci.ids= on the kernel's command line. In module names dashes and underscores are
 * equal.
 */
static void read_command_line_uses(const struct looking *looking)
{
	const char *line = build_machine(looking->reading->build)->command_line;
	_autofree_ char *copy = line ? strdup(line) : NULL;
	char *words = copy, *word, *entry;

	while ((word = strsep(&words, " "))) {
		const char *ids = text_after(word, "vfio-pci.ids=");
		char *list = (char *)(ids ? ids : text_after(word, "vfio_pci.ids="));

		while (list && (entry = strsep(&list, ",")))
			if (is_id_of(looking->subject, entry))
				add_subject_use(looking, USE_TOOL, "vfio-pci.ids", "/proc/cmdline");
	}
}

static void look_at_subject(const struct looking *looking)
{
	const struct root *root = looking->reading->root;
	int result = root_list(root, looking->subject->path, read_consumer_link, (void *)looking);

	if (result < 0) {
		build_blindness(looking->reading->build, looking->device, USE_VIRTUAL_FUNCTION,
				"%s: %s", looking->subject->path, strerror(-result));
		build_blindness(looking->reading->build, looking->device, USE_CONSUMER, "%s: %s",
				looking->subject->path, strerror(-result));
	}
	root_list(root, "/run/libvirt/hostdevmgr", look_at_remembered, (void *)looking);
	look_at_driverctl(looking);
	read_command_line_uses(looking);
}

/* Devices below the device in focus are moved with it, so their uses are added to it. */
static void read_device_uses(struct looking *looking, const struct below *below)
{
	root_list_links(looking->reading->root, "/sys/bus/mdev/devices", look_at_mediated, looking);
	look_at_subject(looking);
	for (size_t i = 0; i < below->member_count; i++) {
		looking->subject = below->members[i];
		look_at_subject(looking);
	}
}

int source_device_uses(struct reading *reading, struct error *e)
{
	if (!reading->below_count)
		return 0;
	for (size_t i = 0; i < reading->below_count; i++) {
		const struct below *below = &reading->below[i];
		struct looking looking = {reading, below->device, below->device};

		if (looking.device)
			read_device_uses(&looking, below);
	}
	reading_done(reading, "uses");
	return 0;
}
