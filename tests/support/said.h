/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * said - the output of the code under test, as text
 *
 *     said_start();
 *     result_print(&report, stdout);
 *     said_end(&said);
 *     assert_non_null(strstr(said.out, "as before"));
 *
 * Between start and end, standard output and standard error go to memory. The message of a failed
 * assertion in between would be lost there: assert after said_end.
 */
#pragma once

enum { SAID_MAX = 16 * 1024 };

/** struct said - standard output and standard error; longer text is cut off */
struct said {
	char out[SAID_MAX], err[SAID_MAX];
};

void said_start(void);

/** said_end - restore the two streams, and put their text in @ret_said */
void said_end(struct said *ret_said);
