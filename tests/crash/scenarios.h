/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scenarios - machines and requests; the sweep disturbs each at every write */
#pragma once

#include "actions/transaction.h"
#include "support/fake_kernel.h"

enum {
	SELECTORS_MAX = 3,
	WISHES_MAX = 3,
	LINES_MAX = 6,
	/** timeout of a wish in which no write hangs */
	PATIENCE_MS = 10 * 1000,
};

/**
 * struct wish - the part of a request that differs     @verb: NULL none
 * @waive: as on the command line, or NULL     @functions, @driven: for vfs: the count, and whether
 * @driver was named     @type: for domain
 * @owned: the nodes are given to the user who runs the test
 */
struct wish {
	const char *verb, *driver, *waive;
	const char *selectors[SELECTORS_MAX + 1];
	bool all, with_group, dry_run, driven;
	int functions;
	const char *type;
	bool owned;
};

/**
 * struct scenario - one machine and one request
 * @modules: loaded at boot     @late_device, @late_group: fake_group_forms_late, or NULL
 * @before: a request that is carried out first, undisturbed     @wish: the tested request
 * @after: text that the dump must contain afterwards
 * @restless: before or afterwards a device has no driver, and no override keeps native drivers off
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

/** scenario_at - scenario number @index, or NULL */
const struct scenario *scenario_at(size_t index);

/**
 * scenario_machine - the machine of a scenario, after the request @before; exits where that fails
 */
struct fake_kernel *scenario_machine(const struct scenario *scenario);

/** struct ended - the end of a transaction */
struct ended {
	int result;
	enum error_code code;
	enum outcome outcome;
	enum look_state state; /* of the first target, if it was read afterwards */
	enum answer groups_stable;
	char message[1024], remedy[512];
};

/** wish_carry_out - carry out a request in this process     @wish: NULL is recover */
void wish_carry_out(const struct fake_kernel *fake, const struct wish *wish, int timeout_ms,
		    struct ended *ret_ended);

/**
 * scenarios_open, scenarios_close - the data that all machines share; before the first, after the
 * last
 */
void scenarios_open(void);
void scenarios_close(void);
