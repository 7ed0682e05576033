/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table_notes - findings about oddities in firmware tables that the kernel ignores */
#pragma once

#include "checks/finding.h"
#include "model/system.h"

/** table_notes_findings - add a note for each oddity of a table that was read */
void table_notes_findings(const struct system *system, struct findings *findings,
			  struct arena *arena) _nonnull_();
