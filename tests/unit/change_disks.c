/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A change of a device with a disk: the claim of the disk, and uses that the user waived. */
#include "checks/waive.h"
#include "support/changing.h"
#include "support/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NVME "0000:04:00.0"
#define NVME_PATH "/sys/devices/pci0000:00/" NVME
#define DISK NVME_PATH "/nvme/nvme0/nvme0n1"
#define ROOT_MOUNT "29 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw"
#define MOUNTED_AT(point) \
	"/proc/1/mountinfo = " ROOT_MOUNT "\\n40 29 259:0 / " point " rw - ext4 /dev/nvme0n1 rw\n"

static int start(void **state)
{
	return changing_start_with(
		"group 4\npci " NVME " in pci0000:00 group=4 driver=nvme id=1B36:0010 "
		"class=10802\n" NVME_PATH
		"/modalias = pci:v00001B36d00000010sv00001AF4sd00001100bc01sc08i02\n"
		"node nvme nvme0 240:0 at " NVME_PATH "/nvme/nvme0\n"
		"node block nvme0n1 259:0 at " DISK "\n" DISK "/queue/\n"
		"/proc/1/comm = systemd\n"
		"/proc/1/fd/\n"
		"/proc/1/ns/mnt -> mnt:[100]\n"
		"/proc/1/mountinfo = " ROOT_MOUNT "\n"
		"/proc/swaps = Filename Type Size Used Priority\n"
		"/iommuctl/claimed = sdz\n");
}

static int rebind_waiving(const char *waive)
{
	_autoarena_ struct arena *arena = arena_new();
	struct request extra = {0};
	struct error error = {0};

	if (waive)
		assert_int_equal(waivers_parse(waive, arena, &extra.waivers, &error), 0);
	return changing_make("rebind", "vfio-pci", NVME, extra);
}

static void a_mounted_disk_is_refused_until_that_is_waived(void **state)
{
	fake_plug(changing.fake, MOUNTED_AT("/data"));
	assert_int_equal(rebind_waiving(NULL), 3);
	changing_must_say(changing.said.err, "/data");
	/* The kernel has the disk claimed for the file system: it cannot be claimed twice. */
	fake_claims_fail_with(changing.fake, EBUSY);
	assert_int_equal(rebind_waiving("mounted"), 0);
}

static void a_waiver_covers_the_use_that_was_shown_and_no_other(void **state)
{
	fake_plug(changing.fake, MOUNTED_AT("/data"));
	fake_file_after(changing.fake, 1, MOUNTED_AT("/other"));
	assert_int_equal(rebind_waiving("mounted"), 4);
	changing_must_say(changing.said.err, "came into use after the check");
	changing_must_say(changing.said.err, "/other");
}

#define MOUNTS(points)                                \
	"/proc/1/mountinfo = " ROOT_MOUNT points "\n" \
	"/proc/swaps = Filename Type Size Used Priority\n"
#define MOUNT(number, point) "\\n" number " 29 259:0 / " point " rw - ext4 /dev/nvme0n1 rw"
#define FOUR MOUNT("40", "/a") MOUNT("41", "/b") MOUNT("42", "/c") MOUNT("43", "/d")

/* The message names three mounts and counts the others. */
static void a_waiver_covers_also_uses_that_were_only_counted(void **state)
{
	fake_plug(changing.fake, MOUNTS(FOUR MOUNT("44", "/e")));
	assert_int_equal(rebind_waiving(NULL), 3);
	changing_must_say(changing.said.err, "/c and 2 more");
	fake_file_after(changing.fake, 1, MOUNTS(FOUR MOUNT("44", "/other")));
	assert_int_equal(rebind_waiving("mounted"), 4);
	changing_must_say(changing.said.err,
			  "came into use after the check: nvme0n1 is mounted on /other (mounted)");
}

static void uses_that_ended_after_they_were_waived_do_no_harm(void **state)
{
	fake_plug(changing.fake, MOUNTS(FOUR MOUNT("44", "/e")));
	/* In another order, too. */
	fake_file_after(changing.fake, 1,
			MOUNTS(MOUNT("44", "/e") MOUNT("43", "/d") MOUNT("41", "/b")));
	assert_int_equal(rebind_waiving("mounted"), 0);
}

static void a_disk_that_is_mounted_after_the_check_is_not_unbound(void **state)
{
	fake_file_after(changing.fake, 1, MOUNTED_AT("/late"));
	assert_int_equal(rebind_waiving(NULL), 4);
	changing_must_say(changing.said.err, "/late");
}

/* The override is set, and then the drive is pulled. */
static void a_drive_that_is_pulled_before_its_unbind_is_gone(void **state)
{
	fake_unplugs_after(changing.fake, 1, NVME);
	assert_int_equal(rebind_waiving(NULL), 4);
	changing_must_say(changing.said.err, NVME " is gone");
	assert_int_equal(fake_count(changing.fake), 1);
}

static void a_drive_without_a_disk_needs_no_claim(void **state)
{
	fake_claims_fail_with(changing.fake, ENXIO);
	assert_int_equal(rebind_waiving(NULL), 0);
}

static void a_waiver_of_a_device_that_does_not_move_is_a_mistake(void **state)
{
	assert_int_equal(rebind_waiving("mounted@" NIC), 2);
	changing_must_say(changing.said.err, NIC);
	assert_int_equal(fake_count(changing.fake), 0);
}

#define OTHER "0000:05:00.0"

/* Another device of the same group and driver, with a disk of its own. */
static void plug_other(void)
{
	fake_plug(changing.fake,
		  "pci " OTHER " in pci0000:00 group=4 driver=nvme id=1B36:0010 class=10802\n"
		  "/sys/devices/pci0000:00/" OTHER
		  "/modalias = pci:v00001B36d00000010sv00001AF4sd00001100bc01sc08i02\n"
		  "node nvme nvme1 240:1 at /sys/devices/pci0000:00/" OTHER "/nvme/nvme1\n"
		  "node block nvme1n1 259:8 at /sys/devices/pci0000:00/" OTHER
		  "/nvme/nvme1/nvme1n1\n/sys/devices/pci0000:00/" OTHER
		  "/nvme/nvme1/nvme1n1/queue/\n");
}

static void a_waived_use_of_one_disk_leaves_the_other_claimed(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct request extra = {.with_group = true};
	struct error error = {0};

	plug_other();
	fake_plug(changing.fake, MOUNTED_AT("/data"));
	assert_int_equal(waivers_parse("mounted", arena, &extra.waivers, &error), 0);
	fake_claims_fail_with(changing.fake, EBUSY);
	assert_int_equal(changing_make("rebind", "vfio-pci", NVME, extra), 3);
	changing_must_say(changing.said.err, "/dev/nvme1n1 is claimed");
	assert_int_equal(fake_count(changing.fake), 0);
	fake_heals(changing.fake);
	assert_int_equal(changing_make("rebind", "vfio-pci", NVME, extra), 0);
}

static void a_claim_that_fails_ends_the_claims_before_it(void **state)
{
	plug_other();
	fake_claims_fail_with(changing.fake, EBUSY);
	assert_int_equal(
		changing_make("rebind", "vfio-pci", NVME, (struct request){.with_group = true}), 3);
	changing_must_say(changing.said.err, "/dev/nvme0n1 is claimed");
	assert_int_equal(fake_count(changing.fake), 0);
}

UNIT(change_disks)
{
#define WITH_DISK(test) cmocka_unit_test_setup_teardown(test, start, changing_end)
	const struct CMUnitTest tests[] = {
		WITH_DISK(a_mounted_disk_is_refused_until_that_is_waived),
		WITH_DISK(a_waiver_covers_the_use_that_was_shown_and_no_other),
		WITH_DISK(a_waiver_covers_also_uses_that_were_only_counted),
		WITH_DISK(uses_that_ended_after_they_were_waived_do_no_harm),
		WITH_DISK(a_disk_that_is_mounted_after_the_check_is_not_unbound),
		WITH_DISK(a_drive_that_is_pulled_before_its_unbind_is_gone),
		WITH_DISK(a_drive_without_a_disk_needs_no_claim),
		WITH_DISK(a_waiver_of_a_device_that_does_not_move_is_a_mistake),
		WITH_DISK(a_waived_use_of_one_disk_leaves_the_other_claimed),
		WITH_DISK(a_claim_that_fails_ends_the_claims_before_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
