/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other processes during a transaction: they change a device that is to be restored, claim its
 * disk, begin to use it or hold it. And requests that must change nothing.
 */
#include "crash/pair.h"
#include "crash/setting.h"

#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DISK FIRST_PATH "/nvme/nvme0/nvme0n1"
#define ROOT_MOUNT "29 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw"

/* An NVMe with an unused disk. */
static const struct scenario with_disk = {
	.name = "with a disk",
	.tree = "group 2\n"
		"pci " FIRST
		" in pci0000:00 group=2 driver=nvme id=1B36:0010 class=10802\n" FIRST_PATH
		"/modalias = pci:v00001B36d00000010sv00001AF4sd00001100bc01sc08i02\n"
		"node nvme nvme0 240:0 at " FIRST_PATH "/nvme/nvme0\n"
		"node block nvme0n1 259:0 at " DISK "\n" DISK "/queue/\n"
		"/proc/1/comm = systemd\n"
		"/proc/1/fd/\n"
		"/proc/1/ns/mnt -> mnt:[100]\n"
		"/proc/1/mountinfo = " ROOT_MOUNT "\n"
		"/proc/swaps = Filename Type Size Used Priority\n"
		"/iommuctl/claimed = sdz\n",
	.modules = {"vfio_iommu_type1", "vfio_pci"},
};

static int set_up_disk(void **state)
{
	return setting_start(&with_disk);
}

static void others_write(const char *file, const char *text)
{
	assert_int_equal(fake_write(fake, file, text, strlen(text)), 0);
}

static const struct {
	const char *files[3], *texts[3], *shown;
} changes_by_others[] = {
	{{"/sys/bus/pci/drivers/vfio-pci/unbind"},
	 {FIRST},
	 "driver=- link=- back=no override=vfio-pci"},
	{{FIRST_PATH "/driver_override"},
	 {"odd\n"},
	 "driver=vfio-pci link=vfio-pci back=yes override=odd"},
	{{"/sys/bus/pci/drivers/vfio-pci/unbind", FIRST_PATH "/driver_override",
	  "/sys/bus/pci/drivers/e1000e/bind"},
	 {FIRST, "e1000e\n", FIRST},
	 "driver=e1000e link=e1000e back=yes override=e1000e"},
};

static void restore_overwrites_no_change_by_others_without_a_waiver(void **state)
{
	struct wish waived = first_back;

	waived.waive = "changed-by-others";
	for (size_t i = 0; i < ARRAY_SIZE(changes_by_others); i++) {
		unsigned writes;

		setting_tear_down(NULL);
		setting_start(&apart);
		setting_wish(&first_to_vfio);
		assert_int_equal(ended->result, 0);
		for (size_t j = 0; j < 3 && changes_by_others[i].files[j]; j++)
			others_write(changes_by_others[i].files[j], changes_by_others[i].texts[j]);
		writes = fake_count(fake);
		setting_wish(&first_back);
		assert_int_equal(ended->code, ERROR_REFUSED);
		assert_non_null(strstr(ended->message, "changed-by-others"));
		assert_int_equal(fake_count(fake), writes);
		setting_must_show(changes_by_others[i].shown);
		setting_wish(&waived);
		assert_int_equal(ended->outcome, OUTCOME_DONE);
		setting_must_show(FIRST ": driver=e1000e link=e1000e back=yes override=- group=2");
	}
}

/* After a rollback the device is as iommuctl left it, so "changed by others" must not refuse. */
static void a_rollback_is_no_change_by_others(void **state)
{
	static const struct wish to_none = {.verb = "unbind", .selectors = {FIRST}};

	setting_wish(&first_to_vfio);
	fake_inject(fake, (struct fake_fault){FAKE_FAILS, fake_count(fake) + 2, EIO, false});
	setting_wish(&to_none);
	assert_int_equal(ended->code, ERROR_ROLLED_BACK);
	setting_wish(&first_back);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_show(FIRST ": driver=e1000e link=e1000e back=yes override=- group=2");
}

static void a_group_that_is_another_afterwards_is_a_failure(void **state)
{
	fake_regroups_after(fake, 3, FIRST, 9);
	setting_wish(&first_to_vfio);
	assert_int_equal(ended->code, ERROR_ROLLED_BACK);
	assert_int_equal(ended->groups_stable, ANSWER_NO);
	assert_null(strstr(ended->message, "everything is as it was"));
	setting_must_show(FIRST ": driver=e1000e link=e1000e back=yes override=- group=9");
	setting_must_show(SECOND ": driver=e1000e link=e1000e back=yes override=- group=3");
}

/* The device has no driver link any more, but its uevent file still names the driver. */
static void a_device_that_another_process_unbinds_is_refused(void **state)
{
	_autofree_ char *link = NULL;

	assert_true(asprintf(&link, "%s" FIRST_PATH "/driver", fake_dir(fake)) > 0);
	assert_int_equal(unlink(link), 0);
	tree_unpack("/proc/1/stat = 1 (sh) D 0 1 1 0 -1 4 5 6 7 8 9 10 11 12 20 0 1 0 471 1 2\n"
		    "/proc/1/comm = sh\n"
		    "/proc/1/fd/1 -> /sys/bus/pci/drivers/e1000e/unbind\n",
		    fake_dir(fake));
	setting_wish(&first_to_vfio);
	assert_int_equal(ended->code, ERROR_REFUSED);
	assert_int_equal(ended->outcome, OUTCOME_REFUSED);
	assert_int_equal(fake_count(fake), 0);
	assert_non_null(strstr(ended->message, FIRST " is being unbound from e1000e"));
	assert_non_null(strstr(ended->message, "sh (process 1) hangs in a write"));
}

/* The disk is held from the checks on: a claim of it after them makes the hold fail. */
static void a_disk_that_is_claimed_after_the_check_is_not_touched(void **state)
{
	static const int errors[] = {EBUSY, EIO, ENODEV};

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		_autofree_ char *now = NULL;

		fake_claims_fail_with(fake, errors[i]);
		setting_wish(&first_to_vfio);
		assert_int_equal(ended->code, ERROR_REFUSED);
		assert_int_equal(ended->outcome, OUTCOME_REFUSED);
		assert_non_null(strstr(ended->message, "nvme0n1"));
		assert_int_equal(fake_count(fake), 0);
		now = fake_dump(fake);
		assert_string_equal(now, before);
	}
	/* An empty drive cannot be claimed, and holding it is not needed. */
	fake_claims_fail_with(fake, ENOMEDIUM);
	setting_wish(&first_to_vfio);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
}

static const struct wish first_to_native = {
	.verb = "rebind", .driver = "e1000e", .selectors = {FIRST}};

#define NETWORK "/iommuctl/network = namespace own /proc/self/ns/net this network namespace\\n"

/* A device with a process that may use it, on a machine whose network was read. */
static const struct scenario with_nic = {
	.name = "with a process",
	.tree = "group 2\n"
		"pci " FIRST " in pci0000:00 group=2 driver=e1000e " NIC_ID "\n" FIRST_PATH
		"/net/eth0/ifindex = 2\n" FIRST_PATH MODALIAS NETWORK
		"interface 2 eth0 64 0 0 -1 - pci " FIRST "\\nend\n"
		"/proc/1/comm = systemd\n"
		"/proc/1/fd/\n"
		"/proc/1/ns/mnt -> mnt:[100]\n"
		"/proc/1/mountinfo = " ROOT_MOUNT "\n",
	.modules = {"vfio_iommu_type1", "vfio_pci"},
};

static const struct {
	const struct scenario *scenario;
	const struct wish *first, *wish; /* @first: carried out undisturbed, or NULL */
	const char *line, *words;	 /* of a tree; of the message */
} late_uses[] = {
	{&with_disk, NULL, &first_to_vfio,
	 "/proc/1/mountinfo = " ROOT_MOUNT "\\n40 29 259:0 / /data rw - ext4 /dev/nvme0n1 rw\n",
	 "/data (mounted)"},
	{&with_disk, NULL, &first_to_vfio,
	 "/proc/swaps = Filename Type Size Used Priority\\n/dev/nvme0n1 partition 1024 0 -2\n",
	 "(swap)"},
	{&with_disk, NULL, &first_to_vfio, "/proc/1/fd/7 -> /dev/nvme0n1\n", "(node-open)"},
	{&with_disk, NULL, &first_to_vfio, "/sys/block/loop0/loop/backing_file = /dev/nvme0n1\n",
	 "(block-backing)"},
	{&with_nic, NULL, &first_to_vfio,
	 NETWORK "interface 2 eth0 65 0 0 -1 - pci " FIRST "\\naddress 2 10.0.0.5/24\\nend\n",
	 "(net-address)"},
	{&with_nic, NULL, &first_to_vfio,
	 NETWORK "interface 2 eth0 65 0 0 -1 - pci " FIRST
		 "\\ninterface 3 br0 65 0 2 -1 vlan - -\\nend\n",
	 "(net-master)"},
	{&with_nic, &first_to_vfio, &first_to_native, "/proc/1/fd/7 -> /dev/vfio/2\n",
	 "(vfio-open)"},
};

/* The override has been written, the unbind has not. */
static void a_use_that_comes_directly_before_the_unbind_is_seen(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(late_uses); i++) {
		_autofree_ char *now = NULL;
		unsigned writes;

		setting_tear_down(NULL);
		setting_start(late_uses[i].scenario);
		if (late_uses[i].first) {
			setting_wish(late_uses[i].first);
			assert_int_equal(ended->result, 0);
			free(before);
			before = fake_dump(fake);
		}
		writes = fake_count(fake);
		fake_file_after(fake, 1, late_uses[i].line);
		setting_wish(late_uses[i].wish);
		assert_int_equal(ended->code, ERROR_ROLLED_BACK);
		if (!strstr(ended->message, late_uses[i].words))
			fail_msg("no %s in \"%s\"", late_uses[i].words, ended->message);
		for (unsigned write = writes + 1; write <= fake_count(fake); write++)
			assert_null(strstr(fake_entry(fake, write)->file, "unbind"));
		now = fake_dump(fake);
		assert_string_equal(now, before);
	}
}

static void wait_for_write(unsigned write)
{
	for (int i = 0; i < 10 * 1000 && fake_count(fake) < write; i++)
		usleep(1000);
	assert_int_equal(fake_count(fake), write);
}

static void the_second_of_two_is_told_the_process_of_the_first(void **state)
{
	struct ended second;
	char pid[32];
	pid_t tool;

	fake_inject(fake, (struct fake_fault){FAKE_HANGS, 2, 0, false});
	tool = fork();
	if (tool == 0) {
		setting_wish(&first_to_vfio);
		_exit(0);
	}
	wait_for_write(2);
	wish_carry_out(fake, &both_to_vfio, PATIENCE_MS, &second);
	assert_int_equal(second.code, ERROR_LOCKED);
	snprintf(pid, sizeof(pid), "process %d", tool);
	assert_non_null(strstr(second.message, pid));
	assert_int_equal(fake_count(fake), 2);
	fake_heals(fake);
	setting_wait_for(tool);
	assert_int_equal(ended->result, 0);
	setting_must_show(FIRST ": driver=vfio-pci link=vfio-pci back=yes override=vfio-pci");
}

/* A VFIO user blocks the unbind; after it closes the device, everything can be undone. */
static void an_unbind_that_waits_for_a_vfio_user_is_pending_and_recovered(void **state)
{
	const struct wish to_native = {.verb = "rebind", .driver = "e1000e", .selectors = {FIRST}};

	setting_wish(&first_to_vfio);
	assert_int_equal(ended->result, 0);
	fake_group_is_held(fake, 2);
	wish_carry_out(fake, &to_native, IMPATIENCE_MS, ended);
	assert_int_equal(ended->code, ERROR_UNFINISHED);
	assert_int_equal(ended->state, LOOK_MOVING);
	setting_must_show(FIRST ": driver=vfio-pci link=- back=no");
	wish_carry_out(fake, NULL, IMPATIENCE_MS, ended);
	assert_int_equal(ended->code, ERROR_LOCKED);
	fake_heals(fake);
	setting_wait_for_writers();
	setting_wish(NULL);
	assert_int_equal(ended->result, 0);
	setting_must_show(FIRST ": driver=vfio-pci link=vfio-pci back=yes override=vfio-pci");
}

/* A refused command changes nothing and leaves no work for recover. */
static void a_refused_command_changes_nothing(void **state)
{
	static const struct {
		struct wish wish;
		enum error_code code;
	} refused[] = {
		{{.verb = "rebind", .driver = "no/driver", .selectors = {FIRST}}, ERROR_USAGE},
		{{.verb = "rebind", .driver = "a\nb", .selectors = {FIRST}}, ERROR_USAGE},
		{{.verb = "rebind", .driver = "vfio-pci", .selectors = {"0000:09:00.0"}},
		 ERROR_NO_MATCH},
		{{.verb = "rebind", .driver = "vfio-pci", .selectors = {"driver:e1000e"}},
		 ERROR_USAGE},
		{{.verb = "rebind", .driver = "e1000e", .selectors = {FIRST}, .with_group = true},
		 ERROR_USAGE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		_autofree_ char *now = NULL;

		setting_wish(&refused[i].wish);
		assert_int_not_equal(ended->result, 0);
		assert_int_equal(ended->code, refused[i].code);
		now = fake_dump(fake);
		assert_string_equal(now, before);
	}
	assert_int_equal(fake_count(fake), 0);
	setting_wish(NULL);
	assert_int_equal(ended->outcome, OUTCOME_NOTHING_TO_DO);
}

static void a_dry_run_changes_nothing_and_remembers_nothing(void **state)
{
	struct wish wish = first_to_vfio;
	char path[512];

	wish.dry_run = true;
	setting_wish(&wish);
	assert_int_equal(ended->result, 0);
	assert_int_equal(fake_count(fake), 0);
	snprintf(path, sizeof(path), "%s/run/iommuctl", fake_dir(fake));
	assert_int_equal(access(path, F_OK), -1);
}

#define WITH_DISK(test) cmocka_unit_test_setup_teardown(test, set_up_disk, setting_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_APART(restore_overwrites_no_change_by_others_without_a_waiver),
		WITH_APART(a_rollback_is_no_change_by_others),
		WITH_APART(a_group_that_is_another_afterwards_is_a_failure),
		WITH_APART(a_device_that_another_process_unbinds_is_refused),
		WITH_DISK(a_disk_that_is_claimed_after_the_check_is_not_touched),
		WITH_DISK(a_use_that_comes_directly_before_the_unbind_is_seen),
		WITH_APART(the_second_of_two_is_told_the_process_of_the_first),
		WITH_APART(an_unbind_that_waits_for_a_vfio_user_is_pending_and_recovered),
		WITH_PAIR(a_refused_command_changes_nothing),
		WITH_APART(a_dry_run_changes_nothing_and_remembers_nothing),
	};

	return cmocka_run_group_tests(tests, setting_open, setting_close);
}
