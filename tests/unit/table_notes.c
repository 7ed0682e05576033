/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The oddities of firmware tables, as findings. */
#include "checks/table_notes.h"

#include "model/facts.h"
#include "support/check.h"

#include <string.h>

/* A DMAR with one unit for all devices and without a checksum. */
#define DMAR                                                                                       \
	"/sys/firmware/acpi/tables/DMAR = "                                                        \
	"DMAR\\x40\\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00"                              \
	"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x" \
	"00\\x00\\x00"                                                                             \
	"\\x00\\x26\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x10\\x00\\x" \
	"01\\x00\\x00"                                                                             \
	"\\x00\\x00\\x00\\xd9\\xfe\\x00\\x00\\x00\\x00\\c\n"

static void an_oddity_is_told_after_the_table_is_gone(void **state)
{
	_autosystem_ const struct system *system =
		snapshot("pci 0000:01:00.0 in pci0000:00\n" DMAR, FACT_STREAMS);
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings = {0};

	table_notes_findings(system, &findings, arena);
	assert_int_equal(findings.count, 1);
	assert_int_equal(findings.items[0].code, CODE_TABLE_ODD);
	assert_string_equal(findings.items[0].subject, "DMAR");
	assert_string_equal(findings.items[0].message, "offset 0x0: the checksum is wrong");
	assert_string_equal(findings.items[0].evidence, "/sys/firmware/acpi/tables/DMAR");
}

UNIT(table_notes)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_oddity_is_told_after_the_table_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
