/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the type of a group can be changed at run time, advice names the command for it. */
#include "checks/domain_remedy.h"
#include "support/arena.h"
#include "support/check.h"

#include <string.h>

static const char *remedy(const char *kernel, const char *type, size_t members)
{
	struct group group = {.id = 7, .type = type, .device_count = members};
	struct system system = {.machine.kernel = kernel};

	return domain_remedy(&system, &group, arena);
}

static void the_command_is_named_where_the_kernel_changes_the_type(void **state)
{
	static const struct {
		const char *kernel, *type;
		size_t members;
		bool changes;
	} rows[] = {
		{"6.12.1", "identity", 1, true},   {"6.12.1", "identity", 2, true},
		{"6.1.1", "identity", 1, true},	   {"6.1.1", "identity", 2, false},
		{"5.10.1", "identity", 1, false},  {NULL, "identity", 2, true},
		{"6.12.1", "unmanaged", 1, false}, {"6.12.1", NULL, 1, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *text = remedy(rows[i].kernel, rows[i].type, rows[i].members);

		if (rows[i].changes)
			assert_string_equal(text, "iommuctl domain group:7 DMA");
		else
			assert_null(text);
	}
}

static void a_device_without_a_group_has_no_type(void **state)
{
	struct system system = {.machine.kernel = "6.12.1"};

	assert_null(domain_remedy(&system, NULL, arena));
}

UNIT(domain_remedy)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_command_is_named_where_the_kernel_changes_the_type),
		cmocka_unit_test(a_device_without_a_group_has_no_type),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
