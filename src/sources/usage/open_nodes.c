/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/usage/open_nodes.h"

#include "base/process.h"
#include "base/text.h"
#include "base/text_map.h"
#include "model/vfio_driver.h"
#include "sources/nvidia.h"
#include "sources/usage/below.h"
#include "sources/usage/console_uses.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/*
 * A node to search for. @number: 0 unknown     @last_pid: the last process that has it open
 * @next, @next_base: index plus 1 of the next wanted node of the same name, or with the same last
 * part of the name; or 0
 */
struct wanted {
	struct device *device;
	const char *name;
	size_t next, next_base;
	enum use_kind kind;
	dev_t number;
	mode_t type;
	int last_pid;
};

/* number of hvc terminals (drivers/tty/hvc/hvc_console.h: MAX_NR_HVC_CONSOLES) */
enum { HVC_MAX = 16 };

/* The most NVIDIA switches of one machine */
enum { NVSWITCHES_MAX = 64 };

struct open_nodes {
	struct reading *reading;
	struct wanted *wanted;
	/* index of a wanted node plus 1, by its name and by the last part of its name */
	struct text_map *by_name, *by_base;
	size_t count, room;
	int own_pid, holder_pid, nameless_pid;
	bool mappable;
};

static void want(struct open_nodes *nodes, struct wanted wanted)
{
	size_t *number = text_map_at(nodes->by_name, wanted.name);
	size_t *base_number = text_map_at(nodes->by_base, text_basename(wanted.name));

	wanted.next = *number;
	wanted.next_base = *base_number;
	nodes->wanted = arena_grow(build_arena(nodes->reading->build), nodes->wanted, nodes->count,
				   &nodes->room, sizeof(*nodes->wanted));
	nodes->wanted[nodes->count++] = wanted;
	*number = *base_number = nodes->count;
}

/* True where a VFIO driver is bound, so that the group's node gives access to the device. */
static bool is_vfio_bound(const struct device *device)
{
	return device->vfio_dev || (device->driver && driver_name_is_vfio(device->driver));
}

/*
 * Search for the node of a group. @device: the device in focus     @user: that device, or one below
 * it
 */
static void want_group(struct open_nodes *nodes, struct device *device, const struct device *user)
{
	struct arena *arena = build_arena(nodes->reading->build);
	const char *node = user->group ? user->group->vfio_node : NULL;

	if (!user->group || !is_vfio_bound(user))
		return;
	want(nodes, (struct wanted){
			    .device = device,
			    .name = node ? arena_printf(arena, "vfio/%s", text_basename(node))
					 : arena_printf(arena, "vfio/%d", user->group->id),
			    .kind = USE_VFIO,
		    });
}

static void want_groups(struct open_nodes *nodes, const struct below *below)
{
	want_group(nodes, below->device, below->device);
	for (size_t i = 0; i < below->member_count; i++)
		want_group(nodes, below->device, below->members[i]);
}

/* True where a VFIO user may have @below->device, or a device below it. */
static bool may_have_vfio_user(const struct below *below)
{
	bool may = is_vfio_bound(below->device);

	for (size_t i = 0; i < below->member_count && !may; i++)
		may = is_vfio_bound(below->members[i]);
	return may;
}

/* NVIDIA's driver makes its nodes without telling sysfs: /dev/nvidia0 is 195:0. */
static void want_nvidia(struct open_nodes *nodes, struct device *device)
{
	enum { NVIDIA_MAJOR = 195 };
	unsigned minor;

	if (!device->driver || strcmp(device->driver, "nvidia") != 0 ||
	    !nvidia_minor(nodes->reading->root, device->name, &minor))
		return;
	want(nodes,
	     (struct wanted){
		     .device = device,
		     .name = arena_printf(build_arena(nodes->reading->build), "nvidia%u", minor),
		     .kind = USE_OPEN,
		     .number = makedev(NVIDIA_MAJOR, minor),
		     .type = S_IFCHR,
	     });
}

/*
 * Drivers whose nodes sysfs does not connect with a device, so that each node stands for all
 * devices of the driver: NVIDIA's switches (nvidia-fabricmanager has them open), AMD's compute
 * node.
 */
static void want_shared(struct open_nodes *nodes, struct device *device)
{
	static const struct {
		const char *driver, *name;
		/* number of nodes "NAME0", "NAME1", …; 0 for a single node NAME */
		unsigned numbers;
	} shared[] = {
		{"nvidia-nvswitch", "nvidia-nvswitchctl", 0},
		{"nvidia-nvswitch", "nvidia-nvswitch", NVSWITCHES_MAX},
		{"amdgpu", "kfd", 0},
	};
	struct arena *arena = build_arena(nodes->reading->build);

	for (size_t i = 0; i < ARRAY_SIZE(shared); i++) {
		if (!device->driver || strcmp(device->driver, shared[i].driver) != 0)
			continue;
		if (!shared[i].numbers)
			want(nodes, (struct wanted){.device = device,
						    .name = shared[i].name,
						    .kind = USE_OPEN});
		for (unsigned number = 0; number < shared[i].numbers; number++)
			want(nodes, (struct wanted){.device = device,
						    .name = arena_printf(arena, "%s%u",
									 shared[i].name, number),
						    .kind = USE_OPEN});
	}
}

/*
 * Search for hvc terminals where a virtio-serial console may be below: hvc terminals have no parent
 * device.
 */
static void want_hvc(struct open_nodes *nodes, const struct below *below)
{
	struct arena *arena = build_arena(nodes->reading->build);
	const struct root *root = nodes->reading->root;
	unsigned major_number, minor_number;
	char text[64];

	if (below_has_hvc(root, below) == ANSWER_NO)
		return;
	for (unsigned i = 0; i < HVC_MAX; i++)
		if (root_readf_text(root, text, sizeof(text), "/sys/class/tty/hvc%u/dev", i) > 0 &&
		    sscanf(text, "%u:%u", &major_number, &minor_number) == 2)
			want(nodes, (struct wanted){
					    .device = below->device,
					    .name = arena_printf(arena, "hvc%u", i),
					    .kind = USE_OPEN,
					    .number = makedev(major_number, minor_number),
					    .type = S_IFCHR,
				    });
}

/* False for nodes of drivers without mmap in their file_operations; most others have it. */
static bool is_mappable(const struct below_node *node)
{
	static const char *const subsystems[] = {"tty",	     "input", "hidraw", "ptp",	   "rtc",
						 "watchdog", "tpm",   "tpmrm",	"i2c-dev", "nvme"};

	for (size_t i = 0; i < ARRAY_SIZE(subsystems); i++)
		if (strcmp(node->subsystem, subsystems[i]) == 0)
			return false;
	return true;
}

static void want_below(struct open_nodes *nodes, const struct below *below)
{
	for (size_t i = 0; i < below->count; i++) {
		const struct below_node *node = &below->nodes[i];

		nodes->mappable = nodes->mappable || is_mappable(node);
		want(nodes,
		     (struct wanted){
			     .device = below->device,
			     .name = node->name,
			     .kind = strcmp(node->subsystem, "vfio-dev") == 0 ? USE_VFIO : USE_OPEN,
			     .number = node->number,
			     .type = node->is_block ? S_IFBLK : S_IFCHR,
		     });
	}
}

struct open_nodes *open_nodes_new(struct reading *reading)
{
	struct arena *arena = build_arena(reading->build);
	struct open_nodes *nodes = arena_alloc(arena, sizeof(*nodes));

	nodes->reading = reading;
	nodes->own_pid = root_is_live(reading->root) ? getpid() : 0;
	nodes->holder_pid = reading->focus ? reading->focus->holder : 0;
	nodes->by_name = text_map_new(arena);
	nodes->by_base = text_map_new(arena);
	for (size_t i = 0; i < reading->below_count; i++) {
		if (!reading->below[i].device)
			continue;
		want_below(nodes, &reading->below[i]);
		want_groups(nodes, &reading->below[i]);
		want_hvc(nodes, &reading->below[i]);
		want_nvidia(nodes, reading->below[i].device);
		want_shared(nodes, reading->below[i].device);
	}
	return nodes;
}

/* True where a path means the wanted node: a disk image may also be called "sda". */
static bool is_that_node(const struct open_nodes *nodes, const struct wanted *wanted,
			 const char *descriptor)
{
	dev_t number;

	if (!root_is_live(nodes->reading->root) || !wanted->number)
		return true;
	return root_device_number(nodes->reading->root, descriptor, wanted->type, &number) > 0 &&
	       number == wanted->number;
}

static void add_open(const struct open_nodes *nodes, const struct wanted *wanted, int pid,
		     const char *descriptor)
{
	struct arena *arena = build_arena(nodes->reading->build);

	build_use(nodes->reading->build, wanted->device,
		  (struct use){
			  .kind = wanted->kind,
			  .node = wanted->name,
			  .user = process_describe(nodes->reading->root, arena, pid),
			  .evidence = arena_strdup(arena, descriptor),
		  });
}

/* Remove " (deleted)" from a link's text: a node that was replaced in /dev is still open. */
static void cut_deleted(char *target)
{
	size_t length = text_before_end(target, " (deleted)");

	if (length)
		target[length] = '\0';
}

/*
 * An open file of a process. @path: of the file     @link: leads to the file; NULL: only @path does
 * @evidence: the file or link that shows it
 */
struct opened {
	int pid;
	const char *path, *link, *evidence;
};

static void match_node(const struct open_nodes *nodes, struct wanted *wanted,
		       const struct opened *opened)
{
	if (wanted->last_pid == opened->pid ||
	    (opened->link && !is_that_node(nodes, wanted, opened->link)))
		return;
	wanted->last_pid = opened->pid;
	add_open(nodes, wanted, opened->pid, opened->evidence);
}

/* Nodes may be mounted elsewhere in a container, so any end of the path may be the name. */
static void match_path(const struct open_nodes *nodes, const struct opened *opened)
{
	for (const char *slash = strchr(opened->path, '/'); slash; slash = strchr(slash + 1, '/'))
		for (size_t number = text_map_find(nodes->by_name, slash + 1); number;
		     number = nodes->wanted[number - 1].next)
			match_node(nodes, &nodes->wanted[number - 1], opened);
}

static bool is_own_process(const struct open_nodes *nodes, int pid)
{
	return !nodes->count || pid == nodes->own_pid ||
	       (nodes->holder_pid && pid == nodes->holder_pid);
}

void open_nodes_take(struct open_nodes *nodes, int pid, const char *name, const char *target)
{
	char path[PATH_SIZE], descriptor[PATH_SIZE];

	/* Most descriptors of a server are sockets and pipes. */
	if (!strchr(target, '/') || is_own_process(nodes, pid) ||
	    root_path(nodes->reading->root, descriptor, "/proc/%d/%s", pid, name) < 0)
		return;
	snprintf(path, sizeof(path), "%s", target);
	cut_deleted(path);
	match_path(nodes, &(struct opened){pid, path, descriptor, descriptor});
}

void open_nodes_registered(struct open_nodes *nodes, int pid, const char *info, const char *file)
{
	char evidence[PATH_SIZE], link[PATH_SIZE];
	const struct root *root = nodes->reading->root;
	const struct opened opened = {pid, file, *file == '/' ? link : NULL, evidence};

	if (is_own_process(nodes, pid) || root_path(root, evidence, "/proc/%d/%s", pid, info) < 0 ||
	    root_path(root, link, "/proc/%d/root%s", pid, *file == '/' ? file : "/") < 0)
		return;
	if (*file == '/')
		match_path(nodes, &opened);
	else
		for (size_t number = text_map_find(nodes->by_base, file); number;
		     number = nodes->wanted[number - 1].next_base)
			match_node(nodes, &nodes->wanted[number - 1], &opened);
}

bool open_nodes_mappable(const struct open_nodes *nodes)
{
	return nodes->mappable;
}

void open_nodes_nameless(struct open_nodes *nodes, int pid)
{
	nodes->nameless_pid = pid;
}

void open_nodes_conclude(struct open_nodes *nodes, const char *unseen)
{
	struct build *build = nodes->reading->build;

	for (size_t i = 0; i < nodes->reading->below_count; i++) {
		const struct below *below = &nodes->reading->below[i];
		bool vfio = below->device && may_have_vfio_user(below);

		if (!below->device)
			continue;
		if (unseen && vfio)
			build_blindness(build, below->device, USE_VFIO, "%s", unseen);
		else if (vfio && nodes->nameless_pid)
			build_blindness(build, below->device, USE_VFIO,
					"/proc/%d/fd: an unnamed VFIO device", nodes->nameless_pid);
		if (unseen && below->count)
			build_blindness(build, below->device, USE_OPEN, "%s", unseen);
		if (below->unseen)
			build_blindness(build, below->device, USE_OPEN, "%s", below->unseen);
	}
}
