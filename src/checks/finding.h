/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * finding - a fact to report, with its severity, evidence and remedy
 *
 * Checks, root causes, changes of groups, reasons for large groups and advice are findings; struct
 * check, struct cause and struct change add their own members.
 */
#pragma once

#include "base/arena.h"
#include "checks/code.h"

#include <stddef.h>

/**
 * struct finding - strings are borrowed; they live as long as the system and the arena that it was
 * made with
 * @code: its kind     @severity: at most that of the code's row
 * @subject: the device, group or IOMMU that it is about; NULL: the machine, or several devices
 * @message: a sentence or clause about the subject
 * @evidence: the file or log line that shows it, or NULL
 * @remedy: a command or change, or NULL where none is known or needed
 * @devices: names of the devices concerned, @device_count of them
 * @cause: the code of the finding that this one follows from, or CODE_NONE
 */
struct finding {
	enum finding_code code;
	enum severity severity;
	const char *subject;
	const char *message;
	const char *evidence;
	const char *remedy;
	const char *const *devices;
	size_t device_count;
	enum finding_code cause;
};

struct findings {
	struct finding *items;
	size_t count, room;
};

/** findings_add - add a copy of a finding to the list; its strings are borrowed */
void findings_add(struct findings *findings, struct arena *arena, struct finding finding);

/** findings_sort - worst first; findings of one severity keep their order */
void findings_sort(struct findings *findings);

/** findings_worst - the worst severity of them; SEVERITY_NOTE for an empty list */
enum severity findings_worst(const struct findings *findings);
