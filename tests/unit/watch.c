/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of "watch" while a machine changes, whose messages the test sends. */
#include "commands/watch.h"

#include "commands/command.h"
#include "support/before_poll.h"
#include "support/check.h"
#include "support/said.h"
#include "support/sender.h"
#include "support/tree.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define NIC "0000:02:00.0"
#define NIC_PATH "/sys/devices/pci0000:00/" NIC
#define CARD "0000:03:00.0"
#define CARD_PATH "/sys/devices/pci0000:00/" CARD

#define FAULT_OF(function, address)                                                   \
	"DMAR: [DMA Read NO_PASID] Request device [" function "] fault addr " address \
	" [fault reason 0x06] PTE Read access is not set"

static const char MACHINE[] =
	"/proc/sys/kernel/random/boot_id = 11111111-2222-4333-8444-555555555555\n"
	"/proc/sys/kernel/osrelease = 6.12.0\n"
	"/proc/sys/kernel/arch = x86_64\n"
	"/proc/cmdline = quiet\n"
	"/sys/firmware/acpi/tables/\n"
	"/sys/kernel/debug/devices_deferred = \n"
	"group 2 type=DMA\ngroup 3 type=DMA\n"
	"pci " NIC " in pci0000:00 group=2 driver=e1000e id=8086:10D3 "
	"class=20000\n"
	"interface net eth0 of " NIC_PATH "\n"
	"pci " CARD " in pci0000:00 group=3 driver=nvme id=144D:A808 "
	"class=10802\n";

static char *dir;
static struct root *root;
static struct uevents *uevents;
/* The log that "watch" reads, and the end that the test writes to; -1 none. */
static int log_fd, log_sender;
static struct said said;
static struct error error;

static int start(void **state)
{
	dir = tree_new(MACHINE);
	uevents = NULL;
	log_fd = log_sender = -1;
	return root_open(dir, &root, &error);
}

static int end(void **state)
{
	root_free(root);
	tree_remove(dir);
	if (log_sender >= 0)
		close(log_sender);
	return 0;
}

/* While "watch" runs, the message of an assertion would be lost. */
static bool botched;

static void must(bool done)
{
	botched |= !done;
}

static const char *path_of(const char *file)
{
	static char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s%s", dir, file);
	return path;
}

static void set_driver_of(const char *device, const char *driver)
{
	char link[PATH_SIZE], target[PATH_SIZE];
	FILE *file;

	snprintf(link, sizeof(link), "%s%s/driver", dir, device);
	snprintf(target, sizeof(target), "../../../bus/pci/drivers/%s", driver);
	must(unlink(link) == 0 && symlink(target, link) == 0);
	snprintf(link, sizeof(link), "%s%s/uevent", dir, device);
	file = fopen(link, "we");
	must(file && fprintf(file, "DRIVER=%s\n", driver) > 0 && fclose(file) == 0);
}

static void give_the_nic_to_vfio(void)
{
	tree_unpack("/sys/bus/pci/drivers/vfio-pci/\n", dir);
	set_driver_of(NIC_PATH, "vfio-pci");
}

static void give_both_to_vfio(void)
{
	give_the_nic_to_vfio();
	set_driver_of(CARD_PATH, "vfio-pci");
}

/* The list of devices cannot be read: the link leads to itself. */
static void hide_devices(void)
{
	char from[PATH_SIZE];

	snprintf(from, sizeof(from), "%s", path_of("/sys/bus/pci/devices"));
	must(rename(from, path_of("/sys/bus/pci/hidden")) == 0);
	must(symlink("devices", path_of("/sys/bus/pci/devices")) == 0);
}

static void show_devices(void)
{
	char from[PATH_SIZE];

	must(unlink(path_of("/sys/bus/pci/devices")) == 0);
	snprintf(from, sizeof(from), "%s", path_of("/sys/bus/pci/hidden"));
	must(rename(from, path_of("/sys/bus/pci/devices")) == 0);
	give_the_nic_to_vfio();
}

/* A record of the kernel's log. */
static void write_record(unsigned number, const char *text)
{
	char record[1024];
	int length = snprintf(record, sizeof(record), "6,%u,1000000,-;%s\n", number, text);

	must(send(log_sender, record, (size_t)length, 0) == length);
}

static void begin_log(void)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends), 0);
	log_fd = ends[0];
	log_sender = ends[1];
	write_record(0, FAULT_OF("02:00.0", "0x7000"));
}

static void let_both_fault(void)
{
	write_record(1, FAULT_OF("02:00.0", "0x1000"));
	write_record(2, FAULT_OF("03:00.0", "0x2000"));
}

static void let_one_fault_often(void)
{
	for (unsigned i = 1; i <= 5; i++)
		write_record(i, FAULT_OF("03:00.0", "0x2000"));
}

static void lose_records(void)
{
	write_record(8, "nothing of interest");
}

/* The acts that are left, and the end that sends their events; -1: none. */
static void (*const *acts_left)(void);
static int event_sender;

/* The next act, and the event that the kernel would send for it. */
static void act(void)
{
	static const char event[] = "change@/devices/x";

	if (!*acts_left)
		return;
	(*acts_left++)();
	must(event_sender < 0 || send(event_sender, event, sizeof(event), 0) > 0);
}

/* Watch while @acts change the machine, one in each pause between two looks; NULL ends them. */
static int watch(struct options options, const char *selector, void (*const *acts)(void))
{
	char *arguments[] = {(char *)selector, NULL};
	int status;

	options.arguments = arguments;
	error = (struct error){0};
	acts_left = acts;
	botched = false;
	event_sender = uevents ? sender_begin(uevents) : -1;
	before_poll(uevents ? uevents_fd(uevents) : log_fd, act);
	said_start();
	status = watch_machine(&options, root, uevents, log_fd, &error);
	said_end(&said);
	before_poll(-1, NULL);
	close(event_sender);
	assert_false(botched);
	assert_null(*acts_left);
	return status;
}

static void must_say(const char *text, const char *words)
{
	if (!strstr(text, words))
		print_error("\"%s\" is missing in:\n%s\n%s\n", words, said.out, said.err);
	assert_non_null(strstr(text, words));
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

/* No test lasts so long: it ends with the last of the events that it waits for. */
enum { LONG_MS = 60 * 1000 };

static void a_change_is_a_line(void **state)
{
	void (*const acts[])(void) = {give_the_nic_to_vfio, NULL};

	uevents = sender_listen();
	assert_int_equal(watch((struct options){.count = 1, .timeout_ms = LONG_MS}, NULL, acts), 0);
	must_say(said.out, "Z " NIC ": has driver vfio-pci, and had e1000e\n");
	assert_int_equal(count_lines(said.out), 1);
	must_say(said.err, "are read every ");
}

static void a_change_is_an_object(void **state)
{
	void (*const acts[])(void) = {give_the_nic_to_vfio, NULL};

	uevents = sender_listen();
	assert_int_equal(watch((struct options){.json = true, .count = 2, .timeout_ms = LONG_MS},
			       NULL, acts),
			 0);
	must_say(said.out, "\"boot_id\":\"11111111-2222-4333-8444-555555555555\",\"sequence\":1,"
			   "\"kind\":\"driver\"");
	must_say(said.out, "\"before\":\"e1000e\",\"after\":\"vfio-pci\"");
	must_say(said.out, "\"by\":null}\n");
	must_say(said.out, "\"sequence\":2");
	assert_int_equal(count_lines(said.out), 2);
}

static void only_selected_devices_have_lines(void **state)
{
	void (*const acts[])(void) = {give_both_to_vfio, NULL};

	uevents = sender_listen();
	assert_int_equal(watch((struct options){.count = 1, .timeout_ms = LONG_MS}, CARD, acts), 0);
	must_say(said.out, CARD ": has driver vfio-pci, and had nvme\n");
	assert_null(strstr(said.out, NIC));
}

static void without_messages_the_timer_finds_the_change(void **state)
{
	void (*const acts[])(void) = {give_the_nic_to_vfio, NULL};

	assert_int_equal(watch((struct options){.count = 1, .timeout_ms = LONG_MS}, "eth0", acts),
			 0);
	must_say(said.out, NIC ": has driver vfio-pci, and had e1000e\n");
}

static void devices_that_cannot_be_read_are_not_gone(void **state)
{
	void (*const acts[])(void) = {hide_devices, show_devices, NULL};

	uevents = sender_listen();
	assert_int_equal(watch((struct options){.count = 1, .timeout_ms = LONG_MS}, NULL, acts), 0);
	must_say(said.err, "iommuctl: devices could not be read in full; looking again\n");
	must_say(said.out, NIC ": has driver vfio-pci, and had e1000e\n");
	assert_int_equal(count_lines(said.out), 1);
}

static void lost_messages_are_an_event_of_their_own(void **state)
{
	const char *const words = " the kernel dropped events; all was read again\n";
	const struct options options = {
		.count = 1, .quiet = true, .timeout_ms = LONG_MS, .arguments = (char *[]){NULL}};

	uevents = sender_listen();
	sender_lose(uevents);
	said_start();
	assert_int_equal(watch_machine(&options, root, uevents, -1, &error), 0);
	said_end(&said);
	must_say(said.out, words);
	assert_int_equal(count_lines(said.out), 1);
	assert_string_equal(said.err, "");
}

static void a_fault_of_the_log_is_an_event(void **state)
{
	void (*const acts[])(void) = {let_both_fault, NULL};

	begin_log();
	assert_int_equal(watch((struct options){.count = 2, .timeout_ms = LONG_MS}, NULL, acts), 0);
	must_say(said.out, "Z " NIC ": read of 0x1000 (PTE Read access is not set): ");
	must_say(said.out, "Z " CARD ": read of 0x2000 (PTE Read access is not set): ");
	assert_int_equal(count_lines(said.out), 2);
	assert_null(strstr(said.out, "0x7000"));
}

static void a_fault_is_an_object(void **state)
{
	void (*const acts[])(void) = {let_both_fault, NULL};

	begin_log();
	assert_int_equal(watch((struct options){.json = true, .count = 1, .timeout_ms = LONG_MS},
			       CARD, acts),
			 0);
	must_say(said.out, "\"sequence\":1,\"kind\":\"fault\",\"subject\":\"" CARD
			   "\",\"device\":\"" CARD "\",\"before\":null,\"after\":\"translation\"");
	assert_null(strstr(said.out, NIC));
}

static void faults_that_come_together_are_one_event(void **state)
{
	void (*const acts[])(void) = {let_one_fault_often, NULL};

	begin_log();
	assert_int_equal(watch((struct options){.count = 1, .timeout_ms = LONG_MS}, NULL, acts), 0);
	must_say(said.out, CARD ": read of 0x2000 (PTE Read access is not set), 5 times, ");
}

static void faults_from_before_the_start_are_no_events(void **state)
{
	void (*const acts[])(void) = {give_the_nic_to_vfio, NULL};

	uevents = sender_listen();
	begin_log();
	let_both_fault();
	assert_int_equal(watch((struct options){.count = 1, .timeout_ms = LONG_MS}, NULL, acts), 0);
	must_say(said.out, NIC ": has driver vfio-pci, and had e1000e\n");
	assert_null(strstr(said.out, "0x1000"));
}

static void records_that_are_lost_are_an_event(void **state)
{
	void (*const acts[])(void) = {lose_records, NULL};

	begin_log();
	assert_int_equal(watch((struct options){.json = true, .count = 1, .timeout_ms = LONG_MS},
			       NULL, acts),
			 0);
	must_say(said.out, "\"kind\":\"log_lost\",\"subject\":null,");
	must_say(said.out, "has overwritten 7 records of its log: faults may be missing");
}

static void nothing_happens_until_the_time_is_over(void **state)
{
	void (*const acts[])(void) = {NULL};

	assert_int_equal(watch((struct options){.timeout_ms = 50}, NULL, acts), 7);
	assert_string_equal(said.out, "");
	assert_int_equal(watch((struct options){.timeout_ms = 50, .initial = true}, NIC, acts), 7);
	must_say(said.out, NIC ": has driver e1000e, and had none\n");
	must_say(said.out, "group 2: ");
	assert_null(strstr(said.out, CARD));
}

static void a_selector_that_makes_no_sense_is_a_mistake(void **state)
{
	void (*const acts[])(void) = {NULL};

	assert_true(watch((struct options){.timeout_ms = LONG_MS}, "group:one", acts) < 0);
	assert_int_equal(error.code, ERROR_USAGE);
}

static int watch_in_silence(void)
{
	char *none[] = {NULL};
	const struct options options = {.root = dir, .arguments = none, .timeout_ms = 1};

	return command_watch.run(&options, &error);
}

static void without_netlink_only_the_timer_is_left(void **state)
{
	assert_int_equal(sender_in_silence(watch_in_silence, &said), 7);
	must_say(said.err, "; only the timer is left\n");
	must_say(said.err, "iommuctl: the kernel log cannot be read (No such file or directory): "
			   "its faults are no events\n");
}

static void a_tree_that_is_not_there_cannot_be_watched(void **state)
{
	const struct options options = {.root = "/nowhere/at/all"};

	assert_true(command_watch.run(&options, &error) < 0);
	must_say(error.message, "/nowhere/at/all");
}

UNIT(watch)
{
#define WATCHING(test) cmocka_unit_test_setup_teardown(test, start, end)
	const struct CMUnitTest tests[] = {
		WATCHING(a_change_is_a_line),
		WATCHING(a_change_is_an_object),
		WATCHING(only_selected_devices_have_lines),
		WATCHING(without_messages_the_timer_finds_the_change),
		WATCHING(devices_that_cannot_be_read_are_not_gone),
		WATCHING(lost_messages_are_an_event_of_their_own),
		WATCHING(a_fault_of_the_log_is_an_event),
		WATCHING(a_fault_is_an_object),
		WATCHING(faults_that_come_together_are_one_event),
		WATCHING(faults_from_before_the_start_are_no_events),
		WATCHING(records_that_are_lost_are_an_event),
		WATCHING(nothing_happens_until_the_time_is_over),
		WATCHING(a_selector_that_makes_no_sense_is_a_mistake),
		WATCHING(without_netlink_only_the_timer_is_left),
		WATCHING(a_tree_that_is_not_there_cannot_be_watched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
