/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crash/pair.h"

#include "crash/setting.h"

#define NICS(group)                                                                          \
	"group 2\n"                                                                          \
	"group 3\n"                                                                          \
	"pci " FIRST " in pci0000:00 group=2 driver=e1000e " NIC_ID "\n" FIRST_PATH MODALIAS \
	"pci " SECOND " in pci0000:00 group=" group " driver=e1000e " NIC_ID "\n"            \
	"/sys/devices/pci0000:00/" SECOND MODALIAS

const struct scenario pair = {
	.name = "pair", .tree = NICS("2"), .modules = {"vfio_iommu_type1", "vfio_pci"}};
const struct scenario apart = {
	.name = "apart", .tree = NICS("3"), .modules = {"vfio_iommu_type1", "vfio_pci"}};

const struct wish first_to_vfio = {.verb = "rebind", .driver = "vfio-pci", .selectors = {FIRST}};
const struct wish both_to_vfio = {
	.verb = "rebind", .driver = "vfio-pci", .selectors = {FIRST, SECOND}};
const struct wish first_back = {.verb = "restore", .selectors = {FIRST}};

int pair_set_up(void **state)
{
	return setting_start(&pair);
}

int apart_set_up(void **state)
{
	return setting_start(&apart);
}
