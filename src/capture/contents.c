/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/contents.h"

#include "base/guard.h"
#include "base/lines.h"
#include "base/text.h"
#include "capture/contents_uses.h"
#include "capture/gather.h"
#include "capture/log_lines.h"
#include "capture/network_lines.h"
#include "capture/secrets.h"
#include "model/firmware_table.h"
#include "sources/deferral/log.h"
#include "sources/devices/pci_config.h"
#include "sources/network/network.h"
#include "sources/network/rtnetlink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { TREE_DEPTH_MAX = 32 };

static int add_module(void *context, const char *name)
{
	static const char *const attributes[] = {"initstate", "version"};
	struct gathering *gathering = context;
	const char *folder = gather_join(gathering, gathering->folder, name);

	gather_add(gathering, ENTRY_FOLDER, folder);
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		gather_text(gathering, folder, attributes[i]);
	if (strstr(name, "vfio") || strstr(name, "iommu") || strstr(name, "smmu"))
		gather_list(gathering, gather_join(gathering, folder, "parameters"),
			    gather_listed_text);
	return 0;
}

/* Blank credentials in all files added from the index @from on. */
static void blank_words(struct gathering *gathering, size_t from)
{
	struct contents *contents = gathering->contents;

	for (size_t i = from; i < contents->count; i++) {
		struct entry *entry = &contents->entries[i];
		struct span text = {entry->text, entry->length};

		if (entry->kind != ENTRY_BYTES || entry->status)
			continue;
		text = secrets_blank_words(text, contents->arena);
		entry->text = text.start;
		entry->length = text.length;
	}
}

static bool is_private(const char *property)
{
	static const char *const parts[] = {"serial", "mac-address", "seed", "uuid"};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strstr(property, parts[i]))
			return true;
	return false;
}

/* Add a property of a devicetree node, or, one level deeper, a child node. */
static int add_node_member(void *context, const char *name)
{
	struct gathering *gathering = context;
	const char *path = gather_join(gathering, gathering->folder, name);
	_autoclose_ int folder =
		root_openat(gathering->root, path, O_PATH | O_DIRECTORY | O_NOFOLLOW);

	if (folder < 0) {
		size_t before = gathering->contents->count;

		if (!is_private(name))
			gather_bytes(gathering, path);
		/*
		 * bootargs is the kernel command line as the boot loader passed it, and may contain
		 * credentials.
		 */
		if (strcmp(name, "bootargs") == 0)
			blank_words(gathering, before);
		return 0;
	}
	if (gathering->depth < TREE_DEPTH_MAX) {
		gathering->depth++;
		gather_list(gathering, path, add_node_member);
		gathering->depth--;
	}
	return 0;
}

/* Tables that describe IOMMUs are stored; of other tables only that they exist. */
static int add_acpi_table(void *context, const char *name)
{
	struct gathering *gathering = context;
	size_t count;
	const struct firmware_table *tables = firmware_tables(&count);

	for (size_t i = 0; i < count; i++)
		if (text_starts(name, tables[i].signature))
			return gather_listed_bytes(context, name);
	if (text_starts(name, "MCFG"))
		return gather_listed_bytes(context, name);
	gather_add(gathering, ENTRY_MARK, gather_join(gathering, gathering->folder, name));
	return 0;
}

/*
 * True for descriptors of devices' nodes and of VFIO; other open files are private and not needed.
 */
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
		gather_link(gathering, gathering->folder, name);
	return 0;
}

/* Keep mappings of device nodes; others would tell which programs run. */
static int add_mapping(void *context, char *line)
{
	const char *path = strchr(line, '/');

	if (path && is_telling(path))
		fprintf(context, "%s\n", line);
	return 0;
}

static void add_mappings(struct gathering *gathering, const char *process)
{
	const char *path = gather_join(gathering, process, "maps");
	_autofree_ char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	int result;

	if (!out)
		memory_exhausted();
	result = lines_read(gathering->root, path, add_mapping, out);
	if (fclose(out) != 0)
		memory_exhausted();
	if (result == 0 && length) {
		struct entry *entry = gather_add(gathering, ENTRY_BYTES, path);

		entry->text = arena_text(gathering->contents->arena, text, length);
		entry->length = length;
	}
}

static int add_process(void *context, const char *name)
{
	struct gathering *gathering = context;
	const char *process = gather_join(gathering, gathering->folder, name),
		   *above = gathering->folder;
	size_t before = gathering->contents->count;
	uint64_t pid;
	int status;

	if (!text_number(name, 10, &pid))
		return 0;
	gathering->folder = gather_join(gathering, process, "fd");
	status = root_list_links(gathering->root, gathering->folder, add_descriptor, gathering);
	add_mappings(gathering, process);
	if (status == -EACCES || status == -EPERM)
		gather_add(gathering, ENTRY_FOLDER, gathering->folder)->status = status;
	else if (gathering->contents->count > before)
		gather_text(gathering, process, "comm");
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
		gather_bytes(gathering, path);
	}
}

static void add_log(struct gathering *gathering)
{
	struct arena *arena = gathering->contents->arena;
	struct entry *entry = gather_add(gathering, ENTRY_BYTES, CAPTURED_LOG);
	char *log;

	entry->status = log_read(gathering->root, arena, &log);
	if (entry->status == 0)
		entry->text = log_lines(log, arena, &entry->length);
}

static void add_network(struct gathering *gathering)
{
	struct arena *arena = gathering->contents->arena;
	struct entry *entry = gather_add(gathering, ENTRY_BYTES, CAPTURED_NETWORK);
	char *lines;

	entry->status = network_read(gathering->root, arena, &lines);
	if (entry->status == 0)
		entry->text = network_lines(lines, arena, &entry->length);
}

static int add_rdma_port(void *context, const char *name)
{
	struct gathering *gathering = context;

	gather_text(gathering, gather_join(gathering, gathering->folder, name), "state");
	return 0;
}

static int add_rdma(void *context, const char *name)
{
	struct gathering *gathering = context;
	char home[PATH_SIZE];

	gather_link(gathering, gathering->folder, name);
	if (root_follow(gathering->root, gathering->folder, name, home) > 0)
		gather_list(gathering, gather_join(gathering, home, "ports"), add_rdma_port);
	return 0;
}

static int add_dma_channel(void *context, const char *name)
{
	struct gathering *gathering = context;
	char home[PATH_SIZE];

	gather_link(gathering, gathering->folder, name);
	if (root_follow(gathering->root, gathering->folder, name, home) > 0)
		gather_text(gathering, home, "in_use");
	return 0;
}

static int add_upper(void *context, const char *name)
{
	struct gathering *gathering = context;

	if (text_starts(name, "upper_"))
		gather_link(gathering, gathering->folder, name);
	return 0;
}

/*
 * An archive cannot have files below a link, so list the interface's own folder, not its class
 * link.
 */
static int add_uppers(void *context, const char *name)
{
	struct gathering *gathering = context;
	char home[PATH_SIZE];

	if (root_follow(gathering->root, gathering->folder, name, home) > 0)
		gather_list(gathering, arena_strdup(gathering->contents->arena, home), add_upper);
	return 0;
}

/* The file "dev" exists where a VFIO device has a character device of its own. */
static int add_vfio_device(void *context, const char *name)
{
	struct gathering *gathering = context;
	char home[PATH_SIZE];

	if (root_follow(gathering->root, gathering->folder, name, home) > 0)
		gather_text(gathering, arena_strdup(gathering->contents->arena, home), "dev");
	return 0;
}

static void gather_names(struct gathering *gathering)
{
	static const char *const classes[] = {
		"net", "block",	   "nvme", "drm", "sound", "graphics",
		"tty", "watchdog", "tpm",  "rtc", "vfio",  "vfio-dev",
	};

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		gather_list(gathering, gather_join(gathering, "/sys/class", classes[i]),
			    gather_listed_link);
	gather_list(gathering, "/sys/class/net", add_uppers);
	gather_list(gathering, "/sys/class/infiniband", add_rdma);
	gather_list(gathering, "/sys/class/dma", add_dma_channel);
	gather_list(gathering, "/sys/class/vfio-dev", add_vfio_device);
	gather_list(gathering, "/dev/vfio", gather_listed_mark);
	gather_list(gathering, "/dev/vfio/devices", gather_listed_mark);
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

	size_t before = gathering->contents->count;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		gather_bytes(gathering, files[i]);
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		gather_list(gathering, settings[i], gather_listed_bytes);
	blank_words(gathering, before);
	add_modules_of_kernel(gathering);
	add_log(gathering);
	add_network(gathering);
}

static bool may_hang(const struct entry *entry)
{
	return entry->kind == ENTRY_TEXT || entry->kind == ENTRY_CONFIG;
}

static void blank_uevent(struct contents *contents, struct entry *entry)
{
	struct span text =
		secrets_blank_uevent((struct span){entry->text, entry->length}, contents->arena);

	entry->text = text.start;
	entry->length = text.length;
}

/*
 * Reading an attribute may block, so a child process reads them all. A missing attribute is no
 * entry.
 */
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
		if (entry->status == 0 && strcmp(text_basename(entry->path), "uevent") == 0)
			blank_uevent(contents, entry);
	}
	return result;
}

int contents_gather(const struct root *root, struct contents *ret_contents, struct error *e)
{
	struct contents contents = {.arena = arena_new()};
	struct gathering gathering = {.root = root, .contents = &contents};
	int result;

	gather_devices(&gathering);
	gather_names(&gathering);
	gather_list(&gathering, "/sys/module", add_module);
	gather_list(&gathering, "/sys/firmware/devicetree/base", add_node_member);
	gather_list(&gathering, "/sys/firmware/acpi/tables", add_acpi_table);
	gather_list(&gathering, "/proc", add_process);
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
