/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read bytes as a document of "show --json"; one that is taken does not differ from itself. */
#include "views/document.h"
#include "checks/differences.h"
#include "fuzz/fuzz.h"

static void compare_with_itself(const struct inventory *inventory)
{
	_autoarena_ struct arena *arena = arena_new();
	struct differences differences = differences_between(inventory, inventory, arena);
	struct findings findings = differences_findings(&differences, arena);

	if (differences.count || findings.count)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_autoinventory_ struct inventory *inventory = NULL;
	struct error e = {0};
	int result = document_read((const char *)data, size, &inventory, &e);

	if (result == 0)
		compare_with_itself(inventory);
	else if (inventory || e.code != ERROR_MALFORMED)
		abort();
	return 0;
}
