/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show - the overview: groups, their devices, drivers, and what could be handed over */
#include "checks/usage.h"
#include "commands/command.h"
#include "commands/look.h"
#include "views/devices.h"
#include "views/groups.h"
#include "views/iommus.h"
#include "views/table.h"

#include <stdio.h>
#include <string.h>

static const struct column *const sets[] = {device_columns, device_text_columns, group_columns,
					    group_text_columns, NULL};

static const struct catalogue catalogue = {
	.sets = sets,
	.standard = "name,type,viability,driver,interfaces,description",
	.verbose = "name,type,viability,driver,driver_override,state,iommu,interfaces,numa_node,"
		   "vfio_node,"
		   "opened_by,reserved_regions,description,why",
};

/* Rows grow in the order in which they are printed. */
struct rows {
	struct row *items;
	size_t count;
	struct row model; /* what every row has in common */
};

static struct rows rows_new(const struct look *look)
{
	const struct system *system = look->system;
	/* One line for each group and device, and one for "no group". */
	size_t most = system->group_count + system->device_count + system->iommu_count + 1;
	struct rows rows = {.items = calloc(most, sizeof(*rows.items))};

	if (!rows.items)
		memory_exhausted();
	rows.model = (struct row){.system = system, .rule = viability_rule(system), .parent = -1};
	return rows;
}

static struct row *add_row(struct rows *rows)
{
	struct row *row = &rows->items[rows->count++];

	*row = rows->model;
	return row;
}

static bool is_chosen(const struct look *look, const struct device *device)
{
	return look->selection.chosen[device->index];
}

static bool any_chosen(const struct look *look, const struct device *const *devices, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_chosen(look, devices[i]))
			return true;
	return false;
}

static void add_device(struct rows *rows, const struct device *device, int parent)
{
	struct row *row = add_row(rows);

	row->device = device;
	row->group = device->group;
	row->parent = parent;
	row->tree = parent >= 0;
}

static void add_group_tree(struct rows *rows, const struct look *look, const struct group *group)
{
	int parent = (int)rows->count;

	if (!any_chosen(look, group->devices, group->device_count))
		return;
	add_row(rows)->group = group;
	for (size_t i = 0; i < group->device_count; i++)
		if (is_chosen(look, group->devices[i]))
			add_device(rows, group->devices[i], parent);
}

/*
 * Devices without a group, below a line of their own. Most platform devices never reach memory on
 * their own, so outside PCI they are listed only where somebody asks.
 */
static bool worth_showing(const struct look *look, const struct device *device, bool asked)
{
	return !device->group && is_chosen(look, device) &&
	       (asked || strcmp(device->bus, "pci") == 0);
}

static void add_groupless(struct rows *rows, const struct look *look, bool asked)
{
	int parent = -1;

	for (size_t i = 0; i < look->system->device_count; i++) {
		const struct device *device = look->system->devices[i];

		if (!worth_showing(look, device, asked))
			continue;
		if (parent < 0) {
			parent = (int)rows->count;
			add_row(rows);
		}
		add_device(rows, device, parent);
	}
}

static struct rows tree_rows(const struct look *look, bool asked)
{
	struct rows rows = rows_new(look);

	for (size_t i = 0; i < look->system->group_count; i++)
		add_group_tree(&rows, look, look->system->groups[i]);
	add_groupless(&rows, look, asked);
	return rows;
}

static struct rows device_rows(const struct look *look, bool asked)
{
	struct rows rows = rows_new(look);

	for (size_t i = 0; i < look->system->device_count; i++) {
		const struct device *device = look->system->devices[i];

		if (is_chosen(look, device) &&
		    (device->group || worth_showing(look, device, asked)))
			add_device(&rows, device, -1);
	}
	return rows;
}

static struct rows group_rows(const struct look *look)
{
	struct rows rows = rows_new(look);

	for (size_t i = 0; i < look->system->group_count; i++) {
		const struct group *group = look->system->groups[i];

		if (any_chosen(look, group->devices, group->device_count))
			add_row(&rows)->group = group;
	}
	return rows;
}

static struct rows iommu_rows(const struct look *look)
{
	struct rows rows = rows_new(look);

	for (size_t i = 0; i < look->system->iommu_count; i++) {
		const struct iommu *iommu = look->system->iommus[i];

		if (!look->narrowed || any_chosen(look, iommu->devices, iommu->device_count))
			add_row(&rows)->iommu = iommu;
	}
	return rows;
}

static int show_json(const struct look *look, struct error *e)
{
	struct rows iommus = iommu_rows(look), groups = group_rows(look),
		    devices = device_rows(look, true);
	const struct section sections[] = {
		{"iommus", iommu_columns, iommus.items, iommus.count},
		{"groups", group_columns, groups.items, groups.count},
		{"devices", device_columns, devices.items, devices.count},
	};
	const struct document document = {look->system,		true, look->facts, sections,
					  ARRAY_SIZE(sections), NULL};
	int result = json_print(&document, e);

	free(iommus.items);
	free(groups.items);
	free(devices.items);
	return result;
}

static int show_table(const struct options *options, const struct look *look, struct error *e)
{
	const struct column *name = catalogue_find(&catalogue, "name", strlen("name"));
	bool script = options->raw || options->pairs, asked = options->verbose || look->narrowed;
	bool tree = !script && choice_has(&look->choice, name);
	struct rows rows = tree ? tree_rows(look, asked) : device_rows(look, asked);
	const struct table table = {
		.columns = look->choice.columns,
		.column_count = look->choice.count,
		.tree_column = tree ? name : NULL,
		.rows = rows.items,
		.row_count = rows.count,
		.form = options->raw	 ? TABLE_RAW
			: options->pairs ? TABLE_PAIRS
					 : TABLE_TREE,
		.headings = !options->no_headings,
		.color = options_color(options),
	};
	int result = table_print(&table, e);

	free(rows.items);
	return result;
}

static void advise(const struct options *options, const struct look *look)
{
	struct advice advice;

	if (look->system->group_count || options->quiet)
		return;
	advice = usage_advice(look->system);
	fprintf(stderr, "%s\n%s\n", advice.message, advice.remedy);
}

static int run(const struct options *options, struct error *e)
{
	_autolook_ struct look look = {0};
	int result = look_at(options, &catalogue, options->arguments, &look, e);

	if (result < 0)
		return result;
	if (options->json)
		return show_json(&look, e);
	result = show_table(options, &look, e);
	look_notes(&look, options);
	advise(options, &look);
	return result;
}

static const struct section empty[] = {
	{"iommus", iommu_columns, NULL, 0},
	{"groups", group_columns, NULL, 0},
	{"devices", device_columns, NULL, 0},
};
static const struct document nothing = {NULL, true, 0, empty, ARRAY_SIZE(empty), NULL};

const struct command command_show = {
	.name = "show",
	.arguments = "[SELECTOR…]",
	.summary = "groups, their devices and drivers, and what could be handed over",
	.scope = SCOPE_READING | SCOPE_TABLE,
	.most_arguments = -1,
	.catalogue = &catalogue,
	.document = &nothing,
	.run = run,
};
