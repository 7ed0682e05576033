/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/diagnosis.h"

#include "support/check.h"

const struct finding *diagnosis_find(const struct findings *findings, enum finding_code code)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].code == code)
			return &findings->items[i];
	return NULL;
}

void diagnosis_has(const char *tree, enum finding_code code, enum severity severity,
		   const char *subject)
{
	_autosystem_ const struct system *system = snapshot(tree, DOCTOR_FACTS);
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings = doctor_findings(system, NULL, arena);
	const struct finding *finding = diagnosis_find(&findings, code);

	if (!finding)
		fail_msg("no %s in\n%s", code_kinds[code].word, tree);
	assert_int_equal(finding->severity, severity);
	if (subject)
		assert_string_equal(finding->subject, subject);
	else
		assert_null(finding->subject);
}

void diagnosis_lacks(const char *tree, enum finding_code code)
{
	_autosystem_ const struct system *system = snapshot(tree, DOCTOR_FACTS);
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings = doctor_findings(system, NULL, arena);

	if (diagnosis_find(&findings, code))
		fail_msg("%s in\n%s", code_kinds[code].word, tree);
}
