/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor below this machine, where it decides what can be done with devices. It is read
 * before firmware: Xen renames ACPI tables.
 */
#include "sources/sources.h"

#include <string.h>

static enum hypervisor find_xen_domain(const struct root *root)
{
	char domain[ATTRIBUTE_MAX];

	/* drivers/xen/xenfs/super.c: capabilities_read */
	if (root_read_text(root, "/proc/xen/capabilities", domain, sizeof(domain)) > 0 &&
	    strstr(domain, "control_d"))
		return HYPERVISOR_XEN_DOM0;
	return HYPERVISOR_XEN;
}

int source_hypervisor(struct reading *reading, struct error *e)
{
	const struct root *root = reading->root;
	struct machine *machine = build_machine(reading->build);
	char type[ATTRIBUTE_MAX];

	/* drivers/xen/sys-hypervisor.c; drivers/hv/vmbus_drv.c */
	if (root_read_text(root, "/sys/hypervisor/type", type, sizeof(type)) > 0 &&
	    strcmp(type, "xen") == 0)
		machine->hypervisor = find_xen_domain(root);
	else if (root_has(root, "/sys/bus/vmbus") > 0)
		machine->hypervisor = HYPERVISOR_HYPERV;
	reading_report(reading, "hypervisor");
	return 0;
}
