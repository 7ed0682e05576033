/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * secrets - blank credentials in the texts of a capture
 *
 * Kernel command lines, module options and mount options may contain passwords and keys. The name
 * of such a setting is kept, so that its presence is visible; its value becomes "***".
 */
#pragma once

#include "base/arena.h"
#include "base/text.h"

/**
 * secrets_blank_words - blank a text of words such as "quiet KEY=VALUE KEY="VALUE WITH BLANKS""
 * Values of keys that name a credential, and the user part of URLs, are blanked.
 * Returns: a copy in @arena, NUL-terminated. Sources of the keys: systemd.exec(5),
 * dracut.cmdline(7), Documentation/admin-guide/nfs/nfsroot.rst, preseed and anaconda.
 */
struct span secrets_blank_words(struct span text, struct arena *arena);

/**
 * secrets_blank_mounts - blank lines of /proc/PID/mountinfo
 * Options that name a credential, a user or a network address, and the host in the source of a
 * network file system, are blanked.     Returns: a copy in @arena.
 */
struct span secrets_blank_mounts(struct span lines, struct arena *arena);

/**
 * secrets_blank_uevent - blank lines of a uevent file
 * Serial numbers and network addresses (HID_UNIQ, NVME_TRADDR) are blanked.
 * Returns: a copy in @arena.
 */
struct span secrets_blank_uevent(struct span lines, struct arena *arena);
