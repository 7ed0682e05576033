/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "recover" after a transaction that was killed: what it finishes, undoes and refuses. */
#include "actions/journal.h"
#include "support/changing.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define JOURNAL STORE_DIR "/journal"

/* Cut the last record off the journal, as if the process had been killed before it. */
static void cut_last_record(void)
{
	char text[16 * 1024];
	FILE *file = fopen(changing_path(JOURNAL), "r");
	size_t length;

	assert_non_null(file);
	length = fread(text, 1, sizeof(text), file);
	fclose(file);
	for (length--; length && text[length - 1] != '\n';)
		length--;
	file = fopen(changing_path(JOURNAL), "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, length, file), length);
	fclose(file);
}

static void a_transaction_that_lacks_only_its_end_is_finished(void **state)
{
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	cut_last_record();
	assert_int_equal(changing_recover(), 0);
	changing_must_say(changing.said.out, NIC " is bound to vfio-pci");
	assert_int_equal(changing_make("restore", NULL, NIC, (struct request){0}), 0);
}

static void a_dry_run_prints_the_plan_of_the_unfinished_transaction_and_leaves_it(void **state)
{
	assert_int_equal(changing_find_unfinished((struct options){0}), 0);
	assert_string_equal(changing.said.out,
			    "Nothing to recover: no transaction is unfinished.\n");
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	assert_int_equal(changing_find_unfinished((struct options){.quiet = true}), 0);
	assert_string_equal(changing.said.out, "");
	cut_last_record();
	for (int times = 0; times < 2; times++) {
		assert_int_equal(changing_find_unfinished((struct options){0}), 0);
		changing_must_say(changing.said.out,
				  "An earlier \"rebind\" is unfinished; its plan was:\n");
		changing_must_say(changing.said.out, "/sys/bus/pci/drivers/vfio-pci/bind");
	}
	assert_int_equal(changing_find_unfinished((struct options){.json = true}), 0);
	changing_must_say(changing.said.out, "\"result\":null");
	changing_must_say(changing.said.out, "\"host\":{\"kernel\"");
	assert_int_equal(changing_recover(), 0);
	assert_int_equal(changing_find_unfinished((struct options){.json = true}), 0);
	changing_must_say(changing.said.out, "\"steps\":[]");
}

static void a_dry_run_does_not_take_a_journal_that_cannot_be_read_for_none(void **state)
{
	fake_plug(changing.fake, JOURNAL " = nonsense\n");
	assert_int_not_equal(changing_find_unfinished((struct options){0}), 0);
}

static void a_transaction_whose_device_was_changed_since_is_undone(void **state)
{
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	cut_last_record();
	assert_int_equal(fake_write(changing.fake, NIC_PATH "/driver_override", "pci-stub\n", 9),
			 0);
	assert_int_equal(changing_recover(), 0);
	changing_must_say(changing.said.out, NIC " is bound to e1000e");
}

/* The checks were of another time: since then a guest has opened the device. */
static void a_device_that_came_into_use_since_is_not_unbound(void **state)
{
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	cut_last_record();
	assert_int_equal(fake_write(changing.fake, NIC_PATH "/driver_override", "pci-stub\n", 9),
			 0);
	fake_plug(changing.fake, "/proc/4711/comm = qemu\n/proc/4711/fd/9 -> /dev/vfio/2\n"
				 "/proc/4711/maps = \n");
	assert_int_equal(changing_recover(), 5);
	changing_must_say(changing.said.err, NIC " is in use, and keeps its driver");
	changing_must_say(changing.said.err, "qemu (process 4711)");
	changing_must_say(changing.said.err, "hen run \"iommuctl recover\"");
	assert_int_equal(unlink(changing_path("/proc/4711/fd/9")), 0);
	assert_int_equal(changing_recover(), 0);
	changing_must_say(changing.said.out, NIC " is bound to e1000e");
}

/* The process has closed its copy of the lock: only the journal shows that it is in the kernel. */
static void a_pending_write_of_a_living_process_is_not_overtaken(void **state)
{
	static const struct target target = {.label = NIC,
					     .bus = "pci",
					     .name = NIC,
					     .path = NIC_PATH,
					     .vendor_id = 0x8086,
					     .device_id = 0x10d3,
					     .driver = "e1000e",
					     .group = 2};
	static const struct step steps[] = {
		{ACTION_UNBIND, 0, "/sys/bus/pci/drivers/e1000e/unbind", NIC,
		 "/sys/bus/pci/drivers/e1000e/bind", NIC, NULL, "e1000e"},
		{ACTION_BIND, 0, "/sys/bus/pci/drivers/vfio-pci/bind", NIC,
		 "/sys/bus/pci/drivers/vfio-pci/unbind", NIC, "vfio-pci", NULL},
	};
	const struct plan plan = {.verb = "rebind",
				  .targets = &target,
				  .target_count = 1,
				  .steps = steps,
				  .step_count = 2};
	_autoarena_ struct arena *arena = arena_new();
	struct journal *journal;
	struct store *store;
	struct error error = {0};

	fake_plug(changing.fake, "/proc/1/stat = 1 (hung) D 0 1 1 0 -1 4 5 6 7 8 9 10 11 12 20 0 1 "
				 "0 4711 100 200\n");
	assert_int_equal(store_open(changing.root, true, &store, &error), 0);
	assert_int_equal(journal_begin(store, arena, &plan, &journal, &error), 0);
	assert_int_equal(journal_note(journal, 0, STEP_BEGUN, 0, &error), 0);
	assert_int_equal(journal_note(journal, 0, STEP_PENDING, 1, &error), 0);
	journal_close(journal);
	store_free(store);
	assert_int_equal(changing_recover(), 5);
	changing_must_say(changing.said.err, "a write of process 1 is still pending");
	/* Another process has that number now: the write has ended. */
	fake_plug(changing.fake,
		  "/proc/1/stat = 1 (other) S 0 1 1 0 -1 4 5 6 7 8 9 10 11 12 20 0 1 "
		  "0 4712 100 200\n");
	assert_int_equal(changing_recover(), 0);
}

static void a_journal_that_makes_no_sense_is_not_recovered(void **state)
{
	fake_plug(changing.fake, JOURNAL " = nothing that iommuctl wrote\n");
	assert_true(changing_recover() > 0);
	changing_must_say(changing.said.err, JOURNAL);
	assert_int_equal(fake_count(changing.fake), 0);
}

static void without_a_journal_nothing_is_to_do(void **state)
{
	assert_int_equal(changing_recover(), 0);
	assert_int_equal(fake_count(changing.fake), 0);
}

UNIT(change_recover)
{
	const struct CMUnitTest tests[] = {
		WITH_CHANGING(a_transaction_that_lacks_only_its_end_is_finished),
		WITH_CHANGING(
			a_dry_run_prints_the_plan_of_the_unfinished_transaction_and_leaves_it),
		WITH_CHANGING(a_dry_run_does_not_take_a_journal_that_cannot_be_read_for_none),
		WITH_CHANGING(a_transaction_whose_device_was_changed_since_is_undone),
		WITH_CHANGING(a_device_that_came_into_use_since_is_not_unbound),
		WITH_CHANGING(a_pending_write_of_a_living_process_is_not_overtaken),
		WITH_CHANGING(a_journal_that_makes_no_sense_is_not_recovered),
		WITH_CHANGING(without_a_journal_nothing_is_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
