/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/status.h"

#include "base/text.h"
#include "checks/check.h"
#include "model/pin_file.h"
#include "model/pin_match.h"
#include "model/vfio_driver.h"
#include "views/blocks.h"
#include "views/prose.h"
#include "views/screen.h"

#include <stdio.h>
#include <string.h>

enum { LABEL_WIDTH = 15, LINES_MAX = 5 };

/* The methods of drivers/pci/pci.c: pci_reset_fn_methods that reset more than one function. */
static const char *reset_scope(const char *method, size_t length)
{
	static const char *const wide[] = {"bus", "cxl_bus"};

	for (size_t i = 0; i < ARRAY_SIZE(wide); i++)
		if (strlen(wide[i]) == length && memcmp(wide[i], method, length) == 0)
			return "all devices on its bus";
	return "this function";
}

static const char *reset_text(const struct traits *traits, struct arena *arena)
{
	const char *text = "", *at = traits->reset_methods;

	if (!at)
		return traits->can_reset == ANSWER_YES	? "possible; the kernel does not say how"
		       : traits->can_reset == ANSWER_NO ? "none"
							: NULL;
	while (*(at += strspn(at, " "))) {
		size_t length = strcspn(at, " ");

		text = arena_printf(arena, "%s%s%.*s (%s)", text, *text ? ", " : "", (int)length,
				    at, reset_scope(at, length));
		at += length;
	}
	return *text ? text : "none";
}

static void print_reset(const struct device *device, struct arena *arena)
{
	const char *text = device && device->traits ? reset_text(device->traits, arena) : NULL;

	struct block_layout layout = block_layout(LABEL_WIDTH);

	if (text)
		blocks_put(&layout, "reset:", text_escaped(text, arena), NULL);
}

enum { USES_SHOWN_MAX = 16 };

static bool is_known_reason(const struct uses *uses, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(uses->blind[i].why, uses->blind[index].why) == 0)
			return true;
	return false;
}

/* Sources that could not be read, each once: there may be more uses than those above. */
static void print_unread_uses(const struct uses *uses, const struct block_layout *layout,
			      struct arena *arena)
{
	for (size_t i = 0; i < uses->blind_count; i++) {
		const char *text;

		if (is_known_reason(uses, i))
			continue;
		text = arena_printf(arena, "%s: could not look (%s)",
				    uses->count ? "there may be more" : "unknown",
				    uses->blind[i].why);
		blocks_put(layout, "used:", text_escaped(text, arena), NULL);
	}
}

/* "nvme0n1 is mounted on /srv (/proc/1/mountinfo)" */
static void print_uses(const struct device *device, struct arena *arena)
{
	const struct block_layout layout = block_layout(LABEL_WIDTH);
	const struct uses *uses = device ? device->uses : NULL;
	char words[USE_WORDS_SIZE];

	if (!uses)
		return;
	for (size_t i = 0; i < uses->count && i < USES_SHOWN_MAX; i++) {
		const struct use *use = &uses->items[i];
		const char *text;

		check_use_words(device, use, words);
		text = use->evidence ? arena_printf(arena, "%s (%s)", words, use->evidence) : words;
		blocks_put(&layout, "used:", text_escaped(text, arena), NULL);
	}
	if (uses->count > USES_SHOWN_MAX)
		blocks_put(&layout, "used:",
			   arena_printf(arena, "and %zu more", uses->count - USES_SHOWN_MAX), NULL);
	print_unread_uses(uses, &layout, arena);
	if (!uses->count && !uses->blind_count)
		blocks_put(&layout, "used:", "no", NULL);
}

/* The last lines that are known to be about the device. */
static void print_log_lines(const struct system *system, const struct device *device,
			    struct arena *arena)
{
	const struct block_layout layout = block_layout(LABEL_WIDTH);
	const struct remark *last[LINES_MAX];
	size_t count = 0;

	for (size_t i = 0; i < system->remark_count; i++) {
		const struct remark *line = system->remarks[i];

		if (line->text && line->device && strcmp(line->device, device->name) == 0)
			last[count++ % LINES_MAX] = line;
	}
	for (size_t i = count > LINES_MAX ? count - LINES_MAX : 0; i < count; i++)
		blocks_put(&layout, "log:", text_escaped(last[i % LINES_MAX]->text, arena), NULL);
}

/* The pins that mean the device: "nic (vfio-pci): pending". */
static void print_device_pins(const struct system *system, const struct pin_match *matches,
			      const struct device *device, struct arena *arena)
{
	const struct block_layout layout = block_layout(LABEL_WIDTH);

	for (size_t i = 0; i < system->machine.pin_count; i++) {
		const struct pin *pin = matches[i].pin;
		const char *text;

		if (matches[i].device != device)
			continue;
		text = arena_printf(arena, "%s (%s): %s%s%s", pin->name,
				    pin->fault ? "no pin" : pin_words(pin, arena),
				    pin_state_name(matches[i].state), matches[i].detail ? ": " : "",
				    matches[i].detail ? matches[i].detail : "");
		blocks_put(&layout, "pin:", text_escaped(text, arena), NULL);
	}
}

void status_print_devices(const struct system *system, const struct system *focused,
			  const bool *chosen)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct pin_match *matches = pins_match(system, arena);

	for (size_t i = 0; i < system->device_count; i++) {
		const struct device *device = system->devices[i], *read_again;

		if (!chosen[i])
			continue;
		read_again = focused ? system_device(focused, device->path) : NULL;
		print_uses(read_again, arena);
		print_device_pins(system, matches, device, arena);
		print_reset(read_again, arena);
		print_log_lines(system, device, arena);
	}
}

static void put_command(const char *verb, char *const *selectors, const char *driver)
{
	struct prose prose;

	prose_start(&prose);
	fprintf(prose.out, "  iommuctl %s", verb);
	for (; *selectors; selectors++) {
		fputc(' ', prose.out);
		text_put_quoted(prose.out, *selectors);
	}
	fprintf(prose.out, "%s%s\n", driver ? " " : "", driver ? driver : "");
	prose_print_command(&prose, stdout);
}

/* xl(1): "remove -r" binds the driver that the device had before. */
static void print_command_of_xen(const struct device *device)
{
	if (device->driver && strcmp(device->driver, "pciback") == 0)
		printf("To take it back from Xen:\n  xl pci-assignable-remove -r %s\n",
		       device->name);
	else
		printf("To hand it to a guest of Xen:\n  xl pci-assignable-add %s\n", device->name);
}

void status_print_commands(const struct device *device, char *const *selectors, const char *driver,
			   const struct handover *handover, bool is_refused)
{
	bool along = false;

	for (size_t i = 0; i < handover->move_count; i++)
		along = along || handover->moves[i].taken_along;
	if (!driver)
		return;
	if (handover->system && handover->system->machine.hypervisor == HYPERVISOR_XEN_DOM0) {
		print_command_of_xen(device);
	} else if (driver_is_vfio(device)) {
		puts("To take it back:");
		put_command("restore", selectors, NULL);
	} else {
		puts(is_refused ? "To hand it over, once no check stands against it:"
				: "To hand it over:");
		put_command(along ? "rebind --group" : "rebind", selectors, driver);
	}
}
