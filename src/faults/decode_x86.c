/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Codes of VT-d (specification, table "Fault Reason Encodings") and of AMD's event log */
#include "faults/decode.h"

#include "base/cleanup.h"

#include <stdio.h>
#include <string.h>

/* The kinds of VT-d's fault reasons that are no FAULT_TABLES. */
static const struct {
	uint8_t first, last;
	enum fault_kind kind;
} dmar_reasons[] = {
	{0x01, 0x02, FAULT_NO_STREAM},	  {0x04, 0x04, FAULT_ADDRESS_SIZE},
	{0x05, 0x06, FAULT_TRANSLATION},  {0x07, 0x09, FAULT_TABLE_FETCH},
	{0x0d, 0x0d, FAULT_FORBIDDEN},	  {0x20, 0x26, FAULT_INTERRUPT},
	{0x30, 0x30, FAULT_TABLE_FETCH},  {0x31, 0x31, FAULT_PASID},
	{0x32, 0x32, FAULT_PAGE_REQUEST}, {0x38, 0x38, FAULT_TABLE_FETCH},
	{0x39, 0x39, FAULT_NO_STREAM},	  {0x40, 0x40, FAULT_TABLE_FETCH},
	{0x41, 0x41, FAULT_NO_STREAM},	  {0x44, 0x44, FAULT_FORBIDDEN},
	{0x45, 0x46, FAULT_PASID},	  {0x47, 0x47, FAULT_PAGE_REQUEST},
	{0x50, 0x50, FAULT_TABLE_FETCH},  {0x51, 0x51, FAULT_PASID},
	{0x58, 0x58, FAULT_TABLE_FETCH},  {0x59, 0x59, FAULT_PASID},
	{0x5c, 0x5d, FAULT_PERMISSION},	  {0x70, 0x70, FAULT_TABLE_FETCH},
	{0x71, 0x71, FAULT_TRANSLATION},  {0x73, 0x73, FAULT_TABLE_FETCH},
	{0x74, 0x74, FAULT_ADDRESS_SIZE}, {0x75, 0x77, FAULT_PERMISSION},
	{0x78, 0x78, FAULT_TABLE_FETCH},  {0x79, 0x79, FAULT_TRANSLATION},
	{0x7b, 0x7b, FAULT_TABLE_FETCH},  {0x7c, 0x7c, FAULT_PERMISSION},
	{0x80, 0x80, FAULT_ADDRESS_SIZE}, {0x81, 0x82, FAULT_PERMISSION},
	{0x83, 0x84, FAULT_ADDRESS_SIZE}, {0x85, 0x86, FAULT_PERMISSION},
	{0x87, 0x87, FAULT_INTERRUPT},	  {0x90, 0x90, FAULT_PERMISSION},
};

/* The kernel's text for a reason that it does not know is "Unknown". */
static enum fault_kind dmar_kind(uint64_t reason, struct span text)
{
	for (size_t i = 0; i < ARRAY_SIZE(dmar_reasons); i++)
		if (reason >= dmar_reasons[i].first && reason <= dmar_reasons[i].last)
			return dmar_reasons[i].kind;
	return reason == 0 || span_is(text, "Unknown") ? FAULT_UNKNOWN : FAULT_TABLES;
}

void decode_dmar(struct assembly *assembly, const struct fields *fields)
{
	struct fault *fault = &assembly->fault;

	fault->access = span_is(fields->words[0], "DMA Read")	 ? FAULT_READ
			: span_is(fields->words[0], "DMA Write") ? FAULT_WRITE
								 : FAULT_ACCESS_UNKNOWN;
	fault->kind = dmar_kind(fields->codes[0], fields->words[1]);
	/*
	 * In scalable mode the PASID tables have an entry for requests without a PASID too. If such
	 * a request meets a clear entry, the device has no address space.
	 */
	if (fault->kind == FAULT_PASID && fault->pasid < 0)
		fault->kind = FAULT_NO_STREAM;
	fault_set_reason(fault, fields->words[1]);
}

void decode_dmar_interrupt(struct assembly *assembly, const struct fields *fields)
{
	assembly->fault.kind = FAULT_INTERRUPT;
	fault_set_reason(&assembly->fault, fields->words[0]);
}

/*
 * The flags of an event, bits 59:48 of it, and the names of these bits in the AMD I/O
 * Virtualization Technology Specification.
 */
enum {
	AMD_EXECUTE = 1 << 1,	/* NX */
	AMD_INTERRUPT = 1 << 3, /* I */
	AMD_PRESENT = 1 << 4,	/* PR */
	AMD_WRITE = 1 << 5,	/* RW */
	AMD_NO_RIGHT = 1 << 6,	/* PE */
	AMD_RESERVED = 1 << 7,	/* RZ */
	AMD_TRANSLATE = 1 << 8, /* TR: a translation request */
};

static enum fault_access amd_access(uint64_t flags)
{
	if (flags & AMD_TRANSLATE)
		return FAULT_ACCESS_UNKNOWN;
	return flags & AMD_WRITE ? FAULT_WRITE : FAULT_READ;
}

/*
 * True for a message interrupt: a write to the window of x86. QEMU sets the flag for each page
 * fault (hw/i386/amd_iommu.c: amdvi_page_fault), so the address has to agree.
 */
static bool is_amd_interrupt(const struct fault *fault, uint64_t flags)
{
	enum { WINDOW = 0xfee, WINDOW_SHIFT = 20 };

	return flags & AMD_INTERRUPT && fault->address >> WINDOW_SHIFT == WINDOW;
}

void decode_amd_page_fault(struct assembly *assembly, const struct fields *fields)
{
	struct fault *fault = &assembly->fault;
	uint64_t flags = fields->codes[1];

	fault_set_reason(fault, (struct span){"IO_PAGE_FAULT", 13});
	fault->access = amd_access(flags);
	fault->kind = FAULT_TRANSLATION;
	if (is_amd_interrupt(fault, flags))
		fault->kind = FAULT_INTERRUPT;
	else if (flags & AMD_RESERVED)
		fault->kind = FAULT_TABLES;
	else if ((flags & AMD_PRESENT) && (flags & AMD_NO_RIGHT))
		fault->kind = FAULT_PERMISSION;
	if (fault->kind == FAULT_PERMISSION && (flags & AMD_EXECUTE) && !(flags & AMD_WRITE))
		fault->access = FAULT_EXECUTE;
}

/* "Event logged [NAME …": the name is the reason. */
static void set_event_name(struct fault *fault)
{
	const char *name = strchr(fault->line, '[');
	size_t length;

	name = name ? name + 1 : fault->line;
	length = strcspn(name, " ]");
	fault_set_reason(fault, (struct span){name, length});
}

/*
 * True for an address of interrupts as AMD's fabric has it, FD_F800_0000 to FD_F8FF_FFFF, to which
 * the host turns a write to the window of x86 (AMD I/O Virtualization Technology Specification,
 * table "Special Address Controls").
 */
static bool is_interrupt_address(uint64_t address)
{
	enum { RANGE_SHIFT = 24, RANGE = 0xfdf8, FABRIC_BITS = 40 };

	return (address & ((1ULL << FABRIC_BITS) - 1)) >> RANGE_SHIFT == RANGE;
}

void decode_amd_event(struct assembly *assembly, const struct fields *fields)
{
	struct fault *fault = &assembly->fault;

	set_event_name(fault);
	if (fault->kind != FAULT_FORBIDDEN || !fields->code_count)
		return;
	fault->access = amd_access(fields->codes[0]);
	if (is_interrupt_address(fault->address))
		fault->kind = FAULT_INTERRUPT;
}

static void set_requester(struct fault *fault, uint64_t id)
{
	unsigned rid = (unsigned)id & 0xffff;

	snprintf(fault->device, sizeof(fault->device), "%02x:%02x.%x", rid >> 8, rid >> 3 & 0x1f,
		 rid & 7);
}

/* The requester ID is in bits 15:0 of the first word of most events. */
void decode_amd_raw(struct assembly *assembly, const struct fields *fields)
{
	set_event_name(&assembly->fault);
	set_requester(&assembly->fault, fields->codes[0]);
}

void decode_amd_ppr(struct assembly *assembly, const struct fields *fields)
{
	set_requester(&assembly->fault, fields->codes[0]);
}
