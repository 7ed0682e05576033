/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IOMMUs whose registration the kernel took back, and the device that it did so for. */
#include "checks/cause.h"
#include "checks/deferral.h"
#include "model/build.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

/* A machine with one listed IOMMU, and devices a to d on the platform bus behind it. */
struct scene {
	struct build *build;
	struct iommu *iommu;
	struct device *devices[4];
};

static struct device *add_device(struct scene *scene, const char *bus, const char *name)
{
	struct device *device = build_device(scene->build, bus, name, name);
	struct supplier *supplier = arena_alloc(build_arena(scene->build), sizeof(*supplier));
	struct probing *probing = build_probing(scene->build, device);
	struct stream *stream = build_stream(scene->build, device);

	device->driver_known = true;
	device->state = DEVICE_DEFERRED;
	device->firmware_node = name;
	stream->iommu = scene->iommu;
	stream->id = (unsigned char)name[0];
	*supplier = (struct supplier){
		.kind = "iommu", .source = "iommus", .name = "smmu", .iommu = scene->iommu};
	probing->suppliers = supplier;
	probing->supplier_count = 1;
	return device;
}

static void add_joined(struct scene *scene, const char *name, int64_t group)
{
	build_remark(scene->build, (struct remark){.kind = REMARK_GROUP_JOINED,
						   .device = name,
						   .number = group,
						   .text = "Adding to iommu group"});
}

static struct scene scene_new(const char *kernel)
{
	static const char *const names[] = {"a", "b", "c", "d"};
	struct scene scene = {.build = build_new()};

	build_source(scene.build, "devices_deferred", SOURCE_READ, NULL);
	build_machine(scene.build)->kernel = kernel;
	scene.iommu = build_iommu(scene.build, "smmu");
	scene.iommu->kind = IOMMU_KIND_SMMU;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		scene.devices[i] = add_device(&scene, "platform", names[i]);
	return scene;
}

static const struct system *seal(struct scene *scene)
{
	return build_seal(scene->build,
			  FACT_SUPPLIERS | FACT_STREAMS | FACT_DEFERRAL | FACT_IOMMUS);
}

static enum iommu_state state_with(const char *kernel, void (*shape)(struct scene *))
{
	struct scene scene = scene_new(kernel);
	_autosystem_ const struct system *system = NULL;

	if (shape)
		shape(&scene);
	system = seal(&scene);
	return system->iommus[0]->state;
}

static void one_has_a_group(struct scene *scene)
{
	scene->devices[0]->group = build_group(scene->build, 1);
}

static void one_is_unreadable(struct scene *scene)
{
	scene->devices[0]->group_unknown = true;
}

static void all_are_bound(struct scene *scene)
{
	for (size_t i = 0; i < ARRAY_SIZE(scene->devices); i++) {
		scene->devices[i]->driver = "driver";
		scene->devices[i]->state = DEVICE_BOUND;
	}
}

static void its_devices_are_unreadable(struct scene *scene)
{
	scene->iommu->devices_unknown = true;
}

/* The kernel puts a device with such a stream behind no IOMMU. */
static void all_streams_are_unusable(struct scene *scene)
{
	size_t count;

	for (size_t i = 0; i < ARRAY_SIZE(scene->devices); i++)
		build_streams_of(scene->build, scene->devices[i], &count)[0]->error = "no entry";
}

static void
an_iommu_without_devices_has_failed_where_a_driverless_device_lacks_a_group(void **state)
{
	assert_int_equal(state_with("7.3.4", NULL), IOMMU_FAILED);
	assert_int_equal(state_with("6.15.0", NULL), IOMMU_FAILED);
	/* Up to 6.14 a device gets its group when a driver first probes it. */
	assert_int_equal(state_with("6.12.41", NULL), IOMMU_READY);
	assert_int_equal(state_with(NULL, NULL), IOMMU_READY);
	assert_int_equal(state_with("7.3.4", one_has_a_group), IOMMU_READY);
	assert_int_equal(state_with("7.3.4", one_is_unreadable), IOMMU_READY);
	assert_int_equal(state_with("7.3.4", its_devices_are_unreadable), IOMMU_READY);
	assert_int_equal(state_with("7.3.4", all_streams_are_unusable), IOMMU_READY);
	/* They may have been bound before the IOMMU came. */
	assert_int_equal(state_with("7.3.4", all_are_bound), IOMMU_READY);
}

/* The root cause of device a as "CODE SUBJECT". */
static const char *cause_of_a(struct scene *scene)
{
	static char text[128];
	_autoarena_ struct arena *arena = arena_new();
	_autosystem_ const struct system *system = seal(scene);
	struct deferral deferral;

	assert_true(deferral_of(system, find_device(system, "a"), arena, &deferral));
	assert_int_equal(supplier_state(deferral.links[0].supplier), SUPPLIER_FAILED);
	snprintf(text, sizeof(text), "%s %s", code_kinds[deferral.cause.finding.code].word,
		 deferral.cause.finding.subject);
	return text;
}

static void the_device_after_the_last_that_joined_a_group_is_rejected(void **state)
{
	struct scene scene = scene_new("7.3.4");

	add_joined(&scene, "a", 0);
	add_joined(&scene, "b", 1);
	assert_string_equal(cause_of_a(&scene), "iommu_registration_failed c");
}

static void the_next_bus_follows_where_a_bus_is_done(void **state)
{
	static const char *const names[] = {"a", "b", "c", "d"};
	struct scene scene = scene_new("7.3.4");

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		add_joined(&scene, names[i], (int64_t)i);
	add_device(&scene, "pci", "0000:00:01.0");
	assert_string_equal(cause_of_a(&scene), "iommu_registration_failed 0000:00:01.0");
}

static void its_stream_explains_the_rejection(void **state)
{
	struct scene scene = scene_new("7.3.4");
	size_t count;

	build_streams_of(scene.build, scene.devices[0], &count)[0]->id = 0x30;
	build_streams_of(scene.build, scene.devices[0], &count)[0]->mask = 0xf;
	build_streams_of(scene.build, scene.devices[1], &count)[0]->id = 0x38;
	build_streams_of(scene.build, scene.devices[1], &count)[0]->mask = 0x18;
	add_joined(&scene, "a", 0);
	assert_string_equal(cause_of_a(&scene), "stream_overlap b");
}

static void streams_of_two_groups_explain_it_as_well(void **state)
{
	struct scene scene = scene_new("7.3.4");
	struct stream *second = build_stream(scene.build, scene.devices[2]);
	size_t count;

	build_streams_of(scene.build, scene.devices[2], &count)[0]->id = 'a';
	second->iommu = scene.iommu;
	second->id = 'b';
	add_joined(&scene, "a", 0);
	add_joined(&scene, "b", 1);
	assert_string_equal(cause_of_a(&scene), "stream_split c");
}

static void without_lines_or_with_another_order_the_device_is_not_named(void **state)
{
	struct scene silent = scene_new("7.3.4"), mixed = scene_new("7.3.4");

	assert_string_equal(cause_of_a(&silent), "iommu_registration_failed smmu");
	add_joined(&mixed, "a", 0);
	add_joined(&mixed, "d", 1);
	assert_string_equal(cause_of_a(&mixed), "iommu_registration_failed smmu");
}

/* The lines of a and b may be among the missing ones: "the next after the last" names nothing. */
static void a_log_that_lacks_lines_names_no_device(void **state)
{
	struct scene scene = scene_new("7.3.4");

	build_source(scene.build, "log", SOURCE_PARTIAL, NULL);
	add_joined(&scene, "a", 0);
	add_joined(&scene, "b", 1);
	assert_string_equal(cause_of_a(&scene), "iommu_registration_failed smmu");
}

static void a_device_whose_stream_is_taken_is_passed_over(void **state)
{
	struct scene scene = scene_new("7.3.4");

	add_joined(&scene, "a", 0);
	build_remark(
		scene.build,
		(struct remark){.kind = REMARK_STREAM_TAKEN, .device = "b", .text = "Aliasing"});
	assert_string_equal(cause_of_a(&scene), "iommu_registration_failed c");
}

/* An SMMU whose probe failed is not listed: its driver reports the registration. */
static void an_unlisted_iommu_is_judged_by_its_log(void **state)
{
	static const struct {
		const char *kernel, *text;
		bool failed;
	} cases[] = {
		{"7.3.4", "error -EINVAL: Failed to register iommu", true},
		{"7.3.4", "error -EINVAL: Failed to register iommu in sysfs", false},
		{"6.12.4", "Failed to register iommu", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct build *build = build_new();
		const struct device smmu = {.name = "smmu", .label = "smmu"};
		const struct supplier supplier = {.kind = "iommu", .name = "smmu", .device = &smmu};
		_autosystem_ const struct system *system = NULL;

		build_machine(build)->kernel = cases[i].kernel;
		build_remark(build, (struct remark){.kind = REMARK_IOMMU_FAILED,
						    .device = "smmu",
						    .text = cases[i].text});
		system = build_seal(build, FACT_SUPPLIERS);
		assert_int_equal(registration_failed(system, &supplier), cases[i].failed);
	}
}

/* Add a device behind an IOMMU that has only its name in firmware. */
static struct device *add_behind_node(struct build *build, const char *name, const char *node)
{
	struct device *device = build_device(build, "platform", name, name);
	struct stream *stream = build_stream(build, device);

	stream->iommu_name = node;
	stream->id = (unsigned char)name[0];
	return device;
}

struct unlisted {
	const char *node, *stream_node, *joined;
	bool grouped, unreadable, failed;
};

static void check_unlisted(const struct unlisted *row)
{
	struct build *build = build_new();
	const struct supplier supplier = {
		.kind = "iommu", .name = "smmu", .firmware_node = row->node};
	struct device *device = add_behind_node(build, "a", row->stream_node);
	_autosystem_ const struct system *system = NULL;

	build_machine(build)->kernel = "7.3.4";
	device->group_unknown = row->unreadable;
	device->group = row->grouped ? build_group(build, 1) : NULL;
	build_remark(build, (struct remark){.kind = REMARK_GROUP_JOINED,
					    .device = row->joined,
					    .text = "Adding to iommu group"});
	system = build_seal(build, FACT_SUPPLIERS);
	assert_int_equal(registration_failed(system, &supplier), row->failed);
}

static void an_unlisted_iommu_has_failed_where_a_device_behind_its_node_lost_its_group(void **state)
{
	static const struct unlisted rows[] = {
		{"/smmu", "/smmu", "a", .failed = true},
		{"/smmu", "/other", "a"},
		{"/smmu", NULL, "a"},
		{NULL, "/smmu", "a"},
		{"/smmu", "/smmu", "b"},
		{"/smmu", "/smmu", "a", .grouped = true},
		{"/smmu", "/smmu", "a", .unreadable = true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_unlisted(&rows[i]);
}

static void an_iommu_with_a_device_is_called_by_its_label(void **state)
{
	static const char line[] = "smmu: error -EINVAL: Failed to register iommu";
	const struct device smmu = {.name = "smmu", .label = "SMMU", .firmware_node = "/smmu"};
	const struct supplier supplier = {.kind = "iommu", .name = "/smmu", .device = &smmu};

	for (int joined = 0; joined < 2; joined++) {
		_autoarena_ struct arena *arena = arena_new();
		struct build *build = build_new();
		_autosystem_ const struct system *system = NULL;
		struct finding finding;

		build_machine(build)->kernel = "7.3.4";
		add_behind_node(build, "a", "/smmu");
		add_behind_node(build, "b", "/smmu");
		build_remark(build, (struct remark){.kind = REMARK_IOMMU_FAILED,
						    .device = "smmu",
						    .text = line});
		build_remark(build, (struct remark){.kind = REMARK_GROUP_JOINED,
						    .device = joined ? "a" : "elsewhere",
						    .text = "Adding to iommu group"});
		system = build_seal(build, FACT_SUPPLIERS);
		finding = cause_of_supplier(system, &supplier, arena).finding;
		assert_string_equal(finding.subject, joined ? "b" : "SMMU");
		assert_string_equal(finding.evidence, joined ? "the kernel log" : line);
		assert_non_null(strstr(finding.remedy, "SMMU"));
	}
}

UNIT(registration)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			an_iommu_without_devices_has_failed_where_a_driverless_device_lacks_a_group),
		cmocka_unit_test(the_device_after_the_last_that_joined_a_group_is_rejected),
		cmocka_unit_test(the_next_bus_follows_where_a_bus_is_done),
		cmocka_unit_test(its_stream_explains_the_rejection),
		cmocka_unit_test(streams_of_two_groups_explain_it_as_well),
		cmocka_unit_test(without_lines_or_with_another_order_the_device_is_not_named),
		cmocka_unit_test(a_log_that_lacks_lines_names_no_device),
		cmocka_unit_test(a_device_whose_stream_is_taken_is_passed_over),
		cmocka_unit_test(an_unlisted_iommu_is_judged_by_its_log),
		cmocka_unit_test(
			an_unlisted_iommu_has_failed_where_a_device_behind_its_node_lost_its_group),
		cmocka_unit_test(an_iommu_with_a_device_is_called_by_its_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
