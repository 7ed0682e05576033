/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/unread.h"

const struct source *source_unread(const struct system *system, const char *const *names,
				   size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct source *source = system_source(system, names[i]);

		if (source_is_unread(source))
			return source;
	}
	return NULL;
}
