/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/plan.h"

#include <string.h>

static const char *const names[ACTION_COUNT] = {
	[ACTION_LOAD] = "load_module",
	[ACTION_OVERRIDE] = "override",
	[ACTION_UNBIND] = "unbind",
	[ACTION_BIND] = "bind",
	[ACTION_AUTOPROBE] = "autoprobe",
	[ACTION_REMOVE] = "remove",
	[ACTION_RESCAN] = "rescan",
	[ACTION_PROBE] = "probe",
	[ACTION_VF_AUTOPROBE] = "vf_autoprobe",
	[ACTION_VF_COUNT] = "vf_count",
	[ACTION_DOMAIN] = "domain",
	[ACTION_OWNER] = "owner",
};

bool action_is_switch(enum action action)
{
	return action == ACTION_VF_AUTOPROBE || action == ACTION_VF_COUNT ||
	       action == ACTION_DOMAIN;
}

bool plan_rescans(const struct plan *plan)
{
	return plan->verb && strcmp(plan->verb, "rescan") == 0;
}

const char *action_name(enum action action)
{
	return names[action];
}

bool action_from_name(const char *name, enum action *ret_action)
{
	for (unsigned i = 0; i < ACTION_COUNT; i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret_action = (enum action)i;
			return true;
		}
	}
	return false;
}
