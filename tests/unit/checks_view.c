/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers of checks as text and in JSON documents. */
#include "commands/rows.h"
#include "support/arena.h"
#include "support/scene.h"
#include "views/checks.h"
#include "views/findings.h"

#include <string.h>

static void add(struct scene *scene, const struct device *device, struct check check,
		struct finding finding)
{
	struct checking checking = {.arena = scene->arena, .checks = &scene->checks};

	check.device = device;
	check.finding = finding;
	check_add(&checking, check);
}

/* Four answers about a device that the user named and a device that is taken along. */
static void start(struct scene *scene)
{
	struct device *sibling;

	scene_start(scene, "nvme", "vfio-pci");
	sibling = scene_sibling(scene, "0000:01:00.1", "nvme");
	scene_move(scene, sibling, "vfio-pci");
	scene->handover.moves = scene->moves;
	scene->checks = (struct checks){0};
	add(scene, scene->device, (struct check){.id = CHECK_SWAP, .level = CHECK_PASS},
	    (struct finding){.message = "it holds no swap space"});
	add(scene, scene->device, (struct check){.id = CHECK_NET_UP, .level = CHECK_WARNING},
	    (struct finding){.message = "eth0 is up",
			     .evidence = "/sys/class/net/eth0",
			     .remedy = "ip link set eth0 down"});
	add(scene, sibling, (struct check){.id = CHECK_MOUNTED, .level = CHECK_REFUSE},
	    (struct finding){.message = "x is mounted on /a\nb",
			     .evidence = "/proc/1/mountinfo",
			     .remedy = "umount '/a\nb'"});
	add(scene, NULL,
	    (struct check){.id = CHECK_CONTAINER, .level = CHECK_REFUSE, .unknown = true},
	    (struct finding){.message = "could not see"});
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
	"  To go on nevertheless: --waive mounted@0000:01:00.1\n"                         \
	"refused (container): could not see\n"                                            \
	"  To go on nevertheless: --waive container:unknown\n"
#define WARNINGS                                                             \
	"warning (net-up): 0000:01:00.0: eth0 is up (/sys/class/net/eth0)\n" \
	"  ip link set eth0 down\n"

static void refusals_come_first_with_what_to_type(void **state)
{
	struct scene scene;

	start(&scene);
	assert_string_equal(printed(&scene, false), REFUSALS WARNINGS);
	scene_end(&scene);
}

/* A driver's name with a typing error is not to stand below all that a capture cannot tell. */
static void refusals_that_could_not_look_come_after_the_others(void **state)
{
	struct scene scene;
	const char *text;

	start(&scene);
	scene.checks.items[2].unknown = true;
	scene.checks.items[3].unknown = false;
	text = printed(&scene, false);
	assert_true(strstr(text, "refused (container)") < strstr(text, "refused (mounted)"));
	assert_true(strstr(text, "refused (mounted)") < strstr(text, "warning (net-up)"));
	scene_end(&scene);
}

static void what_passes_is_shown_where_somebody_asks(void **state)
{
	struct scene scene;

	start(&scene);
	assert_string_equal(printed(&scene, true), REFUSALS WARNINGS
			    "passed (swap): 0000:01:00.0: it holds no swap space\n");
	scene_end(&scene);
}

static void what_is_waived_is_still_told(void **state)
{
	struct scene scene;

	start(&scene);
	scene.checks.items[2].waived = scene.checks.items[3].waived = true;
	assert_string_equal(printed(&scene, false),
			    "waived (mounted): 0000:01:00.1: x is mounted on /a\\x0ab "
			    "(/proc/1/mountinfo)\n"
			    "waived (container): could not see\n" WARNINGS);
	scene_end(&scene);
}

static void a_final_refusal_offers_no_waiver(void **state)
{
	struct scene scene;

	start(&scene);
	scene.checks.items[2].final = true;
	scene.checks.items[3].id = CHECK_SYSTEM_DISK;
	assert_null(strstr(printed(&scene, true), "--waive"));
	scene_end(&scene);
}

static struct value cell(const struct row *row, const char *key)
{
	for (const struct column *column = finding_columns; column->key; column++)
		if (strcmp(column->key, key) == 0)
			return column->get(row, arena);
	for (const struct column *column = check_columns; column->key; column++)
		if (strcmp(column->key, key) == 0)
			return column->get(row, arena);
	fail_msg("no column %s", key);
	return value_none();
}

static void assert_keys(const struct column *columns, const char *const *keys)
{
	for (; *keys; keys++, columns++)
		assert_string_equal(columns->key, *keys);
	assert_null(columns->key);
}

static void each_check_is_a_row_of_the_contract(void **state)
{
	static const char *const keys[] = {"id", "level", "unknown", "waivable", "waived", NULL};
	static const char *const common[] = {"code",   "severity", "subject", "message", "evidence",
					     "remedy", "devices",  "cause",   NULL};
	_autorows_ struct rows rows = {0};
	struct scene scene;

	assert_keys(finding_columns, common);
	assert_keys(check_columns, keys);
	start(&scene);
	rows = rows_checks(&scene.checks);
	assert_int_equal(rows.count, 4);
	assert_string_equal(cell(&rows.items[2], "id").text, "mounted");
	assert_string_equal(cell(&rows.items[2], "code").text, "mounted");
	assert_string_equal(cell(&rows.items[2], "severity").text, "alarm");
	assert_string_equal(cell(&rows.items[0], "severity").text, "note");
	assert_string_equal(cell(&rows.items[2], "level").text, "refuse");
	assert_string_equal(cell(&rows.items[2], "subject").text, "0000:01:00.1");
	assert_string_equal(cell(&rows.items[2], "devices").text, "0000:01:00.1");
	assert_int_equal(cell(&rows.items[2], "cause").kind, VALUE_NONE);
	assert_int_equal(cell(&rows.items[2], "unknown").number, false);
	assert_int_equal(cell(&rows.items[2], "waivable").number, true);
	assert_int_equal(cell(&rows.items[0], "waivable").number, false);
	assert_int_equal(cell(&rows.items[3], "subject").kind, VALUE_NONE);
	assert_int_equal(cell(&rows.items[3], "devices").kind, VALUE_NONE);
	assert_int_equal(cell(&rows.items[3], "unknown").number, true);
	scene_end(&scene);
}

UNIT(checks_view)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refusals_come_first_with_what_to_type),
		cmocka_unit_test(refusals_that_could_not_look_come_after_the_others),
		cmocka_unit_test(what_passes_is_shown_where_somebody_asks),
		cmocka_unit_test(what_is_waived_is_still_told),
		cmocka_unit_test(a_final_refusal_offers_no_waiver),
		cmocka_unit_test(each_check_is_a_row_of_the_contract),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
