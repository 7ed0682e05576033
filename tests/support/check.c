/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/check.h"

#include "sources/read.h"
#include "support/tree.h"

#include <string.h>

const struct system *snapshot(const char *text, unsigned facts)
{
	const struct system *system = NULL;
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	char *dir = tree_new(text);
	int result = root_open(dir, &root, &error);

	if (result == 0)
		result = system_read(root, facts, &system, &error);
	tree_remove(dir);
	if (result < 0)
		fail_msg("%s", error.message);
	return system;
}

const struct device *find_device(const struct system *system, const char *label)
{
	for (size_t i = 0; i < system->device_count; i++)
		if (strcmp(system->devices[i]->label, label) == 0)
			return system->devices[i];
	fail_msg("no device %s", label);
	return NULL;
}
