/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/id_claim.h"

#include "base/text.h"
#include "model/system.h"

#include <string.h>

bool claim_file_is_of(const char *name, const struct device *device)
{
	const char *rest = text_after(name, device->bus);

	return rest && *rest == '-' && strcmp(rest + 1, device->name) == 0;
}
