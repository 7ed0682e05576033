/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The remedy for a device that was bound before its IOMMU was there, by firmware and kernel. */
#include "checks/cause.h"
#include "model/build.h"
#include "support/arena.h"
#include "support/check.h"

#include <string.h>

static const char *remedy(const char *kernel, enum stream_source source, int class)
{
	struct build *build = build_new();
	struct device *device = build_device(build, "pci", "0000:01:00.0", "/sys/devices/card");
	_autosystem_ const struct system *system = NULL;

	device->driver = "nvme";
	device->driver_known = true;
	device->class = class;
	build_stream(build, device)->source = source;
	build_machine(build)->kernel = kernel;
	system = build_seal(build, FACT_STREAMS);
	return remedy_of_missed(system, system->devices[0], arena);
}

struct row {
	const char *kernel;
	enum stream_source source;
	int class;
	bool binds, reboots, warns, rescans;
};

static void the_way_back_depends_on_firmware_and_kernel(void **state)
{
	static const struct row rows[] = {
		{"6.12.94", STREAM_FROM_IOMMU_MAP, 0x010802, .binds = true},
		{"7.3.4", STREAM_FROM_IOMMU_MAP, 0x010802, .binds = true, .warns = true},
		{"6.12.94", STREAM_FROM_VIOT, 0x010802, .binds = true},
		{"6.14.2", STREAM_FROM_VIOT, 0x010802, .binds = true},
		{"6.15.1", STREAM_FROM_IORT, 0x010802, .rescans = true},
		{NULL, STREAM_FROM_VIOT, 0x010802, .binds = true, .rescans = true},
		{"6.18.15", STREAM_FROM_VIOT, 0x010802, .rescans = true},
		{"7.3.4", STREAM_FROM_RIMT, 0x010802, .rescans = true},
		{"7.3.4", STREAM_FROM_VIOT, 0x060400, .rescans = true},
		/* To unbind a port takes hot-plug from all below it. */
		{"6.12.94", STREAM_FROM_IOMMU_MAP, 0x060400, .reboots = true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *text = remedy(rows[i].kernel, rows[i].source, rows[i].class);

		assert_int_equal(rows[i].binds, !!strstr(text, "drivers/nvme/unbind"));
		assert_int_equal(rows[i].reboots, !!strstr(text, "initramfs, then reboot"));
		assert_int_equal(rows[i].rescans, !!strstr(text, "iommuctl rescan 0000:01:00.0."));
		assert_int_equal(rows[i].warns, !!strstr(text, "panic_on_warn"));
	}
}

static void a_device_off_pci_needs_a_reboot_with_the_tool_of_this_system(void **state)
{
	struct build *build = build_new();
	struct device *device = build_device(build, "platform", "a000000.mmc", "/sys/devices/mmc");
	_autosystem_ const struct system *system = NULL;
	const char *text;

	device->driver = "sdhci";
	device->driver_known = true;
	build_stream(build, device)->source = STREAM_FROM_IORT;
	build_machine(build)->kernel = "7.3.4";
	build_machine(build)->initramfs = INITRAMFS_TOOLS;
	system = build_seal(build, FACT_STREAMS);
	text = remedy_of_missed(system, system->devices[0], arena);
	assert_null(strstr(text, "rescan"));
	assert_non_null(strstr(text, "update-initramfs -u), then reboot"));
}

UNIT(cause_missed)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_way_back_depends_on_firmware_and_kernel),
		cmocka_unit_test(a_device_off_pci_needs_a_reboot_with_the_tool_of_this_system),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
