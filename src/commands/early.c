/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/early.h"

#include "actions/initramfs_proof.h"
#include "actions/pin_rules.h"
#include "base/new_file.h"
#include "checks/pin_early.h"
#include "checks/pin_refusal.h"
#include "checks/unread.h"
#include "sources/read.h"
#include "views/output.h"
#include "views/pins.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Read what uses the devices that pins would take: some may not be taken. */
static int refuse_pins(const struct options *options, const struct look *look,
		       struct pin_match *matches, struct arena *arena, struct error *e)
{
	size_t count = look->system->machine.pin_count;
	const char **paths = arena_array(arena, count, sizeof(*paths));
	_autosystem_ const struct system *system = NULL;
	_autoroot_ struct root *root = NULL;
	struct focus focus = {.paths = paths};
	int result;

	for (size_t i = 0; i < count; i++)
		if (pin_wants_change(&matches[i]))
			paths[focus.count++] = matches[i].device->path;
	if (!focus.count)
		return 0;
	result = look_open_tree(options, &root, e);
	if (result == 0)
		result = system_read_about(root, PIN_FACTS | FACT_USES, &focus, &system, e);
	if (result == 0)
		pins_refuse(system, matches, count, arena);
	return result;
}

int judged_pins(const struct options *options, const struct catalogue *catalogue, bool on,
		struct look *look, struct arena *arena, struct pin_match **ret_matches,
		struct error *e)
{
	char *const none[] = {NULL};
	int result;

	look_free(look);
	*look = (struct look){0};
	result = look_at(options, catalogue, none, look, e);
	if (result < 0)
		return result;
	*ret_matches = on ? pins_match_on(look->system, arena) : pins_match(look->system, arena);
	return refuse_pins(options, look, *ret_matches, arena, e);
}

const struct source *pins_find_blind(const struct system *system)
{
	static const char *const needed[] = {"pins", "bus_devices", "cmdline"};

	return source_unread(system, needed, ARRAY_SIZE(needed));
}

static int write_list(const char *path, struct span list, struct error *e)
{
	enum { LIST_MODE = 0644 };

	if (strcmp(path, "-") != 0)
		return new_file_write(path, LIST_MODE, list.start, list.length, e);
	/* An error of the stream fails the flush. */
	fwrite(list.start, 1, list.length, stdout);
	return output_flush(e);
}

static void note_late(const struct pin_match *matches, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *why = pin_explain_late(&matches[i]);

		if (why)
			fprintf(stderr, "iommuctl: the pin %s is not in the list: %s\n",
				matches[i].pin->name, why);
	}
}

/*
 * A file of a pin that cannot be read is an invalid pin, and the others go on. But where not all
 * devices were read, as in a folder without /sys, those that are missing may be there.
 */
static const struct source *find_blind_of_list(const struct system *system)
{
	const struct source *devices = system_source(system, "bus_devices");
	const struct source *pins = system_source(system, "pins");

	if (devices->state != SOURCE_READ)
		return devices;
	return source_is_unread(pins) && pins->state != SOURCE_PARTIAL ? pins : NULL;
}

int early_compile(const struct options *options, const char *path, const struct look *look,
		  const struct pin_match *matches, struct arena *arena, struct error *e)
{
	size_t count = look->system->machine.pin_count;
	const struct source *blind = find_blind_of_list(look->system);
	int result;

	if (blind)
		return error_set(e, ERROR_IO, 0,
				 "it is unknown which devices pins mean: %s could not be read",
				 blind->name);
	if (!options->quiet)
		note_late(matches, count);
	result = write_list(path, pins_write_list(matches, count, arena), e);
	return result < 0 ? result : initramfs_proof_give(e);
}

static const char *top_of(const struct options *options)
{
	return options->root ? options->root : "";
}

void early_store_rules(const struct options *options, const struct pin_match *matches, size_t count,
		       struct arena *arena)
{
	const char *folder = arena_concat(arena, top_of(options), RULES_FOLDER, "");
	const char *udevadm = arena_concat(arena, top_of(options), UDEVADM, "");
	struct span rules = pins_write_rules(matches, count, arena);
	struct error e = {0};

	if (pin_rules_store(folder, udevadm, rules, &e) < 0 && !options->quiet)
		fprintf(stderr, "iommuctl: udev has no rules for pins: %s\n", e.message);
}

static const struct column *const sets[] = {pin_columns, NULL};

static const struct catalogue catalogue = {
	.sets = sets,
	.standard = "name",
	.row_facts = PIN_FACTS,
};

/* The pins have changed, and the rules follow from all of them. */
static void refresh_rules(const struct options *options, struct arena *arena)
{
	_autolook_ struct look look = {0};
	struct options plain = {.quiet = options->quiet, .root = options->root, .timeout_ms = -1};
	struct pin_match *matches;
	struct error e = {0};

	if (judged_pins(&plain, &catalogue, false, &look, arena, &matches, &e) == 0)
		early_store_rules(options, matches, look.system->machine.pin_count, arena);
	else if (!options->quiet)
		fprintf(stderr, "iommuctl: udev has no new rules for pins: %s\n", e.message);
}

int early_store_pins(const struct options *options, const char *folder, struct pin_change *changes,
		     size_t count, struct arena *arena, struct error *e)
{
	const struct pin_boot boot = {
		.folder = folder,
		.top = top_of(options),
		.with_initramfs = !options->no_initramfs,
		.progress = options->quiet || options->json ? NULL : stderr,
	};
	int result = pin_boot_store(&boot, changes, count, arena, e);

	if (result == 0)
		refresh_rules(options, arena);
	return result;
}
