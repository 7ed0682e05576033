/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pci-serials DEVICE… - print the Device Serial Number of each PCI device, whose folder of sysfs
 * is given; "-" for a device that has none, that cannot be read, or that reading would wake
 *
 * The rules of udev start it, which read no binary files. It needs the C library alone.
 */
#include "base/root.h"
#include "sources/devices/pci_config.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	_autoroot_ struct root *root = NULL;
	struct error e = {0};

	if (root_open(NULL, &root, &e) < 0) {
		fprintf(stderr, "pci-serials: %s\n", e.message);
		return EXIT_FAILURE;
	}
	for (int i = 1; i < argc; i++) {
		char text[PCI_SERIAL_SIZE];

		pci_config_find_serial(root, argv[i], text);
		puts(text);
	}
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
