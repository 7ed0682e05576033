/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * finding - a fact that should be known, with its severity, evidence and remedy
 *
 * Checks, root causes, changes of groups, reasons for large groups and advice are findings. More
 * than that stands beside the finding (struct check, struct cause, struct change).
 */
#pragma once

#include "base/arena.h"
#include "checks/code.h"

#include <stddef.h>

/**
 * struct finding - strings are borrowed; they live as long as the system and the arena that it was
 * made with
 * @code: what kind of thing it is     @severity: at most that of the code's row
 * @subject: the device, group or IOMMU it is about; NULL: the machine, or several devices
 * @message: what is so, a sentence or clause about the subject
 * @evidence: the file or log line that says so, or NULL
 * @remedy: what to type or change, or NULL where nothing is known or needed
 * @devices: names of the devices that are concerned, @device_count of them
 * @cause: the code of the finding that this one follows from; CODE_NONE: it has none
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

/** findings_add - take in a copy; strings are borrowed */
void findings_add(struct findings *findings, struct arena *arena, struct finding finding);

/** findings_sort - worst first; those of one severity keep their order */
void findings_sort(struct findings *findings);

/** findings_worst - the worst severity among them; SEVERITY_NOTE where there are none */
enum severity findings_worst(const struct findings *findings);
