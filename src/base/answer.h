/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answer - to a question that what was read may not decide
 */
#pragma once

enum answer {
	ANSWER_NO,
	ANSWER_YES,
	ANSWER_UNKNOWN,
	ANSWER_COUNT,
};

/** answer_from - of what a function of the door returned: more than 0 yes, 0 no, else unknown */
static inline enum answer answer_from(int result)
{
	if (result < 0)
		return ANSWER_UNKNOWN;
	return result ? ANSWER_YES : ANSWER_NO;
}

/** answer_name - "no", "yes" or "unknown" */
const char *answer_name(enum answer answer);
