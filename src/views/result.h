/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * result - what became of the devices and groups of a transaction, for eyes and for scripts
 */
#pragma once

#include "actions/transaction.h"
#include "views/column.h"

#include <stdio.h>

/** json_result - "result" of the contract; NULL (null) where it did not come to one */
struct json_object *json_result(const struct report *report);

/** result_print - a line for each device: what is true of it now; and what changed in groups */
void result_print(const struct report *report, FILE *out);

/** result_print_qemu - for each device on a VFIO driver the arguments that give it to QEMU */
void result_print_qemu(const struct report *report);
