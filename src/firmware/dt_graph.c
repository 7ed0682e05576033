/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/dt_graph.h"

#include "base/text.h"

#include <string.h>

static const char remote_endpoint[] = "remote-endpoint";

/* True for the optional node between a device and its ports. */
static bool holds_ports(const struct node *node)
{
	static const char *const names[] = {"ports", "in-ports", "out-ports"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (text_starts(node->name, names[i]) && strchr("@", node->name[strlen(names[i])]))
			return true;
	return false;
}

const struct node *dt_graph_device(const struct node *endpoint)
{
	const struct node *port = endpoint->parent, *above = port ? port->parent : NULL;

	return above && holds_ports(above) ? above->parent : above;
}

const struct node *dt_graph_remote(const struct tree *tree, const struct node *endpoint)
{
	uint32_t phandle;

	return node_cell(endpoint, remote_endpoint, &phandle) ? tree_by_phandle(tree, phandle)
							      : NULL;
}

const struct node *dt_graph_next(const struct node *device, const struct node *endpoint)
{
	/* The nodes below a node follow it in the order of the tree. */
	for (const struct node *node = endpoint->next; node && node_above(device, node);
	     node = node->next)
		if (node_property(node, remote_endpoint) && dt_graph_device(node) == device)
			return node;
	return NULL;
}

bool dt_graph_points_at(const struct tree *tree, const struct node *device,
			const struct node *other)
{
	const struct node *endpoint = device;

	while ((endpoint = dt_graph_next(device, endpoint))) {
		const struct node *remote = dt_graph_remote(tree, endpoint);

		if (remote && dt_graph_device(remote) == other)
			return true;
	}
	return false;
}
