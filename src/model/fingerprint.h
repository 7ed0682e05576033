/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fingerprint - an identity of groups that does not depend on their numbers
 *
 * Group numbers are reused and change with the order of probing. Two groups are the same where the
 * same IOMMU isolates the same devices: the fingerprint is made of the identities of the group's
 * IOMMUs and the sysfs paths of its members, both sorted.
 */
#pragma once

#include "model/system.h"

/**
 * fingerprint_group - an opaque string "1:" + 32 hex digits; "1" is the version of the recipe
 * @group: linked, with its members and IOMMUs known
 */
const char *fingerprint_group(const struct group *group, struct arena *arena) _nonnull_();
