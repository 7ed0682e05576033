/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processes that have a VFIO node, or any node of a device in focus, open, from /proc/PID/fd.
 * The kernel has no list of them, so the link text of every descriptor of every process is read:
 * expensive on a busy server, and done only if requested.
 *
 * /dev/vfio/N names the group, /dev/vfio/devices/vfioX the device. "anon_inode:[vfio-device]" names
 * neither; its process nearly always has the group's node open too.
 */
#include "base/lines.h"
#include "base/process.h"
#include "base/text.h"
#include "base/text_map.h"
#include "sources/sources.h"
#include "sources/usage/open_nodes.h"
#include "sources/usage/ring_files.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

struct search {
	struct reading *reading;
	struct open_nodes *nodes;
	const struct text_map *cdevs;
	int pid;
	bool names_group, has_nameless; /* the process has a group's node open; it has a VFIO device
					   open without the name of a group */
	const char *ring;		/* fdinfo of a ring whose files are not known, and why */
	size_t denied;			/* number of processes whose descriptors may not be read */
	/* number of VFIO descriptors of the process whose group is unknown */
	size_t nameless;
};

static void add_holder(struct search *search, struct group *group)
{
	struct arena *arena = build_arena(search->reading->build);
	struct holder *holders;

	/* The descriptors of a process are read together, so its entry can only be the last. */
	if (group->holder_count && group->holders[group->holder_count - 1].pid == search->pid)
		return;
	holders = arena_room(arena, group->holders, group->holder_count, sizeof(*holders));
	holders[group->holder_count++] = (struct holder){
		search->pid, process_command(search->reading->root, arena, search->pid)};
	group->holders = holders;
}

/* The devices with a node in /dev/vfio/devices: its name -> the device's index plus 1. */
static struct text_map *map_cdevs(const struct build *build, struct arena *arena)
{
	struct text_map *cdevs = text_map_new(arena);

	for (size_t i = build_device_count(build); i-- > 0;) {
		const struct device *device = build_device_at(build, i);

		if (device->vfio_dev)
			*text_map_at(cdevs, device->vfio_dev) = i + 1;
	}
	return cdevs;
}

static struct group *group_of_cdev(const struct search *search, const char *name)
{
	struct build *build = search->reading->build;
	size_t number = text_map_find(search->cdevs, name);
	const struct device *device = number ? build_device_at(build, number - 1) : NULL;

	return device && device->group ? build_find_group(build, device->group->id) : NULL;
}

static const char *cdev_in(const char *target)
{
	const char *cdev = strstr(target, "/vfio/devices/");

	return cdev ? text_basename(cdev) : NULL;
}

/*
 * The number of the group whose node @target is, or -1. Nodes may be mounted elsewhere in a
 * container, so only the end of the path counts.
 */
static int group_number_in(const char *target)
{
	const char *node = strstr(target, "/vfio/"), *number = node ? node + strlen("/vfio/") : "";
	uint64_t id;

	if (text_starts(number, "noiommu-"))
		number += strlen("noiommu-");
	return text_number(number, 10, &id) && id <= GROUP_ID_MAX ? (int)id : -1;
}

static struct group *group_of_node(const struct search *search, const char *target)
{
	int id = group_number_in(target);

	if (cdev_in(target))
		return group_of_cdev(search, cdev_in(target));
	return id >= 0 ? build_find_group(search->reading->build, id) : NULL;
}

/* True where a device of that name in /dev/vfio/devices is in a group. */
static bool cdev_has_group(const struct root *root, const char *cdev)
{
	char folder[PATH_SIZE], group[PATH_SIZE], *end;

	if (root_follow(root, "/sys/class/vfio-dev", cdev, folder) <= 0)
		return false;
	end = strstr(folder, "/vfio-dev/");
	if (!end)
		return false;
	*end = '\0';
	return root_follow(root, folder, "iommu_group", group) > 0;
}

/* True where @target is the node of a group outside the scope of the reading. */
static bool names_group_outside(const struct reading *reading, const char *target)
{
	const char *cdev = cdev_in(target);
	int id = group_number_in(target);

	if (!reading->scope || !reading->below_count)
		return false;
	if (cdev)
		return cdev_has_group(reading->root, cdev);
	return id >= 0 && root_hasf(reading->root, "/sys/kernel/iommu_groups/%d", id) > 0;
}

/* The ring of a process whose files are being read. @info: "fdinfo/3" */
struct ring {
	const struct search *search;
	const char *info;
};

static void look_at_ring_file(void *context, const char *file)
{
	const struct ring *ring = context;

	open_nodes_registered(ring->search->nodes, ring->search->pid, ring->info, file);
}

static void look_at_ring(struct search *search, const char *name)
{
	struct arena *arena = build_arena(search->reading->build);
	const char *info = arena_concat(arena, "fdinfo/", name, "");
	const char *path = arena_printf(arena, "/proc/%d/%s", search->pid, info);
	struct ring ring = {search, info};
	int result = ring_files_read(search->reading->root, path, look_at_ring_file, &ring);

	/* A process that ends during the search has no ring any more. */
	if (result < 0 && result != -ENOENT && result != -ESRCH)
		search->ring = arena_printf(arena, "%s: %s", path, strerror(-result));
}

static int look_at_descriptor(void *context, const char *name, const char *target)
{
	struct search *search = context;
	char link[PATH_SIZE];
	struct group *group = group_of_node(search, target);

	if (group) {
		search->names_group = true;
		add_holder(search, group);
	} else if (strstr(target, "anon_inode:[vfio-device]")) {
		search->has_nameless = true;
		search->nameless++;
	} else {
		search->names_group |= names_group_outside(search->reading, target);
	}
	if (ring_files_has(target) && search->reading->below_count)
		look_at_ring(search, name);
	if (text_join("fd", name, link, sizeof(link)))
		open_nodes_take(search->nodes, search->pid, link, target);
	return 0;
}

/*
 * A line of /proc/PID/maps: "7f00-7f01 rw-s 100000000 00:06 321    /dev/dri/card0"
 * (fs/proc/task_mmu.c: show_map_vma)
 */
static int look_at_mapping(void *context, char *line)
{
	const struct search *search = context;
	const char *path = strchr(line, '/');
	unsigned long long start, end;
	char link[64];

	if (!path || sscanf(line, "%llx-%llx", &start, &end) != 2)
		return 0;
	snprintf(link, sizeof(link), "map_files/%llx-%llx", start, end);
	open_nodes_take(search->nodes, search->pid, link, path);
	return 0;
}

/*
 * A process that ends during the search has no mappings any more: its missing file is no failure.
 */
static void look_at_mappings(struct search *search)
{
	char path[PATH_SIZE];
	int result;

	if (!open_nodes_mappable(search->nodes))
		return;
	result = root_path(search->reading->root, path, "/proc/%d/maps", search->pid);
	if (result >= 0)
		result = lines_read(search->reading->root, path, look_at_mapping, search);
	search->denied += result == -EACCES || result == -EPERM;
}

static int read_process_nodes(void *context, const char *name, pid_t pid)
{
	struct search *search = context;
	int result;

	search->pid = pid;
	search->names_group = search->has_nameless = false;
	result = root_listf_links(search->reading->root, look_at_descriptor, search, "/proc/%d/fd",
				  search->pid);
	search->denied += result == -EACCES || result == -EPERM;
	if (!(result == -EACCES || result == -EPERM))
		look_at_mappings(search);
	if (search->has_nameless && !search->names_group)
		open_nodes_nameless(search->nodes, search->pid);
	return 0;
}

static const char DENIED[] = "/proc/*/fd: %zu processes may not be read";

/*
 * An open node that was found is certain. "Not open" is certain only if every process could be
 * read.
 */
static void apply_holders(const struct search *search)
{
	struct build *build = search->reading->build;

	for (size_t i = 0; i < build_group_count(build); i++) {
		struct group *group = build_group_at(build, i);

		group->holders_known = group->holder_count || !search->denied;
	}
	if (search->denied) {
		build_source(build, "holders", SOURCE_PARTIAL, DENIED, search->denied);
		build_source_last(build)->lacks_rights = true;
	} else if (search->nameless) {
		build_source(build, "holders", SOURCE_READ,
			     "%zu descriptors of VFIO devices do not name their group",
			     search->nameless);
	} else {
		reading_done(search->reading, "holders");
	}
}

static void conclude_nodes(const struct search *search, int result)
{
	struct arena *arena = build_arena(search->reading->build);
	const char *unseen = NULL;

	if (!search->reading->below_count)
		return;
	if (result < 0)
		unseen = arena_printf(arena, "/proc: %s", strerror(-result));
	else if (search->denied)
		unseen = arena_printf(arena, DENIED, search->denied);
	else if (search->ring)
		unseen = search->ring;
	else
		unseen = process_hidden(search->reading->root);
	open_nodes_conclude(search->nodes, unseen);
}

int source_holders(struct reading *reading, struct error *e)
{
	struct search search = {.reading = reading};
	int result;

	if (!reading_wants(reading, FACT_HOLDERS)) {
		build_source(reading->build, "holders", SOURCE_SKIPPED, NULL);
		return 0;
	}
	search.nodes = open_nodes_new(reading);
	search.cdevs = map_cdevs(reading->build, build_arena(reading->build));
	result = processes_each(reading->processes, read_process_nodes, &search);
	if (result < 0)
		reading_failed(reading, "holders", result, "/proc");
	else
		apply_holders(&search);
	conclude_nodes(&search, result);
	return 0;
}
