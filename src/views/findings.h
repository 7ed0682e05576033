/* SPDX-License-Identifier: GPL-2.0-or-later */
/* findings - the columns of findings, in the order of the JSON contract */
#pragma once

#include "views/column.h"

/** finding_columns - keys of findings[]; the last has no key */
extern const struct column finding_columns[];

/** findings_print - for eyes: a line each on standard error, and what to do below it */
void findings_print(const struct findings *findings);
