/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Documents of "show --json", good and bad, as inventories. */
#include "views/document.h"

#include "support/check.h"

#include <stdlib.h>
#include <string.h>

#define HOST                                                                                 \
	"\"host\":{\"kernel\":\"6.12\",\"arch\":\"x86_64\",\"firmware\":\"acpi\",\"iommu\":" \
	"\"enabled\"}"
#define BOOT                                    \
	"\"boot\":{\"options\":[\"iommu=pt\"]," \
	"\"firmware_tables\":[{\"name\":\"DMAR\",\"size\":64,\"checksum\":\"0x1\"}]}"
#define IOMMUS                                                                         \
	"\"iommus\":[{\"name\":\"dmar0\",\"identity\":\"dmar@1\",\"state\":\"ready\"," \
	"\"firmware_node\":null,\"devices\":[\"a\"]}]"
#define GROUPS                                                                                    \
	"\"groups\":[{\"id\":3,\"type\":\"DMA\",\"fingerprint\":\"1:aa\",\"iommus\":[\"dmar0\"]," \
	"\"reserved_regions\":[{\"start\":\"0x1\",\"end\":\"0x2\",\"kind\":\"msi\"}],"            \
	"\"devices\":[\"0000:01:00.0\"]}]"
#define DEVICE(rest)                                                                        \
	"{\"name\":\"0000:01:00.0\",\"bus\":\"pci\",\"location\":\"pci0000:00/01.0/00.0\"," \
	"\"group\":3,\"driver\":null,\"driver_override\":null,\"state\":\"unbound\","       \
	"\"dma\":\"translated\",\"hand_over\":{\"verdict\":\"alone\",\"why\":null},"        \
	"\"vendor_id\":32902,\"device_id\":4307,\"class\":131072,\"interfaces\":[]" rest "}"
#define STREAM "{\"iommu\":\"dmar0\",\"kind\":\"requester_id\",\"id\":256,\"mask\":0,\"count\":1}"
#define TOP(sources, host, groups, devices)                                                  \
	"{\"schema\":1,\"error\":null,\"sources\":[" sources "]," host "," IOMMUS "," groups \
	",\"devices\":[" devices "]," BOOT "}"
#define GOOD TOP("", HOST, GROUPS, DEVICE(",\"streams\":[" STREAM "]"))

#define SMALL(iommus, groups, device) \
	"{\"schema\":1,\"iommus\":[" iommus "],\"groups\":[" groups "],\"devices\":[" device "]}"

static struct inventory *read_good(const char *text)
{
	struct inventory *inventory = NULL;
	struct error e = {0};

	if (document_read(text, strlen(text), &inventory, &e) < 0)
		fail_msg("%s", e.message);
	return inventory;
}

static void assert_fact(struct fact_text fact, const char *text)
{
	assert_false(fact.unknown);
	if (text)
		assert_string_equal(fact.text, text);
	else
		assert_null(fact.text);
}

static void a_document_has_all_facts(void **state)
{
	_autoinventory_ struct inventory *inventory = read_good(GOOD);
	const struct inventory_device *device = &inventory->devices[0];

	assert_fact(inventory->facts[MACHINE_KERNEL], "6.12 (x86_64)");
	assert_fact(inventory->facts[MACHINE_OPTIONS], "iommu=pt");
	assert_fact(inventory->facts[MACHINE_USAGE], "enabled");
	assert_string_equal(inventory->tables[0].sum, "64 bytes, 0x1");
	assert_string_equal(inventory->iommus[0].identity, "dmar@1");
	assert_fact(inventory->groups[0].facts[GROUP_FACT_IOMMUS], "dmar@1");
	assert_fact(inventory->groups[0].facts[GROUP_FACT_REGIONS], "0x1-0x2:msi");
	assert_false(inventory->groups[0].members_unknown);
	assert_int_equal(inventory->groups[0].member_count, 1);
	assert_string_equal(device->ids, "8086:10d3:?:?:020000");
	assert_fact(device->facts[DEVICE_FACT_DRIVER], NULL);
	assert_fact(device->facts[DEVICE_FACT_OVERRIDE], NULL);
	assert_fact(device->facts[DEVICE_FACT_STREAMS], "0x100");
	assert_fact(device->facts[DEVICE_FACT_HAND_OVER], "alone");
	assert_true(device->streams_by_address);
}

static void null_is_unknown_where_it_was_not_read(void **state)
{
	_autoinventory_ struct inventory *inventory =
		read_good(TOP("", HOST, GROUPS, DEVICE(",\"streams\":null")));

	assert_true(inventory->devices[0].facts[DEVICE_FACT_STREAMS].unknown);
	assert_fact(inventory->devices[0].facts[DEVICE_FACT_INTERFACES], NULL);
}

static void an_unread_source_makes_its_facts_unknown(void **state)
{
	_autoinventory_ struct inventory *inventory =
		read_good(TOP("{\"name\":\"bus_devices\",\"state\":\"partial\"},"
			      "{\"name\":\"dmar\",\"state\":\"denied\"},"
			      "{\"name\":\"hwdb\",\"state\":\"absent\"}",
			      HOST, GROUPS, DEVICE(",\"streams\":[]")));

	assert_true(inventory->unread[AREA_DEVICES]);
	assert_true(inventory->unread[AREA_FIRMWARE]);
	assert_true(inventory->devices[0].facts[DEVICE_FACT_DRIVER].unknown);
	assert_true(inventory->devices[0].facts[DEVICE_FACT_STREAMS].unknown);
	assert_false(inventory->groups[0].members_unknown);
	assert_false(inventory->presence_unknown);
}

static void a_group_without_a_fingerprint_may_lack_members(void **state)
{
	_autoinventory_ struct inventory *inventory =
		read_good(TOP("", HOST, "\"groups\":[{\"id\":3,\"devices\":[\"x\"]}]", DEVICE("")));

	assert_true(inventory->groups[0].members_unknown);
	assert_true(inventory->presence_unknown);
}

static void a_document_without_new_keys_is_read(void **state)
{
	static const char text[] =
		"{\"schema\":1,\"iommus\":[],\"groups\":[],\"devices\":[{\"name\":\"a\","
		"\"bus\":\"platform\",\"location\":\"/sys/devices/a\",\"later\":{\"x\":[1]}}]}";
	_autoinventory_ struct inventory *inventory = read_good(text);

	assert_true(inventory->facts[MACHINE_OPTIONS].unknown);
	assert_true(inventory->tables_unknown);
	assert_true(inventory->devices[0].facts[DEVICE_FACT_DRIVER].unknown);
	assert_true(inventory->devices[0].facts[DEVICE_FACT_OVERRIDE].unknown);
}

static void an_iommu_without_an_identity_is_its_name(void **state)
{
	_autoinventory_ struct inventory *inventory =
		read_good(SMALL("{\"name\":\"dmar1\"},{\"name\":\"dmar0\",\"identity\":\"dmar@1\"}",
				"{\"id\":3,\"iommus\":[\"dmar1\",\"dmar7\"],\"devices\":[\"a\"]},{"
				"\"id\":4,\"iommus\":[\"dmar0\"]}",
				DEVICE("")));

	assert_string_equal(inventory->iommus[0].identity, "dmar1");
	assert_fact(inventory->groups[0].facts[GROUP_FACT_IOMMUS], "dmar1,dmar7");
	assert_fact(inventory->groups[1].facts[GROUP_FACT_IOMMUS], "dmar@1");
}

static void without_iommus_the_group_has_their_names(void **state)
{
	_autoinventory_ struct inventory *inventory = read_good(
		SMALL("", "{\"id\":3,\"iommus\":[\"dmar0\"],\"devices\":[\"a\"]}", DEVICE("")));

	assert_fact(inventory->groups[0].facts[GROUP_FACT_IOMMUS], "dmar0");
}

static void a_stream_is_one_id_without_a_mask_unless_it_says_more(void **state)
{
	_autoinventory_ struct inventory *one = read_good(
		TOP("", HOST, GROUPS, DEVICE(",\"streams\":[{\"iommu\":\"dmar0\",\"id\":256}]")));
	_autoinventory_ struct inventory *none = read_good(
		TOP("", HOST, GROUPS, DEVICE(",\"streams\":[{\"iommu\":\"dmar0\",\"id\":null}]")));

	assert_fact(one->devices[0].facts[DEVICE_FACT_STREAMS], "0x100");
	assert_true(none->devices[0].facts[DEVICE_FACT_STREAMS].unknown);
}

/* A driver of null is none only where the device was read, and is not bound. */
static void a_driver_of_null_may_be_unknown(void **state)
{
#define PLACE "\"name\":\"a\",\"bus\":\"platform\",\"location\":\"a\",\"driver\":null"
	static const struct {
		const char *text;
		bool unknown;
	} rows[] = {
		{SMALL("", "", "{" PLACE ",\"state\":\"unbound\",\"hand_over\":{}}"), false},
		{SMALL("", "", "{" PLACE ",\"state\":\"bound\",\"hand_over\":{}}"), true},
		{SMALL("", "", "{" PLACE ",\"state\":null,\"hand_over\":{}}"), true},
		{SMALL("", "", "{" PLACE ",\"state\":\"unbound\",\"hand_over\":null}"), true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_autoinventory_ struct inventory *inventory = read_good(rows[i].text);

		if (inventory->devices[0].facts[DEVICE_FACT_DRIVER].unknown != rows[i].unknown)
			fail_msg("%s", rows[i].text);
	}
}

static void control_characters_are_escaped(void **state)
{
	_autoinventory_ struct inventory *inventory = read_good(
		TOP("", "\"host\":{\"firmware\":\"a\\u001b[31m\\u0000b\"}", GROUPS, DEVICE("")));

	assert_string_equal(inventory->facts[MACHINE_FIRMWARE].text, "a\\x1b[31m\\x00b");
}

static void bad_documents_are_refused(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{"", "no end"},
		{"{", "no end"},
		{"{}", "no document"},
		{"[]", "no document"},
		{"{\"schema\":1}", "another command"},
		{"{\"schema\":2}", "schema 2"},
		{"{\"schema\":1,\"error\":{\"code\":\"io\"}}", "failure"},
		{GOOD "x", "no JSON"},
		{"{\"schema\":1,}", "no JSON"},
		{TOP("1", HOST, GROUPS, DEVICE("")), "\"sources\""},
		{TOP("", "\"host\":3", GROUPS, DEVICE("")), "\"host\""},
		{TOP("", "\"host\":{\"kernel\":3}", GROUPS, DEVICE("")), "\"kernel\""},
		{TOP("", HOST, "\"groups\":[]", DEVICE("")), "\"group\""},
		{TOP("", HOST, "\"groups\":[{\"id\":-1}]", ""), "\"id\""},
		{TOP("", HOST, "\"groups\":[{\"id\":4294967299}]", ""), "\"id\""},
		{TOP("", HOST, "\"groups\":[{\"id\":3},{\"id\":3}]", ""), "\"id\""},
		{TOP("", HOST, GROUPS, "3"), "\"devices\""},
		{TOP("", HOST, GROUPS, "{\"name\":\"a\"}"), "\"bus\""},
		{TOP("", HOST, GROUPS, DEVICE(",\"streams\":[3]")), "\"streams\""},
		{TOP("", HOST, GROUPS, DEVICE(",\"streams\":[{\"id\":\"x\"}]")), "\"id\""},
		{TOP("", HOST, GROUPS, DEVICE(",\"vendor_id\":65536")), "\"vendor_id\""},
		{TOP("", HOST, GROUPS, DEVICE("") ",3"), "\"devices\""},
		{TOP("", HOST, GROUPS, "{\"name\":\"a\"},3"), "\"bus\""},
		{TOP("", HOST, GROUPS, DEVICE(",\"streams\":[null]")), "\"streams\""},
		{TOP("", HOST, "\"groups\":[{\"id\":3,\"reserved_regions\":[3]}]", DEVICE("")),
		 "\"reserved_regions\""},
		{TOP("", HOST, "\"groups\":[{\"id\":3,\"reserved_regions\":[null]}]", DEVICE("")),
		 "\"reserved_regions\""},
		{TOP("", HOST, "\"groups\":[3]", DEVICE("")), "\"groups\""},
		{SMALL("3", "", "{}"), "\"iommus\""},
		{SMALL("{\"name\":3}", "", "{}"), "\"name\""},
		{TOP("", HOST, GROUPS, ""), "chosen devices only"},
		{"[[[[[[[[[[[[[[[[[[", "too deep"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct inventory *inventory = NULL;
		struct error e = {0};
		size_t length = strlen(rows[i].text);

		assert_true(document_read(rows[i].text, length, &inventory, &e) < 0);
		assert_int_equal(e.code, ERROR_MALFORMED);
		if (!strstr(e.message, rows[i].message))
			fail_msg("%s: %s, not %s", rows[i].text, e.message, rows[i].message);
		assert_null(inventory);
	}
}

static void a_flood_of_values_is_refused_before_it_is_parsed(void **state)
{
	const size_t length = 16 << 20;
	char *text = malloc(length);
	struct inventory *inventory = NULL;
	struct error e = {0};

	assert_non_null(text);
	for (size_t i = 0; i < length; i++)
		text[i] = "[],"[i % 3];
	assert_true(document_read(text, length, &inventory, &e) < 0);
	assert_non_null(strstr(e.message, "too many values"));
	free(text);
}

static void brackets_in_texts_are_no_lists(void **state)
{
	_autoinventory_ struct inventory *inventory = read_good(
		TOP("", "\"host\":{\"firmware\":\"[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[[[[[[[\"}",
		    GROUPS, DEVICE("")));

	assert_int_equal(inventory->device_count, 1);
}

static void a_document_begins_with_a_brace(void **state)
{
	assert_true(document_seems(" \n{", 3));
	assert_false(document_seems("\x1f\x8b", 2));
	assert_false(document_seems("", 0));
	assert_false(document_seems(" ", 1));
}

UNIT(document)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_has_all_facts),
		cmocka_unit_test(null_is_unknown_where_it_was_not_read),
		cmocka_unit_test(an_unread_source_makes_its_facts_unknown),
		cmocka_unit_test(a_group_without_a_fingerprint_may_lack_members),
		cmocka_unit_test(a_document_without_new_keys_is_read),
		cmocka_unit_test(an_iommu_without_an_identity_is_its_name),
		cmocka_unit_test(without_iommus_the_group_has_their_names),
		cmocka_unit_test(a_stream_is_one_id_without_a_mask_unless_it_says_more),
		cmocka_unit_test(a_driver_of_null_may_be_unknown),
		cmocka_unit_test(control_characters_are_escaped),
		cmocka_unit_test(bad_documents_are_refused),
		cmocka_unit_test(a_flood_of_values_is_refused_before_it_is_parsed),
		cmocka_unit_test(brackets_in_texts_are_no_lists),
		cmocka_unit_test(a_document_begins_with_a_brace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
