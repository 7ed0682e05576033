/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/deferral.h"

#include "checks/cause.h"
#include "model/firmware_table.h"

#include <stdlib.h>
#include <string.h>

enum {
	/** suppliers of suppliers; real chains have five links */
	CHAIN_DEPTH_MAX = 32,
	/** links that are told of one device */
	LINKS_MAX = 256,
};

/* One device's chain in the making; @above: the devices on the way to the one looked at now. */
struct walk {
	const struct system *system;
	struct arena *arena;
	struct link *links;
	size_t link_count;
	const struct device *above[CHAIN_DEPTH_MAX];
	size_t depth;
	struct cause cause;
	const char *remedy;
	bool settled;
};

static bool is_above(const struct walk *walk, const struct device *device)
{
	for (size_t i = 0; i < walk->depth; i++)
		if (walk->above[i] == device)
			return true;
	return false;
}

static bool is_told(const struct walk *walk, const struct device *device)
{
	for (size_t i = 0; i < walk->link_count; i++)
		if (walk->links[i].consumer == device)
			return true;
	return false;
}

/* The first chain that ends is the cause; the links of the others are told all the same. */
static void settle(struct walk *walk, struct cause cause, const char *remedy)
{
	if (walk->settled)
		return;
	walk->settled = true;
	walk->cause = cause;
	walk->remedy = remedy;
}

static void settle_cycle(struct walk *walk, const struct supplier *supplier)
{
	settle(walk,
	       (struct cause){
		       .code = CAUSE_SUPPLIER_CYCLE,
		       .kind = supplier->kind,
		       .name = supplier->device->label,
		       .why = arena_printf(walk->arena, "it waits, over others, for itself: %s",
					   walk->above[walk->depth - 1]->label),
		       .evidence = supplier->source,
	       },
	       "Break the circle in firmware, or boot with fw_devlink=permissive.");
}

/* What blocks: a bound device waits for nothing, but a missing IOMMU explains what it lacks. */
static bool matters(const struct device *consumer, const struct supplier *supplier)
{
	if (!consumer->driver)
		return supplier_blocks(supplier);
	return supplier_is_iommu(supplier) && supplier_state(supplier) != SUPPLIER_READY;
}

static void follow(struct walk *walk, const struct device *consumer);

static void follow_link(struct walk *walk, const struct supplier *supplier)
{
	const struct device *device = supplier->device;
	size_t before;
	struct cause cause;
	const char *remedy = NULL;

	if (device && is_above(walk, device)) {
		settle_cycle(walk, supplier);
		return;
	}
	if (device && !device->driver && device->probing && !is_told(walk, device) &&
	    walk->depth < CHAIN_DEPTH_MAX) {
		before = walk->link_count;
		follow(walk, device);
		if (walk->link_count > before)
			return;
	}
	cause = cause_of_supplier(walk->system, supplier, walk->arena, &remedy);
	settle(walk, cause, remedy);
}

static void follow(struct walk *walk, const struct device *consumer)
{
	const struct probing *probing = consumer->probing;

	walk->above[walk->depth++] = consumer;
	for (size_t i = 0; probing && i < probing->supplier_count; i++) {
		const struct supplier *supplier = &probing->suppliers[i];

		if (!matters(consumer, supplier) || walk->link_count == LINKS_MAX)
			continue;
		walk->links[walk->link_count++] = (struct link){
			.consumer = consumer,
			.supplier = supplier,
			.state = supplier_state(supplier),
			.depth = walk->depth - 1,
		};
		follow_link(walk, supplier);
	}
	walk->depth--;
}

/* Bound by hand and deferred: the kernel forgot it (drivers/base/dd.c: device_driver_attach). */
static bool is_forgotten(const struct walk *walk, const struct device *device)
{
	const struct source *list = system_source(walk->system, "devices_deferred");

	return device->state == DEVICE_WAITING && list && list->state == SOURCE_READ;
}

static void tell_forgotten(struct walk *walk, const struct device *device)
{
	const struct cause under = walk->cause;

	walk->cause = (struct cause){
		.code = CAUSE_MANUAL_BIND_DEFERRED,
		.name = device->label,
		.why = arena_printf(walk->arena,
				    "a driver for it is there, it waits for %s (%s), and it is not "
				    "on the kernel's list: a bind by hand was deferred, and "
				    "nothing will try again",
				    under.name, under.why),
		.evidence = "/sys/kernel/debug/devices_deferred",
	};
	walk->remedy = arena_printf(walk->arena, "%s%secho %s > /sys/bus/%s/drivers_probe",
				    walk->remedy ? walk->remedy : "", walk->remedy ? "; " : "",
				    device->name, device->bus);
}

static struct cause cause_of_silence(const struct walk *walk, const struct device *device)
{
	const char *reason = device->probing ? device->probing->reason : NULL;
	const struct remark *pending = remark_pending(walk->system, device);

	if (pending)
		return (struct cause){
			.code = CAUSE_UNKNOWN,
			.name = device->label,
			.why = "it was still deferred when the deferred probe timeout had passed; "
			       "whether it is, and what it waits for, cannot be seen",
			.evidence = pending->text,
		};

	return (struct cause){
		.code = CAUSE_UNKNOWN,
		.name = device->label,
		.why = reason ? arena_printf(walk->arena, "its driver says: %s", reason)
			      : "the kernel gives no reason, and all that firmware and sysfs name "
				"is there",
		.evidence = "/sys/kernel/debug/devices_deferred",
	};
}

static bool is_of_interest(const struct system *system, const struct device *device)
{
	return device->state == DEVICE_DEFERRED || device->state == DEVICE_WAITING ||
	       device->dma == DMA_LOST || device->dma == DMA_SHARED_STREAM ||
	       remark_pending(system, device);
}

/* Mended by another kernel or devicetree: after the boot that takes, the IOMMU comes first. */
static bool needs_reboot(enum cause_code code)
{
	switch (code) {
	case CAUSE_IOMMU_NO_DRIVER:
	case CAUSE_IOMMU_DISABLED:
	case CAUSE_SUPPLIER_NO_DRIVER:
	case CAUSE_SUPPLIER_DISABLED:
	case CAUSE_SUPPLIER_ABSENT:
		return true;
	default:
		return false;
	}
}

static bool is_command(enum cause_code code)
{
	return code == CAUSE_IOMMU_MODULE_NOT_LOADED || code == CAUSE_SUPPLIER_MODULE_NOT_LOADED;
}

/* Once its IOMMU has come, a device that was bound before it has to be bound again. */
static const char *remedy_of_bound(const struct walk *walk, const struct device *device)
{
	const char *first = walk->remedy, *again = remedy_bind_again(device, walk->arena);
	size_t length = first ? strlen(first) : 0;

	if (needs_reboot(walk->cause.code))
		return first;
	if (!length)
		return arena_printf(walk->arena, "Once its IOMMU is there: %s", again);
	if (is_command(walk->cause.code))
		return arena_printf(walk->arena, "%s; %s", first, again);
	return arena_printf(walk->arena, "%s%s Then: %s", first,
			    first[length - 1] == '.' ? "" : ".", again);
}

static void find_cause(struct walk *walk, const struct device *device)
{
	follow(walk, device);
	if (device->driver && walk->settled) {
		walk->remedy = remedy_of_bound(walk, device);
		return;
	}
	if (device->driver)
		walk->cause = cause_of_lost(walk->system, device, walk->arena, &walk->remedy);
	else if (!walk->settled)
		walk->cause = cause_of_silence(walk, device);
	else if (is_forgotten(walk, device))
		tell_forgotten(walk, device);
}

bool deferral_of(const struct system *system, const struct device *device, struct arena *arena,
		 struct deferral *ret)
{
	struct walk walk = {.system = system, .arena = arena};
	_autofree_ struct link *links = NULL;
	struct link *kept;

	if (!is_of_interest(system, device))
		return false;
	walk.links = links = calloc(LINKS_MAX, sizeof(*links));
	if (!links)
		memory_exhausted();
	find_cause(&walk, device);
	kept = arena_array(arena, walk.link_count, sizeof(*kept));
	if (walk.link_count)
		memcpy(kept, links, walk.link_count * sizeof(*kept));
	*ret = (struct deferral){
		.device = device,
		.reason = device->probing ? device->probing->reason : NULL,
		.links = kept,
		.link_count = walk.link_count,
		.cause = walk.cause,
		.remedy = walk.remedy,
	};
	ret->will_probe = will_probe(system, ret);
	return true;
}

struct deferrals deferrals(const struct system *system, const bool *chosen, struct arena *arena)
{
	struct deferrals all = {
		.items = arena_array(arena, system->device_count, sizeof(*all.items))};

	for (size_t i = 0; i < system->device_count; i++)
		if ((!chosen || chosen[i]) &&
		    deferral_of(system, system->devices[i], arena, &all.items[all.count]))
			all.count++;
	return all;
}

/* A firmware table that is absent names nothing; a list that is absent would have named devices. */
const struct source *deferrals_blind(const struct system *system)
{
	static const char *const needed[] = {"devices_deferred", "bus_devices", "iommu_class",
					     "streams",		 "suppliers",	"modules",
					     "machine"};

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		const struct source *source = system_source(system, needed[i]);

		if (!source || source->state == SOURCE_READ || source->state == SOURCE_SKIPPED)
			continue;
		if (source->state != SOURCE_ABSENT || i == 0)
			return source;
	}
	return firmware_unread(system);
}

const char *cause_code_name(enum cause_code code)
{
	static const char *const names[CAUSE_COUNT] = {
		[CAUSE_IOMMU_MODULE_NOT_LOADED] = "iommu_module_not_loaded",
		[CAUSE_IOMMU_MODULE_BLACKLISTED] = "iommu_module_blacklisted",
		[CAUSE_IOMMU_NO_DRIVER] = "iommu_no_driver",
		[CAUSE_IOMMU_DISABLED] = "iommu_disabled",
		[CAUSE_IOMMU_PROBE_FAILED] = "iommu_probe_failed",
		[CAUSE_SUPPLIER_MODULE_NOT_LOADED] = "supplier_module_not_loaded",
		[CAUSE_SUPPLIER_MODULE_BLACKLISTED] = "supplier_module_blacklisted",
		[CAUSE_SUPPLIER_NO_DRIVER] = "supplier_no_driver",
		[CAUSE_SUPPLIER_DISABLED] = "supplier_disabled",
		[CAUSE_SUPPLIER_PROBE_FAILED] = "supplier_probe_failed",
		[CAUSE_SUPPLIER_ABSENT] = "supplier_absent",
		[CAUSE_SUPPLIER_CYCLE] = "supplier_cycle",
		[CAUSE_BOUND_WITHOUT_IOMMU] = "bound_without_iommu",
		[CAUSE_STREAM_TAKEN] = "stream_taken",
		[CAUSE_STREAM_OVERLAP] = "stream_overlap",
		[CAUSE_STREAM_SPLIT] = "stream_split",
		[CAUSE_STREAM_ENTRIES_FULL] = "stream_entries_full",
		[CAUSE_STREAM_OUT_OF_RANGE] = "stream_out_of_range",
		[CAUSE_MANUAL_BIND_DEFERRED] = "manual_bind_deferred",
		[CAUSE_UNKNOWN] = "unknown",
	};

	return names[code];
}
