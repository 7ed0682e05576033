/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/answer.h"

const char *answer_name(enum answer answer)
{
	static const char *const names[ANSWER_COUNT] = {
		[ANSWER_NO] = "no", [ANSWER_YES] = "yes", [ANSWER_UNKNOWN] = "unknown"};

	return names[answer];
}
