/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/overview.h"

#include "checks/usage.h"
#include "commands/rows.h"
#include "views/boot.h"
#include "views/devices.h"
#include "views/findings.h"
#include "views/groups.h"
#include "views/iommus.h"

enum { SECTION_FINDINGS, SECTION_IOMMUS, SECTION_GROUPS, SECTION_DEVICES };
enum { MEMBER_BOOT };

const struct document_kind overview_kind = {
	.host = true,
	.sections = {[SECTION_FINDINGS] = {"findings", finding_columns},
		     [SECTION_IOMMUS] = {"iommus", iommu_columns},
		     [SECTION_GROUPS] = {"groups", group_columns},
		     [SECTION_DEVICES] = {"devices", device_columns}},
	.members = {[MEMBER_BOOT] = "boot"},
};

struct findings overview_findings(const struct look *look, struct arena *arena)
{
	struct findings findings = {0};

	if (!look->system->group_count)
		findings_add(&findings, arena, usage_advice(look->system, arena));
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
	struct document document = rows_document(&overview_kind, look);

	document.rows[SECTION_FINDINGS] = finding_rows;
	document.rows[SECTION_IOMMUS] = iommus;
	document.rows[SECTION_GROUPS] = groups;
	document.rows[SECTION_DEVICES] = devices;
	document.values[MEMBER_BOOT] = json_boot(look->system, look->facts);
	return json_print(&document, e);
}
