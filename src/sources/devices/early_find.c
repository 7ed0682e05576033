/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/early_find.h"

#include "base/text.h"
#include "base/text_map.h"
#include "model/pci.h"
#include "model/pci_location.h"
#include "sources/devices/pci_config.h"

#include <ctype.h>
#include <string.h>

/* The names in a folder that may be PCI devices. */
struct listing {
	const char **names;
	size_t count, room;
};

struct early_finder {
	const struct root *root;
	struct arena *arena;
	const char *devices;
	struct text_map *by_folder; /* number in listings + 1 */
	struct listing *listings;
	size_t count, room;
};

struct early_finder *early_finder_new(const struct root *root, struct arena *arena,
				      const char *devices)
{
	struct early_finder *finder = arena_alloc(arena, sizeof(*finder));

	*finder = (struct early_finder){
		.root = root, .arena = arena, .devices = devices, .by_folder = text_map_new(arena)};
	return finder;
}

static int note_function(void *context, const char *name)
{
	struct early_finder *finder = context;
	struct listing *listing = &finder->listings[finder->count - 1];

	if (!strchr(name, ':'))
		return 0;
	listing->names = arena_grow(finder->arena, listing->names, listing->count, &listing->room,
				    sizeof(*listing->names));
	listing->names[listing->count++] = arena_strdup(finder->arena, name);
	return 0;
}

/* A folder that cannot be listed has no devices. */
static const struct listing *list_folder(struct early_finder *finder, const char *folder)
{
	size_t *number = text_map_at(finder->by_folder, folder);

	if (!*number) {
		finder->listings = arena_grow(finder->arena, finder->listings, finder->count,
					      &finder->room, sizeof(*finder->listings));
		finder->listings[finder->count++] = (struct listing){0};
		*number = finder->count;
		root_list(finder->root, folder, note_function, finder);
	}
	return &finder->listings[*number - 1];
}

/* "DOMAIN:BUS:SLOT.FUNCTION", where the number of the bus is any */
static bool names_function(const char *name, struct span domain, struct span function)
{
	size_t bus = domain.length + 1;

	return strlen(name) == bus + 3 + function.length &&
	       memcmp(name, domain.start, domain.length) == 0 && name[bus - 1] == ':' &&
	       isxdigit((unsigned char)name[bus]) && isxdigit((unsigned char)name[bus + 1]) &&
	       name[bus + 2] == ':' && memcmp(name + bus + 3, function.start, function.length) == 0;
}

static const char *find_function(struct early_finder *finder, const char *folder,
				 struct span domain, struct span function)
{
	const struct listing *listing = list_folder(finder, folder);
	const char *found = NULL;

	for (size_t i = 0; i < listing->count; i++) {
		if (!names_function(listing->names[i], domain, function))
			continue;
		if (found)
			return NULL;
		found = listing->names[i];
	}
	return found ? arena_printf(finder->arena, "%s/%s", folder, found) : NULL;
}

const char *early_find(struct early_finder *finder, const char *location)
{
	const char *folder = finder->devices;
	struct span domain = {0};

	while (folder && *location) {
		struct span part = location_next_part(&location);

		if (location_domain_of(part).length)
			domain = location_domain_of(part);
		if (domain.length && location_is_function(part))
			folder = find_function(finder, folder, domain, part);
		else
			folder = arena_printf(finder->arena, "%s/%.*s", folder, (int)part.length,
					      part.start);
	}
	return folder;
}

static bool is_id(int32_t id, int32_t wanted)
{
	return wanted < 0 || id == wanted;
}

static bool is_model(const struct pci_model *ids, const struct pci_model *wanted)
{
	return is_id(ids->vendor, wanted->vendor) && is_id(ids->device, wanted->device) &&
	       is_id(ids->subsystem_vendor, wanted->subsystem_vendor) &&
	       is_id(ids->subsystem_device, wanted->subsystem_device);
}

/* Disk controllers, displays and bridges may carry the machine: the service looks at their uses. */
static bool needs_second_look(const struct pci_model *ids)
{
	int base = pci_base_class(ids->class);

	return base < 0 || base == PCI_BASE_STORAGE || base == PCI_BASE_DISPLAY ||
	       base == PCI_BASE_BRIDGE;
}

static bool may_have_driver(const struct root *root, const char *device)
{
	char driver[PATH_SIZE];

	return !root_is_absence(
		(int)root_readlinkf(root, driver, sizeof(driver), "%s/driver", device));
}

/* One file has all IDs. A device that no driver has is not locked by one that probes it. */
static bool is_free_model(const struct root *root, const char *device,
			  const struct pci_model *wanted)
{
	static const char *const keys[] = {"PCI_CLASS", "PCI_ID", "PCI_SUBSYS_ID"};
	struct span values[3];
	struct pci_model ids;
	char text[PATH_SIZE];
	ssize_t length;

	if (may_have_driver(root, device))
		return false;
	length = root_readf_text(root, text, sizeof(text), "%s/uevent", device);
	if (length <= 0)
		return false;
	text_line_values((struct span){text, (size_t)length}, keys, values, 3);
	ids = pci_model_parse(values[0], values[1], values[2]);
	return is_model(&ids, wanted) && !needs_second_look(&ids);
}

static bool has_override(const struct root *root, const char *device)
{
	char text[PATH_SIZE];

	return root_readf_text(root, text, sizeof(text), "%s/driver_override", device) <= 0 ||
	       strcmp(text, "(null)") != 0;
}

static int exceed_members(void *context, const char *name)
{
	unsigned *left = context;

	(void)name;
	return (*left)-- == 0;
}

/* Before its IOMMU has probed, a device is in no group. */
static bool has_gained_members(const struct root *root, const char *device, unsigned members)
{
	unsigned left = members;
	int result;

	if (!members)
		return false;
	result = root_listf(root, exceed_members, &left, "%s/iommu_group/devices", device);
	return result != 0 && !root_is_absence(result);
}

enum early_match early_match(const struct root *root, const char *device,
			     const struct early_line *line)
{
	char serial[PCI_SERIAL_SIZE];

	if (!is_free_model(root, device, &line->ids) || has_override(root, device) ||
	    has_gained_members(root, device, line->members))
		return EARLY_LEFT;
	if (strcmp(line->serial, "-") == 0)
		return EARLY_FITS;
	pci_config_find_serial(root, device, serial);
	return strcmp(serial, line->serial) == 0 ? EARLY_FITS : EARLY_OTHER_CARD;
}
