/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a fault to its device, its meaning and its remedy; and the count of faults. */
#include "checks/faults.h"
#include "faults/reader.h"
#include "faults/tally.h"
#include "model/build.h"
#include "sources/deferral/log_file.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

/* A system with three functions, an SMMU, and the faults of @log. */
struct scene {
	struct build *build;
	struct group *group;
	struct device *card, *sound, *other;
	struct iommu *smmu;
};

static struct device *add_function(struct scene *scene, const char *name, struct group *group)
{
	char *path = arena_printf(build_arena(scene->build), "/sys/devices/pci0000:00/%s", name);
	struct device *device = build_device(scene->build, "pci", name, path);

	device->driver_known = true;
	device->group = group;
	return device;
}

static struct scene scene_new(void)
{
	struct scene scene = {.build = build_new()};

	scene.group = build_group(scene.build, 7);
	scene.card = add_function(&scene, "0000:06:00.0", scene.group);
	scene.sound = add_function(&scene, "0000:06:00.1", scene.group);
	scene.other = add_function(&scene, "0000:07:00.0", NULL);
	scene.smmu = build_iommu(scene.build, "smmu3.0x0000000009050000");
	scene.smmu->device = "/sys/devices/platform/arm-smmu-v3.0.auto";
	return scene;
}

static void add_stream_id(struct scene *scene, struct device *device, int64_t id)
{
	struct stream *stream = build_stream(scene->build, device);

	stream->iommu = scene->smmu;
	stream->iommu_name = scene->smmu->name;
	stream->kind = STREAM_ID;
	stream->id = id;
}

static void add_requester(struct scene *scene, struct device *device, int64_t id)
{
	struct stream *stream = build_stream(scene->build, device);

	stream->kind = STREAM_REQUESTER_ID;
	stream->id = id;
}

static void add_fault_to_build(void *build, const struct fault *fault)
{
	build_fault(build, fault);
}

static const struct system *seal_with_log(struct scene *scene, const char *log)
{
	_autofaultreader_ struct fault_reader *reader =
		fault_reader_new(add_fault_to_build, scene->build);

	fault_reader_text(reader, (struct span){log, strlen(log)});
	fault_reader_flush(reader);
	return build_seal(scene->build, FACT_FAULTS | FACT_STREAMS | FACT_REGIONS);
}

#define DMAR_WRITE(device, address)                                                  \
	"DMAR: [DMA Write NO_PASID] Request device [" device "] fault addr " address \
	" [fault reason 0x05] PTE Write access is not set\n"
#define EVENT(sid)                                               \
	"arm-smmu-v3 arm-smmu-v3.0.auto: event 0x10 received:\n" \
	"arm-smmu-v3 arm-smmu-v3.0.auto: \t0x" sid "00000010\n"  \
	"arm-smmu-v3 arm-smmu-v3.0.auto: \t0x0000020000000000\n" \
	"arm-smmu-v3 arm-smmu-v3.0.auto: \t0x0000000000123000\n" \
	"arm-smmu-v3 arm-smmu-v3.0.auto: \t0x0000000000000000\n"

static void the_device_is_the_one_that_the_line_names(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct scene scene = scene_new();
	_autosystem_ const struct system *system =
		seal_with_log(&scene, DMAR_WRITE("06:00.1", "0x123000"));
	struct fault_entries entries = fault_entries(system, NULL, arena);

	assert_int_equal(entries.count, 1);
	assert_string_equal(entries.items[0].device->name, "0000:06:00.1");
	assert_int_equal(entries.items[0].group->id, 7);
	assert_int_equal(entries.items[0].link, FAULT_BY_NAME);
}

static void without_a_segment_two_functions_are_both_meant(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct scene scene = scene_new();
	struct fault_entries entries;

	add_function(&scene, "0001:06:00.1", NULL);
	{
		_autosystem_ const struct system *system =
			seal_with_log(&scene, DMAR_WRITE("06:00.1", "0x123000")
						      DMAR_WRITE("0001:06:00.1", "0x123000"));

		entries = fault_entries(system, NULL, arena);
		assert_int_equal(entries.count, 2);
		assert_null(entries.items[0].device);
		assert_int_equal(entries.items[0].device_count, 2);
		assert_string_equal(entries.items[0].subject, "0000:06:00.1 or 0001:06:00.1");
		assert_string_equal(entries.items[1].device->name, "0001:06:00.1");
	}
}

static void a_stream_leads_to_its_device(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct scene scene = scene_new();
	struct fault_entries entries;

	add_stream_id(&scene, scene.card, 8);
	add_stream_id(&scene, scene.sound, 9);
	add_stream_id(&scene, scene.other, 9);
	{
		_autosystem_ const struct system *system = seal_with_log(
			&scene, EVENT("00000008") EVENT("00000009") EVENT("0000000a"));

		entries = fault_entries(system, NULL, arena);
		assert_int_equal(entries.count, 3);
		assert_string_equal(entries.items[0].device->name, "0000:06:00.0");
		assert_string_equal(entries.items[0].iommu->name, "smmu3.0x0000000009050000");
		assert_null(entries.items[1].device);
		assert_int_equal(entries.items[1].device_count, 2);
		assert_int_equal(entries.items[2].device_count, 0);
		assert_int_equal(entries.unlinked, 1);
		/* One device has 8, two have 9, and none of the faults shows another. */
		assert_true(find_device(system, "0000:06:00.0")->streams[0].observed);
		assert_false(find_device(system, "0000:06:00.1")->streams[0].observed);
	}
}

static void a_bridge_stands_for_the_devices_behind_it(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct scene scene = scene_new();
	struct fault_entries entries;

	add_requester(&scene, scene.card, 0x600);
	add_requester(&scene, scene.card, 0x500);
	add_requester(&scene, scene.sound, 0x601);
	add_requester(&scene, scene.sound, 0x500);
	{
		_autosystem_ const struct system *system =
			seal_with_log(&scene, DMAR_WRITE("05:00.0", "0x123000")
						      DMAR_WRITE("06:00.0", "0x123000"));

		entries = fault_entries(system, NULL, arena);
		assert_int_equal(entries.items[0].device_count, 2);
		assert_int_equal(entries.items[0].link, FAULT_BY_STREAM);
		assert_int_equal(entries.items[0].group->id, 7);
		assert_false(find_device(system, "0000:06:00.0")->streams[1].observed);
		assert_true(find_device(system, "0000:06:00.0")->streams[0].observed);
	}
}

static void a_device_also_sends_as_a_function_that_is_not_there(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct scene scene = scene_new();

	scene.other->vendor_id = 0x1b4b;
	scene.other->device_id = 0x9123;
	{
		_autosystem_ const struct system *system =
			seal_with_log(&scene, DMAR_WRITE("07:00.1", "0x123000"));
		struct fault_entries entries = fault_entries(system, NULL, arena);
		struct findings findings = faults_findings(&entries, arena);

		assert_string_equal(entries.items[0].device->name, "0000:07:00.0");
		assert_int_equal(entries.items[0].link, FAULT_BY_ALIAS);
		assert_non_null(strstr(findings.items[0].message, "it sends as 07:00.1"));
	}
}

static void the_driver_decides_what_it_means(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct scene scene = scene_new();

	scene.card->driver = "vfio-pci";
	scene.sound->driver = "snd_hda_intel";
	{
		_autosystem_ const struct system *system = seal_with_log(
			&scene, DMAR_WRITE("06:00.0", "0x123000") DMAR_WRITE("06:00.1", "0x123000")
					DMAR_WRITE("07:00.0", "0x123000"));
		struct fault_entries entries = fault_entries(system, NULL, arena);

		assert_non_null(strstr(entries.items[0].meaning, "guest"));
		assert_non_null(strstr(entries.items[1].meaning, "DMA API"));
		assert_non_null(strstr(entries.items[2].meaning, "no driver"));
		assert_non_null(strstr(entries.items[2].remedy,
				       "echo 0000:07:00.0 > /sys/bus/pci/drivers_probe"));
	}
}

static void the_address_is_held_against_regions_and_mask(void **state)
{
	static const struct region regions[] = {{0xfee00000, 0xfeefffff, REGION_MSI},
						{0xcb000000, 0xcfffffff, REGION_DIRECT}};
	static const char *const places[] = {"window of message interrupts",
					     "reserved for the group", "32 bits", "first page",
					     NULL};
	_autoarena_ struct arena *arena = arena_new();
	struct scene scene = scene_new();

	scene.group->regions = regions;
	scene.group->region_count = ARRAY_SIZE(regions);
	scene.group->regions_known = true;
	scene.card->dma_mask_bits = 32;
	{
		_autosystem_ const struct system *system = seal_with_log(
			&scene,
			DMAR_WRITE("06:00.0", "0xfee00000") DMAR_WRITE("06:00.0", "0xcb000000")
				DMAR_WRITE("06:00.0", "0x100000000") DMAR_WRITE("06:00.0", "0x10")
					DMAR_WRITE("06:00.0", "0xffffffff"));
		struct fault_entries entries = fault_entries(system, NULL, arena);

		for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
			if (!places[i])
				assert_null(entries.items[i].place);
			else if (!strstr(entries.items[i].place, places[i]))
				fail_msg("%s: %s", places[i], entries.items[i].place);
		}
	}
}

/* A remedy for each kind, and none that takes protection away. */
static void no_remedy_switches_the_iommu_off(void **state)
{
	static const char *const bad[] = {"iommu=off",	 "iommu=pt",	 "disable_bypass",
					  "passthrough", "iommu.strict", "unsafe"};
	_autoarena_ struct arena *arena = arena_new();
	struct scene scene = scene_new();
	_autosystem_ const struct system *system = seal_with_log(&scene, "");

	for (enum fault_kind kind = 0; kind < FAULT_KIND_COUNT; kind++) {
		struct fault fault = {.kind = kind, .stream = 1, .pasid = -1, .count = 1};
		struct fault_entry entry = fault_entry_of(system, &fault, arena);

		assert_non_null(fault_kind_name(kind));
		assert_non_null(entry.meaning);
		assert_true(entry.remedy || kind == FAULT_NOT_LOGGED);
		for (size_t i = 0; entry.remedy && i < ARRAY_SIZE(bad); i++)
			assert_null(strstr(entry.remedy, bad[i]));
	}
}

static void only_faults_of_chosen_devices_are_listed(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct scene scene = scene_new();
	bool chosen[3] = {0};
	struct fault_entries entries;

	build_source(scene.build, "log", SOURCE_READ, NULL);
	{
		_autosystem_ const struct system *system = seal_with_log(
			&scene, DMAR_WRITE("06:00.0", "0x123000") DMAR_WRITE("06:00.1", "0x123000")
					DMAR_WRITE("09:00.0", "0x123000"));

		chosen[find_device(system, "0000:06:00.1")->index] = true;
		entries = fault_entries(system, chosen, arena);
		assert_int_equal(entries.count, 1);
		assert_int_equal(entries.unlinked, 1);
		/* The third fault may be of the chosen device as well. */
		assert_non_null(faults_blind(system, &entries, chosen));
		entries = fault_entries(system, NULL, arena);
		assert_null(faults_blind(system, &entries, NULL));
	}
}

static size_t count_tally(struct fault_tally *tally, uint64_t *ret_total)
{
	size_t count;
	const struct fault *items = fault_tally_items(tally, &count);

	*ret_total = 0;
	for (size_t i = 0; i < count; i++)
		*ret_total += items[i].count;
	return count;
}

static void equal_faults_are_counted(void **state)
{
	_autofaulttally_ struct fault_tally *tally = fault_tally_new();
	struct fault fault = {.stream = 1, .pasid = -1, .count = 1, .has_address = true};
	const struct fault *items;
	uint64_t total;
	size_t count;

	for (uint64_t i = 0; i < 100; i++) {
		fault.address = fault.low = fault.high = 0x100000 + i;
		snprintf(fault.first_time, sizeof(fault.first_time), "%d", (int)i);
		snprintf(fault.time, sizeof(fault.time), "%d", (int)i);
		fault_tally_add(tally, &fault);
	}
	assert_int_equal(count_tally(tally, &total), 1);
	assert_int_equal(total, 100);
	items = fault_tally_items(tally, &count);
	assert_string_equal(items[0].first_time, "0");
	assert_string_equal(items[0].time, "99");
	assert_int_equal(items[0].low, 0x100000);
	assert_int_equal(items[0].high, 0x100063);
}

static void faults_beyond_the_limit_are_counted_together(void **state)
{
	enum { MANY = 1000000 };
	_autofaulttally_ struct fault_tally *tally = fault_tally_new();
	struct fault fault = {.pasid = -1, .count = 1};
	const struct fault *items;
	uint64_t total;
	size_t count;

	for (fault.stream = 0; fault.stream < MANY; fault.stream++)
		fault_tally_add(tally, &fault);
	assert_int_equal(count_tally(tally, &total), FAULTS_MAX + 1);
	assert_int_equal(total, MANY);
	items = fault_tally_items(tally, &count);
	assert_int_equal(items[count - 1].kind, FAULT_NOT_LOGGED);
	assert_int_equal(items[count - 1].count, MANY - FAULTS_MAX);
}

static void a_file_keeps_its_newest_lines(void **state)
{
	enum { LINES = 100000 };
	char path[] = "/tmp/iommuctl-log-XXXXXX";
	struct log_file log = {0};
	struct error error = {0};
	FILE *file = fdopen(mkstemp(path), "w");
	uint64_t total;

	assert_non_null(file);
	for (int i = 0; i < LINES; i++)
		fprintf(file,
			"[ 1.0] platform device%d: deferred probe pending: platform: supplier x%d "
			"not "
			"ready\n" DMAR_WRITE("06:00.0", "0x123000") "a line of no interest\n",
			i, i);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(log_file_read(path, &log, &error), 0);
	unlink(path);
	assert_true(log.is_cut);
	assert_true(log.room <= 8 * 1024 * 1024);
	assert_non_null(strstr(log.lines, "device99999: "));
	assert_null(strstr(log.lines, "device0: "));
	assert_null(strstr(log.lines, "no interest"));
	assert_int_equal(count_tally(log.faults, &total), 1);
	assert_int_equal(total, LINES);
	log_file_free(&log);
}

static void a_file_that_is_not_there_is_an_error(void **state)
{
	struct log_file log = {0};
	struct error error = {0};

	assert_true(log_file_read("/nonexistent/log", &log, &error) < 0);
	assert_int_equal(error.code, ERROR_IO);
	assert_true(log_file_read("/", &log, &error) < 0);
}

UNIT(faults)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_device_is_the_one_that_the_line_names),
		cmocka_unit_test(without_a_segment_two_functions_are_both_meant),
		cmocka_unit_test(a_stream_leads_to_its_device),
		cmocka_unit_test(a_bridge_stands_for_the_devices_behind_it),
		cmocka_unit_test(a_device_also_sends_as_a_function_that_is_not_there),
		cmocka_unit_test(the_driver_decides_what_it_means),
		cmocka_unit_test(the_address_is_held_against_regions_and_mask),
		cmocka_unit_test(no_remedy_switches_the_iommu_off),
		cmocka_unit_test(only_faults_of_chosen_devices_are_listed),
		cmocka_unit_test(equal_faults_are_counted),
		cmocka_unit_test(faults_beyond_the_limit_are_counted_together),
		cmocka_unit_test(a_file_keeps_its_newest_lines),
		cmocka_unit_test(a_file_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
