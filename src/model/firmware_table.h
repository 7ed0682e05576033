/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * firmware_table - the ACPI tables that describe IOMMUs
 *
 * A new table is a row here, a decoder in firmware/ and a row in sources/firmware/acpi_decoders.c
 * with the file that it names. Reading the running machine, "--acpi" and captures all use these
 * rows.
 */
#pragma once

#include "model/system.h"

/**
 * struct firmware_table - one table
 * @signature: its name in /sys/firmware/acpi/tables     @file: the whole path there
 * @source: word in system->sources     @stream_source: the source of the streams that it describes
 * @ids: the kind of numbers that its streams have
 * @waits: a device that the table puts behind an IOMMU waits for that IOMMU's driver
 * @proves_iommu: a machine with this table has an IOMMU; false for IORT and RIMT, which need not
 * list one
 * @needs_machine: it names devices in ways that only the running machine can resolve
 * @hidden: names that Xen gives it, so that the kernel of its control domain leaves the IOMMUs to
 * Xen; NULL ends the list
 */
struct firmware_table {
	const char *signature, *file, *source;
	enum stream_source stream_source;
	enum stream_kind ids;
	bool waits, proves_iommu, needs_machine;
	const char *hidden[2];
};

/** firmware_tables - all rows, in the order in which the kernel asks them; *ret_count of them */
const struct firmware_table *firmware_tables(size_t *ret_count) _nonnull_(1);

/** firmware_table_of - the table that streams of that source come from, or NULL */
const struct firmware_table *firmware_table_of(enum stream_source source);

/** firmware_table_named - the table of that source word ("iort"), or NULL */
const struct firmware_table *firmware_table_named(const char *source) _nonnull_(1);

/**
 * firmware_unread - the first source of IOMMUs in firmware that could not be read, or NULL
 * A table that is absent counts as read: it describes no IOMMU.
 */
const struct source *firmware_unread(const struct system *system) _nonnull_(1);
