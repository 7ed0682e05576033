/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SR-IOV attributes of PCI devices (drivers/pci/iov.c). Only sriov_numvfs takes the lock of the
 * device, and is read by a child that may be left behind.
 */
#include "model/sriov.h"
#include "base/guard.h"
#include "base/text.h"
#include "model/details.h"
#include "model/pci.h"
#include "sources/sources.h"

#include "model/pin.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* The largest number in these files: NumVFs has 16 bits. */
enum { NUMBER_MAX = UINT16_MAX };

/* The physical functions that are found, and the guarded reads of their counts. */
struct physical_functions {
	struct reading *reading;
	struct sriov **items;
	struct guarded *counts;
	size_t count;
};

static int32_t parse_vf_number(const char *text)
{
	uint64_t number;

	return text_number(text, 10, &number) && number <= NUMBER_MAX ? (int32_t)number : -1;
}

static enum answer read_switch(const struct reading *reading, const struct device *device)
{
	char text[8];

	if (root_readf_text(reading->root, text, sizeof(text), "%s/sriov_drivers_autoprobe",
			    device->path) < 0)
		return ANSWER_UNKNOWN;
	return strcmp(text, "1") == 0	? ANSWER_YES
	       : strcmp(text, "0") == 0 ? ANSWER_NO
					: ANSWER_UNKNOWN;
}

/* Copy the name of the first interface in the folder "net" of a device. */
static int copy_first_name(void *context, const char *name)
{
	snprintf(context, NAME_MAX + 1, "%s", name);
	return 1;
}

/* The address of the network interface of a virtual function, which the host may not have. */
static const char *read_mac(const struct reading *reading, const char *path)
{
	char name[NAME_MAX + 1] = "", text[64];

	root_listf(reading->root, copy_first_name, name, "%s/net", path);
	if (!*name || root_readf_text(reading->root, text, sizeof(text), "%s/net/%s/address", path,
				      name) <= 0)
		return NULL;
	return arena_strdup(build_arena(reading->build), text);
}

/* The functions where no details are read, as for a pin: by the links, which have no gaps. */
static void follow_functions(const struct reading *reading, const struct device *device,
			     struct sriov *sriov)
{
	struct arena *arena = build_arena(reading->build);
	struct virtual_function *functions = NULL;
	size_t count = 0, room = 0;
	char place[PATH_SIZE];

	while (root_follow(reading->root, device->path, arena_printf(arena, "virtfn%zu", count),
			   place) > 0) {
		functions = arena_grow(arena, functions, count, &room, sizeof(*functions));
		functions[count++] = (struct virtual_function){.path = arena_strdup(arena, place)};
	}
	sriov->functions = functions;
	sriov->function_count = count;
}

static void describe_functions(const struct reading *reading, const struct device *device,
			       struct sriov *sriov)
{
	const struct details *details = device->details;
	struct virtual_function *functions = arena_array(
		build_arena(reading->build), details->virtual_function_count, sizeof(*functions));

	for (size_t i = 0; i < details->virtual_function_count; i++)
		functions[i] = (struct virtual_function){
			.path = details->virtual_functions[i],
			.mac = read_mac(reading, details->virtual_functions[i]),
		};
	sriov->functions = functions;
	sriov->function_count = details->virtual_function_count;
}

static void add_physical_function(struct physical_functions *found, struct device *device)
{
	const struct reading *reading = found->reading;
	struct sriov *sriov;
	char text[16];
	ssize_t length = root_readf_text(reading->root, text, sizeof(text), "%s/sriov_totalvfs",
					 device->path);

	/* Without the capability there is no such file; one that cannot be read is of a PF. */
	if (length == -ENOENT)
		return;
	sriov = arena_alloc(build_arena(reading->build), sizeof(*sriov));
	*sriov = (struct sriov){
		.total = length < 0 ? -1 : parse_vf_number(text),
		.count = -1,
		.autoprobe = read_switch(reading, device),
	};
	if (device->details)
		describe_functions(reading, device, sriov);
	else
		follow_functions(reading, device, sriov);
	found->items[found->count] = sriov;
	found->counts[found->count++] =
		(struct guarded){.dir = device->path, .name = "sriov_numvfs"};
	device->sriov = sriov;
}

static int read_counts(struct physical_functions *found, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	int result = guard_read(found->reading->root, scratch, found->counts, found->count, e);

	for (size_t i = 0; result == 0 && i < found->count; i++)
		if (!found->counts[i].status)
			found->items[i]->count = parse_vf_number(found->counts[i].text);
	return result;
}

static int busy_count(const struct physical_functions *found)
{
	for (size_t i = 0; i < found->count; i++)
		if (found->counts[i].status)
			return (int)i;
	return -1;
}

/* Whether a pin asks for virtual functions: a machine without such pins reads none for them. */
static bool is_pinned_to_functions(const struct reading *reading)
{
	const struct machine *machine = build_machine(reading->build);

	for (size_t i = 0; i < machine->pin_count; i++)
		if (machine->pins[i].count)
			return true;
	return false;
}

int source_sriov(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = NULL;
	struct physical_functions found = {.reading = reading};
	size_t most = build_device_count(reading->build);
	int result, busy;

	if (!reading_wants(reading, FACT_SRIOV) && !is_pinned_to_functions(reading))
		return 0;
	scratch = arena_new();
	found.items = arena_array(scratch, most, sizeof(struct sriov *));
	found.counts = arena_array(scratch, most, sizeof(*found.counts));
	for (size_t i = 0; i < most; i++)
		if (device_is_pci(build_device_at(reading->build, i)))
			add_physical_function(&found, build_device_at(reading->build, i));
	result = read_counts(&found, e);
	busy = result == 0 ? busy_count(&found) : -1;
	if (busy >= 0)
		reading_partial(reading, "sriov", found.counts[busy].status, "%s/sriov_numvfs: %s",
				found.counts[busy].dir, strerror(-found.counts[busy].status));
	else
		reading_done(reading, "sriov");
	return result;
}
