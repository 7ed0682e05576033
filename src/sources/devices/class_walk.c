/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/class_walk.h"

#include "base/text.h"
#include "model/location.h"
#include "sources/devices/class_links.h"
#include "sources/sysfs_folder.h"

#include <string.h>

/* One folder of a walk. */
struct visit {
	const struct reading *reading;
	const char *path;
	size_t *budget;
	int (*each)(void *context, const char *name, const char *target);
	void *context;
};

static bool is_class(const char *name)
{
	for (size_t i = 0; i < class_link_class_count; i++)
		if (strcmp(name, class_link_classes[i]) == 0)
			return true;
	return false;
}

/* CXL devices are on a bus and in no class; "mem0" is the name in /dev/cxl and in cxl(1). */
static bool names_cxl_memory(const char *subsystem, const char *name)
{
	return strcmp(subsystem, "/sys/bus/cxl") == 0 && text_starts(name, "mem");
}

/* Whether the entry of that name in @folder leads to @path. */
static bool entry_leads_to(const struct reading *reading, const char *folder, const char *name,
			   const char *path)
{
	char target[PATH_SIZE];

	return root_followf(reading->root, target, "%s/%s", folder, name) > 0 &&
	       strcmp(target, path) == 0;
}

/* A tree that was made by hand may lack the link "subsystem", but it has that of the class. */
static bool class_lists(const struct reading *reading, const char *name, const char *path)
{
	char folder[64];

	for (size_t i = 0; i < class_link_class_count; i++) {
		text_join("/sys/class", class_link_classes[i], folder, sizeof(folder));
		if (entry_leads_to(reading, folder, name, path))
			return true;
	}
	return text_starts(name, "mem") &&
	       entry_leads_to(reading, "/sys/bus/cxl/devices", name, path);
}

/* The folder "net" of a device has its interfaces, and is none: it has no link either. */
static bool is_interface(const struct reading *reading, const char *name, const char *path)
{
	char subsystem[PATH_SIZE];
	const char *class;
	int found = root_follow(reading->root, path, "subsystem", subsystem);

	if (found <= 0)
		return found == 0 && !is_class(name) && class_lists(reading, name, path);
	class = text_after(subsystem, "/sys/class/");
	return class ? is_class(class) : names_cxl_memory(subsystem, name);
}

/* Users choose the names of network interfaces: one in the folder "net" may be called "power". */
static bool may_enter(const struct visit *visit, const char *name)
{
	return (sysfs_folder_may_have_nodes(name) || is_class(text_basename(visit->path))) &&
	       !location_name_is_pci(name);
}

static int list_below(struct visit *visit);

/* Stops where the budget does not suffice. */
static int enter_folder(void *context, const char *name, enum root_kind kind)
{
	const struct visit *visit = context;
	struct visit below = *visit;
	char path[PATH_SIZE];

	if (kind != ROOT_FOLDER || !may_enter(visit, name) ||
	    !text_join(visit->path, name, path, sizeof(path)))
		return 0;
	if (is_interface(visit->reading, name, path))
		visit->each(visit->context, name, path);
	below.path = path;
	return list_below(&below);
}

/* The budget is also what ends a recursion, as each folder takes one of it. */
static int list_below(struct visit *visit)
{
	if (*visit->budget == 0)
		return 1;
	--*visit->budget;
	return root_list_kinds(visit->reading->root, visit->path, enter_folder, visit) > 0;
}

bool class_walk(const struct reading *reading, const char *path, size_t *budget,
		int (*each)(void *context, const char *name, const char *target), void *context)
{
	struct visit visit = {reading, path, budget, each, context};

	return list_below(&visit) == 0;
}
