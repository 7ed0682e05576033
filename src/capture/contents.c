/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/contents.h"

#include "base/guard.h"
#include "base/text.h"
#include "capture/contents_uses.h"
#include "capture/entries.h"
#include "capture/log_lines.h"
#include "capture/network_lines.h"
#include "sources/log.h"
#include "sources/network.h"
#include "sources/pci_config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { TREE_DEPTH_MAX = 32 };

/* One gathering; @folder is the one whose names are being listed. */
struct gathering {
	const struct root *root;
	struct contents *contents;
	const char *folder;
	int depth;
};

static struct entry *add(struct gathering *gathering, enum entry_kind kind, const char *path)
{
	return entries_add(gathering->contents, kind, path);
}

static const char *join(struct gathering *gathering, const char *folder, const char *name)
{
	return arena_printf(gathering->contents->arena, "%s/%s", folder, name);
}

/* An attribute: read later, all together, through the guard. */
static void add_text(struct gathering *gathering, const char *folder, const char *name)
{
	add(gathering, ENTRY_TEXT, join(gathering, folder, name));
}

static void add_link(struct gathering *gathering, const char *folder, const char *name)
{
	entries_add_link(gathering->contents, gathering->root, join(gathering, folder, name));
}

static void add_bytes(struct gathering *gathering, const char *path)
{
	entries_add_bytes(gathering->contents, gathering->root, path);
}

/* List @folder with @each; a folder that may not be listed is an entry that says so. */
static void list(struct gathering *gathering, const char *folder,
		 int (*each)(void *context, const char *name))
{
	const char *above = gathering->folder;
	int status;

	gathering->folder = arena_strdup(gathering->contents->arena, folder);
	status = root_list(gathering->root, folder, each, gathering);
	if (status != -ENOENT && status != -ENOTDIR)
		add(gathering, ENTRY_FOLDER, folder)->status = status;
	gathering->folder = above;
}

static int add_listed_link(void *context, const char *name)
{
	struct gathering *gathering = context;

	add_link(gathering, gathering->folder, name);
	return 0;
}

static int add_listed_text(void *context, const char *name)
{
	struct gathering *gathering = context;

	add_text(gathering, gathering->folder, name);
	return 0;
}

static int add_listed_bytes(void *context, const char *name)
{
	struct gathering *gathering = context;

	add_bytes(gathering, join(gathering, gathering->folder, name));
	return 0;
}

static int add_listed_mark(void *context, const char *name)
{
	struct gathering *gathering = context;

	add(gathering, ENTRY_MARK, join(gathering, gathering->folder, name));
	return 0;
}

static int add_group(void *context, const char *name)
{
	static const char *const attributes[] = {"type", "reserved_regions", "name"};
	struct gathering *gathering = context;
	const char *folder = join(gathering, gathering->folder, name);

	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		add_text(gathering, folder, attributes[i]);
	list(gathering, join(gathering, folder, "devices"), add_listed_link);
	return 0;
}

static int add_iommu_instance(void *context, const char *name)
{
	static const char *const attributes[] = {
		"intel-iommu/address",
		"intel-iommu/version",
		"intel-iommu/cap",
		"intel-iommu/ecap",
		"intel-iommu/domains_supported",
		"intel-iommu/domains_used",
		"amd-iommu/cap",
		"amd-iommu/features",
	};
	struct gathering *gathering = context;
	char home[PATH_SIZE];

	add_link(gathering, gathering->folder, name);
	if (!root_follow(gathering->root, gathering->folder, name, home))
		return 0;
	add_link(gathering, home, "device");
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		add_text(gathering, home, attributes[i]);
	list(gathering, join(gathering, home, "devices"), add_listed_link);
	return 0;
}

/* Names in a device's folder that are links by the dozen, or must be looked at without reading. */
static int add_device_extra(void *context, const char *name)
{
	struct gathering *gathering = context;

	if (text_starts(name, "supplier:") || text_starts(name, "consumer:") ||
	    text_starts(name, "virtfn"))
		add_link(gathering, gathering->folder, name);
	/* Reading it can deadlock the kernel; that it is there is what counts. */
	else if (strcmp(name, "waiting_for_supplier") == 0)
		add(gathering, ENTRY_MARK, join(gathering, gathering->folder, name));
	return 0;
}

/* The companion's file lies in its own folder: in an archive nothing can lie behind a link. */
static void add_firmware_path(struct gathering *gathering, const char *device)
{
	char companion[PATH_SIZE];

	if (root_follow(gathering->root, device, "firmware_node", companion))
		add_text(gathering, companion, "path");
}

static void add_config(struct gathering *gathering, const char *device)
{
	const char *path = join(gathering, device, "config");

	if (root_has(gathering->root, path) && !pci_config_sleeps(gathering->root, device))
		add(gathering, ENTRY_CONFIG, path);
}

/* A device's folder of interfaces is there even where they are in another network namespace. */
static int add_interface(void *context, const char *name)
{
	return 0;
}

static void add_device(struct gathering *gathering, const char *path)
{
	static const char *const links[] = {"driver",	 "iommu_group",	  "iommu", "of_node",
					    "subsystem", "firmware_node", "physfn"};
	static const char *const attributes[] = {
		"uevent",
		"driver_override",
		"numa_node",
		"modalias",
		"vendor",
		"device",
		"class",
		"revision",
		"boot_vga",
		"power_state",
		"power/runtime_status",
		"reset_method",
		"d3cold_allowed",
		"sriov_numvfs",
		"sriov_totalvfs",
		"removable",
		"ari_enabled",
		"secondary_bus_number",
		"subordinate_bus_number",
		"max_link_speed",
	};

	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		add_link(gathering, path, links[i]);
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		add_text(gathering, path, attributes[i]);
	add_firmware_path(gathering, path);
	add_config(gathering, path);
	list(gathering, path, add_device_extra);
	list(gathering, join(gathering, path, "net"), add_interface);
}

static int add_bus_device(void *context, const char *name, const char *path)
{
	struct gathering *gathering = context;

	/* CPUs, memory blocks and clocks have no IOMMU and come by the thousand. */
	if (text_starts(path, "/sys/devices/system/"))
		return -ECANCELED;
	add_link(gathering, gathering->folder, name);
	if (text_starts(path, "/sys/devices/"))
		add_device(gathering, path);
	return 0;
}

static int add_driver(void *context, const char *name)
{
	static const char *const marks[] = {"bind", "unbind"};
	struct gathering *gathering = context;
	const char *folder = join(gathering, gathering->folder, name);

	add(gathering, ENTRY_FOLDER, folder);
	add_link(gathering, folder, "module");
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (root_has(gathering->root, join(gathering, folder, marks[i])))
			add(gathering, ENTRY_MARK, join(gathering, folder, marks[i]));
	return 0;
}

static int add_bus(void *context, const char *name)
{
	struct gathering *gathering = context;
	const char *bus = join(gathering, gathering->folder, name), *above = gathering->folder;

	gathering->folder = join(gathering, bus, "devices");
	add(gathering, ENTRY_FOLDER, gathering->folder);
	root_list_links(gathering->root, gathering->folder, add_bus_device, gathering);
	gathering->folder = above;
	list(gathering, join(gathering, bus, "drivers"), add_driver);
	return 0;
}

static int add_device_link(void *context, const char *name, const char *path)
{
	static const char *const attributes[] = {"status", "auto_remove_on", "runtime_pm",
						 "sync_state_only"};
	struct gathering *gathering = context;

	add_link(gathering, gathering->folder, name);
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		add_text(gathering, path, attributes[i]);
	add_link(gathering, path, "supplier");
	add_link(gathering, path, "consumer");
	return 0;
}

static void add_device_links(struct gathering *gathering)
{
	gathering->folder = "/sys/class/devlink";
	root_list_links(gathering->root, gathering->folder, add_device_link, gathering);
}

static int add_module(void *context, const char *name)
{
	static const char *const attributes[] = {"initstate", "version"};
	struct gathering *gathering = context;
	const char *folder = join(gathering, gathering->folder, name);

	add(gathering, ENTRY_FOLDER, folder);
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		add_text(gathering, folder, attributes[i]);
	if (strstr(name, "vfio") || strstr(name, "iommu") || strstr(name, "smmu"))
		list(gathering, join(gathering, folder, "parameters"), add_listed_text);
	return 0;
}

static bool is_private(const char *property)
{
	static const char *const parts[] = {"serial", "mac-address", "seed", "uuid"};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strstr(property, parts[i]))
			return true;
	return false;
}

/* A node's properties and, deeper, its children. */
static int add_node_member(void *context, const char *name)
{
	struct gathering *gathering = context;
	const char *path = join(gathering, gathering->folder, name);
	_autoclose_ int folder =
		root_openat(gathering->root, path, O_PATH | O_DIRECTORY | O_NOFOLLOW);

	if (folder < 0) {
		if (!is_private(name))
			add_bytes(gathering, path);
		return 0;
	}
	if (gathering->depth < TREE_DEPTH_MAX) {
		gathering->depth++;
		list(gathering, path, add_node_member);
		gathering->depth--;
	}
	return 0;
}

/* Tables that describe IOMMUs are kept; of the others that they are there. */
static int add_acpi_table(void *context, const char *name)
{
	static const char *const kept[] = {"IORT", "DMAR", "IVRS", "VIOT", "MCFG"};
	struct gathering *gathering = context;

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		if (text_starts(name, kept[i]))
			return add_listed_bytes(context, name);
	add(gathering, ENTRY_MARK, join(gathering, gathering->folder, name));
	return 0;
}

/* Nodes of devices and what VFIO hands out; not what everybody has open. */
static bool is_telling(const char *target)
{
	static const char *const common[] = {"null", "zero", "full", "random", "urandom",
					     "tty",  "ptmx", "pts/", "shm/",   "hugepages/"};
	const char *node = text_after(target, "/dev/");

	for (size_t i = 0; node && i < ARRAY_SIZE(common); i++)
		if (common[i][strlen(common[i]) - 1] == '/' ? text_starts(node, common[i])
							    : strcmp(node, common[i]) == 0)
			return false;
	return node || strstr(target, "/vfio/") || strstr(target, "anon_inode:[vfio");
}

static int add_descriptor(void *context, const char *name, const char *target)
{
	struct gathering *gathering = context;

	if (is_telling(target))
		add_link(gathering, gathering->folder, name);
	return 0;
}

static int add_process(void *context, const char *name)
{
	struct gathering *gathering = context;
	const char *process = join(gathering, gathering->folder, name), *above = gathering->folder;
	size_t before = gathering->contents->count;
	uint64_t pid;
	int status;

	if (!text_number(name, 10, &pid))
		return 0;
	gathering->folder = join(gathering, process, "fd");
	status = root_list_links(gathering->root, gathering->folder, add_descriptor, gathering);
	if (status == -EACCES || status == -EPERM)
		add(gathering, ENTRY_FOLDER, gathering->folder)->status = status;
	else if (gathering->contents->count > before)
		add_text(gathering, process, "comm");
	gathering->folder = above;
	return 0;
}

static void add_modules_of_kernel(struct gathering *gathering)
{
	static const char *const files[] = {
		"modules.alias.bin",	   "modules.builtin.alias.bin", "modules.builtin.bin",
		"modules.builtin.modinfo", "modules.dep.bin",		"modules.softdep",
	};
	char release[256], path[PATH_SIZE];

	if (root_read_text(gathering->root, "/proc/sys/kernel/osrelease", release,
			   sizeof(release)) <= 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "/lib/modules/%s/%s", release, files[i]);
		add_bytes(gathering, path);
	}
}

static void add_log(struct gathering *gathering)
{
	struct arena *arena = gathering->contents->arena;
	struct entry *entry = add(gathering, ENTRY_BYTES, CAPTURED_LOG);
	char *log;

	entry->status = log_read(gathering->root, arena, &log);
	if (entry->status == 0)
		entry->text = log_lines(log, arena, &entry->length);
}

static void add_network(struct gathering *gathering)
{
	struct arena *arena = gathering->contents->arena;
	struct entry *entry = add(gathering, ENTRY_BYTES, CAPTURED_NETWORK);
	char *lines;

	entry->status = network_read(gathering->root, arena, &lines);
	if (entry->status == 0)
		entry->text = network_lines(lines, arena, &entry->length);
}

static int add_rdma_port(void *context, const char *name)
{
	struct gathering *gathering = context;

	add_text(gathering, join(gathering, gathering->folder, name), "state");
	return 0;
}

static int add_rdma(void *context, const char *name)
{
	struct gathering *gathering = context;
	char home[PATH_SIZE];

	add_link(gathering, gathering->folder, name);
	if (root_follow(gathering->root, gathering->folder, name, home))
		list(gathering, join(gathering, home, "ports"), add_rdma_port);
	return 0;
}

static void gather_names(struct gathering *gathering)
{
	static const char *const classes[] = {
		"net", "block",	   "nvme", "drm", "sound", "graphics",
		"tty", "watchdog", "tpm",  "rtc", "vfio",  "vfio-dev",
	};

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		list(gathering, join(gathering, "/sys/class", classes[i]), add_listed_link);
	list(gathering, "/sys/class/infiniband", add_rdma);
	list(gathering, "/sys/class/iommu", add_iommu_instance);
	list(gathering, "/dev/vfio", add_listed_mark);
	list(gathering, "/dev/vfio/devices", add_listed_mark);
}

static void gather_files(struct gathering *gathering)
{
	static const char *const files[] = {
		"/proc/cmdline",
		"/proc/sys/kernel/osrelease",
		"/proc/sys/kernel/arch",
		"/sys/kernel/uevent_seqnum",
		"/sys/kernel/debug/devices_deferred",
	};
	static const char *const settings[] = {"/etc/modprobe.d", "/run/modprobe.d",
					       "/usr/lib/modprobe.d", "/lib/modprobe.d"};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		add_bytes(gathering, files[i]);
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		list(gathering, settings[i], add_listed_bytes);
	add_modules_of_kernel(gathering);
	add_log(gathering);
	add_network(gathering);
}

static bool may_hang(const struct entry *entry)
{
	return entry->kind == ENTRY_TEXT || entry->kind == ENTRY_CONFIG;
}

/* Attributes may hang, so a child reads them all. What is not there is no entry. */
static int read_attributes(struct gathering *gathering, struct error *e)
{
	struct contents *contents = gathering->contents;
	struct guarded *files = arena_array(contents->arena, contents->count, sizeof(*files));
	size_t count = 0;
	int result;

	for (size_t i = 0; i < contents->count; i++) {
		const struct entry *entry = &contents->entries[i];

		if (may_hang(entry))
			files[count++] = (struct guarded){
				.dir = "",
				.name = entry->path + 1,
				.reader = entry->kind == ENTRY_CONFIG ? pci_config_read : NULL,
			};
	}
	result = guard_read(gathering->root, contents->arena, files, count, e);
	for (size_t i = 0, next = 0; result == 0 && i < contents->count; i++) {
		struct entry *entry = &contents->entries[i];

		if (!may_hang(entry))
			continue;
		entry->status = files[next].status;
		entry->text = files[next].text;
		entry->length = files[next++].length;
	}
	return result;
}

int contents_gather(const struct root *root, struct contents *ret_contents, struct error *e)
{
	struct contents contents = {.arena = arena_new()};
	struct gathering gathering = {.root = root, .contents = &contents};
	int result;

	list(&gathering, "/sys/kernel/iommu_groups", add_group);
	list(&gathering, "/sys/bus", add_bus);
	gather_names(&gathering);
	add_device_links(&gathering);
	list(&gathering, "/sys/module", add_module);
	list(&gathering, "/sys/firmware/devicetree/base", add_node_member);
	list(&gathering, "/sys/firmware/acpi/tables", add_acpi_table);
	list(&gathering, "/proc", add_process);
	gather_files(&gathering);
	result = contents_add_uses(&contents, root, e);
	if (result == 0)
		result = read_attributes(&gathering, e);
	if (result < 0)
		contents_free(&contents);
	else
		*ret_contents = contents;
	return result;
}

void contents_free(struct contents *contents)
{
	free(contents->entries);
	arena_free(contents->arena);
}
