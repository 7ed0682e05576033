/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/hwdb_udev.h"

#include "base/arena.h"
#include "base/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <libudev.h>
#include <string.h>

/* The functions of libudev in use, as libudev.h declares them. */
struct functions {
	struct udev *(*udev_new)(void);
	struct udev *(*udev_unref)(struct udev *);
	struct udev_hwdb *(*hwdb_new)(struct udev *);
	struct udev_hwdb *(*hwdb_unref)(struct udev_hwdb *);
	struct udev_list_entry *(*properties)(struct udev_hwdb *, const char *, unsigned);
	struct udev_list_entry *(*next)(struct udev_list_entry *);
	const char *(*name)(struct udev_list_entry *);
	const char *(*value)(struct udev_list_entry *);
};

struct hwdb_udev {
	void *library;
	struct functions call;
	struct udev *udev;
	struct udev_hwdb *hwdb;
};

static const char *const function_names[] = {
	"udev_new",
	"udev_unref",
	"udev_hwdb_new",
	"udev_hwdb_unref",
	"udev_hwdb_get_properties_list_entry",
	"udev_list_entry_get_next",
	"udev_list_entry_get_name",
	"udev_list_entry_get_value",
};
_Static_assert(sizeof(struct functions) == sizeof(function_names), "a name for each function");

static int open_database(struct hwdb_udev *udev)
{
	if (library_open("libudev.so.1", function_names, ARRAY_SIZE(function_names), &udev->call,
			 &udev->library) < 0)
		return -ENOENT;
	udev->udev = udev->call.udev_new();
	udev->hwdb = udev->udev ? udev->call.hwdb_new(udev->udev) : NULL;
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
		udev->call.hwdb_unref(udev->hwdb);
	if (udev->udev)
		udev->call.udev_unref(udev->udev);
	if (udev->library)
		dlclose(udev->library);
	free(udev);
}

const char *hwdb_udev_find(struct hwdb_udev *udev, const char *modalias, const char *property)
{
	const struct functions *call = &udev->call;
	struct udev_list_entry *entry = call->properties(udev->hwdb, modalias, 0);

	for (; entry; entry = call->next(entry))
		if (strcmp(call->name(entry), property) == 0)
			return call->value(entry);
	return NULL;
}
