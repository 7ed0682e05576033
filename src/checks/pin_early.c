/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/pin_early.h"

#include "model/early_list.h"
#include "model/pci.h"

#include <string.h>

static const char *const late_states[PIN_STATE_COUNT] = {
	[PIN_MISMATCH] = "another card is at its place",
	[PIN_MOVED] = "its device has another place, which only its serial tells",
	[PIN_AMBIGUOUS] = "several devices fit",
	[PIN_GROUP_CHANGED] = "its group has a new member",
	[PIN_REFUSED] = "the system needs its device, or it is unknown whether it does",
	[PIN_INVALID] = "it is no valid pin",
	[PIN_OFF] = "the kernel's command line switches pins off",
};

/* A device that is absent has no class: the initramfs looks at it when it is there. */
static const char *explain_late_class(const struct device *device)
{
	if (!device)
		return NULL;
	switch (device_base_class(device)) {
	case PCI_BASE_STORAGE:
		return "only the serial tells a disk controller from another one of the model";
	case PCI_BASE_DISPLAY:
		return "only the service knows whether a display is in use";
	case PCI_BASE_BRIDGE:
		return "its device is a bridge";
	case -1:
		return "the class of its device is unknown";
	default:
		return NULL;
	}
}

const char *pin_explain_late(const struct pin_match *match)
{
	if (late_states[match->state])
		return late_states[match->state];
	if (match->pin->count)
		return "virtual functions exist only when the driver of their device has made them";
	if (!early_list_can(match->pin))
		return "its device is none of PCI";
	if (!early_list_can_compare(match->pin))
		return "only a driver of the device can read the serial that the pin has";
	return explain_late_class(match->device);
}

typedef const char *write_function(const struct pin *pin, struct arena *arena);

static const char *const *make_early_lines(const struct pin_match *matches, size_t count,
					   write_function *write, struct arena *arena,
					   size_t *ret_length)
{
	const char **lines = arena_array(arena, count + 1, sizeof(*lines));

	*ret_length = 0;
	for (size_t i = 0; i < count; i++) {
		lines[i] = pin_explain_late(&matches[i]) ? "" : write(matches[i].pin, arena);
		*ret_length += strlen(lines[i]);
	}
	return lines;
}

/* The lines of all early pins below @head; empty without any. */
static struct span write_early(const struct pin_match *matches, size_t count, const char *head,
			       write_function *write, struct arena *arena)
{
	size_t length;
	const char *const *lines = make_early_lines(matches, count, write, arena, &length);
	char *text = arena_alloc(arena, strlen(head) + length + 1), *end = stpcpy(text, head);

	if (!length)
		return (struct span){"", 0};
	for (size_t i = 0; i < count; i++)
		end = stpcpy(end, lines[i]);
	return (struct span){text, (size_t)(end - text)};
}

struct span pins_write_list(const struct pin_match *matches, size_t count, struct arena *arena)
{
	return write_early(matches, count, "# Pins of iommuctl, compiled: see iommuctl-pins(5).\n",
			   early_list_line, arena);
}

struct span pins_write_rules(const struct pin_match *matches, size_t count, struct arena *arena)
{
	return write_early(matches, count,
			   "# Made by iommuctl from its pins: see iommuctl-pins(5).\n",
			   early_list_rule, arena);
}
