/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * in_use - is anything that hangs off a device in use: the kernel takes it away without a question
 *
 * One answer for each kind of use (model/use.h). A kind that cannot be of this device gives none;
 * one that could not be looked at refuses, and waits for ":unknown" to be waived.
 */
#pragma once

#include "checks/check.h"

/**
 * check_in_use - all kinds of use but virtual functions, which are a matter of the driver too
 * (checks/will_work.h). Where the move takes no driver away, only who has a node of it open.
 */
void check_in_use(struct checking *checking);

/** use_remedy - what to type so that the first of these uses end, or NULL; all are of one kind */
const char *use_remedy(const struct device *device, const struct use *const *uses, size_t count,
		       struct arena *arena);
