/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/check.h"

#include "base/text.h"
#include "sources/read.h"
#include "support/tree.h"

#include <string.h>

static void assert_same_text(const char *one, const char *other)
{
	if (!one || !other)
		assert_ptr_equal(one, other);
	else
		assert_string_equal(one, other);
}

static void assert_same_uses(const struct uses *one, const struct uses *other)
{
	assert_int_equal(one->count, other->count);
	for (size_t i = 0; i < one->count; i++) {
		assert_int_equal(one->items[i].kind, other->items[i].kind);
		assert_same_text(one->items[i].node, other->items[i].node);
		assert_same_text(one->items[i].user, other->items[i].user);
	}
	assert_int_equal(one->blind_count, other->blind_count);
	for (size_t i = 0; i < one->blind_count; i++)
		assert_same_text(one->blind[i].why, other->blind[i].why);
	assert_int_equal(one->disk_count, other->disk_count);
	assert_int_equal(one->setting_count, other->setting_count);
}

static bool has_device_below(const struct system *system, const char *path)
{
	for (size_t i = 0; i < system->device_count; i++)
		if (text_is_below(system->devices[i]->path, path))
			return true;
	return false;
}

/* Where only the devices in focus and their groups are read, their uses must be the same. */
static void assert_same_alone(const struct root *root, const struct focus *focus,
			      const struct system *whole)
{
	_autosystem_ const struct system *system = NULL;
	struct focus alone = *focus;
	struct error error = {0};

	for (size_t i = 0; i < focus->count; i++)
		if (has_device_below(whole, focus->paths[i]))
			return;
	alone.alone = true;
	assert_int_equal(system_read_about(root, FACT_USES, &alone, &system, &error), 0);
	for (size_t i = 0; i < focus->count; i++) {
		const struct device *there = system_device(whole, focus->paths[i]);
		const struct device *here = system_device(system, focus->paths[i]);

		assert_int_equal(!there, !here);
		if (there && here)
			assert_same_uses(there->uses, here->uses);
	}
}

static const struct system *read_tree(const char *text, unsigned facts, const struct focus *focus)
{
	const struct system *system = NULL;
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	char *dir = tree_new(text);
	int result = root_open(dir, &root, &error);

	if (result == 0 && focus)
		result = system_read_about(root, facts, focus, &system, &error);
	else if (result == 0)
		result = system_read(root, facts, &system, &error);
	if (result == 0 && focus)
		assert_same_alone(root, focus, system);
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
