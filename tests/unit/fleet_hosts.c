/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The captures in a folder of captures. */
#include "commands/fleet_hosts.h"

#include "support/check.h"
#include "support/tree.h"

#include <string.h>

static void archives_and_trees_of_a_folder_are_captures(void **state)
{
	static const char *const captures[] = {"a.tar",	    "b.tar.gz", "c.tgz",
					       "d.tar.zst", "e.tzst",	"tree"};
	char *dir = tree_new("/a.tar = x\n/b.tar.gz = x\n/c.tgz = x\n/d.tar.zst = x\n/e.tzst = x\n"
			     "/tree/sys/x = y\n/log.gz = x\n/notes = x\n/.tgz = x\n/tar = x\n");
	_autoarena_ struct arena *arena = arena_new();
	const struct options options = {.roots = {dir}, .root_count = 1};
	struct fleet_hosts hosts;
	struct error error = {0};

	assert_int_equal(fleet_hosts_list(&options, arena, &hosts, &error), 0);
	assert_int_equal(hosts.count, ARRAY_SIZE(captures));
	for (size_t i = 0; i < hosts.count; i++)
		assert_string_equal(hosts.names[i] + strlen(dir) + 1, captures[i]);
	tree_remove(dir);
}

UNIT(fleet_hosts)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(archives_and_trees_of_a_folder_are_captures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
