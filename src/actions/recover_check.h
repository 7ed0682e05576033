/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recover_check - whether a device is in use, before recover unbinds its driver
 *
 * The checks of the killed transaction are of another time: since then a guest may have opened the
 * device, or a file system on it may be mounted. There the driver stays, and the journal too.
 */
#pragma once

#include "actions/transaction.h"

/**
 * recover_check - before_undo of struct execution
 * @context: struct host     Returns: 0; -EUSERS, with ERROR_UNFINISHED and the users in @e; another
 * negative errno where it could not be read.
 */
_must_check_ int recover_check(void *context, const struct target *target, struct error *e);
