/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/deferral.h"

#include "base/text.h"
#include "checks/cause.h"
#include "checks/failed_probe.h"
#include "checks/unread.h"
#include "model/firmware_table.h"

#include <stdlib.h>
#include <string.h>

enum {
	/** limit of suppliers of suppliers in a chain; real chains have five links */
	CHAIN_DEPTH_MAX = 32,
	/** limit of links that are reported for one device */
	LINKS_MAX = 256,
};

/* The cause of the supplier at which the chain before ended; devices with one supplier are many. */
struct known_cause {
	const struct supplier *supplier;
	struct cause cause;
};

/*
 * The chain of one device while it is made; @above: the devices between it and the current
 * consumer. @culprit: the number of the link that set the cause, counted from 1; 0: none did
 */
struct walk {
	const struct system *system;
	struct arena *arena;
	struct link *links;
	size_t link_count, culprit;
	const struct device *above[CHAIN_DEPTH_MAX];
	size_t depth;
	struct cause cause;
	const char *remedy;
	bool settled;
	struct known_cause *known;
};

static bool is_on_the_way(const struct walk *walk, const struct device *device)
{
	for (size_t i = 0; i < walk->depth; i++)
		if (walk->above[i] == device)
			return true;
	return false;
}

static bool has_links(const struct walk *walk, const struct device *device)
{
	for (size_t i = 0; i < walk->link_count; i++)
		if (walk->links[i].consumer == device)
			return true;
	return false;
}

/* The first chain of suppliers that ends sets the cause; the links of all chains are kept. */
static void settle(struct walk *walk, struct cause cause)
{
	if (walk->settled)
		return;
	walk->settled = true;
	walk->culprit = walk->link_count;
	walk->cause = cause;
	walk->remedy = cause.finding.remedy;
}

/* Sets a cause that is about the device itself, whatever links it has. */
static void settle_itself(struct walk *walk, struct cause cause)
{
	settle(walk, cause);
	walk->culprit = 0;
}

static void settle_cycle(struct walk *walk, const struct supplier *supplier)
{
	const struct finding finding = {
		.code = CODE_SUPPLIER_CYCLE,
		.subject = supplier->device->label,
		.message =
			arena_printf(walk->arena, "it waits for itself in a dependency cycle: %s",
				     walk->above[walk->depth - 1]->label),
		.evidence = supplier->source,
		.remedy = "Break the dependency cycle in firmware, or boot with "
			  "fw_devlink=permissive.",
	};

	settle(walk, (struct cause){supplier->kind, finding});
}

/*
 * True for suppliers that explain the device's state: those that block a driverless device, and for
 * a bound device its missing IOMMU.
 */
static bool matters(const struct device *consumer, const struct supplier *supplier)
{
	if (!consumer->driver)
		return supplier_blocks(supplier);
	return supplier_is_iommu(supplier) && supplier_state(supplier) != SUPPLIER_READY;
}

/* True where the kernel does not enforce this end of a cycle (fw_devlink_relax_cycle). */
static bool is_broken(const struct walk *walk, const struct supplier *supplier)
{
	const char *consumer = walk->above[walk->depth - 1]->firmware_node;
	const char *node = supplier->device->firmware_node;
	const struct remark *fixed =
		consumer ? remark_find(walk->system, REMARK_CYCLE_FIXED, consumer) : NULL;

	return supplier->orders_only ||
	       (fixed && node && fixed->other && strcmp(fixed->other, node) == 0);
}

/*
 * True for a supplier that itself waits: what it waits for is the cause. An unbound one waits for
 * nothing, and is the cause.
 */
static bool waits_itself(const struct device *device)
{
	return !device->driver && device->probing &&
	       (device->state == DEVICE_DEFERRED || device->state == DEVICE_WAITING);
}

static bool same_supplier(const struct supplier *one, const struct supplier *other)
{
	return one->device == other->device && one->iommu == other->iommu &&
	       one->disabled == other->disabled && one->missing == other->missing &&
	       one->given_up == other->given_up && one->optional == other->optional &&
	       one->awaited == other->awaited && one->orders_only == other->orders_only &&
	       same_text(one->kind, other->kind) && same_text(one->source, other->source) &&
	       same_text(one->name, other->name) &&
	       same_text(one->firmware_node, other->firmware_node) &&
	       same_text(one->link_status, other->link_status);
}

/* The cause depends on the supplier alone, and may take a look at all devices behind it. */
static struct cause know_cause(struct walk *walk, const struct supplier *supplier)
{
	struct known_cause *known = walk->known;

	if (!known->supplier || !same_supplier(known->supplier, supplier))
		*known = (struct known_cause){
			supplier, cause_of_supplier(walk->system, supplier, walk->arena)};
	return known->cause;
}

static void follow_suppliers(struct walk *walk, const struct device *consumer);

static void follow_link(struct walk *walk, const struct supplier *supplier)
{
	const struct device *device = supplier->device;
	size_t before;

	if (device && is_on_the_way(walk, device)) {
		if (!is_broken(walk, supplier))
			settle_cycle(walk, supplier);
		return;
	}
	if (device && waits_itself(device) && !has_links(walk, device) &&
	    walk->depth < CHAIN_DEPTH_MAX) {
		before = walk->link_count;
		follow_suppliers(walk, device);
		if (walk->link_count > before)
			return;
	}
	if (!walk->settled)
		settle(walk, know_cause(walk, supplier));
}

static void follow_suppliers(struct walk *walk, const struct device *consumer)
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

/*
 * A manual bind was deferred: the kernel does not add the device to its list of deferred devices
 * (drivers/base/dd.c: device_driver_attach).
 */
static bool is_forgotten(const struct walk *walk, const struct device *device)
{
	const struct source *list = system_source(walk->system, "devices_deferred");

	return device->state == DEVICE_WAITING && list && list->state == SOURCE_READ;
}

static void settle_forgotten(struct walk *walk, const struct device *device)
{
	const struct finding under = walk->cause.finding;

	walk->cause = (struct cause){
		.finding =
			{
				.code = CODE_MANUAL_BIND_DEFERRED,
				.subject = device->label,
				.message = arena_printf(
					walk->arena,
					"its driver is registered, it waits for %s (%s), and "
					"devices_deferred does not list it: a manual bind was "
					"deferred, and the kernel does not retry it",
					under.subject, under.message),
				.evidence = "/sys/kernel/debug/devices_deferred",
			},
	};
	walk->remedy = arena_printf(walk->arena, "%s%secho %s > /sys/bus/%s/drivers_probe",
				    walk->remedy ? walk->remedy : "", walk->remedy ? "; " : "",
				    device->name, device->bus);
	walk->cause.finding.remedy = walk->remedy;
	walk->culprit = 0;
}

/* The cause where no supplier that is not ready is known. */
static struct cause cause_unseen(const struct walk *walk, const struct device *device)
{
	const char *reason = device->probing ? device->probing->reason : NULL;
	const struct remark *pending = remark_pending(walk->system, device);
	struct finding finding = {
		.code = CODE_UNKNOWN,
		.subject = device->label,
		.evidence = pending ? pending->text : "/sys/kernel/debug/devices_deferred",
	};

	if (pending)
		finding.message = "it was still deferred at the deferred probe timeout; whether it "
				  "still is, and why, is unknown";
	else if (reason)
		finding.message = arena_printf(walk->arena, "its driver says: %s", reason);
	else
		finding.message = "the kernel gives no reason, and all suppliers that firmware and "
				  "sysfs name are ready";
	return (struct cause){.finding = finding};
}

static bool is_of_interest(const struct system *system, const struct device *device)
{
	return device->state == DEVICE_DEFERRED || device->state == DEVICE_WAITING ||
	       device->dma == DMA_LOST || device->dma == DMA_SHARED_STREAM ||
	       remark_pending(system, device);
}

/*
 * True where the remedy is another kernel or devicetree: after the reboot the IOMMU probes first.
 */
static bool needs_reboot(enum finding_code code)
{
	switch (code) {
	case CODE_IOMMU_NO_DRIVER:
	case CODE_IOMMU_DISABLED:
	case CODE_IOMMU_REGISTRATION_FAILED:
	case CODE_STREAM_OVERLAP:
	case CODE_STREAM_SPLIT:
	case CODE_STREAM_OUT_OF_RANGE:
	case CODE_STREAM_NOT_MAPPED:
	case CODE_STREAM_ALIAS_NOT_MAPPED:
	case CODE_STREAM_UNUSABLE:
	case CODE_SUPPLIER_NO_DRIVER:
	case CODE_SUPPLIER_DISABLED:
	case CODE_SUPPLIER_ABSENT:
		return true;
	default:
		return false;
	}
}

static bool is_command(enum finding_code code)
{
	return code == CODE_IOMMU_MODULE_NOT_LOADED || code == CODE_SUPPLIER_MODULE_NOT_LOADED;
}

/* A device that was bound before its IOMMU was registered has to be bound again. */
static const char *remedy_of_bound(const struct walk *walk, const struct device *device)
{
	const char *first = walk->remedy,
		   *again = remedy_of_missed(walk->system, device, walk->arena);
	size_t length = first ? strlen(first) : 0;

	if (needs_reboot(walk->cause.finding.code))
		return first;
	if (gets_iommu_later(walk->system, device) == ANSWER_NO &&
	    !gets_iommu_by_rescan(walk->system, device))
		return length && !is_command(walk->cause.finding.code)
			       ? arena_printf(walk->arena, "%s%s Then reboot.", first,
					      first[length - 1] == '.' ? "" : ".")
			       : again;
	if (!length)
		return arena_printf(walk->arena, "Once its IOMMU is ready: %s", again);
	if (is_command(walk->cause.finding.code))
		return arena_printf(walk->arena, "%s; %s", first, again);
	return arena_printf(walk->arena, "%s%s Then: %s", first,
			    first[length - 1] == '.' ? "" : ".", again);
}

static void find_cause(struct walk *walk, const struct device *device)
{
	follow_suppliers(walk, device);
	if (device->driver && walk->settled)
		walk->remedy = remedy_of_bound(walk, device);
	else if (device->driver)
		settle_itself(walk, cause_of_lost(walk->system, device, walk->arena));
	else if (!walk->settled)
		settle_itself(walk, cause_unseen(walk, device));
	else if (is_forgotten(walk, device))
		settle_forgotten(walk, device);
	walk->cause.finding.severity = device->driver ? SEVERITY_ALARM : SEVERITY_WARNING;
	walk->cause.finding.devices = &device->label;
	walk->cause.finding.device_count = 1;
}

static bool find_deferral(const struct system *system, const struct device *device,
			  struct known_cause *known, struct arena *arena, struct deferral *ret)
{
	struct walk walk = {.system = system, .arena = arena, .known = known};
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
		.culprit = walk.culprit ? &kept[walk.culprit - 1] : NULL,
		.cause = walk.cause,
		.remedy = walk.remedy,
	};
	ret->outcome = deferral_outcome_of(system, ret);
	if (ret->outcome.what == DEFERRAL_RUNS_WITHOUT_IOMMU)
		ret->cause.finding.severity = SEVERITY_ALARM;
	return true;
}

bool deferral_of(const struct system *system, const struct device *device, struct arena *arena,
		 struct deferral *ret)
{
	struct known_cause known = {0};

	return find_deferral(system, device, &known, arena, ret);
}

static bool is_in_chain(const struct deferral *deferral, const struct device *device)
{
	for (size_t i = 0; i < deferral->link_count; i++)
		if (deferral->links[i].supplier->device == device)
			return true;
	return same_text(deferral->cause.finding.subject, device->label);
}

/* True where another device waits for this one: its failure is reported there. */
static bool is_awaited_by_any(const struct deferrals *found, const struct device *device)
{
	for (size_t i = 0; i < found->count; i++)
		if (is_in_chain(&found->items[i], device))
			return true;
	return false;
}

/* All of them in the order of the devices. */
static struct deferrals with_failed_probes(const struct system *system, const bool *chosen,
					   struct deferrals waiting, struct arena *arena)
{
	struct deferrals all = {
		.items = arena_array(arena, system->device_count, sizeof(*all.items))};
	struct fault_entries faults = {0};
	size_t next = 0;

	for (size_t i = 0; i < system->device_count; i++) {
		const struct device *device = system->devices[i];

		if (next < waiting.count && waiting.items[next].device == device)
			all.items[all.count++] = waiting.items[next++];
		/* Few devices have failed, so that is asked first. */
		else if ((!chosen || chosen[i]) &&
			 failed_probe_of(system, device, &faults, arena, &all.items[all.count]) &&
			 !is_awaited_by_any(&waiting, device))
			all.count++;
	}
	return all;
}

struct deferrals deferrals(const struct system *system, const bool *chosen, struct arena *arena)
{
	struct deferrals all = {
		.items = arena_array(arena, system->device_count, sizeof(*all.items))};
	struct known_cause known = {0};

	for (size_t i = 0; i < system->device_count; i++)
		if ((!chosen || chosen[i]) &&
		    find_deferral(system, system->devices[i], &known, arena, &all.items[all.count]))
			all.count++;
	return with_failed_probes(system, chosen, all, arena);
}

/*
 * A missing firmware table describes no device; a missing list of deferred devices might have named
 * some.
 */
const struct source *deferrals_blind(const struct system *system)
{
	static const char *const needed[] = {
		"devices_deferred", "bus_devices", "iommu_class", "streams",
		"suppliers",	    "modules",	   "machine",
	};
	const struct source *list = system_source(system, "devices_deferred"), *unread;

	if (list && list->state == SOURCE_ABSENT)
		return list;
	unread = source_unread(system, needed, ARRAY_SIZE(needed));
	return unread ? unread : firmware_unread(system);
}
