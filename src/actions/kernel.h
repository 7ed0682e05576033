/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel - the functions that carry out the write of a step
 *
 * On the running machine they use sysfs, libkmod and udev. Tests replace them by a fake that reacts
 * to writes as kernels do, and can fail or hang at any of them. All functions are called in a child
 * process that may be lost (writer.h).
 */
#pragma once

#include "base/root.h"

struct kernel {
	/** write - write @text to @file in a single write(2); 0 or a negative errno */
	int (*write)(const struct kernel *kernel, const struct root *root, const char *file,
		     const char *text);
	/**
	 * load - load a module and its dependencies; 0, also if it is already loaded; or a negative
	 * errno
	 */
	int (*load)(const struct kernel *kernel, const struct root *root, const char *module);
	/**
	 * give - write a rule about the owner of VFIO nodes, or remove it, and let udev apply it
	 * (owner_rule_store); 0 or a negative errno
	 */
	int (*give)(const struct kernel *kernel, const struct root *root, const char *file,
		    const char *rule);
	/**
	 * claim - open the disk /dev/@node with O_EXCL, if it has that device @number
	 * Returns: a descriptor; -EBUSY where it is in use; -ENODEV where the node belongs to
	 * another device.
	 */
	int (*claim)(const struct kernel *kernel, const struct root *root, const char *node,
		     dev_t number);
};

/** kernel_live - the running kernel */
extern const struct kernel kernel_live;
