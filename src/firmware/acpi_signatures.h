/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * acpi_signatures - ACPI tables that are known to describe no IOMMU
 *
 * A table that is not known might be a new one for IOMMUs, as the RIMT was: where it stands, "this
 * machine has no IOMMU" is not proven.
 */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>

enum {
	ACPI_SIGNATURE_SIZE = 4,
};

/**
 * acpi_signature_is_harmless - true where tables of that name are known and describe no IOMMU
 * @name: the first four characters count, so "SSDT12" is an SSDT     Source: the ACPI
 * specification's reserved signatures, include/acpi/actbl*.h, and names that vendors use.
 */
bool acpi_signature_is_harmless(const char *name) _nonnull_(1);
