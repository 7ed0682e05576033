/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status - all about one device, or the devices of one group, and whether a hand-over would work */
#include "views/status.h"
#include "actions/choose.h"
#include "actions/kernel.h"
#include "checks/doctor.h"
#include "checks/faults.h"
#include "commands/change.h"
#include "commands/report.h"
#include "commands/rows.h"
#include "model/vfio_driver.h"
#include "views/checks.h"
#include "views/devices.h"
#include "views/faults.h"
#include "views/findings.h"
#include "views/groups.h"
#include "views/iommus.h"
#include "views/output.h"
#include "views/plan.h"
#include "views/result.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct column *const sets[] = {device_columns, device_text_columns, group_columns,
					    NULL};

/* The facts of the page itself; -v adds no line, so the two lists are one. */
#define STATUS_COLUMNS                                                                             \
	"name,description,serial,driver,driver_override,state,group,type,devices,isolation,iommu," \
	"streams,dma,vfio_node,vfio_cdev,opened_by,reserved_regions,numa_node,firmware_node,hand_" \
	"over"

static const struct catalogue catalogue = {
	.sets = sets,
	.standard = STATUS_COLUMNS,
	.verbose = STATUS_COLUMNS,
	.document_facts = FACTS_ALL | FACT_DMA | FACT_TRAITS,
	.row_facts = DOCTOR_FACTS | FACT_DMA_MASKS,
};

/* The facts of --print: nodes, /dev/iommu, and physical functions, which traits bring along. */
static const struct catalogue launch_catalogue = {
	.sets = sets,
	.standard = "name",
	.verbose = "name",
	.row_facts = FACT_IDS | FACT_VFIO | FACT_DETAILS | FACT_TRAITS | FACT_PROTECTION,
};

enum {
	SECTION_FINDINGS,
	SECTION_IOMMUS,
	SECTION_GROUPS,
	SECTION_DEVICES,
	SECTION_CHECKS,
	SECTION_FAULTS,
};
enum { MEMBER_PLAN, MEMBER_RESULT };

static const struct document_kind document_kind = {
	.host = true,
	.sections = {[SECTION_FINDINGS] = {"findings", finding_columns},
		     [SECTION_IOMMUS] = {"iommus", iommu_columns},
		     [SECTION_GROUPS] = {"groups", group_columns},
		     [SECTION_DEVICES] = {"devices", device_columns},
		     [SECTION_CHECKS] = {"checks", finding_columns, check_columns},
		     [SECTION_FAULTS] = {"faults", fault_columns}},
	.members = {[MEMBER_PLAN] = "plan", [MEMBER_RESULT] = "result"},
};

/*
 * The page while it is made.
 * @subjects: the chosen devices in words that rebind takes
 * @driver: the VFIO driver of the hand-over, or NULL where the bus has none
 * @checked: the dry run of that hand-over was tried     @report: its results
 * @failure: why it was not made
 * @shares_system: the system of the look is report.before
 */
struct page {
	const struct options *options;
	struct look look;
	const struct device *device;
	char *const *subjects;
	const char *driver;
	bool checked, shares_system;
	struct report report;
	struct error failure;
	struct arena *arena;
};

static void free_page(struct page *page)
{
	if (page->shares_system)
		page->look.system = NULL;
	look_free(&page->look);
	report_free(&page->report);
	arena_free(page->arena);
}

/* Find the first chosen device; all must be in its group. */
static int find_subject(const struct look *look, const struct device **ret_device, struct error *e)
{
	const struct system *system = look->system;
	const struct device *first = NULL;
	int result;

	for (size_t i = 0; i < system->device_count; i++) {
		const struct device *device = system->devices[i];

		if (!look->selection.chosen[i])
			continue;
		if (!first)
			first = device;
		if (device == first || (device->group && device->group == first->group))
			continue;
		result = error_set(e, ERROR_USAGE, 0,
				   "status is about one device or one group, and %.100s is in "
				   "another group than %.100s",
				   device->label, first->label);
		error_remedy(e, "\"iommuctl show\" lists several devices.");
		return result;
	}
	if (!first)
		return error_set(e, ERROR_NO_MATCH, 0, "no device is chosen");
	*ret_device = first;
	return 0;
}

/* The driver that has the device if it is a VFIO driver, else the first of its bus. */
static const char *hand_over_driver(const struct device *device)
{
	const struct vfio_driver *driver = vfio_driver_of_bus(device->bus);

	if (device->driver && driver_is_vfio(device))
		return device->driver;
	return driver ? driver->name : NULL;
}

/* Whether rebind takes the words of the user as they are: groups, or a word for each device. */
static bool words_are_exact(const struct page *page, const struct look *look)
{
	size_t words = 0, groups = 0, anything = 0, chosen = 0;

	for (char *const *word = page->options->arguments; *word; word++, words++) {
		enum selector_reach reach = select_reach(*word);

		groups += reach == REACH_GROUP;
		anything += reach == REACH_ANY;
	}
	for (size_t i = 0; i < look->system->device_count; i++)
		chosen += look->selection.chosen[i];
	return groups == words || (!anything && chosen == words);
}

/* The devices that @look chose, as rebind takes them; bridges only where there is nothing else. */
static char *const *name_subjects(const struct page *page, const struct look *look)
{
	const struct system *system = look->system;
	char **names = arena_array(page->arena, system->device_count + 1, sizeof(*names));
	size_t count = 0;

	if (words_are_exact(page, look))
		return page->options->arguments;
	for (size_t i = 0; i < system->device_count; i++)
		if (look->selection.chosen[i] && device_is_movable(system->devices[i]))
			names[count++] = arena_strdup(page->arena, system->devices[i]->label);
	return count ? names : page->options->arguments;
}

/*
 * A dry run of the hand-over has every check that rebind would make, and its plan.
 * @facts: more facts of report.before
 */
static int check_hand_over(struct page *page, unsigned facts, struct error *e)
{
	_autoroot_ struct root *root = NULL;
	const struct request request = {
		.verb = "rebind",
		.driver = page->driver,
		.selectors = page->subjects,
		.with_group = true,
		.dry_run = true,
		.facts = facts,
	};
	struct host host = {.kernel = &kernel_live};
	int result;

	if (!page->driver || page->checked)
		return 0;
	result = look_open_tree(page->options, &root, e);
	if (result < 0)
		return result;
	host.root = root;
	page->checked = true;
	result = transaction_run(&host, &request, page->arena, &page->report, &page->failure);
	if (result == 0 || page->failure.code == ERROR_REFUSED)
		page->failure = (struct error){0};
	return 0;
}

/*
 * Let the dry run read the facts of the page too, so that the machine is read once. It needs the
 * driver of the hand-over, so the devices are found first, at little cost. Where that is not enough
 * the page gets no system: look_at_page reads it, and reports the failures.
 * A log that was given may be a pipe, which can be read only once: the dry run reads none.
 */
static int look_with_dry_run(struct page *page, struct error *e)
{
	_autolook_ struct look found = {0};
	const struct device *device;
	struct error ignored = {0};
	const char *driver;
	int result;

	if (page->options->log || page->options->print ||
	    look_find(page->options, FACT_IDS, page->options->arguments, &found, &ignored) < 0 ||
	    find_subject(&found, &device, &ignored) < 0)
		return 0;
	driver = hand_over_driver(device);
	page->subjects = name_subjects(page, &found);
	page->driver = driver ? arena_strdup(page->arena, driver) : NULL;
	result = check_hand_over(page, page->look.facts, e);
	if (result == 0 && page->report.before)
		page->shares_system = look_adopt(&page->look, &found, page->report.before);
	return result;
}

static int look_at_page(struct page *page, struct error *e)
{
	const struct options *options = page->options;
	const struct catalogue *chosen =
		options->print && !options->json ? &launch_catalogue : &catalogue;
	int result = look_choose(options, chosen, options->arguments, &page->look, e);

	if (result == 0)
		result = look_with_dry_run(page, e);
	if (result == 0 && !page->look.system)
		result = look_at(options, chosen, options->arguments, &page->look, e);
	return result < 0 ? result : find_subject(&page->look, &page->device, e);
}

static int print_document(struct page *page, const struct findings *findings,
			  const struct fault_entries *faults, struct error *e)
{
	const struct look *look = &page->look;
	_autorows_ struct rows finding_rows = rows_findings(look, findings);
	_autorows_ struct rows iommus = rows_iommus(look);
	_autorows_ struct rows groups = rows_groups(look);
	_autorows_ struct rows devices = rows_devices(look, true);
	_autorows_ struct rows checks = rows_checks(&page->report.checks);
	_autorows_ struct rows fault_rows = rows_faults(look, faults);
	struct document document = rows_document(&document_kind, look);

	document.rows[SECTION_FINDINGS] = finding_rows;
	document.rows[SECTION_IOMMUS] = iommus;
	document.rows[SECTION_GROUPS] = groups;
	document.rows[SECTION_DEVICES] = devices;
	document.rows[SECTION_CHECKS] = checks;
	document.rows[SECTION_FAULTS] = fault_rows;
	document.values[MEMBER_PLAN] = json_plan(&page->report.plan);
	document.values[MEMBER_RESULT] = json_result(&page->report);
	document.failure = &page->failure;
	return json_print(&document, e);
}

static int print_facts(const struct page *page, struct error *e)
{
	struct options options = *page->options;
	_autorows_ struct rows rows = rows_devices(&page->look, true);

	options.verbose = true;
	return rows_print_table(&rows, &page->look, &options, NULL, e);
}

static void print_checks_of(const struct page *page)
{
	const struct checks *checks = &page->report.checks;
	const struct handover *handover = &page->report.handover;

	checks_print_verdict(stdout, checks, handover);
	if (page->options->verbose) {
		checks_print(stdout, checks, handover, true);
		return;
	}
	checks_print_known(stdout, checks, handover);
	checks_print_unseen(stdout, checks);
}

static int print_page(const struct page *page, const struct findings *findings, struct error *e)
{
	int result = print_facts(page, e);

	if (result < 0 || page->options->raw || page->options->pairs || page->options->output)
		return result;
	status_print_devices(page->look.system, page->report.before, page->look.selection.chosen);
	if (findings->count) {
		putchar('\n');
		findings_print(stdout, findings);
	}
	putchar('\n');
	if (!page->driver)
		printf("No VFIO driver serves devices of the bus %s.\n", page->device->bus);
	else if (page->failure.code == ERROR_NONE)
		print_checks_of(page);
	status_print_commands(page->device, page->subjects, page->driver, &page->report.handover,
			      checks_refusing(&page->report.checks) != NULL);
	if (page->options->root && page->driver)
		puts("Type it on the machine that the tree was captured from.");
	return output_flush(e);
}

/* Only what is to be pasted goes to standard output. */
static int print_launch(const struct page *page, struct error *e)
{
	const struct system *system = page->look.system;
	struct launch_device *given =
		arena_array(page->arena, system->device_count, sizeof(*given));
	enum answer has_iommufd =
		system->machine.vfio ? system->machine.vfio->has_iommufd : ANSWER_UNKNOWN;
	size_t count = 0;

	for (size_t i = 0; i < system->device_count; i++) {
		const struct device *device = system->devices[i];

		if (!page->look.selection.chosen[i] || !device->driver || !driver_is_vfio(device))
			continue;
		given[count] = launch_device_of(device, has_iommufd);
		given[count++].physical = launch_physical_of(system, device);
	}
	if (!count) {
		error_set(e, ERROR_NO_MATCH, 0, "no VFIO driver has %.100s", page->device->label);
		error_remedy(e, "\"iommuctl rebind\" hands it over, and takes --print too.");
		return -ENODEV;
	}
	launch_print(page->options->print, given, count);
	return output_flush(e);
}

static int run_status(const struct options *options, struct error *e)
{
	_cleanup_(free_page) struct page page = {.options = options, .arena = arena_new()};
	struct findings findings;
	struct fault_entries faults;
	int result = look_at_page(&page, e);

	if (result < 0)
		return result;
	if (options->print && !options->json)
		return print_launch(&page, e);
	page.subjects = name_subjects(&page, &page.look);
	page.driver = hand_over_driver(page.device);
	result = check_hand_over(&page, 0, e);
	if (result < 0)
		return result;
	findings = doctor_findings(page.look.system, page.look.selection.chosen, page.arena);
	faults = fault_entries(page.look.system, page.look.selection.chosen, page.arena);
	if (options->json) {
		result = print_document(&page, &findings, &faults, e);
		return result ? result : error_exit_status(page.failure.code);
	}
	result = print_page(&page, &findings, e);
	look_notes(&page.look, options);
	if (result == 0 && page.failure.code != ERROR_NONE)
		return report_failure(options, NULL, &page.failure);
	return result;
}

const struct command command_status = {
	.name = "status",
	.arguments = "SELECTOR…",
	.summary = "one device or group on a page: its group, users, faults, and whether it can be "
		   "handed over",
	.examples = {"status eth0", "status group:12"},
	.scope = SCOPE_READING | SCOPE_TABLE | SCOPE_LOG | SCOPE_PRINT,
	.least_arguments = 1,
	.most_arguments = -1,
	.catalogue = &catalogue,
	.document = &document_kind,
	.run = run_status,
};
