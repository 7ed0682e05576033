/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * change - run a transaction and print its result; shared by check, rebind, unbind, restore and
 * recover
 */
#pragma once

#include "actions/transaction.h"
#include "commands/command.h"

/**
 * change_run - run the transaction of @request with @options; NULL recovers
 * @request: verb, driver, selectors; the rest is taken from @options
 * Returns: 0, or a positive exit status where it has printed the failure itself; a negative errno
 * where no transaction was begun.
 */
_must_check_ int change_run(const struct options *options, struct request *request,
			    struct error *e);

/**
 * change_on - change_run on a given host; tests use one with a fake kernel
 * Returns: as change_run, never negative.
 */
_must_check_ int change_on(const struct host *host, const struct options *options,
			   const struct request *request, struct error *e);

/**
 * change_host - the running machine, for the changes that @options ask for
 * @root: borrowed
 */
struct host change_host(const struct options *options, const struct root *root);

/**
 * change_apply_options - set what @options say of the extent of @request, and its waivers
 * @arena: owns the waivers     Returns: 0; ERROR_USAGE for a waiver that is none.
 */
_must_check_ int change_apply_options(const struct options *options, struct arena *arena,
				      struct request *request, struct error *e);

/**
 * change_driver - the driver that a word on the command line means; NULL for "none"
 * "vfio_pci" and "mlx5-vfio-pci" are changed to the kernel's spelling.
 */
const char *change_driver(const char *word);

/** change_catalogue - the columns of "check" for -o, -r and -P: a row per check */
extern const struct catalogue change_catalogue;

/** change_kind - the keys of the document of commands that change the machine */
extern const struct document_kind change_kind;

/**
 * change_functions_kind - the keys of the document of vfs, which also lists; the section
 * CHANGE_SECTION_FUNCTIONS has physical functions
 */
extern const struct document_kind change_functions_kind;
enum { CHANGE_SECTION_FUNCTIONS = 1 };
