/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/boots.h"

#include "base/cleanup.h"
#include "base/new_folder.h"
#include "base/text.h"
#include "sources/boot_id.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char SUFFIX[] = ".tar.gz";

/* True for a name that boots_path makes; other files in the folder are not this program's. */
static bool parse_boot_name(const char *name, struct kept_boot *boot, struct arena *arena)
{
	struct span rest = {name, strlen(name)};
	const char *id;

	if (!span_take_number(&rest, 10, &boot->number) || !boot->number ||
	    rest.length != 1 + BOOT_ID_LENGTH + sizeof(SUFFIX) - 1 || *rest.start != '-')
		return false;
	id = rest.start + 1;
	if (strspn(id, "0123456789abcdef-") < BOOT_ID_LENGTH ||
	    strcmp(id + BOOT_ID_LENGTH, SUFFIX) != 0)
		return false;
	boot->id = arena_text(arena, id, BOOT_ID_LENGTH);
	return true;
}

static int compare_boots(const void *one, const void *other)
{
	const struct kept_boot *a = one, *b = other;

	return (a->number > b->number) - (a->number < b->number);
}

int boots_list(const char *folder, struct arena *arena, struct kept_boots *ret_boots,
	       struct error *e)
{
	_autofolder_ DIR *entries = opendir(folder);
	struct kept_boots boots = {0};
	struct dirent *entry;

	if (!entries && errno != ENOENT)
		return new_folder_error(e, -errno, "read", folder);
	while (entries && (entry = readdir(entries))) {
		struct kept_boot boot;

		if (!parse_boot_name(entry->d_name, &boot, arena))
			continue;
		boot.path = arena_printf(arena, "%s/%s", folder, entry->d_name);
		boots.items = arena_room(arena, boots.items, boots.count, sizeof(boot));
		boots.items[boots.count++] = boot;
	}
	if (boots.count)
		qsort(boots.items, boots.count, sizeof(*boots.items), compare_boots);
	*ret_boots = boots;
	return 0;
}

/* The place of the boot @id in the list, or where the next boot's would be. */
static size_t index_of_boot(const struct kept_boots *boots, const char *id)
{
	size_t index = boots->count;

	while (index > 0 && strcmp(boots->items[index - 1].id, id) != 0)
		index--;
	return index ? index - 1 : boots->count;
}

const struct kept_boot *boots_find(const struct kept_boots *boots, const char *current, size_t back)
{
	size_t index = index_of_boot(boots, current);

	return index >= back && index - back < boots->count ? &boots->items[index - back] : NULL;
}

const char *boots_path(const struct kept_boots *boots, const char *folder, const char *id,
		       struct arena *arena)
{
	size_t index = index_of_boot(boots, id);
	uint64_t last = boots->count ? boots->items[boots->count - 1].number : 0;

	if (index < boots->count)
		return boots->items[index].path;
	return arena_printf(arena, "%s/%06" PRIu64 "-%s%s", folder, last + 1, id, SUFFIX);
}

static const char no_id[] = "the kernel does not tell the ID of this boot";

/* No such capture: name the boots that have one, by their distance from this one. */
static int boot_is_missing(const struct kept_boots *boots, size_t wanted, const char *current,
			   struct error *e)
{
	size_t nearest = 0, farthest = 0, count = 0;

	for (size_t back = 0; back <= boots->count; back++) {
		if (!boots_find(boots, current, back))
			continue;
		nearest = count++ ? nearest : back;
		farthest = back;
	}
	error_set(e, ERROR_NO_MATCH, -ENOENT, "no capture is kept of boot %s%zu", wanted ? "-" : "",
		  wanted);
	if (count)
		error_remedy(e, "Captures are kept of the boots -%zu to -%zu", farthest, nearest);
	else
		error_remedy(e, "iommuctl capture --keep keeps one of this boot; the service "
				"iommuctl-boot does that at each boot");
	return -ENOENT;
}

int boots_choose(const struct root *root, const char *folder, size_t back, struct arena *arena,
		 const char **ret_path, struct error *e)
{
	const char *current = boot_id_read(root, arena);
	const struct kept_boot *boot;
	struct kept_boots boots = {0};
	int result = boots_list(folder, arena, &boots, e);

	if (result < 0)
		return result;
	if (!current)
		return error_set(e, ERROR_IO, 0, no_id);
	boot = boots_find(&boots, current, back);
	if (!boot)
		return boot_is_missing(&boots, back, current, e);
	*ret_path = boot->path;
	return 0;
}

int boots_place(const struct root *root, const char *folder, struct arena *arena,
		const char **ret_path, struct error *e)
{
	enum { ONLY_ROOT = 0700 };
	const char *id = boot_id_read(root, arena);
	struct kept_boots boots = {0};
	int result = new_folder_make(folder, ONLY_ROOT, e);

	if (result == 0)
		result = boots_list(folder, arena, &boots, e);
	if (result < 0)
		return result;
	if (!id)
		return error_set(e, ERROR_IO, 0, no_id);
	*ret_path = boots_path(&boots, folder, id, arena);
	return 0;
}

static int remove_oldest(const struct kept_boots *boots, struct error *e)
{
	for (size_t i = 0; i + BOOTS_KEPT < boots->count; i++)
		if (unlink(boots->items[i].path) < 0 && errno != ENOENT)
			return new_folder_error(e, -errno, "remove", boots->items[i].path);
	return 0;
}

int boots_settle(const char *folder, struct arena *arena, struct error *e)
{
	struct kept_boots boots = {0};
	int result = new_folder_flush(folder, e);

	if (result == 0)
		result = boots_list(folder, arena, &boots, e);
	return result < 0 ? result : remove_oldest(&boots, e);
}
