/* SPDX-License-Identifier: GPL-2.0-or-later */
/* look - the first part of all reading commands: read the tree, and select devices */
#pragma once

#include "base/root.h"
#include "commands/options.h"
#include "model/facts.h"
#include "model/select.h"
#include "model/select_firmware.h"
#include "views/catalogue.h"

/**
 * struct look - a system and the selected part of it; free it with look_free
 * @narrowed: the command line has selectors of devices
 * @firmware: for firmware of another machine; its arrays are NULL where all of it is meant
 * @own_source: the entry for the facts that the command reads besides the system, or NULL
 */
struct look {
	const struct system *system;
	struct selection selection;
	struct firmware_selection firmware;
	bool narrowed;
	unsigned facts;
	struct choice choice;
	const struct source *own_source;
};

/**
 * look_open_tree - the tree that --root names, a folder or an archive, or the running machine
 * It fails without a /sys.
 */
_must_check_ int look_open_tree(const struct options *options, struct root **ret_root,
				struct error *e);

/** look_unfinished - transaction_unfinished (actions/unfinished.h) of that tree */
_must_check_ int look_unfinished(const struct options *options, struct arena *arena,
				 struct source *ret_journal, bool *ret_unfinished, struct error *e);

/**
 * look_at - read the facts that @options ask for
 * @selectors: NULL-terminated words; none: everything is chosen
 * Facts: those of the columns; for a JSON document without -o all cheap ones, with -v all.
 */
_must_check_ int look_at(const struct options *options, const struct catalogue *catalogue,
			 char *const *selectors, struct look *ret_look, struct error *e);

/**
 * look_choose - the columns and facts that @options ask for, without a system: nothing is read
 */
_must_check_ int look_choose(const struct options *options, const struct catalogue *catalogue,
			     char *const *selectors, struct look *ret_look, struct error *e);

/**
 * look_find - find the devices that @selectors mean, with no more than @facts of them
 * Prints nothing. Returns: a negative errno also for names that only look_at understands: of a
 * device that is gone, or of one before iommuctl moved it.
 */
_must_check_ int look_find(const struct options *options, unsigned facts, char *const *selectors,
			   struct look *ret_look, struct error *e);

/**
 * look_adopt - let a look without a system have @system, with the devices that @found has chosen
 * Returns: false, and @look is as before, where one of them is not in @system.
 */
bool look_adopt(struct look *look, const struct look *found, const struct system *system)
	_nonnull_();

void look_free(struct look *look);

/** look_notes - print to standard error which sources could not be read; nothing with --quiet */
void look_notes(const struct look *look, const struct options *options);

/** look_notes_of_failures - look_notes without the sources that root could read */
void look_notes_of_failures(const struct look *look, const struct options *options);

#define _autolook_ _cleanup_(look_free)
