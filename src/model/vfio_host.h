/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio_host - properties of the whole machine that decide whether VFIO serves a device */
#pragma once

#include "base/answer.h"

#include <stdint.h>

/**
 * struct vfio_host - read with FACT_TRAITS of devices in focus, and with FACT_PROTECTION
 * @unsafe_noiommu: enable_unsafe_noiommu_mode of vfio     @unsafe_interrupts:
 * allow_unsafe_interrupts of vfio_iommu_type1     @denylist_off: disable_denylist of vfio_pci
 * (ANSWER_NO where the module or its parameter is not there)
 * @isolated_interrupts: interrupts of devices are remapped or routed by device ID
 * (/proc/interrupts: "IR-…" on x86, "ITS-…" on Arm)
 * @type1_loaded: vfio_iommu_type1, without which a container takes no IOMMU
 * @has_iommufd: /dev/iommu exists
 * @in_container: this process runs in a container: it sees another /run or other processes
 * @container_evidence: the file that shows it, or NULL
 * @memlock: bytes that the user who runs this program, also by sudo, may lock (RLIMIT_MEMLOCK); -1
 * no limit or unknown
 */
struct vfio_host {
	enum answer unsafe_noiommu, unsafe_interrupts, denylist_off, isolated_interrupts;
	enum answer type1_loaded, has_iommufd, in_container;
	const char *container_evidence;
	int64_t memlock;
};
