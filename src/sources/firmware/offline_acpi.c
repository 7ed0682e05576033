/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ACPI tables of another machine: their IOMMUs, and every range of IDs that they describe. */
#include "sources/firmware/acpi_decoder.h"
#include "sources/firmware/offline.h"
#include "sources/firmware/offline_files.h"

static int describe_table_file(struct build *build, const struct offline_table *file,
			       const struct acpi_decoder *decoder, struct error *e)
{
	const struct firmware_table *table = firmware_table_of(decoder->source);
	struct arena *arena = build_arena(build);
	void *parsed = arena_alloc(arena, decoder->size);
	int result = decoder->parse(file->bytes, file->length, arena, parsed, e);

	if (result < 0) {
		error_wrap(e, "%s is malformed", file->file);
		return result;
	}
	acpi_add_notes(build, decoder, parsed, file->file);
	if (decoder->add_reservations)
		decoder->add_reservations(build, parsed);
	decoder->describe(build, parsed);
	build_source(build, table->source, SOURCE_READ, NULL);
	return 0;
}

int system_from_acpi(const char *path, const struct system **ret_system, struct error *e)
{
	_autobuild_ struct build *build = build_new();
	struct offline_tables tables;
	size_t count;
	const struct acpi_decoder *const *decoders = acpi_decoders(&count);
	int result = offline_tables_read(path, build_arena(build), &tables, e);

	build_machine(build)->firmware_file = arena_strdup(build_arena(build), offline_name(path));
	for (size_t i = 0; i < count && result == 0; i++) {
		const struct offline_table *file = offline_tables_find(
			&tables, firmware_table_of(decoders[i]->source)->signature);

		if (file)
			result = describe_table_file(build, file, decoders[i], e);
	}
	if (result < 0)
		return result;
	*ret_system = build_seal(build, FACT_STREAMS);
	build = NULL;
	return 0;
}
