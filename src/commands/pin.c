/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pin - keep a binding over reboots */
#include "commands/pin.h"

#include "commands/change.h"
#include "commands/import_pins.h"
#include "commands/look.h"
#include "commands/pinning.h"
#include "model/pin_file.h"

int pin_on(const struct host *host, const char *folder, const struct options *options,
	   struct error *e)
{
	int last = options->argument_count - 1, result;
	struct new_pins pins = {0};
	_autopinning_ struct pinning pinning = {
		.host = host,
		.options = options,
		.request = {.verb = "rebind",
			    .driver = change_driver(options->arguments[last]),
			    .selectors = options->arguments},
		.arena = arena_new(),
	};

	options->arguments[last] = NULL;
	result = pinning_make(&pinning, &pins, e);
	if (result == 0)
		result = pinning_finish(host, folder, options, &pins, pinning.arena, e);
	/* The rebind of --now prints its own result. */
	return result || !options->now || options->dry_run
		       ? result
		       : change_on(host, options, &pinning.request, e);
}

static int run_pin(const struct options *options, struct error *e)
{
	_autoroot_ struct root *root = NULL;
	struct host host;
	int result = pin_check_root(options, e);

	if (result == 0)
		result = look_open_tree(options, &root, e);
	if (result < 0)
		return result;
	host = change_host(options, root);
	return options->import_driverctl ? import_driverctl(&host, PINS_FOLDER, options, e)
					 : pin_on(&host, PINS_FOLDER, options, e);
}

const struct command command_pin = {
	.name = "pin",
	.arguments = "SELECTOR… DRIVER",
	.summary = "keep a binding over reboots, by the identity of the device",
	.examples = {"pin 0000:01:00.0 vfio-pci",
		     "pin --name gpu --group --now 0000:01:00.0 vfio-pci",
		     "pin --import-driverctl --dry-run"},
	.scope = SCOPE_CHANGE | SCOPE_PLAN | SCOPE_MOVE | SCOPE_DRY_RUN | SCOPE_PIN,
	.least_arguments = 2,
	.most_arguments = -1,
	.instead = "import-driverctl",
	.document = &pin_change_kind,
	.run = run_pin,
};
