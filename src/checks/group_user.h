/* SPDX-License-Identifier: GPL-2.0-or-later */
/* group_user - the process that has a group, or a member of it, open through VFIO */
#pragma once

#include "base/arena.h"
#include "model/system.h"

/**
 * group_user - "group 12 is open in 812 (qemu)", or the node of a member; NULL for none
 * Members are known by FACT_USES of those in focus.
 * @ret_evidence: where that was read; untouched for none. Both in @arena or of the system.
 */
const char *group_user(const struct group *group, struct arena *arena, const char **ret_evidence)
	_nonnull_();

/**
 * group_user_is_known - true where the open nodes of all members could be read; a process may have
 * only a member's own node open
 */
bool group_user_is_known(const struct group *group) _nonnull_();
