/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * build - the only way to make a system
 *
 * Sources and tests add iommus, groups and devices in any order, then build_seal sorts and links
 * them into a system that never changes again. Strings passed in are borrowed: they come from
 * build_arena or outlive the system.
 */
#pragma once

#include "model/facts.h"
#include "model/system.h"

struct build;

_must_check_ struct build *build_new(void);

/** build_free - free a build that was not sealed; accepts NULL */
void build_free(struct build *build);

/** build_arena - the arena of the build, which the system will own */
struct arena *build_arena(struct build *build) _nonnull_(1);

/** build_machine - the facts of the whole machine, which the caller sets */
struct machine *build_machine(struct build *build) _nonnull_(1);

/** build_source - add the entry of an interface: whether it was read; @format may be NULL */
void build_source(struct build *build, const char *name, enum source_state state,
		  const char *format, ...) _printf_(4, 5) _nonnull_(1, 2);

/** source_state_of - the state of an entry for a negative errno: denied, busy, absent, malformed */
enum source_state source_state_of(int cause);

/** build_source_count - the number of entries of sources so far */
size_t build_source_count(const struct build *build);

/** build_source_find - the first entry of that name so far, or NULL */
const struct source *build_source_find(const struct build *build, const char *name) _nonnull_();

/** build_source_last - the entry that was added last; there must be one */
struct source *build_source_last(struct build *build);

/** build_source_drop - remove the entry of that name; there must be one */
void build_source_drop(struct build *build, const char *name) _nonnull_();

/** build_source_errno - add the entry of an interface, its state from a negative errno */
void build_source_errno(struct build *build, const char *name, int cause, const char *file)
	_nonnull_();

/** build_iommu - a new IOMMU; state ready, everything else unknown */
struct iommu *build_iommu(struct build *build, const char *name) _nonnull_();

enum {
	/** largest group number that is accepted; the kernel uses the lowest free number */
	GROUP_ID_MAX = 1 << 20,
};

/** build_group - add a group; @id must be new and at most GROUP_ID_MAX */
struct group *build_group(struct build *build, int id) _nonnull_(1);

/** build_device - add a device without group and driver, everything else unknown */
struct device *build_device(struct build *build, const char *bus, const char *name,
			    const char *path) _nonnull_();

/**
 * build_members_unknown - a bus or a device's group could not be read: any group may lack members
 */
void build_members_unknown(struct build *build);
bool build_members_are_unknown(const struct build *build);

/**
 * build_stream - add a stream of @device, or with NULL of a firmware file; ID unknown, count 1,
 * available
 */
struct stream *build_stream(struct build *build, struct device *device) _nonnull_(1);

/** build_filter_reservations - keep the reservations of which @keep is true */
void build_filter_reservations(struct build *build,
			       bool (*keep)(void *context, const struct reservation *reservation),
			       void *context) _nonnull_(1, 2);

/** build_reservation - add a copy of a reservation; its strings are borrowed */
void build_reservation(struct build *build, struct reservation reservation) _nonnull_(1);

/** build_table_note - add a copy of a table note; its strings are borrowed */
void build_table_note(struct build *build, struct table_note note) _nonnull_(1);

/** build_remark - add a copy of a log line, oldest first; its strings are borrowed */
void build_remark(struct build *build, struct remark remark) _nonnull_(1);

/** build_fault - add a copy of a fault of the kernel log, in the order of the log */
void build_fault(struct build *build, const struct fault *fault) _nonnull_();

size_t build_fault_count(const struct build *build) _nonnull_();

/** build_remark_count, build_remark_at - the log lines so far, oldest first */
size_t build_remark_count(const struct build *build) _nonnull_();
const struct remark *build_remark_at(const struct build *build, size_t index) _nonnull_(1);

/** build_remark_any - whether the log has a line of that kind about any device */
bool build_remark_any(const struct build *build, enum remark_kind kind) _nonnull_(1);

/** build_remark_find - the newest log line of that kind about a device of that name, or NULL */
const struct remark *build_remark_find(struct build *build, enum remark_kind kind,
				       const char *device);

/** build_drop_stream - remove the newest stream; its pointer is no longer valid */
void build_drop_stream(struct build *build) _nonnull_(1);

/** build_stream_any - true where a stream of any device was added */
bool build_stream_any(const struct build *build) _nonnull_();

/** build_has_streams - true where a stream of @device was added */
bool build_has_streams(const struct build *build, const struct device *device) _nonnull_();

/**
 * build_streams_of - the streams of @device, which were added one after the other
 * Returns: array of *ret_count; valid until the next stream is added.
 */
struct stream *const *build_streams_of(struct build *build, const struct device *device,
				       size_t *ret_count) _nonnull_();

/** build_probing - empty facts of why @device may not have probed; at most once per device */
struct probing *build_probing(struct build *build, struct device *device) _nonnull_();

/** build_find_probing - the facts that build_probing made for @device, or NULL */
struct probing *build_find_probing(const struct build *build, struct device *device) _nonnull_();

/** build_looked_at_uses - uses of @device were searched: an empty list now means no uses */
void build_looked_at_uses(struct build *build, struct device *device) _nonnull_();

/** build_use - add a copy of a use; its strings are borrowed */
void build_use(struct build *build, struct device *device, struct use use) _nonnull_(1, 2);

/** build_setting - add a command to device->uses->settings; the text is borrowed */
void build_setting(struct build *build, struct device *device, const char *command) _nonnull_();

/** build_disk - add a disk of @device */
void build_disk(struct build *build, struct device *device, struct disk disk);

/** build_blindness - record that uses of that kind may exist but could not be read, and why */
void build_blindness(struct build *build, struct device *device, enum use_kind kind,
		     const char *format, ...) _printf_(4, 5);

/**
 * build_unread_use - build_blindness because @file could not be read
 * @cause: the negative errno
 */
void build_unread_use(struct build *build, struct device *device, enum use_kind kind,
		      const char *file, int cause) _nonnull_();

/** build_traits - empty traits of @device; at most once per device */
struct traits *build_traits(struct build *build, struct device *device) _nonnull_();

/** build_find_traits - the traits that build_traits made for @device, or NULL */
struct traits *build_find_traits(const struct build *build, struct device *device) _nonnull_();

/** build_driver - a new driver of interest (FACT_DRIVERS), everything about it unknown */
struct driver *build_driver(struct build *build, const char *bus, const char *name) _nonnull_();

/** build_vfio_host - empty VFIO traits of the machine; at most once */
struct vfio_host *build_vfio_host(struct build *build) _nonnull_(1);

/** build_protection - settings of the machine about DMA, all unknown; at most once */
struct protection *build_protection(struct build *build) _nonnull_(1);

/** build_group_sizes - the number of devices in each group so far, by its number; in @arena */
const size_t *build_group_sizes(const struct build *build, struct arena *arena) _nonnull_();

/** build_find_iommu - the first IOMMU of that name so far, or NULL */
struct iommu *build_find_iommu(struct build *build, const char *name) _nonnull_();

/**
 * build_identified_iommu - the first IOMMU so far with that identity, or NULL
 * The identities of all IOMMUs so far are final.
 */
struct iommu *build_identified_iommu(struct build *build, const char *identity) _nonnull_();

/** build_find_group - the group of that number, or NULL */
struct group *build_find_group(const struct build *build, int id) _nonnull_(1);

/**
 * build_find_above - the device at @path, or the nearest device above it
 * @path: absolute, such as ".../0000:02:00.0/net/eth0"
 * Returns: NULL where no device of the system is above it.
 */
struct device *build_find_above(struct build *build, const char *path) _nonnull_();

/**
 * build_sort_devices - give the devices the order of the snapshot: by bus and name. Sources find
 * them in that order, whatever the order in which a file system lists them.
 */
void build_sort_devices(struct build *build);

/**
 * The number of parts of each kind in the build so far, and each part, in no order; @index is below
 * the number.
 */
size_t build_device_count(const struct build *build) _nonnull_(1);
struct device *build_device_at(const struct build *build, size_t index) _nonnull_(1);
size_t build_group_count(const struct build *build) _nonnull_(1);
struct group *build_group_at(const struct build *build, size_t index) _nonnull_(1);
size_t build_iommu_count(const struct build *build) _nonnull_(1);
struct iommu *build_iommu_at(const struct build *build, size_t index) _nonnull_(1);

/**
 * build_seal - the finished system; frees @build
 * @facts: FACT_FINGERPRINT computes the groups' fingerprints
 */
_must_check_ const struct system *build_seal(struct build *build, unsigned facts) _nonnull_(1);

static inline void cleanup_build(struct build **build)
{
	build_free(*build);
}

#define _autobuild_ _cleanup_(cleanup_build)
