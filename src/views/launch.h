/* SPDX-License-Identifier: GPL-2.0-or-later */
/* launch - the text with which a virtual machine, or a cluster, gets a device that a VFIO driver
 * has */
#pragma once

#include "base/error.h"
#include "model/system.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** enum launch_form - the programs whose text is known; launch_words has their words, in order */
enum launch_form {
	LAUNCH_NONE,
	LAUNCH_QEMU,		 /* an argument: -device vfio-pci,host=0000:01:00.0 */
	LAUNCH_LIBVIRT,		 /* a <hostdev> element of the domain's XML */
	LAUNCH_PROXMOX,		 /* a line of the VM's file in /etc/pve/qemu-server */
	LAUNCH_CLOUD_HYPERVISOR, /* the arguments of one --device for all devices */
	LAUNCH_KUBEVIRT,	 /* permittedHostDevices of KubeVirt's configuration */
	LAUNCH_DEVICE_PLUGIN,	 /* the configuration of Kubernetes' sriov-device-plugin */
	LAUNCH_COUNT,
};

#define LAUNCH_WORDS "qemu|libvirt|proxmox|cloud-hypervisor|kubevirt|sriov-device-plugin"

/** enum launch_nodes - by which way a program can open a device */
enum launch_nodes {
	LAUNCH_BY_GROUP, /* through the node of its group alone, with a container */
	LAUNCH_BY_BOTH,	 /* through that, or its own node with /dev/iommu */
	LAUNCH_BY_CDEV,	 /* through its own node alone: a kernel with VFIO_GROUP=n */
};

/**
 * struct launch_device - one device
 * @bus: "pci", "platform", …     @name: as its bus names it     @driver: the VFIO driver that has
 * it     @vendor_id, @device_id: of a PCI device, or -1
 * @nodes: through which nodes of /dev a program can open it
 * @physical: where its user has to pass a VF token: the physical function, which may be the device
 * itself, whose user passes the same; else NULL
 */
struct launch_device {
	const char *bus, *name, *driver;
	int32_t vendor_id, device_id;
	enum launch_nodes nodes;
	const char *physical;
};

/**
 * launch_device_of - @device, which a VFIO driver has
 * @has_iommufd: /dev/iommu exists; an unknown answer is none
 */
struct launch_device launch_device_of(const struct device *device, enum answer has_iommufd)
	_nonnull_();

/**
 * launch_physical_of - the physical function of @device whose user sets a VF token, or NULL: where
 * a VFIO driver has it (drivers/vfio/pci/vfio_pci_core.c: vfio_pci_validate_vf_token)
 * @device: of @system, with its traits or details
 */
const char *launch_physical_of(const struct system *system, const struct device *device)
	_nonnull_();

/** launch_form_find - the form of that word; LAUNCH_NONE where there is none */
enum launch_form launch_form_find(const char *word) _nonnull_();

/**
 * launch_print - write the text for all devices to standard output
 * A form that cannot name a device (libvirt knows VFIO of PCI alone) leaves it out, with a line on
 * standard error. A text that stands there already is not repeated: KubeVirt names models.
 * QEMU (9.0) uses iommufd wherever that is possible; libvirt and Cloud Hypervisor, of which only
 * versions of 2026 know it, where there is no other way.
 * A VF token is a word of QEMU's alone, and its value the user's own: "UUID" stands for it.
 * Standard error has the argument for the user of the physical function, and a line for a form
 * without token.
 */
void launch_print(enum launch_form form, const struct launch_device *devices, size_t count);

/** launch_json - {qemu: […], libvirt: […], …}, each with a text per device */
struct json_object *launch_json(const struct launch_device *devices, size_t count);
