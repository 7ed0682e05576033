/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/rows.h"

#include "checks/deferral_tree.h"
#include "model/pci.h"
#include "model/vfio_driver.h"
#include "views/blocks.h"
#include "views/findings.h"
#include "views/prose.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A list of rows while it is made, and members that all rows share. */
struct maker {
	const struct look *look;
	struct row model;
	struct rows rows;
};

static struct maker maker_new(const struct look *look, size_t most)
{
	const struct system *system = look->system;
	struct maker maker = {
		.look = look,
		.model = {.system = system, .rule = viability_rule(system), .parent = -1},
		.rows = {.items = calloc(most + 1, sizeof(struct row)),
			 .isolation = calloc(system->device_count + 1, sizeof(char *)),
			 .isolation_count = system->device_count},
	};

	if (!maker.rows.items || !maker.rows.isolation)
		memory_exhausted();
	maker.model.isolation = maker.rows.isolation;
	return maker;
}

static struct row *add_row(struct maker *maker)
{
	struct row *row = &maker->rows.items[maker->rows.count++];

	*row = maker->model;
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

static void add_device_row(struct maker *maker, const struct device *device)
{
	struct row *row = add_row(maker);

	row->device = device;
	row->group = device->group;
	row->hand_overs = maker->rows.hand_overs;
}

static bool has_lost_iommu(const struct device *device)
{
	return device->dma == DMA_LOST || device->dma == DMA_SHARED_STREAM;
}

static bool worth_showing(const struct look *look, const struct device *device, bool all)
{
	return is_chosen(look, device) &&
	       (device->group || all || device_is_pci(device) || has_lost_iommu(device));
}

/* A list of devices, which may have verdicts on them. */
static struct maker device_maker(const struct look *look, size_t most)
{
	struct maker maker = maker_new(look, most);

	maker.rows.hand_overs = hand_overs_new(look->system);
	return maker;
}

struct rows rows_devices(const struct look *look, bool all)
{
	struct maker maker = device_maker(look, look->system->device_count);

	for (size_t i = 0; i < look->system->device_count; i++)
		if (worth_showing(look, look->system->devices[i], all))
			add_device_row(&maker, look->system->devices[i]);
	return maker.rows;
}

/* A part of PCI itself is shown on request, or where a user of VFIO has it. */
static bool is_hidden(const struct device *device, bool all)
{
	return !all && device_is_pci_fabric(device) && !driver_is_vfio(device);
}

static void add_shown_row(struct maker *maker, const struct device *device, bool all,
			  size_t *hidden)
{
	if (!worth_showing(maker->look, device, all))
		return;
	if (is_hidden(device, all))
		(*hidden)++;
	else
		add_device_row(maker, device);
}

struct rows rows_overview(const struct look *look, bool all, size_t *ret_hidden)
{
	const struct system *system = look->system;
	struct maker maker = device_maker(look, system->device_count + system->group_count);

	*ret_hidden = 0;
	for (size_t i = 0; i < system->group_count; i++) {
		const struct group *group = system->groups[i];

		for (size_t j = 0; j < group->device_count; j++)
			add_shown_row(&maker, group->devices[j], all, ret_hidden);
		if (!group->device_count && group->members_unknown && !look->narrowed)
			add_row(&maker)->group = group;
	}
	for (size_t i = 0; i < system->device_count; i++)
		if (!system->devices[i]->group)
			add_shown_row(&maker, system->devices[i], all, ret_hidden);
	return maker.rows;
}

struct rows rows_groups(const struct look *look)
{
	struct maker maker = maker_new(look, look->system->group_count);

	for (size_t i = 0; i < look->system->group_count; i++) {
		const struct group *group = look->system->groups[i];

		/* A group whose members could not be read is shown without members. */
		if (any_chosen(look, group->devices, group->device_count) ||
		    (!look->narrowed && group->members_unknown))
			add_row(&maker)->group = group;
	}
	return maker.rows;
}

struct rows rows_streams(const struct look *look, const struct overlap *overlaps)
{
	struct maker maker = maker_new(look, look->system->stream_count);

	for (size_t i = 0; i < look->system->stream_count; i++) {
		const struct stream *stream = &look->system->streams[i];
		struct row *row;

		if (stream->device && !is_chosen(look, stream->device))
			continue;
		if (look->firmware.streams && !look->firmware.streams[i])
			continue;
		row = add_row(&maker);
		row->stream = stream;
		row->overlap = &overlaps[i];
	}
	return maker.rows;
}

struct rows rows_deferrals(const struct look *look, const struct deferrals *found)
{
	struct maker maker = maker_new(look, found->count);

	for (size_t i = 0; i < found->count; i++)
		add_row(&maker)->deferral = &found->items[i];
	return maker.rows;
}

struct rows rows_deferral_tree(const struct look *look, const struct deferrals *found,
			       struct arena *arena)
{
	size_t count;
	const struct deferral_node *nodes = deferral_tree(found, arena, &count);
	struct maker maker = maker_new(look, count);

	for (size_t i = 0; i < count; i++) {
		struct row *row = add_row(&maker);

		row->deferral = nodes[i].deferral;
		row->link = nodes[i].link;
		row->parent = nodes[i].parent;
	}
	return maker.rows;
}

struct rows rows_faults(const struct look *look, const struct fault_entries *entries)
{
	struct maker maker = maker_new(look, entries->count);

	for (size_t i = 0; i < entries->count; i++)
		add_row(&maker)->fault = &entries->items[i];
	return maker.rows;
}

struct rows rows_pins(const struct look *look, const struct pin_match *matches)
{
	size_t count = look->system->machine.pin_count;
	struct maker maker = maker_new(look, count);

	for (size_t i = 0; i < count; i++)
		add_row(&maker)->pin = &matches[i];
	return maker.rows;
}

static bool is_chosen_by_function(const struct look *look, const struct device *physical)
{
	const struct sriov *sriov = physical->sriov;
	bool chosen = is_chosen(look, physical);

	for (size_t i = 0; i < sriov->function_count && !chosen; i++) {
		const struct device *function =
			system_device(look->system, sriov->functions[i].path);

		chosen = function && is_chosen(look, function);
	}
	return chosen;
}

static size_t count_functions(const struct system *system)
{
	size_t count = 0;

	for (size_t i = 0; i < system->device_count; i++)
		if (system->devices[i]->sriov)
			count += 1 + system->devices[i]->sriov->function_count;
	return count;
}

static void add_functions_of(struct maker *maker, const struct device *physical, bool each)
{
	int parent = (int)maker->rows.count;

	add_device_row(maker, physical);
	for (size_t i = 0; each && i < physical->sriov->function_count; i++) {
		struct row *row = add_row(maker);

		row->device = physical;
		row->function = &physical->sriov->functions[i];
		row->parent = parent;
	}
}

struct rows rows_functions(const struct look *look, bool each)
{
	struct maker maker = maker_new(look, count_functions(look->system));

	for (size_t i = 0; i < look->system->device_count; i++) {
		const struct device *device = look->system->devices[i];

		if (device->sriov && is_chosen_by_function(look, device))
			add_functions_of(&maker, device, each);
	}
	return maker.rows;
}

struct rows rows_findings(const struct look *look, const struct findings *findings)
{
	struct maker maker = maker_new(look, findings->count);

	for (size_t i = 0; i < findings->count; i++)
		add_row(&maker)->finding = &findings->items[i];
	return maker.rows;
}

struct rows rows_checks(const struct checks *checks)
{
	struct rows rows = {.items = calloc(checks->count + 1, sizeof(struct row))};

	if (!rows.items)
		memory_exhausted();
	for (; rows.count < checks->count; rows.count++)
		rows.items[rows.count] = (struct row){.check = &checks->items[rows.count],
						      .finding = &checks->items[rows.count].finding,
						      .parent = -1};
	return rows;
}

/* True where firmware puts a chosen device behind an IOMMU that is not registered. */
static bool is_named_by_chosen(const struct look *look, const struct iommu *iommu)
{
	bool named = false;

	for (size_t i = 0; iommu->unregistered && i < look->system->stream_count && !named; i++) {
		const struct stream *stream = &look->system->streams[i];

		named = stream->device && is_chosen(look, stream->device) && stream->iommu_name &&
			strcmp(stream->iommu_name, iommu->name) == 0;
	}
	return named;
}

struct rows rows_iommus(const struct look *look)
{
	struct maker maker = maker_new(look, look->system->iommu_count);

	for (size_t i = 0; i < look->system->iommu_count; i++) {
		const struct iommu *iommu = look->system->iommus[i];

		if (look->firmware.iommus && !look->firmware.iommus[i])
			continue;
		if (!look->narrowed || any_chosen(look, iommu->devices, iommu->device_count) ||
		    is_named_by_chosen(look, iommu))
			add_row(&maker)->iommu = iommu;
	}
	return maker.rows;
}

void rows_free(struct rows *rows)
{
	for (size_t i = 0; i < rows->isolation_count; i++)
		free(rows->isolation[i]);
	free(rows->isolation);
	hand_overs_free(rows->hand_overs);
	free(rows->items);
}

struct document rows_document(const struct document_kind *kind, const struct look *look)
{
	return (struct document){.kind = kind,
				 .system = look->system,
				 .own_source = look->own_source,
				 .facts = look->facts};
}

int rows_print_table(struct rows *rows, const struct look *look, const struct options *options,
		     const struct column *tree_column, struct error *e)
{
	const struct table table = {
		.columns = look->choice.columns,
		.column_count = look->choice.count,
		.unasked_count = look->choice.standard_count,
		.tree_column = tree_column,
		.rows = rows->items,
		.row_count = rows->count,
		.form = options->raw			   ? TABLE_RAW
			: options->pairs		   ? TABLE_PAIRS
			: options->verbose && !tree_column ? TABLE_BLOCKS
							   : TABLE_TREE,
		.headings = !options->no_headings,
		.color = options_color(options),
		.any_unknown = &rows->any_unknown,
	};

	return table_print(&table, e);
}

static bool any_lacks_rights(const struct system *system)
{
	for (size_t i = 0; i < system->source_count; i++)
		if (source_is_unread(&system->sources[i]) && system->sources[i].lacks_rights)
			return true;
	return false;
}

void rows_print_notes(const struct rows *rows, const struct look *look,
		      const struct options *options)
{
	if (any_lacks_rights(look->system) && !rows->any_unknown)
		look_notes_of_failures(look, options);
	else
		look_notes(look, options);
}

static bool is_for_eyes(const struct options *options)
{
	return !options->quiet && !options->no_headings && !options->raw && !options->pairs;
}

void rows_print_findings(const struct findings *findings, const struct options *options)
{
	if (!findings->count || !is_for_eyes(options))
		return;
	findings_print(stdout, findings);
	putchar('\n');
}

void rows_print_verdict(const struct options *options, const char *format, ...)
{
	struct prose prose;
	va_list arguments;

	if (!is_for_eyes(options))
		return;
	prose_start(&prose);
	va_start(arguments, format);
	vfprintf(prose.out, format, arguments);
	va_end(arguments);
	prose_print(&prose, stdout);
}

void rows_print_folded(const struct options *options, const char *text)
{
	const struct block_layout layout = block_layout(0);

	if (is_for_eyes(options))
		blocks_put(&layout, "", text, NULL);
}

int rows_exit_status(const struct options *options, bool something, bool blind)
{
	enum { STATUS_SOMETHING = 8, STATUS_CANNOT_TELL = 13 };

	if (!options->exit_code)
		return 0;
	if (something)
		return STATUS_SOMETHING;
	return blind ? STATUS_CANNOT_TELL : 0;
}
