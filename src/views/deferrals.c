/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/deferrals.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { FACTS = FACT_SUPPLIERS };

/* A line is about a device, or in a tree about something that it waits for. */

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
	const char *names = NULL;

	for (size_t i = 0; !row->link && i < row->deferral->link_count; i++) {
		const char *name = supplier_name(row->deferral->links[i].supplier);

		names = names ? arena_printf(arena, "%s,%s", names, name) : name;
	}
	return value_text(names);
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
	return value_text(row->link ? NULL : cause_code_name(row->deferral->cause.code));
}

static struct json_object *json_root_cause(const struct row *row)
{
	const struct cause *cause = &row->deferral->cause;
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "code", json_text(cause_code_name(cause->code)));
	json_object_object_add(object, "kind", json_text(cause->kind));
	json_object_object_add(object, "name", json_text(cause->name));
	json_object_object_add(object, "why", json_text(cause->why));
	json_object_object_add(object, "evidence", json_text(cause->evidence));
	return object;
}

static struct value get_will_probe(const struct row *row, struct arena *arena)
{
	return value_text(row->link ? NULL : answer_name(row->deferral->will_probe));
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
	const struct cause *cause = &row->deferral->cause;

	if (row->link)
		return value_none();
	return value_text(arena_printf(arena, "%s: %s", cause->name, cause->why));
}

const struct column deferral_columns[] = {
	{"device", "DEVICE", "the device, and in a tree what it waits for", FACTS, get_device},
	{"state", "STATE", "what the driver core says of it", FACTS, get_state},
	{"dma", "DMA", "what its transactions meet", FACTS, get_dma},
	{"reason", "REASON", "the kernel's own words, where it has any", FACTS, get_reason},
	{"waits_for", "WAITS FOR", "what is not ready, down to the root cause", FACTS,
	 get_waits_for, json_waits_for},
	{"root_cause", "ROOT CAUSE", "stable word for what has to be mended", FACTS, get_root_cause,
	 json_root_cause},
	{"will_probe", "WILL PROBE", "yes, no or unknown: can it come as things are", FACTS,
	 get_will_probe},
	{"remedy", "REMEDY", "what to do", FACTS, get_remedy},
	{NULL},
};

const struct column deferral_text_columns[] = {
	{"kind", "KIND", "bus of the device, kind of the supplier", FACTS, get_kind},
	{"why", "WHY", "the root cause in words", FACTS, get_why},
	{NULL},
};

/* Of what nobody knows, only the words are told: each device would be a cause of its own. */
static bool is_nameless(const struct cause *cause)
{
	return cause->code == CAUSE_UNKNOWN && !cause->kind;
}

static bool same_cause(const struct cause *one, const struct cause *other)
{
	return one->code == other->code && strcmp(one->why, other->why) == 0 &&
	       (is_nameless(one) || strcmp(one->name, other->name) == 0);
}

static bool same_remedy(const struct deferral *one, const struct deferral *other)
{
	return same_cause(&one->cause, &other->cause) && !one->remedy == !other->remedy &&
	       (!one->remedy || strcmp(one->remedy, other->remedy) == 0);
}

static void put_line(const char *before, const char *text)
{
	char safe[2048];

	text_escape(text, strlen(text), safe, sizeof(safe));
	fprintf(stderr, "%s%s\n", before, safe);
}

static void print_remedy(const struct deferrals *found, size_t index)
{
	const struct deferral *deferral = &found->items[index];
	const struct cause *cause = &deferral->cause;
	char name[512];
	size_t count = 0;

	for (size_t i = 0; i < found->count; i++) {
		if (!same_remedy(&found->items[i], deferral))
			continue;
		if (i < index)
			return;
		count++;
	}
	text_escape(cause->name, strlen(cause->name), name, sizeof(name));
	fprintf(stderr, "%zu %s, %s: %s%s", count, count == 1 ? "device" : "devices",
		cause_code_name(cause->code), cause->kind ? cause->kind : "",
		cause->kind ? " " : "");
	if (count == 1 || !is_nameless(cause))
		fprintf(stderr, "%s: ", name);
	put_line("", cause->why);
	if (deferral->remedy)
		put_line("  ", deferral->remedy);
}

void deferrals_print_remedies(const struct deferrals *found)
{
	for (size_t i = 0; i < found->count; i++)
		print_remedy(found, i);
}
