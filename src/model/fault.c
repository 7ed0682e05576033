/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/fault.h"

const char *fault_kind_name(enum fault_kind kind)
{
	static const char *const names[FAULT_KIND_COUNT] = {
		[FAULT_UNKNOWN] = "unknown",
		[FAULT_TRANSLATION] = "translation",
		[FAULT_PERMISSION] = "permission",
		[FAULT_ADDRESS_SIZE] = "address_size",
		[FAULT_ACCESS_FLAG] = "access_flag",
		[FAULT_NO_STREAM] = "no_stream",
		[FAULT_DISABLED] = "disabled",
		[FAULT_PASID] = "pasid",
		[FAULT_FORBIDDEN] = "forbidden",
		[FAULT_UNSUPPORTED] = "unsupported",
		[FAULT_INTERRUPT] = "interrupt",
		[FAULT_PAGE_REQUEST] = "page_request",
		[FAULT_TABLES] = "tables",
		[FAULT_TABLE_FETCH] = "table_fetch",
		[FAULT_TLB_CONFLICT] = "tlb_conflict",
		[FAULT_INVALIDATION] = "invalidation",
		[FAULT_IOMMU] = "iommu",
		[FAULT_ENCRYPTED] = "encrypted",
		[FAULT_NOT_LOGGED] = "not_logged",
	};

	return names[kind];
}

const char *fault_access_name(enum fault_access access)
{
	static const char *const names[FAULT_ACCESS_COUNT] = {
		[FAULT_ACCESS_UNKNOWN] = "unknown",
		[FAULT_READ] = "read",
		[FAULT_WRITE] = "write",
		[FAULT_EXECUTE] = "execute",
	};

	return names[access];
}
