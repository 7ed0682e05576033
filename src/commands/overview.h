/* SPDX-License-Identifier: GPL-2.0-or-later */
/* overview - the document about groups and their devices, for show and for the end of wait */
#pragma once

#include "commands/look.h"
#include "views/json.h"

/** overview_findings - the reason why there are no groups, if there are none; in @arena */
struct findings overview_findings(const struct look *look, struct arena *arena);

/** overview_print - print findings, and the IOMMUs, groups and devices chosen in @look */
_must_check_ int overview_print(const struct look *look, struct error *e);

/** overview_kind - the keys of the document about groups and their devices */
extern const struct document_kind overview_kind;
