/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * boot_modules - rules of doctor about modprobe.d, driverctl and libvirt: the driver that a boot or
 * a guest gives to devices
 */
#include "base/text.h"
#include "checks/doctor_rules.h"
#include "model/command_line.h"
#include "model/pci.h"
#include "model/pin_match.h"
#include "model/vfio_driver.h"

#include <string.h>

/* Another driver has the device, and without it a disk or the screen is gone. */
static bool is_in_other_hands(const struct device *device)
{
	int base = device_base_class(device);

	return device->driver && !driver_is_placeholder(device) &&
	       (base == PCI_BASE_STORAGE || base == PCI_BASE_DISPLAY);
}

static void add_ids_in_use(struct examination *examination, const struct id_claim *claim)
{
	examination_add(
		examination,
		(struct finding){
			.code = CODE_IDS_IN_USE,
			.severity = SEVERITY_WARNING,
			.devices = &claim->device->label,
			.device_count = 1,
			.message = arena_printf(
				examination->arena,
				"%s has it, and ids=%s of the module %s matches it as well: the "
				"driver that is loaded first at the next boot gets it",
				claim->device->driver, claim->entry, claim->module),
			.evidence = "/proc/cmdline, modprobe.d",
			.remedy = "Take the entry out of \"ids=\", and hand over single devices "
				  "by their address: iommuctl rebind.",
		},
		NULL);
}

/* Where the IDs of a device could not be read, the entry may match that device. */
static bool all_ids_were_read(const struct system *system)
{
	const struct source *source = system_source(system, "id_claims");

	return source && source->state == SOURCE_READ;
}

static void add_unmatched(struct examination *examination, const struct id_claim *claim)
{
	examination_add(examination,
			(struct finding){
				.code = CODE_IDS_UNMATCHED,
				.severity = SEVERITY_NOTE,
				.message = arena_printf(examination->arena,
							"ids=%s of the module %s matches no device",
							claim->entry, claim->module),
				.evidence = "/proc/cmdline, modprobe.d",
			},
			NULL);
}

/* The native driver has the device, or the device has none: it was not "ids=" that won. */
static bool is_too_late(const struct id_claim *claim)
{
	return claim->device && claim->native && !driver_is_placeholder(claim->device);
}

static void add_too_late(struct examination *examination, const struct id_claim *claim)
{
	struct arena *arena = examination->arena;

	examination_add(
		examination,
		(struct finding){
			.code = CODE_IDS_TOO_LATE,
			.severity = SEVERITY_WARNING,
			.devices = &claim->device->label,
			.device_count = 1,
			.message = arena_printf(
				arena,
				claim->native_builtin
					? "ids=%s of the module %s is for it, and %s, which claims "
					  "it as well, is built in: that is always first"
					: "ids=%s of the module %s is for it, and the module %s, "
					  "which claims it as well, may be loaded first: no "
					  "softdep orders them",
				claim->entry, claim->module, claim->native),
			.evidence = "/proc/cmdline, modprobe.d",
			.remedy = claim->native_builtin
					  ? "Hand it over after the boot: iommuctl rebind."
					  : arena_printf(arena,
							 "Add \"softdep %s pre: %s\" to a file of "
							 "/etc/modprobe.d, and build the initramfs "
							 "again.",
							 claim->native, claim->module),
		},
		NULL);
}

void doctor_vfio_ids(struct examination *examination)
{
	const struct machine *machine = &examination->system->machine;
	bool whole = all_ids_were_read(examination->system);

	for (size_t i = 0; i < machine->id_claim_count; i++) {
		const struct id_claim *claim = &machine->id_claims[i];

		if (!claim->device && whole)
			add_unmatched(examination, claim);
		else if (claim->device && is_in_other_hands(claim->device) &&
			 concerns(examination, claim->device))
			add_ids_in_use(examination, claim);
		else if (is_too_late(claim) && concerns(examination, claim->device))
			add_too_late(examination, claim);
	}
}

/* True where the command line has @option of @module: "vfio-pci.ids=10de:1eb8". */
static bool is_on_command_line(const char *line, const char *module, struct span option)
{
	struct span word;

	while (command_line_next(&line, &word)) {
		const char *rest = text_after_module(word.start, module);
		size_t used = rest ? (size_t)(rest - word.start) + 1 : 0;

		if (rest && *rest == '.' && word.length == used + option.length &&
		    memcmp(rest + 1, option.start, option.length) == 0)
			return true;
	}
	return false;
}

static void add_ignored(struct examination *examination, const char *module, struct span option)
{
	struct arena *arena = examination->arena;

	examination_add(examination,
			(struct finding){
				.code = CODE_OPTION_IGNORED,
				.severity = SEVERITY_WARNING,
				.message = arena_printf(
					arena,
					"the option %.*s of %s in modprobe.d has no effect: %s is "
					"built into this kernel, and no module is loaded",
					(int)option.length, option.start, module, module),
				.evidence = "modprobe.d",
				.remedy = arena_printf(arena,
						       "Add %s.%.*s to the command line of the "
						       "kernel instead.",
						       module, (int)option.length, option.start),
			},
			NULL);
}

void doctor_builtin_options(struct examination *examination)
{
	const struct machine *machine = &examination->system->machine;

	if (!machine->command_line)
		return;
	for (size_t i = 0; i < machine->builtin_option_count; i++) {
		const struct builtin_options *builtin = &machine->builtin_options[i];
		const char *at = builtin->options;
		struct span option;

		while (command_line_next(&at, &option))
			if (!is_on_command_line(machine->command_line, builtin->module, option))
				add_ignored(examination, builtin->module, option);
	}
}

/* An "ids=" that gives the device to another driver than the tool does, or NULL. */
static const struct id_claim *find_disagreeing(const struct machine *machine,
					       const struct tool_claim *tool)
{
	for (size_t i = 0; i < machine->id_claim_count; i++)
		if (machine->id_claims[i].device == tool->device &&
		    !text_same_module(machine->id_claims[i].module, tool->driver))
			return &machine->id_claims[i];
	return NULL;
}

void examination_add_disagreement(struct examination *examination, const struct tool_claim *tool,
				  const char *other)
{
	examination_add(
		examination,
		(struct finding){
			.code = CODE_TOOLS_DISAGREE,
			.severity = SEVERITY_WARNING,
			.devices = &tool->device->label,
			.device_count = 1,
			.message = arena_printf(examination->arena, "%s gives it to %s %s, and %s",
						tool->tool, tool->driver, tool->when, other),
			.evidence = tool->evidence,
			.remedy = tool->remedy,
		},
		NULL);
}

/*
 * The override that is set now is not the tool's: iommuctl or a person has changed it since. While
 * no guest runs, libvirt has set none.
 */
static bool was_overridden(const struct tool_claim *tool)
{
	const char *override = tool->device->driver_override;

	if (tool->device->override_unknown)
		return false;
	return override ? !text_same_module(override, tool->driver) : tool->at_boot;
}

/* The pins rule names a pin that gives the device to another driver. */
static bool is_pinned(const struct examination *examination, const struct pin_match *pins,
		      const struct device *device)
{
	for (size_t i = 0; i < examination->system->machine.pin_count; i++)
		if (pins[i].device == device)
			return true;
	return false;
}

/* A tool that gives the device to another driver at each boot than libvirt does, or NULL. */
static const struct tool_claim *find_boot_tool(const struct machine *machine,
					       const struct tool_claim *guest)
{
	for (size_t i = 0; !guest->at_boot && i < machine->tool_claim_count; i++) {
		const struct tool_claim *other = &machine->tool_claims[i];

		if (other->at_boot && other->device == guest->device &&
		    !text_same_module(other->driver, guest->driver))
			return other;
	}
	return NULL;
}

/* The other setting that does not agree with the tool, as a clause, or NULL. */
static const char *describe_disagreeing(const struct examination *examination,
					const struct pin_match *pins, const struct tool_claim *tool)
{
	const struct machine *machine = &examination->system->machine;
	/* A guest takes its device from a placeholder, which gets it again after the guest. */
	const struct id_claim *claim = tool->at_boot ? find_disagreeing(machine, tool) : NULL;
	const struct tool_claim *boot = find_boot_tool(machine, tool);
	const char *override = tool->device->driver_override;

	if (claim)
		return arena_printf(examination->arena, "ids=%s gives it to %s", claim->entry,
				    claim->module);
	if (boot)
		return arena_printf(examination->arena, "%s to %s %s", boot->tool, boot->driver,
				    boot->when);
	if (!was_overridden(tool) || is_pinned(examination, pins, tool->device))
		return NULL;
	return override
		       ? arena_printf(examination->arena, "its driver_override is now %s", override)
		       : "its driver_override is not set";
}

void doctor_tools(struct examination *examination)
{
	const struct machine *machine = &examination->system->machine;
	const struct pin_match *pins;

	if (!machine->tool_claim_count)
		return;
	pins = pins_match(examination->system, examination->arena);
	for (size_t i = 0; i < machine->tool_claim_count; i++) {
		const struct tool_claim *tool = &machine->tool_claims[i];
		const char *other = describe_disagreeing(examination, pins, tool);

		if (other && concerns(examination, tool->device))
			examination_add_disagreement(examination, tool, other);
	}
}
