/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chains of suppliers that lead back, that part, or that have no end. */
#include "checks/deferral.h"
#include "model/build.h"
#include "support/chain.h"
#include "support/check.h"

static void a_circle_ends_where_it_closes(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *one = chain_device(build, "one", DEVICE_DEFERRED);
	struct device *two = chain_device(build, "two", DEVICE_DEFERRED);
	const struct system *system;

	chain_wait_for(build, one, "clock", two);
	chain_wait_for(build, two, "clock", one);
	system = chain_seal(build);
	chain_assert_cause(system, "one", "supplier_cycle", "one");
	assert_int_equal(chain_deferral(system, "one").outcome.what, DEFERRAL_NEVER);
	system_free(system);
}

/* "display" and "phy" wait for each other, and "display" for a clock as well. */
static const struct system *broken_cycle(bool by_link, bool by_log, enum device_state clock_state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *display = chain_device(build, "display", DEVICE_DEFERRED);
	struct device *phy = chain_device(build, "phy", DEVICE_DEFERRED);
	struct supplier *suppliers = arena_array(build_arena(build), 2, sizeof(*suppliers));

	display->firmware_node = "/display";
	phy->firmware_node = "/phy";
	chain_wait_for(build, phy, "clock", display)->orders_only = by_link;
	suppliers[0] = *chain_wait_for(build, display, "phy", phy);
	suppliers[1] =
		*chain_wait_for(build, display, "clock", chain_device(build, "clock", clock_state));
	build_find_probing(build, display)->suppliers = suppliers;
	build_find_probing(build, display)->supplier_count = 2;
	if (by_log)
		build_remark(build, (struct remark){.kind = REMARK_CYCLE_FIXED,
						    .device = "/phy",
						    .other = "/display",
						    .text = "Fixed dependency cycle(s)"});
	return chain_seal(build);
}

static void a_circle_that_the_kernel_has_broken_is_none(void **state)
{
	for (int way = 0; way < 3; way++) {
		_autosystem_ const struct system *system =
			broken_cycle(way == 1, way == 2, DEVICE_UNBOUND);

		if (way)
			chain_assert_cause(system, "display", "supplier_no_driver", "clock");
		else
			chain_assert_cause(system, "display", "supplier_cycle", "display");
	}
}

static void a_device_that_waits_for_itself_is_a_circle_too(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *one = chain_device(build, "one", DEVICE_DEFERRED);
	const struct system *system;

	chain_wait_for(build, one, "clock", one);
	system = chain_seal(build);
	chain_assert_cause(system, "one", "supplier_cycle", "one");
	system_free(system);
}

static void two_ways_to_one_supplier_are_no_circle(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *disk = chain_device(build, "disk", DEVICE_DEFERRED);
	struct device *left = chain_device(build, "left", DEVICE_DEFERRED);
	struct device *right = chain_device(build, "right", DEVICE_DEFERRED);
	struct device *clock = chain_device(build, "clock", DEVICE_UNBOUND);
	struct supplier *suppliers = arena_array(build_arena(build), 2, sizeof(*suppliers));
	const struct system *system;

	suppliers[0] = *chain_wait_for(build, disk, "clock", left);
	suppliers[1] = *chain_wait_for(build, disk, "clock", right);
	build_find_probing(build, disk)->suppliers = suppliers;
	build_find_probing(build, disk)->supplier_count = 2;
	chain_wait_for(build, left, "clock", clock);
	chain_wait_for(build, right, "clock", clock);
	system = chain_seal(build);
	chain_assert_cause(system, "disk", "supplier_no_driver", "clock");
	assert_int_equal(chain_deferral(system, "disk").link_count, 4);
	system_free(system);
}

static void a_chain_without_end_is_cut(void **state)
{
	enum { LENGTH = 100 };
	struct build *build = chain_machine(SOURCE_READ);
	struct device *before = chain_device(build, "first", DEVICE_DEFERRED);
	const struct system *system;

	for (int i = 0; i < LENGTH; i++) {
		struct device *next = chain_device(
			build, arena_printf(build_arena(build), "device%d", i), DEVICE_DEFERRED);

		chain_wait_for(build, before, "clock", next);
		before = next;
	}
	system = chain_seal(build);
	assert_in_range(chain_deferral(system, "first").link_count, 5, LENGTH);
	assert_int_equal(chain_deferral(system, "first").cause.finding.code, CODE_UNKNOWN);
	system_free(system);
}

/* The kernel has broken a cycle, by its log, but not this one. */
static void another_circle_that_the_kernel_has_broken_is_no_answer(void **state)
{
	static const struct {
		const char *device, *other, *node;
	} rows[] = {
		{"/phy", "/elsewhere", "/display"},
		{"/phy", NULL, "/display"},
		{"/elsewhere", "/display", "/display"},
		{"/phy", "/display", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct build *build = chain_machine(SOURCE_READ);
		struct device *display = chain_device(build, "display", DEVICE_DEFERRED);
		struct device *phy = chain_device(build, "phy", DEVICE_DEFERRED);
		_autosystem_ const struct system *system = NULL;

		display->firmware_node = rows[i].node;
		phy->firmware_node = "/phy";
		chain_wait_for(build, phy, "clock", display);
		chain_wait_for(build, display, "phy", phy);
		build_remark(build, (struct remark){.kind = REMARK_CYCLE_FIXED,
						    .device = rows[i].device,
						    .other = rows[i].other,
						    .text = "Fixed dependency cycle(s)"});
		system = chain_seal(build);
		chain_assert_cause(system, "display", "supplier_cycle", "display");
	}
}

UNIT(deferral_cycle)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_circle_ends_where_it_closes),
		cmocka_unit_test(a_circle_that_the_kernel_has_broken_is_none),
		cmocka_unit_test(a_device_that_waits_for_itself_is_a_circle_too),
		cmocka_unit_test(two_ways_to_one_supplier_are_no_circle),
		cmocka_unit_test(a_chain_without_end_is_cut),
		cmocka_unit_test(another_circle_that_the_kernel_has_broken_is_no_answer),
	};

	return cmocka_run_group_tests(tests, chain_start, chain_end);
}
