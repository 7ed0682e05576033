/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/contents_uses.h"

#include "base/guard.h"
#include "base/lines.h"
#include "base/text.h"
#include "capture/entries.h"
#include "capture/secrets.h"
#include "sources/usage/claims.h"
#include "sources/usage/exports.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The gathering of uses; @folder is the folder that is being listed. */
struct gathering {
	const struct root *root;
	struct contents *contents;
	const char *folder;
	const char **disks; /* nodes below /dev of disks and partitions that belong to devices */
	size_t disk_count, disk_room;
	uint64_t *spaces; /* mount namespaces whose mounts were added */
	size_t space_count, space_room;
};

static const char *join(const struct gathering *gathering, const char *folder, const char *name)
{
	return arena_printf(gathering->contents->arena, "%s/%s", folder, name);
}

static void add_texts(struct gathering *gathering, const char *folder, const char *const *names)
{
	for (; *names; names++)
		entries_add(gathering->contents, ENTRY_TEXT, join(gathering, folder, *names));
}

static int add_listed_link(void *context, const char *name)
{
	struct gathering *gathering = context;

	entries_add_link(gathering->contents, gathering->root,
			 join(gathering, gathering->folder, name));
	return 0;
}

static int add_listed_bytes(void *context, const char *name)
{
	struct gathering *gathering = context;

	entries_add_bytes(gathering->contents, gathering->root,
			  join(gathering, gathering->folder, name));
	return 0;
}

static int add_listed_mark(void *context, const char *name)
{
	struct gathering *gathering = context;

	entries_add(gathering->contents, ENTRY_MARK, join(gathering, gathering->folder, name));
	return 0;
}

static void list(struct gathering *gathering, const char *folder,
		 int (*each)(void *context, const char *name))
{
	const char *above = gathering->folder;
	int status;

	gathering->folder = arena_strdup(gathering->contents->arena, folder);
	status = root_list(gathering->root, folder, each, gathering);
	if (status != -ENOENT && status != -ENOTDIR)
		entries_add(gathering->contents, ENTRY_FOLDER, folder)->status = status;
	gathering->folder = above;
}

/* True for terminals, memory, timers and other nodes that belong to no device. */
static bool is_nobodys(const char *path)
{
	return text_starts(path, "/sys/devices/virtual/") && !strstr(path, "/nvme-subsystem/");
}

static void add_node(struct gathering *gathering, const char *path)
{
	static const char *const own[] = {"dev", "uevent", "state", NULL};
	static const char *const of_bus_device[] = {"dev", NULL};
	char bus[PATH_SIZE];

	/* The folder of a device on a bus is added with its bus. */
	if (root_follow(gathering->root, path, "subsystem", bus) > 0 &&
	    text_starts(bus, "/sys/bus/")) {
		add_texts(gathering, path, of_bus_device);
		return;
	}
	add_texts(gathering, path, own);
	entries_add_link(gathering->contents, gathering->root, join(gathering, path, "subsystem"));
}

static int add_character_node(void *context, const char *name, const char *path)
{
	if (!is_nobodys(path))
		add_node(context, path);
	return 0;
}

static void add_claimable(struct gathering *gathering, const char *name)
{
	char *node = arena_strdup(gathering->contents->arena, name);

	for (char *at = node; *at; at++)
		if (*at == '!')
			*at = '/';
	if (gathering->disk_count == gathering->disk_room) {
		gathering->disk_room = gathering->disk_room * 2 + 64;
		gathering->disks =
			realloc(gathering->disks, gathering->disk_room * sizeof(*gathering->disks));
		if (!gathering->disks)
			memory_exhausted();
	}
	gathering->disks[gathering->disk_count++] = node;
}

static int add_block_node(void *context, const char *name, const char *path)
{
	static const char *const attributes[] = {"dm/name", "loop/backing_file", "backing_dev",
						 "netif", NULL};
	struct gathering *gathering = context;

	add_node(gathering, path);
	add_texts(gathering, path, attributes);
	list(gathering, join(gathering, path, "holders"), add_listed_link);
	if (!is_nobodys(path) && root_has(gathering->root, join(gathering, path, "partition")) > 0)
		add_claimable(gathering, text_basename(path));
	return 0;
}

static int add_disk(void *context, const char *name, const char *path)
{
	struct gathering *gathering = context;

	entries_add_link(gathering->contents, gathering->root, join(gathering, "/sys/block", name));
	/* With native multipath, the paths of an NVMe disk have no node of their own. */
	if (!is_nobodys(path) && root_has(gathering->root, join(gathering, path, "dev")) > 0)
		add_claimable(gathering, name);
	return 0;
}

/* An archive cannot have files below a link: files are added where the link leads. */
static int add_console_driver(void *context, const char *name, const char *path)
{
	static const char *const attributes[] = {"name", "bind", NULL};
	struct gathering *gathering = context;

	entries_add_link(gathering->contents, gathering->root,
			 join(gathering, "/sys/class/vtconsole", name));
	add_texts(gathering, path, attributes);
	return 0;
}

static int add_nvme_subsystem(void *context, const char *name, const char *path)
{
	struct gathering *gathering = context;

	entries_add_link(gathering->contents, gathering->root,
			 join(gathering, "/sys/class/nvme-subsystem", name));
	list(gathering, path, add_listed_link);
	return 0;
}

static int add_pool(void *context, const char *name)
{
	struct gathering *gathering = context;

	list(gathering, join(gathering, join(gathering, gathering->folder, name), "devices"),
	     add_listed_link);
	return 0;
}

static int add_netconsole(void *context, const char *name)
{
	static const char *const attributes[] = {"enabled", "dev_name", NULL};
	struct gathering *gathering = context;

	add_texts(gathering, join(gathering, gathering->folder, name), attributes);
	return 0;
}

/* An instance of virtio-fs, /sys/fs/virtiofs/0: fs/fuse/virtio_fs.c */
static int add_virtiofs(void *context, const char *name)
{
	static const char *const attributes[] = {"tag", NULL};
	struct gathering *gathering = context;
	const char *folder = join(gathering, gathering->folder, name);

	add_texts(gathering, folder, attributes);
	entries_add_link(gathering->contents, gathering->root, join(gathering, folder, "device"));
	return 0;
}

static void add_exports(struct gathering *gathering)
{
	struct exports exports = exports_read(gathering->root, gathering->contents->arena);

	/* Files below a link in /sys/block are added with the node. */
	for (size_t i = 0; i < exports.count; i++)
		if (!exports.items[i].block)
			entries_add(gathering->contents, ENTRY_TEXT, exports.items[i].evidence);
}

static bool add_new_space(struct gathering *gathering, uint64_t id)
{
	for (size_t i = 0; i < gathering->space_count; i++)
		if (gathering->spaces[i] == id)
			return false;
	if (gathering->space_count == gathering->space_room) {
		gathering->space_room = gathering->space_room * 2 + 64;
		gathering->spaces = realloc(gathering->spaces,
					    gathering->space_room * sizeof(*gathering->spaces));
		if (!gathering->spaces)
			memory_exhausted();
	}
	gathering->spaces[gathering->space_count++] = id;
	return true;
}

static void add_mounts(struct gathering *gathering, const char *path)
{
	struct contents *contents = gathering->contents;
	size_t before = contents->count;
	struct entry *entry;
	struct span lines;

	entries_add_bytes(contents, gathering->root, path);
	entry = &contents->entries[before];
	if (contents->count == before || entry->status)
		return;
	lines = secrets_blank_mounts((struct span){entry->text, entry->length}, contents->arena);
	entry->text = lines.start;
	entry->length = lines.length;
}

/* Add the mounts of a namespace, through one of its processes. */
static int add_space(void *context, const char *name)
{
	struct gathering *gathering = context;
	const char *process = join(gathering, "/proc", name);
	const char *path = join(gathering, process, "ns/mnt");
	unsigned long long id = 0;
	char link[64];
	uint64_t pid;
	ssize_t length;

	if (!text_number(name, 10, &pid))
		return 0;
	length = root_readlink(gathering->root, path, link, sizeof(link));
	if (length > 0 && (sscanf(link, "mnt:[%llu]", &id) != 1 || !add_new_space(gathering, id)))
		return 0;
	entries_add_link(gathering->contents, gathering->root, path);
	if (length <= 0 && pid != 1)
		return 0;
	entries_add_link(gathering->contents, gathering->root, join(gathering, process, "root"));
	add_mounts(gathering, join(gathering, process, "mountinfo"));
	return 0;
}

/* Process 1 shows the mounts of its own namespace, so that is not added again. */
static int add_other_space(void *context, const char *name)
{
	return strcmp(name, "1") == 0 ? 0 : add_space(context, name);
}

/*
 * Add /proc/iomem: the nesting of memory ranges is needed, the address of the kernel's code is not
 * and stays private.
 */
static void add_memory_map(struct gathering *gathering)
{
	size_t index = gathering->contents->count;
	bool is_address = true;
	struct entry *entry;
	char *text;

	entries_add_bytes(gathering->contents, gathering->root, "/proc/iomem");
	if (gathering->contents->count == index)
		return;
	entry = &gathering->contents->entries[index];
	text = arena_text(gathering->contents->arena, entry->text ? entry->text : "",
			  entry->length);
	for (size_t i = 0; i < entry->length; i++) {
		is_address = text[i] == '\n' || (is_address && text[i] != ':');
		if (is_address && !strchr(" -\n", text[i]))
			text[i] = '0';
	}
	entry->text = text;
}

/*
 * A keyboard is recognised by its place, handlers and keys; its name and serial number are private.
 */
static int add_input_line(void *context, char *line)
{
	static const char *const kept[] = {"S: ", "H: ", "B: KEY="};
	FILE *out = context;
	bool keep = !*line;

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		keep = keep || text_starts(line, kept[i]);
	if (keep)
		fprintf(out, "%s\n", line);
	return 0;
}

static void add_inputs(struct gathering *gathering)
{
	static const char file[] = "/proc/bus/input/devices";
	struct entry *entry = entries_add(gathering->contents, ENTRY_BYTES, file);
	_autofree_ char *text = NULL;
	FILE *out = open_memstream(&text, &entry->length);

	if (!out)
		memory_exhausted();
	entry->status = lines_read(gathering->root, file, add_input_line, out);
	if (fclose(out) != 0)
		memory_exhausted();
	entry->text = arena_text(gathering->contents->arena, text, entry->length);
}

static void add_files(struct gathering *gathering)
{
	static const char *const files[] = {"/proc/swaps", "/proc/consoles"};

	add_memory_map(gathering);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		entries_add_bytes(gathering->contents, gathering->root, files[i]);
	list(gathering, "/etc/driverctl.d", add_listed_bytes);
	list(gathering, "/run/driverctl.d", add_listed_bytes);
	list(gathering, "/run/libvirt/hostdevmgr", add_listed_mark);
	list(gathering, "/sys/fs/btrfs", add_pool);
	list(gathering, "/sys/fs/virtiofs", add_virtiofs);
	list(gathering, "/sys/kernel/debug/virtio-ports", add_listed_bytes);
	add_inputs(gathering);
	list(gathering, "/sys/kernel/config/netconsole", add_netconsole);
	add_space(gathering, "1");
	root_list(gathering->root, "/proc", add_other_space, gathering);
}

/*
 * Make the file CAPTURED_CLAIMS. If one disk cannot be tested, the file is left out, as it would be
 * incomplete.
 */
static int add_claims(struct gathering *gathering, struct error *e)
{
	struct arena *arena = gathering->contents->arena;
	struct guarded *disks = arena_array(arena, gathering->disk_count, sizeof(*disks));
	const char *lines = "";
	struct entry *entry;
	int result = 0, status = 0;

	for (size_t i = 0; i < gathering->disk_count; i++)
		disks[i] = (struct guarded){.dir = "/dev",
					    .name = gathering->disks[i],
					    .reader = claim_try,
					    .access = ROOT_CLAIM};
	if (gathering->disk_count)
		result = guard_read(gathering->root, arena, disks, gathering->disk_count, e);
	if (result < 0)
		return result;
	for (size_t i = 0; i < gathering->disk_count; i++) {
		if (disks[i].status == -EBUSY)
			lines = arena_concat(arena, lines, disks[i].name, "\n");
		else if (disks[i].status && disks[i].status != -ENOMEDIUM &&
			 disks[i].status != -ENXIO)
			status = disks[i].status;
	}
	entry = entries_add(gathering->contents, ENTRY_BYTES, CAPTURED_CLAIMS);
	entry->text = lines;
	entry->length = strlen(lines);
	entry->status = status;
	return 0;
}

int contents_add_uses(struct contents *contents, const struct root *root, struct error *e)
{
	struct gathering gathering = {.root = root, .contents = contents};
	int result = 0;

	root_list_links(root, "/sys/dev/block", add_block_node, &gathering);
	root_list_links(root, "/sys/dev/char", add_character_node, &gathering);
	root_list_links(root, "/sys/block", add_disk, &gathering);
	root_list_links(root, "/sys/class/vtconsole", add_console_driver, &gathering);
	root_list_links(root, "/sys/class/nvme-subsystem", add_nvme_subsystem, &gathering);
	add_exports(&gathering);
	add_files(&gathering);
	if (root_is_live(root))
		result = add_claims(&gathering, e);
	else
		entries_add_bytes(contents, root, CAPTURED_CLAIMS);
	free(gathering.disks);
	free(gathering.spaces);
	return result;
}
