/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * said - what the code under test prints, as text
 *
 *     said_start();
 *     result_print(&report, stdout);
 *     said_end(&said);
 *     assert_non_null(strstr(said.out, "as before"));
 *
 * Between start and end, standard output and standard error go to memory. A failed assertion in
 * between would be lost there: assert after said_end.
 */
#pragma once

enum { SAID_MAX = 16 * 1024 };

/** struct said - standard output and standard error; longer text is cut off */
struct said {
	char out[SAID_MAX], err[SAID_MAX];
};

void said_start(void);

/** said_end - the two streams are as before, and @ret_said has the text */
void said_end(struct said *ret_said);
