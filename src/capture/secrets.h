/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * secrets - blank credentials in the texts that a capture takes along
 *
 * Kernel command lines, module options and mount options may hold passwords and keys. The name of
 * such a setting stays, so that a reader sees that it was there; its value becomes "***".
 */
#pragma once

#include "base/arena.h"
#include "base/text.h"

/**
 * secrets_blank_words - a text of words such as "quiet KEY=VALUE KEY="VALUE WITH BLANKS""
 * Blanked are the values of keys that name a credential, and the user part of URLs.
 * Returns: a copy in @arena, NUL-terminated. Sources of the keys: systemd.exec(5),
 * dracut.cmdline(7), Documentation/admin-guide/nfs/nfsroot.rst, preseed and anaconda.
 */
struct span secrets_blank_words(struct span text, struct arena *arena);

/**
 * secrets_blank_mounts - lines of /proc/PID/mountinfo
 * Blanked are the options that name a credential, a user or a network address, and the host in the
 * source of a network file system.     Returns: a copy in @arena.
 */
struct span secrets_blank_mounts(struct span lines, struct arena *arena);

/**
 * secrets_blank_uevent - lines of a uevent file
 * Blanked are serial numbers and network addresses (HID_UNIQ, NVME_TRADDR).
 * Returns: a copy in @arena.
 */
struct span secrets_blank_uevent(struct span lines, struct arena *arena);
