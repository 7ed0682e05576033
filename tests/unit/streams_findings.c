/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sentences and evidence of findings about streams, on machines and in firmware files of others. */
#include "checks/streams.h"
#include "model/build.h"
#include "support/check.h"

#include <string.h>

static struct arena *arena;
static struct build *build;

static int start(void **state)
{
	arena_free(arena);
	arena = arena_new();
	build = build_new();
	return 0;
}

static int end(void **state)
{
	arena_free(arena);
	return 0;
}

/* A stream of firmware alone, or with @device of a bound device without a group. */
static struct stream *add(enum iommu_kind kind, const char *name, int64_t id, bool device)
{
	struct device *owner = device ? build_device(build, "platform", name, name) : NULL;
	struct stream *stream = build_stream(build, owner);

	if (owner) {
		owner->driver = "x";
		owner->driver_known = true;
	} else {
		stream->device_name = name;
	}
	stream->iommu_kind = kind;
	stream->iommu_name = "/iommu@0";
	stream->id = id;
	return stream;
}

static struct device *device_called(const char *name)
{
	for (size_t i = 0; i < build_device_count(build); i++)
		if (strcmp(build_device_at(build, i)->name, name) == 0)
			return build_device_at(build, i);
	fail_msg("no device %s", name);
	return NULL;
}

/* The findings of the machine as "code: message", joined by newlines; evidence is in *ret_evidence
 * of the first. */
static const char *told(const char **ret_evidence)
{
	const struct system *system = build_seal(build, FACT_STREAMS | FACT_IOMMUS);
	const struct overlap *overlaps = streams_overlaps(system, arena);
	struct findings findings = streams_findings(system, overlaps, NULL, arena);
	const char *all = "";

	for (size_t i = 0; i < findings.count; i++)
		all = arena_printf(arena, "%s%s: %s\n", all,
				   code_kinds[findings.items[i].code].word,
				   findings.items[i].message);
	if (ret_evidence)
		*ret_evidence = findings.count && findings.items[0].evidence
					? arena_strdup(arena, findings.items[0].evidence)
					: "";
	all = arena_strdup(arena, all);
	system_free(system);
	return all;
}

/* The subjects of findings that concern one device, separated by blanks. */
static const char *subjects_for(const char *name)
{
	const struct system *system = build_seal(build, FACT_STREAMS | FACT_IOMMUS);
	bool *chosen = arena_array(arena, system->device_count, sizeof(*chosen));
	const char *all = "";
	struct findings findings;

	for (size_t i = 0; i < system->device_count; i++)
		chosen[i] = strcmp(system->devices[i]->name, name) == 0;
	findings = streams_findings(system, streams_overlaps(system, arena), chosen, arena);
	for (size_t i = 0; i < findings.count; i++)
		all = arena_printf(arena, "%s%s ", all, findings.items[i].subject);
	system_free(system);
	return all;
}

static const char *firmware_file; /* of the next evidence_of */

static const char *firmware_file; /* for evidence_of; NULL: firmware is the machine's own */

static const char *evidence_of(enum stream_source source, bool device, const char *node)
{
	const char *evidence;

	start(NULL);
	build_machine(build)->firmware_file = firmware_file;
	for (int i = 0; i < 2; i++) {
		struct stream *stream = add(IOMMU_KIND_SMMU_V3, i ? "b" : "a", 0x10, device);

		stream->source = source;
		if (device)
			device_called(i ? "b" : "a")->firmware_node = node;
	}
	if (device) {
		device_called("b")->group = build_group(build, 1);
		device_called("b")->iommu = NULL;
	}
	told(&evidence);
	return evidence;
}

static void the_evidence_is_the_property_or_the_table(void **state)
{
#define BASE "/sys/firmware/devicetree/base"
	assert_string_equal(evidence_of(STREAM_FROM_IOMMUS, true, "/a"), BASE "/a/iommus");
	assert_string_equal(evidence_of(STREAM_FROM_IOMMUS, true, NULL), BASE "/iommus");
	assert_string_equal(evidence_of(STREAM_FROM_IOMMUS, false, NULL), BASE "a/iommus");
	/* The device is on the platform bus. */
	assert_string_equal(evidence_of(STREAM_FROM_IOMMU_MAP, true, NULL),
			    "iommu-map of the device that has the bus");
	assert_string_equal(evidence_of(STREAM_FROM_IOMMU_MAP, false, NULL), BASE "a/iommu-map");
	assert_string_equal(evidence_of(STREAM_FROM_MMU_MASTERS, true, NULL),
			    BASE "/iommu@0/mmu-masters");
	assert_string_equal(evidence_of(STREAM_FROM_LIODN, true, "/a"), BASE "/a/fsl,liodn");
	assert_string_equal(evidence_of(STREAM_FROM_IORT, true, NULL),
			    "/sys/firmware/acpi/tables/IORT");
	assert_string_equal(evidence_of(STREAM_FROM_TOPOLOGY, true, NULL), "a");
#undef BASE
}

/* --dtb and --acpi read files of another machine: a path of this one would lead nowhere. */
static void the_evidence_of_a_file_is_in_that_file(void **state)
{
	firmware_file = "soc.dtb";
	assert_string_equal(evidence_of(STREAM_FROM_IOMMUS, true, "/a"), "soc.dtb: /a/iommus");
	assert_string_equal(evidence_of(STREAM_FROM_MMU_MASTERS, true, NULL),
			    "soc.dtb: /iommu@0/mmu-masters");
	firmware_file = "tables";
	assert_string_equal(evidence_of(STREAM_FROM_IORT, true, NULL), "tables: IORT");
	firmware_file = NULL;
}

static void a_file_of_another_machine_is_judged_by_the_order_of_its_streams(void **state)
{
	const char *text;

	start(NULL);
	add(IOMMU_KIND_SMMU_V3, "a", 0x10, false);
	add(IOMMU_KIND_SMMU_V3, "b", 0x10, false);
	text = told(NULL);
	assert_non_null(strstr(text, "stream_taken: stream 0x10 belongs to b;"));
	assert_null(strstr(strstr(text, "stream_taken") + 1, "stream_taken"));
}

/* Devices a and b share a stream and have other groups; c has a broken stream of its own. */
static void add_two_clashes(void)
{
	start(NULL);
	add(IOMMU_KIND_SMMU_V3, "a", 0x10, true);
	add(IOMMU_KIND_SMMU_V3, "b", 0x10, true);
	device_called("b")->group = build_group(build, 1);
	add(IOMMU_KIND_SMMU_V3, "c", 0x20, true)->error = "broken";
	build_reservation(build, (struct reservation){.subject = "c", .source = "IVRS"});
	build_reservation(build, (struct reservation){.subject = "a-c", .source = "IVRS"});
}

static void findings_of_devices_that_are_not_chosen_are_left_out(void **state)
{
	add_two_clashes();
	assert_string_equal(subjects_for("a"), "a a-c ");
	add_two_clashes();
	assert_string_equal(subjects_for("b"), "a a-c ");
	add_two_clashes();
	assert_string_equal(subjects_for("c"), "c c a-c ");
}

/* More devices share the stream than a finding names: the last one is told nevertheless. */
static void a_chosen_device_beyond_the_named_ones_keeps_its_finding(void **state)
{
	start(NULL);
	for (int i = 0; i < 3 * OVERLAPS_KEPT; i++)
		add(IOMMU_KIND_SMMU_V3, arena_printf(arena, "d%02d", i), 0x10, true);
	add(IOMMU_KIND_SMMU_V3, "other", 0x20, true);
	for (size_t i = 1; i < build_device_count(build); i++)
		build_device_at(build, i)->group = build_group(build, (int)i);
	assert_string_equal(subjects_for("d95"), "d00 ");
}

static void three_others_are_named_and_the_rest_counted(void **state)
{
	static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
	const char *text;

	start(NULL);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		add(IOMMU_KIND_SMMU, names[i], 0x10, false);
	text = told(NULL);
	assert_non_null(strstr(text, "stream 0x10 of b, stream 0x10 of c, stream 0x10 of d and 2 "
				     "others share an entry"));
	start(NULL);
	for (size_t i = 0; i < 2; i++)
		add(IOMMU_KIND_SMMU, names[i], 0x10, false)->mask = 0xf;
	text = told(NULL);
	assert_non_null(
		strstr(text, "stream 0x10 (mask 0xf) and stream 0x10 (mask 0xf) of b share"));
}

static void ranges_and_streams_without_an_id_are_not_judged(void **state)
{
	start(NULL);
	add(IOMMU_KIND_SMMU, "a", 0x10, false)->count = 4;
	add(IOMMU_KIND_SMMU, "b", 0x10, false)->count = 4;
	add(IOMMU_KIND_SMMU_V3, "c", -1, false);
	add(IOMMU_KIND_SMMU_V3, "d", -1, false);
	add(IOMMU_KIND_SMMU_V3, "e", 0x20, false);
	add(IOMMU_KIND_SMMU_V3, "f", 0x20, false)->available = false;
	assert_null(strstr(told(NULL), "stream_taken"));
}

/* Disabled streams and streams that another covers need no entry. */
static void entries_are_counted_for_streams_that_are_used(void **state)
{
	struct iommu *iommu;
	struct stream *stream;

	start(NULL);
	iommu = build_iommu(build, "smmu");
	iommu->kind = IOMMU_KIND_SMMU;
	iommu->stream_entries = 1;
	for (int i = 0; i < 5; i++) {
		stream = add(IOMMU_KIND_SMMU, "x", i == 3 ? -1 : 0x100 * (i + 1), false);
		stream->iommu = iommu;
		stream->available = i != 2;
		stream->mask = i == 4 ? 0xff : 0;
	}
	stream = add(IOMMU_KIND_SMMU, "y", 0x501, false);
	stream->iommu = iommu;
	add(IOMMU_KIND_SMMU, "z", 0x900, false);
	assert_non_null(strstr(told(NULL), "asks for 3 stream entries and the SMMU has 1"));
}

static const char *reservation(bool direct, bool relaxable)
{
	start(NULL);
	build_reservation(build, (struct reservation){.subject = "a",
						      .source = "dmar",
						      .start = 0x1000,
						      .end = 0x1fff,
						      .direct = direct,
						      .relaxable = relaxable});
	return told(NULL);
}

static void memory_is_reserved_in_three_ways(void **state)
{
	assert_non_null(strstr(reservation(false, false),
			       "memory_reserved: 0x1000-0x1fff is never mapped"));
	assert_non_null(strstr(reservation(true, false),
			       "memory_direct: 0x1000-0x1fff must stay mapped 1:1"));
	assert_non_null(
		strstr(reservation(true, true), "memory_direct: 0x1000-0x1fff is mapped 1:1"));
}

static void a_clash_with_a_stream_of_firmware_alone_stands_there_once(void **state)
{
	const char *text;

	start(NULL);
	add(IOMMU_KIND_SMMU_V3, "a", 0x10, true);
	add(IOMMU_KIND_SMMU_V3, "b", 0x10, false);
	text = told(NULL);
	assert_non_null(strstr(text, "stream_taken: stream 0x10 belongs to a;"));
	assert_null(strstr(strstr(text, "stream_taken") + 1, "stream_taken"));
}

static void a_range_takes_the_stream_of_no_device(void **state)
{
	start(NULL);
	add(IOMMU_KIND_SMMU_V3, "a", 0x10, true);
	add(IOMMU_KIND_SMMU_V3, "b", 0x10, true)->count = 4;
	device_called("b")->group = build_group(build, 1);
	assert_null(strstr(told(NULL), "stream_taken"));
}

static void add_sharers_of_an_smmuv2(void)
{
	start(NULL);
	add(IOMMU_KIND_SMMU, "a", 0x10, true);
	add(IOMMU_KIND_SMMU, "b", 0x10, true);
	add(IOMMU_KIND_SMMU, "c", 0x20, true);
	add(IOMMU_KIND_SMMU, "firmware", 0x30, false)->error = "broken";
}

static void what_concerns_no_chosen_device_is_left_out_on_an_smmuv2(void **state)
{
	add_sharers_of_an_smmuv2();
	assert_string_equal(subjects_for("b"), "a ");
	add_sharers_of_an_smmuv2();
	assert_string_equal(subjects_for("c"), "");
}

static void a_crowd_of_devices_concerns_its_members_only(void **state)
{
	start(NULL);
	for (int i = 0; i < 3 * OVERLAPS_KEPT; i++)
		add(IOMMU_KIND_SMMU_V3, arena_printf(arena, "d%02d", i), 0x10, true);
	add(IOMMU_KIND_SMMU_V3, "other", 0x20, true);
	for (size_t i = 1; i < build_device_count(build); i++)
		build_device_at(build, i)->group = build_group(build, (int)i);
	assert_string_equal(subjects_for("other"), "");
}

/* The severity of the finding about one stream that cannot be used. */
static enum severity severity_from(enum stream_source source, bool available)
{
	_autosystem_ const struct system *system = NULL;
	struct findings findings;
	struct stream *stream;

	start(NULL);
	stream = add(IOMMU_KIND_SMMU_V3, "a", -1, false);
	stream->error = "broken";
	stream->source = source;
	stream->available = available;
	system = build_seal(build, FACT_STREAMS | FACT_IOMMUS);
	findings = streams_findings(system, streams_overlaps(system, arena), NULL, arena);
	assert_int_equal(findings.count, 1);
	return findings.items[0].severity;
}

static void a_stream_that_cannot_be_used_is_a_warning_where_firmware_is_to_blame(void **state)
{
	assert_int_equal(severity_from(STREAM_FROM_IOMMUS, true), SEVERITY_WARNING);
	assert_int_equal(severity_from(STREAM_FROM_IORT, true), SEVERITY_WARNING);
	assert_int_equal(severity_from(STREAM_FROM_IOMMUS, false), SEVERITY_NOTE);
	/* A DMAR names devices in ways that only the running machine resolves. */
	assert_int_equal(severity_from(STREAM_FROM_DMAR, true), SEVERITY_NOTE);
}

static void the_evidence_may_lack_an_iommu_or_a_device(void **state)
{
	const char *evidence;
	struct stream *stream;

	start(NULL);
	stream = add(IOMMU_KIND_SMMU, "a", -1, false);
	stream->error = "broken";
	stream->source = STREAM_FROM_MMU_MASTERS;
	stream->iommu_name = NULL;
	told(&evidence);
	assert_string_equal(evidence, "/sys/firmware/devicetree/base/mmu-masters");
	assert_string_equal(evidence_of(STREAM_FROM_TOPOLOGY, false, NULL), "");
}

UNIT(streams_findings)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_evidence_is_the_property_or_the_table),
		cmocka_unit_test(the_evidence_of_a_file_is_in_that_file),
		cmocka_unit_test(a_file_of_another_machine_is_judged_by_the_order_of_its_streams),
		cmocka_unit_test(three_others_are_named_and_the_rest_counted),
		cmocka_unit_test(findings_of_devices_that_are_not_chosen_are_left_out),
		cmocka_unit_test(a_chosen_device_beyond_the_named_ones_keeps_its_finding),
		cmocka_unit_test(ranges_and_streams_without_an_id_are_not_judged),
		cmocka_unit_test(entries_are_counted_for_streams_that_are_used),
		cmocka_unit_test(memory_is_reserved_in_three_ways),
		cmocka_unit_test(a_clash_with_a_stream_of_firmware_alone_stands_there_once),
		cmocka_unit_test(a_range_takes_the_stream_of_no_device),
		cmocka_unit_test(what_concerns_no_chosen_device_is_left_out_on_an_smmuv2),
		cmocka_unit_test(a_crowd_of_devices_concerns_its_members_only),
		cmocka_unit_test(
			a_stream_that_cannot_be_used_is_a_warning_where_firmware_is_to_blame),
		cmocka_unit_test(the_evidence_may_lack_an_iommu_or_a_device),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
