/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/hwdb_udev.h"

#include "base/arena.h"

#include <dlfcn.h>
#include <errno.h>
#include <libudev.h>
#include <string.h>

struct hwdb_udev {
	void *library;
	struct udev *udev;
	struct udev_hwdb *hwdb;
};

/* A function of the library, as its header declares it. */
#define FUNCTION(udev, name) ((__typeof__(&(name)))dlsym((udev)->library, #name))

static int open_database(struct hwdb_udev *udev)
{
	udev->library = dlopen("libudev.so.1", RTLD_NOW | RTLD_LOCAL);
	if (!udev->library || !FUNCTION(udev, udev_new) || !FUNCTION(udev, udev_hwdb_new))
		return -ENOENT;
	udev->udev = FUNCTION(udev, udev_new)();
	udev->hwdb = udev->udev ? FUNCTION(udev, udev_hwdb_new)(udev->udev) : NULL;
	return udev->hwdb ? 0 : -ENOENT;
}

int hwdb_udev_open(struct hwdb_udev **ret_udev)
{
	struct hwdb_udev *udev = calloc(1, sizeof(*udev));
	int result;

	if (!udev)
		memory_exhausted();
	result = open_database(udev);
	if (result < 0)
		hwdb_udev_close(udev);
	else
		*ret_udev = udev;
	return result;
}

void hwdb_udev_close(struct hwdb_udev *udev)
{
	if (!udev)
		return;
	if (udev->hwdb)
		FUNCTION(udev, udev_hwdb_unref)(udev->hwdb);
	if (udev->udev)
		FUNCTION(udev, udev_unref)(udev->udev);
	if (udev->library)
		dlclose(udev->library);
	free(udev);
}

const char *hwdb_udev_find(struct hwdb_udev *udev, const char *modalias, const char *property)
{
	struct udev_list_entry *entry =
		FUNCTION(udev, udev_hwdb_get_properties_list_entry)(udev->hwdb, modalias, 0);

	for (; entry; entry = FUNCTION(udev, udev_list_entry_get_next)(entry))
		if (strcmp(FUNCTION(udev, udev_list_entry_get_name)(entry), property) == 0)
			return FUNCTION(udev, udev_list_entry_get_value)(entry);
	return NULL;
}
