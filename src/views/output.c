/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/output.h"

#include <errno.h>
#include <stdio.h>

int output_flush(struct error *e)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return error_set(e, ERROR_IO, errno ? -errno : -EIO, "cannot write to standard output");
}
