/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_list - every check, each declared in one row
 *
 * ROW(ID, word, scope, level, waivable, function, help)
 * @ID: CHECK_ID in the source     @word: stable, used by --waive and in documents
 * @scope: for which moves it runs: a CHECK_ASK_ of checks/check.h without that prefix
 * @level: REFUSE or WARNING: the level of a bad answer, unless the function sets another
 * @waivable: --waive accepts it; false where the kernel would fail, hang or crash
 * @function: gives the answer; its row declares it
 * @help: the question, in one line
 *
 * Answers have the order of the rows. checks/check.h tells how to add a check.
 */
#pragma once

#define CHECKS(ROW)                                                                                \
	/* Checks whether the device is in use: checks/in_use.c */                                 \
	ROW(SYSTEM_DISK, "system-disk", TAKEN, REFUSE, false, check_use,                           \
	    "the system runs from it")                                                             \
	ROW(MOUNTED, "mounted", TAKEN, REFUSE, true, check_use, "a file system on it is mounted")  \
	ROW(SWAP, "swap", TAKEN, REFUSE, true, check_use, "it holds swap space")                   \
	ROW(BLOCK_HOLDER, "block-holder", TAKEN, REFUSE, true, check_use,                          \
	    "LVM, LUKS, md or the like is on top of it")                                           \
	ROW(BLOCK_BACKING, "block-backing", TAKEN, REFUSE, true, check_use,                        \
	    "it is exported, or behind a loop device")                                             \
	ROW(BLOCK_CLAIMED, "block-claimed", TAKEN, REFUSE, true, check_use,                        \
	    "something in the kernel has claimed it")                                              \
	ROW(NET_SESSION, "net-session", TAKEN, REFUSE, true, check_use,                            \
	    "this session comes through it")                                                       \
	ROW(NET_ADDRESS, "net-address", TAKEN, REFUSE, true, check_use,                            \
	    "it is up and has an address")                                                         \
	ROW(NET_ROUTE, "net-route", TAKEN, REFUSE, true, check_use,                                \
	    "a default route leads through it")                                                    \
	ROW(NET_MASTER, "net-master", TAKEN, REFUSE, true, check_use,                              \
	    "a bridge, bond or the like is above it")                                              \
	ROW(NET_PROTOCOL, "net-protocol", TAKEN, REFUSE, true, check_use,                          \
	    "PPPoE, netconsole, storage or the like runs over it")                                 \
	ROW(NET_LISTENER, "net-listener", TAKEN, WARNING, true, check_use,                         \
	    "a program reads its packets")                                                         \
	ROW(NET_NAMESPACE, "net-namespace", TAKEN, REFUSE, true, check_use,                        \
	    "another network namespace has it")                                                    \
	ROW(NET_UP, "net-up", TAKEN, WARNING, true, check_use, "it is up, without an address")     \
	ROW(RDMA, "rdma", TAKEN, WARNING, true, check_use, "it has an active RDMA port")           \
	ROW(NODE_OPEN, "node-open", EACH, REFUSE, true, check_use,                                 \
	    "a process has a device node of it open")                                              \
	ROW(VFIO_OPEN, "vfio-open", EACH, REFUSE, false, check_use,                                \
	    "a VFIO user has it; an unbind would hang")                                            \
	ROW(VIRTUAL_FUNCTIONS, "virtual-functions", EACH, REFUSE, true, check_virtual_functions,   \
	    "it has virtual functions")                                                            \
	ROW(MEDIATED, "mediated", TAKEN, REFUSE, true, check_use, "it has mediated devices")       \
	ROW(CONSUMERS, "consumers", TAKEN, REFUSE, false, check_use,                               \
	    "other devices would be unbound with it")                                              \
	ROW(DEPENDENTS, "dependents", EACH, REFUSE, false, check_dependents,                       \
	    "other devices do DMA through it, or exist only while it is bound")                    \
	ROW(DISPLAY, "display", TAKEN_OR_TO_VFIO, REFUSE, true, check_use,                         \
	    "the machine's display is on it")                                                      \
	ROW(CONSOLE, "console", TAKEN, REFUSE, true, check_use, "the kernel's console is on it")   \
	ROW(WATCHDOG, "watchdog", TAKEN, REFUSE, true, check_use, "it is a watchdog that runs")    \
	ROW(TPM, "tpm", TAKEN, REFUSE, true, check_use, "it is a TPM")                             \
	ROW(IPMI, "ipmi", TAKEN, REFUSE, true, check_use, "it leads to the management controller") \
	ROW(MEMORY, "memory", TAKEN, REFUSE, false, check_use, "the machine uses memory of it")    \
	ROW(OTHER_TOOL, "other-tool", TAKEN, WARNING, true, check_use, "another tool claims it")   \
	/* Checks whether the device can be removed and found again: checks/removal.c */           \
	ROW(REMOVABLE, "removable", REMOVED, REFUSE, false, check_removable,                       \
	    "it can be removed, and comes back as it was")                                         \
	ROW(OVERRIDE_KEPT, "override-kept", REMOVED, REFUSE, true, check_override_kept,            \
	    "no driver is bound before its driver_override is written again")                      \
	ROW(RENUMBERING, "renumbering", REMOVED, WARNING, true, check_renumbering,                 \
	    "its group keeps its number")                                                          \
	ROW(TYPE_KEPT, "type-kept", REMOVED, WARNING, true, check_type_kept,                       \
	    "its group has no other type than at boot")                                            \
	ROW(BYPASS, "bypass", REMOVED, WARNING, true, check_bypass,                                \
	    "its IOMMU blocks its DMA while it is removed")                                        \
	/* Checks before virtual functions are made or removed: checks/functions.c */              \
	ROW(SRIOV, "sriov", PHYSICAL, REFUSE, false, check_sriov,                                  \
	    "it can have that many virtual functions")                                             \
	ROW(VF_NUMBERS, "vf-numbers", PHYSICAL, WARNING, true, check_vf_numbers,                   \
	    "its virtual functions keep their addresses and the numbers of their groups")          \
	/* Checks before the type of a group changes: checks/domain.c */                           \
	ROW(DOMAIN_TYPE, "domain-type", DOMAIN, REFUSE, false, check_domain_type,                  \
	    "the kernel can give its group that type now")                                         \
	ROW(DOMAIN_KERNEL, "domain-kernel", DOMAIN, REFUSE, true, check_domain_kernel,             \
	    "this version of the kernel can change the type of such a group")                      \
	ROW(DOMAIN_IDENTITY, "domain-identity", DOMAIN, REFUSE, true, check_domain_identity,       \
	    "its group may have the type identity: it is internal, and the host's")                \
	/* Changes since the last transaction: checks/changed_by_others.c */                       \
	ROW(CHANGED_BY_OTHERS, "changed-by-others", RESTORED, REFUSE, true,                        \
	    check_changed_by_others, "it is as iommuctl left it: restore overwrites nothing")      \
	/* Checks whether VFIO will serve the device: checks/will_work_*.c */                      \
	ROW(CONTAINER, "container", ONCE, REFUSE, true, check_container,                           \
	    "iommuctl runs in a container or chroot: users of the device may be hidden")           \
	ROW(UNBINDABLE, "unbindable", TAKEN, REFUSE, false, check_unbindable,                      \
	    "its driver can be unbound")                                                           \
	ROW(DRIVER, "driver", PER_DRIVER, REFUSE, false, check_driver,                             \
	    "the driver is registered or can be loaded")                                           \
	ROW(DRIVER_MATCH, "driver-match", EACH, REFUSE, true, check_driver_match,                  \
	    "the driver is made for this device")                                                  \
	ROW(MODULE_BLACKLISTED, "module-blacklisted", PER_DRIVER, REFUSE, true,                    \
	    check_module_blacklisted,                                                              \
	    "modprobe.d blacklists the module, or has a command to run in its place")              \
	ROW(MODULE_TAKES_OTHERS, "module-takes-others", PER_DRIVER, REFUSE, true,                  \
	    check_module_takes_others, "loading the module would bind other devices")              \
	ROW(NO_ANSWER, "no-answer", EACH, REFUSE, false, check_no_answer,                          \
	    "its config space can be read")                                                        \
	ROW(STREAM_OWNED, "stream-owned", EACH, REFUSE, false, check_stream_owned,                 \
	    "its stream ID is its own on kernels that crash otherwise")                            \
	ROW(OVERRIDE, "override", EACH, REFUSE, false, check_override,                             \
	    "its bus has driver_override")                                                         \
	ROW(BRIDGE, "bridge", EACH_TO_VFIO, REFUSE, false, check_bridge,                           \
	    "it is a bridge, which VFIO does not accept")                                          \
	ROW(DENYLIST, "denylist", EACH_TO_VFIO, REFUSE, true, check_denylist,                      \
	    "vfio-pci refuses its kind")                                                           \
	ROW(VARIANT_DRIVER, "variant-driver", EACH_TO_VFIO, WARNING, true, check_variant_driver,   \
	    "a VFIO driver made for its kind has it already")                                      \
	ROW(GROUP, "group", EACH_TO_VFIO, REFUSE, true, check_group, "an IOMMU isolates it")       \
	ROW(NO_IOMMU_MODE, "no-iommu-mode", EACH_TO_VFIO, REFUSE, true, check_no_iommu_mode,       \
	    "VFIO would run it without an IOMMU")                                                  \
	ROW(VIABLE, "viable", PER_GROUP_TO_VFIO, REFUSE, true, check_viable,                       \
	    "no other member of its group stands in the way")                                      \
	ROW(RESERVED_REGION, "reserved-region", PER_GROUP_TO_VFIO, REFUSE, true,                   \
	    check_reserved_region, "firmware wants memory of it mapped 1:1")                       \
	ROW(INTERRUPTS, "interrupts", ONCE_TO_VFIO, REFUSE, true, check_interrupts,                \
	    "the interrupts of devices are isolated")                                              \
	ROW(GROUP_IN_USE, "group-in-use", EACH, REFUSE, true, check_group_in_use,                  \
	    "a VFIO user has its group")                                                           \
	ROW(DEFERRED, "deferred", EACH, WARNING, true, check_deferred,                             \
	    "it waits for a supplier, or runs without its IOMMU")                                  \
	ROW(VF_TOKEN, "vf-token", EACH_TO_VFIO, WARNING, true, check_vf_token,                     \
	    "its user needs the VF token that is set for the physical function")                   \
	ROW(RESET, "reset", EACH_TO_VFIO, WARNING, true, check_reset,                              \
	    "it can be reset on its own")                                                          \
	ROW(POWER, "power", EACH_TO_VFIO, WARNING, true, check_power, "it does not lose power")    \
	ROW(IDENTITY, "identity", PER_GROUP_TO_VFIO, WARNING, true, check_identity,                \
	    "its DMA is translated while the host has it")                                         \
	ROW(MEMLOCK, "memlock", ONCE_TO_VFIO, WARNING, true, check_memlock,                        \
	    "enough memory may be locked")                                                         \
	ROW(OWNER, "owner", ONCE_TO_VFIO, REFUSE, false, check_owner,                              \
	    "udev runs, which gives the nodes to --owner")
