/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan - the steps of a change, for users and in JSON */
#pragma once

#include "actions/plan.h"
#include "views/column.h"

/** json_plan - "plan" of the contract; NULL gives a plan without steps */
struct json_object *json_plan(const struct plan *plan);

/** plan_print - a shell command for each step; nothing for an empty plan */
void plan_print(const struct plan *plan);
