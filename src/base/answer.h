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

/** answer_name - "no", "yes" or "unknown" */
const char *answer_name(enum answer answer);
