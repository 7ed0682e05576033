/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines about a transaction in the system log. */
#include "actions/audit.h"
#include "actions/transaction.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

static char logged[4096];

static void log_line(const char *line)
{
	snprintf(logged, sizeof(logged), "%s", line);
}

static const struct host LOGGING = {.log = log_line}, SILENT = {0};

static int start(void **state)
{
	logged[0] = '\0';
	unsetenv("SUDO_UID");
	return 0;
}

static const struct target TWO[] = {
	{.label = "0000:01:00.0", .driver = "e1000e", .new_driver = "vfio-pci"},
	{.label = "0000:01:00.1", .driver = NULL, .new_driver = NULL},
};
static const struct plan PLAN = {
	.verb = "rebind",
	.targets = (struct target *)TWO,
	.target_count = ARRAY_SIZE(TWO),
};

static void the_beginning_names_devices_drivers_and_the_user(void **state)
{
	audit_begin(&LOGGING, 7, &PLAN);
	assert_string_equal(logged, "transaction 7: rebind 0000:01:00.0 (e1000e -> vfio-pci) "
				    "0000:01:00.1 (none -> none) begins, for user 0");
}

static void the_user_is_the_one_who_called_sudo(void **state)
{
	setenv("SUDO_UID", "1000", 1);
	audit_begin(&LOGGING, 7, &PLAN);
	assert_non_null(strstr(logged, "for user 1000"));
	setenv("SUDO_UID", "no number", 1);
	audit_begin(&LOGGING, 7, &PLAN);
	assert_non_null(strstr(logged, "for user 0"));
}

static void the_end_names_the_outcome_and_the_cause(void **state)
{
	audit_end(&LOGGING, 7, &PLAN, "rolled_back", "cannot bind");
	assert_non_null(strstr(logged, ": rolled_back: cannot bind"));
	audit_end(&LOGGING, 7, &PLAN, "done", NULL);
	assert_string_equal(logged + strlen(logged) - 6, ": done");
}

static void of_many_devices_eight_are_named_and_the_others_counted(void **state)
{
	struct target targets[11];
	struct plan plan = {.verb = "unbind", .targets = targets, .target_count = 11};

	for (size_t i = 0; i < ARRAY_SIZE(targets); i++)
		targets[i] = (struct target){.label = "0000:01:00.0", .driver = "nvme"};
	audit_begin(&LOGGING, 1, &plan);
	assert_non_null(strstr(logged, " and 3 more begins"));
}

static void a_name_cannot_begin_a_line_of_its_own(void **state)
{
	const struct target target = {.label = "a\nb", .driver = "c\x1b[0m"};
	struct plan plan = {
		.verb = "unbind", .targets = (struct target *)&target, .target_count = 1};

	audit_begin(&LOGGING, 1, &plan);
	assert_null(strchr(logged, '\n'));
	assert_null(strchr(logged, '\x1b'));
}

static void a_host_without_a_log_is_not_told(void **state)
{
	audit_begin(&SILENT, 7, &PLAN);
	audit_end(&SILENT, 7, &PLAN, "done", NULL);
	assert_string_equal(logged, "");
}

UNIT(audit)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_beginning_names_devices_drivers_and_the_user, start),
		cmocka_unit_test_setup(the_user_is_the_one_who_called_sudo, start),
		cmocka_unit_test_setup(the_end_names_the_outcome_and_the_cause, start),
		cmocka_unit_test_setup(of_many_devices_eight_are_named_and_the_others_counted,
				       start),
		cmocka_unit_test_setup(a_name_cannot_begin_a_line_of_its_own, start),
		cmocka_unit_test_setup(a_host_without_a_log_is_not_told, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
