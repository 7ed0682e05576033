/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pin - keep a binding over reboots */
#include "commands/pin.h"

#include "base/text.h"
#include "checks/pin_early.h"
#include "checks/pin_refusal.h"
#include "commands/change.h"
#include "commands/early.h"
#include "commands/look.h"
#include "commands/new_pins.h"
#include "commands/pin_files.h"
#include "model/pin_file.h"
#include "sources/read.h"
#include "views/checks.h"
#include "views/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * A pin command while it runs.
 * @request: the rebind that the pins stand for     @report: of a dry run of it
 * @system: a later reading, with the serials of the devices
 * @changes: of files, @change_count of them
 */
struct pinning {
	const struct host *host;
	const struct options *options;
	struct request request;
	struct report report;
	const struct system *system;
	struct new_pins pins;
	struct pin_change *changes;
	size_t change_count;
	struct arena *arena;
};

static void free_pinning(struct pinning *pinning)
{
	report_free(&pinning->report);
	system_free(pinning->system);
	arena_free(pinning->arena);
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
static int check_pinned(struct pinning *pinning, struct error *e)
{
	struct request request = pinning->request;
	const struct check *check;
	int result;

	request.dry_run = true;
	result = transaction_run(pinning->host, &request, pinning->arena, &pinning->report, e);
	if (result < 0 && (e->code != ERROR_REFUSED || pinning->report.disturbed))
		return result;
	*e = (struct error){0};
	check = find_refusal(pinning);
	return check ? refuse_pinning(pinning, check, e) : 0;
}

/* Read the devices again, with their serials, and the pins that are there. */
static int read_identities(struct pinning *pinning, struct error *e)
{
	const struct handover *handover = &pinning->report.handover;
	const char **paths = arena_array(pinning->arena, handover->move_count + 1, sizeof(*paths));
	struct focus focus = {.paths = paths, .count = handover->move_count};

	for (size_t i = 0; i < handover->move_count; i++)
		paths[i] = handover->moves[i].device->path;
	return system_read_about(pinning->host->root, PIN_FACTS, &focus, &pinning->system, e);
}

/* The files that differ from the new pins. */
static void list_changes(struct pinning *pinning)
{
	size_t count = pinning->pins.count;

	pinning->changes = arena_array(pinning->arena, count, sizeof(*pinning->changes));
	for (size_t i = 0; i < count; i++) {
		const struct new_pin *item = &pinning->pins.items[i];

		if (item->changed)
			pinning->changes[pinning->change_count++] =
				(struct pin_change){.name = item->pin.name,
						    .text = pin_write(&item->pin, pinning->arena)};
	}
	pin_files_read(pinning->host->root, pinning->changes, pinning->change_count,
		       pinning->arena);
}

/* Where nothing enables the service, the next boot does not apply the pin. */
static void note_service(const struct pinning *pinning)
{
	static const char wanted[] =
		"/etc/systemd/system/multi-user.target.wants/iommuctl-pins.service";

	if (!pinning->options->quiet && root_has(pinning->host->root, wanted) == 0)
		fputs("iommuctl: nothing applies pins at boot yet: systemctl enable "
		      "iommuctl-pins.service\n",
		      stderr);
}

/* Tell which part of the next boot applies the pin. */
static void print_next_boot(const struct pinning *pinning, const struct new_pin *item)
{
	const struct pin_match match = {
		.pin = &item->pin, .device = item->device, .state = PIN_PENDING};
	const char *late = pin_explain_late(&match);

	if (pinning->options->no_initramfs)
		late = "the initramfs was left as it is";
	if (late)
		printf("  at boot the service moves it, after its native driver: %s\n", late);
	else
		puts("  at boot the initramfs keeps its native driver away, and the service binds "
		     "it");
}

static void print_pinned(const struct pinning *pinning)
{
	for (size_t i = 0; i < pinning->pins.count; i++) {
		const struct new_pin *item = &pinning->pins.items[i];
		const char *label = item->device->label;
		char safe[256];

		text_escape(label, strlen(label), safe, sizeof(safe));
		printf("%s: %s is pinned to %s (%s)\n", item->pin.name, safe,
		       item->pin.driver ? item->pin.driver : "no driver", item->pin.file);
		print_next_boot(pinning, item);
		if (pinning->options->dry_run)
			fputs(pin_write(&item->pin, pinning->arena).start, stdout);
	}
}

static int print_pin_result(const struct pinning *pinning, struct error *e)
{
	const struct options *options = pinning->options;

	if (options->json)
		return pin_print_all(options, pinning->changes, pinning->change_count, e);
	if (!options->quiet)
		print_pinned(pinning);
	if (!options->dry_run)
		note_service(pinning);
	return output_flush(e);
}

static int make_and_write(struct pinning *pinning, const char *folder, struct error *e)
{
	int result = change_apply_options(pinning->options, pinning->arena, &pinning->request, e);

	if (result == 0)
		result = check_pinned(pinning, e);
	if (result == 0)
		result = read_identities(pinning, e);
	if (result == 0)
		result = new_pins_make(pinning->system, &pinning->report.handover,
				       pinning->request.driver, pinning->options->name,
				       pinning->arena, &pinning->pins, e);
	if (result < 0)
		return result;
	list_changes(pinning);
	return pinning->options->dry_run
		       ? 0
		       : early_store_pins(pinning->options, folder, pinning->changes,
					  pinning->change_count, pinning->arena, e);
}

int pin_on(const struct host *host, const char *folder, const struct options *options,
	   struct error *e)
{
	int last = options->argument_count - 1, result;
	_cleanup_(free_pinning) struct pinning pinning = {
		.host = host,
		.options = options,
		.request = {.verb = "rebind",
			    .driver = change_driver(options->arguments[last]),
			    .selectors = options->arguments},
		.arena = arena_new(),
	};

	options->arguments[last] = NULL;
	result = make_and_write(&pinning, folder, e);
	if (result < 0)
		return result;
	if (!options->now || !options->json || options->dry_run)
		result = print_pin_result(&pinning, e);
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
	return pin_on(&host, PINS_FOLDER, options, e);
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
	.document = &pin_change_kind,
	.run = run_pin,
};
