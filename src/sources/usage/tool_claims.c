/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The devices that driverctl gives to a driver when they appear: its files, each named after the
 * bus and the name of a device, hold the driver ("/etc/driverctl.d/pci-0000:01:00.0": "vfio-pci").
 */
#include "base/text.h"
#include "sources/sources.h"

#include <stdio.h>
#include <string.h>

/* The claims that were found so far, and the folder that is listed. */
struct tools {
	struct reading *reading;
	const char *folder;
	struct tool_claim *claims;
	size_t count, room;
};

static const struct device *find_driverctl_device(const struct reading *reading, const char *file)
{
	for (size_t i = 0; i < build_device_count(reading->build); i++) {
		const struct device *device = build_device_at(reading->build, i);
		const char *rest = text_after(file, device->bus);

		if (rest && *rest == '-' && strcmp(rest + 1, device->name) == 0)
			return device;
	}
	return NULL;
}

static int add_tool_claim(void *context, const char *name)
{
	struct tools *tools = context;
	struct arena *arena = build_arena(tools->reading->build);
	const struct device *device = find_driverctl_device(tools->reading, name);
	char driver[ATTRIBUTE_MAX];

	if (!device || root_readf_text(tools->reading->root, driver, sizeof(driver), "%s/%s",
				       tools->folder, name) < 0)
		return 0;
	tools->claims = arena_grow(arena, tools->claims, tools->count, &tools->room,
				   sizeof(*tools->claims));
	tools->claims[tools->count++] = (struct tool_claim){
		.tool = "driverctl",
		.driver = arena_strdup(arena, driver),
		.evidence = arena_concat(arena, tools->folder, "/", name),
		.device = device,
	};
	return 0;
}

int source_tool_claims(struct reading *reading, struct error *e)
{
	static const char *const folders[] = {"/etc/driverctl.d", "/run/driverctl.d"};
	struct machine *machine = build_machine(reading->build);
	struct tools tools = {.reading = reading};

	if (!reading_wants(reading, FACT_PROTECTION))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		tools.folder = folders[i];
		root_list(reading->root, folders[i], add_tool_claim, &tools);
	}
	machine->tool_claims = tools.claims;
	machine->tool_claim_count = tools.count;
	/* Without driverctl there is nothing to read: only a failure is worth an entry. */
	reading_report(reading, "tool_claims");
	return 0;
}
