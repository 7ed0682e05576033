/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owner - a user and a group by name or number, and how much memory the user may lock */
#pragma once

#include "base/error.h"
#include "base/root.h"
#include "model/owner.h"

/**
 * owner_read - the owner that @words name: "alice", "alice:kvm", "1000"
 * @words: borrowed     Returns: 0; ERROR_USAGE for words that name no user or no group.
 */
_must_check_ int owner_read(const struct root *root, const char *words, struct owner *ret_owner,
			    struct error *e) _nonnull_();
