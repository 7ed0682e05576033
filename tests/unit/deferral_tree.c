/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree of causes: each root cause once, and the devices that wait for it below. */
#include "checks/deferral_tree.h"
#include "model/build.h"
#include "support/chain.h"
#include "support/check.h"

#include <string.h>

/* The tree as text: a line for each node, a blank for each level above it. */
static const char *tree_text(const struct system *system, struct arena *arena)
{
	struct deferrals found = deferrals(system, NULL, arena);
	size_t count;
	const struct deferral_node *nodes = deferral_tree(&found, arena, &count);
	const char *text = "";

	for (size_t i = 0; i < count; i++) {
		const struct link *link = nodes[i].link;

		assert_true(nodes[i].parent < (int)i);
		for (int above = nodes[i].parent; above >= 0; above = nodes[above].parent)
			text = arena_concat(arena, text, " ", "");
		text = arena_printf(arena, "%s%s%s\n", text,
				    !link		     ? nodes[i].deferral->device->label
				    : link->supplier->device ? link->supplier->device->label
							     : link->supplier->name,
				    link ? "*" : "");
	}
	return text;
}

static void check_tree(struct build *build, const char *expected)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct system *system = chain_seal(build);

	assert_string_equal(tree_text(system, arena), expected);
	system_free(system);
}

static void devices_are_below_the_cause_that_they_share(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *clock = chain_device(build, "clock", DEVICE_UNBOUND);

	chain_wait_for(build, chain_device(build, "disk", DEVICE_DEFERRED), "clock", clock);
	chain_wait_for(build, chain_device(build, "net", DEVICE_DEFERRED), "clock", clock);
	check_tree(build, "clock*\n disk\n net\n");
}

static void a_supplier_that_waits_itself_is_one_node(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *disk = chain_device(build, "disk", DEVICE_DEFERRED);
	struct device *smmu = chain_device(build, "smmu", DEVICE_DEFERRED);
	struct device *net = chain_device(build, "net", DEVICE_DEFERRED);
	struct device *clock = chain_device(build, "clock", DEVICE_UNBOUND);

	chain_wait_for(build, disk, "iommu", smmu);
	chain_wait_for(build, net, "iommu", smmu);
	chain_wait_for(build, smmu, "clock", clock);
	check_tree(build, "clock*\n smmu\n  disk\n  net\n");
}

static void wait_for_both(struct build *build, struct device *device, const struct device *first,
			  const struct device *second)
{
	struct probing *probing = build_find_probing(build, device);
	struct supplier *suppliers = arena_array(build_arena(build), 2, sizeof(*suppliers));

	suppliers[0] = *chain_wait_for(build, device, "clock", first);
	suppliers[1] = *chain_wait_for(build, device, "clock", second);
	probing->suppliers = suppliers;
	probing->supplier_count = 2;
}

static void of_several_suppliers_the_way_to_the_cause_is_shown(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *disk = chain_device(build, "disk", DEVICE_DEFERRED);
	struct device *net = chain_device(build, "net", DEVICE_DEFERRED);
	struct device *first = chain_device(build, "first", DEVICE_UNBOUND);
	struct device *second = chain_device(build, "second", DEVICE_UNBOUND);

	wait_for_both(build, disk, first, second);
	chain_wait_for(build, net, "clock", second);
	check_tree(build, "first*\n disk\nsecond*\n net\n");
}

static void a_device_that_waits_for_nothing_known_is_a_root(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);

	chain_device(build, "disk", DEVICE_DEFERRED);
	chain_device(build, "net", DEVICE_DEFERRED);
	check_tree(build, "disk\nnet\n");
}

UNIT(deferral_tree)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices_are_below_the_cause_that_they_share),
		cmocka_unit_test(a_supplier_that_waits_itself_is_one_node),
		cmocka_unit_test(of_several_suppliers_the_way_to_the_cause_is_shown),
		cmocka_unit_test(a_device_that_waits_for_nothing_known_is_a_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
