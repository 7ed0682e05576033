/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another process changes the device between two records of the journal, when nothing is written.
 */
#include "support/changing.h"
#include "support/check.h"
#include "support/history.h"

#include <stdio.h>
#include <string.h>

static void write_of_another(const char *file, const char *text)
{
	if (fake_write(changing.fake, file, text, strlen(text)) < 0)
		fail_msg("%s", file);
}

static void unbind_by_another(void)
{
	char place[PATH_SIZE], file[2 * PATH_SIZE];

	if (root_follow(changing.root, NIC_PATH, "driver", place) <= 0)
		return;
	snprintf(file, sizeof(file), "%s/unbind", place);
	write_of_another(file, NIC);
}

static void clear_override(void)
{
	write_of_another(NIC_PATH "/driver_override", "\n");
}

static void set_override(void)
{
	write_of_another(NIC_PATH "/driver_override", "other");
}

static void unplug(void)
{
	fake_unplug(changing.fake, "pci", NIC);
}

/*
 * @act: happens at the flush of that number: the first two are of the override, the next of the
 * unbind, and then of the bind; 0: while the journal is begun     @words: in the error
 */
struct meanwhile {
	void (*act)(void);
	unsigned flush;
	int status;
	const char *words;
};

static void rebind_meanwhile(const struct meanwhile *row)
{
	int status;

	changing_end(NULL);
	assert_int_equal(changing_start(NULL), 0);
	history.act = row->act;
	history.act_at = row->flush ? history.flushes + row->flush : 0;
	status = changing_rebind(NIC, "vfio-pci");
	history.act = NULL;
	if (status != row->status || !strstr(changing.said.err, row->words))
		fail_msg("flush %u: %d, %s", row->flush, status, changing.said.err);
}

static void a_device_that_changed_since_the_plan_is_not_written_to(void **state)
{
	static const struct meanwhile rows[] = {
		{unbind_by_another, 0, 3,
		 "the machine has changed since the plan was made: " NIC
		 " has no driver and no override"},
		{set_override, 0, 3, NIC " has the driver e1000e and the override other"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		rebind_meanwhile(&rows[i]);
		changing_must_say(changing.said.err, "Nothing was changed");
		assert_int_equal(fake_count(changing.fake), 0);
	}
	/* The journal that was begun does not stop the next change. */
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
}

/* Before the bind the kernel itself refuses; after it, the last look finds the difference. */
static void an_override_that_others_clear_is_missed(void **state)
{
	static const struct meanwhile rows[] = {
		{clear_override, 2, 4, "cannot bind " NIC " to vfio-pci"},
		{clear_override, 5, 4, "cannot bind " NIC " to vfio-pci"},
		{clear_override, 6, 4,
		 "a device lost the driver or override that was set: " NIC
		 " has the driver vfio-pci and no override; everything is as it was before"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		rebind_meanwhile(&rows[i]);
		changing_must_say(changing.said.err, NIC " is bound to e1000e, as before");
	}
}

static void a_driver_that_others_take_is_missed(void **state)
{
	static const struct meanwhile row = {
		unbind_by_another, 6, 4,
		"a device lost the driver or override that was set: " NIC
		" has no driver and the override vfio-pci; everything is as it was before"};

	rebind_meanwhile(&row);
	changing_must_say(changing.said.err, NIC " is bound to e1000e, as before");
}

static void a_device_that_is_pulled_is_gone_at_any_moment(void **state)
{
	for (unsigned flush = 1; flush <= 6; flush++) {
		const struct meanwhile row = {unplug, flush, 4, ""};

		rebind_meanwhile(&row);
		changing_must_say(changing.said.err, NIC " is gone");
		changing_must_say(changing.said.err,
				  "1 of 1 devices could not be put back, as it is gone\n");
	}
}

UNIT(change_meanwhile)
{
	const struct CMUnitTest tests[] = {
		WITH_CHANGING(a_device_that_changed_since_the_plan_is_not_written_to),
		WITH_CHANGING(an_override_that_others_clear_is_missed),
		WITH_CHANGING(a_driver_that_others_take_is_missed),
		WITH_CHANGING(a_device_that_is_pulled_is_gone_at_any_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
