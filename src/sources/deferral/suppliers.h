/* SPDX-License-Identifier: GPL-2.0-or-later */
/* suppliers - the sources that tell what a device waits for; each adds to one list */
#pragma once

#include "firmware/tree.h"
#include "sources/deferral/device_links.h"
#include "sources/deferral/of_devices.h"
#include "sources/sources.h"

/**
 * struct gathering - one reading of suppliers
 * @scratch: freed when it ends     @tree: the devicetree, or NULL
 * @links: the device links of all consumers
 * @timed_out: the log says that the deferred probe timeout has passed
 * @consumer: the device whose suppliers are read; @found: these suppliers, @count of them
 */
struct gathering {
	struct reading *reading;
	struct arena *scratch;
	const struct tree *tree;
	struct of_devices nodes;
	struct device_links links;
	const struct device *consumer;
	struct supplier *found;
	size_t count, room;
	bool timed_out;
};

/**
 * gather - add a supplier of gathering->consumer; if it was added before, the facts of both are
 * merged. The texts of @supplier must outlive the reading.
 */
void gather(struct gathering *gathering, struct supplier supplier);

/**
 * suppliers_from_reason - add the supplier that a reason in devices_deferred names, in the wordings
 * of known kernels
 */
void suppliers_from_reason(struct gathering *gathering, const char *reason);

/** suppliers_from_streams - add the IOMMUs of the consumer's streams */
void suppliers_from_streams(struct gathering *gathering);

/**
 * suppliers_from_links - add the suppliers of the consumer's device links
 */
void suppliers_from_links(struct gathering *gathering);

/** suppliers_mark_ordering - mark the suppliers so far whose link only orders sync_state calls */
void suppliers_mark_ordering(struct gathering *gathering);

/** suppliers_from_node - add the suppliers that the consumer's node in the devicetree refers to */
void suppliers_from_node(struct gathering *gathering);
