/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * code - every code that a finding can have, each declared in one row
 *
 * ROW(ID, word, severity, help)
 * @ID: CODE_ID in the source     @word: stable, used in documents and by scripts
 * @severity: NOTE, WARNING or ALARM: the worst that a finding of this code can be
 * @help: its meaning, in one line
 *
 * The codes of checks are made from their own rows (checks/check_list.h): the code of a check is
 * its id. The manual and the schema list every word; the test surface.manual compares.
 */
#pragma once

#include "checks/check_list.h"

#define FINDING_CODES(ROW)                                                                         \
	/* Findings about streams and reserved memory: checks/streams.c */                         \
	ROW(STREAM_TAKEN, "stream_taken", ALARM,                                                   \
	    "SMMUv3: the stream ID belongs to another device, so this one gets no group")          \
	ROW(STREAM_SPLIT, "stream_split", ALARM,                                                   \
	    "SMMUv2: a device shares stream entries with two groups, and gets none")               \
	ROW(STREAM_OVERLAP, "stream_overlap", ALARM,                                               \
	    "SMMUv2: two streams overlap and neither covers the other")                            \
	ROW(STREAM_SHARED, "stream_shared", NOTE,                                                  \
	    "SMMUv2: two devices share a stream entry, so they must be in one group")              \
	ROW(STREAM_UNKNOWN, "stream_unknown", WARNING,                                             \
	    "firmware names a stream whose ID cannot be read")                                     \
	ROW(STREAM_NOT_MAPPED, "stream_not_mapped", ALARM,                                         \
	    "no entry of an iommu-map covers the ID of a device")                                  \
	ROW(STREAM_ALIAS_NOT_MAPPED, "stream_alias_not_mapped", ALARM,                             \
	    "no entry of an iommu-map covers the ID of a bridge under which a device sends")       \
	ROW(STREAM_UNUSABLE, "stream_unusable", ALARM,                                             \
	    "firmware names a stream that the kernel does not use")                                \
	ROW(STREAM_ENTRIES_SHORT, "stream_entries_short", WARNING,                                 \
	    "SMMUv2: firmware asks for more stream entries than the SMMU has")                     \
	ROW(TABLE_ODD, "table_odd", NOTE,                                                          \
	    "a firmware table has something that the kernel passes over")                          \
	ROW(MEMORY_DIRECT, "memory_direct", NOTE, "firmware wants memory mapped 1:1 for devices")  \
	ROW(MEMORY_RESERVED, "memory_reserved", NOTE,                                              \
	    "firmware keeps addresses of devices unmapped")                                        \
	/* Root causes of deferral and of lost IOMMUs: checks/cause.c, checks/cause_lost.c */      \
	ROW(IOMMU_MODULE_NOT_LOADED, "iommu_module_not_loaded", ALARM,                             \
	    "the module of an IOMMU is not loaded")                                                \
	ROW(IOMMU_MODULE_BLACKLISTED, "iommu_module_blacklisted", ALARM,                           \
	    "modprobe.d blacklists the module of an IOMMU")                                        \
	ROW(IOMMU_NO_DRIVER, "iommu_no_driver", ALARM, "no driver for an IOMMU is available")      \
	ROW(IOMMU_DISABLED, "iommu_disabled", ALARM,                                               \
	    "firmware disables an IOMMU that devices need")                                        \
	ROW(IOMMU_PROBE_FAILED, "iommu_probe_failed", ALARM, "the probe of an IOMMU failed")       \
	ROW(IOMMU_REGISTRATION_FAILED, "iommu_registration_failed", ALARM,                         \
	    "an IOMMU rejected a device when it registered, which takes the whole IOMMU down")     \
	ROW(SUPPLIER_MODULE_NOT_LOADED, "supplier_module_not_loaded", ALARM,                       \
	    "the module of a supplier is not loaded")                                              \
	ROW(SUPPLIER_MODULE_BLACKLISTED, "supplier_module_blacklisted", ALARM,                     \
	    "modprobe.d blacklists the module of a supplier")                                      \
	ROW(SUPPLIER_NO_DRIVER, "supplier_no_driver", ALARM,                                       \
	    "no driver for a supplier is available")                                               \
	ROW(SUPPLIER_DISABLED, "supplier_disabled", ALARM,                                         \
	    "firmware disables a supplier that devices need")                                      \
	ROW(SUPPLIER_PROBE_FAILED, "supplier_probe_failed", ALARM,                                 \
	    "the probe of a supplier failed")                                                      \
	ROW(SUPPLIER_ABSENT, "supplier_absent", ALARM,                                             \
	    "firmware names a supplier that does not exist")                                       \
	ROW(SUPPLIER_CYCLE, "supplier_cycle", ALARM, "devices wait for each other in a cycle")     \
	ROW(BOUND_WITHOUT_IOMMU, "bound_without_iommu", ALARM,                                     \
	    "a driver was bound before the IOMMU was ready, or the IOMMU rejected the device")     \
	ROW(STREAM_ENTRIES_FULL, "stream_entries_full", ALARM,                                     \
	    "SMMUv2: no stream entry was left for the device")                                     \
	ROW(STREAM_OUT_OF_RANGE, "stream_out_of_range", ALARM, "the IOMMU has no such stream")     \
	ROW(PROBE_FAILED, "probe_failed", WARNING, "the probe of a driver returned an error")      \
	ROW(MANUAL_BIND_DEFERRED, "manual_bind_deferred", ALARM,                                   \
	    "a manual bind was deferred, and the kernel does not retry it")                        \
	ROW(UNKNOWN, "unknown", ALARM, "the cause of a deferral is unknown")                       \
	/* Findings about a machine without groups: checks/usage.c */                              \
	ROW(NO_GROUPS_SWITCHED_OFF, "no_groups_switched_off", WARNING,                             \
	    "the command line of the kernel switches the IOMMU off")                               \
	ROW(NO_GROUPS_YET, "no_groups_yet", WARNING,                                               \
	    "there is no group yet: devices wait for suppliers")                                   \
	ROW(NO_GROUPS_IOMMU_UNUSED, "no_groups_iommu_unused", WARNING,                             \
	    "firmware describes an IOMMU, and the kernel does not use it")                         \
	ROW(NO_GROUPS_IOMMU_ABSENT, "no_groups_iommu_absent", NOTE, "firmware describes no IOMMU") \
	ROW(NO_GROUPS_HYPERVISOR, "no_groups_hypervisor", NOTE,                                    \
	    "the hypervisor has the IOMMU, and this machine has none")                             \
	ROW(NO_GROUPS_UNKNOWN, "no_groups_unknown", NOTE,                                          \
	    "there is no group, and the reason is unknown")                                        \
	/* IOMMU faults in the kernel log, by kind: checks/fault_meaning.c */                      \
	ROW(FAULT_UNKNOWN, "fault_unknown", WARNING,                                               \
	    "an IOMMU fault for a reason that is unknown")                                         \
	ROW(FAULT_TRANSLATION, "fault_translation", WARNING,                                       \
	    "a device used an address that is not mapped for it")                                  \
	ROW(FAULT_PERMISSION, "fault_permission", WARNING,                                         \
	    "a device used an address that is not mapped for this access")                         \
	ROW(FAULT_ADDRESS_SIZE, "fault_address_size", WARNING,                                     \
	    "a device used an address that is larger than its IOMMU translates")                   \
	ROW(FAULT_ACCESS_FLAG, "fault_access_flag", WARNING,                                       \
	    "a device used a page whose access flag is clear")                                     \
	ROW(FAULT_NO_STREAM, "fault_no_stream", WARNING,                                           \
	    "a device made DMA, and its IOMMU has no entry for it")                                \
	ROW(FAULT_DISABLED, "fault_disabled", WARNING,                                             \
	    "a device made DMA while its IOMMU blocks it")                                         \
	ROW(FAULT_PASID, "fault_pasid", WARNING,                                                   \
	    "a device used a PASID that has no address space")                                     \
	ROW(FAULT_FORBIDDEN, "fault_forbidden", WARNING,                                           \
	    "a device made a request that its IOMMU does not allow it, as of ATS")                 \
	ROW(FAULT_UNSUPPORTED, "fault_unsupported", WARNING,                                       \
	    "a device made a transaction that its IOMMU does not support")                         \
	ROW(FAULT_INTERRUPT, "fault_interrupt", WARNING,                                           \
	    "a message interrupt of a device was blocked")                                         \
	ROW(FAULT_PAGE_REQUEST, "fault_page_request", WARNING,                                     \
	    "a device asked for a page, and no driver waits for that")                             \
	ROW(FAULT_TABLES, "fault_tables", ALARM, "the tables of an IOMMU have an invalid entry")   \
	ROW(FAULT_TABLE_FETCH, "fault_table_fetch", ALARM, "an IOMMU could not read its tables")   \
	ROW(FAULT_TLB_CONFLICT, "fault_tlb_conflict", ALARM,                                       \
	    "two cached translations of an IOMMU match one address")                               \
	ROW(FAULT_INVALIDATION, "fault_invalidation", ALARM,                                       \
	    "a device did not drop the translations that it caches (ATS)")                         \
	ROW(FAULT_IOMMU, "fault_iommu", ALARM, "an IOMMU reports an error of its own")             \
	ROW(FAULT_ENCRYPTED, "fault_encrypted", WARNING,                                           \
	    "a device used a page of a confidential guest")                                        \
	ROW(FAULT_NOT_LOGGED, "fault_not_logged", WARNING, "faults that the kernel did not log")   \
	/* Findings of doctor alone: the files that checks/doctor_rules.h names */                 \
	ROW(STREAMS_PASS, "streams_pass", ALARM,                                                   \
	    "SMMUv2: a stream that belongs to no device passes untranslated")                      \
	ROW(REMOVABLE_UNPROTECTED, "removable_unprotected", ALARM,                                 \
	    "no IOMMU translates the DMA of a device that was plugged in")                         \
	ROW(REMOVABLE_LAZY, "removable_lazy", WARNING,                                             \
	    "a device that was plugged in reaches memory for a while after its driver gave it "    \
	    "back")                                                                                \
	ROW(REMOVABLE_ATS, "removable_ats", WARNING,                                               \
	    "a device that was plugged in uses Address Translation Services")                      \
	ROW(DMA_IDENTITY, "dma_identity", WARNING,                                                 \
	    "no IOMMU translates the DMA of devices, because their groups' type is identity")      \
	ROW(NOIOMMU_MODE, "noiommu_mode", ALARM, "VFIO hands devices over without an IOMMU")       \
	ROW(UNSAFE_INTERRUPTS, "unsafe_interrupts", WARNING,                                       \
	    "VFIO hands devices over although their interrupts are not isolated")                  \
	ROW(INTERRUPTS_NOT_REMAPPED, "interrupts_not_remapped", WARNING,                           \
	    "the IOMMUs could remap interrupts, and do not")                                       \
	ROW(NO_PREBOOT_PROTECTION, "no_preboot_protection", WARNING,                               \
	    "firmware does not protect memory from the DMA of Thunderbolt devices")                \
	ROW(OVERRIDE_ABSENT, "override_absent", WARNING,                                           \
	    "driver_override names a driver that is not registered")                               \
	ROW(OVERRIDE_OTHER, "override_other", WARNING,                                             \
	    "driver_override names another driver than the device has")                            \
	ROW(DEVICE_DEAD, "device_dead", WARNING, "a PCI device does not answer")                   \
	ROW(DEVICE_WITHOUT_POWER, "device_without_power", NOTE,                                    \
	    "a device without a driver has no power (D3cold)")                                     \
	ROW(GROUP_UNUSABLE, "group_unusable", WARNING,                                             \
	    "VFIO has a device, and will not open its group")                                      \
	ROW(CONTEXT_BANKS_SHORT, "context_banks_short", WARNING,                                   \
	    "SMMUv2: groups need more context banks than the SMMU has")                            \
	ROW(MODULE_ABSENT, "module_absent", NOTE,                                                  \
	    "a device has no driver, and a module that is not loaded claims it")                   \
	ROW(OPTION_UNKNOWN, "option_unknown", WARNING,                                             \
	    "the kernel does not know a value of an IOMMU option on its command line")             \
	ROW(OPTION_FOREIGN, "option_foreign", NOTE,                                                \
	    "an option on the command line belongs to IOMMUs that this machine does not have")     \
	ROW(IDS_IN_USE, "ids_in_use", WARNING,                                                     \
	    "\"ids=\" of vfio-pci also takes a disk controller or display that has another "       \
	    "driver")                                                                              \
	ROW(IDS_UNMATCHED, "ids_unmatched", NOTE, "\"ids=\" of vfio-pci matches no device")        \
	ROW(IDS_TOO_LATE, "ids_too_late", WARNING,                                                 \
	    "\"ids=\" of vfio-pci names a device whose native driver may be loaded first")         \
	ROW(IN_CONTAINER, "in_container", WARNING,                                                 \
	    "iommuctl runs in a container or chroot, and does not see the whole machine")          \
	ROW(OPTION_IGNORED, "option_ignored", WARNING,                                             \
	    "modprobe.d has an option for a module that is built in")                              \
	ROW(TOOLS_DISAGREE, "tools_disagree", WARNING,                                             \
	    "driverctl or libvirt gives a device to another driver than another setting does")     \
	ROW(PIN_UNMET, "pin_unmet", WARNING,                                                       \
	    "a pin does not mean one device that may be bound, or its file is none")               \
	ROW(MEMORY_FORBIDS, "memory_forbids", WARNING,                                             \
	    "firmware wants memory mapped 1:1 for a group, so VFIO does not open it")              \
	ROW(NODE_STALE, "node_stale", WARNING, "a node of VFIO leads to no group and no device")   \
	ROW(FUNCTIONS_OF_USER, "functions_of_user", WARNING,                                       \
	    "VFIO has a physical function that has virtual functions")                             \
	ROW(TRANSACTION_UNFINISHED, "transaction_unfinished", ALARM,                               \
	    "an earlier change by iommuctl is unfinished")                                         \
	/* Findings that explain why a group has several members: checks/isolation.c */            \
	ROW(ISOLATION_BRIDGE, "isolation_bridge", NOTE,                                            \
	    "a bridge to conventional PCI stands for all devices behind it")                       \
	ROW(ISOLATION_NO_ACS, "isolation_no_acs", NOTE, "a port has no Access Control Services")   \
	ROW(ISOLATION_ACS_OFF, "isolation_acs_off", NOTE,                                          \
	    "a port has Access Control Services that are partly off")                              \
	ROW(ISOLATION_FUNCTIONS, "isolation_functions", NOTE,                                      \
	    "functions of one device are not isolated from each other")                            \
	ROW(ISOLATION_STREAM, "isolation_stream", NOTE,                                            \
	    "members have the same stream ID, or their IOMMU one address space")                   \
	ROW(ISOLATION_UNREAD, "isolation_unread", NOTE,                                            \
	    "config space could not be read, so the reason is not known")                          \
	ROW(ISOLATION_UNKNOWN, "isolation_unknown", NOTE,                                          \
	    "no fact that could be read explains the group")

/**
 * The codes of changes between two snapshots (checks/stability.h)
 * ROW(ID, kind, word, severity, help)     @kind: the word of changes[].kind
 */
#define CHANGES(ROW)                                                                         \
	ROW(RENUMBERED, "renumbered", "group_renumbered", ALARM,                             \
	    "a group has the same members and another number")                               \
	ROW(MEMBERS, "members", "group_members_changed", ALARM,                              \
	    "a device left a group or joined it")                                            \
	ROW(IOMMU, "iommu", "group_iommu_changed", ALARM, "a group is behind another IOMMU") \
	ROW(GROUP_GONE, "group_gone", "group_gone", ALARM, "a group is gone")                \
	ROW(GROUP_GAINED, "group_gained", "group_gained", NOTE,                              \
	    "a device that had no group has one")                                            \
	ROW(TYPE, "type", "group_type_changed", ALARM, "a group has another type")           \
	ROW(STREAMS, "streams", "streams_changed", ALARM, "a device has other streams")      \
	ROW(DRIVER, "driver", "driver_changed", ALARM,                                       \
	    "a device has another driver; in changes[], one that no move names")             \
	ROW(DEVICE_GONE, "device_gone", "device_gone", ALARM, "a device is gone")            \
	ROW(DEVICE_CAME, "device_came", "device_came", NOTE, "a device is new")              \
	ROW(ADDRESS, "address", "device_address_changed", NOTE,                              \
	    "a device that was removed was found again at another address")                  \
	ROW(FORGOTTEN, "forgotten", "device_forgotten", NOTE,                                \
	    "a device is gone, and iommuctl has forgotten its former state")

/** The codes of differences that no change of a transaction has (checks/difference_kinds.h). */
#define DIFFERENCE_CODES(ROW)                                                                     \
	ROW(KERNEL_CHANGED, "kernel_changed", NOTE, "the kernel is another one")                  \
	ROW(COMMAND_LINE_CHANGED, "command_line_changed", NOTE,                                   \
	    "the command line has other options about IOMMUs, groups or drivers")                 \
	ROW(FIRMWARE_CHANGED, "firmware_changed", NOTE,                                           \
	    "firmware is of another kind, or has another table about IOMMUs")                     \
	ROW(USAGE_CHANGED, "iommu_use_changed", ALARM, "the kernel uses IOMMUs on one side only") \
	ROW(IOMMU_GONE, "iommu_gone", ALARM, "an IOMMU is gone")                                  \
	ROW(IOMMU_CAME, "iommu_came", NOTE, "an IOMMU is new")                                    \
	ROW(IOMMU_STATE_CHANGED, "iommu_state_changed", ALARM, "an IOMMU has another state")      \
	ROW(DEVICE_REPLACED, "device_replaced", WARNING, "another device is in the place of one") \
	ROW(DEVICE_MOVED, "device_moved", NOTE, "a device is in another place")                   \
	ROW(GROUP_CAME, "group_came", NOTE, "a group is new")                                     \
	ROW(GROUP_LOST, "group_lost", ALARM, "a device that had a group has none")                \
	ROW(REGIONS_CHANGED, "reserved_regions_changed", WARNING,                                 \
	    "a group has other reserved regions")                                                 \
	ROW(OVERRIDE_CHANGED, "driver_override_changed", NOTE,                                    \
	    "a device has another driver_override")                                               \
	ROW(STATE_CHANGED, "state_changed", WARNING,                                              \
	    "a device became deferred, or is deferred no longer")                                 \
	ROW(DMA_CHANGED, "dma_changed", ALARM, "the DMA of a device meets something else")        \
	ROW(HAND_OVER_CHANGED, "hand_over_changed", WARNING,                                      \
	    "a device can or cannot be handed over as before")                                    \
	ROW(INTERFACES_CHANGED, "interfaces_changed", NOTE,                                       \
	    "an interface or disk of a device has another name")

#define CODE_OF_ROW(id, word, severity, help) CODE_##id,
#define CODE_OF_CHANGE(id, kind, word, severity, help) CODE_CHANGE_##id,
#define CODE_OF_CHECK(id, word, scope, level, waivable, ask, help) CODE_CHECK_##id,

/** enum finding_code - CODE_NONE: no finding; those of changes are in the order of enum
 * change_kind, those of checks in the order of enum check_id */
enum finding_code {
	CODE_NONE,
	FINDING_CODES(CODE_OF_ROW) CHANGES(CODE_OF_CHANGE) DIFFERENCE_CODES(CODE_OF_ROW)
		CHECKS(CODE_OF_CHECK) CODE_COUNT,
	CODE_CHANGE_FIRST = CODE_CHANGE_RENUMBERED,
	CODE_CHECK_FIRST = CODE_CHECK_SYSTEM_DISK,
};

enum severity {
	SEVERITY_NOTE,	  /* severity of a fact that needs no action */
	SEVERITY_WARNING, /* severity: something will not work as firmware or the user intends */
	/* severity: memory is not protected, or something that is in use would be lost */
	SEVERITY_ALARM,
	SEVERITY_COUNT,
};

/**
 * struct code_kind - the row of one code     @word: NULL for CODE_NONE     @severity: the worst
 * that a finding of that code can be
 */
struct code_kind {
	const char *word;
	enum severity severity;
	const char *help;
};

/** code_kinds - the rows of all codes, by code */
extern const struct code_kind code_kinds[CODE_COUNT];

/** severity_name - the word of a severity in documents and sentences */
const char *severity_name(enum severity severity);
