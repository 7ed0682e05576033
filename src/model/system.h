/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * system - the machine's IOMMUs, groups and devices as they were at one moment
 *
 * A system is read once (sources/read.h) or built by hand in tests (model/build.h) and never
 * changes. It owns every string and array below; system_free is the only destructor. Text comes
 * from the kernel and from firmware as it is: the views escape it.
 *
 * Facts that are looked at by themselves have headers of their own: source.h, stream.h, probing.h,
 * fault.h, use.h, traits.h and others below.
 *
 * Unknown is a value: a number that is not known is negative, a string NULL, and
 * system->sources says whether that means "none", "could not look" or "not asked for".
 */
#pragma once

#include "base/arena.h"
#include "model/driver.h"
#include "model/fault.h"
#include "model/id_claim.h"
#include "model/initramfs.h"
#include "model/iommu_kind.h"
#include "model/pin.h"
#include "model/probing.h"
#include "model/protection.h"
#include "model/remark.h"
#include "model/source.h"
#include "model/sriov.h"
#include "model/stream.h"
#include "model/traits.h"
#include "model/use.h"
#include "model/vfio_host.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** enum device_state - a device's state in the driver core */
enum device_state {
	DEVICE_BOUND,	 /* a driver is bound to the device */
	DEVICE_UNBOUND,	 /* the device has no driver, and none is awaited */
	DEVICE_DEFERRED, /* the device's probe returned -EPROBE_DEFER and waits for a retry */
	DEVICE_WAITING,	 /* the device is held back for a supplier */
	DEVICE_UNKNOWN,	 /* the device has no driver; whether it is deferred is unknown */
	DEVICE_STATE_COUNT,
};

/** enum device_dma - whether an IOMMU translates a device's transactions */
enum device_dma {
	DMA_TRANSLATED,
	DMA_IDENTITY, /* DMA passes untranslated, by the group's type */
	DMA_BLOCKED,
	DMA_DIRECT, /* firmware names no IOMMU for the device: normal */
	DMA_LOST,   /* firmware names an IOMMU, a driver is bound, and it has no group */
	/* the device lost its IOMMU, because its stream belongs to another device */
	DMA_SHARED_STREAM,
	DMA_IDLE, /* the device has no driver yet, so no group yet: normal */
	DMA_UNKNOWN,
	DMA_COUNT,
};

/** enum iommu_state - whether an IOMMU serves its devices */
enum iommu_state {
	IOMMU_READY,
	IOMMU_DEFERRED, /* the probe of the IOMMU waits for something */
	IOMMU_UNBOUND,	/* no driver has the IOMMU */
	/* its probe or its registration failed, so it serves no device; it may be listed */
	IOMMU_FAILED,
	IOMMU_DISABLED, /* the IOMMU is disabled in firmware or on the kernel's command line */
	IOMMU_UNKNOWN,
	IOMMU_STATE_COUNT,
};

/** enum usage - whether this kernel uses an IOMMU at all */
enum usage {
	USAGE_ENABLED,	/* the machine has IOMMU groups */
	USAGE_DISABLED, /* firmware describes an IOMMU, but the kernel uses none */
	USAGE_ABSENT,	/* firmware describes no IOMMU */
	USAGE_UNKNOWN,
	USAGE_COUNT,
};

/** enum hypervisor - the hypervisors that decide what can be done with devices */
enum hypervisor {
	HYPERVISOR_OTHER, /* no hypervisor, or one that makes no difference */
	/* this is Xen's control domain, and the hypervisor drives the IOMMU */
	HYPERVISOR_XEN_DOM0,
	HYPERVISOR_XEN,	   /* this is another domain of Xen */
	HYPERVISOR_HYPERV, /* this is a virtual machine with a vmbus: Hyper-V, Azure */
};

/** enum region_kind - the words in the file reserved_regions of a group */
enum region_kind {
	REGION_DIRECT, /* the region must stay mapped 1:1; VFIO refuses the group */
	/*
	 * the region is mapped 1:1 for the firmware; this may be dropped when the group is assigned
	 * to a guest
	 */
	REGION_DIRECT_RELAXABLE,
	REGION_RESERVED, /* the region is never mapped */
	REGION_MSI,	 /* the region has the addresses for message interrupts */
	REGION_UNKNOWN,	 /* the region has an unknown word */
	REGION_KIND_COUNT,
};

struct group;
struct device;

/**
 * struct reservation - memory that firmware keeps for the DMA of devices; bytes, @end inclusive
 * @subject: the devices, as firmware names them     @source: where firmware says so
 * @direct: mapped 1:1, else never mapped     @relaxable: assignment to a guest may drop it
 * @many: @subject is a range of devices, which need not exist
 */
struct reservation {
	const char *subject;
	const char *source;
	uint64_t start, end;
	bool direct, relaxable, many;
};

/**
 * struct table_note - something odd in a firmware table that the kernel passes over
 * @table: its signature     @file: where it was read     @offset: in the table, bytes
 */
struct table_note {
	const char *table, *file, *text;
	uint32_t offset;
};

/**
 * struct region - I/O virtual addresses that the kernel keeps out of use
 * @start, @end: bytes, @end inclusive.  Source: /sys/kernel/iommu_groups/N/reserved_regions
 */
struct region {
	uint64_t start, end;
	enum region_kind kind;
};

/**
 * struct holder - a process that has a VFIO node of a group open
 * @pid: in the PID namespace that was read     @command: its name (comm), or NULL
 */
struct holder {
	int pid;
	const char *command;
};

/**
 * struct iommu - one IOMMU instance.  Source: /sys/class/iommu, and firmware
 * @name: the kernel's, such as "smmu3.0x0000000009050000" or "dmar0"; numbers in it mean nothing.
 * Firmware's for one that is not registered.
 * @kind: IOMMU_KIND_UNKNOWN where the kernel gives no hint     @foreign_kind: then the name of its
 * driver or its compatible, or NULL
 * @identity: what stays the same over boots: its base address or its address on its bus
 * @device: path of its own device, or NULL (Intel has none)
 * @firmware_node: devicetree or ACPI path, or NULL
 * @index: its place in system->iommus; in a build, its place there
 * @stream_entries, @context_banks: how many it has (SMMUv1/v2 only); -1 unknown
 * @group_count: groups with devices that it serves; with FACT_IOMMUS
 * @entries_used: how many stream entries the known streams of devices with a group use
 * @unregistered: it is not in /sys/class/iommu; streams do not point to it. With FACT_ALL_IOMMUS.
 * @devices_unknown: the list of its devices could not be read, or not in full
 */
struct iommu {
	const char *name;
	enum iommu_kind kind;
	const char *foreign_kind;
	const char *identity;
	const char *device;
	const char *firmware_node;
	enum iommu_state state;
	int64_t stream_entries, context_banks, entries_used;
	const struct device *const *devices;
	size_t device_count, group_count;
	uint32_t index;
	bool unregistered, devices_unknown;
};

/**
 * struct group - the smallest set of devices that can be isolated.
 * Source: /sys/kernel/iommu_groups/N
 * @id: the kernel's number; reused and renumbered, so never an identity
 * @type: type of the default domain ("DMA", "DMA-FQ", "identity", …), or NULL
 * @fingerprint: the same for the same group whatever its number, or NULL where it was not asked for
 * @vfio_node: "/dev/vfio/12", or NULL
 * @regions: valid where regions_known     @holders: valid where holders_known
 * @lacks_direct_memory: firmware lists no memory that the kernel maps 1:1 for a member, so that
 * @regions was not read; with FACT_OBSTACLES, unless FACT_REGIONS is requested too
 * @members_unknown: a bus or a device's group could not be read, so there may be more devices in it
 * than in @devices; @fingerprint is NULL
 * @vfio_count: members that a VFIO driver serves
 */
struct group {
	int id;
	const char *type;
	const char *fingerprint;
	const char *vfio_node;
	const struct region *regions;
	size_t region_count;
	bool regions_known, lacks_direct_memory;
	const struct holder *holders;
	size_t holder_count;
	bool holders_known;
	const struct iommu *const *iommus;
	size_t iommu_count;
	const struct device *const *devices;
	size_t device_count, vfio_count;
	bool members_unknown;
};

/**
 * struct device - a kernel device on one bus.  Source: /sys/bus/BUS/devices/NAME
 * @name: as its bus names it     @path: absolute path below /sys/devices
 * @index: its place in system->devices
 * @label: what users see: the name, or "BUS:NAME" where two buses have a device of that name
 * @group, @iommu: NULL where it has none
 * @driver: NULL where none is bound, or where driver_known is false
 * @driver_override: NULL where none is set
 * @vfio_dev: "vfio0" while a VFIO driver is bound (Linux 6.1), else NULL
 * @vfio_cdev: there is a character device for @vfio_dev, which a kernel without
 * CONFIG_VFIO_DEVICE_CDEV does not make
 * @vendor_id, @device_id, and those of the subsystem: PCI, 0 to 0xffff     @class: PCI class, 24
 * bits;  all -1 unknown or none
 * @vendor_name, @device_name: from hwdb, or NULL
 * @streams: of this device, where FACT_STREAMS was read
 * @interfaces: kernel names of its interfaces and disks: "eth0", "nvme0n1"
 * @numa_node: -1 none or unknown
 * @dma_mask_bits: how wide the addresses are that its driver lets it use; -1 unknown
 * @group_unknown: its iommu_group link could not be read: @group is NULL
 * @override_unknown: @driver_override could not be read
 * @ids_unknown: its uevent file could not be read, which has its numbers and its devicetree node
 * @firmware_node: devicetree path or ACPI path, or NULL
 * @probing, @uses, @traits, @details: NULL where they were not read
 * @sriov: NULL where it was not read, and for a device without an SR-IOV capability
 * @has_system_disk: a file system that the machine cannot run without is mounted from a disk of it
 * @is_boot_display: firmware showed the boot on it; both as far as FACT_OBSTACLES finds it
 * @identity: NULL where it was not read: with FACT_PINS where a pin may mean the device, with
 * FACT_SERIALS of all devices
 * @removable: it can be plugged in from outside while the machine runs, as through Thunderbolt
 * (FACT_PROTECTION; PCI, Linux 5.14)
 * @answers: its config space does not read as all ones (FACT_PRESENCE; PCI)
 * @uses_ats: it sends addresses as translated by itself; known for removable devices alone
 * @without_power: it is suspended in D3cold
 * @adopted: its bus has no device behind an IOMMU; it is listed because other devices wait for it
 */
struct device {
	const char *name;
	const char *label;
	const char *bus;
	const char *path;
	const struct group *group;
	const struct iommu *iommu;
	const char *driver;
	const char *driver_override;
	const char *vfio_dev;
	const char *vendor_name;
	const char *device_name;
	const char *firmware_node;
	const char *const *interfaces;
	const struct stream *streams;
	const struct probing *probing;
	const struct uses *uses;
	const struct traits *traits;
	const struct details *details;
	const struct identity *identity;
	const struct sriov *sriov;
	uint32_t stream_count;
	uint32_t index;
	uint32_t interface_count;
	int32_t vendor_id, device_id, subsystem_vendor_id, subsystem_device_id, class;
	int32_t numa_node;
	int16_t dma_mask_bits;
	bool driver_known, adopted, group_unknown, override_unknown, ids_unknown, vfio_cdev;
	bool without_power;
	bool has_system_disk, is_boot_display;
	/* Packed: a system may have ten thousand devices. */
	enum device_state state : 8;
	enum device_dma dma : 8;
	enum answer removable : 8;
	enum answer answers : 8;
	enum answer uses_ats : 8;
};

/**
 * struct function_pair - a virtual function, and its physical function, which a VFIO driver has
 * Pairs of one physical function stand together.
 */
struct function_pair {
	const struct device *physical, *function;
};

/**
 * struct table_sum - an ACPI table that was read     @name: its signature     @size: bytes
 * @sum: FNV-1a of its bytes: equal tables have equal sums
 */
struct table_sum {
	const char *name;
	uint32_t size;
	uint64_t sum;
};

/**
 * struct machine - what is true of the whole machine; "host" in JSON documents
 * @kernel: its release; NULL unknown     @arch: as uname -m says it; NULL unknown
 * @firmware: "devicetree", "acpi" or "none"; NULL unknown
 * @default_domain: "identity" or "translated" where the command line decides it, else NULL
 * @command_line: the kernel's, or NULL
 * @vfio, @protection: NULL where they were not read
 * @id_claims: of drivers that take devices by their IDs, @id_claim_count of them
 * @builtin_options: of VFIO code that is built in     @tool_claims: devices that other tools bind
 * @firmware_file: the devicetree blob or the folder of tables that "--dtb" or "--acpi" read; NULL
 * where firmware is the machine's own
 * @pins: of /etc/iommuctl/pins.d, also files that are none; read with FACT_PINS
 * @function_pairs: read with FACT_PROTECTION
 * @stale_nodes: nodes below /dev/vfio whose group or device does not exist
 * @has_vfio_devices: a device of the machine has an entry in /sys/class/vfio-dev, also one that was
 * not read; read with FACT_VFIO
 * @table_sums: of the tables about IOMMUs that were read (FACT_STREAMS), in the order of reading
 * @unseen_iommus: the architecture has IOMMUs that the kernel may use without groups, and no file
 * of the kernel shows for which devices
 * @hypervisor: HYPERVISOR_OTHER also where it could not be read
 * @remaps_interrupts: firmware says that the IOMMUs can remap interrupts (DMAR); unknown where it
 * says nothing of it; read with FACT_STREAMS
 * @initramfs: the tool that this system has
 */
struct machine {
	const char *kernel;
	const char *arch;
	const char *firmware;
	const char *default_domain;
	const char *command_line;
	const char *firmware_file;
	const struct vfio_host *vfio;
	const struct protection *protection;
	const struct id_claim *id_claims;
	const struct builtin_options *builtin_options;
	const struct tool_claim *tool_claims;
	const struct pin *pins;
	const struct function_pair *function_pairs;
	const char *const *stale_nodes;
	bool has_vfio_devices, unseen_iommus;
	size_t pin_count, function_pair_count;
	size_t id_claim_count, builtin_option_count, tool_claim_count, stale_node_count;
	const struct table_sum *table_sums;
	size_t table_sum_count;
	enum usage iommu;
	enum answer remaps_interrupts;
	enum hypervisor hypervisor;
	enum initramfs initramfs;
};

/**
 * struct system - the snapshot. Sorted: iommus by name, groups by number, devices by bus and name,
 * streams by device, those without one first and in the order of firmware; @stream_index: which of
 * them meet (model/stream_index.h). Log lines have the order of model/remark_index.h.
 * @by_path: the devices sorted by path; for system_device
 * @faults: IOMMU faults of the kernel log, in its order (FACT_FAULTS)
 * @drivers: drivers of interest (FACT_DRIVERS)
 */
struct system {
	struct arena *arena;
	struct machine machine;
	const struct source *sources;
	size_t source_count;
	const struct iommu *const *iommus;
	size_t iommu_count;
	const struct group *const *groups;
	size_t group_count;
	const struct device *const *devices;
	const struct device *const *by_path;
	size_t device_count;
	const struct stream *streams;
	size_t stream_count;
	struct stream_index *stream_index;
	const struct reservation *const *reservations;
	size_t reservation_count;
	const struct table_note *const *table_notes;
	size_t table_note_count;
	const struct remark *const *remarks;
	size_t remark_count;
	const struct fault *const *faults;
	size_t fault_count;
	const struct driver *drivers;
	size_t driver_count;
};

/** system_free - release the snapshot and all it holds; accepts NULL */
void system_free(const struct system *system);

/**
 * system_group_place - the index in system->groups of the group of that number, or of the group
 * that would come after it; system->group_count where all numbers are lower
 */
size_t system_group_place(const struct system *system, int id) _nonnull_(1);

/** system_group - the group of that number, or NULL */
const struct group *system_group(const struct system *system, int id) _nonnull_(1);

/**
 * group_is_noiommu - true for a group that VFIO made for a device without an IOMMU
 * Such a group lasts as long as VFIO has the device (drivers/vfio/group.c: vfio_device_set_group):
 * its number says nothing.
 */
bool group_is_noiommu(const struct group *group) _nonnull_(1);

/** system_device - the device at that path below /sys/devices, or NULL */
const struct device *system_device(const struct system *system, const char *path) _nonnull_();

/** system_driver - the driver of that name on that bus, or NULL where it was not read */
const struct driver *system_driver(const struct system *system, const char *bus, const char *name)
	_nonnull_();

/**
 * device_driver_file - the path of a file of a driver on the bus of @device, "" for its folder; in
 * @arena
 */
const char *device_driver_file(struct arena *arena, const struct device *device, const char *driver,
			       const char *file) _nonnull_();

/** device_compare_paths - for qsort and bsearch of pointers to devices: order them by path */
int device_compare_paths(const void *a, const void *b) _nonnull_();

/**
 * devices_below - the devices below @path, "PATH/…", in a list of @count that is sorted by path
 * Returns: the first of *ret_count devices in the list.
 */
const struct device *const *devices_below(const struct device *const *sorted, size_t count,
					  const char *path, size_t *ret_count) _nonnull_();

/** iommu_kind_word - the word of an IOMMU's kind in documents; NULL unknown */
const char *iommu_kind_word(const struct iommu *iommu) _nonnull_(1);

/** system_source - the entry of the interface @name, or NULL where it has none */
const struct source *system_source(const struct system *system, const char *name) _nonnull_();

/** The words of states and kinds in JSON documents and tables. */
const char *device_state_name(enum device_state state);
const char *device_dma_name(enum device_dma dma);
const char *iommu_state_name(enum iommu_state state);
const char *usage_name(enum usage usage);
const char *region_kind_name(enum region_kind kind);

static inline void cleanup_system(const struct system **system)
{
	system_free(*system);
}

#define _autosystem_ _cleanup_(cleanup_system)
