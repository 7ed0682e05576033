/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/firmware_table.h"

#include <string.h>

#define FOLDER "/sys/firmware/acpi/tables/"

/*
 * The tables in the kernel's order: drivers/acpi/scan.c: acpi_iommu_configure_id asks IORT or RIMT,
 * then VIOT.
 */
static const struct firmware_table tables[] = {
	{"IORT", FOLDER "IORT", "iort", STREAM_FROM_IORT, STREAM_ID, .waits = true},
	{"RIMT", FOLDER "RIMT", "rimt", STREAM_FROM_RIMT, STREAM_ID, .waits = true},
	{"VIOT", FOLDER "VIOT", "viot", STREAM_FROM_VIOT, STREAM_ID, .waits = true,
	 .proves_iommu = true},
	/* Xen's drivers/passthrough/vtd/dmar.c, acpi_dmar_zap: RMAD; in older releases XMAR */
	{"DMAR", FOLDER "DMAR", "dmar", STREAM_FROM_DMAR, STREAM_REQUESTER_ID, .proves_iommu = true,
	 .needs_machine = true, .hidden = {"XMAR", "RMAD"}},
	{"IVRS", FOLDER "IVRS", "ivrs", STREAM_FROM_IVRS, STREAM_REQUESTER_ID,
	 .proves_iommu = true},
};

const struct firmware_table *firmware_tables(size_t *ret_count)
{
	*ret_count = ARRAY_SIZE(tables);
	return tables;
}

const struct firmware_table *firmware_table_of(enum stream_source source)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (tables[i].stream_source == source)
			return &tables[i];
	return NULL;
}

const struct firmware_table *firmware_table_named(const char *source)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (strcmp(tables[i].source, source) == 0)
			return &tables[i];
	return NULL;
}

const struct source *firmware_unread(const struct system *system)
{
	static const char *const others[] = {"devicetree", "acpi_tables"};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		const struct source *source = system_source(system, others[i]);

		if (source_is_unread(source))
			return source;
	}
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		const struct source *source = system_source(system, tables[i].source);

		if (source_is_unread(source))
			return source;
	}
	return NULL;
}
