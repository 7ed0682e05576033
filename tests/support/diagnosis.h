/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diagnosis - a sound machine with a fault that a test adds, and the findings of doctor
 *
 *     diagnosis_has(SOUND "/dev/vfio/7 = \n", CODE_NODE_STALE, SEVERITY_WARNING, "/dev/vfio/7");
 *     diagnosis_lacks(SOUND, CODE_NODE_STALE);
 */
#pragma once

#include "checks/doctor.h"

/** SOUND - a sound machine: a NIC behind an Intel IOMMU. A test may replace a part of it. */
#define BASE                                      \
	"/proc/sys/kernel/osrelease = 6.12.1\n"   \
	"/proc/sys/kernel/arch = x86_64\n"        \
	"/sys/firmware/acpi/tables/\n"            \
	"/sys/kernel/debug/devices_deferred = \n" \
	"/sys/module/vfio/parameters/enable_unsafe_noiommu_mode = N\n"
#define QUIET "/proc/cmdline = quiet intel_iommu=on\n"
#define REMAPPED "/proc/interrupts =   1:  9  IR-IO-APIC    1-edge      i8042\n"
#define IOMMU "iommu dmar0 serves=/sys/devices/pci0000:00/0000:01:00.0\n"
#define GROUP(type) "group 1 type=" type "\n"
#define NIC "pci 0000:01:00.0 in pci0000:00 group=1 driver=e1000e id=8086:10d3 class=20000\n"
#define REMOVABLE "/sys/devices/pci0000:00/0000:01:00.0/removable = removable\n"
#define SOUND BASE QUIET REMAPPED IOMMU GROUP("DMA-FQ") NIC

/** FREE - a second device, alone in its group; more words of its line follow */
#define FREE "group 2 type=DMA\npci 0000:02:00.0 in pci0000:00 group=2 "

/** BOARD - a sound board: a DMA controller behind an SMMUv2 */
#define BOARD                                                                      \
	"/proc/sys/kernel/osrelease = 6.12.1\n/proc/sys/kernel/arch = aarch64\n"   \
	"/sys/kernel/debug/devices_deferred = \ngroup 1 type=DMA\n"                \
	"iommu smmu.0x0000000005000000 serves=/sys/devices/platform/6000000.dma\n" \
	"platform 6000000.dma group=1 driver=pl330\n"                              \
	"platform 5000000.iommu driver=arm-smmu\n"

/** diagnosis_find - the first finding of that code, or NULL */
const struct finding *diagnosis_find(const struct findings *findings, enum finding_code code);

/**
 * diagnosis_has - fails the test unless doctor has a finding of that code
 * @tree: of the machine     @subject: of the finding; NULL: it has none
 */
void diagnosis_has(const char *tree, enum finding_code code, enum severity severity,
		   const char *subject);

/** diagnosis_lacks - fails the test where doctor has a finding of that code */
void diagnosis_lacks(const char *tree, enum finding_code code);
