/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel - what carries out the write of a step
 *
 * On the running machine that is sysfs and libkmod. Tests put something in its place that reacts to
 * writes as kernels do, and can fail or hang at any of them. All functions are called in a child
 * process that may be lost (writer.h).
 */
#pragma once

#include "base/root.h"

struct kernel {
	/** write - @text to @file in a single write(2); 0 or a negative errno */
	int (*write)(const struct kernel *kernel, const struct root *root, const char *file,
		     const char *text);
	/** load - a module and those it needs; 0, also where it is there; or a negative errno */
	int (*load)(const struct kernel *kernel, const struct root *root, const char *module);
	/**
	 * claim - open the disk /dev/@node with O_EXCL, if it has that device @number
	 * Returns: a descriptor; -EBUSY where it is in use; -ENODEV where the node is another's.
	 */
	int (*claim)(const struct kernel *kernel, const struct root *root, const char *node,
		     dev_t number);
};

/** kernel_live - the kernel that we run on */
extern const struct kernel kernel_live;
