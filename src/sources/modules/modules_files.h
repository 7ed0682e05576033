/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modules_files - the files that libkmod may open, each opened through the door (base/root.h) first
 *
 * libkmod opens its files by name and follows every link. In a captured tree a link may lead to a
 * file of this machine, and a device node may replace a file. So libkmod gets names of descriptors
 * which the door has opened:
 *
 * - the configuration: all *.conf files in the order of modprobe.d(5), in one file in memory;
 * behind them, what the command line of a captured tree says of modules
 * - the index: on the running machine its folder; of a captured tree a folder of links to
 *   descriptors, the "shelf", which exists while libkmod runs
 */
#pragma once

#include "base/root.h"

enum {
	/** size of a buffer for the path of a shelf */
	SHELF_SIZE = 256,

	/** of modules_index_files: those that answer queries, and all that libkmod may open */
	MODULES_INDEX_QUERIED = 7,
	MODULES_INDEX_FILES = 9,
};

/** The index files that libkmod opens below /lib/modules/RELEASE, those of queries first. */
extern const char *const modules_index_files[MODULES_INDEX_FILES];

/**
 * Folders of modules below /lib/modules/RELEASE (depmod.d(5)), up to a NULL. libkmod checks files
 * in them with stat(2), and opens none.
 */
extern const char *const modules_folders[];

/**
 * The folders of modprobe.d(5), up to a NULL; a file in an earlier folder replaces files of the
 * same name in later ones.
 */
extern const char *const modules_setting_folders[];

/**
 * struct modules_files - @index: a folder     @configuration: a file; names for kmod_new
 * @settings: the descriptor of that file, which is in memory
 */
struct modules_files {
	char index[SHELF_SIZE];
	char configuration[32];
	int settings;
};

/**
 * shelf_make - make an empty folder for links below $TMPDIR or /tmp
 * Returns: 0; a negative errno.
 */
_must_check_ int shelf_make(char shelf[static SHELF_SIZE]);

/** shelf_remove - remove a shelf and its links; "" means that there is none */
void shelf_remove(const char *shelf);

/**
 * modules_files_open - open the files for the kernel @release; for a child process, which keeps the
 * descriptors to its end
 * @shelf: a folder of shelf_make; "" on the running machine
 * Returns: 0; -ENOENT no index for this kernel; -EBADMSG @release cannot be one; another negative
 * errno: a file that is there could not be opened.
 */
_must_check_ int modules_files_open(const struct root *root, const char *release, const char *shelf,
				    struct modules_files *ret_files);

/**
 * modules_files_mention - false where neither the configuration nor the command line has the name
 * of module @name, "-" and "_" being the same: no option is set for it then
 */
bool modules_files_mention(const struct root *root, const struct modules_files *files,
			   const char *name);
