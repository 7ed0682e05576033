/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reference - what a scenario is like when nothing goes wrong
 */
#pragma once

#include "crash/scenarios.h"

/**
 * struct reference - what an undisturbed run of a scenario is like; dumps (fake_dump)
 * @origin: before iommuctl came to the machine, but with a late group     @old: before;
 * @old_grouped: the same after a late group has formed
 * @new: afterwards     @writes: how many it takes; @first is the number of the first
 * @duration_us: how long it takes     @store_calls: how often it writes to /run
 */
struct reference {
	char *origin, *old, *old_grouped, *new;
	unsigned first, writes, duration_us, store_calls;
	struct fake_entry *entries;
};

/** reference_of - run it; exits where it does not end as the scenario says */
struct reference reference_of(const struct scenario *scenario);

void reference_free(struct reference *reference);
