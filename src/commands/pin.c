/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pin - keep a binding over reboots */
#include "commands/pin.h"

#include "commands/change.h"
#include "commands/import_pins.h"
#include "commands/look.h"
#include "commands/pinning.h"
#include "model/domain_type.h"
#include "model/pin_file.h"
#include "model/vfio_driver.h"

#include <string.h>

/* The change that a pin of these options stands for. */
static struct request request_of(const struct options *options, const char *driver)
{
	if (options->count)
		return (struct request){.verb = "vfs",
					.driver = driver,
					.driver_given = true,
					.function_count = options->count,
					.selectors = options->arguments};
	return (struct request){
		.verb = "rebind", .driver = driver, .selectors = options->arguments};
}

/* A device that is handed over reaches all memory with identity while no user has it. */
static int parse_pinned_type(const struct options *options, const char *driver,
			     const char **ret_type, struct error *e)
{
	*ret_type = options->type ? domain_type_spelling(options->type) : NULL;
	if (!options->type)
		return 0;
	if (!*ret_type || strcmp(*ret_type, DOMAIN_TYPE_AUTO) == 0)
		return error_set(e, ERROR_USAGE, 0,
				 "--type takes DMA, DMA-FQ or identity, not %.100s", options->type);
	if (options->count)
		return error_set(e, ERROR_USAGE, 0, "--type and --count exclude each other");
	if (driver && driver_name_is_vfio(driver) && strcmp(*ret_type, "identity") == 0)
		return error_set(e, ERROR_USAGE, 0,
				 "no pin gives a device with %.100s the type identity", driver);
	if (options->now && options->json)
		return error_set(e, ERROR_USAGE, 0,
				 "--type and --now are two changes, and --json prints one");
	return 0;
}

/* The rebind of --now prints its own result, and so does the change of a type. */
static int move_now(const struct host *host, const struct options *options,
		    const struct pinning *pinning, struct error *e)
{
	const struct request typed = pinning_type_request(pinning);
	int result = change_on(host, options, &pinning->request, e);

	return result == 0 && pinning->type ? change_on(host, options, &typed, e) : result;
}

int pin_on(const struct host *host, const char *folder, const struct options *options,
	   struct error *e)
{
	int last = options->argument_count - 1, result;
	const char *driver = change_driver(options->arguments[last]);
	struct new_pins pins = {0};
	_autopinning_ struct pinning pinning = {
		.host = host,
		.options = options,
		.request = request_of(options, driver),
		.arena = arena_new(),
	};

	options->arguments[last] = NULL;
	result = parse_pinned_type(options, driver, &pinning.type, e);
	if (result == 0)
		result = pinning_make(&pinning, &pins, e);
	if (result == 0)
		result = pinning_finish(host, folder, options, &pins, pinning.arena, e);
	return result || !options->now || options->dry_run ? result
							   : move_now(host, options, &pinning, e);
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
		     "pin 0000:01:00.0 vfio-pci --count 4", "pin --import-driverctl --dry-run"},
	.scope = SCOPE_CHANGE | SCOPE_PLAN | SCOPE_MOVE | SCOPE_DRY_RUN | SCOPE_PIN,
	.least_arguments = 2,
	.most_arguments = -1,
	.instead = "import-driverctl",
	.document = &pin_change_kind,
	.run = run_pin,
};
