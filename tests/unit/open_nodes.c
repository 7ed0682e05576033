/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes that have a node of a device open. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define GPU "/sys/devices/pci0000:00/0000:01:00.0"

static const char *const paths[] = {GPU, NULL};

static const char MACHINE[] = "pci 0000:01:00.0 in pci0000:00 group=7 driver=amdgpu\n"
			      "node drm dri/card0 226:0 at " GPU "/drm/card0\n"
			      "node drm dri/renderD128 226:128 at " GPU "/drm/renderD128\n"
			      "/proc/1/fd/0 -> /dev/null\n"
			      "/proc/1/ns/mnt -> mnt:[1]\n";

static const struct system *read_nodes(const char *more)
{
	_autofree_ char *text = NULL;

	assert_true(asprintf(&text, "%s%s", MACHINE, more) > 0);
	return snapshot_about(text, 0, paths);
}

static const struct uses *uses_of(const struct system *system)
{
	return find_device(system, "0000:01:00.0")->uses;
}

static void expect_count(const struct system *system, size_t count, size_t blind_count)
{
	assert_int_equal(uses_of(system)->count, count);
	assert_int_equal(uses_of(system)->blind_count, blind_count);
	system_free(system);
}

static void the_process_that_has_a_node_open_is_named(void **state)
{
	const struct system *system = read_nodes("/proc/99/comm = Xorg\n"
						 "/proc/99/fd/5 -> /dev/dri/card0\n"
						 "/proc/99/fd/6 -> /dev/dri/card0\n");
	const struct use *use = find_use(find_device(system, "0000:01:00.0"), USE_OPEN);

	assert_non_null(use);
	assert_string_equal(use->node, "dri/card0");
	assert_string_equal(use->user, "Xorg (process 99)");
	assert_true(strncmp(use->evidence, "/proc/99/fd/", 12) == 0);
	/* Two descriptors of the same process count once. */
	expect_count(system, 1, 0);
}

static void nodes_of_other_devices_and_of_all_are_not_below(void **state)
{
	expect_count(read_nodes("/proc/99/fd/3 -> /dev/dri/card1\n"
				"/proc/99/fd/4 -> /dev/mem\n"
				"/proc/99/fd/5 -> /dev/vfio/vfio\n"
				"/proc/99/fd/6 -> /home/joe/card0\n"
				"/proc/99/fd/7 -> socket:[card0]\n"
				"/proc/99/fd/8 -> /dev/dri/card0/more\n"
				"/proc/99/fd/9 -> /dev/xdri/card0\n"),
		     0, 0);
}

static void a_node_that_is_only_mapped_is_in_use(void **state)
{
	const struct system *system =
		read_nodes("/proc/99/comm = render\n/proc/99/fd/0 -> /dev/null\n"
			   "/proc/99/maps = 5600-5601 r-xp 00000000 08:01 7    /usr/bin/render\\n"
			   "7f00-7f10 rw-s 100000000 00:06 321        /dev/dri/card0\n");
	const struct use *use = find_use(find_device(system, "0000:01:00.0"), USE_OPEN);

	assert_non_null(use);
	assert_string_equal(use->node, "dri/card0");
	assert_string_equal(use->evidence, "/proc/99/map_files/7f00-7f10");
	expect_count(system, 1, 0);
	expect_count(
		read_nodes("/proc/99/fd/0 -> /dev/null\n/proc/99/maps = 5600-5601 r-xp 0 08:01 7 "
			   "/home/card0\\n7f00-7f10 rw-s 0 00:06 321 /dev/dri/card1\\n"
			   "7f20-7f30 rw-p 0 00:00 0 [heap]\n"),
		0, 0);
}

static const struct system *read_disk(const char *more)
{
	static const char *const disks[] = {"/sys/devices/pci0000:00/0000:02:00.0", NULL};
	_autofree_ char *text = NULL;

	assert_true(asprintf(&text,
			     "pci 0000:02:00.0 in pci0000:00 group=8 driver=nvme\n"
			     "node block nvme0n1 259:0 at /sys/devices/pci0000:00/0000:02:00.0/"
			     "nvme/nvme0/nvme0n1\n"
			     "/sys/devices/pci0000:00/0000:02:00.0/nvme/nvme0/nvme0n1/queue/\n"
			     "/iommuctl/claimed = sdz\n"
			     "/proc/swaps = Filename\n"
			     "/proc/1/mountinfo = 29 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
			     "/proc/1/ns/mnt -> mnt:[1]\n"
			     "/proc/99/fd/0 -> /dev/null\n%s",
			     more) > 0);
	return snapshot_about(text, 0, disks);
}

static void a_disk_that_is_only_mapped_is_in_use(void **state)
{
	_autosystem_ const struct system *system =
		read_disk("/proc/99/maps = 7f00-7f01 r--s 00000000 00:05 321    /dev/nvme0n1\n");
	_autosystem_ const struct system *other =
		read_disk("/proc/99/maps = 7f00-7f01 r--s 00000000 00:05 321    /dev/nvme1n1\n");
	const struct use *use = find_use(find_device(system, "0000:02:00.0"), USE_OPEN);

	assert_non_null(use);
	assert_string_equal(use->node, "nvme0n1");
	assert_string_equal(use->evidence, "/proc/99/map_files/7f00-7f01");
	assert_null(find_use(find_device(other, "0000:02:00.0"), USE_OPEN));
}

static void a_disk_that_only_a_ring_keeps_open_is_in_use(void **state)
{
	static const char ring[] = "/proc/99/fd/3 -> anon_inode:[io_uring]\n/proc/99/fdinfo/3 = "
				   "SqMask:\t0x0\\nUserFiles:\t2\\n    0: <none>\\n    1: %s\\n"
				   "UserBufs:\t0\\n    1: /dev/nvme0n1\\n\n";
	static const struct {
		const char *file;
		bool is_used;
	} rows[] = {{"/dev/nvme0n1", true},
		    {"nvme0n1", true},
		    {"/dev/nvme1n1", false},
		    {"nvme1n1", false}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[512];
		_autosystem_ const struct system *system = NULL;
		const struct use *use;

		snprintf(text, sizeof(text), ring, rows[i].file);
		system = read_disk(text);
		use = find_use(find_device(system, "0000:02:00.0"), USE_OPEN);
		assert_int_equal(use != NULL, rows[i].is_used);
		if (use)
			assert_string_equal(use->evidence, "/proc/99/fdinfo/3");
	}
}

static void files_of_a_busy_ring_are_unknown(void **state)
{
	_autosystem_ const struct system *system =
		read_disk("/proc/99/fd/3 -> anon_inode:[io_uring]\n"
			  "/proc/99/fdinfo/3 = UserFiles:\t1\\nUserBufs:\t0\n");
	_autosystem_ const struct system *idle =
		read_disk("/proc/99/fd/3 -> anon_inode:[io_uring]\n"
			  "/proc/99/fdinfo/3 = UserFiles:\t0\\nUserBufs:\t0\n");

	assert_true(is_blind(find_device(system, "0000:02:00.0"), USE_OPEN));
	assert_false(is_blind(find_device(idle, "0000:02:00.0"), USE_OPEN));
}

static void a_node_that_no_device_has_stands_for_all_of_its_driver(void **state)
{
	static const char *const switches[] = {"/sys/devices/pci0000:00/0000:05:00.0",
					       "/sys/devices/pci0000:00/0000:06:00.0", NULL};
	_autosystem_ const struct system *system =
		snapshot_about("pci 0000:05:00.0 in pci0000:00 group=3 driver=nvidia-nvswitch\n"
			       "pci 0000:06:00.0 in pci0000:00 group=3 driver=e1000e\n"
			       "/proc/1/ns/mnt -> mnt:[1]\n"
			       "/proc/900/comm = nv-fabricmanage\n"
			       "/proc/900/fd/5 -> /dev/nvidia-nvswitch0\n"
			       "/proc/900/fd/6 -> /dev/nvidia-nvswitchctl\n",
			       0, switches);
	const struct use *use = find_use(find_device(system, "0000:05:00.0"), USE_OPEN);

	assert_non_null(use);
	assert_string_equal(use->user, "nv-fabricmanage (process 900)");
	assert_null(find_use(find_device(system, "0000:06:00.0"), USE_OPEN));
}

static void a_vfio_user_of_a_device_below_has_the_device_above(void **state)
{
	static const char *const host[] = {"/sys/devices/pci0000:00/0000:00:1c.0", NULL};
	static const char machine[] =
		"pci 0000:00:1c.0 in pci0000:00 group=3 driver=vmd\n"
		"pci 0000:02:00.0 in pci0000:00/0000:00:1c.0 group=9 driver=vfio-pci\n"
		"pci 0000:03:00.0 in pci0000:00 group=10 driver=vfio-pci\n"
		"/proc/1/ns/mnt -> mnt:[1]\n"
		"/proc/99/comm = qemu\n"
		"/proc/99/fd/5 -> /dev/vfio/%s\n";
	_autofree_ char *ours = NULL, *others = NULL;
	const struct system *system;
	const struct use *use;

	assert_true(asprintf(&ours, machine, "9") > 0);
	assert_true(asprintf(&others, machine, "10") > 0);
	system = snapshot_about(ours, 0, host);
	use = find_use(find_device(system, "0000:00:1c.0"), USE_VFIO);
	assert_non_null(use);
	assert_string_equal(use->node, "vfio/9");
	assert_string_equal(use->user, "qemu (process 99)");
	system_free(system);
	system = snapshot_about(others, 0, host);
	assert_null(find_use(find_device(system, "0000:00:1c.0"), USE_VFIO));
	system_free(system);
}

static void a_node_may_lie_elsewhere_and_be_deleted(void **state)
{
	expect_count(read_nodes("/proc/98/fd/3 -> /newroot/nodes/dri/renderD128\n"
				"/proc/99/fd/3 -> /dev/dri/card0 (deleted)\n"),
		     2, 0);
}

static void the_name_of_a_process_is_any_text(void **state)
{
	const struct system *system = read_nodes("/proc/99/comm = a\\nb\\x1b[31m (process 1)\n"
						 "/proc/99/fd/5 -> /dev/dri/card0\n"
						 "/proc/98/fd/5 -> /dev/dri/renderD128\n");
	const struct uses *uses = uses_of(system);
	bool named = strncmp(uses->items[0].user, "a", 1) == 0;

	assert_string_equal(uses->items[!named].user, "a\nb\x1b[31m (process 1) (process 99)");
	/* A process may have ended before its name is read. */
	assert_string_equal(uses->items[named].user, "process 98");
	expect_count(system, 2, 0);
}

/* A VFIO driver in group 7, and a process with @target open. */
static const struct system *look_at_guest(const char *target, const char *more)
{
	_autofree_ char *text = NULL;

	assert_true(
		asprintf(&text,
			 "pci 0000:01:00.0 in pci0000:00 group=7 driver=vfio-pci\n"
			 "node vfio-dev vfio/devices/vfio0 511:0 at " GPU "/vfio-dev/vfio0\n"
			 "/dev/vfio/7 = \n"
			 "/proc/1/fd/0 -> /dev/null\n"
			 "/proc/50/comm = qemu-system-x86\n"
			 "/proc/50/cmdline = qemu\\x00-name\\x00guest=win,,11,debug-threads=on\\x00"
			 "-S\n"
			 "/proc/50/fd/9 -> %s\n%s",
			 target, more) > 0);
	return snapshot_about(text, 0, paths);
}

static void a_guest_that_holds_the_device_is_named(void **state)
{
	static const char *const targets[] = {"/dev/vfio/7", "/dev/vfio/devices/vfio0"};
	static const char *const nodes[] = {"vfio/7", "vfio/devices/vfio0"};

	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		const struct system *system = look_at_guest(targets[i], "");
		const struct use *use = find_use(find_device(system, "0000:01:00.0"), USE_VFIO);

		assert_non_null(use);
		assert_string_equal(use->node, nodes[i]);
		assert_string_equal(use->user, "qemu-system-x86 (process 50, domain win,11)");
		assert_string_equal(use->evidence, "/proc/50/fd/9");
		expect_count(system, 1, 0);
	}
}

static void guests_of_other_groups_do_not_count(void **state)
{
	expect_count(look_at_guest("/dev/vfio/77", ""), 0, 0);
	expect_count(look_at_guest("/dev/vfio/vfio", ""), 0, 0);
	expect_count(look_at_guest("/dev/vfio/devices/vfio1", ""), 0, 0);
}

static void a_vfio_device_without_a_name_may_be_ours(void **state)
{
	const struct system *system = look_at_guest("anon_inode:[vfio-device]", "");

	assert_true(is_blind(find_device(system, "0000:01:00.0"), USE_VFIO));
	expect_count(system, 0, 1);
	/* If the process has a group's node open too, the group is known. */
	expect_count(look_at_guest("anon_inode:[vfio-device]",
				   "group 8\n/proc/50/fd/10 -> /dev/vfio/8\n"),
		     0, 0);
}

static void a_member_that_vfio_does_not_have_is_not_held_with_its_group(void **state)
{
	expect_count(read_nodes("/dev/vfio/7 = \n/proc/50/fd/9 -> /dev/vfio/7\n"), 0, 0);
}

static void processes_that_may_not_be_looked_at_may_have_it_open(void **state)
{
	const struct system *system =
		read_nodes("/proc/60/\n/iommuctl/unreadable = /proc/60/fd\\tdenied\n");

	assert_true(is_blind(find_device(system, "0000:01:00.0"), USE_OPEN));
	expect_count(system, 0, 1);
	system = look_at_guest("/dev/null",
			       "/proc/60/\n/iommuctl/unreadable = /proc/60/fd\\tdenied\n");
	assert_true(is_blind(find_device(system, "0000:01:00.0"), USE_VFIO));
	system_free(system);
}

static void processes_that_are_hidden_may_have_it_open(void **state)
{
	static const char device[] = "pci 0000:01:00.0 in pci0000:00\n"
				     "node drm dri/card0 226:0 at " GPU "/drm/card0\n"
				     "/proc/50/fd/0 -> /dev/null\n";
	const struct system *system = snapshot_about(device, 0, paths);
	_autofree_ char *text = NULL;

	assert_true(is_blind(find_device(system, "0000:01:00.0"), USE_OPEN));
	system_free(system);
	assert_true(asprintf(&text,
			     "%s/proc/1/comm = init\n"
			     "/proc/self/mountinfo = 22 27 0:21 / /proc rw - proc proc "
			     "rw,hidepid=invisible\n",
			     device) > 0);
	system = snapshot_about(text, 0, paths);
	assert_true(is_blind(find_device(system, "0000:01:00.0"), USE_OPEN));
	expect_count(system, 0, 1);
}

static void a_device_without_nodes_has_nothing_to_be_opened(void **state)
{
	const struct system *system = snapshot_about("pci 0000:01:00.0 in pci0000:00\n", 0, paths);

	expect_count(system, 0, 0);
}

static void nvidias_nodes_are_known_without_sysfs(void **state)
{
	const struct system *system =
		snapshot_about("pci 0000:01:00.0 in pci0000:00 driver=nvidia\n"
			       "/proc/driver/nvidia/gpus/0000:01:00.0/information = Model: \\t X\\n"
			       "Device Minor: \\t 3\n"
			       "/proc/1/fd/4 -> /dev/nvidia2\n"
			       "/proc/2/fd/4 -> /dev/nvidia3\n",
			       0, paths);

	assert_string_equal(find_use(find_device(system, "0000:01:00.0"), USE_OPEN)->user,
			    "process 2");
	expect_count(system, 1, 0);
}

UNIT(open_nodes)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_process_that_has_a_node_open_is_named),
		cmocka_unit_test(nodes_of_other_devices_and_of_all_are_not_below),
		cmocka_unit_test(a_node_that_is_only_mapped_is_in_use),
		cmocka_unit_test(a_disk_that_is_only_mapped_is_in_use),
		cmocka_unit_test(a_disk_that_only_a_ring_keeps_open_is_in_use),
		cmocka_unit_test(files_of_a_busy_ring_are_unknown),
		cmocka_unit_test(a_node_that_no_device_has_stands_for_all_of_its_driver),
		cmocka_unit_test(a_vfio_user_of_a_device_below_has_the_device_above),
		cmocka_unit_test(a_node_may_lie_elsewhere_and_be_deleted),
		cmocka_unit_test(the_name_of_a_process_is_any_text),
		cmocka_unit_test(a_guest_that_holds_the_device_is_named),
		cmocka_unit_test(guests_of_other_groups_do_not_count),
		cmocka_unit_test(a_vfio_device_without_a_name_may_be_ours),
		cmocka_unit_test(a_member_that_vfio_does_not_have_is_not_held_with_its_group),
		cmocka_unit_test(processes_that_may_not_be_looked_at_may_have_it_open),
		cmocka_unit_test(processes_that_are_hidden_may_have_it_open),
		cmocka_unit_test(a_device_without_nodes_has_nothing_to_be_opened),
		cmocka_unit_test(nvidias_nodes_are_known_without_sysfs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
