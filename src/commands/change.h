/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * change - what check, rebind, unbind, restore and recover have in common: run a transaction, tell
 * what came of it
 */
#pragma once

#include "actions/transaction.h"
#include "commands/command.h"

/**
 * change_run - run the transaction that @request describes, as far as @options go; NULL recovers
 * @request: verb, driver, selectors; the rest is taken from @options
 * Returns: 0, or a positive exit status where it has told of the failure itself; a negative errno
 * where it never came to a transaction.
 */
int change_run(const struct options *options, struct request *request, struct error *e);

/**
 * change_on - the same on a host that is given; tests have one with a kernel of their own
 * Returns: as above, never negative.
 */
int change_on(const struct host *host, const struct options *options, const struct request *request,
	      struct error *e);

/**
 * change_driver - the driver that a word on the command line means; NULL for "none"
 * "vfio_pci" and "mlx5-vfio-pci" are taken as the kernel spells them.
 */
const char *change_driver(const char *word);

/** change_catalogue - what "check" offers for -o, -r and -P: a line per check */
extern const struct catalogue change_catalogue;

/** change_empty - the document of a command that failed before it could look */
extern const struct document change_empty;
