/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The devices that tools give to a driver. driverctl does so when they appear: its files, each
 * named after the bus and the name of a device, hold the driver
 * ("/etc/driverctl.d/pci-0000:01:00.0": "vfio-pci"). libvirt does so while a guest runs: its files,
 * one a guest, name the devices.
 */
#include "base/text.h"
#include "base/text_map.h"
#include "model/guest_file.h"
#include "model/id_claim.h"
#include "model/pci.h"
#include "model/vfio_driver.h"
#include "sources/sources.h"

#include <stdio.h>

/*
 * The claims that were found so far, and the folder that is listed.
 * @by_file: the numbers of devices, plus one, by the names of their files; NULL while no tool has
 * named a device
 */
struct tools {
	struct reading *reading;
	const char *folder;
	struct text_map *by_file;
	struct arena *scratch;
	struct tool_claim *claims;
	size_t count, room;
};

static void index_claim_files(struct tools *tools)
{
	struct build *build = tools->reading->build;

	tools->by_file = text_map_new(tools->scratch);
	for (size_t i = 0; i < build_device_count(build); i++)
		*text_map_lend(tools->by_file,
			       claim_file_name(build_device_at(build, i), tools->scratch)) = i + 1;
}

static const struct device *find_claimed_device(struct tools *tools, const char *file)
{
	size_t number;

	if (!tools->by_file)
		index_claim_files(tools);
	number = text_map_find(tools->by_file, file);
	return number ? build_device_at(tools->reading->build, number - 1) : NULL;
}

static void append_claim(struct tools *tools, struct tool_claim claim)
{
	tools->claims = arena_grow(build_arena(tools->reading->build), tools->claims, tools->count,
				   &tools->room, sizeof(*tools->claims));
	tools->claims[tools->count++] = claim;
}

static int add_driverctl_claim(void *context, const char *name)
{
	struct tools *tools = context;
	struct arena *arena = build_arena(tools->reading->build);
	const struct device *device = find_claimed_device(tools, name);
	char driver[ATTRIBUTE_MAX];

	if (!device || root_readf_text(tools->reading->root, driver, sizeof(driver), "%s/%s",
				       tools->folder, name) < 0)
		return 0;
	append_claim(tools, (struct tool_claim){
				    .tool = "driverctl",
				    .driver = arena_strdup(arena, driver),
				    .evidence = arena_concat(arena, tools->folder, "/", name),
				    .remedy = arena_concat(arena, "driverctl unset-override ",
							   device->name, ""),
				    .when = "at each boot",
				    .device = device,
				    .at_boot = true,
			    });
	return 0;
}

/* Guests get PCI devices. */
static const struct device *find_guest_device(struct tools *tools, struct pci_name name)
{
	char file[sizeof("pci-ffffffff:ff:1f.7")];

	snprintf(file, sizeof(file), "pci-%04x:%02x:%02x.%x", name.domain, name.bus, name.slot,
		 name.function);
	return find_claimed_device(tools, file);
}

static void add_guest_device(struct tools *tools, const char *guest, const char *file,
			     const struct guest_device *named)
{
	const struct device *device = find_guest_device(tools, named->name);
	struct arena *arena = build_arena(tools->reading->build);
	size_t drivers;
	/* The first VFIO driver is the one for any PCI device. */
	const char *driver = vfio_drivers(&drivers)->name;

	if (!device)
		return;
	if (named->driver.length)
		driver = arena_text(arena, named->driver.start, named->driver.length);
	append_claim(tools,
		     (struct tool_claim){
			     .tool = "libvirt",
			     .driver = driver,
			     .evidence = file,
			     .remedy = arena_printf(arena,
						    "When the guest stops, libvirt clears "
						    "driver_override. With managed='no' it leaves "
						    "the driver alone: virsh edit %s",
						    guest),
			     .when = arena_printf(arena, "while the guest %s runs", guest),
			     .device = device,
		     });
}

static int add_guest_claims(void *context, const char *name)
{
	/* Guests have some kilobytes; metadata of programs that manage them may be larger. */
	enum { GUEST_FILE_MAX = 1 << 20 };
	struct tools *tools = context;
	struct arena *arena = build_arena(tools->reading->build);
	_autoarena_ struct arena *scratch = arena_new();
	const char *file = arena_concat(arena, tools->folder, "/", name);
	size_t stem = text_before_end(name, ".xml");
	struct guest_device device;
	struct span rest;
	char *text;

	if (!stem || root_read_all(tools->reading->root, scratch, file, GUEST_FILE_MAX, &text,
				   &rest.length) < 0)
		return 0;
	rest.start = text;
	while (guest_file_next(&rest, &device))
		add_guest_device(tools, arena_text(arena, name, stem), file, &device);
	return 0;
}

int source_tool_claims(struct reading *reading, struct error *e)
{
	static const struct {
		const char *folder;
		int (*add)(void *context, const char *name);
	} folders[] = {{"/etc/driverctl.d", add_driverctl_claim},
		       {"/run/driverctl.d", add_driverctl_claim},
		       {"/etc/libvirt/qemu", add_guest_claims}};
	struct machine *machine = build_machine(reading->build);
	_autoarena_ struct arena *scratch = arena_new();
	struct tools tools = {.reading = reading, .scratch = scratch};

	if (!reading_wants(reading, FACT_PROTECTION))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		tools.folder = folders[i].folder;
		root_list(reading->root, folders[i].folder, folders[i].add, &tools);
	}
	machine->tool_claims = tools.claims;
	machine->tool_claim_count = tools.count;
	/* Without these tools there is nothing to read: only a failure is worth an entry. */
	reading_report(reading, "tool_claims");
	return 0;
}
