/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * debugfs - the root folder of debugfs, which all containers of a machine share
 *
 * A kernel has one debugfs, whatever mount, network or PID namespace it is mounted in
 * (fs/debugfs/inode.c: get_tree_single; mount_single before 6.10). sysfs has one instance for each
 * network namespace, and procfs one for each PID namespace. Only root can open the folder.
 */
#pragma once

#include "base/root.h"

/**
 * debugfs_open - a descriptor of the root folder, close-on-exec
 * On the running machine, a debugfs that is not mounted at /sys/kernel/debug is mounted at no path,
 * for as long as the descriptor is open. Kernels before 6.1 then reset the mode and the owner of
 * the folder, where it was mounted elsewhere with others.
 * Returns: -ENOENT where the kernel or the tree has no debugfs; -EPERM without CAP_SYS_ADMIN;
 * another negative errno.
 */
_must_check_ int debugfs_open(const struct root *root);
