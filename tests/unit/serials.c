/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The serials of cards, and what of them is in a capture. */
#include "capture/disguise.h"
#include "commands/command.h"
#include "model/pin_match.h"
#include "support/captured.h"

#include "support/check.h"
#include "support/said.h"
#include "support/tree.h"

#include <stdio.h>
#include <string.h>

#define NIC_PATH "/sys/devices/pci0000:00/0000:01:00.0"
#define DISK_PATH "/sys/devices/pci0000:00/0000:02:00.0"
#define MAC "52:54:00:00:00:01"
#define CARD(words) "pci 0000:01:00.0 in pci0000:00 group=1 id=8086:10d3 class=20000 " words "\n"
#define NIC                                             \
	CARD("header=0 pcie=0 serial=52540000ffff0001") \
	NIC_PATH "/net/eth0/address = " MAC "\n" NIC_PATH "/net/eth0/addr_assign_type = 0\n"
#define DISK                                                                                   \
	"pci 0000:02:00.0 in pci0000:00 group=2 id=144d:a808 class=10802 header=0\n" DISK_PATH \
	"/nvme/nvme0/serial = S4EV NX0   \n"
#define MACHINE "group 1 type=DMA\ngroup 2 type=DMA\n/proc/cmdline = quiet\n"
#define PIN                                                                           \
	"/etc/iommuctl/pins.d/nic.conf = # PRIVATE\\ndriver = vfio-pci\\nlocation = " \
	"pci0000:00/00.0\\nvendor = 0x8086\\ndevice = 0x10d3\\nserial = mac:" MAC     \
	"\\nserial = pcie:52-54-00-00-FF-FF-00-01\\n\n"

/* "KIND:VALUE" of the card, and "KIND?GAP" for a kind that is unknown. */
static void assert_serials(const struct system *system, const char *label, const char *expected)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct identity *identity = find_device(system, label)->identity;
	const char *text = serials_join(identity->serials, identity->serial_count, true, arena);

	if (!text)
		text = "";
	for (size_t kind = 0; kind < SERIAL_KIND_COUNT; kind++)
		if (identity->gaps[kind])
			text = arena_printf(arena, "%s%s?%s", text, serial_kind_name(kind),
					    serial_gap_name(identity->gaps[kind]));
	assert_string_equal(text, expected);
}

static void assert_serial_of_card(const char *tree, const char *expected)
{
	_autosystem_ const struct system *system = snapshot(tree, FACT_SERIALS | FACT_PINS);

	assert_serials(system, "0000:01:00.0", expected);
}

static void assert_source(const struct system *system, enum source_state state, const char *detail)
{
	for (size_t i = 0; i < system->source_count; i++) {
		const struct source *source = &system->sources[i];

		if (strcmp(source->name, "serials") != 0)
			continue;
		assert_int_equal(source->state, state);
		if (detail)
			assert_string_equal(source->detail, detail);
		return;
	}
	fail_msg("there is no source serials");
}

static void each_kind_has_its_source(void **state)
{
	_autosystem_ const struct system *system =
		snapshot(MACHINE NIC DISK PIN, FACT_SERIALS | FACT_PINS);

	assert_serials(system, "0000:01:00.0", "mac:" MAC ",pcie:52-54-00-00-ff-ff-00-01");
	assert_serials(system, "0000:02:00.0", "nvme:S4EV NX0");
	assert_source(system, SOURCE_READ, NULL);
}

/* An address may be copied to another card, and is for pins alone. */
static void an_address_is_read_where_a_pin_may_mean_the_card(void **state)
{
	assert_serial_of_card(MACHINE NIC, "pcie:52-54-00-00-ff-ff-00-01");
}

static void a_card_without_the_capability_has_none(void **state)
{
	assert_serial_of_card(MACHINE CARD("header=0"), "");
	assert_serial_of_card(MACHINE CARD("header=0 pcie=0"), "");
	assert_serial_of_card(MACHINE CARD("header=0 pcie=0 acs=1d/0"), "");
	assert_serial_of_card(MACHINE CARD("header=0 pcie=0 acs=1d/0 serial=1"),
			      "pcie:00-00-00-00-00-00-00-01");
}

static void a_header_alone_leaves_the_serial_unknown(void **state)
{
	static const char tree[] = MACHINE CARD("header=0 pcie=0 serial=1 config=short") DISK;
	_autosystem_ const struct system *system = snapshot(tree, FACT_SERIALS);

	assert_serials(system, "0000:01:00.0", "pcie?denied");
	assert_source(system, SOURCE_PARTIAL,
		      "the serial number of 0000:01:00.0: only root can read it");
}

static void files_that_cannot_be_read_leave_it_unknown(void **state)
{
#define LIST(path, word) "/iommuctl/unreadable = " path "\t" word "\n"
	assert_serial_of_card(MACHINE NIC PIN LIST(NIC_PATH "/config", "busy ETIMEDOUT"),
			      "mac:" MAC "pcie?busy");
	assert_serial_of_card(MACHINE NIC PIN LIST(NIC_PATH "/config", "failed EIO"),
			      "mac:" MAC "pcie?failed");
	assert_serial_of_card(MACHINE NIC PIN LIST(NIC_PATH "/net/eth0/address", "denied EACCES"),
			      "pcie:52-54-00-00-ff-ff-00-01mac?denied");
}

/* A capture without the list of serials has the capability, but not the number. */
static void an_old_capture_does_not_say_that_there_is_none(void **state)
{
	static const char tree[] = MACHINE CARD(
		"header=0 pcie=0 serial=0") "pci 0000:02:00.0 in pci0000:00 group=2\n" DISK_PATH
					    "/nvme/nvme0/serial = \n";
	_autosystem_ const struct system *system = snapshot(tree, FACT_SERIALS);

	assert_serials(system, "0000:01:00.0", "pcie?failed");
	assert_serials(system, "0000:02:00.0", "pcie?failednvme?failed");
	assert_source(system, SOURCE_PARTIAL,
		      "the serial number of 0000:01:00.0: it cannot be read, and 2 more");
}

static void only_pinned_devices_are_read_for_pins(void **state)
{
	_autosystem_ const struct system *system = snapshot(MACHINE NIC DISK PIN, FACT_PINS);

	assert_non_null(find_device(system, "0000:01:00.0")->identity);
	assert_null(find_device(system, "0000:02:00.0")->identity);
	system_free(system);
	system = snapshot(MACHINE NIC DISK, FACT_IDS);
	assert_null(find_device(system, "0000:01:00.0")->identity);
	assert_source(system, SOURCE_SKIPPED, NULL);
}

static void a_list_of_a_capture_counts_and_not_the_files(void **state)
{
	static const char list[] =
		MACHINE NIC DISK "/iommuctl/serials = " NIC_PATH " pcie =digest-1\\n" NIC_PATH
				 " mac ?asleep\\n" NIC_PATH " pcie\\n" NIC_PATH
				 " new =1\\n/sys/devices/gone pcie =1\\n" NIC_PATH "\\n" DISK_PATH
				 " nvme =A B\\n" DISK_PATH " pcie ?new\\n\n";
	_autosystem_ const struct system *system = snapshot(list, FACT_SERIALS);

	assert_serials(system, "0000:01:00.0", "pcie:digest-1mac?asleep");
	assert_serials(system, "0000:02:00.0", "nvme:A Bpcie?failed");
	system_free(system);
	system = snapshot(MACHINE NIC "/iommuctl/serials = \\c\n", FACT_SERIALS);
	assert_serials(system, "0000:01:00.0", "");
	system_free(system);
	system = snapshot(MACHINE NIC LIST("/iommuctl/serials", "denied EACCES"), FACT_SERIALS);
	assert_serials(system, "0000:01:00.0", "pcie?deniedmac?deniednvme?denied");
}

/* A tree with the list of serials and the pin in a capture of @text; the caller frees it. */
static char *captured_serials(const char *text, bool with_serials)
{
	_autocaptured_ struct captured captured = captured_new(text, with_serials);
	char *lines = NULL;
	size_t length;
	FILE *out = open_memstream(&lines, &length);

	for (size_t i = 0; i < captured.count; i++) {
		const struct captured_file *file = &captured.files[i];

		if (strcmp(file->path, "/iommuctl/serials") != 0 &&
		    strncmp(file->path, "/etc/iommuctl/", 14) != 0)
			continue;
		if (file->kind == ENTRY_FOLDER)
			continue;
		fprintf(out, "%s = ", file->path);
		for (size_t at = 0; at < file->length; at++)
			if (file->text[at] == '\n')
				fputs("\\n", out);
			else
				putc(file->text[at], out);
		fputs("\\c\n", out);
	}
	fclose(out);
	return lines;
}

static void assert_matched(const char *tree, enum pin_state state)
{
	_autosystem_ const struct system *system = snapshot(tree, PIN_FACTS);
	_autoarena_ struct arena *arena = arena_new();

	assert_int_equal(system->machine.pin_count, 1);
	assert_int_equal(pins_match(system, arena)->state, state);
}

/* Captures of the pin and of the card have the same digest, and another card has another one. */
static void a_pin_means_its_card_in_a_capture_too(void **state)
{
	static const char other[] =
		MACHINE PIN CARD("header=0 pcie=0 serial=52540000ffff0002") DISK;
	_autofree_ char *lines = captured_serials(MACHINE NIC DISK PIN, false);
	_autofree_ char *others = captured_serials(other, false);
	_autofree_ char *tree = NULL, *again = NULL, *mixed = NULL, *recaptured = NULL;

	assert_null(strstr(lines, MAC));
	assert_null(strcasestr(lines, "52-54"));
	assert_null(strstr(lines, "S4EV"));
	assert_null(strstr(lines, "PRIVATE"));
	assert_non_null(strstr(lines, "serial = mac:digest-"));
	assert_true(asprintf(&tree, "%s%s", MACHINE CARD("") DISK, lines) > 0);
	assert_matched(tree, PIN_PENDING);
	assert_true(asprintf(&mixed, "%s%s", MACHINE CARD(""), others) > 0);
	assert_matched(mixed, PIN_MISMATCH);
	/* A digest stays what it is. */
	recaptured = captured_serials(tree, false);
	assert_string_equal(recaptured, lines);
	again = captured_serials(tree, true);
	assert_string_equal(again, lines);
}

static void serials_themselves_are_kept_where_that_is_asked(void **state)
{
	_autofree_ char *lines = captured_serials(MACHINE NIC DISK PIN, true);

	assert_non_null(strstr(lines, NIC_PATH " mac =" MAC "\\n"));
	assert_non_null(strstr(lines, DISK_PATH " nvme =S4EV NX0\\n"));
	assert_non_null(strstr(lines, "serial = mac:" MAC));
}

static void gaps_stay_gaps_in_a_capture(void **state)
{
	_autofree_ char *lines =
		captured_serials(MACHINE CARD("header=0 pcie=0 serial=1 config=short"), false);

	assert_string_equal(lines, "/iommuctl/serials = " NIC_PATH " pcie ?denied\\n\\c\n");
}

/* Two machines, or two models, never have the same digest of a serial. */
static void the_machine_and_the_model_are_part_of_a_digest(void **state)
{
	static const struct serial serial = {SERIAL_NVME, "Abc"}, same = {SERIAL_NVME, "aBC"},
				   mac = {SERIAL_MAC, "Abc"};
	_autoarena_ struct arena *arena = arena_new();
	struct disguise *one = disguise_new(arena), *other = disguise_new(arena);
	const char *first = disguise_serial(one, 1, 2, serial);

	disguise_set_machine(other, "Maker\nModel");
	assert_int_equal(strlen(first), strlen("digest-0123456789abcdef"));
	assert_string_equal(disguise_serial(one, 1, 2, same), first);
	assert_string_not_equal(disguise_serial(one, 1, 3, serial), first);
	assert_string_not_equal(disguise_serial(one, 1, 2, mac), first);
	assert_string_not_equal(disguise_serial(other, 1, 2, serial), first);
	assert_string_equal(disguise_serial(one, 1, 2, (struct serial){SERIAL_MAC, "***"}), "***");
}

/* An address is no serial number of the card. */
static void the_column_has_no_addresses(void **state)
{
	char *dir = tree_new(MACHINE NIC DISK), *none[] = {NULL};
	struct options options = {.output = "name,serial",
				  .raw = true,
				  .no_headings = true,
				  .root = dir,
				  .arguments = none};
	struct error error = {0};
	struct said said;

	said_start();
	assert_int_equal(command_show.run(&options, &error), 0);
	said_end(&said);
	assert_string_equal(said.out, "0000:01:00.0 pcie:52-54-00-00-ff-ff-00-01\n"
				      "0000:02:00.0 nvme:S4EV\\x20NX0\n");
	tree_remove(dir);
}

UNIT(serials)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_its_source),
		cmocka_unit_test(an_address_is_read_where_a_pin_may_mean_the_card),
		cmocka_unit_test(a_card_without_the_capability_has_none),
		cmocka_unit_test(a_header_alone_leaves_the_serial_unknown),
		cmocka_unit_test(files_that_cannot_be_read_leave_it_unknown),
		cmocka_unit_test(an_old_capture_does_not_say_that_there_is_none),
		cmocka_unit_test(only_pinned_devices_are_read_for_pins),
		cmocka_unit_test(a_list_of_a_capture_counts_and_not_the_files),
		cmocka_unit_test(a_pin_means_its_card_in_a_capture_too),
		cmocka_unit_test(serials_themselves_are_kept_where_that_is_asked),
		cmocka_unit_test(gaps_stay_gaps_in_a_capture),
		cmocka_unit_test(the_machine_and_the_model_are_part_of_a_digest),
		cmocka_unit_test(the_column_has_no_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
