/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * acpi_signatures - ACPI tables that are known to describe no IOMMU
 *
 * An unknown table might be a new table for IOMMUs, as the RIMT once was. On a machine that has
 * such a table, "this machine has no IOMMU" is not proven.
 */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>

enum {
	ACPI_SIGNATURE_SIZE = 4,
};

/**
 * acpi_signature_is_harmless - true for a signature that is known to belong to no IOMMU table
 * @name: only the first four characters count, so "SSDT12" is an SSDT
 * Source: the ACPI specification's reserved signatures, include/acpi/actbl*.h, and vendors' names.
 */
bool acpi_signature_is_harmless(const char *name) _nonnull_(1);
