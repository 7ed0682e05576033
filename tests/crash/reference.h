/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reference - the states and the writes of a scenario without faults */
#pragma once

#include "crash/scenarios.h"

/**
 * struct reference - the result of a run without faults; states are dumps (fake_dump)
 * @origin: before any transaction, but with the late group     @old: before the tested one
 * @old_grouped: @old after a late group has formed
 * @new: afterwards     @writes: number of writes; @first is the number of the first
 * @duration_us: time that it takes     @store_calls: number of writes to /run
 */
struct reference {
	char *origin, *old, *old_grouped, *new;
	unsigned first, writes, duration_us, store_calls;
	struct fake_entry *entries;
};

/** reference_of - run the scenario; exits where it does not end as it declares */
struct reference reference_of(const struct scenario *scenario);

void reference_free(struct reference *reference);
