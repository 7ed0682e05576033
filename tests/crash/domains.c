/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The type of a group that changes: each outcome. The sweep disturbs it at each write. */
#include "crash/setting.h"

#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <string.h>

#define PORT "0000:00:05.0"
#define NIC "0000:05:00.0"
#define DISK "0000:05:01.0"
#define BELOW "pci0000:00/" PORT
#define FOLDER "/sys/devices/" BELOW "/"
#define NIC_ALIAS "pci:v00008086d000010D3sv00001AF4sd00001100bc02sc00i00"
#define DISK_ALIAS "pci:v00001B36d00000010sv00001AF4sd00001100bc01sc08i02"

#define TWO_AND_A_PORT                                                                  \
	"group 5\n"                                                                     \
	"pci " PORT " in pci0000:00 group=5 driver=pcieport id=1B36:000C class=60400\n" \
	"pci " NIC " in " BELOW                                                         \
	" group=5 driver=e1000e header=0 id=8086:10D3 class=20000\n" FOLDER NIC         \
	"/modalias = " NIC_ALIAS "\n"                                                   \
	"pci " DISK " in " BELOW                                                        \
	" group=5 driver=nvme header=0 id=1B36:0010 class=10802\n" FOLDER DISK          \
	"/modalias = " DISK_ALIAS "\n"

#define ALONE                                                                                 \
	"group 5\n"                                                                           \
	"pci " NIC " in pci0000:00 group=5 driver=e1000e header=0 id=8086:10D3 class=20000\n" \
	"/sys/devices/pci0000:00/" NIC "/modalias = " NIC_ALIAS "\n"

static const struct scenario two = {.name = "two and a port",
				    .tree = TWO_AND_A_PORT,
				    .modules = {"vfio_iommu_type1", "vfio_pci"}};
static const struct scenario alone = {
	.name = "alone", .tree = ALONE, .modules = {"vfio_iommu_type1", "vfio_pci"}};
static const struct scenario old_two = {.name = "two on Linux 6.1",
					.tree = TWO_AND_A_PORT
					"/proc/sys/kernel/osrelease = 6.1.0-56-amd64\n"};
static const struct scenario old_alone = {.name = "alone on Linux 6.1",
					  .tree = ALONE
					  "/proc/sys/kernel/osrelease = 6.1.0-56-amd64\n",
					  .modules = {"vfio_iommu_type1", "vfio_pci"}};
static const struct scenario older = {.name = "alone on Linux 5.14",
				      .tree = ALONE
				      "/proc/sys/kernel/osrelease = 5.14.0-70-generic\n"};
static const struct scenario oldest = {.name = "alone on Linux 5.10",
				       .tree = ALONE
				       "/proc/sys/kernel/osrelease = 5.10.0-33-amd64\n"};

#define TO_TYPE(word) \
	(&(const struct wish){.verb = "domain", .selectors = {"group:5"}, .type = (word)})
#define ALL_BACK (&(const struct wish){.verb = "restore", .all = true})
#define TO_VFIO                \
	(&(const struct wish){ \
		.verb = "rebind", .driver = "vfio-pci", .selectors = {NIC}, .with_group = true})

/* The state of a test is its machine. */
static int start_machine(void **state)
{
	return setting_start(*state);
}

/* Check that the last wish was refused for that reason, without a write. */
static void must_be_refused(const char *why, unsigned writes)
{
	assert_int_equal(ended->code, ERROR_REFUSED);
	if (!strstr(ended->message, why))
		fail_msg("not \"%s\": %s", why, ended->message);
	assert_int_equal(fake_count(fake), writes);
}

static void all_members_are_unbound_before_and_bound_after_it(void **state)
{
	setting_wish(TO_TYPE("identity"));
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	assert_int_equal(ended->groups_stable, ANSWER_YES);
	assert_int_equal(fake_count(fake), 9);
	assert_string_equal(fake_entry(fake, 1)->text, "none");
	assert_string_equal(fake_entry(fake, 5)->file, FOLDER NIC "/iommu_group/type");
	setting_must_show("type of group 5: identity");
	setting_must_show(NIC ": driver=e1000e link=e1000e back=yes override=- group=5 vfio=no");
	setting_must_show(DISK ": driver=nvme link=nvme back=yes override=- group=5 vfio=no");
	setting_must_show(PORT ": driver=pcieport");
	setting_must_be_closed();
}

static void the_same_type_is_nothing_to_do(void **state)
{
	setting_wish(TO_TYPE("DMA"));
	assert_int_equal(ended->outcome, OUTCOME_NOTHING_TO_DO);
	setting_wish(TO_TYPE("identity"));
	setting_wish(TO_TYPE("identity"));
	assert_int_equal(ended->outcome, OUTCOME_NOTHING_TO_DO);
	assert_int_equal(fake_count(fake), 9);
}

static void a_flush_queue_needs_no_unbind(void **state)
{
	setting_wish(TO_TYPE("DMA-FQ"));
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	assert_int_equal(fake_count(fake), 1);
	setting_must_show("type of group 5: DMA-FQ");
	setting_wish(TO_TYPE("DMA"));
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	assert_int_equal(fake_count(fake), 10);
	setting_must_be_as_before("there and back");
	setting_must_be_closed();
}

static void auto_takes_what_the_kernel_chooses(void **state)
{
	fake_boots_with_type(fake, "DMA-FQ");
	setting_wish(TO_TYPE("auto"));
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_show("type of group 5: DMA-FQ");
	setting_wish(ALL_BACK);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_be_as_before("restored");
}

static void restore_puts_the_type_back_by_any_member(void **state)
{
	setting_wish(TO_TYPE("DMA-FQ"));
	setting_wish(TO_TYPE("identity"));
	setting_wish(&(const struct wish){.verb = "restore", .selectors = {DISK}});
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_be_as_before("restored");
	setting_wish(ALL_BACK);
	assert_int_equal(ended->outcome, OUTCOME_NOTHING_TO_DO);
}

static void restore_puts_the_type_and_the_driver_back(void **state)
{
	setting_wish(TO_TYPE("identity"));
	setting_wish(TO_VFIO);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_wish(ALL_BACK);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_be_as_before("restored");
	setting_must_be_closed();
}

static void restore_overwrites_no_type_of_others(void **state)
{
	unsigned writes;

	setting_wish(TO_TYPE("identity"));
	writes = fake_count(fake);
	tree_unpack("/sys/kernel/iommu_groups/5/type = DMA-FQ\n", fake_dir(fake));
	setting_wish(ALL_BACK);
	must_be_refused("iommuctl left group 5 with the type identity, and it has DMA-FQ", writes);
	setting_wish(
		&(const struct wish){.verb = "restore", .all = true, .waive = "changed-by-others"});
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_be_as_before("restored");
}

static void a_type_that_others_put_back_is_forgotten(void **state)
{
	setting_wish(TO_TYPE("identity"));
	tree_unpack("/sys/kernel/iommu_groups/5/type = DMA\n", fake_dir(fake));
	setting_wish(ALL_BACK);
	assert_int_equal(ended->outcome, OUTCOME_NOTHING_TO_DO);
	tree_unpack("/sys/kernel/iommu_groups/5/type = identity\n", fake_dir(fake));
	setting_wish(ALL_BACK);
	assert_int_equal(ended->outcome, OUTCOME_NOTHING_TO_DO);
}

static void a_member_in_use_is_not_unbound(void **state)
{
	tree_unpack("node block nvme0n1 259:0 at /sys/devices/" BELOW "/" DISK
		    "/nvme/nvme0/nvme0n1\n"
		    "/proc/1/mountinfo = 20 1 0:20 / / rw - tmpfs tmpfs rw\\n"
		    "40 20 259:0 / /data rw - ext4 /dev/nvme0n1 rw\n",
		    fake_dir(fake));
	setting_wish(TO_TYPE("identity"));
	must_be_refused(DISK, 0);
	assert_non_null(strstr(ended->message, "mounted on /data"));
	/* With a flush queue no driver is unbound. */
	setting_wish(TO_TYPE("DMA-FQ"));
	assert_int_equal(ended->outcome, OUTCOME_DONE);
}

static void a_group_that_vfio_has_is_left_alone(void **state)
{
	unsigned writes;

	setting_wish(TO_VFIO);
	writes = fake_count(fake);
	fake_group_is_held(fake, 5);
	tree_unpack("/proc/812/comm = qemu\n/proc/812/fd/9 -> /dev/vfio/5\n", fake_dir(fake));
	setting_wish(TO_TYPE("DMA-FQ"));
	must_be_refused("group 5 is open in 812 (qemu)", writes);
}

static void identity_of_a_device_that_is_handed_over_needs_a_waiver(void **state)
{
	unsigned writes;

	setting_wish(TO_VFIO);
	writes = fake_count(fake);
	setting_wish(TO_TYPE("identity"));
	must_be_refused("is handed over with vfio-pci", writes);
	setting_wish(&(const struct wish){.verb = "domain",
					  .selectors = {"group:5"},
					  .type = "identity",
					  .waive = "domain-identity"});
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	/* VFIO drivers may stay bound. */
	assert_int_equal(fake_count(fake), writes + 1);
	setting_must_show(NIC ": driver=vfio-pci link=vfio-pci back=yes override=vfio-pci");
	setting_must_show("type of group 5: identity");
}

static void identity_of_an_external_device_needs_a_waiver(void **state)
{
	tree_unpack(FOLDER DISK "/removable = removable\n", fake_dir(fake));
	setting_wish(TO_TYPE("identity"));
	must_be_refused(DISK " can be plugged in from outside", 0);
	setting_wish(TO_TYPE("DMA-FQ"));
	assert_int_equal(ended->outcome, OUTCOME_DONE);
}

static void a_device_without_a_group_has_no_type(void **state)
{
	fake_plug(fake, "pci 0000:06:00.0 in pci0000:00 id=8086:10D3 class=20000\n");
	setting_wish(&(const struct wish){
		.verb = "domain", .selectors = {"0000:06:00.0"}, .type = "DMA"});
	must_be_refused("it is in no group", 0);
}

static void a_type_that_the_kernel_does_not_change_is_refused(void **state)
{
	tree_unpack("/sys/kernel/iommu_groups/5/type = unmanaged\n", fake_dir(fake));
	setting_wish(TO_TYPE("identity"));
	must_be_refused("group 5 has the type unmanaged", 0);
}

static void old_kernels_change_groups_with_one_member(void **state)
{
	setting_wish(TO_TYPE("DMA-FQ"));
	must_be_refused("6.4 is the first that changes others", 0);
	/* With backports a kernel may be able to: it is tried, and undone. */
	setting_wish(&(const struct wish){.verb = "domain",
					  .selectors = {"group:5"},
					  .type = "DMA-FQ",
					  .waive = "domain-kernel"});
	assert_int_equal(ended->code, ERROR_ROLLED_BACK);
	assert_non_null(strstr(ended->message, "does not allow that type"));
	setting_must_be_as_before("refused by the kernel");
}

static void old_kernels_unbind_no_bridge(void **state)
{
	setting_wish(&(const struct wish){.verb = "domain",
					  .selectors = {"group:5"},
					  .type = "identity",
					  .waive = "domain-kernel"});
	must_be_refused(PORT " is a bridge", 0);
}

static void old_kernels_need_any_driver_unbound(void **state)
{
	unsigned writes;

	setting_wish(TO_VFIO);
	writes = fake_count(fake);
	setting_wish(TO_TYPE("DMA-FQ"));
	assert_int_equal(fake_count(fake), writes + 1);
	setting_wish(TO_TYPE("DMA"));
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	assert_int_equal(fake_count(fake), writes + 1 + 5);
	setting_must_show(NIC ": driver=vfio-pci link=vfio-pci back=yes override=vfio-pci");
	setting_must_show("type of group 5: DMA\n");
}

static void older_kernels_have_no_flush_queue(void **state)
{
	setting_wish(TO_TYPE("DMA-FQ"));
	must_be_refused("has no DMA-FQ", 0);
	setting_wish(TO_TYPE("identity"));
	assert_int_equal(ended->outcome, OUTCOME_DONE);
}

static void the_oldest_kernels_change_no_type(void **state)
{
	setting_wish(TO_TYPE("identity"));
	must_be_refused("5.11 is the first that does", 0);
}

static void a_type_that_its_iommu_does_not_allow_is_undone(void **state)
{
	fake_inject(fake, (struct fake_fault){FAKE_FAILS, 5, EINVAL, false});
	setting_wish(TO_TYPE("identity"));
	assert_int_equal(ended->code, ERROR_ROLLED_BACK);
	assert_non_null(strstr(ended->message, "cannot give group 5 the type identity"));
	assert_non_null(strstr(ended->message, "everything is as it was before"));
	setting_must_be_as_before("EINVAL");
	setting_must_be_closed();
}

static void another_type_than_that_wanted_is_undone(void **state)
{
	fake_writes_after(fake, 5, "/sys/devices/" BELOW "/" DISK "/iommu_group/type", "DMA-FQ");
	setting_wish(TO_TYPE("identity"));
	assert_int_equal(ended->code, ERROR_ROLLED_BACK);
	assert_non_null(strstr(ended->message, "the kernel gave it another type"));
	setting_must_be_as_before("another type");
}

static void a_refusal_by_the_kernel_is_no_lack_of_permission(void **state)
{
	fake_inject(fake, (struct fake_fault){FAKE_FAILS, 1, EPERM, false});
	setting_wish(TO_TYPE("DMA-FQ"));
	assert_int_equal(ended->code, ERROR_ROLLED_BACK);
	assert_non_null(strstr(ended->message, "a driver or a user of VFIO has a member of it"));
}

static void a_driver_that_does_not_come_back_takes_the_type_back(void **state)
{
	/* The bind of the NIC fails once; in the undo it works. */
	fake_inject(fake, (struct fake_fault){FAKE_FAILS, 9, EIO, false});
	setting_wish(TO_TYPE("identity"));
	assert_int_equal(ended->code, ERROR_ROLLED_BACK);
	setting_must_be_as_before("a bind fails");
	setting_must_be_closed();
}

static void members_are_bound_again_where_the_type_cannot_be_put_back(void **state)
{
	fake_inject(fake, (struct fake_fault){FAKE_FAILS, 9, EIO, false});
	fake_inject(fake, (struct fake_fault){FAKE_FAILS, 12, EINVAL, true});
	setting_wish(TO_TYPE("identity"));
	assert_int_equal(ended->code, ERROR_UNFINISHED);
	setting_must_show(NIC ": driver=e1000e link=e1000e");
	setting_must_show(DISK ": driver=nvme link=nvme");
	setting_must_show("type of group 5: identity");
	fake_heals(fake);
	setting_wish(NULL);
	assert_int_equal(ended->outcome, OUTCOME_ROLLED_BACK);
	setting_must_be_as_before("recovered");
	setting_must_be_closed();
}

static void a_flush_queue_that_was_killed_is_finished(void **state)
{
	fake_inject(fake, (struct fake_fault){FAKE_KILLS_AFTER, 1, 0, false});
	assert_true(setting_wish_apart(TO_TYPE("DMA-FQ"), PATIENCE_MS));
	fake_heals(fake);
	setting_wish(NULL);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_show("type of group 5: DMA-FQ");
	setting_wish(ALL_BACK);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_be_as_before("restored");
}

static void a_flush_queue_that_was_killed_before_it_is_undone(void **state)
{
	fake_inject(fake, (struct fake_fault){FAKE_KILLS_BEFORE, 1, 0, false});
	assert_true(setting_wish_apart(TO_TYPE("DMA-FQ"), PATIENCE_MS));
	fake_heals(fake);
	setting_wish(NULL);
	assert_int_equal(ended->outcome, OUTCOME_ROLLED_BACK);
	setting_must_be_as_before("recovered");
}

static void a_flush_queue_is_not_stopped_by_a_signal_when_it_is_there(void **state)
{
	fake_inject(fake, (struct fake_fault){FAKE_SIGNALS, 1, 2, false});
	assert_false(setting_wish_apart(TO_TYPE("DMA-FQ"), PATIENCE_MS));
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	setting_must_show("type of group 5: DMA-FQ");
}

static void a_flush_queue_stays_where_something_else_fails_after_it(void **state)
{
	fake_regroups_after(fake, 1, DISK, 9);
	setting_wish(TO_TYPE("DMA-FQ"));
	assert_int_equal(ended->code, ERROR_ROLLED_BACK);
	assert_non_null(strstr(ended->message, DISK " left it"));
	setting_must_show("type of group 5: DMA-FQ");
	setting_must_be_closed();
}

static void a_dry_run_writes_nothing(void **state)
{
	struct wish dry = *TO_TYPE("identity");

	dry.dry_run = true;
	setting_wish(&dry);
	assert_int_equal(ended->code, ERROR_NONE);
	assert_int_equal(fake_count(fake), 0);
}

#define ON(machine, test)                                                                \
	cmocka_unit_test_prestate_setup_teardown(test, start_machine, setting_tear_down, \
						 (void *)&(machine))

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(two, all_members_are_unbound_before_and_bound_after_it),
		ON(two, the_same_type_is_nothing_to_do),
		ON(two, a_flush_queue_needs_no_unbind),
		ON(two, auto_takes_what_the_kernel_chooses),
		ON(two, restore_puts_the_type_back_by_any_member),
		ON(two, restore_puts_the_type_and_the_driver_back),
		ON(two, restore_overwrites_no_type_of_others),
		ON(two, a_type_that_others_put_back_is_forgotten),
		ON(two, a_member_in_use_is_not_unbound),
		ON(alone, a_group_that_vfio_has_is_left_alone),
		ON(two, identity_of_a_device_that_is_handed_over_needs_a_waiver),
		ON(two, identity_of_an_external_device_needs_a_waiver),
		ON(two, a_device_without_a_group_has_no_type),
		ON(two, a_type_that_the_kernel_does_not_change_is_refused),
		ON(old_two, old_kernels_change_groups_with_one_member),
		ON(old_two, old_kernels_unbind_no_bridge),
		ON(old_alone, old_kernels_need_any_driver_unbound),
		ON(older, older_kernels_have_no_flush_queue),
		ON(oldest, the_oldest_kernels_change_no_type),
		ON(two, a_type_that_its_iommu_does_not_allow_is_undone),
		ON(two, another_type_than_that_wanted_is_undone),
		ON(two, a_refusal_by_the_kernel_is_no_lack_of_permission),
		ON(two, a_driver_that_does_not_come_back_takes_the_type_back),
		ON(two, members_are_bound_again_where_the_type_cannot_be_put_back),
		ON(two, a_flush_queue_that_was_killed_is_finished),
		ON(two, a_flush_queue_that_was_killed_before_it_is_undone),
		ON(two, a_flush_queue_is_not_stopped_by_a_signal_when_it_is_there),
		ON(two, a_flush_queue_stays_where_something_else_fails_after_it),
		ON(two, a_dry_run_writes_nothing),
	};

	return cmocka_run_group_tests(tests, setting_open, setting_close);
}
