/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct check_kind check_kinds[CHECK_ID_COUNT] = {
	[CHECK_SYSTEM_DISK] = {"system-disk", "the system runs from it", false},
	[CHECK_MOUNTED] = {"mounted", "a file system on it is mounted", true},
	[CHECK_SWAP] = {"swap", "it holds swap space", true},
	[CHECK_BLOCK_HOLDER] = {"block-holder", "LVM, LUKS, md or the like is on top of it", true},
	[CHECK_BLOCK_BACKING] = {"block-backing", "it is exported, or behind a loop device", true},
	[CHECK_BLOCK_CLAIMED] = {"block-claimed", "something in the kernel has claimed it", true},
	[CHECK_NET_SESSION] = {"net-session", "this very session comes through it", true},
	[CHECK_NET_ADDRESS] = {"net-address", "it is up and has an address", true},
	[CHECK_NET_ROUTE] = {"net-route", "a default route leads through it", true},
	[CHECK_NET_MASTER] = {"net-master", "a bridge, bond or the like is above it", true},
	[CHECK_NET_NAMESPACE] = {"net-namespace", "another network namespace has it", true},
	[CHECK_NET_UP] = {"net-up", "it is up, without an address", true},
	[CHECK_RDMA] = {"rdma", "it has an active RDMA port", true},
	[CHECK_NODE_OPEN] = {"node-open", "a process has a device node of it open", true},
	[CHECK_VFIO_OPEN] = {"vfio-open", "a VFIO user has it; an unbind would hang", false},
	[CHECK_VIRTUAL_FUNCTIONS] = {"virtual-functions", "it has virtual functions", true},
	[CHECK_MEDIATED] = {"mediated", "it has mediated devices", true},
	[CHECK_CONSUMERS] = {"consumers", "others would be unbound with it", true},
	[CHECK_DISPLAY] = {"display", "the machine's display is on it", true},
	[CHECK_CONSOLE] = {"console", "the kernel's console is on it", true},
	[CHECK_WATCHDOG] = {"watchdog", "it is a watchdog that runs", true},
	[CHECK_TPM] = {"tpm", "it is a TPM", true},
	[CHECK_IPMI] = {"ipmi", "it leads to the management controller", true},
	[CHECK_OTHER_TOOL] = {"other-tool", "another tool claims it", true},
	[CHECK_CONTAINER] = {"container", "we see another machine than the kernel has", true},
	[CHECK_UNBINDABLE] = {"unbindable", "its driver lets it go", false},
	[CHECK_DRIVER] = {"driver", "the driver is there or can be loaded", false},
	[CHECK_DRIVER_MATCH] = {"driver-match", "the driver is one for this device", true},
	[CHECK_MODULE_BLACKLISTED] = {"module-blacklisted", "modprobe.d is against the module",
				      true},
	[CHECK_MODULE_TAKES_OTHERS] = {"module-takes-others",
				       "loading the module would bind other devices", true},
	[CHECK_OVERRIDE] = {"override", "its bus has driver_override", false},
	[CHECK_BRIDGE] = {"bridge", "it is a bridge, which VFIO does not take", false},
	[CHECK_DENYLIST] = {"denylist", "vfio-pci refuses its kind", true},
	[CHECK_GROUP] = {"group", "an IOMMU isolates it", true},
	[CHECK_NO_IOMMU_MODE] = {"no-iommu-mode", "VFIO would run it without any protection", true},
	[CHECK_VIABLE] = {"viable", "no other member of its group stands in the way", true},
	[CHECK_RESERVED_REGION] = {"reserved-region", "firmware wants memory of it mapped 1:1",
				   true},
	[CHECK_INTERRUPTS] = {"interrupts", "the interrupts of devices are isolated", true},
	[CHECK_GROUP_IN_USE] = {"group-in-use", "a VFIO user has its group", true},
	[CHECK_DEFERRED] = {"deferred", "it waits for something, or runs without its IOMMU", true},
	[CHECK_VF_TOKEN] = {"vf-token", "its user needs a token of the physical function", true},
	[CHECK_RESET] = {"reset", "it can be reset, alone", true},
	[CHECK_POWER] = {"power", "it does not lose power", true},
	[CHECK_IDENTITY] = {"identity", "its DMA is translated while the host has it", true},
	[CHECK_MEMLOCK] = {"memlock", "enough memory may be locked", true},
};

void check_add(struct checking *checking, struct check check)
{
	struct checks *checks = checking->checks;

	checks->items = arena_grow(checking->arena, checks->items, checks->count, &checks->room,
				   sizeof(*checks->items));
	checks->items[checks->count++] = check;
}

void check_say(struct checking *checking, struct check check, const char *format, ...)
{
	char message[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	check.message = arena_strdup(checking->arena, message);
	check_add(checking, check);
}

bool check_is_waivable(const struct check *check)
{
	return check->level == CHECK_REFUSE && check_kinds[check->id].waivable && !check->final;
}

enum check_id check_find(const char *name, size_t length)
{
	unsigned id = 0;

	while (id < CHECK_ID_COUNT && (strlen(check_kinds[id].name) != length ||
				       memcmp(check_kinds[id].name, name, length) != 0))
		id++;
	return (enum check_id)id;
}

const struct check *checks_refusing(const struct checks *checks)
{
	for (size_t i = 0; i < checks->count; i++)
		if (checks->items[i].level == CHECK_REFUSE && !checks->items[i].waived)
			return &checks->items[i];
	return NULL;
}

const char *check_level_name(enum check_level level)
{
	static const char *const names[CHECK_LEVEL_COUNT] = {
		[CHECK_PASS] = "pass",
		[CHECK_WARNING] = "warning",
		[CHECK_REFUSE] = "refuse",
	};

	return names[level];
}
