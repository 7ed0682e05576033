/* SPDX-License-Identifier: GPL-2.0-or-later */
/* result - the devices and groups after a transaction, for users and in JSON */
#pragma once

#include "actions/transaction.h"
#include "views/column.h"
#include "views/launch.h"

#include <stdio.h>

/** json_result - "result" of the contract; NULL (null) where the transaction had no result */
struct json_object *json_result(const struct report *report);

/** result_print - print a line for each device with its present state, and the changes of groups */
void result_print(const struct report *report, FILE *out);

/** result_print_launch - print what a virtual machine gets each device with that a VFIO driver has
 */
void result_print_launch(const struct report *report, enum launch_form form);
