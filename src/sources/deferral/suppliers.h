/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * suppliers - the sources that say what a device waits for; each adds to one list
 */
#pragma once

#include "firmware/tree.h"
#include "sources/deferral/of_devices.h"
#include "sources/sources.h"

/**
 * struct gathering - one reading of suppliers
 * @scratch: gone when it ends     @tree: the devicetree, or NULL
 * @consumer: the device that is looked at now; @found: what it waits for, @count of them
 */
struct gathering {
	struct reading *reading;
	struct arena *scratch;
	const struct tree *tree;
	struct of_devices nodes;
	const struct device *consumer;
	struct supplier *found;
	size_t count, room;
};

/**
 * gather - add a supplier of gathering->consumer; where two sources name the same one, their facts
 * are merged. @supplier's texts must outlive the reading.
 */
void gather(struct gathering *gathering, struct supplier supplier);

/** The supplier that the reason in devices_deferred names, in wordings of known kernels. */
void suppliers_from_reason(struct gathering *gathering, const char *reason);

/** The IOMMUs of the consumer's streams. */
void suppliers_from_streams(struct gathering *gathering);

/** Device links: supplier:BUS:NAME in the consumer's folder (drivers/base/core.c: device_link_add).
 */
void suppliers_from_links(struct gathering *gathering);

/** The consumer's node in the devicetree. */
void suppliers_from_node(struct gathering *gathering);
