/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which devices count as deferred, which miss something although they are bound, and which share a
 * cause. */
#include "checks/deferral.h"
#include "model/build.h"
#include "support/chain.h"
#include "support/check.h"

#include <string.h>

static void a_disabled_iommu_is_not_waited_for_but_missed_by_a_bound_device(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *unbound = chain_device(build, "unbound", DEVICE_UNBOUND);
	struct device *bound = chain_device(build, "bound", DEVICE_UNBOUND);
	const struct system *system;
	struct deferral deferral;

	chain_claim(build, unbound, MODULE_LIVE, false);
	chain_wait_for(build, unbound, "iommu", NULL)->disabled = true;
	chain_wait_for(build, bound, "iommu", NULL)->disabled = true;
	chain_bind_without_group(build, bound);
	system = chain_seal(build);
	assert_false(deferral_of(system, find_device(system, "unbound"), chain_arena, &deferral));
	chain_assert_cause(system, "bound", "iommu_disabled", "/soc/node");
	/* The remedy needs a reboot, after which no device has to be bound again. */
	assert_non_null(strstr(chain_deferral(system, "bound").remedy, "then reboot."));
	assert_null(strstr(chain_deferral(system, "bound").remedy, "unbind"));
	system_free(system);
}

static void a_device_bound_without_its_iommu_is_bound_again_after_the_remedy(void **state)
{
	static const struct {
		void (*shape)(struct build *, struct device *);
		const char *remedy;
	} cases[] = {
		{chain_not_loaded, "modprobe the_module; echo disk > "
				   "/sys/bus/platform/drivers/driver/unbind; echo disk > "
				   "/sys/bus/platform/drivers/driver/bind"},
		{chain_blacklisted, "out of modprobe.d. Then: echo disk > "},
		{chain_built_in, "drivers_probe. Then: echo disk > "},
		{chain_no_index, "Once its IOMMU is ready: echo disk > "},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct build *build = chain_machine(SOURCE_READ);
		struct device *iommu = chain_device(build, "smmu", DEVICE_UNBOUND);
		struct device *device = chain_device(build, "disk", DEVICE_UNBOUND);
		const struct system *system;

		chain_wait_for(build, device, "iommu", iommu);
		chain_bind_without_group(build, device);
		cases[i].shape(build, iommu);
		system = chain_seal(build);
		assert_non_null(strstr(chain_deferral(system, "disk").remedy, cases[i].remedy));
		system_free(system);
	}
}

static void a_device_bound_before_its_iommu_is_to_be_bound_again(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct iommu *iommu = build_iommu(build, "smmu");
	struct device *device = chain_device(build, "disk", DEVICE_UNBOUND);
	const struct system *system;

	chain_wait_for(build, device, "iommu", NULL)->iommu = iommu;
	chain_bind_without_group(build, device);
	system = chain_seal(build);
	assert_int_equal(find_device(system, "disk")->dma, DMA_LOST);
	chain_assert_cause(system, "disk", "bound_without_iommu", "disk");
	assert_non_null(strstr(chain_deferral(system, "disk").remedy, "drivers/driver/bind"));
	system_free(system);
}

/* Four devices wait for one IOMMU, one of them bound without it; a fifth has an unknown cause. */
static void a_root_cause_is_reported_once_with_its_devices(void **state)
{
	static const char *const names[] = {"a", "b", "c", "d"};
	struct build *build = chain_machine(SOURCE_READ);
	struct device *iommu = chain_device(build, "smmu", DEVICE_UNBOUND), *devices[4];
	const struct system *system;
	struct deferrals found;
	struct findings causes;

	chain_device(build, "lonely", DEVICE_DEFERRED);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		devices[i] = chain_device(build, names[i], DEVICE_DEFERRED);
		chain_wait_for(build, devices[i], "iommu", iommu);
	}
	chain_claim(build, iommu, MODULE_NOT_LOADED, false);
	chain_bind_without_group(build, devices[3]);
	system = chain_seal(build);
	found = deferrals(system, NULL, chain_arena);
	causes = deferrals_findings(&found, chain_arena);
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
	struct build *build = chain_machine(SOURCE_READ);
	const struct system *system;
	struct deferrals found;
	struct findings causes;

	chain_device(build, "one", DEVICE_DEFERRED);
	chain_device(build, "other", DEVICE_DEFERRED);
	((struct probing *)chain_device(build, "third", DEVICE_DEFERRED)->probing)->reason =
		"no moon";
	system = chain_seal(build);
	found = deferrals(system, NULL, chain_arena);
	causes = deferrals_findings(&found, chain_arena);
	assert_int_equal(causes.count, 2);
	assert_null(causes.items[0].subject);
	assert_int_equal(causes.items[0].device_count, 2);
	assert_string_equal(causes.items[1].subject, "third");
	system_free(system);
}

static void a_bind_by_hand_that_was_deferred_is_forgotten_by_the_kernel(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *device = chain_device(build, "disk", DEVICE_UNBOUND);
	const struct system *system;

	chain_claim(build, device, MODULE_LIVE, false);
	chain_wait_for(build, device, "iommu", chain_device(build, "smmu", DEVICE_UNBOUND));
	system = chain_seal(build);
	assert_int_equal(find_device(system, "disk")->state, DEVICE_WAITING);
	chain_assert_cause(system, "disk", "manual_bind_deferred", "disk");
	assert_non_null(strstr(chain_deferral(system, "disk").remedy, "drivers_probe"));
	system_free(system);
}

static void a_device_that_no_driver_matches_is_idle_and_not_told_of(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *device = chain_device(build, "disk", DEVICE_UNBOUND);
	const struct system *system;
	struct deferral deferral;

	chain_wait_for(build, device, "iommu", chain_device(build, "smmu", DEVICE_UNBOUND));
	build_stream(build, device)->iommu_name = "/soc/node";
	system = chain_seal(build);
	assert_int_equal(find_device(system, "disk")->dma, DMA_IDLE);
	assert_false(deferral_of(system, find_device(system, "disk"), chain_arena, &deferral));
	system_free(system);
}

static void without_the_kernels_list_a_missing_supplier_proves_the_wait(void **state)
{
	struct build *build = chain_machine(SOURCE_DENIED);
	const struct system *system;
	struct deferral deferral;

	chain_wait_for(build, chain_device(build, "disk", DEVICE_UNKNOWN), "iommu",
		       chain_device(build, "smmu", DEVICE_UNKNOWN));
	chain_device(build, "other", DEVICE_UNKNOWN);
	system = chain_seal(build);
	assert_int_equal(find_device(system, "disk")->state, DEVICE_WAITING);
	chain_assert_cause(system, "disk", "iommu_no_driver", "smmu");
	/* The timeout only retries devices that are on the list. */
	assert_int_equal(chain_deferral(system, "disk").outcome.what, DEFERRAL_UNKNOWN);
	assert_int_equal(find_device(system, "other")->state, DEVICE_UNKNOWN);
	assert_false(deferral_of(system, find_device(system, "other"), chain_arena, &deferral));
	assert_string_equal(deferrals_blind(system)->name, "devices_deferred");
	system_free(system);
}

/* The first unread source of a machine where source @name has that state; "" for none. */
static const char *blind_for(const char *name, enum source_state state)
{
	struct build *build = chain_machine(SOURCE_READ);
	const struct source *source;
	const struct system *system;
	const char *blind;

	build_source(build, name, state, NULL);
	system = chain_seal(build);
	source = deferrals_blind(system);
	blind = source ? arena_strdup(chain_arena, source->name) : "";
	system_free(system);
	return blind;
}

static void nothing_is_claimed_of_what_was_not_seen(void **state)
{
	const struct system *system = chain_seal(chain_machine(SOURCE_ABSENT));

	/* Debugfs may not be mounted: an empty list of devices proves nothing. */
	assert_string_equal(deferrals_blind(system)->name, "devices_deferred");
	system_free(system);
	assert_string_equal(blind_for("iort", SOURCE_MALFORMED), "iort");
	assert_string_equal(blind_for("bus_devices", SOURCE_PARTIAL), "bus_devices");
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
		struct build *build = chain_machine(lists[i]);
		const struct system *system;
		struct deferral deferral;

		chain_device(build, "disk",
			     lists[i] == SOURCE_READ ? DEVICE_UNBOUND : DEVICE_UNKNOWN);
		build_remark(build, pending);
		system = chain_seal(build);
		if (lists[i] == SOURCE_READ) {
			assert_false(deferral_of(system, find_device(system, "disk"), chain_arena,
						 &deferral));
		} else {
			chain_assert_cause(system, "disk", "unknown", "disk");
			assert_string_equal(chain_deferral(system, "disk").cause.finding.evidence,
					    pending.text);
			assert_int_equal(chain_deferral(system, "disk").outcome.what,
					 DEFERRAL_UNKNOWN);
		}
		system_free(system);
	}
}

/* A device of @bus that is bound without its IOMMU, whose stream is from @source. */
static void assert_remedy_on(const char *bus, const char *kernel, enum stream_source source,
			     void (*shape)(struct build *, struct device *iommu),
			     const char *remedy)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *disk = chain_device(build, "disk", DEVICE_UNBOUND);
	struct device *iommu = chain_device(build, "smmu", DEVICE_UNBOUND);
	const struct system *system;

	disk->bus = bus;
	chain_wait_for(build, disk, "iommu", iommu);
	shape(build, iommu);
	chain_bind_without_group(build, disk);
	build_streams_of(build, disk, &(size_t){0})[0]->source = source;
	build_machine(build)->kernel = kernel;
	system = chain_seal(build);
	if (!strstr(chain_deferral(system, "disk").remedy, remedy))
		fail_msg("%s, expecting %s", chain_deferral(system, "disk").remedy, remedy);
	system_free(system);
}

static void assert_remedy_of_bound(const char *kernel, enum stream_source source,
				   void (*shape)(struct build *, struct device *iommu),
				   const char *remedy)
{
	assert_remedy_on("platform", kernel, source, shape, remedy);
}

/* The IOMMU has to be ready before the device is found again. */
static void a_pci_device_gets_its_iommu_when_it_is_found_again(void **state)
{
	assert_remedy_on("pci", "7.2.0", STREAM_FROM_VIOT, chain_not_loaded,
			 "modprobe the_module; iommuctl rescan disk. For later boots, put");
	assert_remedy_on("pci", "7.2.0", STREAM_FROM_VIOT, chain_blacklisted,
			 "modprobe.d. Then: iommuctl rescan disk. For later boots, put");
	assert_remedy_on("pci", "7.2.0", STREAM_FROM_VIOT, chain_no_index,
			 "Once its IOMMU is ready: iommuctl rescan disk. For later boots, put");
	assert_remedy_on("pci", "6.12.0", STREAM_FROM_VIOT, chain_not_loaded,
			 "modprobe the_module; echo disk > /sys/bus/pci/drivers/driver/unbind");
}

/* Since 7.2 no driver's probe gives a device its IOMMU of an ACPI table. */
static void a_device_that_gets_no_iommu_later_needs_a_reboot(void **state)
{
	assert_remedy_of_bound("6.12.0", STREAM_FROM_IORT, chain_not_loaded,
			       "modprobe the_module; echo disk");
	assert_remedy_of_bound("7.2.0", STREAM_FROM_IORT, chain_not_loaded,
			       "Put the module of its IOMMU into the initramfs, then reboot");
	assert_remedy_of_bound("7.2.0", STREAM_FROM_IORT, chain_blacklisted,
			       "modprobe.d. Then reboot.");
	assert_remedy_of_bound(NULL, STREAM_FROM_IORT, chain_not_loaded, "If it has no group then");
	assert_remedy_of_bound("7.2.0", STREAM_FROM_IOMMUS, chain_not_loaded, "echo disk");
}

/* Changes of a supplier; each must be seen, though the first device has the same one unchanged. */
static void has_no_device(struct supplier *supplier)
{
	supplier->device = NULL;
}

static void is_disabled(struct supplier *supplier)
{
	supplier->disabled = true;
}

static void is_missing(struct supplier *supplier)
{
	supplier->missing = true;
}

static void has_been_given_up(struct supplier *supplier)
{
	supplier->given_up = true;
}

static void awaits_a_part(struct supplier *supplier)
{
	supplier->awaited = "channel";
}

static void has_a_link(struct supplier *supplier)
{
	supplier->link_status = "dormant";
}

static void is_a_clock(struct supplier *supplier)
{
	supplier->kind = "clock";
}

static void has_another_name(struct supplier *supplier)
{
	supplier->device = NULL;
	supplier->name = "/soc/other";
}

/* The cause of a supplier is found once for all devices behind it, and only for those. */
static void suppliers_that_differ_have_causes_of_their_own(void **state)
{
	static void (*const changes[])(struct supplier *) = {
		has_no_device, is_disabled, is_missing, has_been_given_up,
		awaits_a_part, has_a_link,  is_a_clock, has_another_name};

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct build *build = chain_machine(SOURCE_READ);
		struct device *iommu = chain_device(build, "smmu", DEVICE_UNBOUND);
		const struct system *system;
		struct deferrals all;

		chain_not_loaded(build, iommu);
		chain_wait_for(build, chain_device(build, "first", DEVICE_DEFERRED), "iommu",
			       iommu);
		changes[i](chain_wait_for(build, chain_device(build, "second", DEVICE_DEFERRED),
					  "iommu", iommu));
		system = chain_seal(build);
		all = deferrals(system, NULL, chain_arena);
		assert_int_equal(all.count, 2);
		for (size_t j = 0; j < all.count; j++) {
			const struct finding *together = &all.items[j].cause.finding;
			struct deferral alone = chain_deferral(system, all.items[j].device->label);

			assert_int_equal(together->code, alone.cause.finding.code);
			assert_string_equal(together->subject, alone.cause.finding.subject);
			assert_string_equal(together->message, alone.cause.finding.message);
		}
		system_free(system);
	}
}

static void an_unknown_cause_of_a_supplier_is_not_that_of_a_device(void **state)
{
	struct build *build = chain_machine(SOURCE_READ);
	struct device *iommu = chain_device(build, "smmu", DEVICE_UNBOUND);
	const struct system *system;
	struct deferrals all;
	struct findings findings;

	chain_no_index(build, iommu);
	chain_wait_for(build, chain_device(build, "behind", DEVICE_DEFERRED), "iommu", iommu);
	chain_device(build, "alone", DEVICE_DEFERRED);
	system = chain_seal(build);
	all = deferrals(system, NULL, chain_arena);
	findings = deferrals_findings(&all, chain_arena);
	assert_int_equal(findings.count, 2);
	system_free(system);
}

UNIT(deferral_list)
{
	const struct CMUnitTest tests[] = {
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
		cmocka_unit_test(a_pci_device_gets_its_iommu_when_it_is_found_again),
		cmocka_unit_test(a_device_that_gets_no_iommu_later_needs_a_reboot),
		cmocka_unit_test(suppliers_that_differ_have_causes_of_their_own),
		cmocka_unit_test(an_unknown_cause_of_a_supplier_is_not_that_of_a_device),
	};

	return cmocka_run_group_tests(tests, chain_start, chain_end);
}
