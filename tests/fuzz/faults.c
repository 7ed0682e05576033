/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Search bytes for IOMMU faults as a kernel log, whole and line by line. */
#include "faults/reader.h"
#include "fuzz/fuzz.h"

static void require_text(const char *text, size_t size)
{
	if (strnlen(text, size) == size)
		abort();
}

static void require_fault(void *context, const struct fault *fault)
{
	size_t *count = context;

	(*count)++;
	if (!fault_kind_name(fault->kind) || !fault_access_name(fault->access) ||
	    fault->iommu_kind >= IOMMU_KIND_COUNT || fault->stream < -1 ||
	    fault->stream > UINT32_MAX || fault->pasid < -1 || fault->pasid > UINT32_MAX ||
	    fault->low != fault->address)
		abort();
	require_text(fault->iommu, sizeof(fault->iommu));
	require_text(fault->device, sizeof(fault->device));
	require_text(fault->reason, sizeof(fault->reason));
	require_text(fault->time, sizeof(fault->time));
	require_text(fault->line, sizeof(fault->line));
}

static size_t count_faults(struct span text, bool by_line)
{
	size_t count = 0;
	_autofaultreader_ struct fault_reader *reader = fault_reader_new(require_fault, &count);

	while (by_line && text.length) {
		const char *end = memchr(text.start, '\n', text.length);
		size_t length = end ? (size_t)(end - text.start) : text.length;

		fault_reader_line(reader, (struct span){text.start, length});
		length += end != NULL;
		text.start += length;
		text.length -= length;
	}
	fault_reader_text(reader, text);
	fault_reader_flush(reader);
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size};

	if (count_faults(text, false) != count_faults(text, true))
		abort();
	return 0;
}
