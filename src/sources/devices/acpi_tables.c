/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/acpi_tables.h"

#include "base/text.h"
#include "firmware/acpi_signatures.h"
#include "model/firmware_table.h"

#include <string.h>

struct listing {
	struct acpi_tables tables;
	enum hypervisor hypervisor;
	struct arena *arena;
};

/* The folder of the tables also has the folders "data" and "dynamic" (drivers/acpi/sysfs.c). */
static bool is_table(const char *name)
{
	return strlen(name) >= 2 && strcmp(name, "data") != 0 && strcmp(name, "dynamic") != 0;
}

static bool is_renamed(const struct firmware_table *table, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(table->hidden) && table->hidden[i]; i++)
		if (text_starts(name, table->hidden[i]))
			return true;
	return false;
}

static const struct firmware_table *find_table(const char *name, enum hypervisor hypervisor)
{
	size_t count;
	const struct firmware_table *tables = firmware_tables(&count);

	for (size_t i = 0; i < count; i++)
		if (text_starts(name, tables[i].signature) ||
		    (hypervisor == HYPERVISOR_XEN_DOM0 && is_renamed(&tables[i], name)))
			return &tables[i];
	return NULL;
}

static int note_table(void *context, const char *name)
{
	struct listing *listing = context;
	const struct firmware_table *table = find_table(name, listing->hypervisor);

	if (table && table->proves_iommu)
		listing->tables.proves_iommu = true;
	else if (table)
		listing->tables.may_describe = true;
	else if (!listing->tables.unknown && is_table(name) && !acpi_signature_is_harmless(name))
		listing->tables.unknown = arena_strdup(listing->arena, name);
	return 0;
}

struct acpi_tables acpi_tables_list(const struct root *root, enum hypervisor hypervisor,
				    struct arena *arena)
{
	struct listing listing = {.hypervisor = hypervisor, .arena = arena};

	listing.tables.result = root_list(root, "/sys/firmware/acpi/tables", note_table, &listing);
	return listing.tables;
}
