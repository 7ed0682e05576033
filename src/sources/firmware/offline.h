/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * offline - firmware of another machine as a system: IOMMUs and streams, no devices and no groups
 */
#pragma once

#include "sources/firmware/streams.h"

/**
 * system_from_dtb - the IOMMUs and streams that a devicetree blob describes
 * @paths: @count files, at least one; "-" is standard input. The second and further ones are
 * overlays that are applied to the first, in that order.
 * Devices and IOMMUs are called by the paths of their nodes.
 * Returns: 0; a negative errno where it cannot be read; -EINVAL and ERROR_MALFORMED for bad bytes.
 */
_must_check_ int system_from_dtb(const char *const *paths, size_t count,
				 const struct system **ret_system, struct error *e);

/**
 * system_from_acpi - the IOMMUs and streams that ACPI tables describe
 * @path: a folder, a file with one table, or the text of acpidump: see offline_files.h
 * Returns: see system_from_dtb; -ENOENT where none of the tables is there.
 */
_must_check_ int system_from_acpi(const char *path, const struct system **ret_system,
				  struct error *e);
