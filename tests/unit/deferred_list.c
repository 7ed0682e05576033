/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's list of deferred devices, whole and torn. */
#include "sources/deferral/deferred_list.h"
#include "checks/deferral.h"
#include "model/facts.h"
#include "sources/read.h"
#include "support/check.h"
#include "support/tree.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

static struct deferred_list parse(struct arena *arena, const char *text)
{
	return deferred_list_parse(arena_strdup(arena, text), arena);
}

static void a_reason_follows_the_tab_or_there_is_none(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct deferred_list list = parse(arena, "b\tplatform: supplier a not ready\na\t\n");

	assert_int_equal(list.count, 2);
	assert_null(deferred_list_find(&list, "a")->reason);
	assert_string_equal(deferred_list_find(&list, "b")->reason,
			    "platform: supplier a not ready");
	assert_null(deferred_list_find(&list, "c"));
}

static void a_reason_of_several_lines_is_one_reason(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct deferred_list list = parse(arena, "a\tone\ntwo\n\nthree\nb\t\n");

	assert_int_equal(list.count, 2);
	assert_string_equal(deferred_list_find(&list, "a")->reason, "one two three");
}

static void a_name_behind_a_reason_without_newline_is_found(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct deferred_list list = parse(arena, "a\tit is not readyb.1\tand more\n");

	assert_non_null(deferred_list_find(&list, "a"));
	assert_string_equal(deferred_list_find(&list, "b.1")->reason, "and more");
	assert_null(deferred_list_find(&list, "c.1"));
	list = parse(arena, "it is not readyb.1\treason\n");
	assert_string_equal(deferred_list_find(&list, "b.1")->reason, "reason");
}

static void a_name_that_is_listed_twice_is_counted(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct deferred_list list = parse(arena, "a\t\na\tx\nb\t\n");

	assert_int_equal(deferred_list_find(&list, "a")->times, 2);
	assert_int_equal(deferred_list_find(&list, "b")->times, 1);
}

static void an_endless_reason_is_cut(void **state)
{
	enum { LINES = 100000 };
	_autoarena_ struct arena *arena = arena_new();
	char *text = arena_alloc(arena, 2 * LINES + 3);
	struct deferred_list list;

	memcpy(text, "a\t", 2);
	for (size_t i = 0; i < LINES; i++)
		memcpy(text + 2 + 2 * i, "x\n", 2);
	list = deferred_list_parse(text, arena);
	assert_true(strlen(deferred_list_find(&list, "a")->reason) < 4096);
}

static void a_name_on_two_buses_is_said_to_be_ambiguous(void **state)
{
	const struct system *system = snapshot("pci twin in pci0000:00 group=1\n"
					       "platform twin group=2\n"
					       "platform other group=3\n"
					       "/sys/kernel/debug/devices_deferred = twin\\t\n",
					       FACT_DEFERRAL);
	const struct source *source = system_source(system, "devices_deferred");

	assert_int_equal(source->state, SOURCE_PARTIAL);
	assert_non_null(strstr(source->detail, "twin"));
	assert_int_equal(find_device(system, "pci:twin")->state, DEVICE_UNKNOWN);
	assert_int_equal(find_device(system, "platform:twin")->state, DEVICE_UNKNOWN);
	assert_int_equal(find_device(system, "other")->state, DEVICE_UNBOUND);
	system_free(system);
}

static void a_torn_name_is_one_device_however_often_it_is_looked_for(void **state)
{
	static const unsigned facts[] = {FACT_DEFERRAL, FACT_SUPPLIERS};

	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		const struct system *system =
			snapshot("platform one group=1\nplatform two group=2\n"
				 "/sys/kernel/debug/devices_deferred = one\\tno newlinetwo\\t\n",
				 facts[i]);

		assert_int_equal(find_device(system, "one")->state, DEVICE_DEFERRED);
		assert_int_equal(find_device(system, "two")->state, DEVICE_DEFERRED);
		assert_int_equal(system_source(system, "devices_deferred")->state, SOURCE_READ);
		system_free(system);
	}
}

/* Check the doubt that a list with the device "one" leaves. */
static void assert_doubt(const char *list, const char *doubt)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct system *system =
		snapshot(arena_printf(arena,
				      "platform one group=1\n"
				      "/sys/kernel/debug/devices_deferred = %s\n",
				      list),
			 FACT_SUPPLIERS);
	const struct source *source = system_source(system, "devices_deferred");

	assert_int_equal(find_device(system, "one")->state, DEVICE_DEFERRED);
	assert_int_equal(source->state, SOURCE_PARTIAL);
	assert_non_null(strstr(source->detail, doubt));
	system_free(system);
}

static void a_name_that_no_device_has_is_reported(void **state)
{
	assert_doubt("one\\t\\nvanished\\t", "called \"vanished\"");
	assert_doubt("one\\tno newlinevanished\\t", "no newlinevanished");
}

/* A tree with a waiting device whose driver is registered, and that is not on the list. */
static const char off_the_list[] =
	"platform disk group=2\n"
	"/sys/bus/platform/drivers/sd/\n"
	"/sys/devices/platform/disk/driver_override = sd\n"
	"/sys/devices/platform/disk/supplier:platform:gone -> ../gone\n"
	"/sys/class/devlink/platform:gone--platform:disk/status = dormant\n"
	"/sys/kernel/debug/devices_deferred = \n";

static enum device_state state_of_disk(const char *dir)
{
	const struct system *system = NULL;
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	enum device_state state;

	assert_int_equal(root_open(dir, &root, &error), 0);
	assert_int_equal(system_read(root, FACT_SUPPLIERS, &system, &error), 0);
	state = find_device(system, "disk")->state;
	system_free(system);
	return state;
}

static void a_device_that_is_not_listed_was_bound_by_hand(void **state)
{
	char *dir = tree_new(off_the_list);

	assert_int_equal(state_of_disk(dir), DEVICE_WAITING);
	tree_remove(dir);
}

/* In a process of its own: after the list at @path was read once, add "disk" to it. */
static pid_t list_after_first_look(const char *path)
{
	int events = inotify_init1(IN_CLOEXEC);
	char event[sizeof(struct inotify_event) + NAME_MAX + 1];
	pid_t pid;

	assert_true(inotify_add_watch(events, path, IN_CLOSE_NOWRITE) >= 0);
	pid = fork();
	if (pid == 0) {
		bool seen = read(events, event, sizeof(event)) > 0;
		FILE *file = fopen(path, "w");

		_exit(!seen || !file || fputs("disk\t\n", file) < 0 || fclose(file));
	}
	close(events);
	return pid;
}

static void a_device_that_is_tried_again_is_not_forgotten(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	char *dir = tree_new(off_the_list);
	pid_t kernel = list_after_first_look(
		arena_printf(arena, "%s/sys/kernel/debug/devices_deferred", dir));
	int status;

	assert_int_equal(state_of_disk(dir), DEVICE_DEFERRED);
	assert_int_equal(waitpid(kernel, &status, 0), kernel);
	assert_int_equal(status, 0);
	tree_remove(dir);
}

static void a_link_to_nothing_is_a_supplier_that_does_not_exist(void **state)
{
	static const char tree[] =
		"platform disk group=2\n"
		"/sys/devices/platform/disk/supplier:platform:gone -> ../gone\n"
		"/sys/class/devlink/platform:gone--platform:disk/status = dormant\n"
		"/sys/kernel/debug/devices_deferred = disk\\tplatform: supplier gone not ready\n";
	const struct system *system = snapshot(tree, FACT_SUPPLIERS);
	const struct probing *probing = find_device(system, "disk")->probing;

	assert_int_equal(probing->supplier_count, 2);
	assert_true(probing->suppliers[0].missing);
	assert_true(probing->suppliers[1].missing);
	system_free(system);
}

static void links_in_a_circle_end(void **state)
{
	static const char tree[] =
		"platform one group=1\nplatform two group=2\n"
		"/sys/devices/platform/one/supplier:platform:two -> ../two\n"
		"/sys/devices/platform/two/supplier:platform:one -> ../one\n"
		"/sys/class/devlink/platform:two--platform:one/status = dormant\n"
		"/sys/class/devlink/platform:one--platform:two/status = dormant\n"
		"/sys/kernel/debug/devices_deferred = "
		"one\\tplatform: supplier two not ready\\n"
		"two\\tplatform: supplier one not ready\n";
	const struct system *system = snapshot(tree, FACT_SUPPLIERS);

	assert_ptr_equal(find_device(system, "one")->probing->suppliers[0].device,
			 find_device(system, "two"));
	assert_ptr_equal(find_device(system, "two")->probing->suppliers[0].device,
			 find_device(system, "one"));
	system_free(system);
}

static void a_registered_smmu_driver_is_known_though_no_index_lists_it(void **state)
{
	static const char tree[] =
		"platform 9050000.smmu\nplatform disk group=1\n"
		"/sys/bus/platform/drivers/arm-smmu-v3/\n"
		"/sys/devices/platform/9050000.smmu/modalias = of:NsmmuT(null)Carm,smmu-v3\n";
	const struct system *system = snapshot(tree, FACT_SUPPLIERS);
	const struct probing *probing = find_device(system, "9050000.smmu")->probing;

	assert_int_equal(probing->module_count, 1);
	assert_string_equal(probing->modules[0].name, "arm-smmu-v3");
	assert_false(probing->modules_known);
	system_free(system);
}

/*
 * A sensor and a clock on a bus without IOMMU. The log names both, and a device that is gone; the
 * clock has a driver by now. With a list, the list alone counts.
 */
static void devices_that_only_the_log_names_are_found_without_a_list(void **state)
{
	static const char tree[] =
		"platform disk group=1\n"
		"/iommuctl/log = <4>[   17.1] i2c 0-0050: deferred probe pending: (reason "
		"unknown)\\n<4>[   17.1] i2c 0-0051: deferred probe pending: (reason unknown)\\n"
		"<4>[   17.1] i2c 0-0052: deferred probe pending: (reason unknown)\n"
		"/sys/devices/i2c-0/0-0050/subsystem -> ../../../bus/i2c\n"
		"/sys/bus/i2c/devices/0-0050 -> ../../../devices/i2c-0/0-0050\n"
		"/sys/devices/i2c-0/0-0051/subsystem -> ../../../bus/i2c\n"
		"/sys/devices/i2c-0/0-0051/driver -> ../../../bus/i2c/drivers/clk\n"
		"/sys/bus/i2c/drivers/clk/\n"
		"/sys/bus/i2c/devices/0-0051 -> ../../../devices/i2c-0/0-0051\n";
	_autoarena_ struct arena *arena = arena_new();
	const struct system *system = snapshot(tree, FACT_SUPPLIERS);
	const struct deferrals found = deferrals(system, NULL, arena);

	assert_int_equal(found.count, 1);
	assert_string_equal(found.items[0].device->name, "0-0050");
	assert_int_equal(found.items[0].device->state, DEVICE_UNKNOWN);
	assert_non_null(strstr(found.items[0].cause.finding.message, "still deferred"));
	system_free(system);
	system = snapshot(arena_printf(arena, "%s/sys/kernel/debug/devices_deferred = \n", tree),
			  FACT_SUPPLIERS);
	assert_int_equal(deferrals(system, NULL, arena).count, 0);
	system_free(system);
}

/* Drivers that Linux 7.3 has built in. A driver that sysfs lacks is not in the kernel. */
static void built_in_iommu_drivers_of_all_buses_are_known(void **state)
{
	static const struct {
		const char *modalias, *driver;
	} drivers[] = {
		{"of:NiommuT(null)Crockchip,rk3568-iommu", "platform/drivers/rk_iommu"},
		{"of:NiommuT(null)Cacme,socCsprd,iommu-v1", "platform/drivers/sprd-iommu"},
		{"platform:riscv,iommu", "platform/drivers/riscv,iommu"},
		{"virtio:d00000017v00001AF4", "virtio/drivers/virtio_iommu"},
		{"pci:v00001B36d00000014sv00001AF4sd00001100bc08sc06i00", "pci/drivers/iommu_pci"},
		{"pci:v00001EFDd00000008sv00001AF4sd00001100bc08sc06i00", "pci/drivers/iommu_pci"},
	};

	for (size_t i = 0; i < 2 * ARRAY_SIZE(drivers); i++) {
		bool present = i % 2;
		_autofree_ char *text = NULL;
		const struct system *system;
		const struct probing *probing;

		assert_true(asprintf(&text,
				     "platform iommu\nplatform disk group=1\n/sys/bus/%s/\n"
				     "/sys/devices/platform/iommu/modalias = %s\n",
				     present ? drivers[i / 2].driver : "pci/drivers/other",
				     drivers[i / 2].modalias) > 0);
		system = snapshot(text, FACT_SUPPLIERS);
		probing = find_device(system, "iommu")->probing;
		assert_int_equal(probing->module_count, present);
		if (present)
			assert_string_equal(probing->modules[0].name,
					    strrchr(drivers[i / 2].driver, '/') + 1);
		system_free(system);
	}
}

UNIT(deferred_list)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reason_follows_the_tab_or_there_is_none),
		cmocka_unit_test(a_reason_of_several_lines_is_one_reason),
		cmocka_unit_test(a_name_behind_a_reason_without_newline_is_found),
		cmocka_unit_test(a_name_that_is_listed_twice_is_counted),
		cmocka_unit_test(an_endless_reason_is_cut),
		cmocka_unit_test(a_name_on_two_buses_is_said_to_be_ambiguous),
		cmocka_unit_test(a_torn_name_is_one_device_however_often_it_is_looked_for),
		cmocka_unit_test(a_name_that_no_device_has_is_reported),
		cmocka_unit_test(a_device_that_is_not_listed_was_bound_by_hand),
		cmocka_unit_test(a_device_that_is_tried_again_is_not_forgotten),
		cmocka_unit_test(links_in_a_circle_end),
		cmocka_unit_test(a_registered_smmu_driver_is_known_though_no_index_lists_it),
		cmocka_unit_test(devices_that_only_the_log_names_are_found_without_a_list),
		cmocka_unit_test(built_in_iommu_drivers_of_all_buses_are_known),
		cmocka_unit_test(a_link_to_nothing_is_a_supplier_that_does_not_exist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
