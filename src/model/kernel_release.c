/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/kernel_release.h"

#include <stdio.h>

bool kernel_before(const char *release, unsigned major, unsigned minor)
{
	unsigned this_major, this_minor;

	if (!release || sscanf(release, "%4u.%4u", &this_major, &this_minor) != 2)
		return false;
	return this_major < major || (this_major == major && this_minor < minor);
}
