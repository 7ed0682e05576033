/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan - the steps of a change, for eyes and for scripts
 */
#pragma once

#include "actions/plan.h"
#include "views/column.h"

/** json_plan - "plan" of the contract; NULL gives a plan without steps */
struct json_object *json_plan(const struct plan *plan);

/** plan_print - a line for each step, as a person would type it; nothing where there are none */
void plan_print(const struct plan *plan);
