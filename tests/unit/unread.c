/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unreadable facts are unknown, and not none: one file of a machine fails at a time. */
#include "checks/viability.h"
#include "model/facts.h"
#include "sources/read.h"
#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <string.h>

#define NIC "/sys/devices/pci0000:00/0000:01:00.0"

static const char TREE[] =
	"group 1 type=DMA\n"
	"pci 0000:01:00.0 in pci0000:00 group=1 driver=vfio-pci id=8086:10D3 class=20000\n"
	"pci 0000:01:00.1 in pci0000:00 group=1 id=8086:10D3 class=20000\n"
	"/sys/devices/pci0000:00/0000:01:00.0/driver_override = (null)\n";

struct unread_case {
	const char *path;
	int cause;
};

static int fail_at_path(void *context, enum root_access access, const char *path)
{
	const struct unread_case *fault = context;

	return strcmp(path, fault->path) == 0 ? fault->cause : 0;
}

/* The snapshot of TREE where @path cannot be read; NULL and the error where there is none. */
static const struct system *read_with_fault(const char *path, int cause, struct error *e)
{
	struct unread_case fault = {path, cause};
	const struct root_watch watch = {.before = fail_at_path, .context = &fault};
	const struct system *system = NULL;
	char *dir = tree_new(TREE);
	struct root *root;
	int result;

	assert_int_equal(root_open(dir, &root, e), 0);
	root_watch(&watch);
	result = system_read(root, FACTS_ALL, &system, e);
	root_watch(NULL);
	assert_int_equal(result, system ? 0 : cause);
	root_free(root);
	tree_remove(dir);
	return system;
}

static void expect_source(const struct system *system, const char *name, enum source_state state,
			  const char *file)
{
	const struct source *source = system_source(system, name);

	assert_non_null(source);
	assert_int_equal(source->state, state);
	assert_non_null(strstr(source->detail, file));
}

static void a_device_with_an_unreadable_group_may_have_one(void **state)
{
	struct error error = {0};
	const struct system *system = read_with_fault(NIC "/iommu_group", -EIO, &error);
	const struct device *device = find_device(system, "0000:01:00.0");

	assert_null(device->group);
	assert_true(device->group_unknown);
	assert_int_equal(device->dma, DMA_UNKNOWN);
	expect_source(system, "bus_devices", SOURCE_PARTIAL, NIC "/iommu_group");
	system_free(system);
}

static void a_group_is_not_viable_for_want_of_a_look_at_its_members(void **state)
{
	struct error error = {0};
	const struct system *system = read_with_fault(NIC "/iommu_group", -EACCES, &error);
	const struct group *group = system_group(system, 1);

	assert_non_null(group);
	assert_true(group->members_unknown);
	assert_null(group->fingerprint);
	assert_int_equal(group_viable(RULE_OWNERSHIP, group), ANSWER_UNKNOWN);
	system_free(system);
	system = read_with_fault("/nowhere", -EACCES, &error);
	assert_int_equal(group_viable(RULE_OWNERSHIP, system_group(system, 1)), ANSWER_YES);
	assert_non_null(system_group(system, 1)->fingerprint);
	system_free(system);
}

static void a_bus_that_cannot_be_listed_leaves_no_group_complete(void **state)
{
	struct error error = {0};
	const struct system *system = read_with_fault("/sys/bus/pci/devices", -EACCES, &error);

	assert_int_equal(system->device_count, 0);
	assert_int_equal(system->group_count, 1);
	assert_true(system->groups[0]->members_unknown);
	expect_source(system, "bus_devices", SOURCE_PARTIAL, "/sys/bus/pci/devices");
	system_free(system);
}

static void one_link_that_cannot_be_read_hides_no_other_device(void **state)
{
	struct error error = {0};
	const struct system *system =
		read_with_fault("/sys/bus/pci/devices/0000:01:00.1", -EIO, &error);

	assert_int_equal(system->device_count, 1);
	assert_true(system->groups[0]->members_unknown);
	expect_source(system, "bus_devices", SOURCE_PARTIAL, "/sys/bus/pci/devices/0000:01:00.1");
	system_free(system);
}

static void an_override_that_cannot_be_read_is_not_unset(void **state)
{
	struct error error = {0};
	const struct system *system = read_with_fault(NIC "/driver_override", -EIO, &error);
	const struct device *device = find_device(system, "0000:01:00.0");

	assert_null(device->driver_override);
	assert_true(device->override_unknown);
	assert_false(find_device(system, "0000:01:00.1")->override_unknown);
	system_free(system);
}

static void a_device_with_an_unreadable_firmware_node_may_have_streams(void **state)
{
	struct error error = {0};
	const struct system *system = read_with_fault(NIC "/uevent", -EIO, &error);
	const struct device *device = find_device(system, "0000:01:00.0");

	assert_true(device->ids_unknown);
	assert_int_equal(device->vendor_id, -1);
	assert_string_equal(device->driver, "vfio-pci");
	system_free(system);
}

static void firmware_that_cannot_be_looked_at_is_not_another_kind(void **state)
{
	struct error error = {0};
	const struct system *system =
		read_with_fault("/sys/firmware/devicetree/base", -EIO, &error);

	assert_null(system->machine.firmware);
	expect_source(system, "devicetree", SOURCE_MALFORMED, "/sys/firmware/devicetree/base");
	system_free(system);
}

static void a_process_that_has_run_out_of_descriptors_reads_nothing(void **state)
{
	static const int causes[] = {-EMFILE, -ENFILE, -ENOMEM};

	for (size_t i = 0; i < ARRAY_SIZE(causes); i++) {
		struct error error = {0};

		assert_null(read_with_fault(NIC "/uevent", causes[i], &error));
		assert_int_equal(error_exit_status(error.code), 1);
		assert_non_null(strstr(error.message, NIC "/uevent"));
		assert_null(read_with_fault("/sys/class/iommu", causes[i], &error));
	}
}

UNIT(unread)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_with_an_unreadable_group_may_have_one),
		cmocka_unit_test(a_group_is_not_viable_for_want_of_a_look_at_its_members),
		cmocka_unit_test(a_bus_that_cannot_be_listed_leaves_no_group_complete),
		cmocka_unit_test(one_link_that_cannot_be_read_hides_no_other_device),
		cmocka_unit_test(an_override_that_cannot_be_read_is_not_unset),
		cmocka_unit_test(a_device_with_an_unreadable_firmware_node_may_have_streams),
		cmocka_unit_test(firmware_that_cannot_be_looked_at_is_not_another_kind),
		cmocka_unit_test(a_process_that_has_run_out_of_descriptors_reads_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
