/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dt_graph - the endpoints that connect a device with other devices, such as a display with its
 * panel
 *
 * A device has nodes called endpoint below its ports; remote-endpoint of each names an endpoint of
 * another device, which as a rule names it back. Source: drivers/of/property.c:
 * of_graph_get_port_parent, of_graph_get_remote_port_parent.
 */
#pragma once

#include "firmware/tree.h"

/** dt_graph_device - the node of the device that @endpoint belongs to, or NULL */
const struct node *dt_graph_device(const struct node *endpoint) _nonnull_();

/** dt_graph_remote - the endpoint that remote-endpoint of @endpoint names, or NULL */
const struct node *dt_graph_remote(const struct tree *tree, const struct node *endpoint)
	_nonnull_();

/**
 * dt_graph_next - the endpoint of @device after @endpoint, which is @device for the first; NULL at
 * the end. Only nodes with remote-endpoint count.
 */
const struct node *dt_graph_next(const struct node *device, const struct node *endpoint)
	_nonnull_();

/** dt_graph_points_at - true where an endpoint of @device names an endpoint of @other */
bool dt_graph_points_at(const struct tree *tree, const struct node *device,
			const struct node *other) _nonnull_();
