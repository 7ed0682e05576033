/* SPDX-License-Identifier: GPL-2.0-or-later */
/* answer - the answer to a yes-or-no question, which may be unknown */
#pragma once

enum answer {
	ANSWER_NO,
	ANSWER_YES,
	ANSWER_UNKNOWN,
	ANSWER_COUNT,
};

/**
 * answer_from - the answer in a result of root_has and the like: positive yes, 0 no, negative
 * unknown
 */
static inline enum answer answer_from(int result)
{
	if (result < 0)
		return ANSWER_UNKNOWN;
	return result ? ANSWER_YES : ANSWER_NO;
}

/** answer_name - the word of an answer: "no", "yes" or "unknown" */
const char *answer_name(enum answer answer);
