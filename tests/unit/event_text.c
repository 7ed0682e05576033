/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One event of "watch" as a line and as an object. */
#include "views/events.h"

#include "support/check.h"
#include "support/said.h"

#include <string.h>

/* 2026-11-29 01:20:00.123 UTC */
#define TIME_MS 1795915200123

static const char *const labels[] = {"0000:01:00.0", "0000:01:00.1"};
static const struct difference BOUND = {
	.finding = {.subject = "0000:01:00.0",
		    .message = "has driver vfio-pci, and had e1000e",
		    .devices = labels,
		    .device_count = 1},
	.kind = DIFFERENCE_DRIVER,
	.before = "e1000e",
	.after = "vfio-pci",
};
static struct said said;

static struct event bound_by(const char *author)
{
	struct event event = event_of_difference(&BOUND);

	event.by = author;
	return event;
}

static const char *line_of(struct event event)
{
	struct error error;

	event.time_ms = TIME_MS;
	said_start();
	assert_int_equal(event_print_line(&event, &error), 0);
	said_end(&said);
	return said.out;
}

static const char *object_of(struct event event)
{
	struct error error;

	event.time_ms = TIME_MS;
	event.sequence = 7;
	event.boot_id = "1111-2222";
	said_start();
	assert_int_equal(event_print_json(&event, &error), 0);
	said_end(&said);
	return said.out;
}

static void a_line_has_the_time_the_subject_and_the_author(void **state)
{
	assert_string_equal(line_of(bound_by(NULL)),
			    "01:20:00.123Z 0000:01:00.0: has driver vfio-pci, and had e1000e\n");
	assert_string_equal(line_of(bound_by("rebind 12")),
			    "01:20:00.123Z 0000:01:00.0: has driver vfio-pci, and had e1000e "
			    "(rebind 12)\n");
}

static void a_fact_of_the_machine_has_no_subject(void **state)
{
	const struct difference off = {.finding = {.message = "the IOMMU is off\x1b"},
				       .kind = DIFFERENCE_USAGE};

	assert_string_equal(line_of(event_of_difference(&off)),
			    "01:20:00.123Z the IOMMU is off\\x1b\n");
	assert_non_null(strstr(object_of(event_of_difference(&off)),
			       "\"subject\":null,\"device\":null,\"before\":null,\"after\":null"));
}

static void lost_events_have_a_line_and_an_object(void **state)
{
	assert_string_equal(line_of(event_of_lost_events()),
			    "01:20:00.123Z the kernel dropped events; all was read again\n");
	assert_string_equal(object_of(event_of_lost_events()),
			    "{\"time\":\"2026-11-29T01:20:00.123Z\",\"boot_id\":\"1111-2222\","
			    "\"sequence\":7,\"kind\":\"lost\",\"subject\":null,\"device\":null,"
			    "\"before\":null,\"after\":null,\"message\":\"the kernel dropped "
			    "events; all was read again\",\"by\":null}\n");
}

static void an_object_names_the_device_that_it_is_about(void **state)
{
	struct difference several = BOUND;

	assert_string_equal(object_of(bound_by("restore 3")),
			    "{\"time\":\"2026-11-29T01:20:00.123Z\",\"boot_id\":\"1111-2222\","
			    "\"sequence\":7,\"kind\":\"driver\",\"subject\":\"0000:01:00.0\","
			    "\"device\":\"0000:01:00.0\",\"before\":\"e1000e\",\"after\":"
			    "\"vfio-pci\",\"message\":\"has driver vfio-pci, and had e1000e\","
			    "\"by\":\"restore 3\"}\n");
	/* A group with two devices is none of them. */
	several.finding.subject = "group 4";
	several.finding.device_count = 2;
	assert_non_null(strstr(object_of(event_of_difference(&several)),
			       "\"subject\":\"group 4\",\"device\":null,"));
}

static void lost_records_are_counted(void **state)
{
	struct arena *arena = arena_new();

	assert_string_equal(line_of(event_of_lost_records(1, arena)),
			    "01:20:00.123Z the kernel has overwritten 1 record of its log: faults "
			    "may be missing\n");
	assert_non_null(strstr(object_of(event_of_lost_records(30, arena)),
			       "\"kind\":\"log_lost\",\"subject\":null,"));
	arena_free(arena);
}

UNIT(event_text)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_the_time_the_subject_and_the_author),
		cmocka_unit_test(a_fact_of_the_machine_has_no_subject),
		cmocka_unit_test(lost_events_have_a_line_and_an_object),
		cmocka_unit_test(lost_records_are_counted),
		cmocka_unit_test(an_object_names_the_device_that_it_is_about),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
