/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * offline_files - the bytes of firmware files of another machine
 *
 * ACPI tables come as a folder (of /sys/firmware/acpi/tables, acpixtract or iasl), as one file with
 * one table, or as the text that acpidump(8) prints.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"

/** struct offline_table - a table that describes IOMMUs
 * @signature: "IORT"     @file: where it was found, for messages */
struct offline_table {
	const char *signature, *file;
	const char *bytes;
	size_t length;
};

/** struct offline_tables - the tables found, in no order; the first with a signature counts */
struct offline_tables {
	struct offline_table *items;
	size_t count, room;
};

/**
 * offline_read - a whole file of at most @most bytes; "-" is standard input
 * Returns: 0; -EFBIG where it is larger; another negative errno.
 */
_must_check_ int offline_read(const char *path, struct arena *arena, size_t most, char **ret_bytes,
			      size_t *ret_length) _nonnull_();

/** offline_name - @path as people read it: "standard input" for "-" */
const char *offline_name(const char *path) _nonnull_();

/**
 * offline_tables_read - the tables of model/firmware_table.h in the folder or the file @path
 * Files of a folder are found by name: IORT, iort.dat, IORT.aml, in any case.
 * Returns: 0; a negative errno with @e set, -ENOENT where there is none of these tables.
 */
_must_check_ int offline_tables_read(const char *path, struct arena *arena,
				     struct offline_tables *ret_tables, struct error *e)
	_nonnull_();

/**
 * offline_tables_parse - add the tables of a file that was read: one table, or a dump
 * @bytes: @length bytes and a NUL; borrowed     @file: its name, borrowed
 */
void offline_tables_parse(const char *bytes, size_t length, const char *file, struct arena *arena,
			  struct offline_tables *tables) _nonnull_();

/** offline_tables_find - the table of that signature, or NULL */
const struct offline_table *offline_tables_find(const struct offline_tables *tables,
						const char *signature) _nonnull_();
