/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Find tables in the text of acpidump: each lies within memory as large as the text. */
#include "fuzz/fuzz.h"
#include "sources/firmware/offline_files.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_autoarena_ struct arena *arena = arena_new();
	char *text = arena_text(arena, (const char *)data, size);
	struct offline_tables tables = {0};
	size_t total = 0;

	offline_tables_parse(text, size, "dump", arena, &tables);
	for (size_t i = 0; i < tables.count; i++) {
		if (strlen(tables.items[i].signature) != 4)
			abort();
		total += tables.items[i].length;
	}
	if (total > size)
		abort();
	return 0;
}
