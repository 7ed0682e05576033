/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which deferrals share a finding: each from a list made by hand. */
#include "checks/deferral.h"
#include "support/check.h"

#include <string.h>

/* A deferral of @device; @of_supplier: the cause is a supplier, not the device itself. */
static struct deferral wait_of(const struct device *device, enum finding_code code,
			       const char *subject, bool of_supplier, const char *remedy)
{
	static const struct link link;
	struct finding finding = {.code = code, .subject = subject, .message = "it waits"};

	return (struct deferral){.device = device,
				 .culprit = of_supplier ? &link : NULL,
				 .cause = {.finding = finding},
				 .remedy = remedy};
}

static const struct device one = {.label = "one"}, two = {.label = "two"};

struct pair {
	struct deferral left, right;
	size_t findings;
	const char *subject, *remedy; /* of the first finding */
};

static void assert_same(const char *actual, const char *expected)
{
	if (expected)
		assert_string_equal(actual, expected);
	else
		assert_null(actual);
}

static void check_pair(struct pair pair)
{
	_autoarena_ struct arena *arena = arena_new();
	struct deferral items[] = {pair.left, pair.right};
	struct deferrals found = {items, ARRAY_SIZE(items)};
	struct findings findings = deferrals_findings(&found, arena);

	assert_int_equal(findings.count, pair.findings);
	assert_int_equal(findings.items[0].device_count, 3 - pair.findings);
	assert_same(findings.items[0].subject, pair.subject);
	assert_same(findings.items[0].remedy, pair.remedy);
}

static void devices_that_wait_for_themselves_are_one_finding_without_a_subject(void **state)
{
	enum finding_code manual = CODE_MANUAL_BIND_DEFERRED;

	check_pair((struct pair){wait_of(&one, CODE_UNKNOWN, "one", false, NULL),
				 wait_of(&two, CODE_UNKNOWN, "two", false, NULL), 1, NULL, NULL});
	check_pair((struct pair){wait_of(&one, manual, "one", false, "echo"),
				 wait_of(&two, manual, "two", false, "echo"), 1, NULL, "echo"});
}

static void a_device_s_own_cause_is_not_that_of_a_supplier(void **state)
{
	check_pair((struct pair){wait_of(&one, CODE_UNKNOWN, "smmu", true, NULL),
				 wait_of(&two, CODE_UNKNOWN, "smmu", false, NULL), 2, "smmu",
				 NULL});
	check_pair((struct pair){wait_of(&one, CODE_UNKNOWN, "smmu", false, NULL),
				 wait_of(&two, CODE_UNKNOWN, "smmu", true, NULL), 2, "smmu", NULL});
}

static void another_supplier_is_another_finding(void **state)
{
	enum finding_code code = CODE_IOMMU_MODULE_NOT_LOADED;

	check_pair((struct pair){wait_of(&one, code, "smmu", true, "x"),
				 wait_of(&two, code, "smmu", true, "x"), 1, "smmu", "x"});
	check_pair((struct pair){wait_of(&one, code, "smmu", true, "x"),
				 wait_of(&two, code, "clk", true, "x"), 2, "smmu", "x"});
}

static void a_remedy_that_differs_is_that_of_the_first(void **state)
{
	enum finding_code code = CODE_IOMMU_MODULE_NOT_LOADED;

	check_pair((struct pair){wait_of(&one, code, "smmu", true, "x"),
				 wait_of(&two, code, "smmu", true, "y"), 1, "smmu",
				 "x (for one; the same for the other 1)"});
	check_pair((struct pair){wait_of(&one, code, "smmu", true, "x"),
				 wait_of(&two, code, "smmu", true, NULL), 1, "smmu",
				 "x (for one; the same for the other 1)"});
	check_pair((struct pair){wait_of(&one, code, "smmu", true, NULL),
				 wait_of(&two, code, "smmu", true, "y"), 1, "smmu", NULL});
}

UNIT(deferral_findings)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			devices_that_wait_for_themselves_are_one_finding_without_a_subject),
		cmocka_unit_test(a_device_s_own_cause_is_not_that_of_a_supplier),
		cmocka_unit_test(another_supplier_is_another_finding),
		cmocka_unit_test(a_remedy_that_differs_is_that_of_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
