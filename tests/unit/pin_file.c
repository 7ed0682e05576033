/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a pin: accepted and refused lines; writing and reading agree. */
#include "model/pin_file.h"

#include "support/check.h"

#include <errno.h>
#include <string.h>

#define PCI "driver = vfio-pci\nlocation = pci0000:00/1c.0/00.0\nvendor = 0x8086\ndevice = 0x10d3\n"

static struct span whole(const char *text)
{
	return (struct span){text, strlen(text)};
}

static int parse(const char *text, struct arena *arena, struct pin *ret_pin, struct error *e)
{
	return pin_parse("nic", PINS_FOLDER "/nic.conf", whole(text), arena, ret_pin, e);
}

static void the_keys_of_a_pin_are_read(void **state)
{
	static const char text[] =
		"# A comment\n\n  driver=vfio-pci \nlocation = pci0000:00/1c.0/00.0\r\n"
		"vendor = 0x8086\ndevice = 0x10D3\nsubsystem-vendor = 0x1458\n"
		"subsystem-device = 0xe000\nserial = pcie:00-1b-21\n"
		"serial = mac:52:54:00:12:34:56\nmember = pci0000:00/1c.0/00.0\n"
		"member = pci0000:00/1c.0/00.1";
	_autoarena_ struct arena *arena = arena_new();
	struct error e = {0};
	struct pin pin;

	assert_int_equal(parse(text, arena, &pin, &e), 0);
	assert_string_equal(pin.driver, "vfio-pci");
	assert_string_equal(pin.bus, "pci");
	assert_string_equal(pin.location, "pci0000:00/1c.0/00.0");
	assert_int_equal(pin.vendor_id, 0x8086);
	assert_int_equal(pin.device_id, 0x10d3);
	assert_int_equal(pin.subsystem_vendor_id, 0x1458);
	assert_int_equal(pin.subsystem_device_id, 0xe000);
	assert_int_equal(pin.serial_count, 2);
	assert_int_equal(pin.serials[1].kind, SERIAL_MAC);
	assert_string_equal(pin.serials[1].value, "52:54:00:12:34:56");
	assert_int_equal(pin.member_count, 2);
	assert_int_equal(pin.unknown_count, 0);
}

static void a_count_and_a_type_are_read_and_written(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct error e = {0};
	struct pin pin, again;

	assert_int_equal(parse(PCI "count = 4\n", arena, &pin, &e), 0);
	assert_int_equal(pin.count, 4);
	assert_null(pin.type);
	assert_string_equal(pin_words(&pin, arena), "4 virtual functions with vfio-pci");
	assert_int_equal(parse(pin_write(&pin, arena).start, arena, &again, &e), 0);
	assert_int_equal(again.count, 4);
	assert_int_equal(parse(PCI "type = dma-fq\n", arena, &pin, &e), 0);
	assert_string_equal(pin.type, "DMA-FQ");
	assert_int_equal(pin.count, 0);
	assert_string_equal(pin_words(&pin, arena), "vfio-pci and the type DMA-FQ");
	assert_int_equal(parse(pin_write(&pin, arena).start, arena, &again, &e), 0);
	assert_string_equal(again.type, "DMA-FQ");
}

static void a_count_or_a_type_that_cannot_be_kept_is_refused(void **state)
{
	static const char *const rows[] = {
		PCI "count = 0\n",
		PCI "count = 65536\n",
		PCI "count = four\n",
		PCI "count = 4\ncount = 4\n",
		PCI "type = auto\n",
		PCI "type = blocked\n",
		PCI "type = DMA\ntype = DMA\n",
		PCI "type = DMA\ncount = 1\n",
		"driver = none\nbus = platform\nlocation = platform/9000000.dma\n"
		"compatible = arm,pl330\ncount = 1\n",
	};
	_autoarena_ struct arena *arena = arena_new();
	struct error e = {0};
	struct pin pin;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(parse(rows[i], arena, &pin, &e), -EBADMSG);
}

static void none_is_no_driver_and_other_buses_have_a_compatible(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct error e = {0};
	struct pin pin;

	assert_int_equal(parse("driver = none\nbus = platform\nlocation = platform/9000000.dma\n"
			       "compatible = arm,pl330\n",
			       arena, &pin, &e),
			 0);
	assert_null(pin.driver);
	assert_int_equal(pin.vendor_id, -1);
	assert_string_equal(pin.compatible, "arm,pl330");
}

static void a_wrong_line_makes_the_file_no_pin(void **state)
{
	static const char *const wrong[] = {
		"",
		"\n# nothing\n",
		"driver = vfio-pci\n",
		"driver = vfio-pci\nlocation = pci0000:00/1c.0/00.0\n",
		"driver = vfio-pci\nbus = platform\nlocation = platform/9000000.dma\n",
		PCI "driver = vfio-pci\n",
		PCI "vendor = 0x8086\n",
		PCI "no key",
		PCI "= value\n",
		PCI "member =\n",
		PCI "member = /etc/shadow\n",
		PCI "member = pci0000:00/../00.0\n",
		PCI "member = a//b\n",
		PCI "member = a/\n",
		PCI "serial = disk:1\n",
		PCI "serial = mac:\n",
		PCI "serial = mac\n",
		PCI "other = \x1b[31m\n",
		"driver = ../../sda\nlocation = a\nvendor = 0x8086\ndevice = 0x10d3\n",
		"driver = a b\nlocation = a\nvendor = 0x8086\ndevice = 0x10d3\n",
		"driver = vfio-pci\nlocation = a\nvendor = 8086\ndevice = 0x10d3\n",
		"driver = vfio-pci\nlocation = a\nvendor = 0x18086\ndevice = 0x10d3\n",
		"driver = vfio-pci\nlocation = a\nvendor = 0x\ndevice = 0x10d3\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		_autoarena_ struct arena *arena = arena_new();
		struct error e = {0};
		struct pin pin;

		if (parse(wrong[i], arena, &pin, &e) != -EBADMSG)
			fail_msg("accepted: %s", wrong[i]);
		assert_int_equal(e.code, ERROR_MALFORMED);
	}
}

static void large_and_binary_files_are_no_pins(void **state)
{
	enum { MEGABYTE = 1 << 20 };
	_autoarena_ struct arena *arena = arena_new();
	char *large = arena_alloc(arena, MEGABYTE);
	struct error e = {0};
	struct pin pin;

	memset(large, '#', MEGABYTE);
	assert_int_equal(pin_parse("a", "a", (struct span){large, MEGABYTE}, arena, &pin, &e),
			 -EBADMSG);
	assert_int_equal(pin_parse("a", "a", (struct span){PCI "\0", sizeof(PCI)}, arena, &pin, &e),
			 -EBADMSG);
	/* A list of members is bounded, too. */
	large = arena_strdup(arena, PCI);
	for (int i = 0; i <= PIN_LINES_MAX; i++)
		large = arena_concat(arena, large, "member = a\n", "");
	assert_int_equal(parse(large, arena, &pin, &e), -EBADMSG);
}

static void unknown_keys_are_kept_and_writing_agrees_with_reading(void **state)
{
	static const char text[] = PCI "subsystem-vendor = 0x1458\nserial = nvme:S4EWNX0R\n"
				       "member = pci0000:00/1c.0/00.1\nfuture-key = some value\n";
	_autoarena_ struct arena *arena = arena_new();
	struct error e = {0};
	struct pin pin, again;
	struct span written;

	assert_int_equal(parse(text, arena, &pin, &e), 0);
	assert_int_equal(pin.unknown_count, 1);
	assert_string_equal(pin.unknown[0], "future-key = some value");
	written = pin_write(&pin, arena);
	assert_int_equal(pin_parse("nic", "f", written, arena, &again, &e), 0);
	assert_string_equal(pin_write(&again, arena).start, written.start);
	assert_string_equal(again.unknown[0], "future-key = some value");
	assert_string_equal(again.serials[0].value, "S4EWNX0R");
	assert_int_equal(again.subsystem_device_id, -1);
}

static void the_order_of_serials_makes_no_other_file(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct error e = {0};
	struct pin one, other;

	assert_int_equal(parse(PCI "serial = mac:1\nserial = pcie:2\n", arena, &one, &e), 0);
	assert_int_equal(parse(PCI "serial = pcie:2\nserial = mac:1\n", arena, &other, &e), 0);
	assert_string_equal(pin_write(&one, arena).start, pin_write(&other, arena).start);
}

static void names_are_those_of_plain_files(void **state)
{
	static const char *const wrong[] = {"",
					    ".hidden",
					    "-x",
					    "a/b",
					    "a b",
					    "..",
					    "a\n",
					    "0123456789012345678901234567890123456789"
					    "0123456789012345678901234"};

	assert_true(pin_name_is_valid("gpu-1"));
	assert_true(pin_name_is_valid("8086:10d3"));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(pin_name_is_valid(wrong[i]));
}

UNIT(pin_file)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_keys_of_a_pin_are_read),
		cmocka_unit_test(a_count_and_a_type_are_read_and_written),
		cmocka_unit_test(a_count_or_a_type_that_cannot_be_kept_is_refused),
		cmocka_unit_test(none_is_no_driver_and_other_buses_have_a_compatible),
		cmocka_unit_test(a_wrong_line_makes_the_file_no_pin),
		cmocka_unit_test(large_and_binary_files_are_no_pins),
		cmocka_unit_test(unknown_keys_are_kept_and_writing_agrees_with_reading),
		cmocka_unit_test(the_order_of_serials_makes_no_other_file),
		cmocka_unit_test(names_are_those_of_plain_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
