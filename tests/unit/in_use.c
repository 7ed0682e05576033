/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The messages about each kind of use, for devices made by hand. */
#include "checks/check_functions.h"
#include "checks/use_remedy.h"
#include "support/scene.h"

#include <string.h>

/* Every kind of use; @class and @interface: of a device that can have it. */
static const struct {
	enum use_kind kind;
	enum check_id id;
	int class;
	const char *interface, *node, *user;
	const char *answer, *message, *remedy;
} kinds[] = {
	{USE_SYSTEM_MOUNT, CHECK_SYSTEM_DISK, 0x010802, NULL, "nvme0n1p2", "/", "final",
	 "nvme0n1p2 is mounted on /", "Leave it to the host"},
	{USE_MOUNT, CHECK_MOUNTED, 0x010802, NULL, "nvme0n1p1", "/srv", "refuse",
	 "nvme0n1p1 is mounted on /srv", "umount /srv"},
	{USE_SWAP, CHECK_SWAP, 0x010601, NULL, "sda2", "/dev/sda2", "refuse",
	 "sda2 holds the swap space /dev/sda2", "swapoff /dev/sda2"},
	{USE_HOLDER, CHECK_BLOCK_HOLDER, 0x010802, NULL, "nvme0n1p3", "dm-0 (my--vg-root)",
	 "refuse", "nvme0n1p3 is below dm-0 (my--vg-root)", "vgchange -an my-vg"},
	{USE_BACKING, CHECK_BLOCK_BACKING, 0x010802, NULL, "nvme0n1", "loop0", "refuse",
	 "nvme0n1 is behind loop0", "losetup --detach /dev/loop0"},
	{USE_CLAIM, CHECK_BLOCK_CLAIMED, 0x0c0330, NULL, "sdb", "the kernel", "refuse",
	 "sdb is claimed by the kernel", "zpool export"},
	{USE_ADDRESS, CHECK_NET_ADDRESS, 0x020000, NULL, "eth0", "10.0.0.2/24", "refuse",
	 "eth0 is up with the address 10.0.0.2/24", "ip link set eth0 down"},
	{USE_LINK_UP, CHECK_NET_UP, 0x020000, NULL, "eth0", "up, without an address of its own",
	 "warning", "eth0 is up, without an address of its own", "ip link set eth0 down"},
	{USE_DEFAULT_ROUTE, CHECK_NET_ROUTE, -1, "eth0", "eth0", "default via 10.0.0.1", "refuse",
	 "eth0 carries the route default via 10.0.0.1", "ip route del default dev eth0"},
	{USE_MASTER, CHECK_NET_MASTER, 0x020000, NULL, "eth0", "br0 (bridge)", "refuse",
	 "eth0 belongs to br0 (bridge)", "ip link set eth0 nomaster"},
	{USE_PROTOCOL, CHECK_NET_PROTOCOL, 0x020000, NULL, "eth0", "1 PPPoE sessions", "refuse",
	 "eth0 carries 1 PPPoE sessions", "Stop the service"},
	{USE_LISTENER, CHECK_NET_LISTENER, 0x020000, NULL, "eth0", "2 packet sockets", "warning",
	 "eth0 is read by 2 packet sockets", "Stop the program"},
	{USE_ROUTE, CHECK_NET_ADDRESS, 0x020000, NULL, "eth0", "10.1.0.0/16 via 10.0.0.1", "refuse",
	 "eth0 carries the route 10.1.0.0/16 via 10.0.0.1", "ip link set eth0 down"},
	{USE_SESSION, CHECK_NET_SESSION, 0x020000, NULL, "eth0", "SSH from 10.0.0.9", "refuse",
	 "eth0 carries this session, SSH from 10.0.0.9", "another interface"},
	{USE_NAMESPACE, CHECK_NET_NAMESPACE, 0x020000, NULL, "eth0", "blue", "refuse",
	 "eth0 is in another network namespace: blue", "moved it there"},
	{USE_RDMA, CHECK_RDMA, 0x020700, NULL, "mlx5_0", "active port 1", "warning",
	 "mlx5_0 has the active port 1", "rdma resource"},
	{USE_OPEN, CHECK_NODE_OPEN, -1, NULL, "sda", "dd (process 4711)", "refuse",
	 "sda is open in dd (process 4711)", "Stop that process"},
	{USE_VFIO, CHECK_VFIO_OPEN, -1, NULL, "/dev/vfio/7", "qemu (process 4711)", "final",
	 "/dev/vfio/7 is open in qemu (process 4711)", "Shut down"},
	{USE_MEDIATED, CHECK_MEDIATED, 0x030000, NULL, "0000:01:00.0", "c0ffee", "refuse",
	 "it is the parent of c0ffee", "echo 1 > /sys/bus/mdev/devices/c0ffee/remove"},
	{USE_DISPLAY, CHECK_DISPLAY, -1, "card0", "fb0", "framebuffer console", "refuse",
	 "fb0 is the framebuffer console", "primary"},
	{USE_CONSOLE, CHECK_CONSOLE, 0x070002, NULL, "ttyS4", "kernel console", "refuse",
	 "ttyS4 is the kernel console", "console="},
	{USE_WATCHDOG, CHECK_WATCHDOG, -1, "watchdog0", "watchdog0", "a running watchdog", "refuse",
	 "watchdog0 is a running watchdog", "feeds it"},
	{USE_TPM, CHECK_TPM, -1, "tpm0", "tpm0", "the machine's TPM", "refuse",
	 "tpm0 is the machine's TPM", "sealed"},
	{USE_IPMI, CHECK_IPMI, 0x0c0701, NULL, "ipmi0", "the management controller", "refuse",
	 "ipmi0 leads to the management controller", "Stop the services"},
	{USE_MEMORY, CHECK_MEMORY, 0x050210, NULL, "decoder2.0", "region0", "final",
	 "decoder2.0 is part of region0", "cxl(1)"},
	{USE_TOOL, CHECK_OTHER_TOOL, -1, NULL, "0000:01:00.0", "driverctl (vfio-pci)", "warning",
	 "it is claimed by driverctl (vfio-pci)", "driverctl unset-override 0000:01:00.0"},
	{USE_CONSUMER, CHECK_CONSUMERS, -1, NULL, "0000:01:00.0", "a000000.dma", "final",
	 "it is needed by a000000.dma", "Unbind a000000.dma first"},
};

/* Start with a device that can have a use of kinds[@which]. */
static void start(struct scene *scene, size_t which)
{
	bool vfio = kinds[which].kind == USE_VFIO;

	scene_start(scene, vfio ? "vfio-pci" : "nvme", vfio ? "nvme" : "vfio-pci");
	scene->device->class = kinds[which].class;
	if (kinds[which].interface) {
		scene->device->interfaces = &kinds[which].interface;
		scene->device->interface_count = 1;
	}
}

static void every_kind_of_use_but_one_is_asked_about(void **state)
{
	bool told[USE_KIND_COUNT] = {[USE_VIRTUAL_FUNCTION] = true};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		told[kinds[i].kind] = true;
	for (size_t i = 0; i < USE_KIND_COUNT; i++)
		assert_true(told[i]);
}

/* A row of the list with check_use, but without a kind of use, would never answer. */
static void every_check_of_a_use_has_its_use(void **state)
{
	bool told[CHECK_ID_COUNT] = {false};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		told[kinds[i].id] = true;
	for (size_t i = 0; i < CHECK_ID_COUNT; i++)
		assert_int_equal(told[i], check_kinds[i].ask == check_use);
}

static void a_device_that_is_not_in_use_passes(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct scene scene;

		start(&scene, i);
		build_looked_at_uses(scene.build, scene.device);
		scene_ask(&scene, check_use);
		assert_string_equal(answer_word(scene_find(&scene, kinds[i].id)), "pass");
		assert_null(checks_refusing(&scene.checks));
		scene_end(&scene);
	}
}

static void a_device_in_use_is_refused_with_its_evidence(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct check *check;
		struct scene scene;

		start(&scene, i);
		build_use(scene.build, scene.device,
			  (struct use){kinds[i].kind, kinds[i].node, kinds[i].user, "/the/file"});
		scene_ask(&scene, check_use);
		check = scene_find(&scene, kinds[i].id);
		assert_string_equal(answer_word(check), kinds[i].answer);
		assert_string_equal(check->finding.message, kinds[i].message);
		assert_string_equal(check->finding.evidence, "/the/file");
		assert_non_null(strstr(check->finding.remedy, kinds[i].remedy));
		scene_end(&scene);
	}
}

/* The firmware's framebuffer and the text console need no driver; a native driver takes over. */
static void a_display_without_a_driver_is_not_handed_over(void **state)
{
	static const struct {
		const char *next, *answer;
	} rows[] = {{"vfio-pci", "refuse"}, {"amdgpu", "none"}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scene scene;

		scene_start(&scene, NULL, rows[i].next);
		scene.device->class = 0x030000;
		build_use(scene.build, scene.device,
			  (struct use){USE_DISPLAY, "0000:01:00.0", "boot VGA", "boot_vga"});
		scene_ask(&scene, check_use);
		assert_string_equal(answer_word(scene_find(&scene, CHECK_DISPLAY)), rows[i].answer);
		scene_end(&scene);
	}
}

static void an_unreadable_use_is_no_pass(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		bool harmless = strcmp(kinds[i].answer, "warning") == 0;
		const struct check *check;
		struct scene scene;

		start(&scene, i);
		build_blindness(scene.build, scene.device, kinds[i].kind, "/proc/%d/x: denied", 1);
		scene_ask(&scene, check_use);
		check = scene_find(&scene, kinds[i].id);
		assert_string_equal(answer_word(check), harmless ? "unknown warning" : "unknown");
		assert_string_equal(check->finding.evidence, "/proc/1/x: denied");
		scene_end(&scene);
	}
}

static void a_use_that_was_seen_hides_none_that_could_not_be_seen(void **state)
{
	struct scene scene;
	size_t used = 0, unseen = 0;

	scene_start(&scene, "nvme", "vfio-pci");
	build_use(scene.build, scene.device, (struct use){USE_MOUNT, "nvme0n1p1", "/a", "/f"});
	build_blindness(scene.build, scene.device, USE_MOUNT, "/proc/7/mountinfo: denied");
	scene_ask(&scene, check_use);
	for (size_t i = 0; i < scene.checks.count; i++) {
		const struct check *check = &scene.checks.items[i];

		used += check->id == CHECK_MOUNTED && !check->unknown;
		unseen += check->id == CHECK_MOUNTED && check->unknown;
	}
	assert_int_equal(used, 1);
	assert_int_equal(unseen, 1);
	scene_end(&scene);
}

static void an_unread_use_is_no_pass(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct scene scene;

		start(&scene, i);
		scene_ask(&scene, check_use);
		assert_true(scene_find(&scene, kinds[i].id)->unknown);
		assert_non_null(checks_refusing(&scene.checks));
		scene_end(&scene);
	}
}

static void a_use_that_a_device_cannot_have_is_not_mentioned(void **state)
{
	struct scene scene;

	scene_start(&scene, "e1000e", "vfio-pci");
	build_looked_at_uses(scene.build, scene.device);
	scene_ask(&scene, check_use);
	assert_null(scene_find(&scene, CHECK_MOUNTED));
	assert_null(scene_find(&scene, CHECK_TPM));
	assert_null(scene_find(&scene, CHECK_VFIO_OPEN));
	assert_string_equal(answer_word(scene_find(&scene, CHECK_NET_ADDRESS)), "pass");
	scene_end(&scene);
}

static void an_unexpected_use_is_reported_too(void **state)
{
	struct scene scene;

	scene_start(&scene, "e1000e", "vfio-pci");
	build_use(scene.build, scene.device, (struct use){USE_MOUNT, "sdq", "/x", "/f"});
	build_blindness(scene.build, scene.device, USE_TPM, "no /sys/class/tpm");
	scene_ask(&scene, check_use);
	assert_string_equal(answer_word(scene_find(&scene, CHECK_MOUNTED)), "refuse");
	assert_string_equal(answer_word(scene_find(&scene, CHECK_TPM)), "unknown");
	scene_end(&scene);
}

static void three_uses_are_named_and_the_rest_is_counted(void **state)
{
	static const char *const mounts[] = {"/a", "/b", "/c", "/d", "/e"};
	const struct check *check;
	struct scene scene;

	scene_start(&scene, "nvme", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++)
		build_use(scene.build, scene.device,
			  (struct use){USE_MOUNT, "nvme0n1p1", mounts[i], "/proc/1/mountinfo"});
	scene_ask(&scene, check_use);
	check = scene_find(&scene, CHECK_MOUNTED);
	assert_string_equal(check->finding.message,
			    "nvme0n1p1 is mounted on /a, nvme0n1p1 is mounted on /b, "
			    "nvme0n1p1 is mounted on /c and 2 more");
	assert_string_equal(check->finding.remedy, "umount /a; umount /b; umount /c");
	scene_end(&scene);
}

static void the_same_remedy_is_given_once(void **state)
{
	static const char *const addresses[] = {"10.0.0.1/8", "fd00::1/64"};
	struct scene scene;

	scene_start(&scene, "e1000e", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++)
		build_use(scene.build, scene.device,
			  (struct use){USE_ADDRESS, "eth0", addresses[i], "netlink"});
	scene_ask(&scene, check_use);
	assert_string_equal(scene_find(&scene, CHECK_NET_ADDRESS)->finding.remedy,
			    "ip link set eth0 down");
	scene_end(&scene);
}

static const char *remedy_for(struct scene *scene, enum use_kind kind, const char *user)
{
	const struct use use = {kind, "sda", user, "/f"}, *list = &use;

	return use_remedy(scene->device, &list, 1, scene->arena);
}

static void a_hostile_name_stays_one_word_of_a_command(void **state)
{
	char endless[2048];
	struct scene scene;

	scene_start(&scene, "nvme", NULL);
	assert_string_equal(remedy_for(&scene, USE_MOUNT, "/x; rm -rf /"), "umount '/x; rm -rf /'");
	assert_string_equal(remedy_for(&scene, USE_MOUNT, "/it's"), "umount '/it'\\''s'");
	assert_string_equal(remedy_for(&scene, USE_MOUNT, "/a\nb"), "umount '/a\nb'");
	assert_string_equal(remedy_for(&scene, USE_SWAP, ""), "swapoff ''");
	/* A cut path would be another path: then no command is given. */
	memset(endless, 'a', sizeof(endless) - 1);
	endless[0] = '/';
	endless[sizeof(endless) - 1] = '\0';
	assert_null(remedy_for(&scene, USE_MOUNT, endless));
	scene_ask(&scene, check_use);
	scene_end(&scene);
}

static void a_remedy_depends_on_the_kind_of_user(void **state)
{
	static const struct {
		enum use_kind kind;
		const char *user, *remedy;
	} cases[] = {
		{USE_HOLDER, "md0", "mdadm --stop /dev/md0"},
		{USE_HOLDER, "md127 (host:0)", "mdadm --stop /dev/md127"},
		{USE_HOLDER, "dm-1 (crypt)",
		 "dmsetup remove crypt (LVM: vgchange -an crypt; LUKS: cryptsetup close crypt)"},
		{USE_HOLDER, NULL, "Stop the block device on top of it."},
		{USE_BACKING, "iSCSI target iqn/tpgt_1",
		 "Remove it from the configuration of the target that exports it."},
		{USE_MOUNT, "btrfs, mounted where it cannot be seen",
		 "Unmount it where it is mounted: a container, or a service of its own."},
		{USE_MASTER, "br0 (bridge)", "ip link set sda nomaster"},
		{USE_MASTER, "eth0.7 (vlan)", "ip link delete eth0.7"},
		{USE_MASTER, "ovs-system (openvswitch)", "ovs-vsctl del-port sda"},
		{USE_DEFAULT_ROUTE, "default via 10.0.0.1 on br0", "ip route del default dev br0"},
		{USE_TOOL, "libvirt", "Make sure that the other tool does not move it too."},
		{USE_LINK_UP, NULL, "ip link set sda down"},
	};
	struct scene scene;

	scene_start(&scene, "nvme", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(remedy_for(&scene, cases[i].kind, cases[i].user),
				    cases[i].remedy);
	scene_ask(&scene, check_use);
	scene_end(&scene);
}

static void a_named_namespace_can_be_entered(void **state)
{
	const struct use use = {USE_NAMESPACE, "eth0", "blue",
				"rtnetlink, network namespace /run/netns/blue"};
	const struct use *list = &use;
	struct scene scene;

	scene_start(&scene, "e1000e", NULL);
	assert_string_equal(use_remedy(scene.device, &list, 1, scene.arena),
			    "ip netns exec blue ip link set eth0 netns 1");
	scene_ask(&scene, check_use);
	scene_end(&scene);
}

static void a_long_foreign_name_is_cut(void **state)
{
	char endless[5000];
	const struct check *check;
	struct scene scene;

	memset(endless, 'a', sizeof(endless) - 1);
	endless[sizeof(endless) - 1] = '\0';
	scene_start(&scene, "nvme", NULL);
	for (size_t i = 0; i < 5; i++)
		build_use(scene.build, scene.device, (struct use){USE_OPEN, endless, endless, "/"});
	scene_ask(&scene, check_use);
	check = scene_find(&scene, CHECK_NODE_OPEN);
	assert_true(strlen(check->finding.message) < 1024);
	assert_non_null(strstr(check->finding.message, " and 2 more"));
	scene_end(&scene);
}

static void without_a_driver_to_lose_only_open_nodes_count(void **state)
{
	struct scene scene;

	scene_start(&scene, NULL, "vfio-pci");
	build_use(scene.build, scene.device, (struct use){USE_ADDRESS, "eth0", "::1", "/f"});
	build_use(scene.build, scene.device, (struct use){USE_VFIO, "/dev/vfio/7", "1 (q)", "/f"});
	build_use(scene.build, scene.device, (struct use){USE_OPEN, "sg0", "2 (s)", "/f"});
	scene_ask(&scene, check_use);
	assert_null(scene_find(&scene, CHECK_NET_ADDRESS));
	assert_string_equal(answer_word(scene_find(&scene, CHECK_VFIO_OPEN)), "final");
	assert_string_equal(answer_word(scene_find(&scene, CHECK_NODE_OPEN)), "refuse");
	scene_end(&scene);
}

static void a_driver_that_could_not_be_read_may_be_lost(void **state)
{
	struct scene scene;

	scene_start(&scene, NULL, NULL);
	scene.device->driver_known = false;
	build_use(scene.build, scene.device, (struct use){USE_ADDRESS, "eth0", "::1", "/f"});
	scene_ask(&scene, check_use);
	assert_string_equal(answer_word(scene_find(&scene, CHECK_NET_ADDRESS)), "refuse");
	scene_end(&scene);
}

/* Whatever the kind of use: a missing user leaves no hole in the sentence. */
static void a_use_without_a_user_has_words_of_its_own(void **state)
{
	static const char *const nobody[] = {NULL, ""};

	for (size_t i = 0; i < ARRAY_SIZE(kinds) * ARRAY_SIZE(nobody); i++) {
		const struct check *check;
		struct scene scene;
		size_t kind = i / ARRAY_SIZE(nobody);

		scene_start(&scene, "driver", NULL);
		scene.device->class = kinds[kind].class;
		build_use(scene.build, scene.device,
			  (struct use){kinds[kind].kind, i % 2 ? NULL : "node0",
				       nobody[i % ARRAY_SIZE(nobody)], "/f"});
		scene_ask(&scene, check_use);
		check = scene_find(&scene, kinds[kind].id);
		assert_non_null(check);
		assert_null(strstr(check->finding.message, "(null)"));
		assert_non_null(strstr(check->finding.message, i % 2 ? "it " : "node0 "));
		scene_end(&scene);
	}
}

UNIT(in_use)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_use_but_one_is_asked_about),
		cmocka_unit_test(every_check_of_a_use_has_its_use),
		cmocka_unit_test(a_device_that_is_not_in_use_passes),
		cmocka_unit_test(a_device_in_use_is_refused_with_its_evidence),
		cmocka_unit_test(a_display_without_a_driver_is_not_handed_over),
		cmocka_unit_test(an_unreadable_use_is_no_pass),
		cmocka_unit_test(a_use_that_was_seen_hides_none_that_could_not_be_seen),
		cmocka_unit_test(an_unread_use_is_no_pass),
		cmocka_unit_test(a_use_that_a_device_cannot_have_is_not_mentioned),
		cmocka_unit_test(an_unexpected_use_is_reported_too),
		cmocka_unit_test(three_uses_are_named_and_the_rest_is_counted),
		cmocka_unit_test(the_same_remedy_is_given_once),
		cmocka_unit_test(a_hostile_name_stays_one_word_of_a_command),
		cmocka_unit_test(a_remedy_depends_on_the_kind_of_user),
		cmocka_unit_test(a_named_namespace_can_be_entered),
		cmocka_unit_test(a_long_foreign_name_is_cut),
		cmocka_unit_test(without_a_driver_to_lose_only_open_nodes_count),
		cmocka_unit_test(a_driver_that_could_not_be_read_may_be_lost),
		cmocka_unit_test(a_use_without_a_user_has_words_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
