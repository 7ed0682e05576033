/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_machine - the files of a fake machine (tree.h), changed as a kernel changes them
 *
 * A kernel shows a driver and its device in several places that do not change at the same moment
 * (drivers/base/dd.c): the links on both sides appear before the probe and disappear before the
 * remove; DRIVER= in the uevent file disappears after it. Each place has a function here.
 *
 * @dir is the folder of the tree, @device the path of a device's folder on the real file system. A
 * file that cannot be changed ends the process: the test is wrong then.
 */
#pragma once

#include <stdbool.h>

enum {
	FAKE_PATH_SIZE = 4096,
	FAKE_NAME_SIZE = 256,
};

/** machine_device - the folder of the device @name of a bus; false where there is none */
bool machine_device(const char *dir, const char *bus, const char *name,
		    char ret_device[static FAKE_PATH_SIZE]);

/** machine_driver - the driver in the uevent file; false where it names none */
bool machine_driver(const char *device, char ret_driver[static FAKE_NAME_SIZE]);

/** machine_set_driver - set the driver in the uevent file     @driver: NULL none */
void machine_set_driver(const char *dir, const char *device, const char *driver);

/** machine_link - make the links between a driver and its device, in both folders */
void machine_link(const char *dir, const char *bus, const char *device, const char *driver);

/** machine_unlink - remove these links */
void machine_unlink(const char *dir, const char *bus, const char *device, const char *driver);

/** machine_override - the driver_override; false where none is set */
bool machine_override(const char *device, char ret_override[static FAKE_NAME_SIZE]);

/** machine_set_override - set driver_override     @override: NULL none */
void machine_set_override(const char *dir, const char *device, const char *override);

/** machine_modalias - the device's modalias; false where it has none */
bool machine_modalias(const char *device, char ret_modalias[static FAKE_NAME_SIZE]);

/** machine_group - the number of the device's group, or -1 */
int machine_group(const char *device);

/**
 * machine_join_group - add a device without a group to that group, which is made if it is missing
 */
void machine_join_group(const char *dir, const char *device, int group);

/** machine_vfio_comes - add the nodes of a device to which a VFIO driver is bound */
void machine_vfio_comes(const char *dir, const char *device);

/**
 * machine_vfio_goes - remove these nodes; the group's node stays while another member has a VFIO
 * driver
 */
void machine_vfio_goes(const char *dir, const char *device);

/** machine_register - add a driver and its files; @module: NULL built in */
void machine_register(const char *dir, const char *bus, const char *driver, const char *module);

/** machine_registered - true where that driver is registered */
bool machine_registered(const char *dir, const char *bus, const char *driver);

/** machine_load - add a module; false where it was already loaded */
bool machine_load(const char *dir, const char *module);

/**
 * machine_each_name - call @each with every name in a folder, in order, but not those with a dot at
 * the beginning
 * @folder: its path in the tree; there are no names where it does not exist
 */
void machine_each_name(const char *dir, const char *folder,
		       void (*each)(void *context, const char *name), void *context);

/** machine_each_device - call @each with the name of every device of a bus, in order */
void machine_each_device(const char *dir, const char *bus,
			 void (*each)(void *context, const char *name), void *context);

/**
 * machine_each_bus, machine_each_driver - call @each with the name of every bus, of every driver of
 * a bus
 */
void machine_each_bus(const char *dir, void (*each)(void *context, const char *name),
		      void *context);
void machine_each_driver(const char *dir, const char *bus,
			 void (*each)(void *context, const char *name), void *context);

/**
 * machine_dump - the state that a transaction may change, in words: drivers on each side,
 * overrides, groups with their members, VFIO nodes. Equal dumps are equal states.
 * Returns: text to be freed.
 */
char *machine_dump(const char *dir);
