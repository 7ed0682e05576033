/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hand_over - the verdict of checks/hand_over.h as a cell of tables and as an object */
#pragma once

#include "views/column.h"

/**
 * hand_over_text - "alone", "with 06:00.1", "with 3 others", "given", "no: bridge", in @arena
 * The domain 0000 of PCI names is left out.
 */
const char *hand_over_text(const struct hand_over *verdict, struct arena *arena);

/** get_hand_over - the cell of a row about a device; json_hand_over - its object */
struct value get_hand_over(const struct row *row, struct arena *arena);
struct json_object *json_hand_over(const struct row *row);
