/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/pinning.h"

#include "base/text.h"
#include "checks/pin_early.h"
#include "checks/pin_refusal.h"
#include "commands/change.h"
#include "commands/early.h"
#include "commands/pin.h"
#include "commands/pin_files.h"
#include "model/pin_file.h"
#include "sources/read.h"
#include "views/checks.h"
#include "views/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void pinning_free(struct pinning *pinning)
{
	report_free(&pinning->report);
	report_free(&pinning->typing);
	system_free(pinning->system);
	arena_free(pinning->arena);
}

struct request pinning_type_request(const struct pinning *pinning)
{
	return (struct request){.verb = "domain",
				.domain_type = pinning->type,
				.selectors = pinning->request.selectors,
				.all_matching = pinning->request.all_matching,
				.waivers = pinning->request.waivers};
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

static const struct check *find_refusal(const struct pinning *pinning, const struct checks *checks)
{

	for (size_t i = 0; i < checks->count; i++)
		if (stands_against(pinning, &checks->items[i]))
			return &checks->items[i];
	return NULL;
}

static int refuse_pinning(const struct pinning *pinning, const struct report *report,
			  const struct check *check, struct error *e)
{
	error_set(e, ERROR_REFUSED, 0, "refused, no pin was made: %s%s%s (%s)",
		  check->device ? check->device->label : "", check->device ? ": " : "",
		  check->finding.message, check_kinds[check->id].name);
	if (check->finding.remedy)
		error_remedy(e, "%s", check->finding.remedy);
	if (!pinning->options->json && !pinning->options->quiet)
		checks_print(stderr, &report->checks, &report->handover, pinning->options->verbose);
	return -EBUSY;
}

/* Make all checks of a change that the pin stands for. */
static int check_change(const struct pinning *pinning, const struct request *change,
			struct report *report, struct error *e)
{
	struct request request = *change;
	const struct check *check;
	int result;

	request.dry_run = true;
	result = transaction_run(pinning->host, &request, pinning->arena, report, e);
	if (result < 0 && (e->code != ERROR_REFUSED || report->disturbed))
		return result;
	*e = (struct error){0};
	check = find_refusal(pinning, &report->checks);
	return check ? refuse_pinning(pinning, report, check, e) : 0;
}

static int check_pinned(struct pinning *pinning, struct error *e)
{
	const struct request typed = pinning_type_request(pinning);
	int result = check_change(pinning, &pinning->request, &pinning->report, e);

	return result == 0 && pinning->type ? check_change(pinning, &typed, &pinning->typing, e)
					    : result;
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

int pinning_make(struct pinning *pinning, struct new_pins *pins, struct error *e)
{
	const struct pin_wish wish = {.driver = pinning->request.driver,
				      .name = pinning->options->name,
				      .count = pinning->request.function_count,
				      .type = pinning->type};
	int result = change_apply_options(pinning->options, pinning->arena, &pinning->request, e);

	if (result == 0)
		result = check_pinned(pinning, e);
	if (result == 0)
		result = read_identities(pinning, e);
	return result < 0 ? result
			  : new_pins_make(pinning->system, &pinning->report.handover, &wish,
					  pinning->arena, pins, e);
}

/* The files that differ from the new pins; *ret_count of them. */
static struct pin_change *list_changes(const struct host *host, const struct new_pins *pins,
				       struct arena *arena, size_t *ret_count)
{
	struct pin_change *changes = arena_array(arena, pins->count, sizeof(*changes));

	*ret_count = 0;
	for (size_t i = 0; i < pins->count; i++) {
		const struct new_pin *item = &pins->items[i];

		if (item->changed)
			changes[(*ret_count)++] = (struct pin_change){
				.name = item->pin.name, .text = pin_write(&item->pin, arena)};
	}
	pin_files_read(host->root, changes, *ret_count, arena);
	return changes;
}

/* Where nothing enables the service, the next boot does not apply the pin. */
static void note_service(const struct host *host, const struct options *options)
{
	static const char wanted[] =
		"/etc/systemd/system/multi-user.target.wants/iommuctl-pins.service";

	if (!options->quiet && root_has(host->root, wanted) == 0)
		fputs("iommuctl: nothing applies pins at boot yet: systemctl enable "
		      "iommuctl-pins.service\n",
		      stderr);
}

/* Tell which part of the next boot applies the pin. */
static void print_next_boot(const struct options *options, const struct new_pin *item)
{
	const struct pin_match match = {
		.pin = &item->pin, .device = item->device, .state = PIN_PENDING};
	const char *late = pin_explain_late(&match);

	if (options->no_initramfs)
		late = "the initramfs was left as it is";
	if (item->pin.count) {
		puts("  at boot the service makes them, when their device has its driver");
		return;
	}
	if (item->pin.type)
		puts("  at boot the service sets the type of its group");
	if (late)
		printf("  at boot the service moves it, after its native driver: %s\n", late);
	else
		puts("  at boot the initramfs keeps its native driver away, and the service binds "
		     "it");
}

static void print_pinned(const struct options *options, const struct new_pins *pins,
			 struct arena *arena)
{
	for (size_t i = 0; i < pins->count; i++) {
		const struct new_pin *item = &pins->items[i];
		const char *label = item->device->label;
		char safe[256];

		text_escape(label, strlen(label), safe, sizeof(safe));
		printf("%s: %s is pinned to %s (%s)\n", item->pin.name, safe,
		       pin_words(&item->pin, arena), item->pin.file);
		print_next_boot(options, item);
		if (options->dry_run)
			fputs(pin_write(&item->pin, arena).start, stdout);
	}
}

int pinning_finish(const struct host *host, const char *folder, const struct options *options,
		   const struct new_pins *pins, struct arena *arena, struct error *e)
{
	size_t count;
	struct pin_change *changes = list_changes(host, pins, arena, &count);
	int result =
		options->dry_run ? 0 : early_store_pins(options, folder, changes, count, arena, e);

	if (result < 0)
		return result;
	/* The rebind of --now prints its own document. */
	if (options->json)
		return options->now && !options->dry_run
			       ? 0
			       : pin_print_all(options, changes, count, e);
	if (!options->quiet)
		print_pinned(options, pins, arena);
	if (!options->dry_run)
		note_service(host, options);
	return output_flush(e);
}
