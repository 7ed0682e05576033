/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/nvidia.h"

#include "sources/sources.h"

#include <stdio.h>
#include <string.h>

bool nvidia_minor(const struct root *root, const char *name, unsigned *ret_minor)
{
	char text[ATTRIBUTE_MAX];
	const char *line;

	if (root_readf_text(root, text, sizeof(text), "/proc/driver/nvidia/gpus/%s/information",
			    name) <= 0)
		return false;
	line = strstr(text, "Device Minor:");
	return line && sscanf(line, "Device Minor: %u", ret_minor) == 1;
}
