/* SPDX-License-Identifier: GPL-2.0-or-later */
/* result - the devices and groups after a transaction, for users and in JSON */
#pragma once

#include "actions/transaction.h"
#include "views/column.h"

#include <stdio.h>

/** json_result - "result" of the contract; NULL (null) where the transaction had no result */
struct json_object *json_result(const struct report *report);

/** result_print - print a line for each device with its present state, and the changes of groups */
void result_print(const struct report *report, FILE *out);

/** result_print_qemu - print QEMU's arguments for each device on a VFIO driver */
void result_print_qemu(const struct report *report);
