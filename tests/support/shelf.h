/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shelf - a capture of a real machine with the module index of its kernel, unpacked for a group of
 * tests
 *
 *     return cmocka_run_group_tests(tests, shelf_start, shelf_end);
 */
#pragma once

#include "base/root.h"

/** VIRTIO_IOMMU - the alias of a device that the module virtio_iommu claims; it was loaded */
#define VIRTIO_IOMMU "virtio:d00000017v00001AF4"

/**
 * struct shelf - the machine
 * @dir: the tree; a test that changes it puts it back
 * @release: of the kernel, a folder of /lib/modules
 * @arena: memory until the end of the group
 * @error: of the last call
 */
struct shelf {
	char *dir;
	char release[256];
	struct arena *arena;
	struct error error;
};

extern struct shelf shelf;

/** shelf_start - unpack the capture */
int shelf_start(void **state);

/** shelf_end - remove it */
int shelf_end(void **state);
