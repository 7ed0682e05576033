/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/overview.h"

#include "checks/usage.h"
#include "commands/rows.h"
#include "views/devices.h"
#include "views/findings.h"
#include "views/groups.h"
#include "views/iommus.h"

struct findings overview_findings(const struct look *look, struct arena *arena)
{
	struct findings findings = {0};

	if (!look->system->group_count)
		findings_add(&findings, arena, usage_advice(look->system));
	return findings;
}

int overview_print(const struct look *look, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings = overview_findings(look, arena);
	_autorows_ struct rows finding_rows = rows_findings(look, &findings);
	_autorows_ struct rows iommus = rows_iommus(look);
	_autorows_ struct rows groups = rows_groups(look);
	_autorows_ struct rows devices = rows_devices(look, true);
	const struct section sections[] = {
		rows_section("findings", finding_columns, &finding_rows),
		rows_section("iommus", iommu_columns, &iommus),
		rows_section("groups", group_columns, &groups),
		rows_section("devices", device_columns, &devices),
	};

	return rows_print_document(look, sections, ARRAY_SIZE(sections), e);
}

static const struct section sections[] = {
	{"findings", finding_columns, NULL, 0},
	{"iommus", iommu_columns, NULL, 0},
	{"groups", group_columns, NULL, 0},
	{"devices", device_columns, NULL, 0},
};

const struct document overview_empty = {
	.host = true, .sections = sections, .section_count = ARRAY_SIZE(sections)};
