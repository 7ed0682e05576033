/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/viability.h"
#include "model/build.h"
#include "support/check.h"

/* One group with one device of that driver and class. */
static enum answer viable_with(enum viability_rule rule, const char *driver, int class,
			       const char *vfio_dev)
{
	struct build *build = build_new();
	struct device *device = build_device(build, "pci", "x", "/sys/devices/x");
	const struct system *system;
	enum answer answer;

	device->group = build_group(build, 1);
	device->driver = driver;
	device->driver_known = true;
	device->class = class;
	device->vfio_dev = vfio_dev;
	system = build_seal(build, 0);
	answer = group_viable(rule, system->groups[0]);
	system_free(system);
	return answer;
}

static void a_host_driver_blocks(void **state)
{
	assert_int_equal(viable_with(RULE_OWNERSHIP, "e1000e", 0x020000, NULL), ANSWER_NO);
	assert_int_equal(viable_with(RULE_DRIVER_LIST, "e1000e", 0x020000, NULL), ANSWER_NO);
}

static void no_driver_and_vfio_drivers_do_not(void **state)
{
	assert_int_equal(viable_with(RULE_OWNERSHIP, NULL, 0x020000, NULL), ANSWER_YES);
	assert_int_equal(viable_with(RULE_OWNERSHIP, "vfio-pci", 0x020000, NULL), ANSWER_YES);
	assert_int_equal(viable_with(RULE_OWNERSHIP, "pci-stub", 0x020000, NULL), ANSWER_YES);
	assert_int_equal(viable_with(RULE_OWNERSHIP, "mlx5_vfio_pci", 0x020000, NULL), ANSWER_YES);
}

static void an_unknown_vfio_driver_is_known_by_its_device(void **state)
{
	assert_int_equal(viable_with(RULE_OWNERSHIP, "acme-vfio-pci", 0x120000, NULL), ANSWER_NO);
	assert_int_equal(viable_with(RULE_OWNERSHIP, "acme-vfio-pci", 0x120000, "vfio0"),
			 ANSWER_YES);
}

static void a_bridge_with_its_own_driver_is_fine_only_before_5_19(void **state)
{
	assert_int_equal(viable_with(RULE_DRIVER_LIST, "shpchp", 0x060400, NULL), ANSWER_YES);
	assert_int_equal(viable_with(RULE_OWNERSHIP, "shpchp", 0x060400, NULL), ANSWER_NO);
	assert_int_equal(viable_with(RULE_OWNERSHIP, "pcieport", 0x060400, NULL), ANSWER_YES);
}

static void an_unreadable_driver_is_unknown_not_yes(void **state)
{
	struct build *build = build_new();
	const struct system *system;

	build_device(build, "pci", "x", "/sys/devices/x")->group = build_group(build, 1);
	system = build_seal(build, 0);
	assert_int_equal(group_viable(RULE_OWNERSHIP, system->groups[0]), ANSWER_UNKNOWN);
	system_free(system);
}

static enum viability_rule rule_of(const char *release, bool vfio_dev)
{
	struct build *build = build_new();
	const struct system *system;
	enum viability_rule rule;

	build_machine(build)->kernel = release;
	build_device(build, "pci", "x", "/sys/devices/x")->vfio_dev = vfio_dev ? "vfio0" : NULL;
	system = build_seal(build, 0);
	rule = viability_rule(system);
	system_free(system);
	return rule;
}

static void the_rule_follows_the_kernel(void **state)
{
	assert_int_equal(rule_of("5.18.0", false), RULE_DRIVER_LIST);
	assert_int_equal(rule_of("4.19.1-foo", false), RULE_DRIVER_LIST);
	assert_int_equal(rule_of("5.19.0", false), RULE_OWNERSHIP);
	assert_int_equal(rule_of("6.12.117", false), RULE_OWNERSHIP);
	assert_int_equal(rule_of(NULL, false), RULE_OWNERSHIP);
	assert_int_equal(rule_of("odd", false), RULE_OWNERSHIP);
}

static void a_backport_shows_itself(void **state)
{
	assert_int_equal(rule_of("5.14.0-427.el9", true), RULE_OWNERSHIP);
}

UNIT(viability)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_driver_blocks),
		cmocka_unit_test(no_driver_and_vfio_drivers_do_not),
		cmocka_unit_test(an_unknown_vfio_driver_is_known_by_its_device),
		cmocka_unit_test(a_bridge_with_its_own_driver_is_fine_only_before_5_19),
		cmocka_unit_test(an_unreadable_driver_is_unknown_not_yes),
		cmocka_unit_test(the_rule_follows_the_kernel),
		cmocka_unit_test(a_backport_shows_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
