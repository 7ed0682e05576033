/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/usage/other_uses.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* A search for uses of one device in focus. */
struct search {
	struct reading *reading;
	const struct below *below;
	const struct mounts *mounts;
	const struct below_bound *bound; /* a virtio device below the device in focus */
	const char *tag;		 /* the tag of the virtio device, once found */
};

static void add_other_use(const struct search *search, enum use_kind kind, const char *node,
			  const char *user, const char *evidence)
{
	struct arena *arena = build_arena(search->reading->build);

	build_use(search->reading->build, search->below->device,
		  (struct use){kind, arena_strdup(arena, node), arena_strdup(arena, user),
			       arena_strdup(arena, evidence)});
}

static bool is_9p(const struct below_bound *bound)
{
	return strcmp(bound->driver, "9pnet_virtio") == 0;
}

/*
 * True for a virtio-fs device. Its driver is "virtiofs" or, by its module, "virtio_fs"
 * (fs/fuse/virtio_fs.c).
 */
static bool is_virtiofs(const struct below_bound *bound)
{
	return strcmp(bound->driver, "virtiofs") == 0 || strcmp(bound->driver, "virtio_fs") == 0;
}

static bool is_mtd(const struct below_node *node)
{
	return strcmp(node->subsystem, "mtd") == 0;
}

bool below_has_transport(const struct below *below)
{
	for (size_t i = 0; i < below->bound_count; i++)
		if (is_9p(&below->bound[i]) || is_virtiofs(&below->bound[i]))
			return true;
	return below_has(below, "mtd");
}

static void add_mount_use(const struct search *search, const char *node, const struct mount *mount)
{
	add_other_use(search, mount_is_system(mount) ? USE_SYSTEM_MOUNT : USE_MOUNT, node,
		      mount->holder ? arena_printf(build_arena(search->reading->build),
						   "%s in the mount namespace of %s", mount->point,
						   mount->holder)
				    : mount->point,
		      mount->evidence);
}

/*
 * Add the mounts of that type with the tag. @type: of the file system. True where any mount of the
 * type exists.
 */
static bool use_mounts_of_tag(const struct search *search, const char *type, const char *tag)
{
	size_t count;
	const struct mount *mounts = mounts_of_backing(search->mounts, MOUNT_TAG, &count);
	bool found = false;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(mounts[i].type, type) != 0)
			continue;
		found = true;
		if (tag && strcmp(mounts[i].source, tag) == 0)
			add_mount_use(search, text_basename(search->bound->path), &mounts[i]);
	}
	return found;
}

/* An instance of virtio-fs: /sys/fs/virtiofs/0 has a link to the device (Linux 6.9) and its tag. */
static int look_at_instance(void *context, const char *name)
{
	struct search *search = context;
	char device[PATH_SIZE], tag[ATTRIBUTE_MAX];

	if (root_followf(search->reading->root, device, "/sys/fs/virtiofs/%s/device", name) <= 0 ||
	    strcmp(device, search->bound->path) != 0 ||
	    root_readf_text(search->reading->root, tag, sizeof(tag), "/sys/fs/virtiofs/%s/tag",
			    name) <= 0)
		return 0;
	search->tag = arena_strdup(build_arena(search->reading->build), tag);
	return 1;
}

/* Without a known tag, any mount of the type may be a mount of this virtio device. */
static void look_at_tag(const struct search *search, const char *type, const char *file)
{
	static const enum use_kind kinds[] = {USE_MOUNT, USE_SYSTEM_MOUNT};

	if (!use_mounts_of_tag(search, type, search->tag) || search->tag)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		build_blindness(search->reading->build, search->below->device, kinds[i],
				"%s: a %s is mounted, and the tag of this device is unknown", file,
				type);
}

static void look_at_bound(struct search *search)
{
	const struct root *root = search->reading->root;
	char tag[ATTRIBUTE_MAX];

	search->tag = NULL;
	if (is_9p(search->bound)) {
		/* A 9p device's file mount_tag: net/9p/trans_virtio.c: p9_mount_tag_show */
		if (root_readf_text(root, tag, sizeof(tag), "%s/mount_tag", search->bound->path) >
		    0)
			search->tag = arena_strdup(build_arena(search->reading->build), tag);
		look_at_tag(search, "9p", search->bound->path);
	} else if (is_virtiofs(search->bound)) {
		root_list(root, "/sys/fs/virtiofs", look_at_instance, search);
		look_at_tag(search, "virtiofs", "/sys/fs/virtiofs");
	}
}

/*
 * True for sources of a mount that mean the UBI device "ubi0": "ubi0:root", "/dev/ubi0_1", "ubi0_1"
 * (fs/ubifs/super.c: open_ubi)
 */
static bool is_of_ubi(const char *source, const char *ubi)
{
	const char *name = text_after(source, "/dev/");
	const char *rest = text_after(name ? name : source, ubi);

	return rest && (*rest == '_' || *rest == ':' || *rest == '!' || *rest == '\0');
}

static void look_at_flash(const struct search *search, const struct export *export)
{
	size_t count;
	const struct mount *mounts = mounts_of_backing(search->mounts, MOUNT_UBI, &count);

	for (size_t i = 0; i < count; i++)
		if (is_of_ubi(mounts[i].source, export->user))
			add_mount_use(search, export->backing, &mounts[i]);
}

/*
 * jffs2 is mounted by the number of an MTD block device, even if that block device does not exist.
 */
static void look_at_mtd(const struct search *search, const struct below_node *node)
{
	enum { MTD_BLOCK_MAJOR = 31 };
	const struct mount *mounts;
	uint64_t number;
	size_t count;

	if (!text_starts(node->name, "mtd") || !text_number(node->name + 3, 10, &number))
		return;
	mounts = mounts_of_number(search->mounts, makedev(MTD_BLOCK_MAJOR, (unsigned)number),
				  &count);
	for (size_t i = 0; i < count; i++)
		add_mount_use(search, node->name, &mounts[i]);
}

static bool has_node(const struct below *below, const char *name)
{
	for (size_t i = 0; i < below->count; i++)
		if (strcmp(below->nodes[i].name, name) == 0)
			return true;
	return false;
}

void transport_uses(struct reading *reading, const struct below *below, const struct mounts *mounts,
		    const struct exports *exports)
{
	struct search search = {.reading = reading, .below = below, .mounts = mounts};

	for (size_t i = 0; i < below->bound_count; i++) {
		search.bound = &below->bound[i];
		look_at_bound(&search);
	}
	for (size_t i = 0; i < below->count; i++)
		if (is_mtd(&below->nodes[i]))
			look_at_mtd(&search, &below->nodes[i]);
	for (size_t i = 0; i < exports->count; i++)
		if (exports->items[i].kind == EXPORT_NODE &&
		    has_node(below, exports->items[i].backing))
			look_at_flash(&search, &exports->items[i]);
	if (mounts->main_unseen)
		build_blindness(reading->build, below->device, USE_SYSTEM_MOUNT, "%s",
				mounts->main_unseen);
	if (mounts->unseen)
		build_blindness(reading->build, below->device, USE_MOUNT, "%s", mounts->unseen);
}

/*
 * True where the node lies in the folder of the SCSI device @address: "3:0:1:2", or ":0:1:2" of any
 * host
 */
static bool is_of_scsi(const struct below_node *node, const char *address)
{
	size_t length = strlen(address);

	for (const char *at = strstr(node->path, address); at; at = strstr(at + 1, address))
		if ((*address == ':' || at[-1] == '/') && (at[length] == '/' || !at[length]))
			return true;
	return false;
}

static const char *exported_node(const struct below *below, const struct export *export)
{
	if (export->kind == EXPORT_NODE)
		return has_node(below, export->backing) ? export->backing : NULL;
	for (size_t i = 0; export->kind == EXPORT_SCSI && i < below->count; i++)
		if (is_of_scsi(&below->nodes[i], export->backing))
			return below->nodes[i].name;
	return NULL;
}

void export_uses(struct reading *reading, const struct below *below, const struct exports *exports)
{
	const struct search search = {.reading = reading, .below = below};

	for (size_t i = 0; i < exports->count; i++) {
		const struct export *export = &exports->items[i];
		const char *node = exported_node(below, export);

		if (node)
			add_other_use(&search, USE_BACKING, node, export->user, export->evidence);
	}
}
