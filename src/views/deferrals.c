/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/deferrals.h"

#include <inttypes.h>

enum { FACTS = FACT_SUPPLIERS | FACT_FAULTS };

/* A row is about a device, or in a tree about one of its suppliers. */

static const char *supplier_name(const struct supplier *supplier)
{
	return supplier->device ? supplier->device->label : supplier->name;
}

static struct value get_device(const struct row *row, struct arena *arena)
{
	if (row->link)
		return value_text(supplier_name(row->link->supplier));
	return value_text(row->deferral->device->label);
}

static struct value get_state(const struct row *row, struct arena *arena)
{
	struct value value;

	if (row->link)
		return value_text(supplier_state_name(row->link->state));
	value = value_text(device_state_name(row->deferral->device->state));
	if (!row->deferral->device->driver)
		value.color = "yellow";
	return value;
}

static struct value get_dma(const struct row *row, struct arena *arena)
{
	struct value value;

	if (row->link)
		return value_none();
	value = value_text(device_dma_name(row->deferral->device->dma));
	if (row->deferral->device->driver)
		value.color = "red";
	return value;
}

static struct value get_reason(const struct row *row, struct arena *arena)
{
	return value_text(row->link ? NULL : row->deferral->reason);
}

static struct value get_waits_for(const struct row *row, struct arena *arena)
{
	size_t count = row->link ? 0 : row->deferral->link_count;
	const char **names = arena_array(arena, count, sizeof(*names));

	for (size_t i = 0; i < count; i++)
		names[i] = supplier_name(row->deferral->links[i].supplier);
	return value_text(arena_join(arena, names, count, ","));
}

static struct json_object *json_waits_for(const struct row *row)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < row->deferral->link_count; i++) {
		const struct link *link = &row->deferral->links[i];
		struct json_object *item = json_object_new_object();

		json_object_object_add(item, "consumer", json_text(link->consumer->label));
		json_object_object_add(item, "kind", json_text(link->supplier->kind));
		json_object_object_add(item, "name", json_text(supplier_name(link->supplier)));
		json_object_object_add(item, "state", json_text(supplier_state_name(link->state)));
		json_object_object_add(item, "source", json_text(link->supplier->source));
		json_object_array_add(list, item);
	}
	return list;
}

static struct value get_root_cause(const struct row *row, struct arena *arena)
{
	/* In a tree, the rows below a root cause have the same. */
	if (row->parent >= 0)
		return value_none();
	return value_text(code_kinds[row->deferral->cause.finding.code].word);
}

static struct json_object *json_root_cause(const struct row *row)
{
	const struct finding *finding = &row->deferral->cause.finding;
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "code", json_text(code_kinds[finding->code].word));
	json_object_object_add(object, "kind", json_text(row->deferral->cause.kind));
	json_object_object_add(object, "name", json_text(finding->subject));
	json_object_object_add(object, "why", json_text(finding->message));
	json_object_object_add(object, "evidence", json_text(finding->evidence));
	return object;
}

static struct value get_outcome(const struct row *row, struct arena *arena)
{
	struct deferral_outcome outcome;
	struct value value;

	if (row->link)
		return value_none();
	outcome = row->deferral->outcome;
	value = value_text(deferral_end_name(outcome.what));
	if (outcome.when_seconds > 0)
		value.text = arena_printf(arena, "%s in %" PRId64 " s", value.text,
					  outcome.when_seconds);
	if (outcome.what == DEFERRAL_RUNS_WITHOUT_IOMMU)
		value.color = "red";
	return value;
}

static struct json_object *json_outcome(const struct row *row)
{
	struct deferral_outcome outcome = row->deferral->outcome;
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "what", json_text(deferral_end_name(outcome.what)));
	json_object_object_add(
		object, "when_seconds",
		outcome.when_seconds < 0 ? NULL : json_object_new_int64(outcome.when_seconds));
	return object;
}

static struct value get_remedy(const struct row *row, struct arena *arena)
{
	return value_text(row->link ? NULL : row->deferral->remedy);
}

static struct value get_kind(const struct row *row, struct arena *arena)
{
	return value_text(row->link ? row->link->supplier->kind : row->deferral->device->bus);
}

static struct value get_why(const struct row *row, struct arena *arena)
{
	const struct finding *finding = &row->deferral->cause.finding;

	if (row->link)
		return value_none();
	return value_text(arena_printf(arena, "%s: %s", finding->subject, finding->message));
}

const struct column deferral_columns[] = {
	{"device", "DEVICE", "the device, and above it in a tree what it waits for", FACTS,
	 get_device},
	{"state", "STATE", "its state in the driver core", FACTS, get_state},
	{"dma", "DMA", "whether its DMA is translated", FACTS, get_dma},
	{"reason", "REASON", "the reason that the kernel gives, if any", FACTS, get_reason,
	 .gives_way = true},
	{"waits_for", "WAITS FOR", "suppliers that are not ready, down to the root cause", FACTS,
	 get_waits_for, json_waits_for, .gives_way = true},
	{"root_cause", "ROOT CAUSE", "code of the root cause", FACTS, get_root_cause,
	 json_root_cause},
	{"outcome", "OUTCOME", "what becomes of it if nothing is done, and in how many seconds",
	 FACTS, get_outcome, json_outcome},
	{"remedy", "REMEDY", "what to do", FACTS, get_remedy, .gives_way = true},
	{NULL},
};

const struct column deferral_text_columns[] = {
	{"kind", "KIND", "bus of the device, kind of the supplier", FACTS, get_kind},
	{"why", "WHY", "the root cause in words", FACTS, get_why, .gives_way = true},
	{NULL},
};
