/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * changes [CASE] - the JSON documents of commands that change a machine, on a machine with a fake
 * kernel; without CASE, the names of all cases, one a line
 */
#include "commands/change.h"
#include "commands/pin.h"
#include "crash/scenarios.h"
#include "model/pin_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/**
 * struct change_case - a document     @scenario: its name in crash/scenarios.c
 * @faults: injected faults; those with write 0 are none
 * @regrouped: a device that another process moves to another group during the change, or NULL
 * @refused: the driver does not exist     @again: the change was made before
 * @networked: the interface of the device has an address and a route, which the request waives
 * @recovered: the document is that of recover, after all faults are gone
 * @interrupted: the document is that of a dry run of recover
 * @pinning: the document is that of a dry run of "pin", of the same once more, or of "unpin"
 */
struct change_case {
	const char *name, *scenario;
	struct fake_fault faults[2];
	const char *regrouped;
	bool dry_run, again, refused, recovered, networked, interrupted;
	enum { NO_PIN, PIN_ONE, PIN_AGAIN, UNPIN } pinning;
};

#define TO_VFIO "a device to vfio-pci"
/* Its devices have places of their own, so that a pin means one of them. */
#define GROUP_TO_VFIO "a group of three with its bridge"
#define TYPE "another type of a group of three with its bridge"
#define FUNCTIONS "two virtual functions for vfio-pci"
#define STUCK                                                                    \
	{                                                                        \
		{FAKE_FAILS, 3, EINVAL}, {FAKE_FAILS, 4, EIO, .persists = true}, \
	}

static const struct change_case cases[] = {
	{"done", TO_VFIO},
	{"module", "a module that is missing"},
	{"dry-run", TO_VFIO, .dry_run = true},
	{"nothing-to-do", TO_VFIO, .again = true},
	{"refused", TO_VFIO, .refused = true},
	{"rolled-back", TO_VFIO, .faults = {{FAKE_FAILS, 3, EINVAL}}},
	{"unfinished", TO_VFIO, .faults = STUCK},
	{"recovered", TO_VFIO, .faults = STUCK, .recovered = true},
	{"addresses-lost", TO_VFIO, .faults = {{FAKE_FAILS, 3, EINVAL}}, .networked = true},
	{"regrouped", TO_VFIO, .regrouped = "0000:02:00.0"},
	{"planned-again", TO_VFIO, .dry_run = true, .again = true},
	{"unfinished-before", TO_VFIO, .faults = STUCK, .interrupted = true},
	{"unfinished-none", TO_VFIO, .again = true, .interrupted = true},
	{"recovered-none", TO_VFIO, .recovered = true},
	{"pinned", GROUP_TO_VFIO, .pinning = PIN_ONE},
	{"pinned-again", GROUP_TO_VFIO, .pinning = PIN_AGAIN},
	{"unpinned", GROUP_TO_VFIO, .pinning = UNPIN},
	{"type-changed", TYPE},
	{"type-planned", TYPE, .dry_run = true},
	{"type-planned-again", TYPE, .dry_run = true, .again = true},
	{"type-nothing-to-do", TYPE, .again = true},
	{"type-rolled-back", TYPE, .faults = {{FAKE_FAILS, 5, EINVAL}}},
	{"type-restored", "restore of a type and of a driver"},
	{"functions-made", FUNCTIONS},
	{"functions-planned", FUNCTIONS, .dry_run = true},
	{"functions-planned-again", FUNCTIONS, .dry_run = true, .again = true},
	{"functions-nothing-to-do", FUNCTIONS, .again = true},
	{"functions-refused", FUNCTIONS, .refused = true},
	{"functions-rolled-back", FUNCTIONS, .faults = {{FAKE_FAILS, 4, EINVAL}}},
};

static const struct scenario *find_scenario(const char *name)
{
	const struct scenario *scenario;

	for (size_t i = 0; (scenario = scenario_at(i)); i++)
		if (strcmp(scenario->name, name) == 0)
			return scenario;
	fprintf(stderr, "no scenario \"%s\"\n", name);
	exit(1);
}

/* A refusal that needs no files: a driver that does not exist is refused on any machine. */
static struct request request_of(const struct change_case *one, const struct wish *wish)
{
	return (struct request){
		.verb = wish->verb,
		.driver = one->refused ? "no-such-driver" : wish->driver,
		.selectors = (char *const *)wish->selectors,
		.all = wish->all,
		.with_group = wish->with_group,
		.dry_run = one->dry_run,
		.function_count = wish->functions,
		.driver_given = wish->driven,
		.domain_type = wish->type,
	};
}

/* Replace the lines about the network of the machine (sources/network/network.h). */
static void give_address(const struct fake_kernel *fake)
{
	_autofree_ char *path = NULL;
	FILE *file = asprintf(&path, "%s/iommuctl/network", fake_dir(fake)) < 0 ? NULL
										: fopen(path, "w");

	if (!file)
		exit(1);
	fputs("namespace own /proc/self/ns/net this network namespace\n"
	      "interface 2 eth0 1 0 0 -1 - pci 0000:02:00.0\naddress 2 10.0.0.5/24\n"
	      "way 2 10.1.0.0/16 via 10.0.0.1\nend\n",
	      file);
	fclose(file);
}

/* Pin the first device of the wish. */
static int pin_first(const struct host *host, const struct wish *wish, struct options options,
		     struct error *e)
{
	char *arguments[] = {(char *)wish->selectors[0], (char *)wish->driver, NULL};
	_autofree_ char *folder = NULL;

	if (asprintf(&folder, "%s%s", options.root, PINS_FOLDER) < 0)
		exit(1);
	options.arguments = arguments;
	options.argument_count = 2;
	options.no_initramfs = true;
	options.group = wish->with_group;
	return pin_on(host, folder, &options, e);
}

/* Remove all pins, as a dry run. */
static int unpin_all(struct options options, struct error *e)
{
	char *none[] = {NULL};

	options.arguments = none;
	options.all = options.dry_run = true;
	return unpin_in(PINS_FOLDER, &options, e);
}

/* The document of a dry run of "pin" or "unpin". */
static int print_pinning(const struct change_case *one, const struct host *host,
			 const struct wish *wish, struct options options, struct error *e)
{
	const struct options silent = {.quiet = true, .root = options.root};

	if (one->pinning != PIN_ONE && pin_first(host, wish, silent, e) < 0)
		return 1;
	if (one->pinning == UNPIN)
		return unpin_all(options, e);
	options.dry_run = true;
	return pin_first(host, wish, options, e);
}

static int print(const struct change_case *one)
{
	const struct scenario *scenario = find_scenario(one->scenario);
	struct fake_kernel *fake = scenario_machine(scenario);
	struct request request = request_of(one, &scenario->wish);
	struct options options = {.json = true, .quiet = true};
	_autoarena_ struct arena *arena = arena_new();
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	struct ended ended;
	int status;

	if (root_open(fake_dir(fake), &root, &error) < 0)
		return 1;
	if (one->networked) {
		give_address(fake);
		if (waivers_parse("net-address", arena, &request.waivers, &error) < 0)
			return 1;
	}
	const struct host host = {.root = root, .kernel = fake_kernel(fake), .timeout_ms = 5000};
	for (size_t i = 0; i < ARRAY_SIZE(one->faults); i++)
		if (one->faults[i].write)
			fake_inject(fake, one->faults[i]);
	if (one->regrouped)
		fake_regroups_after(fake, 2, one->regrouped, 9);
	if (one->again || one->recovered || one->interrupted)
		wish_carry_out(fake, &scenario->wish, host.timeout_ms, &ended);
	if (one->recovered)
		fake_heals(fake);
	options.dry_run = one->interrupted;
	options.root = one->pinning ? fake_dir(fake) : NULL;
	status = one->pinning
			 ? print_pinning(one, &host, &scenario->wish, options, &error)
			 : change_on(&host, &options,
				     one->recovered || one->interrupted ? NULL : &request, &error);
	fake_free(fake);
	return status;
}

int main(int argc, char **argv)
{
	int status = 2;

	if (argc == 1)
		status = 0;
	else
		scenarios_open();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (argc == 1)
			puts(cases[i].name);
		else if (strcmp(argv[1], cases[i].name) == 0)
			status = print(&cases[i]);
	}
	if (argc > 1)
		scenarios_close();
	return status;
}
