/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/import_pins.h"

#include "base/text.h"
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

/* @system: as it was before; it owns the devices of @files */
struct import {
	const struct host *host;
	const struct options *options;
	const struct system *system;
	const struct pin_match *matches;
	struct override_file *files;
	size_t count, room;
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

static const struct device *find_overridden_device(const struct system *system, const char *file)
{
	for (size_t i = 0; i < system->device_count; i++)
		if (claim_file_is_of(file, system->devices[i]))
			return system->devices[i];
	return NULL;
}

/* A pin for another driver was made later than the file, or by another mind. */
static const char *explain_pinned(const struct import *import, const struct override_file *file)
{
	for (size_t i = 0; i < import->system->machine.pin_count; i++) {
		const struct pin *pin = import->matches[i].pin;

		if (import->matches[i].device == file->device &&
		    !same_text(pin->driver, change_driver(file->driver)))
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
		file.device = find_overridden_device(import->system, name);
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
	import->matches = pins_match(import->system, import->arena);
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

static bool is_first_of_driver(const struct import *import, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(import->files[i].driver, import->files[index].driver) == 0)
			return false;
	return true;
}

/* The devices of one driver are checked together: a group is handed over as a whole. */
static int make_pins_of(struct import *import, const char *driver, struct error *e)
{
	char **selectors = arena_array(import->arena, import->count + 1, sizeof(*selectors));
	struct pinning *pinning = &import->pinnings[import->pinning_count++];
	size_t count = 0;

	for (size_t i = 0; i < import->count; i++)
		if (strcmp(import->files[i].driver, driver) == 0)
			selectors[count++] =
				arena_strdup(import->arena, import->files[i].device->path);
	*pinning = (struct pinning){.host = import->host,
				    .options = import->options,
				    .request = {.verb = "rebind",
						.driver = change_driver(driver),
						.selectors = selectors},
				    .arena = arena_new()};
	return pinning_make(pinning, &import->pins, e);
}

static int make_all_pins(struct import *import, struct error *e)
{
	int result = 0;

	import->pinnings = arena_array(import->arena, import->count, sizeof(*import->pinnings));
	for (size_t i = 0; result == 0 && i < import->count; i++)
		if (is_first_of_driver(import, i))
			result = make_pins_of(import, import->files[i].driver, e);
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
