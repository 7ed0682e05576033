/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/acpi_tables.h"

#include "base/text.h"
#include "firmware/acpi_signatures.h"
#include "model/firmware_table.h"

#include <string.h>

struct listing {
	struct acpi_tables tables;
	struct arena *arena;
};

/* The folder of the tables also has the folders "data" and "dynamic" (drivers/acpi/sysfs.c). */
static bool is_table(const char *name)
{
	return strlen(name) >= 2 && strcmp(name, "data") != 0 && strcmp(name, "dynamic") != 0;
}

static const struct firmware_table *find_table(const char *name)
{
	size_t count;
	const struct firmware_table *tables = firmware_tables(&count);

	for (size_t i = 0; i < count; i++)
		if (text_starts(name, tables[i].signature))
			return &tables[i];
	return NULL;
}

static int note_table(void *context, const char *name)
{
	struct listing *listing = context;
	const struct firmware_table *table = find_table(name);

	if (table && table->proves_iommu)
		listing->tables.proves_iommu = true;
	else if (table)
		listing->tables.may_describe = true;
	else if (!listing->tables.unknown && is_table(name) && !acpi_signature_is_harmless(name))
		listing->tables.unknown = arena_strdup(listing->arena, name);
	return 0;
}

struct acpi_tables acpi_tables_list(const struct root *root, struct arena *arena)
{
	struct listing listing = {.arena = arena};

	listing.tables.result = root_list(root, "/sys/firmware/acpi/tables", note_table, &listing);
	return listing.tables;
}
