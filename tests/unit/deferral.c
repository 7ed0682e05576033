/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why devices do not probe: chains of suppliers made by hand, and the deferral of each. */
#include "checks/deferral.h"
#include "model/build.h"
#include "support/check.h"

#include <string.h>

static struct arena *arena;

static int new_arena(void **state)
{
	arena = arena_new();
	return 0;
}

static int free_arena(void **state)
{
	arena_free(arena);
	return 0;
}

/* A build of a machine whose list of deferred devices has that state. */
static struct build *machine(enum source_state list)
{
	struct build *build = build_new();

	build_source(build, "devicetree", SOURCE_READ, NULL);
	build_source(build, "devices_deferred", list, NULL);
	return build;
}

static struct device *add(struct build *build, const char *name, enum device_state state)
{
	struct device *device = build_device(build, "platform", name, name);
	struct probing *probing = build_probing(build, device);

	device->driver_known = true;
	device->state = state;
	probing->modalias = name;
	probing->modules_known = true;
	return device;
}

/* Add a supplier of @consumer; it may be changed until the build is sealed. */
static struct supplier *wait_for(struct build *build, struct device *consumer, const char *kind,
				 const struct device *device)
{
	struct probing *probing = build_find_probing(build, consumer);
	struct supplier *supplier = arena_alloc(build_arena(build), sizeof(*supplier));

	supplier->kind = kind;
	supplier->source = strcmp(kind, "iommu") == 0 ? "iommus" : "clocks";
	supplier->name = device ? device->label : "/soc/node";
	supplier->device = device;
	probing->suppliers = supplier;
	probing->supplier_count = 1;
	return supplier;
}

static void claim(struct build *build, struct device *device, enum module_state state,
		  bool blacklisted)
{
	struct probing *probing = build_find_probing(build, device);
	struct module *module = arena_alloc(build_arena(build), sizeof(*module));

	*module = (struct module){.name = "the_module", .state = state, .blacklisted = blacklisted};
	probing->modules = module;
	probing->module_count = 1;
}

static void bind_without_group(struct build *build, struct device *device)
{
	device->driver = "driver";
	device->state = DEVICE_BOUND;
	build_stream(build, device)->iommu_name = "/soc/node";
}

static const struct system *seal(struct build *build)
{
	return build_seal(build, FACT_SUPPLIERS | FACT_STREAMS | FACT_DEFERRAL | FACT_IOMMUS);
}

/* The deferral of the device of that name; fails the test where it has none. */
static struct deferral told(const struct system *system, const char *name)
{
	struct deferral deferral;

	assert_true(deferral_of(system, find_device(system, name), arena, &deferral));
	return deferral;
}

static void assert_cause(const struct system *system, const char *name, const char *code,
			 const char *culprit)
{
	struct deferral deferral = told(system, name);

	assert_string_equal(code_kinds[deferral.cause.finding.code].word, code);
	assert_string_equal(deferral.cause.finding.subject, culprit);
}

/* A device behind an IOMMU without a driver; @shape sets the reason. */
static const struct system *behind(void (*shape)(struct build *, struct device *iommu))
{
	struct build *build = machine(SOURCE_READ);
	struct device *device = add(build, "disk", DEVICE_DEFERRED);
	struct device *iommu = add(build, "smmu", DEVICE_UNBOUND);

	wait_for(build, device, "iommu", iommu);
	if (shape)
		shape(build, iommu);
	return seal(build);
}

static void not_loaded(struct build *build, struct device *iommu)
{
	claim(build, iommu, MODULE_NOT_LOADED, false);
}

static void blacklisted(struct build *build, struct device *iommu)
{
	claim(build, iommu, MODULE_NOT_LOADED, true);
}

static void built_in(struct build *build, struct device *iommu)
{
	claim(build, iommu, MODULE_BUILTIN, false);
}

static void no_index(struct build *build, struct device *iommu)
{
	(build_find_probing(build, iommu))->modules_known = false;
}

static void the_driver_of_the_iommu_decides_the_cause(void **state)
{
	static const struct {
		void (*shape)(struct build *, struct device *);
		const char *code, *remedy;
	} cases[] = {
		{not_loaded, "iommu_module_not_loaded", "modprobe the_module"},
		{blacklisted, "iommu_module_blacklisted", "blacklist line"},
		{built_in, "iommu_probe_failed", "kernel log"},
		{NULL, "iommu_no_driver", "kernel that has a driver"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct system *system = behind(cases[i].shape);

		assert_cause(system, "disk", cases[i].code, "smmu");
		assert_non_null(strstr(told(system, "disk").remedy, cases[i].remedy));
		system_free(system);
	}
}

static void without_the_module_index_no_driver_is_not_claimed(void **state)
{
	const struct system *system = behind(no_index);

	assert_cause(system, "disk", "unknown", "smmu");
	assert_int_equal(told(system, "disk").outcome.what, DEFERRAL_UNKNOWN);
	system_free(system);
}

static void a_chain_is_followed_to_its_last_link(void **state)
{
	struct build *build = machine(SOURCE_READ);
	struct device *device = add(build, "disk", DEVICE_DEFERRED);
	struct device *iommu = add(build, "smmu", DEVICE_DEFERRED);
	struct device *clock = add(build, "clock", DEVICE_UNBOUND);
	const struct system *system;
	struct deferral deferral;

	wait_for(build, device, "iommu", iommu);
	wait_for(build, iommu, "clock", clock);
	system = seal(build);
	assert_cause(system, "disk", "supplier_no_driver", "clock");
	assert_cause(system, "smmu", "supplier_no_driver", "clock");
	deferral = told(system, "disk");
	assert_int_equal(deferral.link_count, 2);
	assert_int_equal(deferral.links[0].state, SUPPLIER_DEFERRED);
	assert_int_equal(deferral.links[1].depth, 1);
	assert_string_equal(deferral.links[1].consumer->name, "smmu");
	system_free(system);
}

static void a_circle_ends_where_it_closes(void **state)
{
	struct build *build = machine(SOURCE_READ);
	struct device *one = add(build, "one", DEVICE_DEFERRED);
	struct device *two = add(build, "two", DEVICE_DEFERRED);
	const struct system *system;

	wait_for(build, one, "clock", two);
	wait_for(build, two, "clock", one);
	system = seal(build);
	assert_cause(system, "one", "supplier_cycle", "one");
	assert_int_equal(told(system, "one").outcome.what, DEFERRAL_NEVER);
	system_free(system);
}

/* "display" and "phy" wait for each other, and "display" for a clock as well. */
static const struct system *broken_cycle(bool by_link, bool by_log, enum device_state clock_state)
{
	struct build *build = machine(SOURCE_READ);
	struct device *display = add(build, "display", DEVICE_DEFERRED);
	struct device *phy = add(build, "phy", DEVICE_DEFERRED);
	struct supplier *suppliers = arena_array(build_arena(build), 2, sizeof(*suppliers));

	display->firmware_node = "/display";
	phy->firmware_node = "/phy";
	wait_for(build, phy, "clock", display)->orders_only = by_link;
	suppliers[0] = *wait_for(build, display, "phy", phy);
	suppliers[1] = *wait_for(build, display, "clock", add(build, "clock", clock_state));
	(build_find_probing(build, display))->suppliers = suppliers;
	(build_find_probing(build, display))->supplier_count = 2;
	if (by_log)
		build_remark(build, (struct remark){.kind = REMARK_CYCLE_FIXED,
						    .device = "/phy",
						    .other = "/display",
						    .text = "Fixed dependency cycle(s)"});
	return seal(build);
}

static void a_circle_that_the_kernel_has_broken_is_none(void **state)
{
	for (int way = 0; way < 3; way++) {
		_autosystem_ const struct system *system =
			broken_cycle(way == 1, way == 2, DEVICE_UNBOUND);

		if (way)
			assert_cause(system, "display", "supplier_no_driver", "clock");
		else
			assert_cause(system, "display", "supplier_cycle", "display");
	}
}

/* An unbound supplier waits for nothing: its own suppliers do not count. */
static void an_unbound_supplier_is_the_end_of_a_chain(void **state)
{
	struct build *build = machine(SOURCE_READ);
	struct device *clock = add(build, "clock", DEVICE_UNBOUND);
	const struct system *system;

	wait_for(build, add(build, "disk", DEVICE_DEFERRED), "clock", clock);
	wait_for(build, clock, "regulator", add(build, "regulator", DEVICE_UNBOUND));
	system = seal(build);
	assert_cause(system, "disk", "supplier_no_driver", "clock");
	system_free(system);
}

static void a_dma_channel_is_optional(void **state)
{
	for (int linked = 0; linked < 2; linked++) {
		struct build *build = machine(SOURCE_READ);
		const struct system *system;

		wait_for(build, add(build, "disk", DEVICE_DEFERRED), "dma",
			 add(build, "dmac", DEVICE_UNBOUND))
			->link_status = linked ? "dormant" : NULL;
		system = seal(build);
		assert_cause(system, "disk", linked ? "supplier_no_driver" : "unknown",
			     linked ? "dmac" : "disk");
		system_free(system);
	}
}

/* The device of the supplier is bound, and the part that is awaited is not there. */
static void a_part_that_its_device_has_not_created_is_named(void **state)
{
	struct build *build = machine(SOURCE_READ);
	struct device *flash = add(build, "flash", DEVICE_BOUND);
	struct supplier *supplier =
		wait_for(build, add(build, "nic", DEVICE_DEFERRED), "nvmem", flash);
	const struct system *system;

	flash->driver = "spi-nor";
	supplier->source = "devices_deferred";
	supplier->firmware_node = "/flash/cell";
	supplier->awaited = true;
	system = seal(build);
	assert_cause(system, "nic", "unknown", "flash");
	assert_non_null(strstr(told(system, "nic").cause.finding.message, "/flash/cell"));
	system_free(system);
}

static void a_device_that_waits_for_itself_is_a_circle_too(void **state)
{
	struct build *build = machine(SOURCE_READ);
	struct device *one = add(build, "one", DEVICE_DEFERRED);
	const struct system *system;

	wait_for(build, one, "clock", one);
	system = seal(build);
	assert_cause(system, "one", "supplier_cycle", "one");
	system_free(system);
}

static void a_supplier_that_is_no_iommu_has_words_of_its_own(void **state)
{
	struct build *build = machine(SOURCE_READ);
	struct supplier *supplier;
	const struct system *system;

	supplier = wait_for(build, add(build, "disk", DEVICE_DEFERRED), "clock", NULL);
	supplier->disabled = true;
	wait_for(build, add(build, "net", DEVICE_DEFERRED), "regulator", NULL)->missing = true;
	system = seal(build);
	assert_cause(system, "disk", "supplier_disabled", "/soc/node");
	assert_cause(system, "net", "supplier_absent", "/soc/node");
	system_free(system);
}

static void the_driver_of_a_clock_decides_the_cause_too(void **state)
{
	static const struct {
		void (*shape)(struct build *, struct device *);
		const char *code;
	} cases[] = {
		{not_loaded, "supplier_module_not_loaded"},
		{blacklisted, "supplier_module_blacklisted"},
		{built_in, "supplier_probe_failed"},
		{NULL, "supplier_no_driver"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct build *build = machine(SOURCE_READ);
		struct device *clock = add(build, "clock", DEVICE_UNBOUND);
		const struct system *system;

		wait_for(build, add(build, "disk", DEVICE_DEFERRED), "clock", clock);
		if (cases[i].shape)
			cases[i].shape(build, clock);
		system = seal(build);
		assert_cause(system, "disk", cases[i].code, "clock");
		assert_string_equal(told(system, "disk").cause.kind, "clock");
		system_free(system);
	}
}

static void the_log_says_why_an_iommu_failed(void **state)
{
	static const enum remark_kind kinds[] = {REMARK_PROBE_FAILED, REMARK_IOMMU_FAILED};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct build *build = machine(SOURCE_READ);
		struct device *iommu = add(build, "smmu", DEVICE_UNBOUND);
		const struct system *system;

		wait_for(build, add(build, "disk", DEVICE_DEFERRED), "iommu", iommu);
		/* The second kind of line may also come from a driver that stays bound. */
		if (kinds[i] == REMARK_IOMMU_FAILED)
			iommu->driver = "arm-smmu";
		build_remark(build, (struct remark){.kind = kinds[i],
						    .device = "smmu",
						    .text = "no room on the bus"});
		system = seal(build);
		assert_cause(system, "disk", "iommu_probe_failed", "smmu");
		assert_non_null(
			strstr(told(system, "disk").cause.finding.message, "no room on the bus"));
		system_free(system);
	}
}

static void two_ways_to_one_supplier_are_no_circle(void **state)
{
	struct build *build = machine(SOURCE_READ);
	struct device *disk = add(build, "disk", DEVICE_DEFERRED);
	struct device *left = add(build, "left", DEVICE_DEFERRED);
	struct device *right = add(build, "right", DEVICE_DEFERRED);
	struct device *clock = add(build, "clock", DEVICE_UNBOUND);
	struct supplier *suppliers = arena_array(build_arena(build), 2, sizeof(*suppliers));
	const struct system *system;

	suppliers[0] = *wait_for(build, disk, "clock", left);
	suppliers[1] = *wait_for(build, disk, "clock", right);
	(build_find_probing(build, disk))->suppliers = suppliers;
	(build_find_probing(build, disk))->supplier_count = 2;
	wait_for(build, left, "clock", clock);
	wait_for(build, right, "clock", clock);
	system = seal(build);
	assert_cause(system, "disk", "supplier_no_driver", "clock");
	assert_int_equal(told(system, "disk").link_count, 4);
	system_free(system);
}

static void a_chain_without_end_is_cut(void **state)
{
	enum { LENGTH = 100 };
	struct build *build = machine(SOURCE_READ);
	struct device *before = add(build, "first", DEVICE_DEFERRED);
	const struct system *system;

	for (int i = 0; i < LENGTH; i++) {
		struct device *next = add(build, arena_printf(build_arena(build), "device%d", i),
					  DEVICE_DEFERRED);

		wait_for(build, before, "clock", next);
		before = next;
	}
	system = seal(build);
	assert_in_range(told(system, "first").link_count, 5, LENGTH);
	assert_int_equal(told(system, "first").cause.finding.code, CODE_UNKNOWN);
	system_free(system);
}

static void a_disabled_iommu_is_not_waited_for_but_missed_by_a_bound_device(void **state)
{
	struct build *build = machine(SOURCE_READ);
	struct device *unbound = add(build, "unbound", DEVICE_UNBOUND);
	struct device *bound = add(build, "bound", DEVICE_UNBOUND);
	const struct system *system;
	struct deferral deferral;

	claim(build, unbound, MODULE_LIVE, false);
	wait_for(build, unbound, "iommu", NULL)->disabled = true;
	wait_for(build, bound, "iommu", NULL)->disabled = true;
	bind_without_group(build, bound);
	system = seal(build);
	assert_false(deferral_of(system, find_device(system, "unbound"), arena, &deferral));
	assert_cause(system, "bound", "iommu_disabled", "/soc/node");
	/* The remedy needs a reboot, after which no device has to be bound again. */
	assert_non_null(strstr(told(system, "bound").remedy, "then reboot."));
	assert_null(strstr(told(system, "bound").remedy, "unbind"));
	system_free(system);
}

static void a_device_bound_without_its_iommu_is_bound_again_after_the_remedy(void **state)
{
	static const struct {
		void (*shape)(struct build *, struct device *);
		const char *remedy;
	} cases[] = {
		{not_loaded, "modprobe the_module; echo disk > "
			     "/sys/bus/platform/drivers/driver/unbind; echo disk > "
			     "/sys/bus/platform/drivers/driver/bind"},
		{blacklisted, "out of modprobe.d. Then: echo disk > "},
		{built_in, "drivers_probe. Then: echo disk > "},
		{no_index, "Once its IOMMU is ready: echo disk > "},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct build *build = machine(SOURCE_READ);
		struct device *iommu = add(build, "smmu", DEVICE_UNBOUND);
		struct device *device = add(build, "disk", DEVICE_UNBOUND);
		const struct system *system;

		wait_for(build, device, "iommu", iommu);
		bind_without_group(build, device);
		cases[i].shape(build, iommu);
		system = seal(build);
		assert_non_null(strstr(told(system, "disk").remedy, cases[i].remedy));
		system_free(system);
	}
}

static void a_device_bound_before_its_iommu_is_to_be_bound_again(void **state)
{
	struct build *build = machine(SOURCE_READ);
	struct iommu *iommu = build_iommu(build, "smmu");
	struct device *device = add(build, "disk", DEVICE_UNBOUND);
	const struct system *system;

	wait_for(build, device, "iommu", NULL)->iommu = iommu;
	bind_without_group(build, device);
	system = seal(build);
	assert_int_equal(find_device(system, "disk")->dma, DMA_LOST);
	assert_cause(system, "disk", "bound_without_iommu", "disk");
	assert_non_null(strstr(told(system, "disk").remedy, "drivers/driver/bind"));
	system_free(system);
}

/* Four devices wait for one IOMMU, one of them bound without it; a fifth has an unknown cause. */
static void a_root_cause_is_reported_once_with_its_devices(void **state)
{
	static const char *const names[] = {"a", "b", "c", "d"};
	struct build *build = machine(SOURCE_READ);
	struct device *iommu = add(build, "smmu", DEVICE_UNBOUND), *devices[4];
	const struct system *system;
	struct deferrals found;
	struct findings causes;

	add(build, "lonely", DEVICE_DEFERRED);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		devices[i] = add(build, names[i], DEVICE_DEFERRED);
		wait_for(build, devices[i], "iommu", iommu);
	}
	claim(build, iommu, MODULE_NOT_LOADED, false);
	bind_without_group(build, devices[3]);
	system = seal(build);
	found = deferrals(system, NULL, arena);
	causes = deferrals_findings(&found, arena);
	assert_int_equal(found.count, 5);
	assert_int_equal(causes.count, 2);
	assert_int_equal(causes.items[0].code, CODE_IOMMU_MODULE_NOT_LOADED);
	assert_int_equal(causes.items[0].severity, SEVERITY_ALARM);
	assert_string_equal(causes.items[0].subject, "smmu");
	assert_int_equal(causes.items[0].device_count, 4);
	assert_string_equal(causes.items[0].devices[3], "d");
	assert_string_equal(causes.items[0].remedy,
			    "modprobe the_module (for a; the same for the other 3)");
	assert_int_equal(causes.items[1].code, CODE_UNKNOWN);
	assert_int_equal(causes.items[1].severity, SEVERITY_WARNING);
	assert_string_equal(causes.items[1].subject, "lonely");
	assert_string_equal(causes.items[1].devices[0], "lonely");
	system_free(system);
}

/* The message is the same for all, and the subject is none of them. */
static void devices_that_are_their_own_cause_are_told_together(void **state)
{
	struct build *build = machine(SOURCE_READ);
	const struct system *system;
	struct deferrals found;
	struct findings causes;

	add(build, "one", DEVICE_DEFERRED);
	add(build, "other", DEVICE_DEFERRED);
	((struct probing *)add(build, "third", DEVICE_DEFERRED)->probing)->reason = "no moon";
	system = seal(build);
	found = deferrals(system, NULL, arena);
	causes = deferrals_findings(&found, arena);
	assert_int_equal(causes.count, 2);
	assert_null(causes.items[0].subject);
	assert_int_equal(causes.items[0].device_count, 2);
	assert_string_equal(causes.items[1].subject, "third");
	system_free(system);
}

static void a_bind_by_hand_that_was_deferred_is_forgotten_by_the_kernel(void **state)
{
	struct build *build = machine(SOURCE_READ);
	struct device *device = add(build, "disk", DEVICE_UNBOUND);
	const struct system *system;

	claim(build, device, MODULE_LIVE, false);
	wait_for(build, device, "iommu", add(build, "smmu", DEVICE_UNBOUND));
	system = seal(build);
	assert_int_equal(find_device(system, "disk")->state, DEVICE_WAITING);
	assert_cause(system, "disk", "manual_bind_deferred", "disk");
	assert_non_null(strstr(told(system, "disk").remedy, "drivers_probe"));
	system_free(system);
}

static void a_device_that_no_driver_matches_is_idle_and_not_told_of(void **state)
{
	struct build *build = machine(SOURCE_READ);
	struct device *device = add(build, "disk", DEVICE_UNBOUND);
	const struct system *system;
	struct deferral deferral;

	wait_for(build, device, "iommu", add(build, "smmu", DEVICE_UNBOUND));
	build_stream(build, device)->iommu_name = "/soc/node";
	system = seal(build);
	assert_int_equal(find_device(system, "disk")->dma, DMA_IDLE);
	assert_false(deferral_of(system, find_device(system, "disk"), arena, &deferral));
	system_free(system);
}

static void without_the_kernels_list_a_missing_supplier_proves_the_wait(void **state)
{
	struct build *build = machine(SOURCE_DENIED);
	const struct system *system;
	struct deferral deferral;

	wait_for(build, add(build, "disk", DEVICE_UNKNOWN), "iommu",
		 add(build, "smmu", DEVICE_UNKNOWN));
	add(build, "other", DEVICE_UNKNOWN);
	system = seal(build);
	assert_int_equal(find_device(system, "disk")->state, DEVICE_WAITING);
	assert_cause(system, "disk", "iommu_no_driver", "smmu");
	/* The timeout only retries devices that are on the list. */
	assert_int_equal(told(system, "disk").outcome.what, DEFERRAL_UNKNOWN);
	assert_int_equal(find_device(system, "other")->state, DEVICE_UNKNOWN);
	assert_false(deferral_of(system, find_device(system, "other"), arena, &deferral));
	assert_string_equal(deferrals_blind(system)->name, "devices_deferred");
	system_free(system);
}

/* The first unread source of a machine where source @name has that state; "" for none. */
static const char *blind_for(const char *name, enum source_state state)
{
	struct build *build = machine(SOURCE_READ);
	const struct source *source;
	const struct system *system;
	const char *blind;

	build_source(build, name, state, NULL);
	system = seal(build);
	source = deferrals_blind(system);
	blind = source ? arena_strdup(arena, source->name) : "";
	system_free(system);
	return blind;
}

static void nothing_is_claimed_of_what_was_not_seen(void **state)
{
	const struct system *system = seal(machine(SOURCE_ABSENT));

	/* Debugfs may not be mounted: an empty list of devices proves nothing. */
	assert_string_equal(deferrals_blind(system)->name, "devices_deferred");
	system_free(system);
	assert_string_equal(blind_for("iort", SOURCE_MALFORMED), "iort");
	assert_string_equal(blind_for("dmar", SOURCE_DENIED), "dmar");
	assert_string_equal(blind_for("ivrs", SOURCE_MALFORMED), "ivrs");
	assert_string_equal(blind_for("suppliers", SOURCE_MALFORMED), "suppliers");
	assert_string_equal(blind_for("iort", SOURCE_ABSENT), "");
	assert_string_equal(blind_for("iort", SOURCE_READ), "");
}

static void the_log_keeps_who_was_pending_where_the_list_cannot_be_read(void **state)
{
	static const struct remark pending = {
		.kind = REMARK_PENDING, .device = "disk", .text = "deferred probe pending"};
	static const enum source_state lists[] = {SOURCE_DENIED, SOURCE_ABSENT, SOURCE_READ};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		struct build *build = machine(lists[i]);
		const struct system *system;
		struct deferral deferral;

		add(build, "disk", lists[i] == SOURCE_READ ? DEVICE_UNBOUND : DEVICE_UNKNOWN);
		build_remark(build, pending);
		system = seal(build);
		if (lists[i] == SOURCE_READ) {
			assert_false(
				deferral_of(system, find_device(system, "disk"), arena, &deferral));
		} else {
			assert_cause(system, "disk", "unknown", "disk");
			assert_string_equal(told(system, "disk").cause.finding.evidence,
					    pending.text);
			assert_int_equal(told(system, "disk").outcome.what, DEFERRAL_UNKNOWN);
		}
		system_free(system);
	}
}

static void a_reason_without_a_supplier_is_passed_on(void **state)
{
	struct build *build = machine(SOURCE_READ);
	struct device *device = add(build, "disk", DEVICE_DEFERRED);
	const struct system *system;

	(build_find_probing(build, device))->reason = "nvme: no moon tonight";
	system = seal(build);
	assert_cause(system, "disk", "unknown", "disk");
	assert_non_null(strstr(told(system, "disk").cause.finding.message, "no moon tonight"));
	assert_int_equal(told(system, "disk").outcome.what, DEFERRAL_UNKNOWN);
	system_free(system);
}

static enum deferral_end outcome_with(const char *kernel, const char *command_line,
				      const char *source, bool linked)
{
	struct build *build = machine(SOURCE_READ);
	struct device *iommu = add(build, "smmu", DEVICE_UNBOUND);
	struct supplier *supplier =
		wait_for(build, add(build, "disk", DEVICE_DEFERRED), "iommu", iommu);
	const struct system *system;
	enum deferral_end outcome;

	claim(build, iommu, MODULE_BUILTIN, false);
	supplier->source = source;
	supplier->link_status = linked ? "dormant" : NULL;
	build_machine(build)->kernel = kernel;
	build_machine(build)->command_line = command_line;
	system = seal(build);
	outcome = told(system, "disk").outcome.what;
	system_free(system);
	return outcome;
}

static void the_timeout_ends_the_wait_for_an_iommu_of_a_devicetree(void **state)
{
	assert_int_equal(outcome_with(NULL, "quiet", "iommus", false), DEFERRAL_RUNS_WITHOUT_IOMMU);
	assert_int_equal(outcome_with(NULL, "quiet deferred_probe_timeout=5", "iommus", false),
			 DEFERRAL_RUNS_WITHOUT_IOMMU);
	assert_int_equal(outcome_with(NULL, "deferred_probe_timeout=-1", "iommus", false),
			 DEFERRAL_NEVER);
	assert_int_equal(outcome_with(NULL, "x.deferred_probe_timeout=-1", "iommus", false),
			 DEFERRAL_RUNS_WITHOUT_IOMMU);
	/* A driver matches the supplier and did not bind: the link stays. */
	assert_int_equal(outcome_with(NULL, "quiet", "iommus", true), DEFERRAL_NEVER);
}

/* Without a list to be on, a driverless device with a driver in the kernel was bound by hand. */
static void after_the_timeout_no_bind_by_hand_is_deferred_for_an_iommu(void **state)
{
	for (int given_up = 0; given_up < 2; given_up++) {
		struct build *build = machine(SOURCE_READ);
		struct device *disk = add(build, "disk", DEVICE_UNBOUND);
		const struct system *system;

		claim(build, disk, MODULE_BUILTIN, false);
		wait_for(build, disk, "iommu", add(build, "smmu", DEVICE_UNBOUND))->given_up =
			given_up;
		system = seal(build);
		assert_int_equal(find_device(system, "disk")->state,
				 given_up ? DEVICE_UNBOUND : DEVICE_WAITING);
		system_free(system);
	}
}

static void linux_5_10_gives_up_no_link(void **state)
{
	static const char *const kernels[] = {"5.10.0-32-arm64", "6.1.0-42-arm64"};

	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		struct build *build = machine(SOURCE_READ);
		const struct system *system;

		wait_for(build, add(build, "disk", DEVICE_DEFERRED), "iommu",
			 add(build, "smmu", DEVICE_UNBOUND))
			->link_status = "dormant";
		build_machine(build)->kernel = kernels[i];
		system = seal(build);
		assert_int_equal(told(system, "disk").outcome.what,
				 i ? DEFERRAL_RUNS_WITHOUT_IOMMU : DEFERRAL_NEVER);
		system_free(system);
	}
}

static void newer_kernels_give_up_an_iommu_of_acpi_as_well(void **state)
{
	static const struct {
		const char *kernel;
		enum deferral_end outcome;
	} cases[] = {{"6.12.94", DEFERRAL_NEVER},
		     {"6.15.2", DEFERRAL_UNKNOWN},
		     {"6.18.15", DEFERRAL_RUNS_WITHOUT_IOMMU},
		     {"7.3.4", DEFERRAL_RUNS_WITHOUT_IOMMU},
		     {NULL, DEFERRAL_UNKNOWN}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(outcome_with(cases[i].kernel, "quiet", "viot", false),
				 cases[i].outcome);
		assert_int_equal(outcome_with(cases[i].kernel, "quiet", "iort", false),
				 cases[i].outcome);
		assert_int_equal(
			outcome_with(cases[i].kernel, "deferred_probe_timeout=-1", "viot", false),
			DEFERRAL_NEVER);
	}
}

static void to_run_without_its_iommu_is_an_alarm_with_a_time(void **state)
{
	struct build *build = machine(SOURCE_READ);
	const struct system *system;
	struct deferral deferral;

	wait_for(build, add(build, "disk", DEVICE_DEFERRED), "iommu",
		 add(build, "smmu", DEVICE_UNBOUND));
	build_machine(build)->command_line = "deferred_probe_timeout=7";
	system = seal(build);
	deferral = told(system, "disk");
	assert_int_equal(deferral.outcome.what, DEFERRAL_RUNS_WITHOUT_IOMMU);
	assert_int_equal(deferral.outcome.when_seconds, 7);
	assert_int_equal(deferral.cause.finding.severity, SEVERITY_ALARM);
	system_free(system);
}

/* The line is logged after the kernel has retried the device at the timeout. */
static void a_device_that_outlived_the_timeout_waits_on(void **state)
{
	struct build *build = machine(SOURCE_READ);
	const struct system *system;

	wait_for(build, add(build, "disk", DEVICE_DEFERRED), "iommu",
		 add(build, "smmu", DEVICE_UNBOUND));
	build_remark(build, (struct remark){.kind = REMARK_PENDING,
					    .device = "disk",
					    .text = "deferred probe pending"});
	system = seal(build);
	assert_int_equal(told(system, "disk").outcome.what, DEFERRAL_NEVER);
	assert_int_equal(told(system, "disk").outcome.when_seconds, -1);
	system_free(system);
}

static enum deferral_end outcome_of_clock(const char *command_line, bool with_iommu, bool gone)
{
	struct build *build = machine(SOURCE_READ);
	struct device *disk = add(build, "disk", DEVICE_DEFERRED);
	struct device *clock = add(build, "clock", DEVICE_UNBOUND);
	struct supplier *suppliers = arena_array(build_arena(build), 2, sizeof(*suppliers));
	const struct system *system;
	enum deferral_end outcome;
	size_t count = 0;

	if (with_iommu)
		suppliers[count++] =
			*wait_for(build, disk, "iommu", add(build, "smmu", DEVICE_UNBOUND));
	suppliers[count] = *wait_for(build, disk, "clock", clock);
	suppliers[count++].missing = gone;
	(build_find_probing(build, disk))->suppliers = suppliers;
	(build_find_probing(build, disk))->supplier_count = count;
	build_machine(build)->command_line = command_line;
	system = seal(build);
	outcome = told(system, "disk").outcome.what;
	system_free(system);
	return outcome;
}

/* The device waits for an IOMMU that waits for a clock, with or without a device link. */
static enum deferral_end outcome_behind_clock(bool linked)
{
	struct build *build = machine(SOURCE_READ);
	struct device *iommu = add(build, "smmu", DEVICE_DEFERRED);
	struct supplier *supplier =
		wait_for(build, add(build, "disk", DEVICE_DEFERRED), "iommu", iommu);
	const struct system *system;
	enum deferral_end outcome;

	supplier->link_status = linked ? "dormant" : NULL;
	wait_for(build, iommu, "clock", add(build, "clock", DEVICE_UNBOUND));
	system = seal(build);
	outcome = told(system, "disk").outcome.what;
	system_free(system);
	return outcome;
}

static void only_a_link_makes_a_device_wait_longer_than_the_timer(void **state)
{
	assert_int_equal(outcome_behind_clock(false), DEFERRAL_UNKNOWN);
	/* The kernel gives up the clock; whether the IOMMU works without it is unknown. */
	assert_int_equal(outcome_behind_clock(true), DEFERRAL_UNKNOWN);
}

static void whether_a_driver_can_do_without_a_clock_is_unknown(void **state)
{
	assert_int_equal(outcome_of_clock("quiet", false, false), DEFERRAL_UNKNOWN);
	assert_int_equal(outcome_of_clock("deferred_probe_timeout=-1", false, false),
			 DEFERRAL_NEVER);
	assert_int_equal(outcome_of_clock("quiet", true, false), DEFERRAL_UNKNOWN);
	assert_int_equal(outcome_of_clock("quiet", true, true), DEFERRAL_NEVER);
}

UNIT(deferral)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_driver_of_the_iommu_decides_the_cause),
		cmocka_unit_test(without_the_module_index_no_driver_is_not_claimed),
		cmocka_unit_test(a_chain_is_followed_to_its_last_link),
		cmocka_unit_test(a_circle_ends_where_it_closes),
		cmocka_unit_test(a_circle_that_the_kernel_has_broken_is_none),
		cmocka_unit_test(an_unbound_supplier_is_the_end_of_a_chain),
		cmocka_unit_test(a_dma_channel_is_optional),
		cmocka_unit_test(a_part_that_its_device_has_not_created_is_named),
		cmocka_unit_test(a_device_that_waits_for_itself_is_a_circle_too),
		cmocka_unit_test(a_supplier_that_is_no_iommu_has_words_of_its_own),
		cmocka_unit_test(the_driver_of_a_clock_decides_the_cause_too),
		cmocka_unit_test(the_log_says_why_an_iommu_failed),
		cmocka_unit_test(two_ways_to_one_supplier_are_no_circle),
		cmocka_unit_test(a_chain_without_end_is_cut),
		cmocka_unit_test(a_disabled_iommu_is_not_waited_for_but_missed_by_a_bound_device),
		cmocka_unit_test(a_device_bound_without_its_iommu_is_bound_again_after_the_remedy),
		cmocka_unit_test(a_device_bound_before_its_iommu_is_to_be_bound_again),
		cmocka_unit_test(a_root_cause_is_reported_once_with_its_devices),
		cmocka_unit_test(devices_that_are_their_own_cause_are_told_together),
		cmocka_unit_test(a_bind_by_hand_that_was_deferred_is_forgotten_by_the_kernel),
		cmocka_unit_test(a_device_that_no_driver_matches_is_idle_and_not_told_of),
		cmocka_unit_test(without_the_kernels_list_a_missing_supplier_proves_the_wait),
		cmocka_unit_test(nothing_is_claimed_of_what_was_not_seen),
		cmocka_unit_test(the_log_keeps_who_was_pending_where_the_list_cannot_be_read),
		cmocka_unit_test(a_reason_without_a_supplier_is_passed_on),
		cmocka_unit_test(only_a_link_makes_a_device_wait_longer_than_the_timer),
		cmocka_unit_test(whether_a_driver_can_do_without_a_clock_is_unknown),
		cmocka_unit_test(the_timeout_ends_the_wait_for_an_iommu_of_a_devicetree),
		cmocka_unit_test(after_the_timeout_no_bind_by_hand_is_deferred_for_an_iommu),
		cmocka_unit_test(linux_5_10_gives_up_no_link),
		cmocka_unit_test(newer_kernels_give_up_an_iommu_of_acpi_as_well),
		cmocka_unit_test(to_run_without_its_iommu_is_an_alarm_with_a_time),
		cmocka_unit_test(a_device_that_outlived_the_timeout_waits_on),
	};

	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
