/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/read.h"

#include "base/text.h"
#include "base/text_map.h"
#include "model/supply.h"
#include "sources/devices/scope.h"
#include "sources/devices/uevents.h"
#include "sources/modules/modules_asked.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

enum {
	LOOKS_MAX = 4,
	/** delay before devices_deferred is read again for a device that just left it */
	RETRIED_MS = 100,
};

/* All sources in order. Later sources add to the devices and groups that earlier ones found. */
static const struct {
	int (*read)(struct reading *reading, struct error *e);
	/*
	 * the name of the entry in sources[] for failures that no entry of the source's own
	 * contains
	 */
	const char *name;
} sources[] = {
	{source_bus_devices, "bus_devices"},
	{source_direct_memory, "direct_memory"},
	{source_iommu_groups, "iommu_groups"},
	{source_iommu_class, "iommu_class"},
	{source_class_links, "class_links"},
	{source_vfio, "vfio"},
	{source_details, "details"},
	{source_below, "nodes"},
	{source_holders, "holders"},
	{source_log, "log"},
	{source_devices_deferred, "devices_deferred"},
	{source_hypervisor, "hypervisor"},
	{source_streams, "streams"},
	{source_machine, "machine"},
	{source_dma_masks, "dma_masks"},
	{source_suppliers, "suppliers"},
	{source_unregistered, "unregistered"},
	{source_drivers, "modules"},
	{source_focus_drivers, "drivers"},
	{source_traits, "traits"},
	{source_vfio_host, "vfio_host"},
	{source_protection, "protection"},
	{source_presence, "presence"},
	{source_vital, "vital"},
	{source_pins, "pins"},
	{source_sriov, "sriov"},
	{source_serials, "serials"},
	{source_id_claims, "id_claims"},
	{source_tool_claims, "tool_claims"},
	{source_block_uses, "mounts"},
	{source_memory_uses, "memory_uses"},
	{source_node_uses, "node_uses"},
	{source_device_uses, "uses"},
	{source_provider_uses, "provider_uses"},
	{source_rtnetlink, "rtnetlink"},
	{source_infiniband, "infiniband"},
	{source_hwdb, "hwdb"},
};

/* Modules that have to be loaded may bring a driver to any device: then there is no scope. */
static void limit_to_scope(struct reading *reading)
{
	reading->scope = reading->limited ? scope_find(reading, reading->selectors) : NULL;
	if (reading->scope && focus_needs_modules(reading))
		reading->scope = NULL;
}

static int read_sources(struct reading *reading, size_t count, struct error *e)
{
	for (size_t i = 0; i < count && !reading->exceeds_scope; i++) {
		size_t entries = build_source_count(reading->build);
		int result = sources[i].read(reading, e);

		if (result == 0)
			result = reading_settle(reading, sources[i].name, entries, e);
		if (result < 0)
			return result;
	}
	return 0;
}

/* The number of devices that every reading finds. Adopted devices stand after them. */
static size_t count_own(const struct build *build)
{
	size_t count = build_device_count(build);

	while (count && build_device_at(build, count - 1)->adopted)
		count--;
	return count;
}

static bool same_members(const struct build *one, const struct build *other)
{
	if (count_own(one) != count_own(other) ||
	    build_group_count(one) != build_group_count(other))
		return false;
	for (size_t i = 0; i < count_own(other); i++) {
		const struct device *a = build_device_at(one, i), *b = build_device_at(other, i);

		if (strcmp(a->path, b->path) != 0 || !a->group != !b->group ||
		    (a->group && a->group->id != b->group->id))
			return false;
	}
	return true;
}

/*
 * On a busy machine the count of uevents always grows, so compare the devices and groups
 * themselves.
 */
static int members_moved(const struct reading *reading, struct error *e)
{
	enum { DEVICES_AND_GROUPS = 3 };
	_autobuild_ struct build *again = build_new();
	/*
	 * Some facts decide which buses are read, and which devices a scope has, so keep these.
	 */
	struct reading bare = {
		.root = reading->root,
		.build = again,
		.selectors = reading->selectors,
		.limited = reading->scope,
		.facts = reading->facts & (FACTS_BUSES | FACT_TRAITS),
	};
	int result;

	limit_to_scope(&bare);
	result = read_sources(&bare, DEVICES_AND_GROUPS, e);
	return result < 0 ? result : !same_members(reading->build, again);
}

/*
 * True where a device may only seem to be off the list of deferred devices. While its probe is
 * retried it is not listed (drivers/base/dd.c: deferred_probe_work_func), and a device whose manual
 * bind was deferred never is: one read cannot tell these apart.
 */
static bool seems_forgotten(const struct build *build)
{
	for (size_t i = 0; i < build_device_count(build); i++) {
		const struct device *device = build_device_at(build, i);

		if (device->state == DEVICE_UNBOUND && device_state_of(device) == DEVICE_WAITING)
			return true;
	}
	return false;
}

/* A capture has all devices of the machine in focus. */
static void index_focus(struct reading *reading)
{
	const struct focus *focus = reading->focus;

	if (!focus)
		return;
	reading->focused = text_map_new(build_arena(reading->build));
	for (size_t i = 0; i < focus->count; i++)
		*text_map_lend(reading->focused, focus->paths[i]) = i + 1;
}

/* Start a reading: what the reading before it has found is forgotten. */
static void start_reading(struct reading *reading, unsigned facts)
{
	build_free(reading->build);
	*reading = (struct reading){
		.root = reading->root,
		.focus = reading->focus,
		.selectors = reading->selectors,
		.limited = reading->limited,
		.log = reading->log,
		.facts = facts,
		.build = build_new(),
	};
	reading->processes = processes_new(reading->root, build_arena(reading->build));
	index_focus(reading);
	limit_to_scope(reading);
}

static void seal_reading(struct reading *reading, bool moved, const struct system **ret_system)
{
	if (moved)
		build_source(reading->build, "stable", SOURCE_BUSY,
			     "devices were added or removed in each of %d readings", LOOKS_MAX);
	else
		build_source(reading->build, "stable", SOURCE_READ, NULL);
	*ret_system = build_seal(reading->build, reading->facts);
	reading->build = NULL;
}

static void end_reading(struct reading *reading)
{
	build_free(reading->build);
}

/* Read all sources; without the scope if a source needs a device outside it. */
static int read_all_sources(struct reading *reading, unsigned facts, struct error *e)
{
	int result;

	start_reading(reading, facts);
	result = read_sources(reading, ARRAY_SIZE(sources), e);
	if (result == 0 && reading->scope && !reading->exceeds_scope)
		reading->exceeds_scope = !scope_suffices(reading);
	if (result < 0 || !reading->exceeds_scope)
		return result;
	reading->limited = false;
	start_reading(reading, facts);
	return read_sources(reading, ARRAY_SIZE(sources), e);
}

static bool may_be_limited(const struct reading *reading, unsigned facts)
{
	bool alone = reading->focus && reading->focus->alone;

	return !(facts & ~(unsigned)(FACTS_SCOPED | (alone ? FACTS_CHECKED | FACTS_EXAMINED : 0)));
}

/* @template: root, focus, selectors, limited and log of the readings */
static int read_system(const struct reading *template, unsigned facts,
		       const struct system **ret_system, struct error *e)
{
	const unsigned wanted = facts_with_prerequisites(facts);
	_cleanup_(end_reading) struct reading reading = *template;
	int moved = 1;

	reading.limited = reading.limited && may_be_limited(&reading, wanted);
	for (int looks = 0; moved && looks < LOOKS_MAX; looks++) {
		uint64_t events = uevents_count(reading.root);

		moved = read_all_sources(&reading, wanted, e);
		if (moved == 0 && uevents_count(reading.root) != events)
			moved = members_moved(&reading, e);
		if (moved < 0)
			return moved;
		if (looks == 0 && seems_forgotten(reading.build)) {
			poll(NULL, 0, RETRIED_MS);
			moved = 1;
		}
	}
	seal_reading(&reading, moved, ret_system);
	return 0;
}

int system_read(const struct root *root, unsigned facts, const struct system **ret_system,
		struct error *e)
{
	return read_system(&(struct reading){.root = root}, facts, ret_system, e);
}

int system_read_about(const struct root *root, unsigned facts, const struct focus *focus,
		      const struct system **ret_system, struct error *e)
{
	_autofree_ const char **paths = calloc(focus->count + 1, sizeof(*paths));

	if (!paths)
		memory_exhausted();
	for (size_t i = 0; i < focus->count; i++)
		paths[i] = focus->paths[i];
	return read_system(
		&(struct reading){
			.root = root, .focus = focus, .selectors = paths, .limited = focus->alone},
		facts, ret_system, e);
}

int system_read_with_log(const struct root *root, unsigned facts, const struct log_file *log,
			 const struct system **ret_system, struct error *e)
{
	return read_system(&(struct reading){.root = root, .log = log}, facts, ret_system, e);
}

int system_read_selected(const struct root *root, unsigned facts, const char *const *selectors,
			 const struct log_file *log, const struct system **ret_system,
			 struct error *e)
{
	return read_system(
		&(struct reading){
			.root = root, .log = log, .selectors = selectors, .limited = *selectors},
		facts, ret_system, e);
}

int system_read_naming(const struct root *root, unsigned facts, const char *const *selectors,
		       const struct system **ret_system, struct error *e)
{
	return read_system(&(struct reading){.root = root, .selectors = selectors}, facts,
			   ret_system, e);
}
