/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * isolation - why a group has more than one member
 *
 * The kernel puts devices together that an IOMMU cannot tell apart, or whose transactions may reach
 * each other without passing it (drivers/iommu/iommu.c: pci_device_group). It says nothing of its
 * reasons, so these are likely ones: its quirk tables (drivers/pci/quirks.c: pci_dev_acs_enabled)
 * are not visible, and ACS may have been switched since the devices were found.
 */
#pragma once

#include "model/system.h"

enum isolation_cause {
	ISOLATION_BRIDGE,    /* a bridge to conventional PCI stands for all that is behind it */
	ISOLATION_NO_ACS,    /* a port without Access Control Services */
	ISOLATION_ACS_OFF,   /* a port with some of them switched off */
	ISOLATION_FUNCTIONS, /* functions of one device without ACS */
	ISOLATION_STREAM,    /* they have the same stream ID */
	ISOLATION_UNREAD,    /* cannot tell: config space could not be read */
	ISOLATION_UNKNOWN,   /* nothing that is visible explains it */
	ISOLATION_CAUSE_COUNT,
};

/**
 * struct isolation - one reason
 * @device: which is to blame, or could not be looked at; NULL where nobody is
 * @message: a clause, such as "0000:00:1c.0 is a port without ACS"
 */
struct isolation {
	enum isolation_cause cause;
	const struct device *device;
	const char *message;
};

/** struct isolations - of one group */
struct isolations {
	const struct isolation *items;
	size_t count;
};

/**
 * isolation_explain - the likely reasons, in @arena; none for a group of one device
 * @system: read with FACT_TRAITS and no focus
 */
struct isolations isolation_explain(const struct system *system, const struct group *group,
				    struct arena *arena);

/** isolation_cause_name - the word that JSON documents use */
const char *isolation_cause_name(enum isolation_cause cause);
