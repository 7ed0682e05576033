/* SPDX-License-Identifier: GPL-2.0-or-later */
/* execute_parts - functions that the files of execute share: execute.c, execute_undo.c and
 * execute_write.c */
#pragma once

#include "actions/execute.h"
#include "actions/look.h"
#include "actions/writer.h"

/** step_target - the target of @step, or NULL for a step without a device */
const struct target *step_target(const struct journal *journal, const struct step *step);

/**
 * step_write - make the write of step @index, or with @undo the write that undoes it
 * Returns: 0; the kernel's errno; -EINPROGRESS where the write hangs, after it was recorded and
 * described in @e.
 */
_must_check_ int step_write(struct execution *execution, size_t index, bool undo, struct error *e);

/**
 * step_write_other - step_write with another text or file than the step's
 * @what: for messages, "unbind 0000:01:00.0 from nvme"
 */
_must_check_ int step_write_other(struct execution *execution, size_t index, bool undo,
				  const struct writing *writing, const char *what, struct error *e);

/**
 * step_is_lasting - true for the change of a type that the kernel makes while drivers are bound,
 * and takes back only while none is: DMA to DMA-FQ. Such a step is the last one, or no driver of
 * its group is unbound by the plan.
 */
bool step_is_lasting(const struct plan *plan, const struct step *step);

/** step_type_is_set - 1 where the group of @step has the type @type, or that is "auto"; 0; or a
 * negative errno */
_must_check_ int step_type_is_set(const struct root *root, const struct step *step,
				  const char *type);

/**
 * step_owner_is_set - 1 where the rule @rule of the step is there, and the nodes of its device have
 * that owner (owner_rule_holds); 0; or a negative errno
 */
_must_check_ int step_owner_is_set(const struct root *root, const struct plan *plan,
				   const struct step *step, const char *rule);

/** override_file - the file driver_override of a target; NULL where the plan does not write to it
 */
const char *override_file(const struct plan *plan, int target);

/**
 * release_group - unbind the targets of the group of step @index that the plan unbinds before it
 * and that have a driver again: its type can then be put back Returns: 0, also where an unbind
 * failed: then the write of the type fails; -EINPROGRESS.
 */
_must_check_ int release_group(struct execution *execution, size_t index, struct error *e);

/** may_release - 0 where undo may unbind a driver from @target; else a negative errno (before_undo)
 */
_must_check_ int may_release(struct execution *execution, const struct target *target,
			     struct error *e);

/** step_stays - true where @status of its undo means that it lasts (step_is_lasting) */
bool step_stays(const struct plan *plan, const struct step *step, int status);

/**
 * step_failed - set the message for a step, or its undo, that had no effect
 * @cause: a negative errno; -EPROTO: the kernel reported success and the device did not change
 * Returns: @cause
 */
int step_failed(struct execution *execution, const struct step *step, bool undo, int cause,
		struct error *e);
