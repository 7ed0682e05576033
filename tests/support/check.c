/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/check.h"

#include "sources/read.h"
#include "support/tree.h"

#include <string.h>

static const struct system *read_tree(const char *text, unsigned facts, const struct focus *focus)
{
	const struct system *system = NULL;
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	char *dir = tree_new(text);
	int result = root_open(dir, &root, &error);

	if (result == 0)
		result = system_read_about(root, facts, focus, &system, &error);
	tree_remove(dir);
	if (result < 0)
		fail_msg("%s", error.message);
	return system;
}

const struct system *snapshot(const char *text, unsigned facts)
{
	return read_tree(text, facts, NULL);
}

const struct system *snapshot_about(const char *text, unsigned facts, const char *const *paths)
{
	struct focus focus = {.paths = paths};

	while (paths[focus.count])
		focus.count++;
	return read_tree(text, facts | FACT_USES, &focus);
}

const struct use *find_use(const struct device *device, enum use_kind kind)
{
	for (size_t i = 0; i < device->uses->count; i++)
		if (device->uses->items[i].kind == kind)
			return &device->uses->items[i];
	return NULL;
}

bool is_blind(const struct device *device, enum use_kind kind)
{
	for (size_t i = 0; i < device->uses->blind_count; i++)
		if (device->uses->blind[i].kind == kind)
			return true;
	return false;
}

void assert_free(const struct device *device)
{
	const struct uses *uses = device->uses;

	if (uses->count)
		fail_msg("%s is used by %s", uses->items[0].node, uses->items[0].user);
	if (uses->blind_count)
		fail_msg("%s", uses->blind[0].why);
}

const struct device *find_device(const struct system *system, const char *label)
{
	for (size_t i = 0; i < system->device_count; i++)
		if (strcmp(system->devices[i]->label, label) == 0)
			return system->devices[i];
	fail_msg("no device %s", label);
	return NULL;
}
