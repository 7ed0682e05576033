/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * packer - compressed files, by gzip and zstd in a child process
 *
 * The programs are there or can be installed; their libraries would have to be loaded, and their
 * bugs would be this program's. Only the child sees compressed bytes. It is found in the folders of
 * a system, not by PATH.
 */
#pragma once

#include "base/child.h"
#include "base/error.h"

#include <stdio.h>

/**
 * struct packing - a kind of compression     @program: its name     @suffix: of file names
 * @magic: the first bytes of such a file     @of_tar: the suffix means a tar file
 */
struct packing {
	const char *program, *suffix, *magic;
	bool of_tar;
};

/** packing_of_name - by the end of @path: ".gz", ".tgz", ".zst" or ".tzst"; NULL: not compressed */
const struct packing *packing_of_name(const char *path);

enum { PACKING_MAGIC_MAX = 4 };

/** packing_of_bytes - by the first bytes of a file; NULL: not compressed */
const struct packing *packing_of_bytes(const void *bytes, size_t length);

/**
 * packer_compress - start to compress what is written to the channel of @ret_child into @fd
 * packer_expand - start to expand @fd, which is read from the channel of @ret_child
 * Returns: 0; a negative errno where no process could be started. A program that is not installed
 * ends the child with PACKER_MISSING.
 */
_must_check_ int packer_compress(const struct packing *packing, int fd, struct child *ret_child);
_must_check_ int packer_expand(const struct packing *packing, int fd, struct child *ret_child);

enum { PACKER_MISSING = 127 };

/**
 * packer_failed - the error of a child that ended with @status of child_finish, not 0
 * @verb: "compress" or "expand"
 */
_must_check_ int packer_failed(const struct packing *packing, int status, const char *verb,
			       const char *path, struct error *e);
