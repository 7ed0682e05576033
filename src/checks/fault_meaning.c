/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/fault_meaning.h"

#include "model/vfio_driver.h"

#include <inttypes.h>
#include <string.h>

/*
 * Each kind of fault: its code, what usually causes it, and what to try. Nothing here switches an
 * IOMMU off or lets streams through: the fault is what protected the memory.
 */
static const struct {
	enum finding_code code;
	const char *cause, *remedy;
} kinds[FAULT_KIND_COUNT] = {
	[FAULT_UNKNOWN] = {CODE_FAULT_UNKNOWN, "the line gives no reason that is known",
			   "Look at the lines around it in the log."},
	[FAULT_TRANSLATION] =
		{CODE_FAULT_TRANSLATION,
		 "the address is not mapped for the device, or not for this access: the driver "
		 "unmapped or freed the memory while the device still used it, or gave the device "
		 "an address that did not come from the DMA API",
		 "Update the driver and the device's firmware; if it began with a new kernel, "
		 "report "
		 "it to the driver's maintainers with this line."},
	[FAULT_PERMISSION] =
		{CODE_FAULT_PERMISSION,
		 "the address is mapped, but not for this access: the driver mapped the memory for "
		 "the other direction",
		 "Update the driver; report it to the driver's maintainers with this line."},
	[FAULT_ADDRESS_SIZE] =
		{CODE_FAULT_ADDRESS_SIZE,
		 "the address is larger than the IOMMU translates: the device was given a wrong "
		 "address, or cut off its upper bits",
		 "Update the driver and the device's firmware."},
	[FAULT_ACCESS_FLAG] = {CODE_FAULT_ACCESS_FLAG,
			       "the page's access flag is clear, which the kernel always sets for "
			       "DMA: the page tables are those of a process (SVA)",
			       "Update the kernel; report it with this line."},
	[FAULT_NO_STREAM] =
		{CODE_FAULT_NO_STREAM,
		 "the IOMMU has no entry for the device, so it blocks all of its DMA: the device "
		 "is not attached to a domain, or firmware does not name the ID under which it "
		 "sends",
		 NULL},
	[FAULT_DISABLED] = {CODE_FAULT_DISABLED,
			    "the IOMMU was told to block the device: the kernel has taken its "
			    "domain away, as it does while VFIO moves the group",
			    "Stop the device before its driver is unbound: update its driver."},
	[FAULT_PASID] = {CODE_FAULT_PASID,
			 "the device uses a PASID for which it has no address space: the process "
			 "has ended, or its driver never bound one",
			 "Update the driver; let the process close the device before it ends."},
	[FAULT_FORBIDDEN] =
		{CODE_FAULT_FORBIDDEN,
		 "the device made a request that the IOMMU does not allow it: usually an address "
		 "that it translated itself (ATS) while ATS is not enabled for it, or an address "
		 "in a range that the platform reserves",
		 "Update the device's firmware; \"pci=noats\" on the kernel's command line keeps "
		 "ATS disabled, and DMA translated."},
	[FAULT_UNSUPPORTED] = {CODE_FAULT_UNSUPPORTED,
			       "the device made a transaction of a kind that the IOMMU does not "
			       "support",
			       "Update the device's firmware."},
	[FAULT_INTERRUPT] =
		{CODE_FAULT_INTERRUPT,
		 "a message interrupt of the device was blocked: its entry is not there (any "
		 "more), or the device sent it in a form or under an ID that the entry does not "
		 "allow",
		 "Update the system's firmware (BIOS) and the driver."},
	[FAULT_PAGE_REQUEST] = {CODE_FAULT_PAGE_REQUEST,
				"the device asked for a page (PRI) and no driver waits for such "
				"requests",
				"Update the driver and the device's firmware."},
	[FAULT_TABLES] =
		{CODE_FAULT_TABLES,
		 "an entry of the IOMMU's tables is invalid: a fault of the kernel or of the "
		 "firmware that set the tables up, or damaged memory",
		 "Update the kernel and the system's firmware; if it goes on, test the memory."},
	[FAULT_TABLE_FETCH] =
		{CODE_FAULT_TABLE_FETCH,
		 "the IOMMU could not read its own tables: their memory answered with an error, or "
		 "the tables point outside of memory",
		 "Update the kernel and the system's firmware; if it goes on, test the memory."},
	[FAULT_TLB_CONFLICT] =
		{CODE_FAULT_TLB_CONFLICT,
		 "two cached translations match one address: the kernel changed the size of a "
		 "mapping without an invalidation, or the hardware has an erratum",
		 "Update the kernel; report it with this line."},
	[FAULT_INVALIDATION] =
		{CODE_FAULT_INVALIDATION,
		 "the device did not answer when the IOMMU told it to drop cached translations "
		 "(ATS): it hangs, was removed, or lost its link",
		 "Look for errors of its link (AER) in the log; \"pci=noats\" on the kernel's "
		 "command "
		 "line keeps ATS disabled, and DMA translated."},
	[FAULT_IOMMU] = {CODE_FAULT_IOMMU,
			 "the IOMMU itself reports an error, or did not carry out a command",
			 "Update the kernel and the system's firmware; if it goes on, the hardware "
			 "is faulty."},
	[FAULT_ENCRYPTED] =
		{CODE_FAULT_ENCRYPTED,
		 "the page belongs to a confidential guest (SEV-SNP), or to nothing that the "
		 "device "
		 "may use",
		 "Update the kernel; a device must use memory that its guest has shared."},
	[FAULT_NOT_LOGGED] = {CODE_FAULT_NOT_LOGGED,
			      "the kernel or the IOMMU left faults out of the log, so their "
			      "devices and addresses are unknown",
			      NULL},
};

enum finding_code fault_code(enum fault_kind kind)
{
	return kinds[kind].code;
}

static bool is_beyond_mask(const struct fault_entry *entry)
{
	return entry->device && entry->fault->has_address && entry->device->dma_mask_bits >= 0 &&
	       entry->device->dma_mask_bits < 64 &&
	       entry->fault->address >> entry->device->dma_mask_bits;
}

static const struct region *region_of_fault(const struct fault_entry *entry)
{
	const struct group *group = entry->group;

	for (size_t i = 0;
	     entry->fault->has_address && group && group->regions_known && i < group->region_count;
	     i++)
		if (entry->fault->address >= group->regions[i].start &&
		    entry->fault->address <= group->regions[i].end)
			return &group->regions[i];
	return NULL;
}

static bool is_in_msi_window(const struct fault_entry *entry)
{
	const struct region *region = region_of_fault(entry);

	return region && region->kind == REGION_MSI;
}

const char *fault_place(const struct fault_entry *entry, struct arena *arena)
{
	const struct region *region = region_of_fault(entry);

	if (is_in_msi_window(entry))
		return "the address is in the window of message interrupts";
	if (region)
		return arena_printf(arena,
				    "the address is in a region that is reserved for the group "
				    "(%s, 0x%" PRIx64 " to 0x%" PRIx64 ")",
				    region_kind_name(region->kind), region->start, region->end);
	if (is_beyond_mask(entry))
		return arena_printf(arena,
				    "the address is larger than the %d bits of the device's DMA "
				    "mask",
				    entry->device->dma_mask_bits);
	if (entry->fault->has_address && entry->fault->address < 4096 &&
	    entry->fault->kind == FAULT_TRANSLATION)
		return "the address is in the first page: a descriptor was probably never filled";
	return NULL;
}

static bool is_given(const struct fault_entry *entry)
{
	return entry->device && entry->device->driver && driver_is_vfio(entry->device);
}

static bool is_without_driver(const struct fault_entry *entry)
{
	return entry->device && entry->device->driver_known && !entry->device->driver;
}

static bool is_about_mapping(enum fault_kind kind)
{
	return kind == FAULT_TRANSLATION || kind == FAULT_PERMISSION || kind == FAULT_ADDRESS_SIZE;
}

const char *fault_cause(const struct fault_entry *entry, struct arena *arena)
{
	enum fault_kind kind = entry->fault->kind;

	if (kind == FAULT_TRANSLATION && is_in_msi_window(entry))
		return "the device sent a message interrupt to an address that is not mapped for "
		       "it: its interrupt was freed, or its table of messages was not restored "
		       "after a reset";
	if (is_about_mapping(kind) && is_given(entry))
		return arena_printf(arena,
				    "%s has the device, so the address is one of a guest or of a "
				    "program: it is not memory of the guest, or the guest's driver "
				    "uses it after it was taken away",
				    entry->device->driver);
	if (is_about_mapping(kind) && is_without_driver(entry))
		return "the device has no driver and still makes DMA: its firmware, the boot "
		       "loader or a former driver started that and did not stop it";
	if (kind == FAULT_NO_STREAM && entry->device && !entry->device->group)
		return "the device has no IOMMU group, so the IOMMU has no entry for it and blocks "
		       "its DMA";
	return kinds[kind].cause;
}

static const char *remedy_of_missing_stream(const struct fault_entry *entry, struct arena *arena)
{
	if (entry->device && !entry->device->group)
		return arena_printf(arena, "iommuctl deferred %s", entry->device->label);
	if (entry->device)
		return "Look whether its driver or firmware still runs it from before the kernel "
		       "took over: update the system's firmware.";
	if (entry->fault->stream >= 0)
		return "Describe the ID in firmware (iommus, iommu-map, IORT); \"iommuctl "
		       "streams\" lists the IDs that it describes.";
	return "Find the function with \"lspci\"; a device that is hidden or was removed may still "
	       "send.";
}

const char *fault_remedy(const struct fault_entry *entry, struct arena *arena)
{
	enum fault_kind kind = entry->fault->kind;

	if (kind == FAULT_NO_STREAM)
		return remedy_of_missing_stream(entry, arena);
	if (is_about_mapping(kind) && is_given(entry))
		return "Look into the guest's log; update the guest's driver; give the device back "
		       "and hand it over again, which resets it.";
	if (is_about_mapping(kind) && is_without_driver(entry))
		return arena_printf(arena,
				    "Bind its driver, which takes it over: echo %s > "
				    "/sys/bus/%s/drivers_probe",
				    entry->device->name, entry->device->bus);
	return kinds[kind].remedy;
}

static const char *access_verb(enum fault_access access)
{
	static const char *const verbs[FAULT_ACCESS_COUNT] = {
		[FAULT_ACCESS_UNKNOWN] = "access to",
		[FAULT_READ] = "read of",
		[FAULT_WRITE] = "write to",
		[FAULT_EXECUTE] = "fetch of code from",
	};

	return verbs[access];
}

static const char *fault_event(const struct fault *fault, struct arena *arena)
{
	const char *word = *fault->reason ? fault->reason : fault_kind_name(fault->kind);

	if (fault->kind == FAULT_NOT_LOGGED)
		return arena_printf(arena, "at least %" PRIu64 " fault%s not logged", fault->count,
				    fault->count == 1 ? " was" : "s were");
	if (!fault->has_address)
		return word;
	return arena_printf(arena, "%s 0x%" PRIx64 " (%s)", access_verb(fault->access),
			    fault->address, word);
}

static const char *fault_times(const struct fault *fault, struct arena *arena)
{
	if (fault->kind == FAULT_NOT_LOGGED || fault->count == 1)
		return "";
	if (!*fault->time)
		return arena_printf(arena, ", %" PRIu64 " times", fault->count);
	return arena_printf(arena, ", %" PRIu64 " times, from %s to %s", fault->count,
			    fault->first_time, fault->time);
}

/* How the line leads to the devices, where that is not plain. */
static const char *describe_link(const struct fault_entry *entry, struct arena *arena)
{
	const struct fault *fault = entry->fault;

	if (entry->link == FAULT_BY_ALIAS)
		return arena_printf(arena, "; it sends as %s, which is no device", fault->device);
	if (entry->device_count > 1)
		return "; the IOMMU cannot tell these devices apart";
	if (!entry->device_count && *fault->device)
		return "; no device of that name is seen here";
	if (!entry->device_count && fault->stream >= 0)
		return "; no device is seen here that has this ID";
	return "";
}

const char *fault_sentence(const struct fault_entry *entry, struct arena *arena)
{
	return arena_printf(arena, "%s%s%s%s%s: %s", fault_event(entry->fault, arena),
			    fault_times(entry->fault, arena), describe_link(entry, arena),
			    entry->place ? "; " : "", entry->place ? entry->place : "",
			    entry->meaning);
}
