/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/check.h"

struct checks checks_run(const struct handover *handover, struct arena *arena)
{
	return (struct checks){0};
}
