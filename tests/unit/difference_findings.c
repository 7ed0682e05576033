/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Differences with one sentence become one finding; the differences are made by hand. */
#include "checks/differences.h"

#include "support/arena.h"
#include "support/check.h"

#include <string.h>

/* A difference of one device. */
#define OF_DEVICE(its_kind, its_subject, its_message)                           \
	{                                                                       \
		.kind = DIFFERENCE_##its_kind, .before = "before", .finding = { \
			.severity = SEVERITY_NOTE,                              \
			.subject = (its_subject),                               \
			.message = (its_message),                               \
			.devices = (const char *const[]){its_subject},          \
			.device_count = 1                                       \
		}                                                               \
	}

/* A difference of a group, which names no device. */
#define OF_GROUP(its_kind, its_subject, was, its_message)                    \
	{                                                                    \
		.kind = DIFFERENCE_##its_kind, .before = (was), .finding = { \
			.severity = SEVERITY_NOTE,                           \
			.subject = (its_subject),                            \
			.message = (its_message)                             \
		}                                                            \
	}

/* "subject or number of devices: message; …" */
static const char *merged(const struct difference *items, size_t count)
{
	const struct differences differences = {.items = items, .count = count};
	struct findings findings = differences_findings(&differences, arena);
	const char *text = "";

	for (size_t i = 0; i < findings.count; i++) {
		const struct finding *finding = &findings.items[i];

		text = arena_printf(arena, "%s%s%s%s%zu: %s", text, *text ? "; " : "",
				    finding->subject ? finding->subject : "-", "/",
				    finding->device_count, finding->message);
	}
	return text;
}

#define MERGED(items) merged(items, ARRAY_SIZE(items))

static void no_difference_is_no_finding(void **state)
{
	assert_string_equal(merged(NULL, 0), "");
}

static void devices_with_one_sentence_are_one_finding_in_the_first_place(void **state)
{
	const struct difference items[] = {
		OF_DEVICE(DRIVER, "a", "has driver x"), OF_DEVICE(DRIVER, "b", "has driver y"),
		OF_DEVICE(STATE, "c", "has driver x"), OF_DEVICE(DRIVER, "d", "has driver x")};

	assert_string_equal(MERGED(items),
			    "-/2: has driver x; b/1: has driver y; c/1: has driver x");
}

static void another_severity_is_another_finding(void **state)
{
	struct difference items[] = {OF_DEVICE(DMA, "a", "is lost"),
				     OF_DEVICE(DMA, "b", "is lost")};

	items[1].finding.severity = SEVERITY_ALARM;
	assert_string_equal(MERGED(items), "a/1: is lost; b/1: is lost");
}

static void findings_of_the_machine_or_with_several_devices_stay(void **state)
{
	static const char *const two[] = {"a", "b"};
	struct difference items[] = {OF_GROUP(KERNEL, NULL, NULL, "is new"),
				     OF_GROUP(KERNEL, NULL, NULL, "is new"),
				     OF_GROUP(MEMBERS, "group 1", NULL, "a left"),
				     OF_GROUP(MEMBERS, "group 2", NULL, "a left"),
				     OF_DEVICE(DMA, "c", "is lost"),
				     OF_DEVICE(DMA, "d", "is lost"),
				     OF_GROUP(IOMMU_GONE, "dmar0", NULL, "is gone"),
				     OF_GROUP(IOMMU_GONE, "dmar1", NULL, "is gone")};

	for (size_t i = 4; i < 6; i++) {
		items[i].finding.devices = two;
		items[i].finding.device_count = 2;
	}
	assert_string_equal(MERGED(items),
			    "-/0: is new; -/0: is new; group 1/0: a left; group 2/0: a left; "
			    "c/2: is lost; d/2: is lost; dmar0/0: is gone; dmar1/0: is gone");
}

static void groups_with_one_sentence_are_listed_by_number(void **state)
{
	const struct difference items[] = {OF_GROUP(TYPE, "group 3", NULL, "type DMA"),
					   OF_GROUP(TYPE, "group 5", NULL, "type DMA"),
					   OF_GROUP(TYPE, "group 7", NULL, "type identity")};

	assert_string_equal(MERGED(items), "-/0: groups 3, 5: type DMA; group 7/0: type identity");
}

static void numbers_are_one_finding_although_their_sentences_differ(void **state)
{
	const struct difference one[] = {OF_GROUP(RENUMBERED, "group 1", "4", "was 4")};
	const struct difference items[] = {
		OF_GROUP(RENUMBERED, "group 1", "group 4", "was 4"),
		OF_GROUP(RENUMBERED, "group 2", "group 5", "was 5"),
		OF_DEVICE(ADDRESS, "0000:02:00.0", "was 0000:01:00.0 in the same place"),
		OF_DEVICE(ADDRESS, "0000:03:00.0", "was 0000:02:00.0 in the same place")};

	assert_string_equal(MERGED(one), "group 1/0: was 4");
	assert_string_equal(MERGED(items),
			    "-/0: 2 other numbers: group 1 was group 4, group 2 was group 5; "
			    "-/0: 2 other addresses: 0000:02:00.0 was before, 0000:03:00.0 was "
			    "before");
}

/* A sentence lists eight and counts the rest. */
static void long_lists_are_cut(void **state)
{
	static const char eight[] = "groups 0, 1, 2, 3, 4, 5, 6, 7";
	struct difference groups[10], numbers[10];

	for (int i = 0; i < 10; i++) {
		groups[i] = (struct difference)OF_GROUP(TYPE, arena_printf(arena, "group %d", i),
							NULL, "type DMA");
		numbers[i] = (struct difference)OF_DEVICE(ADDRESS, arena_printf(arena, "%d", i),
							  "was elsewhere");
	}
	assert_string_equal(merged(groups, 8), arena_concat(arena, "-/0: ", eight, ": type DMA"));
	assert_string_equal(MERGED(groups),
			    arena_concat(arena, "-/0: ", eight, " and 2 more: type DMA"));
	assert_non_null(strstr(MERGED(numbers), "10 other addresses: 0 was before, 1 was before"));
	assert_non_null(strstr(MERGED(numbers), "7 was before and 2 more"));
	assert_null(strstr(MERGED(numbers), "8 was"));
}

UNIT(difference_findings)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_difference_is_no_finding),
		cmocka_unit_test(devices_with_one_sentence_are_one_finding_in_the_first_place),
		cmocka_unit_test(another_severity_is_another_finding),
		cmocka_unit_test(findings_of_the_machine_or_with_several_devices_stay),
		cmocka_unit_test(groups_with_one_sentence_are_listed_by_number),
		cmocka_unit_test(numbers_are_one_finding_although_their_sentences_differ),
		cmocka_unit_test(long_lists_are_cut),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
