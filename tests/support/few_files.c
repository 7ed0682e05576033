/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/few_files.h"

#include "support/check.h"

#include <sys/resource.h>

static struct rlimit before;

void few_files_start(void)
{
	struct rlimit none;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
}

void few_files_end(void)
{
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}
