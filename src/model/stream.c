/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/stream.h"

#include "model/firmware_table.h"

const char *stream_kind_name(enum stream_kind kind)
{
	static const char *const names[STREAM_KIND_COUNT] = {
		[STREAM_ID] = "stream_id",
		[STREAM_REQUESTER_ID] = "requester_id",
	};
	return names[kind];
}

const char *stream_source_name(enum stream_source source)
{
	const struct firmware_table *table = firmware_table_of(source);
	static const char *const names[STREAM_SOURCE_COUNT] = {
		[STREAM_FROM_IOMMUS] = "iommus",	   [STREAM_FROM_IOMMU_MAP] = "iommu-map",
		[STREAM_FROM_MMU_MASTERS] = "mmu-masters", [STREAM_FROM_LIODN] = "fsl,liodn",
		[STREAM_FROM_TOPOLOGY] = "topology",
	};
	return table ? table->source : names[source];
}
