/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * execute_parts - what carrying out a step and taking it back have in common; only for execute.c
 * and execute_undo.c
 */
#pragma once

#include "actions/execute.h"
#include "actions/look.h"
#include "actions/writer.h"

/** step_target - the target that @step is about, or NULL */
const struct target *step_target(const struct journal *journal, const struct step *step);

/**
 * step_write - the write of step @index, or with @undo the write that takes it back
 * Returns: 0; what the kernel answered; -EINPROGRESS where the write hangs, noted and told in @e.
 */
int step_write(struct execution *execution, size_t index, bool undo, struct error *e);

/**
 * step_write_other - the same with another text or file than the step has
 * @what: for messages, "unbind 0000:01:00.0 from nvme"
 */
int step_write_other(struct execution *execution, size_t index, bool undo,
		     const struct writing *writing, const char *what, struct error *e);

/**
 * step_failed - say that @step, or its undoing, did not come about
 * @cause: a negative errno; -EPROTO: the kernel reported success and the device did not change
 * Returns: @cause
 */
int step_failed(struct execution *execution, const struct step *step, bool undo, int cause,
		struct error *e);
