/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text_map.h"
#include "views/dot.h"
#include "views/dot_text.h"
#include "views/output.h"

#include <stdio.h>

enum { CROWD_LEAST = 9 };

/* Devices that wait for the same suppliers as @first does, in the same state; nothing waits for
 * them.
 */
struct crowd {
	const struct deferral *first;
	const char **names;
	size_t count, room;
};

/*
 * A graph while it is printed. @seen: its nodes and edges, as chains share their ends
 * @awaited: the names that something waits for, and those of causes
 * @crowd_numbers: by key the index of the crowd, plus 1
 */
struct chain_graph {
	struct text_map *seen, *awaited, *crowd_numbers;
	struct crowd *crowds;
	size_t crowd_count, crowd_room;
	struct arena *arena;
};

static bool is_first(struct chain_graph *graph, const char *text)
{
	size_t *number = text_map_at(graph->seen, text);

	return (*number)++ == 0;
}

static const char *name_of_supplier(const struct supplier *supplier)
{
	return supplier->device ? supplier->device->label : supplier->name;
}

static const char *name_of_cause(const struct deferral *deferral)
{
	return deferral->culprit ? name_of_supplier(deferral->culprit->supplier)
				 : deferral->device->label;
}

static void put_cause(struct chain_graph *graph, const struct deferral *deferral)
{
	const char *name = name_of_cause(deferral);

	if (is_first(graph, name))
		dot_node("", name, deferral->cause.finding.message,
			 "fillcolor=salmon, color=red, penwidth=2");
}

static const char *style_of_device(const struct device *device)
{
	return device->driver ? "fillcolor=khaki" : "";
}

static void put_device(struct chain_graph *graph, const struct device *device)
{
	if (is_first(graph, device->label))
		dot_node("", device->label, device_state_name(device->state),
			 style_of_device(device));
}

static void put_supplier(struct chain_graph *graph, const struct link *link)
{
	const char *name = name_of_supplier(link->supplier);

	if (is_first(graph, name))
		dot_node("", name,
			 arena_concat(graph->arena, link->supplier->kind, ", ",
				      supplier_state_name(link->state)),
			 "");
}

static void put_link(struct chain_graph *graph, const struct link *link)
{
	const char *name = name_of_supplier(link->supplier);
	const char *consumer = link->consumer->label;

	put_supplier(graph, link);
	/* No name has a newline in it that is not escaped in the graph. */
	if (is_first(graph, arena_concat(graph->arena, consumer, "\n", name)))
		dot_edge("", consumer, "", name);
}

static void note_awaited(struct chain_graph *graph, const struct deferral *deferral)
{
	*text_map_at(graph->awaited, name_of_cause(deferral)) = 1;
	for (size_t i = 0; i < deferral->link_count; i++)
		*text_map_at(graph->awaited, name_of_supplier(deferral->links[i].supplier)) = 1;
}

static bool is_own_link(const struct deferral *deferral, size_t index)
{
	return deferral->links[index].consumer == deferral->device;
}

/* The same for devices of one crowd: their state, and the names of their own suppliers. */
static const char *crowd_key(const struct deferral *deferral, struct arena *arena)
{
	const char *key = device_state_name(deferral->device->state);

	key = arena_concat(arena, key, style_of_device(deferral->device), "");
	for (size_t i = 0; i < deferral->link_count; i++)
		if (is_own_link(deferral, i))
			key = arena_concat(arena, key, "\n",
					   name_of_supplier(deferral->links[i].supplier));
	return key;
}

/* The crowd that the device belongs to, made if need be; NULL none. */
static struct crowd *crowd_of(struct chain_graph *graph, const struct deferral *deferral)
{
	size_t *number;

	if (!deferral->link_count || text_map_find(graph->awaited, deferral->device->label))
		return NULL;
	number = text_map_at(graph->crowd_numbers, crowd_key(deferral, graph->arena));
	if (!*number) {
		graph->crowds = arena_grow(graph->arena, graph->crowds, graph->crowd_count,
					   &graph->crowd_room, sizeof(*graph->crowds));
		graph->crowds[graph->crowd_count++] = (struct crowd){.first = deferral};
		*number = graph->crowd_count;
	}
	return &graph->crowds[*number - 1];
}

static void gather_crowds(struct chain_graph *graph, const struct deferrals *found)
{
	for (size_t i = 0; i < found->count; i++)
		note_awaited(graph, &found->items[i]);
	for (size_t i = 0; i < found->count; i++) {
		struct crowd *crowd = crowd_of(graph, &found->items[i]);

		if (!crowd)
			continue;
		crowd->names = arena_grow(graph->arena, crowd->names, crowd->count, &crowd->room,
					  sizeof(*crowd->names));
		crowd->names[crowd->count++] = found->items[i].device->label;
	}
}

static void put_crowd(const struct crowd *crowd, size_t number, struct arena *arena)
{
	const struct device *device = crowd->first->device;
	const char *name = arena_printf(arena, "%zu", number);

	dot_list_node("devices ", name,
		      arena_printf(arena, "%zu devices, %s", crowd->count,
				   device_state_name(device->state)),
		      crowd->names, crowd->count, style_of_device(device));
	for (size_t i = 0; i < crowd->first->link_count; i++)
		if (is_own_link(crowd->first, i))
			dot_edge("devices ", name, "",
				 name_of_supplier(crowd->first->links[i].supplier));
}

/* A column of hundreds of nodes with the same edges is no picture: they are one node. */
static void put_crowds(struct chain_graph *graph)
{
	size_t number = 0;

	for (size_t i = 0; i < graph->crowd_count; i++)
		if (graph->crowds[i].count >= CROWD_LEAST)
			put_crowd(&graph->crowds[i], ++number, graph->arena);
}

static void put_chain(struct chain_graph *graph, const struct deferral *deferral)
{
	const struct crowd *crowd = crowd_of(graph, deferral);
	bool in_crowd = crowd && crowd->count >= CROWD_LEAST;

	if (!in_crowd)
		put_device(graph, deferral->device);
	for (size_t i = 0; i < deferral->link_count; i++) {
		if (in_crowd && is_own_link(deferral, i))
			put_supplier(graph, &deferral->links[i]);
		else
			put_link(graph, &deferral->links[i]);
	}
}

int dot_print_deferrals(const struct deferrals *found, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	struct chain_graph graph = {.seen = text_map_new(arena),
				    .awaited = text_map_new(arena),
				    .crowd_numbers = text_map_new(arena),
				    .arena = arena};

	dot_begin();
	gather_crowds(&graph, found);
	/* Causes first: the node of a cause has its reason, whichever chain leads to it. */
	for (size_t i = 0; i < found->count; i++)
		put_cause(&graph, &found->items[i]);
	for (size_t i = 0; i < found->count; i++)
		put_chain(&graph, &found->items[i]);
	put_crowds(&graph);
	dot_end();
	return output_flush(e);
}
