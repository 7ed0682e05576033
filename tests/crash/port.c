/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crash/port.h"

#include "crash/setting.h"

#include <sys/prctl.h>

#define PORT_ID "id=1B36:000C class=60400"
#define PORT_ALIAS "pci:v00001B36d0000000Csv00000000sd00000000bc06sc04i00"

/* A port with two functions below it: one has its native driver, the other is given to VFIO. */
#define MACHINE(release)                                                                           \
	"/proc/sys/kernel/osrelease = " release "\n"                                               \
	"group 2\ngroup 3\ngroup 4\n"                                                              \
	"pci " PORT " in pci0000:00 group=2 driver=pcieport " PORT_ID "\n" FOLDER                  \
	"/modalias = " PORT_ALIAS "\n"                                                             \
	"pci " NIC " in " BELOW " group=3 driver=e1000e " NIC_ID "\n" FOLDER "/" NIC               \
	"/modalias = " NIC_ALIAS "\n"                                                              \
	"pci " GIVEN " in " BELOW " group=4 driver=vfio-pci override=vfio-pci " NIC_ID "\n" FOLDER \
	"/" GIVEN "/modalias = " NIC_ALIAS "\n"

static const struct scenario new_kernel = {
	.name = "7.3", .tree = MACHINE("7.3.4-amd64"), .modules = {"vfio_iommu_type1", "vfio_pci"}};
static const struct scenario old_kernel = {.name = "6.12",
					   .tree = MACHINE("6.12.117+deb12-amd64"),
					   .modules = {"vfio_iommu_type1", "vfio_pci"}};

const struct wish rescan_port = {.verb = "rescan", .selectors = {PORT}};
const struct wish rescan_nic = {.verb = "rescan", .selectors = {NIC}};

int port_set_up(void **state)
{
	return setting_start(&new_kernel);
}

int port_set_up_old(void **state)
{
	return setting_start(&old_kernel);
}

int port_tear_down(void **state)
{
	fake_heals(fake);
	setting_wait_for_writers();
	setting_end();
	return 0;
}

int port_open(void **state)
{
	/* Writers that are left behind become children of this process. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	scenarios_open();
	return 0;
}
