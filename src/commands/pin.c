/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pin and unpin - keep a binding over reboots, and stop that */
#include "actions/pin_store.h"
#include "actions/transaction.h"
#include "base/text.h"
#include "checks/pin_refusal.h"
#include "commands/change.h"
#include "commands/look.h"
#include "model/pin_device.h"
#include "sources/read.h"
#include "views/checks.h"
#include "views/output.h"
#include "views/pins.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct document_kind document_kind = {
	.host = true,
	.sections = {{"pins", pin_columns}},
};

/*
 * A pin command while it runs.
 * @report: of a dry run of the rebind     @system: a later reading, with the serials of the devices
 * @matches: of the pins that are there
 * @pins: the new pins, with @devices and @changed (the file differs) by the same index
 */
struct pinning {
	const struct options *options;
	const char *driver;
	struct report report;
	const struct system *system;
	const struct pin_match *matches;
	struct pin *pins;
	const char **names;
	const struct device **devices;
	bool *changed;
	size_t count;
	struct arena *arena;
};

static void free_pinning(struct pinning *pinning)
{
	report_free(&pinning->report);
	system_free(pinning->system);
	arena_free(pinning->arena);
}

static int check_root(const struct options *options, struct error *e)
{
	if (options->dry_run || geteuid() == 0)
		return 0;
	return error_set(e, ERROR_PERMISSION, -EPERM, "only root can change pins");
}

/* That a device is in use now says nothing of the next boot, unless the system itself needs it. */
static bool stands_against(const struct pinning *pinning, const struct check *check)
{
	bool is_use = check->id < CHECK_REMOVABLE;

	if (check->level != CHECK_REFUSE || check->waived)
		return false;
	return !is_use || pinning->options->now || pin_is_refused_by(check) ||
	       !check_is_waivable(check);
}

static const struct check *find_refusal(const struct pinning *pinning)
{
	const struct checks *checks = &pinning->report.checks;

	for (size_t i = 0; i < checks->count; i++)
		if (stands_against(pinning, &checks->items[i]))
			return &checks->items[i];
	return NULL;
}

static int refuse_pinning(const struct pinning *pinning, const struct check *check, struct error *e)
{
	error_set(e, ERROR_REFUSED, 0, "refused, no pin was made: %s%s%s (%s)",
		  check->device ? check->device->label : "", check->device ? ": " : "",
		  check->finding.message, check_kinds[check->id].name);
	if (check->finding.remedy)
		error_remedy(e, "%s", check->finding.remedy);
	if (!pinning->options->json && !pinning->options->quiet)
		checks_print(stderr, &pinning->report.checks, &pinning->report.handover,
			     pinning->options->verbose);
	return -EBUSY;
}

/* Make all checks of the rebind that the pin stands for. */
static int check_pinned(struct pinning *pinning, const struct root *root, struct error *e)
{
	const struct options *options = pinning->options;
	struct request request = {
		.verb = "rebind",
		.driver = pinning->driver,
		.selectors = options->arguments,
		.with_group = options->group,
		.all_matching = options->all_matching,
		.dry_run = true,
	};
	const struct host host = {.root = root, .kernel = &kernel_live};
	const struct check *check;
	int result = 0;

	for (size_t i = 0; i < options->waive_count && result == 0; i++)
		result = waivers_parse(options->waive[i], pinning->arena, &request.waivers, e);
	if (result == 0)
		result = transaction_run(&host, &request, pinning->arena, &pinning->report, e);
	if (result < 0 && (e->code != ERROR_REFUSED || pinning->report.disturbed))
		return result;
	*e = (struct error){0};
	check = find_refusal(pinning);
	return check ? refuse_pinning(pinning, check, e) : 0;
}

/* Read the devices again, with their serials, and the pins that are there. */
static int read_identities(struct pinning *pinning, const struct root *root, struct error *e)
{
	const struct handover *handover = &pinning->report.handover;
	const char **paths = arena_array(pinning->arena, handover->move_count + 1, sizeof(*paths));
	struct focus focus = {.paths = paths, .count = handover->move_count};
	int result;

	for (size_t i = 0; i < handover->move_count; i++)
		paths[i] = handover->moves[i].device->path;
	result = system_read_about(root, PIN_FACTS, &focus, &pinning->system, e);
	if (result == 0)
		pinning->matches = pins_match(pinning->system, pinning->arena);
	return result;
}

/* The name of the pin that means the device already, or NULL. */
static const char *find_present(const struct pinning *pinning, const struct device *device)
{
	for (size_t i = 0; i < pinning->system->machine.pin_count; i++)
		if (pinning->matches[i].device == device)
			return pinning->matches[i].pin->name;
	return NULL;
}

static const char *choose_name(struct pinning *pinning, const struct device *device)
{
	const char *present = find_present(pinning, device);

	if (pinning->options->name)
		return pinning->options->name;
	return present ? present
		       : pin_name_of(pinning->system, device, pinning->names, pinning->count,
				     pinning->arena);
}

/* The pin of that name that is there, or NULL. */
static const struct pin *find_by_name(const struct system *system, const char *name)
{
	for (size_t i = 0; i < system->machine.pin_count; i++)
		if (strcmp(system->machine.pins[i].name, name) == 0)
			return &system->machine.pins[i];
	return NULL;
}

/* An older pin of the device may have serials that cannot be read now. */
static void add_new_pin(struct pinning *pinning, const struct device *device)
{
	const char *name = choose_name(pinning, device);
	const struct pin *present = find_by_name(pinning->system, name);
	struct pin *pin = &pinning->pins[pinning->count];

	*pin = pin_of_device(device, pinning->driver, name, pinning->arena);
	if (present && !present->fault)
		pin_add_serials(pin, present, pinning->arena);
	pinning->changed[pinning->count] = !present || present->fault ||
					   strcmp(pin_write(pin, pinning->arena).start,
						  pin_write(present, pinning->arena).start) != 0;
	pinning->names[pinning->count] = name;
	pinning->devices[pinning->count++] = device;
}

/* Two pins for one device would both be invalid, and a name is that of one pin. */
static int check_owner(const struct pinning *pinning, const struct device *device, struct error *e)
{
	const char *name = pinning->options->name, *present = find_present(pinning, device);

	if (present && strcmp(present, name) != 0) {
		error_set(e, ERROR_USAGE, 0, "%.100s is pinned already, as %.100s", device->label,
			  present);
		error_remedy(e, "iommuctl unpin %.100s", present);
		return -EINVAL;
	}
	if (!present && find_by_name(pinning->system, name))
		return error_set(e, ERROR_USAGE, 0, "the pin %.100s is for another device", name);
	return 0;
}

static int check_name(const struct pinning *pinning, size_t count, struct error *e)
{
	const char *name = pinning->options->name;
	const struct device *device;

	if (!name || !count)
		return 0;
	if (!pin_name_is_valid(name))
		return error_set(e, ERROR_USAGE, 0, "%.100s is no name for a pin", name);
	if (count > 1)
		return error_set(e, ERROR_USAGE, 0, "--name is for one device, and these are %zu",
				 count);
	device = system_device(pinning->system, pinning->report.handover.moves[0].device->path);
	return device ? check_owner(pinning, device, e) : 0;
}

static int make_pins(struct pinning *pinning, struct error *e)
{
	const struct handover *handover = &pinning->report.handover;
	size_t count = handover->move_count;
	int result = check_name(pinning, count, e);

	if (result < 0)
		return result;
	pinning->pins = arena_array(pinning->arena, count, sizeof(*pinning->pins));
	pinning->names = arena_array(pinning->arena, count, sizeof(*pinning->names));
	pinning->devices = arena_array(pinning->arena, count, sizeof(*pinning->devices));
	pinning->changed = arena_array(pinning->arena, count, sizeof(*pinning->changed));
	for (size_t i = 0; i < count; i++) {
		const struct device *device =
			system_device(pinning->system, handover->moves[i].device->path);

		if (!device)
			return error_set(e, ERROR_NO_MATCH, 0, "%.100s is gone",
					 handover->moves[i].device->label);
		add_new_pin(pinning, device);
	}
	return 0;
}

static int write_pins(const struct pinning *pinning, struct error *e)
{
	int result = 0;

	for (size_t i = 0; i < pinning->count && result == 0; i++)
		if (pinning->changed[i])
			result = pin_store_write(PINS_FOLDER, pinning->pins[i].name,
						 pin_write(&pinning->pins[i], pinning->arena), e);
	return result;
}

/* Where nothing enables the service, the next boot does not apply the pin. */
static void note_service(const struct options *options)
{
	static const char wanted[] =
		"/etc/systemd/system/multi-user.target.wants/iommuctl-pins.service";

	if (!options->quiet && access(wanted, F_OK) != 0)
		fputs("iommuctl: nothing applies pins at boot yet: systemctl enable "
		      "iommuctl-pins.service\n",
		      stderr);
}

static void print_pinned(const struct pinning *pinning)
{
	for (size_t i = 0; i < pinning->count; i++) {
		const struct pin *pin = &pinning->pins[i];
		char label[256];

		text_escape(pinning->devices[i]->label, strlen(pinning->devices[i]->label), label,
			    sizeof(label));
		printf("%s: %s is pinned to %s (%s)\n", pin->name, label,
		       pin->driver ? pin->driver : "no driver", pin->file);
		if (pinning->options->dry_run)
			fputs(pin_write(pin, pinning->arena).start, stdout);
	}
}

/* The document of pin and unpin has all pins, as that of pins has. */
static int print_all_pins(const struct options *options, struct error *e)
{
	char *none[] = {NULL};
	struct options plain = *options;

	plain.arguments = none;
	plain.argument_count = 0;
	return command_pins.run(&plain, e);
}

static int print_pin_result(const struct pinning *pinning, struct error *e)
{
	const struct options *options = pinning->options;

	if (options->json)
		return print_all_pins(options, e);
	if (!options->quiet)
		print_pinned(pinning);
	if (!options->dry_run)
		note_service(options);
	return output_flush(e);
}

/* The rebind of --now, which prints its own result. */
static int rebind_now(const struct pinning *pinning, struct error *e)
{
	struct request request = {
		.verb = "rebind",
		.driver = pinning->driver,
		.selectors = pinning->options->arguments,
	};

	return change_run(pinning->options, &request, e);
}

static int make_and_write(struct pinning *pinning, struct error *e)
{
	_autoroot_ struct root *root = NULL;
	int result = look_open_tree(pinning->options, &root, e);

	if (result == 0)
		result = check_pinned(pinning, root, e);
	if (result == 0)
		result = read_identities(pinning, root, e);
	if (result == 0)
		result = make_pins(pinning, e);
	if (result == 0 && !pinning->options->dry_run)
		result = write_pins(pinning, e);
	return result;
}

static int run_pin(const struct options *options, struct error *e)
{
	int last = options->argument_count - 1, result = check_root(options, e);
	_cleanup_(free_pinning) struct pinning pinning = {
		.options = options,
		.driver = change_driver(options->arguments[last]),
		.arena = arena_new(),
	};

	options->arguments[last] = NULL;
	if (result == 0)
		result = make_and_write(&pinning, e);
	if (result < 0)
		return result;
	if (!options->now || !options->json)
		result = print_pin_result(&pinning, e);
	return result || !options->now || options->dry_run ? result : rebind_now(&pinning, e);
}

const struct command command_pin = {
	.name = "pin",
	.arguments = "SELECTOR… DRIVER",
	.summary = "keep a binding over reboots, by the identity of the device",
	.examples = {"pin 0000:01:00.0 vfio-pci",
		     "pin --name gpu --group --now 0000:01:00.0 vfio-pci",
		     "pin --dry-run eth1 vfio-pci"},
	.scope = SCOPE_CHANGE | SCOPE_PLAN | SCOPE_MOVE | SCOPE_DRY_RUN | SCOPE_PIN,
	.least_arguments = 2,
	.most_arguments = -1,
	.document = &document_kind,
	.run = run_pin,
};

/* The names of all pins, also of files that are none; NULL-terminated, in @arena. */
static int list_names(const struct options *options, struct arena *arena, char ***ret_names,
		      struct error *e)
{
	_autosystem_ const struct system *system = NULL;
	_autoroot_ struct root *root = NULL;
	int result = look_open_tree(options, &root, e);
	char **names;

	if (result == 0)
		result = system_read(root, FACT_PINS, &system, e);
	if (result != 0)
		return result;
	names = arena_array(arena, system->machine.pin_count + 1, sizeof(*names));
	for (size_t i = 0; i < system->machine.pin_count; i++)
		names[i] = arena_strdup(arena, system->machine.pins[i].name);
	*ret_names = names;
	return 0;
}

static bool names_pin(char *const *names, const char *name)
{
	for (size_t i = 0; names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* All names are checked before the first file is removed. */
static int check_names(char *const *names, char *const *present, struct error *e)
{
	for (size_t i = 0; names[i]; i++)
		if (!names_pin(present, names[i]))
			return error_set(e, ERROR_NO_MATCH, 0, "there is no pin %.100s", names[i]);
	return 0;
}

static int remove_pins(const struct options *options, char *const *names, struct error *e)
{
	int result = 0;

	for (size_t i = 0; names[i] && result == 0; i++) {
		/* A name that stands twice is removed once. */
		if (names_pin(names + i + 1, names[i]))
			continue;
		result = pin_store_remove(PINS_FOLDER, names[i], e);
		if (result == 0 && !options->json && !options->quiet)
			printf("%s is no longer pinned: its device keeps its driver until it is "
			       "restored or the machine boots\n",
			       names[i]);
	}
	return result;
}

static int run_unpin(const struct options *options, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	char **names = options->arguments, **present = NULL;
	int result = check_root(options, e);

	if (result == 0 && options->all == (options->argument_count > 0))
		return error_set(e, ERROR_USAGE, 0, "unpin takes names of pins or --all");
	if (result == 0)
		result = list_names(options, arena, &present, e);
	if (result == 0)
		result = check_names(names, present, e);
	if (result == 0)
		result = remove_pins(options, options->all ? present : names, e);
	if (result < 0)
		return result;
	return options->json ? print_all_pins(options, e) : output_flush(e);
}

const struct command command_unpin = {
	.name = "unpin",
	.arguments = "[NAME…]",
	.summary = "remove pins: the devices keep their drivers until the next boot",
	.examples = {"unpin 8086-10d3", "unpin --all"},
	.scope = SCOPE_UNPIN,
	.most_arguments = -1,
	.document = &document_kind,
	.run = run_unpin,
};
