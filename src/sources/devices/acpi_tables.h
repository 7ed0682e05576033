/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * acpi_tables - which ACPI tables the machine has (/sys/firmware/acpi/tables)
 */
#pragma once

#include "base/root.h"

/**
 * struct acpi_tables - the answer
 * @result: 0; -ENOENT where there is no ACPI; another negative errno where it could not be read
 * @proves_iommu: one of them says that there is an IOMMU     @may_describe: one of them can
 * describe an IOMMU and need not     @unknown: a table that is not known, in @arena, or NULL
 */
struct acpi_tables {
	int result;
	bool proves_iommu, may_describe;
	const char *unknown;
};

/** acpi_tables_list - by the names alone; nothing is opened */
struct acpi_tables acpi_tables_list(const struct root *root, struct arena *arena) _nonnull_(1, 2);
