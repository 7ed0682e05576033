/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * examined - the findings of one rule of doctor, for a system made by hand
 *
 *     examined_finds(doctor_pins, &system, CODE_PIN_UNMET, "the pin nic is ambiguous");
 *     examined_finds_none(doctor_pins, &system);
 */
#pragma once

#include "checks/doctor_rules.h"
#include "support/arena.h"
#include "support/check.h"

#include <string.h>

typedef void (*examined_rule)(struct examination *examination);

/** examined_findings - those of @rule     @chosen: as in struct examination; lives in arena */
static inline struct findings examined_findings(examined_rule rule, const struct system *system,
						const bool *chosen)
{
	struct examination examination = {.system = system, .chosen = chosen, .arena = arena};

	rule(&examination);
	return examination.findings;
}

/** examined_finds - fails the test unless @rule has one finding, of that code and with @words */
static inline struct finding examined_finds(examined_rule rule, const struct system *system,
					    enum finding_code code, const char *words)
{
	struct findings findings = examined_findings(rule, system, NULL);

	assert_int_equal(findings.count, 1);
	assert_string_equal(code_kinds[findings.items->code].word, code_kinds[code].word);
	if (!strstr(findings.items->message, words))
		fail_msg("\"%s\" does not say \"%s\"", findings.items->message, words);
	return *findings.items;
}

/** examined_finds_none - fails the test where @rule has a finding */
static inline void examined_finds_none(examined_rule rule, const struct system *system)
{
	struct findings findings = examined_findings(rule, system, NULL);

	if (findings.count)
		fail_msg("%s: %s", code_kinds[findings.items->code].word, findings.items->message);
}
