/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * overview - the document about groups and their devices: that of show, and of wait when it is over
 */
#pragma once

#include "commands/look.h"
#include "views/json.h"

/** overview_findings - why there are no groups, where there are none; in @arena */
struct findings overview_findings(const struct look *look, struct arena *arena);

/** overview_print - findings, and IOMMUs, groups and devices that @look chose */
int overview_print(const struct look *look, struct error *e);

/** overview_empty - the same document of a command that failed before it could look */
extern const struct document overview_empty;
