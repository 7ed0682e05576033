/* SPDX-License-Identifier: GPL-2.0-or-later */
/* acpi_tables - the names of the machine's ACPI tables (/sys/firmware/acpi/tables) */
#pragma once

#include "base/root.h"
#include "model/system.h"

/**
 * struct acpi_tables - what the names tell about IOMMUs
 * @result: 0; -ENOENT where there is no ACPI; another negative errno where the folder could not be
 * read
 * @proves_iommu: with one of the tables the machine has an IOMMU     @may_describe: one of the
 * tables may describe an IOMMU, but need not     @unknown: the name of an unknown table, in @arena,
 * or NULL
 */
struct acpi_tables {
	int result;
	bool proves_iommu, may_describe;
	const char *unknown;
};

/**
 * acpi_tables_list - list the folder; no table is opened
 * @hypervisor: below Xen's control domain a table may have another name (struct firmware_table:
 * @hidden); elsewhere that name is unknown
 */
struct acpi_tables acpi_tables_list(const struct root *root, enum hypervisor hypervisor,
				    struct arena *arena) _nonnull_(1, 3);
