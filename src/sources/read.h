/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * read - from the files of one machine to a system
 */
#pragma once

#include "base/root.h"
#include "model/facts.h"
#include "model/system.h"

/**
 * system_read - take a snapshot of the machine below @root
 * @facts: what is wanted (enum facts); nothing else is opened
 * A source that cannot be read is no failure: the system then says so in its sources. Where devices
 * or groups came or went meanwhile, it looks again, a few times; source "stable" tells.
 * Returns: 0 and a system to be freed with system_free; a negative errno where nothing can be read.
 */
int system_read(const struct root *root, unsigned facts, const struct system **ret_system,
		struct error *e);
