/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "wait" on machines that change, that cannot be read, and that nothing can be heard from. */
#include "commands/command.h"
#include "support/changing.h"
#include "support/check.h"
#include "support/sender.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CARD "0000:05:00.0"
#define CARD_LINE "group 5\npci " CARD " in pci0000:00 group=5 driver=nvme id=144d:a808\n"

static struct error error;

static int wait_for(const char *selector, const char *condition, struct options options)
{
	char *arguments[] = {(char *)selector, (char *)condition, NULL};
	int status;

	options.root = fake_dir(changing.fake);
	options.arguments = arguments;
	options.argument_count = 2;
	error = (struct error){0};
	said_start();
	status = command_wait.run(&options, &error);
	said_end(&changing.said);
	return status;
}

/* No test waits for so long: the condition is met earlier. */
enum { LONG_MS = 60 * 1000, SHORT_MS = 50 };

static void the_name_that_a_device_had_before_still_selects_it(void **state)
{
	assert_int_equal(changing_rebind("eth0", "vfio-pci"), 0);
	/* The fake kernel leaves the interface, which goes with its driver. */
	assert_int_equal(remove(changing_path("/sys/class/net/eth0")), 0);
	assert_int_equal(
		wait_for("eth0", "driver=vfio-pci", (struct options){.timeout_ms = LONG_MS}), 0);
}

/* In a child: plug the card in after some looks. */
static pid_t plug_later(void)
{
	enum { LATER_MS = 300 };
	pid_t child = fork();

	assert_true(child >= 0);
	if (child > 0)
		return child;
	poll(NULL, 0, LATER_MS);
	fake_plug(changing.fake, CARD_LINE);
	_exit(0);
}

static void a_device_that_comes_is_waited_for(void **state)
{
	pid_t child = plug_later();
	int status;

	assert_int_equal(wait_for(CARD, "probed", (struct options){.timeout_ms = LONG_MS}), 0);
	assert_string_equal(error.message, "");
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void the_reason_names_what_was_missing(void **state)
{
	assert_true(wait_for(CARD, "probed", (struct options){.timeout_ms = SHORT_MS}) < 0);
	assert_int_equal(error.code, ERROR_TIMED_OUT);
	changing_must_say(error.message, "waited 0.05 s for " CARD " to be probed: ");
	assert_true(wait_for(NIC, "driver=nvme", (struct options){.timeout_ms = SHORT_MS}) < 0);
	changing_must_say(error.message, ": its driver is e1000e");
	assert_string_equal(error.device, NIC);
}

/* A folder in the place of the link: whether the device has a driver is unknown. */
static void a_driver_that_cannot_be_read_is_unknown(void **state)
{
	assert_int_equal(remove(changing_path(NIC_PATH "/uevent")), 0);
	assert_int_equal(unlink(changing_path(NIC_PATH "/driver")), 0);
	fake_plug(changing.fake, NIC_PATH "/driver/\n");
	assert_true(wait_for(NIC, "probed", (struct options){.timeout_ms = SHORT_MS}) < 0);
	assert_int_equal(error.code, ERROR_TIMED_OUT);
	changing_must_say(error.message, "its driver cannot be read");
}

static void a_condition_that_is_none_and_an_empty_selector_are_mistakes(void **state)
{
	assert_true(wait_for(NIC, "bound", (struct options){0}) < 0);
	assert_int_equal(error.code, ERROR_USAGE);
	assert_true(wait_for("", "probed", (struct options){0}) < 0);
	assert_int_equal(error.code, ERROR_USAGE);
}

static int wait_in_silence(bool quiet)
{
	char *arguments[] = {(char *)NIC, (char *)"probed", NULL};
	const struct options options = {.root = fake_dir(changing.fake),
					.arguments = arguments,
					.argument_count = 2,
					.quiet = quiet,
					.timeout_ms = LONG_MS};

	return command_wait.run(&options, &error);
}

static int wait_aloud(void)
{
	return wait_in_silence(false);
}

static int wait_quietly(void)
{
	return wait_in_silence(true);
}

static void without_netlink_it_looks_once_a_second(void **state)
{
	assert_int_equal(sender_in_silence(wait_aloud, &changing.said), 0);
	changing_must_say(changing.said.err, "; looking once a second\n");
	assert_int_equal(sender_in_silence(wait_quietly, &changing.said), 0);
	assert_string_equal(changing.said.err, "");
}

UNIT(wait)
{
	const struct CMUnitTest tests[] = {
		WITH_CHANGING(the_name_that_a_device_had_before_still_selects_it),
		WITH_CHANGING(a_device_that_comes_is_waited_for),
		WITH_CHANGING(the_reason_names_what_was_missing),
		WITH_CHANGING(a_driver_that_cannot_be_read_is_unknown),
		WITH_CHANGING(a_condition_that_is_none_and_an_empty_selector_are_mistakes),
		WITH_CHANGING(without_netlink_it_looks_once_a_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
