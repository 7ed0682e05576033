/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text_map.h"
#include "views/dot.h"
#include "views/dot_text.h"
#include "views/output.h"

#include <stdio.h>

/* A graph while it is printed. @seen: its nodes and edges, as chains share their ends */
struct chain_graph {
	struct text_map *seen;
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

static void put_cause(struct chain_graph *graph, const struct deferral *deferral)
{
	const char *name = deferral->culprit ? name_of_supplier(deferral->culprit->supplier)
					     : deferral->device->label;

	if (is_first(graph, name))
		dot_node("", name, deferral->cause.finding.message,
			 "fillcolor=salmon, color=red, penwidth=2");
}

static void put_device(struct chain_graph *graph, const struct device *device)
{
	if (is_first(graph, device->label))
		dot_node("", device->label, device_state_name(device->state),
			 device->driver ? "fillcolor=khaki" : "");
}

static void put_link(struct chain_graph *graph, const struct link *link)
{
	const char *name = name_of_supplier(link->supplier);
	const char *consumer = link->consumer->label;

	if (is_first(graph, name))
		dot_node("", name,
			 arena_concat(graph->arena, link->supplier->kind, ", ",
				      supplier_state_name(link->state)),
			 "");
	/* No name has a newline in it that is not escaped in the graph. */
	if (is_first(graph, arena_concat(graph->arena, consumer, "\n", name)))
		dot_edge("", consumer, "", name);
}

int dot_print_deferrals(const struct deferrals *found, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	struct chain_graph graph = {.seen = text_map_new(arena), .arena = arena};

	dot_begin();
	/* Causes first: the node of one has its reason, whichever chain leads to it. */
	for (size_t i = 0; i < found->count; i++)
		put_cause(&graph, &found->items[i]);
	for (size_t i = 0; i < found->count; i++) {
		const struct deferral *deferral = &found->items[i];

		put_device(&graph, deferral->device);
		for (size_t j = 0; j < deferral->link_count; j++)
			put_link(&graph, &deferral->links[j]);
	}
	dot_end();
	return output_flush(e);
}
