/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/kernel_release.h"

#include <stdbool.h>
#include <stdio.h>

struct version {
	unsigned major, minor;
};

/* The first version of Linux that has each feature. */
static const struct version since[KERNEL_FEATURE_COUNT] = {
	[KERNEL_VFIO_DENYLIST] = {5, 9},	  [KERNEL_STREAM_OWNERS] = {5, 13},
	[KERNEL_RESET_METHOD] = {5, 15},	  [KERNEL_LINKS_GIVEN_UP] = {5, 13},
	[KERNEL_DMA_OWNERSHIP] = {5, 19},	  [KERNEL_DIRECT_REFUSED] = {6, 6},
	[KERNEL_PROBE_AT_REGISTRATION] = {6, 15}, [KERNEL_ACPI_WAIT_ENDS] = {6, 14},
	[KERNEL_AUTOPROBE_OFF] = {6, 19},	  [KERNEL_MAP_CELLS] = {7, 2},
	[KERNEL_ENDPOINT_LINKS] = {5, 13},	  [KERNEL_INTERRUPT_MAP_LINKS] = {6, 10},
	[KERNEL_PROBE_TIMEOUT] = {6, 0},	  [KERNEL_ACPI_BOUND_ONCE] = {6, 15},
	[KERNEL_BRIDGE_FORWARDS] = {7, 2},	  [KERNEL_DOMAIN_TYPE] = {5, 11},
	[KERNEL_FLUSH_QUEUE] = {5, 15},		  [KERNEL_DOMAIN_OF_SEVERAL] = {6, 4},
	[KERNEL_PCI_REMOVABLE] = {5, 14},
};

/* The last version that is known to lack the feature, if it is not the version before. */
static const struct version lacking[KERNEL_FEATURE_COUNT] = {
	[KERNEL_BRIDGE_FORWARDS] = {6, 18},
};

static bool is_before(struct version one, struct version other)
{
	return one.major < other.major || (one.major == other.major && one.minor < other.minor);
}

enum answer kernel_has(const char *release, enum kernel_feature feature)
{
	struct version version;

	if (!release || sscanf(release, "%4u.%4u", &version.major, &version.minor) != 2)
		return ANSWER_UNKNOWN;
	if (!is_before(version, since[feature]))
		return ANSWER_YES;
	return lacking[feature].major && is_before(lacking[feature], version) ? ANSWER_UNKNOWN
									      : ANSWER_NO;
}
