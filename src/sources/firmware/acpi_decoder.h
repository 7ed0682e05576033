/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * acpi_decoder - the functions for each ACPI table that describes IOMMUs
 *
 * On the running machine they give the streams of one device after the other (streams_acpi.c), for
 * "--acpi" everything that the table describes (offline_acpi.c).
 */
#pragma once

#include "base/text.h"
#include "model/firmware_table.h"
#include "sources/devices/pci.h"
#include "sources/sources.h"

/**
 * struct acpi_reading - one reading of the running machine's tables
 * @scratch: memory that is freed with it
 */
struct acpi_reading {
	struct reading *reading;
	struct arena *scratch;
};

/**
 * struct acpi_decoder - one table; functions get the value that @parse made
 * @source: finds its row of firmware_tables     @size: of the value, in bytes
 * @notes: where in that value its struct acpi_notes is, in bytes
 * @parse: fills @ret_parsed, zeroed, of @size bytes; what it points to lives in @arena. Returns 0,
 * or -EINVAL with @e set.
 * @add_reservations: the memory that the table keeps for DMA; NULL where it has none
 * @may_map_direct: false where the table lists no memory that the kernel maps 1:1 for a device,
 * true where it may; NULL where the kernel maps none for any
 * @describe_machine: what the table says of the machine as a whole; NULL nothing
 * @add_rid: the stream of a PCI device under one of its requester IDs; NULL where the table names
 * no IOMMU for it
 * @names_devices: true where @add_named may add a stream
 * @add_named: the streams of a device of another bus; adds none where the table does not name it
 * @add_hidden: the stream of a device whose ID no file shows (model/mapped_bus.h), by the path of
 * the ACPI device above it; NULL where the table gives no such device an IOMMU
 * @add_unregistered_iommus: adds the IOMMUs of the table that are not registered
 * @describe: all IOMMUs and ranges of IDs, for a system without devices
 */
struct acpi_decoder {
	enum stream_source source;
	size_t size, notes;
	int (*parse)(const void *data, size_t size, struct arena *arena, void *ret_parsed,
		     struct error *e);
	void (*add_reservations)(struct build *build, const void *parsed);
	bool (*may_map_direct)(const void *parsed, const struct device *device);
	void (*describe_machine)(struct machine *machine, const void *parsed);
	struct stream *(*add_rid)(struct acpi_reading *acpi, const void *parsed,
				  struct device *device, const struct pci_place *place,
				  uint16_t rid);
	bool (*names_devices)(const void *parsed);
	void (*add_named)(struct acpi_reading *acpi, const void *parsed, struct device *device);
	void (*add_hidden)(struct acpi_reading *acpi, const void *parsed, struct device *device,
			   const char *component);
	void (*add_unregistered_iommus)(struct acpi_reading *acpi, const void *parsed);
	void (*describe)(struct build *build, const void *parsed);
};

extern const struct acpi_decoder acpi_iort, acpi_rimt, acpi_viot, acpi_dmar, acpi_ivrs;

/** acpi_decoders - one for each row of firmware_tables, in that order; *ret_count of them */
const struct acpi_decoder *const *acpi_decoders(size_t *ret_count) _nonnull_(1);

/** acpi_add_notes - add the oddities of a table     @file: the file that it was read from */
void acpi_add_notes(struct build *build, const struct acpi_decoder *decoder, const void *parsed,
		    const char *file) _nonnull_();

/** The largest ACPI table that is read, in bytes. */
enum { ACPI_TABLE_MAX = 4 << 20 };

/**
 * acpi_load - read and decode a table of the running machine
 * @arena: owns the bytes and the value     @ret_bytes: the file, set where it could be read
 * Returns: 0; a negative errno of reading; -EINVAL with @why set where the table is malformed.
 */
_must_check_ int acpi_load(const struct root *root, const struct acpi_decoder *decoder,
			   struct arena *arena, struct span *ret_bytes, void **ret_parsed,
			   struct error *why) _nonnull_();

/** acpi_add_stream - a stream of @device with that ID, of the kind that the table uses */
struct stream *acpi_add_stream(struct build *build, struct device *device,
			       enum stream_source source, int64_t id) _nonnull_(1, 2);

/** acpi_find_function - the IOMMU whose own device is the PCI function @name, or NULL */
struct iommu *acpi_find_function(struct build *build, const char *name) _nonnull_(1, 2);

/**
 * acpi_describe_iommu - the IOMMU of that name, added if it is new: then it is not registered, and
 * its state is unknown
 */
struct iommu *acpi_describe_iommu(struct build *build, const char *name, enum iommu_kind kind)
	_nonnull_(1, 2);

/**
 * acpi_is_nameless - true for an IOMMU of which the table has only an address, where the name of
 * the device there could not be found: it may be one that is registered
 */
bool acpi_is_nameless(struct acpi_reading *acpi, uint64_t base, enum iommu_kind kind) _nonnull_(1);

/**
 * struct acpi_range - IDs that a table maps
 * @subject: the devices, in the table's own terms     @input, @count: their IDs, as devices send
 * them     @output: the ID that the first of them becomes     @error: why the kernel uses none of
 * them, or NULL
 */
struct acpi_range {
	const char *subject;
	uint32_t input, output;
	uint64_t count;
	const char *error;
};

/** acpi_set_map - let the map of @stream be @count IDs from @input on, which become those from
 * @output on */
void acpi_set_map(struct stream *stream, uint32_t input, uint32_t output, uint64_t count)
	_nonnull_(1);

/**
 * acpi_describe_range - add the streams of IDs that belong to no device of the system
 * IDs have 32 bits, in the kernel too: past 2^32 they go on at 0, as a second stream.
 * Returns: the first stream.
 */
struct stream *acpi_describe_range(struct build *build, enum stream_source source,
				   const struct iommu *iommu, struct acpi_range range) _nonnull_(1);
