/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pin_findings - a rule of doctor about pins that do not have their device, or conflict with tools
 */
#include "base/text.h"
#include "checks/doctor_rules.h"
#include "model/pin_match.h"

/*
 * A device that is not there yet, or not bound yet, may come with the next boot. All other states
 * that pins_match gives have a detail.
 */
static bool is_wrong(enum pin_state state)
{
	return state != PIN_SATISFIED && state != PIN_PENDING && state != PIN_ABSENT &&
	       state != PIN_OFF;
}

static void add_unmet(struct examination *examination, const struct pin_match *match)
{
	struct arena *arena = examination->arena;
	struct concerned concerned = {0};

	if (match->device)
		concerned_add(&concerned, arena, match->device->label);
	examination_add(
		examination,
		(struct finding){
			.code = CODE_PIN_UNMET,
			.severity = SEVERITY_WARNING,
			.message = arena_printf(arena, "the pin %s is %s: %s", match->pin->name,
						pin_state_name(match->state), match->detail),
			.evidence = match->pin->file,
			.remedy = "Pin the device again (iommuctl pin), or remove the pin "
				  "(iommuctl unpin).",
		},
		&concerned);
}

/* The claim of a tool that gives the device of a pin to another driver, or NULL. */
static const struct tool_claim *find_other_tool(const struct machine *machine,
						const struct pin_match *match)
{
	const char *driver = match->pin->driver ? match->pin->driver : "none";

	/* The driver of such a pin is not that of its device. */
	if (match->pin->count)
		return NULL;
	for (size_t i = 0; match->device && i < machine->tool_claim_count; i++)
		if (machine->tool_claims[i].device == match->device &&
		    !text_same_module(machine->tool_claims[i].driver, driver))
			return &machine->tool_claims[i];
	return NULL;
}

static void add_conflict(struct examination *examination, const struct pin_match *match,
			 const struct tool_claim *tool)
{
	const struct pin *pin = match->pin;

	examination_add_disagreement(examination, tool,
				     arena_printf(examination->arena, "the pin %s to %s", pin->name,
						  pin->driver ? pin->driver : "no driver"));
}

void doctor_pins(struct examination *examination)
{
	const struct system *system = examination->system;
	const struct pin_match *matches = pins_match(system, examination->arena);

	for (size_t i = 0; i < system->machine.pin_count; i++) {
		const struct tool_claim *tool = find_other_tool(&system->machine, &matches[i]);

		if (matches[i].device && !concerns(examination, matches[i].device))
			continue;
		if (is_wrong(matches[i].state))
			add_unmet(examination, &matches[i]);
		if (tool)
			add_conflict(examination, &matches[i], tool);
	}
}
