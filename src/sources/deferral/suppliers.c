/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The suppliers of each device that has no driver or is bound without its IOMMU, then the suppliers
 * of these suppliers, until no new device is found. waiting_for_supplier is never opened: reading
 * it while the probe succeeds deadlocks the reader and the probe for good.
 */
#include "sources/deferral/suppliers.h"
#include "sources/deferral/deferred_list.h"

#include "base/text.h"
#include "firmware/dt_live.h"

#include <errno.h>
#include <string.h>

/*
 * The devices whose suppliers are still to be read. The list grows at its end while it is worked
 * off.
 */
struct queue {
	struct device **items;
	size_t count, room;
};

static void enqueue(struct queue *queue, struct device *device)
{
	/*
	 * A device with probing facts was in the queue before: its suppliers need not be read
	 * again.
	 */
	if (device->probing)
		return;
	if (queue->count == queue->room) {
		queue->room = queue->room ? 2 * queue->room : 64;
		queue->items = realloc(queue->items, queue->room * sizeof(struct device *));
		if (!queue->items)
			memory_exhausted();
	}
	queue->items[queue->count++] = device;
}

/*
 * The reason that the kernel logged when the deferred probe timeout passed; used if the list of
 * deferred devices has no reason.
 */
static const char *reason_in_log(const struct reading *reading, const struct device *device)
{
	const struct remark *remark =
		device->driver_known && !device->driver
			? build_remark_find(reading->build, REMARK_PENDING, device->name)
			: NULL;

	return remark ? remark->reason : NULL;
}

static const char *reason_of(const struct reading *reading, const struct device *device)
{
	const struct deferred_entry *entry =
		reading->deferred && device->state == DEVICE_DEFERRED
			? deferred_list_find(reading->deferred, device->name)
			: NULL;

	if (!reading->deferred)
		return reason_in_log(reading, device);
	return entry ? entry->reason : NULL;
}

static void store_suppliers(struct gathering *gathering, struct probing *probing)
{
	struct arena *arena = build_arena(gathering->reading->build);
	struct supplier *kept = arena_array(arena, gathering->count, sizeof(*kept));

	if (gathering->count)
		memcpy(kept, gathering->found, gathering->count * sizeof(*kept));
	probing->suppliers = kept;
	probing->supplier_count = gathering->count;
	gathering->count = 0;
}

static void read_suppliers(struct gathering *gathering, struct queue *queue, struct device *device)
{
	struct probing *probing = build_probing(gathering->reading->build, device);

	gathering->consumer = device;
	probing->reason = reason_of(gathering->reading, device);
	if (probing->reason)
		suppliers_from_reason(gathering, probing->reason);
	suppliers_from_streams(gathering);
	suppliers_from_links(gathering);
	suppliers_from_node(gathering);
	suppliers_mark_ordering(gathering);
	for (size_t i = 0; i < gathering->count; i++)
		if (gathering->found[i].device && !gathering->found[i].device->driver)
			enqueue(queue, build_find_above(gathering->reading->build,
							gathering->found[i].device->path));
	store_suppliers(gathering, probing);
}

/*
 * False where nothing needs an explanation: the device is bound and in a group, or bound and
 * firmware names no IOMMU for it.
 */
static bool needs_suppliers(const struct reading *reading, const struct device *device)
{
	if (!device->driver_known)
		return false;
	return !device->driver || (!device->group && build_has_streams(reading->build, device));
}

static void look_at_all(struct gathering *gathering)
{
	struct build *build = gathering->reading->build;
	struct queue queue = {0};

	for (size_t i = 0; i < build_device_count(build); i++)
		if (needs_suppliers(gathering->reading, build_device_at(build, i)))
			enqueue(&queue, build_device_at(build, i));
	for (size_t i = 0; i < queue.count; i++)
		if (!queue.items[i]->probing)
			read_suppliers(gathering, &queue, queue.items[i]);
	free(queue.items);
	free(gathering->found);
}

/* A scope of which no device needs suppliers does without the links of all devices. */
static bool needs_links(const struct reading *reading)
{
	for (size_t i = 0; i < build_device_count(reading->build); i++)
		if (needs_suppliers(reading, build_device_at(reading->build, i)))
			return true;
	return !reading->scope;
}

int source_suppliers(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = NULL;
	struct gathering gathering = {.reading = reading};
	struct error why = {0};
	int result = -ENOENT;

	if (!reading_wants(reading, FACT_SUPPLIERS)) {
		build_source(reading->build, "suppliers", SOURCE_SKIPPED, NULL);
		return 0;
	}
	if (!needs_links(reading)) {
		reading_done(reading, "suppliers");
		return 0;
	}
	gathering.scratch = scratch = arena_new();
	gathering.links = device_links_read(reading->root, scratch);
	gathering.timed_out = build_remark_any(reading->build, REMARK_TIMED_OUT) ||
			      build_remark_any(reading->build, REMARK_PENDING);
	if (root_has(reading->root, "/sys/firmware/devicetree/base") > 0)
		result = dt_live_read_all(reading->root, scratch, DT_LIVE_ALL, &gathering.tree,
					  &why);
	if (result == 0)
		gathering.nodes = of_devices_read(reading->root, scratch);
	look_at_all(&gathering);
	if (result < 0 && why.code)
		build_source(reading->build, "suppliers", SOURCE_MALFORMED, "%s", why.message);
	else
		reading_done(reading, "suppliers");
	return 0;
}
