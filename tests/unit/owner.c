/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Users that get VFIO nodes: by name and number, their limits of locked memory, and udev's rule. */
#include "sources/devices/owner.h"
#include "actions/owner_rule.h"
#include "support/arena.h"
#include "support/check.h"
#include "support/tree.h"

#include <string.h>
#include <unistd.h>

static struct error error;

/* The owner that @words name on a machine of that tree. */
static struct owner read_on(const char *tree, const char *words)
{
	_autoroot_ struct root *root = NULL;
	char *dir = tree_new(tree);
	struct owner owner = {.memlock = 1};

	error = (struct error){0};
	assert_int_equal(root_open(dir, &root, &error), 0);
	if (owner_read(root, words, &owner, &error) == 0)
		assert_int_equal(error.code, 0);
	tree_remove(dir);
	return owner;
}

static void users_and_groups_have_names_or_numbers(void **state)
{
	struct owner owner = read_on("", "root");

	assert_int_equal(owner.uid, 0);
	assert_false(owner.has_group);
	assert_int_equal(owner.memlock, MEMLOCK_UNLIMITED);
	assert_int_equal(owner.has_udev, ANSWER_NO);
	owner = read_on("/run/udev/control = \n", "54321:root");
	assert_int_equal(owner.uid, 54321);
	assert_true(owner.has_group);
	assert_int_equal(owner.gid, 0);
	assert_int_equal(owner.has_udev, ANSWER_YES);
	assert_int_equal(read_on("", "root:54322").gid, 54322);
}

static void what_names_nobody_is_refused(void **state)
{
	static const char *const rows[][2] = {
		{"no-such-user-here", "no user is called no-such-user-here"},
		{"root:no-such-group-here", "no group is called no-such-group-here"},
		{"", "--owner takes USER[:GROUP]"},
		{":root", "--owner takes USER[:GROUP]"},
		{"root:", "--owner takes USER[:GROUP]"},
		{"4294967295", "no user is called 4294967295"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		read_on("", rows[i][0]);
		assert_int_equal(error.code, ERROR_USAGE);
		assert_non_null(strstr(error.message, rows[i][1]));
	}
}

#define LIMITS "/etc/security/limits.conf = "
#define MORE "/etc/security/limits.d/50-vfio.conf = "

/* A line for the user counts more than one for a group, and that more than one for all. */
static void the_limit_of_locked_memory_is_that_of_pam(void **state)
{
	static const struct {
		const char *tree;
		int64_t memlock;
	} rows[] = {
		{"", MEMLOCK_UNSET},
		{LIMITS "# daemon - memlock 1\\n* hard memlock 64\n", 64 << 10},
		{LIMITS "*\\t-\\tmemlock\\tunlimited\n", MEMLOCK_UNLIMITED},
		{LIMITS "daemon hard memlock 128\\n* hard memlock 64\n", 128 << 10},
		{LIMITS "@daemon hard memlock 96\\n* hard memlock 64\n", 96 << 10},
		{LIMITS "@root hard memlock 96\\n* soft memlock 64\n", MEMLOCK_UNSET},
		{LIMITS "daemon hard memlock 128\n" MORE "daemon - memlock infinity\n",
		 MEMLOCK_UNLIMITED},
		{LIMITS "daemon hard nofile 128\\ndaemon hard memlock much\n", MEMLOCK_UNSET},
		{"/etc/security/limits.d/50-vfio.old = daemon - memlock 1\n", MEMLOCK_UNSET},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(read_on(rows[i].tree, "daemon").memlock, rows[i].memlock);
	assert_int_equal(read_on(LIMITS "* - memlock 1\n", "54321").memlock, MEMLOCK_UNSET);
}

static void a_rule_names_the_device_by_its_ids_too(void **state)
{
	const struct owner alice = {.words = "alice", .uid = 1000};
	const struct owner both = {.words = "alice:kvm", .uid = 1000, .gid = 36, .has_group = true};
	char words[64];
	const char *rule = owner_rule_text(arena, &alice, "pci", "0000:01:00.0", 0x8086, 0x10d3);

	assert_string_equal(
		rule,
		"SUBSYSTEM==\"vfio\", TEST==\"/sys/kernel/iommu_groups/%k/devices/0000:01:00.0\", "
		"ATTR{[pci/0000:01:00.0]vendor}==\"0x8086\", "
		"ATTR{[pci/0000:01:00.0]device}==\"0x10d3\", OWNER=\"1000\", GROUP=\"0\", "
		"MODE=\"0600\"\n"
		"SUBSYSTEM==\"vfio-dev\", SUBSYSTEMS==\"pci\", KERNELS==\"0000:01:00.0\", "
		"ATTRS{vendor}==\"0x8086\", ATTRS{device}==\"0x10d3\", OWNER=\"1000\", "
		"GROUP=\"0\", MODE=\"0600\"\n");
	owner_rule_words(rule, words, sizeof(words));
	assert_string_equal(words, "1000");
	rule = owner_rule_text(arena, &both, "platform", "a000000.ethernet", -1, -1);
	assert_non_null(strstr(rule, "devices/a000000.ethernet\", OWNER=\"1000\", GROUP=\"36\", "
				     "MODE=\"0660\"\n"));
	owner_rule_words(rule, words, sizeof(words));
	assert_string_equal(words, "1000:36");
	owner_rule_words(NULL, words, sizeof(words));
	assert_string_equal(words, "root");
}

#define DEVICE "/sys/devices/pci0000:00/0000:01:00.0"

/* 1 where the rule of @tree and its nodes are as the user @uid is to have them. */
static int holds(const char *tree, uid_t uid, bool given)
{
	const struct owner owner = {.words = "me", .uid = uid};
	_autoroot_ struct root *root = NULL;
	char *dir = tree_new(tree);
	const char *file = owner_rule_file(arena, "pci", "0000:01:00.0");
	const char *text =
		given ? owner_rule_text(arena, &owner, "pci", "0000:01:00.0", 0x8086, 0x10d3) : "";
	int result;

	assert_int_equal(root_open(dir, &root, &error), 0);
	result = owner_rule_holds(root, DEVICE, file, text);
	tree_remove(dir);
	return result;
}

/* A tree with the rule of that user, as the file of a tree spells it. */
static const char *with_rule(const char *tree, uid_t uid)
{
	const struct owner owner = {.words = "me", .uid = uid};
	const char *rule = owner_rule_text(arena, &owner, "pci", "0000:01:00.0", 0x8086, 0x10d3);
	int first = (int)strcspn(rule, "\n");

	return arena_printf(arena, "%s%s = %.*s\\n%.*s\n", tree,
			    owner_rule_file(arena, "pci", "0000:01:00.0"), first, rule,
			    (int)strcspn(rule + first + 1, "\n"), rule + first + 1);
}

static void a_rule_holds_where_it_is_there_and_all_nodes_follow_it(void **state)
{
	static const char nodes[] = "group 2\npci 0000:01:00.0 in pci0000:00 group=2\n"
				    "/dev/vfio/2 = \n" DEVICE "/vfio-dev/vfio0/\n"
				    "/dev/vfio/devices/vfio0 = \n";
	uid_t me = getuid();

	assert_int_equal(holds(nodes, me, false), 1);
	assert_int_equal(holds(nodes, me, true), 0);
	assert_int_equal(holds(with_rule(nodes, me), me, true), 1);
	assert_int_equal(holds(with_rule(nodes, me), me, false), 0);
	assert_int_equal(holds(with_rule(nodes, me + 1), me + 1, true), 0);
	assert_int_equal(holds(with_rule("", me + 1), me + 1, true), 1);
}

UNIT(owner)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(users_and_groups_have_names_or_numbers),
		cmocka_unit_test(what_names_nobody_is_refused),
		cmocka_unit_test(the_limit_of_locked_memory_is_that_of_pam),
		cmocka_unit_test(a_rule_names_the_device_by_its_ids_too),
		cmocka_unit_test(a_rule_holds_where_it_is_there_and_all_nodes_follow_it),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
