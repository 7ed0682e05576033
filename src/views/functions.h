/* SPDX-License-Identifier: GPL-2.0-or-later */
/* functions - columns of physical functions and of their virtual functions */
#pragma once

#include "views/column.h"

/**
 * function_columns - "physical_functions" of the contract: the row is about a physical function; in
 * a table also about a virtual function, whose row has @physical
 */
extern const struct column function_columns[];

/** function_text_columns - more columns of tables; a document has these facts in "functions" */
extern const struct column function_text_columns[];
