/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pci-serials DEVICE… - print the Device Serial Number of each PCI device, whose folder of sysfs
 * is given; "-" for a device that has none, that cannot be read, or that reading would wake
 *
 * The script of the initramfs and the rules of udev start it: a shell reads no binary files. It
 * needs the C library alone.
 */
#include "base/root.h"
#include "sources/devices/pci_config.h"

#include <stdio.h>
#include <stdlib.h>

static void print_serial(const struct root *root, const char *device)
{
	char path[PATH_SIZE], bytes[PCI_CONFIG_SIZE], text[PCI_SERIAL_SIZE] = "-";
	ssize_t length = root_path(root, path, "%s/config", device);

	if (length >= 0 && !pci_config_sleeps(root, device))
		length = pci_config_read_serial(root, path, bytes, sizeof(bytes));
	else
		length = -1;
	if (length > 0) {
		uint64_t serial = pci_config_parse(bytes, (size_t)length).serial;

		if (serial)
			pci_serial_write(serial, text);
	}
	puts(text);
}

int main(int argc, char **argv)
{
	_autoroot_ struct root *root = NULL;
	struct error e = {0};

	if (root_open(NULL, &root, &e) < 0) {
		fprintf(stderr, "pci-serials: %s\n", e.message);
		return EXIT_FAILURE;
	}
	for (int i = 1; i < argc; i++)
		print_serial(root, argv[i]);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
