/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scenarios - machines and what is wanted of them, to be disturbed at every write
 */
#pragma once

#include "actions/transaction.h"
#include "support/fake_kernel.h"

enum {
	SELECTORS_MAX = 3,
	WISHES_MAX = 3,
	LINES_MAX = 6,
};

/** struct wish - a request, without what is the same for all     @verb: NULL none
 * @waive: as on the command line, or NULL */
struct wish {
	const char *verb, *driver, *waive;
	const char *selectors[SELECTORS_MAX + 1];
	bool all, with_group, dry_run;
};

/**
 * struct scenario
 * @modules: loaded at boot     @late_device, @late_group: fake_group_forms_late, or NULL
 * @before: carried out first, undisturbed     @wish: what is disturbed
 * @after: what the dump shows afterwards, among others
 * @restless: before or afterwards a device has no driver, and nothing keeps a native one off
 */
struct scenario {
	const char *name;
	const char *tree;
	const char *modules[4];
	const char *late_device;
	int late_group;
	struct wish before[WISHES_MAX];
	struct wish wish;
	const char *after[LINES_MAX];
	bool restless;
};

/** scenario_at - number @index, or NULL */
const struct scenario *scenario_at(size_t index);

/** scenario_machine - its machine, with everything done that comes before; exits where that fails
 */
struct fake_kernel *scenario_machine(const struct scenario *scenario);

/** struct ended - how a transaction ended */
struct ended {
	int result;
	enum error_code code;
	enum outcome outcome;
	enum look_state state; /* of the first target, where one was looked at afterwards */
	enum answer groups_stable;
	char message[1024];
};

/** wish_carry_out - in this process     @wish: NULL is recover */
void wish_carry_out(const struct fake_kernel *fake, const struct wish *wish, int timeout_ms,
		    struct ended *ret_ended);

/** scenarios_open, scenarios_close - what all machines share; before the first, after the last */
void scenarios_open(void);
void scenarios_close(void);
