/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sources - the interface of all sources of facts
 *
 * Each source file turns one kernel or firmware interface into facts of a build, and records its
 * state there (build_source) under the name of the interface. read.c runs them in order.
 */
#pragma once

#include "base/processes.h"
#include "base/root.h"
#include "model/build.h"
#include "sources/read.h"

struct deferred_list;
struct modules_asked;
struct pci_config_answer;
struct text_map;
struct log_file;
struct below;
struct scope;

/**
 * struct reading - one snapshot while it is made
 * @root: the files     @facts: the requested facts     @build: the facts found so far
 * @focus: the devices that the command changes, or NULL     @focused: their paths (in_focus), or
 * NULL
 * @selectors: of the devices that the caller names, NULL-terminated, or NULL: their buses are read
 * @limited: only these devices and the members of their groups may be needed
 * @scope: the devices that the reading is limited to, or NULL (sources/devices/scope.h)
 * @exceeds_scope: set by a source that needs a device outside the scope: all is read again
 * @lacks_identities: some IOMMUs have no identity yet, as they serve no device of the scope
 * @groupless_only: the streams of devices without a group suffice, where none of these is behind an
 * IOMMU: they are read to judge what the DMA of these devices meets, and for nothing else
 * @log: a file in place of the machine's kernel log, or NULL
 * @needs_remarks: a source needs the log's lines about probes (log_read_remarks)
 * @deferred: the kernel's list of deferred devices once it was read, or NULL
 * @modules: libkmod's answers about the focus once it was called, or NULL
 * @below: nodes and interfaces below each device in focus, @below_count of them
 * (sources/usage/below.h)
 * @processes: which of them are threads of the kernel
 * @configs: what source_traits read of config spaces, serials included, where serials are
 * requested; the path of a device -> its index plus 1; else @config_of is NULL
 * @iomem: the lines of /proc/iomem once they were read, or NULL (sources/devices/iomem.h)
 * @release_cause: the negative errno of reading the release of the kernel, or 0
 * @exhausted: the -EMFILE, -ENFILE or -ENOMEM with which opening @exhausted_at failed, or 0: the
 * command fails, as a snapshot without the rest would be wrong
 */
struct reading {
	const struct root *root;
	unsigned facts;
	struct build *build;
	const struct focus *focus;
	struct text_map *focused;
	const char *const *selectors;
	bool limited;
	struct scope *scope;
	bool exceeds_scope;
	bool lacks_identities;
	bool groupless_only;
	const struct log_file *log;
	bool needs_remarks;
	struct deferred_list *deferred;
	const struct modules_asked *modules;
	struct below *below;
	size_t below_count;
	struct processes *processes;
	const struct pci_config_answer *configs;
	const struct text_map *config_of;
	const char *iomem;
	int release_cause;
	int exhausted;
	const char *exhausted_at;
};

/** The file that holds the release of the kernel. */
#define RELEASE_FILE "/proc/sys/kernel/osrelease"

/** reading_wants - true where one of @facts is requested */
static inline bool reading_wants(const struct reading *reading, unsigned facts)
{
	return reading->facts & facts;
}

/**
 * reading_done - write the entry of @source, which was read to its end: "read", or "partial" with
 * the first of the files that the door (base/root.h) failed to read since the entry before. Facts
 * from such a file are unknown; the source marks them so itself.
 */
void reading_done(struct reading *reading, const char *source);

/**
 * reading_partial - write the entry of @source, of which a part is missing: "partial"
 * @cause: negative errno of the part, or 0     @format: the detail: the part and why it is missing
 */
void reading_partial(struct reading *reading, const char *source, int cause, const char *format,
		     ...) _printf_(4, 5) _nonnull_(1, 2, 4);

/**
 * reading_report - write a "partial" entry of @source, only if the door failed to read a file since
 * the entry before: for interfaces that have no entry of their own
 */
void reading_report(struct reading *reading, const char *source);

/**
 * reading_failed - write the entry of @source, which could not be read at all
 * @cause: negative errno; -ENOENT makes the entry "absent"     @file: the file that could not be
 * read
 */
void reading_failed(struct reading *reading, const char *source, int cause, const char *file);

/**
 * reading_settle - add the files that the door failed to read to the last entry; for read.c alone
 * @source: name of a new entry if there are no more than @entries
 * Returns: 0; a negative errno where the process has run out of descriptors or memory.
 */
_must_check_ int reading_settle(struct reading *reading, const char *source, size_t entries,
				struct error *e);

/**
 * reading_focus - the device at focus->paths[@index], or NULL where it does not exist (any more)
 */
struct device *reading_focus(const struct reading *reading, size_t index);

/** reading_scope_bus - the bus of the device at @path in the scope of the reading, or NULL */
const char *reading_scope_bus(const struct reading *reading, const char *path) _nonnull_();

/**
 * reading_has_folders - whether the reading is of a scope whose devices have all their folders: a
 * capture has links of classes to folders that it does not have
 */
bool reading_has_folders(const struct reading *reading) _nonnull_();

/** reading_may_lack - false where a reading without the scope has no device at @path, either */
bool reading_may_lack(const struct reading *reading, const char *path) _nonnull_();

/*
 * The sources. Each returns 0, or a negative errno only where no snapshot can be made at all (no
 * process for guarded reads). A source of which no fact is requested writes the entry "skipped".
 */
_must_check_ int source_iommu_groups(struct reading *reading, struct error *e);
_must_check_ int source_bus_devices(struct reading *reading, struct error *e);
_must_check_ int source_direct_memory(struct reading *reading, struct error *e);
_must_check_ int source_iommu_class(struct reading *reading, struct error *e);
_must_check_ int source_class_links(struct reading *reading, struct error *e);
_must_check_ int source_vfio(struct reading *reading, struct error *e);
_must_check_ int source_below(struct reading *reading, struct error *e);
_must_check_ int source_holders(struct reading *reading, struct error *e);
_must_check_ int source_log(struct reading *reading, struct error *e);
_must_check_ int source_devices_deferred(struct reading *reading, struct error *e);
_must_check_ int source_streams(struct reading *reading, struct error *e);
_must_check_ int source_suppliers(struct reading *reading, struct error *e);
_must_check_ int source_unregistered(struct reading *reading, struct error *e);
_must_check_ int source_drivers(struct reading *reading, struct error *e);
_must_check_ int source_traits(struct reading *reading, struct error *e);
_must_check_ int source_hwdb(struct reading *reading, struct error *e);
_must_check_ int source_hypervisor(struct reading *reading, struct error *e);
_must_check_ int source_machine(struct reading *reading, struct error *e);
_must_check_ int source_details(struct reading *reading, struct error *e);
_must_check_ int source_dma_masks(struct reading *reading, struct error *e);
_must_check_ int source_protection(struct reading *reading, struct error *e);
_must_check_ int source_presence(struct reading *reading, struct error *e);
_must_check_ int source_vital(struct reading *reading, struct error *e);
_must_check_ int source_pins(struct reading *reading, struct error *e);
_must_check_ int source_serials(struct reading *reading, struct error *e);
_must_check_ int source_id_claims(struct reading *reading, struct error *e);
_must_check_ int source_tool_claims(struct reading *reading, struct error *e);

/* The source of the command vfs; without a request it writes no entry. */
_must_check_ int source_sriov(struct reading *reading, struct error *e);

/* Sources about devices in focus alone; without a request they write no entry. */
_must_check_ int source_focus_drivers(struct reading *reading, struct error *e);
_must_check_ int source_vfio_host(struct reading *reading, struct error *e);
_must_check_ int source_rtnetlink(struct reading *reading, struct error *e);
_must_check_ int source_infiniband(struct reading *reading, struct error *e);
_must_check_ int source_block_uses(struct reading *reading, struct error *e);
_must_check_ int source_memory_uses(struct reading *reading, struct error *e);
_must_check_ int source_node_uses(struct reading *reading, struct error *e);
_must_check_ int source_device_uses(struct reading *reading, struct error *e);
_must_check_ int source_provider_uses(struct reading *reading, struct error *e);
