/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two snapshots, before and after a PCI device was removed and found again. */
#include "checks/stability.h"
#include "model/build.h"
#include "support/arena.h"
#include "support/check.h"

#include <string.h>

#define PORT "/sys/devices/pci0000:00/0000:00:01.0"
#define OTHER "/sys/devices/pci0000:00/0000:00:02.0"

/* A card below a port, and a disk that nothing touches. @name: of the card, NULL gone */
struct place {
	const char *name;
	int card_group, disk_group;
	const char *identity;
	uint32_t stream;
};

static struct device *add_member(struct build *build, const char *path, int group,
				 const char *iommu)
{
	const char *name = strrchr(path, '/') + 1;
	struct device *device = build_device(build, "pci", name, path);
	struct group *joined = group < 0 ? NULL : build_find_group(build, group);

	device->driver = "nvme";
	device->driver_known = true;
	if (group < 0)
		return device;
	if (!joined)
		joined = build_group(build, group);
	joined->type = "DMA";
	device->group = joined;
	device->iommu = build_find_iommu(build, iommu);
	return device;
}

static const struct system *machine_at(const struct place *place)
{
	struct build *build = build_new();
	struct device *card = NULL;

	build_iommu(build, "dmar0")->identity = place->identity ? place->identity : "0x1000";
	build_iommu(build, "dmar1")->identity = "0x2000";
	if (place->name)
		card = add_member(build, arena_concat(arena, PORT, "/", place->name),
				  place->card_group, "dmar0");
	add_member(build, OTHER, place->disk_group, "dmar1");
	if (card && place->stream)
		build_stream(build, card)->id = place->stream;
	return build_seal(build, FACT_FINGERPRINT | FACT_IOMMUS | FACT_STREAMS);
}

static const char *told(struct place before, struct place after)
{
	const char *touched[] = {PORT "/0000:01:00.0",
				 arena_concat(arena, PORT, "/", after.name ? after.name : "-")};
	_autosystem_ const struct system *one = machine_at(&before), *other = machine_at(&after);
	struct changes changes = stability_compare_rescanned(one, other, touched, 2, arena);
	const char *all = "";

	for (size_t i = 0; i < changes.count; i++)
		all = arena_printf(arena, "%s%s%s%s", all, *all ? "; " : "",
				   change_kind_name(changes.items[i].kind),
				   changes.items[i].judged ? " judged" : "");
	return all;
}

#define HERE "0000:01:00.0", 1, 2

static void the_same_again_is_no_change(void **state)
{
	assert_string_equal(told((struct place){HERE}, (struct place){HERE}), "");
}

static void another_number_is_told_and_not_judged(void **state)
{
	assert_string_equal(told((struct place){HERE}, (struct place){"0000:01:00.0", 3, 2}),
			    "renumbered");
}

static void another_address_is_told_and_not_judged(void **state)
{
	assert_string_equal(told((struct place){HERE, .stream = 0x100},
				 (struct place){"0000:05:00.0", 1, 2, .stream = 0x500}),
			    "address");
	assert_string_equal(told((struct place){HERE}, (struct place){"0000:05:00.0", 3, 2}),
			    "renumbered; address");
}

static void another_iommu_is_judged_at_any_address(void **state)
{
	assert_string_equal(told((struct place){HERE},
				 (struct place){"0000:05:00.0", 1, 2, .identity = "0x3000"}),
			    "iommu judged; address");
	assert_string_equal(told((struct place){HERE}, (struct place){HERE, .identity = "0x3000"}),
			    "iommu judged");
}

static void a_new_group_is_told_and_a_wrong_one_judged(void **state)
{
	assert_string_equal(told((struct place){"0000:01:00.0", -1, 2}, (struct place){HERE}),
			    "group_gained");
	assert_string_equal(
		told((struct place){"0000:01:00.0", -1, 2}, (struct place){"0000:01:00.0", 2, 2}),
		"members judged; group_gained");
}

static void a_device_that_is_lost_is_judged(void **state)
{
	assert_string_equal(told((struct place){HERE}, (struct place){NULL, -1, 2}),
			    "group_gone judged; device_gone judged");
}

static void a_group_elsewhere_is_not_judged(void **state)
{
	assert_string_equal(told((struct place){HERE}, (struct place){"0000:01:00.0", 1, 4}),
			    "renumbered");
}

UNIT(stability_rescanned)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_again_is_no_change),
		cmocka_unit_test(another_number_is_told_and_not_judged),
		cmocka_unit_test(another_address_is_told_and_not_judged),
		cmocka_unit_test(another_iommu_is_judged_at_any_address),
		cmocka_unit_test(a_new_group_is_told_and_a_wrong_one_judged),
		cmocka_unit_test(a_device_that_is_lost_is_judged),
		cmocka_unit_test(a_group_elsewhere_is_not_judged),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
