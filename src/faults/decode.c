/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "faults/decode.h"

#include <stdio.h>
#include <string.h>

void fault_set_flag(struct fault *fault, uint64_t value, const struct fault_flag *flags,
		    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!(value & flags[i].mask))
			continue;
		fault->kind = flags[i].kind;
		snprintf(fault->reason, sizeof(fault->reason), "%s", flags[i].name);
		return;
	}
}

void fault_set_reason(struct fault *fault, struct span words)
{
	fault_copy(fault->reason, sizeof(fault->reason), words);
}

void fault_set_rights(struct fault *fault, struct span rights)
{
	if (memchr(rights.start, 'W', rights.length))
		fault->access = FAULT_WRITE;
	else if (memchr(rights.start, 'X', rights.length))
		fault->access = FAULT_EXECUTE;
	else if (memchr(rights.start, 'R', rights.length))
		fault->access = FAULT_READ;
}
