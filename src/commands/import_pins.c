/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/import_pins.h"

#include "base/text.h"
#include "base/text_map.h"
#include "commands/change.h"
#include "commands/pinning.h"
#include "model/driver.h"
#include "model/id_claim.h"
#include "model/pin_match.h"
#include "sources/read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DRIVERCTL_FOLDER "/etc/driverctl.d"

/*
 * One file of driverctl.
 * @device: that has the address now, or NULL     @driver: the word in the file
 * @fault: why no pin can be made of it, or NULL
 */
struct override_file {
	const char *path, *driver, *fault;
	const struct device *device;
};

/* The devices that are for one driver. */
struct driver_list {
	const char *driver;
	char **selectors;
	size_t count, room;
};

/*
 * @system: as it was before; it owns the devices of @files
 * @by_file: the numbers of devices, plus one, by the names of their files
 * @first_pins: for each device, the number of its first pin, plus one     @next_pins: for each pin,
 * that of the next pin of its device
 */
struct import {
	const struct host *host;
	const struct options *options;
	const struct system *system;
	const struct pin_match *matches;
	struct text_map *by_file;
	size_t *first_pins, *next_pins;
	struct override_file *files;
	size_t count, room;
	struct driver_list *lists;
	size_t list_count, list_room;
	struct pinning *pinnings;
	size_t pinning_count;
	struct new_pins pins;
	struct arena *arena;
};

static void free_import(struct import *import)
{
	for (size_t i = 0; i < import->pinning_count; i++)
		pinning_free(&import->pinnings[i]);
	system_free(import->system);
	arena_free(import->arena);
}

/* Neither the files nor the pins are compared with all devices. */
static void index_import(struct import *import)
{
	const struct system *system = import->system;
	size_t pins = system->machine.pin_count;

	import->by_file = text_map_new(import->arena);
	for (size_t i = 0; i < system->device_count; i++)
		*text_map_lend(import->by_file,
			       claim_file_name(system->devices[i], import->arena)) = i + 1;
	import->matches = pins_match(system, import->arena);
	import->first_pins = arena_array(import->arena, system->device_count + 1, sizeof(size_t));
	import->next_pins = arena_array(import->arena, pins + 1, sizeof(size_t));
	for (size_t i = pins; i-- > 0;) {
		const struct device *device = import->matches[i].device;

		if (!device)
			continue;
		import->next_pins[i] = import->first_pins[device->index];
		import->first_pins[device->index] = i + 1;
	}
}

static const struct device *find_overridden_device(const struct import *import, const char *file)
{
	size_t number = text_map_find(import->by_file, file);

	return number ? import->system->devices[number - 1] : NULL;
}

/* A pin for another driver was made later than the file, or by another mind. */
static const char *explain_pinned(const struct import *import, const struct override_file *file)
{
	size_t number = import->first_pins[file->device->index];

	for (; number; number = import->next_pins[number - 1]) {
		const struct pin *pin = import->matches[number - 1].pin;

		if (!same_text(pin->driver, change_driver(file->driver)))
			return arena_printf(import->arena, "%s is pinned to %s already, by %s",
					    file->device->label,
					    pin->driver ? pin->driver : "no driver", pin->file);
	}
	return NULL;
}

/* Cards may have moved since driverctl wrote the file: then its address means another card. */
static const char *explain_unsure(const struct import *import, const struct override_file *file)
{
	const struct device *device = file->device;

	if (!device)
		return "no device has that address now";
	if (device->override_unknown)
		return arena_concat(import->arena, "the driver_override of ", device->label,
				    " cannot be read");
	if (!same_text(device->driver_override, file->driver))
		return arena_printf(import->arena,
				    "%s has not been given to %s: its driver_override is %s",
				    device->label, file->driver,
				    device->driver_override ? device->driver_override : "not set");
	return explain_pinned(import, file);
}

static const char *explain_unread_override(struct arena *arena, ssize_t length)
{
	if (length < 0)
		return arena_printf(arena, "it cannot be read: %s", strerror((int)-length));
	return length == 0 ? "it names no driver" : NULL;
}

static int add_file(void *context, const char *name)
{
	struct import *import = context;
	struct override_file file = {
		.path = arena_concat(import->arena, DRIVERCTL_FOLDER, "/", name)};
	char driver[ATTRIBUTE_MAX];
	ssize_t length = root_read_text(import->host->root, file.path, driver, sizeof(driver));

	file.fault = explain_unread_override(import->arena, length);
	if (!file.fault) {
		file.driver = arena_strdup(import->arena, driver);
		file.device = find_overridden_device(import, name);
		file.fault = explain_unsure(import, &file);
	}
	import->files = arena_grow(import->arena, import->files, import->count, &import->room,
				   sizeof(*import->files));
	import->files[import->count++] = file;
	return 0;
}

static int read_override_files(struct import *import, struct error *e)
{
	int result;

	result = system_read(import->host->root, PIN_FACTS | FACT_OVERRIDE, &import->system, e);
	if (result < 0)
		return result;
	index_import(import);
	result = root_list(import->host->root, DRIVERCTL_FOLDER, add_file, import);
	if (result < 0 && !root_is_absence(result))
		return error_set(e, ERROR_IO, result, "cannot read %s", DRIVERCTL_FOLDER);
	return 0;
}

static void print_override_fault(const struct override_file *file)
{
	char path[512], fault[512];

	text_escape(file->path, strlen(file->path), path, sizeof(path));
	text_escape(file->fault, strlen(file->fault), fault, sizeof(fault));
	fprintf(stderr, "iommuctl: %s: %s\n", path, fault);
}

/* One file that means no device refuses all: a list that was taken over in part is two lists. */
static int refuse_unsure(const struct import *import, struct error *e)
{
	const struct override_file *first = NULL;
	size_t unsure = 0;

	for (size_t i = 0; i < import->count; i++) {
		const struct override_file *file = &import->files[i];

		if (!file->fault)
			continue;
		first = first ? first : file;
		unsure++;
		if (!import->options->json && !import->options->quiet)
			print_override_fault(file);
	}
	if (!first)
		return 0;
	error_set(e, ERROR_REFUSED, 0,
		  "refused, no pin was made: of %zu files of driverctl %zu cannot be taken over; "
		  "%.200s: %.200s",
		  import->count, unsure, first->path, first->fault);
	error_remedy(e,
		     "Remove the files of devices that are not meant (rm %.200s), or pin a "
		     "device by hand",
		     first->path);
	return -EBUSY;
}

/* The lists have the order in which their drivers come first. */
static void list_by_driver(struct import *import)
{
	struct text_map *numbers = text_map_new(import->arena);

	for (size_t i = 0; i < import->count; i++) {
		const struct override_file *file = &import->files[i];
		size_t *number = text_map_lend(numbers, file->driver);
		struct driver_list *list;

		if (!*number) {
			import->lists = arena_grow(import->arena, import->lists, import->list_count,
						   &import->list_room, sizeof(*import->lists));
			import->lists[import->list_count++] =
				(struct driver_list){.driver = file->driver};
			*number = import->list_count;
		}
		list = &import->lists[*number - 1];
		list->selectors = arena_grow(import->arena, list->selectors, list->count,
					     &list->room, sizeof(*list->selectors));
		list->selectors[list->count++] = arena_strdup(import->arena, file->device->path);
	}
}

/* The devices of one driver are checked together: a group is handed over as a whole. */
static int make_pins_of(struct import *import, struct driver_list *list, struct error *e)
{
	struct pinning *pinning = &import->pinnings[import->pinning_count++];

	list->selectors = arena_grow(import->arena, list->selectors, list->count, &list->room,
				     sizeof(*list->selectors));
	list->selectors[list->count] = NULL;
	*pinning = (struct pinning){.host = import->host,
				    .options = import->options,
				    .request = {.verb = "rebind",
						.driver = change_driver(list->driver),
						.selectors = list->selectors},
				    .arena = arena_new()};
	return pinning_make(pinning, &import->pins, e);
}

static int make_all_pins(struct import *import, struct error *e)
{
	int result = 0;

	list_by_driver(import);
	import->pinnings =
		arena_array(import->arena, import->list_count, sizeof(*import->pinnings));
	for (size_t i = 0; result == 0 && i < import->list_count; i++)
		result = make_pins_of(import, &import->lists[i], e);
	return result;
}

/* driverctl goes on to give the addresses away, whatever card has them. */
static void note_files(const struct import *import)
{
	if (import->options->quiet || import->options->json || import->options->dry_run)
		return;
	fputs("iommuctl: driverctl still gives these addresses away at each boot, until its files "
	      "are removed:",
	      stderr);
	for (size_t i = 0; i < import->count; i++)
		fprintf(stderr, " %s", import->files[i].path);
	fputc('\n', stderr);
}

static int check_import(const struct options *options, struct error *e)
{
	if (!options->name && !options->now && !options->group && !options->all_matching)
		return 0;
	return error_set(e, ERROR_USAGE, 0,
			 "--import-driverctl excludes --name, --now, --group and --all-matching");
}

int import_driverctl(const struct host *host, const char *folder, const struct options *options,
		     struct error *e)
{
	_cleanup_(free_import) struct import import = {
		.host = host, .options = options, .arena = arena_new()};
	int result = check_import(options, e);

	if (result == 0)
		result = read_override_files(&import, e);
	if (result == 0)
		result = refuse_unsure(&import, e);
	if (result == 0 && !import.count)
		return error_set(e, ERROR_NO_MATCH, 0, "driverctl has no overrides in %s",
				 DRIVERCTL_FOLDER);
	if (result == 0)
		result = make_all_pins(&import, e);
	if (result == 0)
		result = pinning_finish(host, folder, options, &import.pins, import.arena, e);
	if (result == 0)
		note_files(&import);
	return result;
}
