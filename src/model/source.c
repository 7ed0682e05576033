/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/source.h"

const char *source_state_name(enum source_state state)
{
	static const char *const names[SOURCE_STATE_COUNT] = {
		[SOURCE_READ] = "read",		  [SOURCE_PARTIAL] = "partial",
		[SOURCE_ABSENT] = "absent",	  [SOURCE_DENIED] = "denied",
		[SOURCE_MALFORMED] = "malformed", [SOURCE_BUSY] = "busy",
		[SOURCE_SKIPPED] = "skipped",
	};
	return names[state];
}

bool source_is_unread(const struct source *source)
{
	return source && source->state != SOURCE_READ && source->state != SOURCE_ABSENT &&
	       source->state != SOURCE_SKIPPED;
}
