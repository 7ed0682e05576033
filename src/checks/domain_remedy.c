/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/domain_remedy.h"

#include "model/domain_type.h"
#include "model/kernel_release.h"

const char *domain_remedy(const struct system *system, const struct group *group,
			  struct arena *arena)
{
	const char *release = system->machine.kernel;

	if (!group || !group->type || !domain_type_is_changeable(group->type) ||
	    kernel_has(release, KERNEL_DOMAIN_TYPE) == ANSWER_NO)
		return NULL;
	if (group->device_count > 1 && kernel_has(release, KERNEL_DOMAIN_OF_SEVERAL) == ANSWER_NO)
		return NULL;
	return arena_printf(arena, "iommuctl domain group:%d DMA", group->id);
}
