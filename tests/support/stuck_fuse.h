/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stuck_fuse - a FUSE file system with one file whose open(2) is never answered
 *
 * A process that opens the file sleeps in the kernel (fs/fuse/dev.c: request_wait_answer).
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/**
 * stuck_fuse_mount - mount it on the folder @dir, with one file called @name, served by a child
 * Returns: true; false where FUSE cannot be mounted here: no /dev/fuse, or no right to mount.
 */
bool stuck_fuse_mount(const char *dir, const char *name);

/** stuck_fuse_unmount - unmount it, which ends all hanging calls */
void stuck_fuse_unmount(const char *dir);
