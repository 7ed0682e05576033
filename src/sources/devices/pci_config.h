/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pci_config - the registers of a PCI device's config space that decide how it is grouped
 *
 * Only the header and the capabilities on the way to PCI Express, ACS and ATS are read: some
 * devices fail after a read of registers that no driver reads. Layout:
 * include/uapi/linux/pci_regs.h; without CAP_SYS_ADMIN the kernel returns only the header
 * (drivers/pci/pci-sysfs.c: pci_read_config).
 */
#pragma once

#include "base/guard.h"
#include "model/traits.h"

enum {
	/** bytes of config space of a PCI Express device */
	PCI_CONFIG_SIZE = 4096,
	/** size of the text of a Device Serial Number */
	PCI_SERIAL_SIZE = sizeof("00-11-22-33-44-55-66-77"),
};

/**
 * struct pci_config - the decoded registers
 * @gone: all bytes are ones: the device does not answer, and the rest is unknown. The vendor's word
 * of a virtual function is all ones by the specification, so the type of the header decides
 * @complete: false where only the header could be read; @pcie and the members after it are then
 * unknown
 * @header_type: 0, 1 or 2     @acs, @acs_capable, @acs_controls: as in struct traits
 * @ats: Address Translation Services are switched on
 * @has_serial: there is a Device Serial Number     @serial: it; 0 none, or it was not read
 */
struct pci_config {
	bool gone, complete, multifunction, acs, ats, has_serial;
	int header_type;
	enum pcie_type pcie;
	uint16_t acs_capable, acs_controls;
	uint64_t serial;
};

/**
 * struct pci_config_answer - of one reading     @status: 0, or its negative errno; then @config is
 * empty
 */
struct pci_config_answer {
	int status;
	struct pci_config config;
};

/**
 * pci_config_sleeps - why reading would wake the device at @device (its folder), or NULL where it
 * is awake
 * A device that power management has not put to sleep is awake: the kernel also says D3cold of a
 * device that no longer answers (drivers/pci/pci.c: pci_update_current_state).
 */
const char *pci_config_sleeps(const struct root *root, const char *device);

/**
 * pci_config_read - a reader for guard.h: returns an image with only the needed registers
 * Call pci_config_sleeps first.
 */
ssize_t pci_config_read(const struct root *root, const char *path, char *bytes, size_t size);

/**
 * pci_config_read_serial - pci_config_read with the Device Serial Number, which says which card it
 * is
 */
ssize_t pci_config_read_serial(const struct root *root, const char *path, char *bytes, size_t size);

/** pci_serial_write - a Device Serial Number as lspci prints it, "00-1b-21-ff-ff-a1-b2-c3" */
void pci_serial_write(uint64_t serial, char text[static PCI_SERIAL_SIZE]);

/**
 * pci_config_find_serial - the Device Serial Number of the device at @device (its folder); "-" for
 * a device that has none, that cannot be read, or that reading would wake
 */
void pci_config_find_serial(const struct root *root, const char *device,
			    char text[static PCI_SERIAL_SIZE]);

/** pci_config_read_header - a reader as pci_config_read, which returns the header alone */
ssize_t pci_config_read_header(const struct root *root, const char *path, char *bytes, size_t size);

/** pci_config_answer - what one of the readers returned     @file: read by guard_read */
struct pci_config_answer pci_config_answer(const struct guarded *file) _nonnull_();

/**
 * pci_config_parse - decode an image     @bytes: from one of the readers, or any file of a captured
 * tree
 */
struct pci_config pci_config_parse(const char *bytes, size_t length);
