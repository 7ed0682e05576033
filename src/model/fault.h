/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault - a transaction that an IOMMU refused, or an error of the IOMMU itself, as the kernel
 * logged it
 *
 * Everything is the kernel's text and not trusted: @device is a hint to be matched with known
 * devices, and every string is to be escaped before it is shown.
 */
#pragma once

#include "model/iommu_kind.h"

#include <stdint.h>

/** enum fault_kind - why the IOMMU refused the transaction, the same word for all kinds of IOMMU */
enum fault_kind {
	FAULT_UNKNOWN,	    /* fault: the line names no reason that is known */
	FAULT_TRANSLATION,  /* fault: the address is not mapped, or not for this access */
	FAULT_PERMISSION,   /* fault: the address is mapped, but not for this access */
	FAULT_ADDRESS_SIZE, /* fault: the address is larger than the IOMMU translates */
	FAULT_ACCESS_FLAG,  /* fault: the page's access flag is clear */
	FAULT_NO_STREAM,   /* fault: the IOMMU has no entry for the device, so its DMA is blocked */
	FAULT_DISABLED,	   /* fault: the entry of the device says that its DMA is blocked */
	FAULT_PASID,	   /* fault: the device has no address space of that PASID */
	FAULT_FORBIDDEN,   /* fault: a kind of request that the device may not make, as of ATS */
	FAULT_UNSUPPORTED, /* fault: a kind of transaction that the IOMMU does not support */
	FAULT_INTERRUPT,   /* fault: a message interrupt was blocked */
	FAULT_PAGE_REQUEST, /* fault: a page request (PRI) that no driver waits for */
	FAULT_TABLES,	    /* fault: the IOMMU's tables have an invalid entry */
	FAULT_TABLE_FETCH,  /* fault: the IOMMU could not read its tables from memory */
	FAULT_TLB_CONFLICT, /* fault: two TLB entries match one address */
	FAULT_INVALIDATION, /* fault: a device did not answer an invalidation of its ATS cache */
	FAULT_IOMMU,	    /* fault: an error of the IOMMU itself, or of a command to it */
	FAULT_ENCRYPTED,    /* fault: the page belongs to a confidential guest (SEV-SNP) */
	FAULT_NOT_LOGGED,   /* no fault of its own: faults that the kernel did not log */
	FAULT_KIND_COUNT,
};

enum fault_access {
	FAULT_ACCESS_UNKNOWN,
	FAULT_READ,
	FAULT_WRITE,
	FAULT_EXECUTE,
	FAULT_ACCESS_COUNT,
};

enum {
	FAULT_NAME_SIZE = 96,
	FAULT_TIME_SIZE = 40,
	FAULT_LINE_SIZE = 480,
	/** limit of different faults that are kept of one log; others are counted together */
	FAULTS_MAX = 1024,
};

/**
 * struct fault - one fault, or all that differ only in address and time
 * @iommu_kind: by the driver that logged it
 * @iommu: the IOMMU as the line names it, "" where it does not (Intel, AMD, PAMU)
 * @device: the PCI function "bb:dd.f" or "dddd:bb:dd.f", or the device, as the line names it; or ""
 * @is_client: the kernel itself looked @device up for this stream (SMMUv3 of 7.x)
 * @stream: stream ID; -1 where the line has none or is about a requester ID, which @device is
 * @address: valid where has_address; @low and @high are the lowest and highest of all
 * @pasid: -1 none     @reason: the kernel's or the specification's own word, or ""
 * @count: number of faults; of FAULT_NOT_LOGGED how many the kernel says it left out
 * @first_time, @time: of the first and the last of them, as the log has it, or ""
 * @line: the last of them, from its prefix on, cut at FAULT_LINE_SIZE
 */
struct fault {
	enum fault_kind kind;
	enum fault_access access;
	enum iommu_kind iommu_kind;
	bool is_client, has_address;
	int64_t stream, pasid;
	uint64_t address, low, high;
	uint64_t count;
	char iommu[FAULT_NAME_SIZE];
	char device[FAULT_NAME_SIZE];
	char reason[FAULT_NAME_SIZE];
	char first_time[FAULT_TIME_SIZE];
	char time[FAULT_TIME_SIZE];
	char line[FAULT_LINE_SIZE];
};

/** fault_kind_name - its word in documents */
const char *fault_kind_name(enum fault_kind kind);

/** fault_access_name - "read", "write", "execute" or "unknown" */
const char *fault_access_name(enum fault_access access);
