/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /sys/kernel/iommu_groups/N: numbers, domain types, reserved regions
 * (Documentation/ABI/testing/sysfs-kernel-iommu_groups). Members, and with them nearly all groups,
 * come from bus_devices.c, which runs first.
 */
#include "base/guard.h"
#include "base/text.h"
#include "sources/sources.h"

#include <errno.h>
#include <string.h>

static const char FOLDER[] = "/sys/kernel/iommu_groups";

static int read_group_folder(void *context, const char *name)
{
	struct reading *reading = context;
	uint64_t id;

	if (text_number(name, 10, &id) && id <= GROUP_ID_MAX &&
	    !build_find_group(reading->build, (int)id))
		build_group(reading->build, (int)id);
	return 0;
}

static enum region_kind parse_kind(const char *word)
{
	for (enum region_kind kind = 0; kind < REGION_UNKNOWN; kind++)
		if (strcmp(word, region_kind_name(kind)) == 0)
			return kind;
	return REGION_UNKNOWN;
}

/* Parse a line of reserved_regions, "0x<start> 0x<inclusive end> kind". */
static bool parse_region(char *line, struct region *region)
{
	char *save, *start = strtok_r(line, " ", &save), *end = strtok_r(NULL, " ", &save);
	char *kind = strtok_r(NULL, " ", &save);

	if (!start || !end || !kind)
		return false;
	region->kind = parse_kind(kind);
	return text_number(start, 16, &region->start) && text_number(end, 16, &region->end);
}

static bool parse_regions(struct arena *arena, const char *text, struct group *group)
{
	char *lines = arena_strdup(arena, text), *save;
	struct region *regions;
	size_t most = 1;

	for (const char *at = text; (at = strchr(at, '\n')); at++)
		most++;
	group->regions = regions = arena_array(arena, most, sizeof(*regions));
	for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (!parse_region(line, &regions[group->region_count++]))
			return false;
	group->regions_known = true;
	return true;
}

/* The last file of the groups that could not be read or parsed; @cause 0 means none. */
struct trouble {
	int cause;
	const char *file;
};

static void apply_group_attribute(struct reading *reading, struct group *group,
				  const struct guarded *file, struct trouble *trouble)
{
	struct arena *arena = build_arena(reading->build);
	int cause = file->status;

	if (!cause && strcmp(file->name, "type") == 0)
		group->type = arena_intern(arena, file->text, file->length);
	else if (!cause && !parse_regions(arena, file->text, group))
		cause = -EBADMSG;
	/* -ENOENT: the group vanished during the reading, which is then repeated. */
	if (cause && cause != -ENOENT)
		*trouble = (struct trouble){cause,
					    arena_printf(arena, "%s/%s", file->dir, file->name)};
}

static const char *group_folder(struct arena *arena, int id)
{
	char digits[TEXT_NUMBER_SIZE];

	text_from_number(id, 10, 1, digits);
	return arena_concat(arena, FOLDER, "/", digits);
}

/* The files to read of the groups, and the group of each. */
struct group_files {
	struct guarded *files;
	struct group **groups;
	size_t count;
};

static void add_group_file(struct group_files *list, struct group *group, const char *dir,
			   const char *name)
{
	list->groups[list->count] = group;
	list->files[list->count++] = (struct guarded){.dir = dir, .name = name};
}

static void list_group_files(struct reading *reading, struct arena *arena, struct group_files *list)
{
	enum { FILES_EACH = 2 };
	size_t groups = build_group_count(reading->build);
	bool types = reading_wants(reading, FACT_GROUP_TYPE);
	bool regions = reading_wants(reading, FACT_REGIONS | FACT_OBSTACLES);

	list->files = arena_array(arena, groups * FILES_EACH, sizeof(*list->files));
	list->groups = arena_array(arena, groups * FILES_EACH, sizeof(*list->groups));
	for (size_t i = 0; i < groups && (types || regions); i++) {
		struct group *group = build_group_at(reading->build, i);
		const char *dir = group_folder(arena, group->id);

		if (types)
			add_group_file(list, group, dir, "type");
		if (regions && !group->lacks_direct_memory)
			add_group_file(list, group, dir, "reserved_regions");
	}
}

static int read_group_attributes(struct reading *reading, struct trouble *trouble, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct group_files list = {0};
	int result;

	list_group_files(reading, scratch, &list);
	result = guard_read(reading->root, scratch, list.files, list.count, e);
	for (size_t i = 0; result == 0 && i < list.count; i++)
		apply_group_attribute(reading, list.groups[i], &list.files[i], trouble);
	return result;
}

/*
 * A tree without /sys/kernel was made by hand and never had the groups of its machine: every kernel
 * has this folder.
 */
static bool was_left_out(const struct reading *reading)
{
	return root_has(reading->root, "/sys/kernel") == 0;
}

static void report_left_out(struct reading *reading)
{
	build_members_unknown(reading->build);
	for (size_t i = 0; i < build_device_count(reading->build); i++) {
		struct device *device = build_device_at(reading->build, i);

		device->group_unknown = !device->group;
	}
	build_source(reading->build, "iommu_groups", SOURCE_MALFORMED,
		     "/sys/kernel: the tree does not have it");
}

/*
 * The links of devices showed all groups except empty ones: where the count is right, there are no
 * empty groups. The groups of a scope have members.
 */
static int list_groups(struct reading *reading)
{
	int result = reading->scope ? 0 : root_count_folders(reading->root, FOLDER);

	if (result >= 0 && !reading->scope && (size_t)result != build_group_count(reading->build))
		result = root_list(reading->root, FOLDER, read_group_folder, reading);
	return result;
}

int source_iommu_groups(struct reading *reading, struct error *e)
{
	struct trouble trouble = {0};
	int result = list_groups(reading);

	if (result == -ENOENT && was_left_out(reading)) {
		report_left_out(reading);
		return 0;
	}
	if (result < 0) {
		reading_failed(reading, "iommu_groups", result, FOLDER);
		return 0;
	}
	result = read_group_attributes(reading, &trouble, e);
	if (trouble.cause)
		reading_partial(reading, "iommu_groups", trouble.cause, "%s: %s", trouble.file,
				strerror(-trouble.cause));
	else
		reading_done(reading, "iommu_groups");
	return result;
}
