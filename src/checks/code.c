/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/code.h"

/* The severity of a check's answer, by the level of its row; check_add uses the same mapping. */
#define SEVERITY_OF_REFUSE SEVERITY_ALARM
#define SEVERITY_OF_WARNING SEVERITY_WARNING

#define KIND_OF_ROW(id, word, severity, help) [CODE_##id] = {word, SEVERITY_##severity, help},
#define KIND_OF_CHANGE(id, kind, word, severity, help) \
	[CODE_CHANGE_##id] = {word, SEVERITY_##severity, help},
#define KIND_OF_CHECK(id, word, scope, level, waivable, ask, help) \
	[CODE_CHECK_##id] = {word, SEVERITY_OF_##level, help},

const struct code_kind code_kinds[CODE_COUNT] = {FINDING_CODES(KIND_OF_ROW) CHANGES(
	KIND_OF_CHANGE) DIFFERENCE_CODES(KIND_OF_ROW) CHECKS(KIND_OF_CHECK)};

const char *severity_name(enum severity severity)
{
	static const char *const names[SEVERITY_COUNT] = {
		[SEVERITY_NOTE] = "note",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_ALARM] = "alarm",
	};

	return names[severity];
}
