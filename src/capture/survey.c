/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/survey.h"

#include "base/text.h"
#include "model/vfio_driver.h"
#include "sources/modules/modules_files.h"
#include "sources/read.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum {
	FACTS_OF_DEVICES = (FACTS_ALL & ~FACT_SERIALS) | FACT_SUPPLIERS | FACT_TRAITS |
			   FACT_PROTECTION | FACT_PRESENCE | FACT_PINS,
	/* those that decide which devices there are */
	FACTS_OF_LIST = FACT_SUPPLIERS | FACT_ALL_IOMMUS | FACT_DMA,
	FACTS_OF_FOCUS = FACTS_OF_DEVICES | FACT_USES | FACT_DRIVERS | FACT_SERIALS,
	FOLDER_DEPTH_MAX = 16,
};

/* A folder that is being listed so that the recording notes its files. */
struct listed {
	const struct root *root;
	const char *path;
	int depth;
};

/*
 * List the paths of all devices, NULL-terminated; to be freed, their texts are in @arena. The
 * system itself is not kept: of ten thousand devices it has 25 MB.
 */
static int list_paths_of_devices(const struct root *root, struct arena *arena,
				 const char ***ret_paths, size_t *ret_count, struct error *e)
{
	_autosystem_ const struct system *system = NULL;
	int result = system_read(root, FACTS_OF_LIST, &system, e);
	const char **paths;

	if (result < 0)
		return result;
	paths = calloc(system->device_count + 1, sizeof(*paths));
	if (!paths)
		memory_exhausted();
	for (size_t i = 0; i < system->device_count; i++)
		paths[i] = arena_strdup(arena, system->devices[i]->path);
	*ret_paths = paths;
	*ret_count = system->device_count;
	return 0;
}

/*
 * Read the machine with all devices in focus, as "check" does: that reads all that "show" reads,
 * with no device in focus, and more.
 */
static int read_systems(const struct root *root,
			void (*each)(void *context, const struct system *system), void *context,
			struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	_autosystem_ const struct system *system = NULL;
	_autofree_ const char **paths = NULL;
	size_t drivers;
	struct focus focus = {.driver = vfio_drivers(&drivers)->name};
	int result = list_paths_of_devices(root, arena, &paths, &focus.count, e);

	if (result < 0)
		return result;
	focus.paths = paths;
	result = system_read_about(root, FACTS_OF_FOCUS, &focus, &system, e);
	if (result == 0)
		each(context, system);
	return result;
}

/* Drop the answer of an access: the recording has noted the access. */
static void drop_answer(int answer)
{
}

static int survey_driver(void *context, const char *name)
{
	const struct listed *listed = context;
	char folder[PATH_SIZE], target[PATH_SIZE];

	if (root_path(listed->root, folder, "%s/%s", listed->path, name) < 0 ||
	    root_has(listed->root, folder) <= 0)
		return 0;
	drop_answer(root_hasf(listed->root, "%s/bind", folder));
	drop_answer(root_hasf(listed->root, "%s/unbind", folder));
	drop_answer(root_follow(listed->root, folder, "module", target));
	return 0;
}

static int look_at_bus(void *context, const char *name)
{
	const struct listed *buses = context;
	char path[PATH_SIZE];
	struct listed listed = {buses->root, path, 0};

	if (root_path(buses->root, path, "/sys/bus/%s/drivers", name) >= 0)
		root_list(buses->root, path, survey_driver, &listed);
	return 0;
}

static void open_file(const struct root *root, const char *path)
{
	_autoclose_ int fd = root_open_file(root, path, O_NONBLOCK);

	(void)fd;
}

static int drop_link(void *context, const char *name, const char *target)
{
	return 0;
}

/* A command about one device finds the members of its group here, and not on the buses. */
static int look_at_group(void *context, const char *name)
{
	root_listf_links(context, drop_link, NULL, "/sys/kernel/iommu_groups/%s/devices", name);
	return 0;
}

static int look_at_module(void *context, const char *name)
{
	char path[PATH_SIZE];

	if (root_path(context, path, "/sys/module/%s/initstate", name) >= 0)
		open_file(context, path);
	return 0;
}

static int look_at_setting(void *context, const char *name)
{
	const struct listed *listed = context;
	char path[PATH_SIZE];

	if (root_path(listed->root, path, "%s/%s", listed->path, name) >= 0)
		open_file(listed->root, path);
	return 0;
}

static int list_module_folder(void *context, const char *name, enum root_kind kind)
{
	const struct listed *above = context;
	char path[PATH_SIZE];
	struct listed listed = {above->root, path, above->depth + 1};

	if (kind == ROOT_FOLDER && above->depth < FOLDER_DEPTH_MAX &&
	    root_path(above->root, path, "%s/%s", above->path, name) >= 0)
		root_list_kinds(above->root, path, list_module_folder, &listed);
	return 0;
}

static void look_at_modules_of(const struct root *root, const char *release)
{
	char path[PATH_SIZE];
	struct listed listed = {root, path, 0};

	for (size_t i = 0; i < MODULES_INDEX_QUERIED; i++)
		if (root_path(root, path, "/lib/modules/%s/%s", release, modules_index_files[i]) >=
		    0)
			open_file(root, path);
	for (size_t i = 0; modules_folders[i]; i++)
		if (root_path(root, path, "/lib/modules/%s/%s", release, modules_folders[i]) >= 0)
			root_list_kinds(root, path, list_module_folder, &listed);
}

static void survey_modules(const struct root *root)
{
	char release[256];

	root_list(root, "/sys/module", look_at_module, (void *)root);
	for (size_t i = 0; modules_setting_folders[i]; i++) {
		struct listed listed = {root, modules_setting_folders[i], 0};

		root_list(root, listed.path, look_at_setting, &listed);
	}
	if (root_read_text(root, "/proc/sys/kernel/osrelease", release, sizeof(release)) > 0)
		look_at_modules_of(root, release);
}

int survey_read(const struct root *root, void (*each)(void *context, const struct system *system),
		void *context, struct error *e)
{
	struct listed buses = {root, "/sys/bus", 0};
	int result = read_systems(root, each, context, e);

	if (result < 0)
		return result;
	root_list(root, "/sys/bus", look_at_bus, &buses);
	root_list(root, "/sys/kernel/iommu_groups", look_at_group, (void *)root);
	/* A source reads it only for some devices, and a device that comes later may be one. */
	open_file(root, "/proc/iomem");
	survey_modules(root);
	root_forget_failures(root);
	return 0;
}
