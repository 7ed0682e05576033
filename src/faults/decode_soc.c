/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Codes of virtio-iommu, the RISC-V IOMMU, and the IOMMUs of single vendors' chips */
#include "faults/decode.h"

#include "base/cleanup.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static enum fault_access access_of_word(struct span word)
{
	static const struct {
		const char *word;
		enum fault_access access;
	} words[] = {
		{"read", FAULT_READ},	{"rd", FAULT_READ},  {"secure read", FAULT_READ},
		{"write", FAULT_WRITE}, {"wr", FAULT_WRITE}, {"secure write", FAULT_WRITE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (word.length == strlen(words[i].word) &&
		    strncasecmp(word.start, words[i].word, word.length) == 0)
			return words[i].access;
	return FAULT_ACCESS_UNKNOWN;
}

void decode_access(struct assembly *assembly, const struct fields *fields)
{
	assembly->fault.access = access_of_word(fields->words[fields->word_count - 1]);
}

void decode_virtio(struct assembly *assembly, const struct fields *fields)
{
	struct fault *fault = &assembly->fault;
	struct span rights = fields->word_count > 1 ? fields->words[1] : (struct span){"", 0};

	fault_set_reason(fault, fields->words[0]);
	fault->kind = span_is(fields->words[0], "domain") ? FAULT_NO_STREAM
		      : span_is(fields->words[0], "page") ? FAULT_TRANSLATION
							  : FAULT_UNKNOWN;
	fault_set_rights(fault, rights);
}

/* Causes of the RISC-V IOMMU specification, table "Fault record CAUSE field encodings". */
static const struct {
	uint16_t cause;
	enum fault_kind kind;
	enum fault_access access;
	const char *reason;
} riscv_causes[] = {
	{1, FAULT_PERMISSION, FAULT_EXECUTE, "instruction access fault"},
	{4, FAULT_UNSUPPORTED, FAULT_READ, "read address misaligned"},
	{5, FAULT_PERMISSION, FAULT_READ, "read access fault"},
	{6, FAULT_UNSUPPORTED, FAULT_WRITE, "write address misaligned"},
	{7, FAULT_PERMISSION, FAULT_WRITE, "write access fault"},
	{12, FAULT_TRANSLATION, FAULT_EXECUTE, "instruction page fault"},
	{13, FAULT_TRANSLATION, FAULT_READ, "read page fault"},
	{15, FAULT_TRANSLATION, FAULT_WRITE, "write page fault"},
	{20, FAULT_TRANSLATION, FAULT_EXECUTE, "instruction guest page fault"},
	{21, FAULT_TRANSLATION, FAULT_READ, "read guest page fault"},
	{23, FAULT_TRANSLATION, FAULT_WRITE, "write guest page fault"},
	{256, FAULT_DISABLED, FAULT_ACCESS_UNKNOWN, "all inbound transactions disallowed"},
	{257, FAULT_TABLE_FETCH, FAULT_ACCESS_UNKNOWN, "DDT entry load access fault"},
	{258, FAULT_NO_STREAM, FAULT_ACCESS_UNKNOWN, "DDT entry not valid"},
	{259, FAULT_TABLES, FAULT_ACCESS_UNKNOWN, "DDT entry misconfigured"},
	{260, FAULT_FORBIDDEN, FAULT_ACCESS_UNKNOWN, "transaction type disallowed"},
	{261, FAULT_TABLE_FETCH, FAULT_ACCESS_UNKNOWN, "MSI PTE load access fault"},
	{262, FAULT_INTERRUPT, FAULT_ACCESS_UNKNOWN, "MSI PTE not valid"},
	{263, FAULT_INTERRUPT, FAULT_ACCESS_UNKNOWN, "MSI PTE misconfigured"},
	{264, FAULT_INTERRUPT, FAULT_ACCESS_UNKNOWN, "MRIF access fault"},
	{265, FAULT_TABLE_FETCH, FAULT_ACCESS_UNKNOWN, "PDT entry load access fault"},
	{266, FAULT_PASID, FAULT_ACCESS_UNKNOWN, "PDT entry not valid"},
	{267, FAULT_TABLES, FAULT_ACCESS_UNKNOWN, "PDT entry misconfigured"},
	{268, FAULT_TABLES, FAULT_ACCESS_UNKNOWN, "DDT data corruption"},
	{269, FAULT_TABLES, FAULT_ACCESS_UNKNOWN, "PDT data corruption"},
	{270, FAULT_TABLES, FAULT_ACCESS_UNKNOWN, "MSI PT data corruption"},
	{271, FAULT_TABLES, FAULT_ACCESS_UNKNOWN, "MRIF data corruption"},
	{272, FAULT_IOMMU, FAULT_ACCESS_UNKNOWN, "internal data path error"},
	{273, FAULT_IOMMU, FAULT_ACCESS_UNKNOWN, "IOMMU MSI write access fault"},
	{274, FAULT_TABLES, FAULT_ACCESS_UNKNOWN, "page table data corruption"},
};

void decode_riscv(struct assembly *assembly, const struct fields *fields)
{
	struct fault *fault = &assembly->fault;

	for (size_t i = 0; i < ARRAY_SIZE(riscv_causes); i++) {
		if (riscv_causes[i].cause != fields->codes[0])
			continue;
		fault->kind = riscv_causes[i].kind;
		fault->access = riscv_causes[i].access;
		snprintf(fault->reason, sizeof(fault->reason), "%s", riscv_causes[i].reason);
	}
}

void decode_dart(struct assembly *assembly, const struct fields *fields)
{
	struct fault *fault = &assembly->fault;

	fault_set_reason(fault, fields->words[0]);
	if (span_is(fields->words[0], "READ FAULT") || span_is(fields->words[0], "WRITE FAULT")) {
		fault->kind = FAULT_PERMISSION;
		fault->access = *fault->reason == 'R' ? FAULT_READ : FAULT_WRITE;
	} else if (span_is(fields->words[0], "NO TTBR FOR IOVA")) {
		fault->kind = FAULT_NO_STREAM;
	} else if (text_starts(fault->reason, "NO ")) {
		fault->kind = FAULT_TRANSLATION;
	}
}

void decode_exynos(struct assembly *assembly, const struct fields *fields)
{
	static const struct {
		const char *name;
		enum fault_kind kind;
	} names[] = {
		{"PAGE", FAULT_TRANSLATION},	      {"PTW", FAULT_TABLE_FETCH},
		{"PTW ACCESS", FAULT_TABLE_FETCH},    {"BUS ERROR", FAULT_TABLE_FETCH},
		{"MULTI-HIT", FAULT_TLB_CONFLICT},    {"AR MULTI-HIT", FAULT_TLB_CONFLICT},
		{"AW MULTI-HIT", FAULT_TLB_CONFLICT},
	};
	struct fault *fault = &assembly->fault;
	struct span name = fields->words[fields->word_count - 1];

	fault_set_reason(fault, name);
	if (memmem(name.start, name.length, "PROTECTION", 10))
		fault->kind = FAULT_PERMISSION;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (span_is(name, names[i].name))
			fault->kind = names[i].kind;
	if (fields->word_count > 1)
		fault->access = access_of_word(fields->words[0]);
}

void decode_ipmmu(struct assembly *assembly, const struct fields *fields)
{
	static const struct fault_flag flags[] = {
		{1 << 4, FAULT_TLB_CONFLICT, "MHIT"},
		{1 << 2, FAULT_TABLE_FETCH, "ABORT"},
		{1 << 1, FAULT_PERMISSION, "PF"},
		{1 << 0, FAULT_TRANSLATION, "TF"},
	};

	fault_set_flag(&assembly->fault, fields->codes[0], flags, ARRAY_SIZE(flags));
}

void decode_msm(struct assembly *assembly, const struct fields *fields)
{
	static const struct fault_flag flags[] = {
		{0x80, FAULT_TLB_CONFLICT, "MHF"},    {0x10, FAULT_TLB_CONFLICT, "TLBMF"},
		{0x20, FAULT_TABLE_FETCH, "HTWDEEF"}, {0x40, FAULT_TABLE_FETCH, "HTWSEEF"},
		{0x08, FAULT_PERMISSION, "APF"},      {0x04, FAULT_ACCESS_FLAG, "AFF"},
		{0x02, FAULT_TRANSLATION, "TF"},
	};

	fault_set_flag(&assembly->fault, fields->codes[0], flags, ARRAY_SIZE(flags));
}

/* A port's stream ID in the devicetree: MTK_M4U_ID, include/dt-bindings/memory/mtk-memory-port.h */
void decode_mtk(struct assembly *assembly, const struct fields *fields)
{
	enum { PORT_BITS = 5, LARB_MAX = 31 };
	static const struct fault_flag flags[] = {
		{1 << 1 | 1 << 8, FAULT_TLB_CONFLICT, "multi-hit"},
		{1 << 0 | 1 << 7, FAULT_TRANSLATION, "translation"},
		{1 << 2 | 1 << 9, FAULT_TABLES, "invalid physical address"},
	};
	struct fault *fault = &assembly->fault;
	uint64_t larb = fields->codes[fields->code_count - 2];
	uint64_t port = fields->codes[fields->code_count - 1];

	fault_set_flag(fault, fields->codes[0], flags, ARRAY_SIZE(flags));
	if (larb <= LARB_MAX && port < 1 << PORT_BITS)
		fault->stream = (int64_t)(larb << PORT_BITS | port);
	if (fields->word_count)
		fault->access = access_of_word(fields->words[fields->word_count - 1]);
}

void decode_omap(struct assembly *assembly, const struct fields *fields)
{
	static const struct fault_flag flags[] = {
		{1 << 4, FAULT_TLB_CONFLICT, "multi-hit"},
		{1 << 3, FAULT_TABLE_FETCH, "table walk"},
		{1 << 1, FAULT_TRANSLATION, "translation"},
		{1 << 2, FAULT_TRANSLATION, "EMU miss"},
		{1 << 0, FAULT_TRANSLATION, "TLB miss"},
	};

	fault_set_flag(&assembly->fault, fields->codes[0], flags, ARRAY_SIZE(flags));
}

/* The LIODN is in the upper half of AVS1 (PAMU_AVS1_LIODN_SHIFT, fsl_pamu.h). */
void decode_pamu(struct assembly *assembly, const struct fields *fields)
{
	assembly->fault.stream = (int64_t)(fields->codes[0] >> 16 & 0xffff);
}

void decode_tegra(struct assembly *assembly, const struct fields *fields)
{
	struct fault *fault = &assembly->fault;

	snprintf(fault->reason, sizeof(fault->reason), "client %.*s", (int)fields->words[0].length,
		 fields->words[0].start);
	fault->access = access_of_word(fields->words[1]);
}
