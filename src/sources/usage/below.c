/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/usage/below.h"

#include "base/guard.h"
#include "base/text.h"
#include "base/text_map.h"
#include "sources/sysfs_folder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	FOLDERS_MAX = 8192,
	DEPTH_MAX = 32,
	/* The files that are read for each node of a device; see read_nodes. */
	ASK_UEVENT = 0,
	ASK_SUBSYSTEM,
	ASK_COUNT,
};

/* A folder that is still to be listed. The list of them grows at its end while it is worked off. */
struct folder {
	const char *path;
	int depth;
	bool has_node, has_driver, has_uevent;
};

struct walk {
	const struct root *root;
	struct arena *scratch;
	struct folder *folders;
	size_t count, room, at;
	bool has_net;
	const char *unseen;
};

static void add_folder(struct walk *walk, const char *path, int depth)
{
	if (walk->count == FOLDERS_MAX || depth > DEPTH_MAX) {
		walk->unseen = "too many folders are below it";
		return;
	}
	if (walk->count == walk->room) {
		walk->room = walk->room ? walk->room * 2 : 64;
		walk->folders = realloc(walk->folders, walk->room * sizeof(*walk->folders));
		if (!walk->folders)
			memory_exhausted();
	}
	walk->folders[walk->count++] = (struct folder){.path = path, .depth = depth};
}

static int read_folder_entry(void *context, const char *name, enum root_kind kind)
{
	bool is_folder = kind == ROOT_FOLDER;
	struct walk *walk = context;
	const struct folder *folder = &walk->folders[walk->at];

	if (!is_folder && strcmp(name, "dev") == 0) {
		walk->folders[walk->at].has_node = true;
		root_noticed(walk->root, folder->path, name);
	}
	if (!is_folder && strcmp(name, "driver") == 0)
		walk->folders[walk->at].has_driver = true;
	else if (!is_folder && strcmp(name, "uevent") == 0)
		walk->folders[walk->at].has_uevent = true;
	else if (is_folder && strcmp(name, "net") == 0)
		walk->has_net = true;
	else if (is_folder && sysfs_folder_may_have_nodes(name))
		add_folder(walk, arena_concat(walk->scratch, folder->path, "/", name),
			   folder->depth + 1);
	return 0;
}

/*
 * Disks of NVMe lie below the subsystem, as siblings of its controllers:
 * /sys/class/nvme-subsystem/nvme-subsys0 has the link nvme0 to a controller, and the folder nvme0n1
 * of a disk. A controller has no link to its subsystem.
 * @of: for each controller the number of its subsystem in @paths + 1; NULL: not read yet
 */
struct subsystems {
	const struct root *root;
	struct arena *arena;
	struct text_map *of;
	const char **paths;
	size_t count, room;
};

static int add_controller(void *context, const char *name, const char *path)
{
	const struct subsystems *subsystems = context;

	*text_map_at(subsystems->of, path) = subsystems->count;
	return 0;
}

static int add_subsystem(void *context, const char *name, const char *path)
{
	struct subsystems *subsystems = context;

	subsystems->paths = arena_grow(subsystems->arena, subsystems->paths, subsystems->count,
				       &subsystems->room, sizeof(*subsystems->paths));
	subsystems->paths[subsystems->count++] = arena_strdup(subsystems->arena, path);
	root_list_links(subsystems->root, path, add_controller, subsystems);
	return 0;
}

/* The folder of the subsystem of a controller, or NULL. */
static const char *find_subsystem(struct subsystems *subsystems, const char *controller)
{
	size_t number;

	if (!subsystems->of) {
		subsystems->of = text_map_new(subsystems->arena);
		root_list_links(subsystems->root, "/sys/class/nvme-subsystem", add_subsystem,
				subsystems);
	}
	number = text_map_find(subsystems->of, controller);
	return number ? subsystems->paths[number - 1] : NULL;
}

/* True for the folder of an NVMe controller, ".../nvme/nvme0". */
static bool is_nvme_controller(const char *path)
{
	const char *name = text_basename(path);

	return name - path > 6 && text_starts(name, "nvme") && strncmp(name - 6, "/nvme/", 6) == 0;
}

static void walk_down(struct walk *walk, struct subsystems *subsystems)
{
	for (; walk->at < walk->count; walk->at++) {
		const struct folder folder = walk->folders[walk->at];
		const char *subsystem;
		int result = root_list_kinds(walk->root, folder.path, read_folder_entry, walk);

		/*
		 * A folder that vanished during the walk is no longer below the device, so -ENOENT
		 * is no failure.
		 */
		if (result < 0 && result != -ENOENT)
			walk->unseen = arena_printf(walk->scratch, "%s: %s", folder.path,
						    strerror(-result));
		subsystem = is_nvme_controller(folder.path)
				    ? find_subsystem(subsystems, folder.path)
				    : NULL;
		if (subsystem)
			add_folder(walk, subsystem, folder.depth + 1);
	}
}

/* The first folder of a walk is that of the device itself, which is not listed as below it. */
static void add_bound(struct reading *reading, struct below *below, const struct walk *walk)
{
	struct arena *arena = build_arena(reading->build);
	struct below_bound *bound = arena_array(arena, walk->count, sizeof(*bound));
	char target[PATH_SIZE];

	for (size_t i = 1; i < walk->count; i++)
		if (walk->folders[i].has_driver &&
		    root_follow(reading->root, walk->folders[i].path, "driver", target) > 0)
			bound[below->bound_count++] = (struct below_bound){
				.path = arena_strdup(arena, walk->folders[i].path),
				.driver = arena_strdup(arena, text_basename(target)),
			};
	below->bound = bound;
}

static size_t count_nodes(const struct walk *walk)
{
	size_t count = 0;

	for (size_t i = 0; i < walk->count; i++)
		count += walk->folders[i].has_node;
	return count;
}

/* The kernel names a node in its uevent, or else after its folder, with '!' for '/'. */
static char *name_of(struct arena *arena, const char *path, struct span name)
{
	char *text = name.length ? arena_text(arena, name.start, name.length)
				 : arena_strdup(arena, text_basename(path));

	for (char *at = text; !name.length && *at; at++)
		if (*at == '!')
			*at = '/';
	return text;
}

static uint64_t number_in(struct span lines, const char *key)
{
	struct span value = text_line_value(lines, key);
	char digits[TEXT_NUMBER_SIZE];
	uint64_t number = 0;

	if (value.length < sizeof(digits)) {
		memcpy(digits, value.start ? value.start : "", value.length);
		digits[value.length] = '\0';
		text_number(digits, 10, &number);
	}
	return number;
}

static struct below_node make_node(struct arena *arena, const struct guarded *answers)
{
	const struct guarded *uevent = &answers[ASK_UEVENT], *link = &answers[ASK_SUBSYSTEM];
	struct span lines = {uevent->text ? uevent->text : "", uevent->length};
	struct below_node node = {.path = arena_strdup(arena, uevent->dir), .subsystem = ""};
	struct span type;

	node.name = name_of(arena, node.path, text_line_value(lines, "DEVNAME"));
	node.number = makedev(number_in(lines, "MAJOR"), number_in(lines, "MINOR"));
	if (link->text)
		node.subsystem = arena_strdup(arena, text_basename(link->text));
	node.is_block = strcmp(node.subsystem, "block") == 0;
	type = text_line_value(lines, "DEVTYPE");
	node.is_partition = type.length && text_starts(type.start, "partition");
	return node;
}

/* A missing uevent file: the child is being removed. -ETIMEDOUT: it is locked, but exists. */
static void set_nodes(struct arena *arena, struct below *below, const struct guarded *answers,
		      size_t count)
{
	struct below_node *nodes = arena_array(arena, count, sizeof(*nodes));

	for (size_t i = 0; i < count; i++, answers += ASK_COUNT) {
		if (answers[ASK_UEVENT].status == -ETIMEDOUT)
			below->unseen = arena_printf(arena, "%s/uevent: the kernel holds a lock",
						     answers[ASK_UEVENT].dir);
		if (answers[ASK_UEVENT].status != -ENOENT)
			nodes[below->count++] = make_node(arena, answers);
	}
	below->nodes = nodes;
}

static struct guarded *add_questions(const struct walk *walk, struct guarded *questions)
{
	for (size_t i = 0; i < walk->count; i++) {
		const char *path = walk->folders[i].path;

		if (!walk->folders[i].has_node)
			continue;
		questions[ASK_UEVENT] = (struct guarded){.dir = path, .name = "uevent"};
		questions[ASK_SUBSYSTEM] =
			(struct guarded){.dir = path, .name = "subsystem", .access = ROOT_LINK};
		questions += ASK_COUNT;
	}
	return questions;
}

/* Some kernels take the device's lock to read uevent, so a child process reads all of them. */
static int read_nodes(struct reading *reading, const struct walk *walks, struct arena *scratch,
		      struct error *e)
{
	struct arena *arena = build_arena(reading->build);
	struct guarded *files, *next;
	size_t count = 0;
	int result = 0;

	for (size_t i = 0; i < reading->below_count; i++)
		count += count_nodes(&walks[i]) * ASK_COUNT;
	next = files = arena_array(scratch, count, sizeof(*files));
	for (size_t i = 0; i < reading->below_count; i++)
		next = add_questions(&walks[i], next);
	if (count)
		result = guard_read(reading->root, scratch, files, count, e);
	next = files;
	for (size_t i = 0; i < reading->below_count && result == 0; i++) {
		set_nodes(arena, &reading->below[i], next, count_nodes(&walks[i]));
		next += count_nodes(&walks[i]) * ASK_COUNT;
		reading->below[i].has_net = walks[i].has_net;
		if (walks[i].count)
			add_bound(reading, &reading->below[i], &walks[i]);
		if (walks[i].unseen)
			reading->below[i].unseen = arena_strdup(arena, walks[i].unseen);
	}
	return result;
}

static struct device **sort_devices(struct build *build)
{
	size_t count = build_device_count(build);
	struct device **sorted = arena_array(build_arena(build), count + 1, sizeof(*sorted));

	for (size_t i = 0; i < count; i++)
		sorted[i] = build_device_at(build, i);
	qsort(sorted, count, sizeof(*sorted), device_compare_paths);
	return sorted;
}

static void find_members(struct reading *reading)
{
	struct device **sorted = sort_devices(reading->build);
	size_t count = build_device_count(reading->build);

	for (size_t i = 0; i < reading->below_count; i++) {
		struct below *below = &reading->below[i];

		if (below->device)
			below->members = (struct device *const *)devices_below(
				(const struct device *const *)sorted, count, below->device->path,
				&below->member_count);
	}
}

static void walk_below(struct reading *reading, struct walk *walks, struct arena *scratch)
{
	struct subsystems subsystems = {.root = reading->root, .arena = scratch};

	for (size_t i = 0; i < reading->below_count; i++) {
		struct device *device = reading_focus(reading, i);

		walks[i] = (struct walk){.root = reading->root, .scratch = scratch};
		/* A command line may name a device twice; one that was walked has a list of uses.
		 */
		if (!device || device->uses)
			continue;
		reading->below[i].device = device;
		build_looked_at_uses(reading->build, device);
		add_folder(&walks[i], device->path, 0);
		walk_down(&walks[i], &subsystems);
	}
}

/* Most devices below another one belong to a class. A tree may lack the link that tells so. */
static bool belongs_to_class(const struct reading *reading, const char *path)
{
	char target[PATH_SIZE];

	return root_follow(reading->root, path, "subsystem", target) > 0 &&
	       text_starts(target, "/sys/class/");
}

/*
 * True where checks of the device need devices outside the scope: it is the IOMMU of others, or
 * others are below it. The first folder of a walk is that of the device itself.
 */
static bool has_dependents(struct reading *reading, const struct device *device,
			   const struct walk *walk)
{
	for (size_t i = 0; i < build_iommu_count(reading->build); i++) {
		const char *iommu = build_iommu_at(reading->build, i)->device;

		if (iommu && text_is_within(iommu, device->path))
			return true;
	}
	if (walk->unseen)
		return true;
	for (size_t i = 1; i < walk->count; i++)
		if (walk->folders[i].has_uevent &&
		    !belongs_to_class(reading, walk->folders[i].path) &&
		    reading_may_lack(reading, walk->folders[i].path))
			return true;
	return false;
}

static void check_scope(struct reading *reading, const struct walk *walks)
{
	for (size_t i = 0; i < reading->below_count && reading->scope; i++)
		if (reading->below[i].device &&
		    has_dependents(reading, reading->below[i].device, &walks[i]))
			reading->exceeds_scope = true;
}

int source_below(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = NULL;
	size_t count = reading->focus ? reading->focus->count : 0;
	struct walk *walks;
	int result;

	if (!reading_wants(reading, FACT_USES) || !count)
		return 0;
	scratch = arena_new();
	reading->below = arena_array(build_arena(reading->build), count, sizeof(*reading->below));
	reading->below_count = count;
	walks = arena_array(scratch, count, sizeof(*walks));
	walk_below(reading, walks, scratch);
	check_scope(reading, walks);
	find_members(reading);
	result = read_nodes(reading, walks, scratch, e);
	for (size_t i = 0; i < count; i++)
		free(walks[i].folders);
	reading_done(reading, "nodes");
	return result;
}

struct device *below_owner(const struct reading *reading, const char *path,
			   const struct device *inner)
{
	char above[PATH_SIZE];
	struct device *device;

	snprintf(above, sizeof(above), "%s", inner ? inner->path : path);
	do {
		char *slash = strrchr(above, '/');

		if (!slash || slash == above)
			return NULL;
		*slash = '\0';
		device = build_find_above(reading->build, above);
		if (device)
			snprintf(above, sizeof(above), "%s", device->path);
		/* Uses are searched for the devices in focus alone (build_looked_at_uses). */
	} while (device && !device->uses);
	return device;
}

void below_unread_uses(const struct reading *reading, enum use_kind kind, const char *file,
		       int cause)
{
	for (size_t i = 0; i < reading->below_count; i++)
		if (reading->below[i].device)
			build_unread_use(reading->build, reading->below[i].device, kind, file,
					 cause);
}

bool below_has(const struct below *below, const char *subsystem)
{
	for (size_t i = 0; i < below->count; i++)
		if (strcmp(below->nodes[i].subsystem, subsystem) == 0)
			return true;
	return false;
}
