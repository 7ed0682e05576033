/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * finding - a sentence about the machine that users can act on, with a stable code
 */
#pragma once

#include "base/arena.h"

#include <stddef.h>

enum severity {
	SEVERITY_NOTE,	  /* so it is, and fine */
	SEVERITY_WARNING, /* will not work as firmware means it */
	SEVERITY_ALARM,	  /* memory is not protected */
	SEVERITY_COUNT,
};

/**
 * struct finding
 * @code: stable, such as "stream_taken"     @subject: the device or IOMMU it is about
 * @message: what is so     @evidence: the file that says so     @remedy: what to do, or NULL
 */
struct finding {
	const char *code;
	enum severity severity;
	const char *subject;
	const char *message;
	const char *evidence;
	const char *remedy;
};

struct findings {
	struct finding *items;
	size_t count, room;
};

/** findings_add - take in a copy; strings are borrowed */
void findings_add(struct findings *findings, struct arena *arena, struct finding finding);

const char *severity_name(enum severity severity);
