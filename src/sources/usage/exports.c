/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/usage/exports.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

struct gathering {
	const struct root *root;
	struct arena *arena;
	const char *folder, *above;
	struct export *items;
	size_t count, room;
};

const char *node_of_path(const struct root *root, struct arena *arena, const char *path)
{
	enum { LINKS_MAX = 8 };
	char at[PATH_SIZE], target[PATH_SIZE];
	const char *node;

	if (!text_starts(path, "/dev/") || root_path(root, at, "%s", path) < 0)
		return NULL;
	for (int i = 0; i < LINKS_MAX && root_followf(root, target, "%s", at) > 0; i++)
		memcpy(at, target, sizeof(at));
	node = text_after(at, "/dev/");
	return node ? arena_strdup(arena, node) : NULL;
}

static void add_export(struct gathering *gathering, struct export export)
{
	gathering->items = arena_grow(gathering->arena, gathering->items, gathering->count,
				      &gathering->room, sizeof(*gathering->items));
	export.user = arena_strdup(gathering->arena, export.user);
	export.evidence = arena_strdup(gathering->arena, export.evidence);
	export.block = arena_strdup(gathering->arena, export.block);
	gathering->items[gathering->count++] = export;
}

/* Add an export if its path is a node below /dev. Other files are used through their mount. */
static void add_path_export(struct gathering *gathering, struct export export, const char *path)
{
	export.backing = node_of_path(gathering->root, gathering->arena, path);
	if (export.backing)
		add_export(gathering, export);
}

/* Add an export whose path is the text of the file export.evidence. */
static void add_path_in(struct gathering *gathering, struct export export)
{
	char text[ATTRIBUTE_MAX];

	if (root_read_text(gathering->root, export.evidence, text, sizeof(text)) > 0)
		add_path_export(gathering, export, text);
}

static int read_block_backing(void *context, const char *name)
{
	struct gathering *gathering = context;
	const char *file = text_starts(name, "loop")   ? "loop/backing_file"
			   : text_starts(name, "zram") ? "backing_dev"
						       : NULL;

	if (file)
		add_path_in(gathering,
			    (struct export){
				    .user = name,
				    .block = name,
				    .evidence = arena_printf(gathering->arena, "/sys/block/%s/%s",
							     name, file),
			    });
	return 0;
}

/*
 * Call @each for every "FOLDER/ABOVE/NAME", with gathering->above set to ABOVE; configfs has
 * folders of folders.
 */
static void list_in(struct gathering *gathering, const char *above,
		    int (*each)(void *context, const char *name))
{
	gathering->above = above;
	root_listf(gathering->root, each, gathering, "%s/%s", gathering->folder, above);
}

/*
 * True where an export has "enable" or the like at 0: it is only configured. A missing file means
 * that it may be in use.
 */
static bool is_disabled(const struct gathering *gathering, const char *folder)
{
	char text[16];

	return root_readf_text(gathering->root, text, sizeof(text), "%s/enable", folder) > 0 &&
	       strcmp(text, "0") == 0;
}

static bool read_number_after(const char *text, const char *label, unsigned *ret_number)
{
	const char *at = strstr(text, label);

	return at && sscanf(at + strlen(label), " %u", ret_number) == 1;
}

/*
 * Add an export of a SCSI device (pscsi) from the text of info: "SCSI Device Bus Location: Channel
 * ID: 0 Target ID: 1 LUN: 2 Host ID: 3". "PHBA Mode" means that the target has the whole host
 * (target_core_pscsi.c: pscsi_show_configfs_dev_params).
 */
static void add_scsi(struct gathering *gathering, struct export export, const char *info)
{
	unsigned host, channel, target, lun;

	if (!read_number_after(info, "Channel ID:", &channel) ||
	    !read_number_after(info, "Target ID:", &target) ||
	    !read_number_after(info, "LUN:", &lun))
		return;
	export.kind = EXPORT_SCSI;
	export.backing =
		read_number_after(info, "Host ID:", &host)
			? arena_printf(gathering->arena, "%u:%u:%u:%u", host, channel, target, lun)
			: arena_printf(gathering->arena, ":%u:%u:%u", channel, target, lun);
	add_export(gathering, export);
}

/* "iBlock device: sda  UDEV PATH: …", "File: /dev/sda  Size: …" (…_show_configfs_dev_params) */
static void add_backend(struct gathering *gathering, struct export export, const char *info)
{
	const char *device = strstr(info, "iBlock device: "), *file = strstr(info, "File: ");
	const char *name = device ? device + strlen("iBlock device: ")
				  : (file ? file + strlen("File: ") : NULL);
	char *word = name ? arena_text(gathering->arena, name, strcspn(name, " \n")) : NULL;

	if (device)
		add_path_export(gathering, export,
				arena_concat(gathering->arena, "/dev/", word, ""));
	else if (file)
		add_path_export(gathering, export, word);
	else
		add_scsi(gathering, export, info);
}

/*
 * A backend of LIO. udev_path, written by the user, may be missing; info tells the path that the
 * driver opened.
 */
static int look_at_target(void *context, const char *name)
{
	struct gathering *gathering = context;
	const char *folder = arena_printf(gathering->arena, "%s/%s/%s", gathering->folder,
					  gathering->above, name);
	const char *user =
		arena_printf(gathering->arena, "iSCSI target %s/%s", gathering->above, name);
	size_t before = gathering->count;
	char info[ATTRIBUTE_MAX];

	if (is_disabled(gathering, folder))
		return 0;
	if (root_readf_text(gathering->root, info, sizeof(info), "%s/info", folder) > 0)
		add_backend(gathering,
			    (struct export){.user = user,
					    .evidence = arena_concat(gathering->arena, folder,
								     "/info", "")},
			    info);
	if (gathering->count == before)
		add_path_in(gathering,
			    (struct export){.user = user,
					    .evidence = arena_concat(gathering->arena, folder,
								     "/udev_path", "")});
	return 0;
}

static int look_at_backend(void *context, const char *name)
{
	list_in(context, name, look_at_target);
	return 0;
}

/* An export of nvmet. @folder: the folder of a namespace, or "passthru" */
static void read_nvme_export(struct gathering *gathering, const char *subsystem, const char *folder,
			     enum export_kind kind)
{
	if (!is_disabled(gathering, folder))
		add_path_in(gathering, (struct export){
					       .kind = kind,
					       .user = arena_concat(gathering->arena,
								    "NVMe target ", subsystem, ""),
					       .evidence = arena_concat(gathering->arena, folder,
									"/device_path", ""),
				       });
}

static int look_at_namespace(void *context, const char *name)
{
	struct gathering *gathering = context;
	const char *folder = arena_printf(gathering->arena, "%s/%s/%s", gathering->folder,
					  gathering->above, name);
	const char *subsystem =
		arena_text(gathering->arena, gathering->above, strcspn(gathering->above, "/"));

	read_nvme_export(gathering, subsystem, folder, EXPORT_BLOCK);
	return 0;
}

static int read_nvme_subsystem(void *context, const char *name)
{
	struct gathering *gathering = context;
	struct arena *arena = gathering->arena;

	list_in(gathering, arena_concat(arena, name, "/namespaces", ""), look_at_namespace);
	read_nvme_export(gathering, name,
			 arena_printf(arena, "%s/%s/passthru", gathering->folder, name),
			 EXPORT_NODE);
	return 0;
}

/* "ubi0" is attached to an MTD device; its volumes ("ubi0_1") are in the same folder. */
static int look_at_ubi(void *context, const char *name)
{
	struct gathering *gathering = context;
	const char *file = arena_printf(gathering->arena, "/sys/class/ubi/%s/mtd_num", name);
	char text[16];

	if (!strchr(name, '_') && root_read_text(gathering->root, file, text, sizeof(text)) > 0)
		add_export(gathering,
			   (struct export){
				   .kind = EXPORT_NODE,
				   .backing = arena_concat(gathering->arena, "mtd", text, ""),
				   .user = name,
				   .evidence = file,
			   });
	return 0;
}

/* Chains begin with the first export: items are added at the front, from the last. */
static struct text_map *index_backings(const struct gathering *gathering)
{
	struct text_map *by_backing = text_map_new(gathering->arena);

	for (size_t i = gathering->count; i-- > 0;) {
		size_t *number = text_map_at(by_backing, gathering->items[i].backing);

		gathering->items[i].next = *number;
		*number = i + 1;
	}
	return by_backing;
}

static const struct export *export_number(const struct exports *exports, size_t number)
{
	return number ? &exports->items[number - 1] : NULL;
}

const struct export *export_first(const struct exports *exports, const char *backing)
{
	return export_number(exports, text_map_find(exports->by_backing, backing));
}

const struct export *export_next(const struct exports *exports, const struct export *export)
{
	return export_number(exports, export->next);
}

struct exports exports_read(const struct root *root, struct arena *arena)
{
	struct gathering gathering = {.root = root, .arena = arena};

	root_list(root, "/sys/block", read_block_backing, &gathering);
	root_list(root, "/sys/class/ubi", look_at_ubi, &gathering);
	gathering.folder = "/sys/kernel/config/target/core";
	root_list(root, gathering.folder, look_at_backend, &gathering);
	gathering.folder = "/sys/kernel/config/nvmet/subsystems";
	root_list(root, gathering.folder, read_nvme_subsystem, &gathering);
	return (struct exports){gathering.items, gathering.count, index_backings(&gathering)};
}
