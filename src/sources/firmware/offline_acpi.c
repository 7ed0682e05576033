/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ACPI tables of another machine: their IOMMUs, and every range of IDs that they describe. */
#include "sources/firmware/acpi_decoder.h"
#include "sources/firmware/offline.h"

#include <errno.h>
#include <string.h>

/* Try a table's name in sysfs and its name by acpixtract: "IORT", "iort.dat". */
static int read_table(const struct root *root, struct arena *arena,
		      const struct firmware_table *table, char **ret_bytes, size_t *ret_length)
{
	const char *names[] = {arena_concat(arena, "/", table->signature, ""),
			       arena_concat(arena, "/", table->source, ".dat")};
	int result = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(names) && result == -ENOENT; i++)
		result =
			root_read_all(root, arena, names[i], ACPI_TABLE_MAX, ret_bytes, ret_length);
	return result;
}

static int describe_table(struct build *build, const struct root *root,
			  const struct acpi_decoder *decoder, const char *folder, struct error *e)
{
	const struct firmware_table *table = firmware_table_of(decoder->source);
	struct arena *arena = build_arena(build);
	void *parsed = arena_alloc(arena, decoder->size);
	size_t length;
	char *bytes;
	int result = read_table(root, arena, table, &bytes, &length);

	if (result == -ENOENT)
		return 0;
	if (result < 0)
		return error_set(e, result == -EACCES ? ERROR_PERMISSION : ERROR_IO, result,
				 "cannot read %s/%s", folder, table->signature);
	result = decoder->parse(bytes, length, arena, parsed, e);
	if (result < 0) {
		error_wrap(e, "%s/%s is malformed", folder, table->signature);
		return result;
	}
	acpi_add_notes(build, decoder, parsed, arena_concat(arena, folder, "/", table->signature));
	if (decoder->add_reservations)
		decoder->add_reservations(build, parsed);
	decoder->describe(build, parsed);
	build_source(build, table->source, SOURCE_READ, NULL);
	return 1;
}

/* The signatures of all tables in a sentence: "IORT, VIOT, DMAR or IVRS" */
static const char *list_signatures(struct arena *arena)
{
	size_t count;
	const struct firmware_table *tables = firmware_tables(&count);
	const char *list = tables[0].signature;

	for (size_t i = 1; i < count; i++)
		list = arena_concat(arena, list, i + 1 < count ? ", " : " or ",
				    tables[i].signature);
	return list;
}

int system_from_acpi(const char *folder, const struct system **ret_system, struct error *e)
{
	_autobuild_ struct build *build = build_new();
	_autoroot_ struct root *root = NULL;
	size_t count;
	const struct acpi_decoder *const *decoders = acpi_decoders(&count);
	int found = 0, result = root_open(folder, &root, e);

	build_machine(build)->firmware_file = arena_strdup(build_arena(build), folder);
	for (size_t i = 0; i < count && result >= 0; i++) {
		result = describe_table(build, root, decoders[i], folder, e);
		found += result > 0;
	}
	if (result < 0)
		return result;
	if (!found)
		return error_set(e, ERROR_IO, -ENOENT, "%s has no %s", folder,
				 list_signatures(build_arena(build)));
	*ret_system = build_seal(build, FACT_STREAMS);
	build = NULL;
	return 0;
}
