/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The remedy for a device that was bound before its IOMMU was ready */
#include "checks/cause.h"

#include "model/firmware_table.h"
#include "model/kernel_release.h"
#include "model/pci.h"

/* True where an ACPI table names the device's IOMMU. */
static bool is_of_acpi(const struct device *device)
{
	for (size_t i = 0; i < device->stream_count; i++)
		if (firmware_table_of(device->streams[i].source))
			return true;
	return false;
}

enum answer gets_iommu_later(const struct system *system, const struct device *device)
{
	if (device_is_pci(device) && device_is_pci_bridge(device))
		return ANSWER_NO;
	if (!is_of_acpi(device))
		return ANSWER_YES;
	switch (kernel_has(system->machine.kernel, KERNEL_ACPI_BOUND_ONCE)) {
	case ANSWER_NO:
		return ANSWER_YES;
	case ANSWER_YES:
		return ANSWER_NO;
	default:
		return ANSWER_UNKNOWN;
	}
}

bool gets_iommu_by_rescan(const struct system *system, const struct device *device)
{
	return device_is_pci(device) && is_of_acpi(device) &&
	       kernel_has(system->machine.kernel, KERNEL_ACPI_BOUND_ONCE) != ANSWER_NO;
}

static const char *remedy_bind_again(const struct system *system, const struct device *device,
				     struct arena *arena)
{
	bool warns = !is_of_acpi(device) &&
		     kernel_has(system->machine.kernel, KERNEL_PROBE_AT_REGISTRATION) == ANSWER_YES;

	return arena_printf(
		arena,
		"echo %s > /sys/bus/%s/drivers/%s/unbind; echo %s > "
		"/sys/bus/%s/drivers/%s/bind%s",
		device->name, device->bus, device->driver, device->name, device->bus,
		device->driver,
		warns ? " (this kernel logs a warning then, and stops at it where it was "
			"booted with panic_on_warn)"
		      : "");
}

/*
 * The remedy where a new bind brings nothing: a PCI device gets its IOMMU when it is removed and
 * found again (tested with 7.2 and 7.3), any device gets it in the next boot.
 */
static const char *remedy_instead(const struct system *system, const struct device *device,
				  struct arena *arena)
{
	const char *words = initramfs_words(system->machine.initramfs);

	if (!gets_iommu_by_rescan(system, device))
		return arena_printf(arena,
				    "Put the module of its IOMMU into the initramfs%s, then reboot",
				    words);
	return arena_printf(arena,
			    "iommuctl rescan %s. For later boots, put the module of its IOMMU into "
			    "the initramfs%s",
			    device->label, words);
}

const char *remedy_of_missed(const struct system *system, const struct device *device,
			     struct arena *arena)
{
	const char *instead = remedy_instead(system, device, arena);

	switch (gets_iommu_later(system, device)) {
	case ANSWER_YES:
		return remedy_bind_again(system, device, arena);
	case ANSWER_NO:
		return arena_printf(arena, "%s: a device that is bound gets no IOMMU later.",
				    instead);
	default:
		return arena_printf(arena, "%s. If it has no group then: %s.",
				    remedy_bind_again(system, device, arena), instead);
	}
}
