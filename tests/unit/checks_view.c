/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks as people read them, and as JSON documents have them. */
#include "commands/rows.h"
#include "support/scene.h"
#include "views/checks.h"

#include <string.h>

/* Four answers about a device that the user named and one that is taken along. */
static void start(struct scene *scene, struct check items[4])
{
	struct device *sibling;

	scene_start(scene, "nvme", "vfio-pci");
	sibling = scene_sibling(scene, "0000:01:00.1", "nvme");
	scene_move(scene, sibling, "vfio-pci");
	items[0] = (struct check){CHECK_SWAP, CHECK_PASS, scene->device, "it holds no swap space"};
	items[1] = (struct check){CHECK_NET_UP, CHECK_WARNING,	       scene->device,
				  "eth0 is up", "/sys/class/net/eth0", "ip link set eth0 down"};
	items[2] = (struct check){CHECK_MOUNTED,	   CHECK_REFUSE,	sibling,
				  "x is mounted on /a\nb", "/proc/1/mountinfo", "umount '/a\nb'"};
	items[3] = (struct check){.id = CHECK_CONTAINER,
				  .level = CHECK_REFUSE,
				  .message = "could not see",
				  .unknown = true};
	scene->handover.moves = scene->moves;
	scene->checks = (struct checks){items, 4, 4};
	scene->system = build_seal(scene->build, 0);
}

static const char *printed(const struct scene *scene, bool verbose)
{
	char *text = NULL;
	const char *copy;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	checks_print(out, &scene->checks, &scene->handover, verbose);
	fclose(out);
	copy = arena_strdup(scene->arena, text);
	free(text);
	return copy;
}

#define REFUSALS                                                                          \
	"refused (mounted): 0000:01:00.1: x is mounted on /a\\x0ab (/proc/1/mountinfo)\n" \
	"  umount '/a\\x0ab'\n"                                                           \
	"  To go on all the same: --waive mounted@0000:01:00.1\n"                         \
	"refused (container): could not see\n"                                            \
	"  To go on all the same: --waive container:unknown\n"
#define WARNINGS                                                             \
	"warning (net-up): 0000:01:00.0: eth0 is up (/sys/class/net/eth0)\n" \
	"  ip link set eth0 down\n"

static void refusals_come_first_with_what_to_type(void **state)
{
	struct check items[4];
	struct scene scene;

	start(&scene, items);
	assert_string_equal(printed(&scene, false), REFUSALS WARNINGS);
	scene_end(&scene);
}

static void what_passes_is_shown_where_somebody_asks(void **state)
{
	struct check items[4];
	struct scene scene;

	start(&scene, items);
	assert_string_equal(printed(&scene, true), REFUSALS WARNINGS
			    "passed (swap): 0000:01:00.0: it holds no swap space\n");
	scene_end(&scene);
}

static void what_is_waived_is_still_told(void **state)
{
	struct check items[4];
	struct scene scene;

	start(&scene, items);
	items[2].waived = items[3].waived = true;
	assert_string_equal(printed(&scene, false),
			    "waived (mounted): 0000:01:00.1: x is mounted on /a\\x0ab "
			    "(/proc/1/mountinfo)\n"
			    "waived (container): could not see\n" WARNINGS);
	scene_end(&scene);
}

static void what_is_final_offers_no_waiver(void **state)
{
	struct check items[4];
	struct scene scene;

	start(&scene, items);
	items[2].final = true;
	items[3].id = CHECK_SYSTEM_DISK;
	assert_null(strstr(printed(&scene, true), "--waive"));
	scene_end(&scene);
}

static struct value cell(const struct row *row, const char *key)
{
	for (const struct column *column = check_columns; column->key; column++)
		if (strcmp(column->key, key) == 0)
			return column->get(row, NULL);
	fail_msg("no column %s", key);
	return value_none();
}

static void each_check_is_a_row_of_the_contract(void **state)
{
	static const char *const keys[] = {"id",     "level",	"device",   "message", "evidence",
					   "remedy", "unknown", "waivable", "waived"};
	_autorows_ struct rows rows = {0};
	struct check items[4];
	struct scene scene;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		assert_string_equal(check_columns[i].key, keys[i]);
	assert_null(check_columns[ARRAY_SIZE(keys)].key);
	start(&scene, items);
	rows = rows_checks(&scene.checks);
	assert_int_equal(rows.count, 4);
	assert_string_equal(cell(&rows.items[2], "id").text, "mounted");
	assert_string_equal(cell(&rows.items[2], "level").text, "refuse");
	assert_string_equal(cell(&rows.items[2], "device").text, "0000:01:00.1");
	assert_int_equal(cell(&rows.items[2], "unknown").number, false);
	assert_int_equal(cell(&rows.items[2], "waivable").number, true);
	assert_int_equal(cell(&rows.items[0], "waivable").number, false);
	assert_int_equal(cell(&rows.items[3], "device").kind, VALUE_NONE);
	assert_int_equal(cell(&rows.items[3], "unknown").number, true);
	scene_end(&scene);
}

UNIT(checks_view)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refusals_come_first_with_what_to_type),
		cmocka_unit_test(what_passes_is_shown_where_somebody_asks),
		cmocka_unit_test(what_is_waived_is_still_told),
		cmocka_unit_test(what_is_final_offers_no_waiver),
		cmocka_unit_test(each_check_is_a_row_of_the_contract),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
