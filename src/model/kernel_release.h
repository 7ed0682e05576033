/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel_release - since which version Linux has an interface or behaves in a certain way
 *
 * Distributions carry newer code under older numbers. Where a file tells more than the number, a
 * rule looks at the file first: the number explains only why a file is absent.
 */
#pragma once

#include "base/answer.h"
#include "base/cleanup.h"

/** enum kernel_feature - what an older kernel lacks or does in another way */
enum kernel_feature {
	/** vfio-pci refuses the devices of its denylist: 5.9 (drivers/vfio/pci/vfio_pci.c) */
	KERNEL_VFIO_DENYLIST,
	/** an SMMUv3 refuses a second device with a stream ID: 5.13. Before, the probe of that
	 * device is a kernel BUG (arm-smmu-v3.c: arm_smmu_write_strtab_ent; 5.10 run) */
	KERNEL_STREAM_OWNERS,
	/** PCI devices that can be reset have the file reset_method: 5.15. Older kernels have only
	 * the file reset (drivers/pci/pci-sysfs.c: pci_dev_reset_attr_is_visible) */
	KERNEL_RESET_METHOD,
	/** a device link is given up at the deferred probe timeout where no driver matches the
	 * supplier (drivers/base/core.c: fw_devlink_no_driver): 5.13. 5.10, 5.11 and 5.12.9 keep it
	 * without end */
	KERNEL_LINKS_GIVEN_UP,
	/**
	 * the owner of a group's DMA decides whether VFIO opens it: 5.19 (drivers/iommu/iommu.c)
	 */
	KERNEL_DMA_OWNERSHIP,
	/** 1:1 regions keep every kind of IOMMU from a domain of VFIO: 6.6, before only Intel's */
	KERNEL_DIRECT_REFUSED,
	/** an IOMMU probes all devices behind it when it registers, and the first that fails takes
	 * the IOMMU down: 6.15 (iommu.c: iommu_device_register, bus_iommu_probe) */
	KERNEL_PROBE_AT_REGISTRATION,
	/** the wait for an IOMMU that an ACPI table names ends at the deferred probe timeout, as
	 * one for an IOMMU of a devicetree does: 6.14 (drivers/iommu/iommu.c: iommu_fwspec_init).
	 * 6.12 (run) and 6.13.7 wait without end, 6.16, 6.17, 6.18, 7.2 and 7.3 do not (run) */
	KERNEL_ACPI_WAIT_ENDS,
	/** a device that was bound without the IOMMU that an ACPI table names gets it at no later
	 * bind: 6.15, by the change that made IOMMUs probe at registration. 6.14 still looks for it
	 * at each bind (drivers/acpi/scan.c: acpi_iommu_configure_id), 6.16, 6.17, 6.18, 7.2 and
	 * 7.3 do not (run) */
	KERNEL_ACPI_BOUND_ONCE,
	/** a PCI device that a bus rescan finds gets no driver while drivers_autoprobe of its bus
	 * is 0 (drivers/pci/bus.c: pci_bus_add_device calls device_initial_probe): 6.19 and 7.0
	 * (run). 6.12, 6.16, 6.17 and 6.18 bind one even then (device_attach; run) */
	KERNEL_AUTOPROBE_OFF,
	/** an entry of iommu-map has as many cells as #iommu-cells of its target says: 7.2
	 * (drivers/of/base.c: of_map_id). Older kernels take one cell: Debian's images of 6.18.15,
	 * 6.19.14, 7.0.13 and 7.1.13 lack the messages of the new reading */
	KERNEL_MAP_CELLS,
	/** fw_devlink waits for the devices at the other ends of endpoints: 5.13. 5.10 does not
	 * (drivers/of/property.c: parse_remote_endpoint) */
	KERNEL_ENDPOINT_LINKS,
	/** fw_devlink waits for the interrupt controllers of an interrupt-map: 6.10. 6.9 does not
	 * (drivers/of/property.c: parse_interrupt_map) */
	KERNEL_INTERRUPT_MAP_LINKS,
	/** the deferred probe timeout is 10 seconds where the command line sets none: 6.0. 5.10 to
	 * 5.17 and 5.19 have 0: no timer (drivers/base/dd.c: driver_deferred_probe_timeout) */
	KERNEL_PROBE_TIMEOUT,
	/** requester IDs pass an Aspeed AST1150, a PCIe-to-PCI bridge, unchanged: 7.2
	 * (drivers/pci/quirks.c: quirk_aspeed_pci_bridge_no_alias). 6.18 lacks the function;
	 * unknown between */
	KERNEL_BRIDGE_FORWARDS,
	/** the type of a group's default domain can be written: 5.11 (drivers/iommu/iommu.c:
	 * iommu_group_store_type). 5.10 has the file for reading alone */
	KERNEL_DOMAIN_TYPE,
	/** DMA-FQ is such a type: 5.15 */
	KERNEL_FLUSH_QUEUE,
	/** the type of a group with several members can be written, and a driver that leaves DMA to
	 * its user may be bound: 6.4. 6.1 refuses both (EINVAL, EBUSY), 6.12 does not (run) */
	KERNEL_DOMAIN_OF_SEVERAL,
	/** PCI devices tell whether they are removable: 5.14 (drivers/pci/probe.c:
	 * pci_set_removable) */
	KERNEL_PCI_REMOVABLE,
	KERNEL_FEATURE_COUNT,
};

/**
 * kernel_has - whether a kernel of that version has @feature
 * @release: as uname -r says it ("6.1.0-42-amd64"), or NULL
 * Returns: ANSWER_UNKNOWN where @release is NULL or begins with no version, and between the last
 * version that is known to lack the feature and the first that is known to have it.
 */
_must_check_ enum answer kernel_has(const char *release, enum kernel_feature feature);
