/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/look.h"

#include "actions/kept_name.h"
#include "actions/unfinished.h"
#include "base/text.h"
#include "capture/archive.h"
#include "sources/deferral/log_file.h"
#include "sources/firmware/offline.h"
#include "sources/read.h"
#include "views/prose.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static unsigned facts_of_selectors(char *const *selectors)
{
	unsigned facts = 0;

	for (; *selectors; selectors++)
		facts |= select_facts(*selectors);
	return facts;
}

static unsigned facts_of_options(const struct options *options, const struct catalogue *catalogue,
				 const struct choice *choice, char *const *selectors)
{
	unsigned facts = choice->facts | catalogue->row_facts;

	if (options->dot || (options->json && !options->output))
		facts = catalogue->document_facts | catalogue->row_facts |
			(options->verbose ? FACTS_ALL | FACT_TRAITS | FACT_DMA | FACT_ALL_IOMMUS
					  : 0);
	return facts | facts_of_selectors(selectors);
}

/* Folders of every running kernel: where one is missing, its file system is not mounted. */
static int find_unmounted(const struct root *root, const char **ret_folder)
{
	/* A procfs of processes alone (subset=pid) lacks the one, a procfs of others the other. */
	static const char *const folders[][3] = {{"/sys", "/sys/kernel", "/sys/kernel"},
						 {"/proc", "/proc/sys/kernel", "/proc/self"}};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		int there = root_has(root, folders[i][1]);

		if (there == 0)
			there = root_has(root, folders[i][2]);
		*ret_folder = folders[i][0];
		if (there <= 0)
			return there < 0 ? there : 1;
	}
	return 0;
}

static int check_running_machine(const struct root *root, struct error *e)
{
	const char *folder;
	int result = find_unmounted(root, &folder);

	if (result == 0)
		return 0;
	if (result < 0)
		return error_set(e, result == -EACCES ? ERROR_PERMISSION : ERROR_IO, result,
				 "cannot read %s", folder);
	result = error_set(
		e, ERROR_MALFORMED, 0, "%s is not mounted here, so %s can be seen", folder,
		strcmp(folder, "/sys") == 0 ? "no device" : "neither the kernel nor a process");
	error_remedy(e, "In a chroot or container: mount -t %s",
		     strcmp(folder, "/sys") == 0 ? "sysfs sysfs /sys" : "proc proc /proc");
	return result;
}

static int check_tree(const struct root *root, const char *name, struct error *e)
{
	int result = root_has(root, "/sys");

	if (result > 0)
		return 0;
	if (result < 0)
		return error_set(e, result == -EACCES ? ERROR_PERMISSION : ERROR_IO, result,
				 "cannot read /sys of %s", name);
	result = error_set(e, ERROR_MALFORMED, 0, "%s has no sys folder", name);
	error_remedy(e, "--root takes a capture, or the folder that one was unpacked into.");
	return result;
}

int look_open_tree(const struct options *options, struct root **ret_root, struct error *e)
{
	int result = options->root && archive_is(options->root)
			     ? archive_open(options->root, ret_root, e)
			     : root_open(options->root, ret_root, e);

	if (result < 0)
		return result;
	result = options->root ? check_tree(*ret_root, options->root, e)
			       : check_running_machine(*ret_root, e);
	if (result == 0)
		return 0;
	root_free(*ret_root);
	*ret_root = NULL;
	return result;
}

int look_unfinished(const struct options *options, struct arena *arena, struct source *ret_journal,
		    bool *ret_unfinished, struct error *e)
{
	_autoroot_ struct root *root = NULL;
	int result = look_open_tree(options, &root, e);

	return result < 0 ? result
			  : transaction_unfinished(root, arena, ret_journal, ret_unfinished, e);
}

/* An IOMMU reports the ID of a transaction, and some devices send under one that is not theirs. */
static void print_ghost(const char *selector, const struct selection *selection)
{
	const struct device *device = selection->ghost_of;
	char safe[256];

	text_escape(selector, strlen(selector), safe, sizeof(safe));
	if (device)
		fprintf(stderr, "iommuctl: %s (%04x:%04x) also sends as %s, which is no device\n",
			device->label, (unsigned)device->vendor_id, (unsigned)device->device_id,
			safe);
	else if (selection->in_slot)
		fprintf(stderr, "iommuctl: %s is no device; its slot has the following\n", safe);
}

/* A name that a device had before iommuctl moved it; the error stands where it is none. */
static int select_former_name(const struct options *options, struct look *look,
			      const char *selector, struct error *e)
{
	_autoroot_ struct root *root = NULL;
	const struct device *device;
	struct error ignored;
	char safe[256];

	if (look_open_tree(options, &root, &ignored) < 0)
		return -EINVAL;
	device = select_kept_name(&look->selection, root, selector, e);
	if (!device)
		return -EINVAL;
	text_escape(selector, strlen(selector), safe, sizeof(safe));
	if (!options->quiet)
		fprintf(stderr, "iommuctl: %s was %s before iommuctl moved it\n", device->label,
			safe);
	return 0;
}

/* Start with all devices, or where some are selected with none. */
static void start_selection(struct look *look, const struct system *system, bool narrowed)
{
	look->system = look->selection.system = system;
	look->narrowed = narrowed;
	look->selection.chosen = malloc(system->device_count + 1);
	if (!look->selection.chosen)
		memory_exhausted();
	memset(look->selection.chosen, !narrowed, system->device_count + 1);
}

static int select_all(const struct options *options, struct look *look, char *const *selectors,
		      struct error *e)
{
	int result = 0;

	start_selection(look, look->system, *selectors);
	look->selection.follows_ghosts = true;
	for (; *selectors && result == 0; selectors++) {
		look->selection.ghost_of = NULL;
		look->selection.in_slot = false;
		result = select_devices(&look->selection, *selectors, e);
		if (result < 0 && e->code == ERROR_NO_MATCH)
			result = select_former_name(options, look, *selectors, e);
		print_ghost(*selectors, &look->selection);
	}
	return result;
}

static bool is_offline(const struct options *options)
{
	return options->dtb_count || options->acpi;
}

static int select_in_firmware(struct look *look, char *const *selectors, struct error *e)
{
	int result = 0;

	if (!*selectors)
		return 0;
	look->firmware.streams = calloc(look->system->stream_count + 1, sizeof(bool));
	look->firmware.iommus = calloc(look->system->iommu_count + 1, sizeof(bool));
	if (!look->firmware.streams || !look->firmware.iommus)
		memory_exhausted();
	for (; *selectors && result == 0; selectors++)
		result = select_firmware(look->system, *selectors, look->firmware, e);
	return result;
}

static int read_offline_firmware(const struct options *options, struct look *look, struct error *e)
{
	look->facts |= FACT_STREAMS | FACT_IOMMUS;
	return options->dtb_count
		       ? system_from_dtb(options->dtb, options->dtb_count, &look->system, e)
		       : system_from_acpi(options->acpi, &look->system, e);
}

static int read_chosen_system(const struct options *options, char *const *selectors,
			      struct look *look, struct error *e)
{
	_autoroot_ struct root *root = NULL;
	_autologfile_ struct log_file log = {0};
	int result;

	if (is_offline(options))
		return read_offline_firmware(options, look, e);
	result = look_open_tree(options, &root, e);
	if (result == 0 && options->log)
		result = log_file_read(options->log, &log, e);
	if (result < 0)
		return result;
	return system_read_selected(root, look->facts, (const char *const *)selectors,
				    options->log ? &log : NULL, &look->system, e);
}

int look_choose(const struct options *options, const struct catalogue *catalogue,
		char *const *selectors, struct look *ret_look, struct error *e)
{
	struct look look = {0};
	int result =
		catalogue_choose(catalogue, options->output, options->verbose, &look.choice, e);

	if (result < 0)
		return result;
	look.facts = facts_of_options(options, catalogue, &look.choice, selectors);
	*ret_look = look;
	return 0;
}

int look_at(const struct options *options, const struct catalogue *catalogue,
	    char *const *selectors, struct look *ret_look, struct error *e)
{
	static char *const none[] = {NULL};
	struct look look;
	int result = look_choose(options, catalogue, selectors, &look, e);

	if (result < 0)
		return result;
	result = read_chosen_system(options, selectors, &look, e);
	if (result == 0)
		result = select_all(options, &look, is_offline(options) ? none : selectors, e);
	if (result == 0 && is_offline(options))
		result = select_in_firmware(&look, selectors, e);
	if (result < 0)
		look_free(&look);
	else
		*ret_look = look;
	return result;
}

int look_find(const struct options *options, unsigned facts, char *const *selectors,
	      struct look *ret_look, struct error *e)
{
	struct look look = {.facts = facts | facts_of_selectors(selectors)};
	int result = read_chosen_system(options, selectors, &look, e);

	if (result < 0)
		return result;
	start_selection(&look, look.system, true);
	for (; *selectors && result == 0; selectors++)
		result = select_devices(&look.selection, *selectors, e);
	if (result < 0)
		look_free(&look);
	else
		*ret_look = look;
	return result;
}

bool look_adopt(struct look *look, const struct look *found, const struct system *system)
{
	struct look adopting = *look;

	start_selection(&adopting, system, true);
	for (size_t i = 0; i < found->system->device_count; i++) {
		const struct device *device =
			found->selection.chosen[i]
				? system_device(system, found->system->devices[i]->path)
				: NULL;

		if (device) {
			adopting.selection.chosen[device->index] = true;
		} else if (found->selection.chosen[i]) {
			free(adopting.selection.chosen);
			return false;
		}
	}
	*look = adopting;
	return true;
}

void look_free(struct look *look)
{
	system_free(look->system);
	free(look->selection.chosen);
	free(look->firmware.streams);
	free(look->firmware.iommus);
}

/* @denied_too: also a source that only lacks rights */
static void print_unread(const struct source *source, bool denied_too)
{
	struct prose prose;
	char detail[512];

	if (!source_is_unread(source) || (source->lacks_rights && !denied_too))
		return;
	text_escape(source->detail, strlen(source->detail), detail, sizeof(detail));
	prose_start(&prose);
	fprintf(prose.out, "iommuctl: %s is %s: %s\n", source->name,
		source_state_name(source->state), detail);
	prose_print(&prose, stderr);
}

static void print_notes(const struct look *look, const struct options *options, bool denied_too)
{
	if (options->quiet)
		return;
	for (size_t i = 0; i < look->system->source_count; i++)
		print_unread(&look->system->sources[i], denied_too);
	print_unread(look->own_source, denied_too);
}

void look_notes(const struct look *look, const struct options *options)
{
	print_notes(look, options, true);
}

void look_notes_of_failures(const struct look *look, const struct options *options)
{
	print_notes(look, options, false);
}
